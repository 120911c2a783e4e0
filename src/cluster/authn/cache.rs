//! Good tokens are remembered for ten seconds: that long a token works after its account or pod is gone.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/authentication/token/cache/cached_token_authenticator.go. Failures are
//! not remembered.

use crate::api::time::Timestamp;
use crate::cluster::authn::service_account::{Examination, Presented};
use crate::cluster::trace::Reason;
use std::collections::BTreeMap;
use std::time::Duration;

/// How long a good token is remembered.
pub const SUCCESS_LIFETIME: Duration = Duration::from_secs(10);

/// What a remembered answer is found by. A token handed over in process is known by what was signed, so that
/// looking it up does not make its signature; it is never mistaken for a text without one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    in_process: bool,
    token: String,
    audiences: Vec<String>,
}

/// The remembered answers, each with the time of its end.
#[derive(Clone, Debug, Default)]
pub struct Cache(BTreeMap<Key, (Timestamp, Examination)>);

impl Cache {
    /// The answer for this token and these audiences, if it is remembered.
    pub fn get(&self, presented: Presented<'_>, audiences: &[String], now: Timestamp) -> Option<Examination> {
        let (until, remembered) = self.0.get(&key(presented, audiences))?;
        (now < *until).then(|| {
            let age = SUCCESS_LIFETIME.saturating_sub(until.since(now)).as_secs();
            let finding = format!("found good {age} s ago; good tokens are remembered for 10 s and not checked again");
            Examination {
                checks: vec![Reason::decided("token cache", finding)],
                effects: Vec::new(),
                ..remembered.clone()
            }
        })
    }

    /// Remembers a success and forgets what is over.
    pub fn put(&mut self, presented: Presented<'_>, audiences: &[String], examined: &Examination, now: Timestamp) {
        self.0.retain(|_, (until, _)| now < *until);
        self.0.insert(key(presented, audiences), (now.after(SUCCESS_LIFETIME), examined.clone()));
    }
}

fn key(presented: Presented<'_>, audiences: &[String]) -> Key {
    let (in_process, token) = match presented {
        Presented::Text(text) => (false, text.to_owned()),
        Presented::InProcess(token) => (true, token.signing_input().to_owned()),
    };
    Key { in_process, token, audiences: audiences.to_vec() }
}
