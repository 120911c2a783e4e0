//! The session as it was at an instant. Looking back changes nothing: a copy goes back, the session stays.

use crate::api::time::Timestamp;
use crate::lab::{Action, Lab, Step};

impl Lab {
    /// The session as it was at `instant`: everything done until then, and the clock there. Not before the
    /// session's beginning; not after what the clock shows. An instant in the middle of a command is the one before
    /// it. Going on in the copy begins a branch beside what was done later.
    #[must_use]
    pub fn at(&self, instant: Timestamp) -> Lab {
        let mut past = self.clone();
        while past.now() > instant && past.undo() {}
        let next = self.log().nth(past.position()).cloned();
        if let Some(step) = next.filter(|_| past.now() < instant) {
            past.go_on(&step, instant);
        }
        past
    }

    /// Does as much of a step as fits until `instant`.
    fn go_on(&mut self, step: &Step, instant: Timestamp) {
        let mut next = self.clone();
        next.branch_off();
        match &*step.action {
            Action::Advance(duration) => next.advance((*duration).min(instant.since(self.now()))),
            action => next.act(action.clone()),
        };
        if next.now() <= instant {
            next.tick(instant.since(next.now()).min(step.elapsed));
            *self = next;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::lab::Settings;
    use std::time::Duration;

    fn session() -> (Lab, Vec<Timestamp>) {
        let mut lab = Lab::new(Settings::default());
        let mut ends = vec![lab.now()];
        for entry in ["kubectl create sa a", "kubectl run box --image=busybox -- sleep 9000", "sleep 100"] {
            lab.run(entry);
            lab.tick(Duration::from_secs(5));
            ends.push(lab.now());
        }
        lab.advance(Duration::from_secs(86_400));
        ends.push(lab.now());
        lab.run("kubectl delete sa a");
        ends.push(lab.now());
        (lab, ends)
    }

    fn words(lab: &Lab) -> String {
        let mut copy = lab.clone();
        copy.branch_off();
        let shown: Vec<String> = ["kubectl get sa,pods -o yaml", "kubectl get events -o yaml", "date"]
            .iter()
            .map(|entry| copy.run(entry).stdout())
            .collect();
        format!("{} {}", lab.log().count(), shown.join("\n"))
    }

    #[test]
    fn goes_back_to_what_was_and_leaves_the_session_alone() {
        let (lab, ends) = session();
        let before = words(&lab);
        let mut lived = Lab::new(Settings::default());
        for (index, step) in lab.log().enumerate() {
            let past = lab.at(ends[index]);
            assert_eq!(past.now(), ends[index]);
            assert_eq!(words(&past), words(&lived), "before action {index}");
            assert_eq!(past.steps().len(), 5, "what was done later lies ahead");
            lived.act((*step.action).clone());
            lived.tick(step.elapsed);
        }
        assert_eq!(words(&lab), before);
        assert_eq!(words(&lab.at(lab.now())), before);
        assert_eq!(words(&lab.at(Timestamp::MAX)), before);
        assert_eq!(lab.at(Timestamp::default()).log().count(), 0);
        let mut floored = lab.at(ends[2]);
        floored.set_floor();
        assert_eq!(floored.at(Timestamp::default()).log().count(), 2);
    }

    #[test]
    fn stops_in_the_middle_of_time_that_passed_but_not_of_a_command() {
        let (lab, ends) = session();
        let noon = ends[3].after(Duration::from_secs(40_000));
        let past = lab.at(noon);
        assert_eq!(past.now(), noon);
        let stretch = lab.at(ends[0].after(Duration::from_secs(2)));
        assert_eq!((stretch.log().count(), stretch.now()), (1, ends[0].after(Duration::from_secs(2))));
        let asleep = lab.at(ends[2].after(Duration::from_secs(50)));
        assert_eq!((asleep.log().count(), asleep.now()), (2, ends[2]));
    }

    #[test]
    fn what_was_done_later_stays_beside_what_is_done_from_there() {
        let (lab, ends) = session();
        for instant in [ends[1], ends[3].after(Duration::from_secs(40_000))] {
            let mut past = lab.at(instant);
            past.run("kubectl create sa other");
            let later = past.at_branch(0);
            assert_eq!(words(&later), words(&lab));
        }
    }

    #[test]
    fn reaches_behind_the_snapshots_that_are_kept() {
        let mut lab = Lab::new(Settings::default());
        lab.set_snapshots_bytes_max(1);
        lab.run("kubectl create sa first");
        let early = lab.now().after(Duration::from_secs(3));
        for _ in 0..210 {
            lab.advance(Duration::from_secs(2));
        }
        let past = lab.at(early);
        assert_eq!(past.now(), early);
        assert!(past.cluster().reader().get("serviceaccounts", "default", "first").is_some());
        assert_eq!(past.log().count(), 3);
    }
}
