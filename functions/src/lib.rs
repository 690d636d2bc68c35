//! liandian-functions
