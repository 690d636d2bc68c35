//! liandian-console
