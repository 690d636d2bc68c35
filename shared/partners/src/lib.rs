//! liandian-partners
