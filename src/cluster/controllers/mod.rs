//! The controller manager: controllers, their work queues and their patience.
//!
//! A controller says which keys a change concerns and brings one key to the wished state when its turn comes; a
//! key that fails comes back later, 5 ms·2ⁿ up to 1000 s, as client-go's rate limiters do.
//! Stands for cmd/kube-controller-manager. Left out: the controllers of what is not simulated (their accounts exist).

pub mod accounts;
pub mod deployment;
pub mod deployment_math;
pub mod deployment_status;
pub mod garbage;
pub mod namespace;
pub mod owners;
pub mod replica_set;
pub mod root_ca;
pub mod service_account;
pub mod template_hash;
pub mod token_cleaner;
pub mod token_generation;
pub mod token_secrets;

use crate::api::release::Version;
use crate::api::status::Status;
use crate::api::time::Timestamp;
use crate::cluster::actor::Context;
use crate::cluster::client::Identity;
use crate::cluster::reader::Reader;
use crate::cluster::store::{Change, Key};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// How long a change takes to reach a controller and a worker to take it up.
const REACTION: Duration = Duration::from_millis(4);
const BACKOFF_FIRST: Duration = Duration::from_millis(5);
/// The longest that a failing key waits for its next turn.
pub const BACKOFF_MAX: Duration = Duration::from_secs(1000);
/// From then on the failures are no longer counted.
const FAILURES_MAX: u32 = 31;

/// What becomes of a key after its turn: nothing more, or another turn later.
pub type Outcome = Result<Option<Duration>, Status>;

/// One controller. It holds no state: what it knows is in the store.
pub trait Controller: Sync {
    /// Its name, which is that of its ServiceAccount where it has one.
    fn name(&self) -> &'static str;

    /// Whose credential it uses.
    fn identity(&self) -> Identity {
        Identity::Account(self.name())
    }

    /// The keys a change concerns.
    fn concerns(&self, change: &Change, reader: &dyn Reader) -> Vec<Key>;

    /// Whether it runs in that version.
    fn is_in(&self, _version: Version) -> bool {
        true
    }

    /// How long after the change it looks at the key.
    fn delay(&self) -> Duration {
        REACTION
    }

    /// Whether it may delete or replace what running pods depend on: ServiceAccounts, ConfigMaps, the pods themselves.
    /// Token refreshes are then not left out across its turns.
    fn disturbs_pods(&self) -> bool {
        false
    }

    /// How often a failing key comes back.
    fn retries_max(&self) -> u32 {
        u32::MAX
    }

    /// Brings one key to the wished state.
    ///
    /// # Errors
    /// What the API server answered: the key comes back later.
    fn sync(&self, key: &Key, context: &mut Context<'_>) -> Outcome;
}

/// The controllers that run, in the order in which they hear of a change.
pub static CONTROLLERS: &[&dyn Controller] = &[
    &service_account::ServiceAccountController,
    &root_ca::RootCaCertPublisher,
    &token_secrets::TokensController,
    &deployment::DeploymentController,
    &replica_set::ReplicaSetController,
    &namespace::NamespaceController,
    &garbage::GarbageCollector,
    &token_cleaner::TokenCleaner,
    &token_generation::TokenGeneration,
];

/// The turns that keys wait for.
#[derive(Clone, Debug, Default)]
pub struct Queues {
    due: BTreeMap<(usize, Key), Timestamp>,
    failures: BTreeMap<(usize, Key), Failures>,
}

/// What went wrong with a key.
#[derive(Clone, Debug, Default)]
struct Failures {
    /// How often in a row.
    count: u32,
    /// What its last turns came to, if it is stuck.
    repeating: Option<Repeating>,
}

/// What a key's last turns came to, which were all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repeating {
    /// When the next such turn is.
    pub next: Timestamp,
    /// The Event that each of them counts up, if they report one.
    pub event: Option<Rc<Key>>,
}

