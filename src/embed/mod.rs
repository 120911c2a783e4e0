//! How the page lives in its host: storage that may be missing, the session that outlives a reload, what happens if
//! the program itself fails, and the lab as a function for whoever imports the module.

pub mod failure;
pub mod fetch;
pub mod hand_over;
pub mod play;
pub mod saved;
pub mod storage;
