//! liandian-contracts
