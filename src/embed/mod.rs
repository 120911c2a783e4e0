//! How the page lives in its host: storage that may be missing, the address bar.

pub mod storage;
