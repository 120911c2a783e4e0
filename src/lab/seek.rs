//! The session as it was at an instant. Looking back changes nothing: a copy goes back, the session stays.

use crate::api::time::Timestamp;
use crate::lab::{Action, Lab};
use std::time::Duration;

impl Lab {
    /// The session as it was at `instant`: everything done until then, and the clock there. Not before the first
    /// `floor` actions were done; not after what the clock shows. An instant in the middle of a command is the
    /// one before it.
    #[must_use]
    pub fn at(&self, instant: Timestamp, floor: usize) -> Lab {
        let mut past = self.clone();
        while past.now() > instant && past.position() > floor {
            past.go_to(past.position() - 1);
        }
        past.go_on(self, past.position(), instant);
        past
    }

    /// The session after its first `count` actions.
    #[must_use]
    pub fn after(&self, count: usize) -> Lab {
        let mut past = self.clone();
        past.go_to(count.min(past.position()));
        past
    }

    /// Does as much of the action after the first `done` ones as fits until `instant`.
    fn go_on(&mut self, whole: &Lab, done: usize, instant: Timestamp) {
        let Some(step) = whole.log().nth(done) else { return };
        // Else doing the next action would bring back all the time that followed it.
        self.branch_off();
        let left = instant.since(self.now());
        if let Action::Advance(duration) = *step.action {
            if left > Duration::ZERO {
                self.act(Action::Advance(duration.min(left)));
            }
        } else {
            let mut next = self.clone();
            next.act((*step.action).clone());
            if next.now() > instant {
                return;
            }
            *self = next;
        }
        let left = instant.since(self.now()).min(step.elapsed);
        if !left.is_zero() {
            self.tick(left);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::lab::Settings;

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
            let past = lab.at(ends[index], 0);
            assert_eq!(past.now(), ends[index]);
            assert_eq!(words(&past), words(&lived), "before action {index}");
            lived.act((*step.action).clone());
            lived.tick(step.elapsed);
        }
        assert_eq!(words(&lab), before);
        assert_eq!(words(&lab.at(lab.now(), 0)), before);
        assert_eq!(words(&lab.at(Timestamp::MAX, 0)), before);
        assert_eq!(lab.at(Timestamp::default(), 0).log().count(), 0);
        assert_eq!(lab.at(Timestamp::default(), 2).log().count(), 2);
        assert_eq!(words(&lab.after(5)), before);
        assert_eq!(lab.after(2).log().count(), 2);
    }

    #[test]
    fn stops_in_the_middle_of_time_that_passed_but_not_of_a_command() {
        let (lab, ends) = session();
        let noon = ends[3].after(Duration::from_secs(40_000));
        let past = lab.at(noon, 0);
        assert_eq!(past.now(), noon);
        let stretch = lab.at(ends[0].after(Duration::from_secs(2)), 0);
        assert_eq!((stretch.log().count(), stretch.now()), (1, ends[0].after(Duration::from_secs(2))));
        let asleep = lab.at(ends[2].after(Duration::from_secs(50)), 0);
        assert_eq!((asleep.log().count(), asleep.now()), (2, ends[2]));
    }

    #[test]
    fn reaches_behind_the_oldest_snapshot() {
        let mut lab = Lab::new(Settings::default());
        lab.run("kubectl create sa first");
        let early = lab.now().after(Duration::from_secs(3));
        for _ in 0..210 {
            lab.advance(Duration::from_secs(2));
        }
        let past = lab.at(early, 0);
        assert_eq!(past.now(), early);
        assert!(past.cluster().reader().get("serviceaccounts", "default", "first").is_some());
        assert_eq!(past.log().count(), 3);
        assert_eq!(lab.after(1).log().count(), 1);
    }
}
