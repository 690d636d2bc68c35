//! liandian-sqs
