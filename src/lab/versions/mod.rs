//! Before and now: what differs between the versions of Kubernetes that the lab can be, and one command on two of them.

mod causes;
mod mask;
mod pair;
mod table;

pub use crate::api::release::{Change, Release, Version};
pub use causes::Cause;
pub use pair::{Mark, Pair, Row, Run, STEPS_MAX};
pub use table::{Difference, NUMBERS, TABLE, of};
