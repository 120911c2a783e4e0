//! A cluster with pods, of any number, and a year of it.

use serviceaccount_lab::lab::{Lab, Settings};
use std::time::Duration;

/// A year.
const YEAR: Duration = Duration::from_secs(365 * 86_400);
/// How long the largest cluster takes until all its pods run.
const STARTING: Duration = Duration::from_secs(120);

/// A cluster in which that many pods run.
pub fn lab_with(pods: usize) -> Lab {
    let mut lab = Lab::new(Settings::default());
    lab.set_interactive(false);
    lab.run(&format!("kubectl create deployment web --image=nginx --replicas={pods}"));
    pass(&mut lab, STARTING);
    lab
}

/// Moves the clock on by a year, to the end of all that happens in it.
pub fn pass_a_year(lab: &mut Lab) {
    pass(lab, YEAR);
}

/// Ten thousand pods take more than one call's worth of work.
fn pass(lab: &mut Lab, time: Duration) {
    let end = lab.now().after(time);
    while lab.now() < end {
        let left = end.since(lab.now());
        lab.advance(left);
    }
}
