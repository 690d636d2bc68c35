//! liandian-sandbox
