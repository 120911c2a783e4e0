//! How the page lives in its host: storage that may be missing, the session that outlives a reload, what happens if
//! the program itself fails, and the lab as a function for whoever imports the module.

pub mod failure;
<<<<<<< HEAD
pub mod play;
=======
pub mod hand_over;
>>>>>>> w-history
pub mod saved;
pub mod storage;
