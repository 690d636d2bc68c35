//! liandian-shop
