//! liandian-domain
