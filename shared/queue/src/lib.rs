//! liandian-queue
