//! liandian-store
