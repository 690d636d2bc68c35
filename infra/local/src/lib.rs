//! liandian-local
