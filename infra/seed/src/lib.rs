//! liandian-seed
