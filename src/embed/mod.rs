//! How the page lives in its host: storage that may be missing, the session that outlives a reload, and what
//! happens if the program itself fails.

pub mod failure;
pub mod hand_over;
pub mod saved;
pub mod storage;