impl Queues {
    /// Adds a key for `at`; false if it has an earlier turn anyway.
    pub fn add(&mut self, controller: usize, key: &Key, at: Timestamp) -> bool {
        let entry = (controller, key.clone());
        if self.due.get(&entry).is_some_and(|due| *due <= at) {
            return false;
        }
        self.due.insert(entry, at);
        true
    }

    /// Takes a key whose turn is at `at`; false if that turn was called off.
    pub fn take(&mut self, controller: usize, key: &Key, at: Timestamp) -> bool {
        let entry = (controller, key.clone());
        let mine = self.due.get(&entry) == Some(&at);
        if mine {
            self.due.remove(&entry);
        }
        mine
    }

    /// Whether a key has failed so often that each turn can only be like the one before, as long as nothing else happens.
    pub fn is_stuck(&self, controller: usize, key: &Key) -> bool {
        self.failures.get(&(controller, key.clone())).is_some_and(|failures| failures.count == FAILURES_MAX)
    }

    /// Notes what the turns of a stuck key come to; `None` if they come to more than can be left out.
    pub fn note_repeating(&mut self, controller: usize, key: &Key, turn: Option<Repeating>) {
        if let Some(failures) = self.failures.get_mut(&(controller, key.clone())) {
            failures.repeating = turn;
        }
    }

    /// What the turn of a key at `at` will come to, if it can only be like the one before.
    pub fn repeating(&self, controller: usize, key: &Key, at: Timestamp) -> Option<&Repeating> {
        let entry = (controller, key.clone());
        let turn = self.failures.get(&entry)?.repeating.as_ref()?;
        (turn.next == at && self.due.get(&entry) == Some(&at)).then_some(turn)
    }

    /// Puts a key's turn off.
    pub fn put_off(&mut self, controller: usize, key: &Key, by: Duration) {
        let entry = (controller, key.clone());
        if let Some(due) = self.due.get_mut(&entry) {
            *due = due.after(by);
        }
        if let Some(turn) = self.failures.get_mut(&entry).and_then(|failures| failures.repeating.as_mut()) {
            turn.next = turn.next.after(by);
        }
    }

    /// When a key that has just been looked at comes back, if it does.
    pub fn after(&mut self, controller: usize, key: &Key, outcome: Outcome) -> Option<Duration> {
        let entry = (controller, key.clone());
        match outcome {
            Ok(again) => {
                self.failures.remove(&entry);
                again
            }
            Err(_) => {
                let failures = &mut self.failures.entry(entry.clone()).or_default().count;
                let delay =
                    BACKOFF_FIRST.saturating_mul(1u32.checked_shl(*failures).unwrap_or(u32::MAX)).min(BACKOFF_MAX);
                *failures = failures.saturating_add(1).min(FAILURES_MAX);
                let retries_max = CONTROLLERS.get(controller).map_or(0, |controller| controller.retries_max());
                if *failures > retries_max {
                    self.failures.remove(&entry);
                    return None;
                }
                Some(delay)
            }
        }
    }
}

/// The key of a namespace's object.
pub fn key(resource: &str, namespace: &str, name: &str) -> Key {
    Key { resource: resource.to_owned(), namespace: namespace.to_owned(), name: name.to_owned() }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn failing_keys_come_back_later_and_later() {
        let mut queues = Queues::default();
        let key = key("pods", "default", "a");
        let fail = || Err(Status::internal("no"));
        let delays: Vec<u128> = (0..20).map(|_| queues.after(0, &key, fail()).unwrap().as_millis()).collect();
        assert_eq!(&delays[..4], &[5, 10, 20, 40]);
        assert_eq!(delays[19], 1_000_000);
        assert_eq!(queues.after(0, &key, Ok(None)), None);
        assert_eq!(queues.after(0, &key, fail()).unwrap().as_millis(), 5);
        let delays: Vec<Option<Duration>> = (0..11).map(|_| queues.after(2, &key, fail())).collect();
        assert!(delays[9].is_some() && delays[10].is_none(), "ten retries");
    }
}
