//! The versions of Kubernetes that the lab can be: 1.36, and two older ones for what concerns ServiceAccounts.
//!
//! Code asks for a version only through a difference that [`crate::lab::versions`] lists: everything else is as in 1.36.

use serde::{Deserialize, Serialize};

/// A version of Kubernetes, of the cluster and of its kubectl.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Release {
    /// The last one that made a Secret for every ServiceAccount.
    #[serde(rename = "1.23")]
    V1_23,
    /// The first one that made none.
    #[serde(rename = "1.24")]
    V1_24,
    /// Today's.
    #[default]
    #[serde(rename = "1.36")]
    V1_36,
}

impl Release {
    /// All of them, oldest first.
    pub const ALL: [Release; 3] = [Release::V1_23, Release::V1_24, Release::V1_36];

    /// `1.23`.
    pub fn name(self) -> &'static str {
        match self {
            Release::V1_23 => "1.23",
            Release::V1_24 => "1.24",
            Release::V1_36 => "1.36",
        }
    }

    /// The version that `1.23`, `v1.23` or `current` names.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let current = (text == "current").then_some(Release::default());
        Release::ALL.into_iter().find(|release| release.name() == text).or(current)
    }

    /// `v1.23.17`: the patch release that is meant.
    pub fn git_version(self) -> &'static str {
        match self {
            Release::V1_23 => "v1.23.17",
            Release::V1_24 => "v1.24.17",
            Release::V1_36 => "v1.36.2",
        }
    }

    /// What the programs of this version say they are, behind their name: `v1.36.2 (linux/amd64) kubernetes/98b3519`.
    pub fn user_agent(self) -> String {
        let commit = match self {
            Release::V1_23 => "953be89",
            Release::V1_24 => "22a9682",
            Release::V1_36 => "98b3519",
        };
        format!("{} (linux/amd64) kubernetes/{commit}", self.git_version())
    }

    /// The names of all of them, for messages: `1.23, 1.24, 1.36`.
    pub fn names() -> String {
        Release::ALL.map(Release::name).join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_version() {
        for release in Release::ALL {
            assert_eq!(Release::parse(release.name()), Some(release));
            assert!(release.git_version().starts_with(&format!("v{}.", release.name())));
        }
        assert_eq!(Release::parse("v1.24"), Some(Release::V1_24));
        assert_eq!(Release::parse("current"), Some(Release::default()));
        assert_eq!(Release::parse("1.25"), None);
        assert!(Release::V1_23 < Release::V1_24 && Release::V1_24 < Release::V1_36);
    }
}
