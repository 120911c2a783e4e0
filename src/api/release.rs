//! The versions of Kubernetes that the lab can be: 1.36, and two older ones for what concerns ServiceAccounts.
//!
//! Code never asks which version it is. It asks whether a [`Change`] has happened, and every change stands in the table
//! of [`crate::lab::versions`]; all else is as in 1.36. A change can be turned round alone, which shows what it causes.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A release of Kubernetes.
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

/// The build that stands for a release: what `kubectl version` tells.
#[derive(Clone, Copy, Debug)]
pub struct Build {
    /// `v1.23.17`.
    pub git_version: &'static str,
    /// The commit.
    pub git_commit: &'static str,
    /// When the server was built.
    pub server_date: &'static str,
    /// When kubectl was built.
    pub client_date: &'static str,
    /// The version of Go.
    pub go: &'static str,
    /// The kustomize inside kubectl.
    pub kustomize: &'static str,
}

impl Build {
    /// The answer to `/version`, or kubectl's own.
    pub fn info(&self, release: Release, date: &str) -> Value {
        let (major, minor) = release.name().split_once('.').unwrap_or_default();
        json!({
            "major": major, "minor": minor, "gitVersion": self.git_version, "gitCommit": self.git_commit,
            "gitTreeState": "clean", "buildDate": date, "goVersion": self.go, "compiler": "gc", "platform": "linux/amd64",
        })
    }
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

    /// The release that `1.23`, `v1.23` or `current` names.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let current = (text == "current").then_some(Release::default());
        Release::ALL.into_iter().find(|release| release.name() == text).or(current)
    }

    /// The build that stands for an older release; that of 1.36 is in the recorded documents.
    pub fn build(self) -> Option<Build> {
        Some(match self {
            Release::V1_23 => Build {
                git_version: "v1.23.17",
                git_commit: "953be8927218ec8067e1af2641e540238ffd7576",
                server_date: "2023-02-22T13:27:46Z",
                client_date: "2023-02-22T13:34:27Z",
                go: "go1.19.6",
                kustomize: "",
            },
            Release::V1_24 => Build {
                git_version: "v1.24.1",
                git_commit: "3ddd0f45aa91e2f30c70734b175631bec5b5825a",
                server_date: "2022-05-24T12:18:48Z",
                client_date: "2022-05-24T12:26:19Z",
                go: "go1.18.2",
                kustomize: "v4.5.4",
            },
            Release::V1_36 => return None,
        })
    }

    /// `v1.36.2`: the patch release that is meant.
    pub fn git_version(self) -> &'static str {
        self.build().map_or("v1.36.2", |build| build.git_version)
    }

    /// What the programs of this release say they are, behind their name: `v1.36.2 (linux/amd64) kubernetes/98b3519`.
    pub fn user_agent(self) -> String {
        let commit = self.build().map_or("98b3519", |build| build.git_commit.get(..7).unwrap_or_default());
        format!("{} (linux/amd64) kubernetes/{commit}", self.git_version())
    }

    /// The names of all of them, for messages: `1.23, 1.24, 1.36`.
    pub fn names() -> String {
        Release::ALL.map(Release::name).join(", ")
    }
}

/// Something that changed between the releases. The table with words and sources is in [`crate::lab::versions`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Change {
    NoTokenSecrets,
    CreateToken,
    KustomizeVersion,
    TokenTracking,
    ShortVersion,
    WhoAmI,
    TokenCleaner,
    TokenId,
    NodeInfo,
    NodeBinding,
    CertificateId,
    MountableSecretsWarning,
    DeletedFrom,
    NoSecretsColumn,
    ControllerAccounts,
}

impl Change {
    /// All of them, in the order in which they came.
    pub const ALL: [Change; 15] = [
        Change::NoTokenSecrets,
        Change::CreateToken,
        Change::KustomizeVersion,
        Change::TokenTracking,
        Change::ShortVersion,
        Change::WhoAmI,
        Change::TokenCleaner,
        Change::TokenId,
        Change::NodeInfo,
        Change::NodeBinding,
        Change::CertificateId,
        Change::MountableSecretsWarning,
        Change::DeletedFrom,
        Change::NoSecretsColumn,
        Change::ControllerAccounts,
    ];

    /// The first of the simulated releases in which it has happened.
    pub fn release(self) -> Release {
        if self <= Change::KustomizeVersion { Release::V1_24 } else { Release::V1_36 }
    }

    fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// What a cluster and its kubectl are: a release, or one with a change turned round to see what it does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Release", into = "Release")]
pub struct Version {
    /// Whose version number is told.
    pub release: Release,
    /// The changes that are not as in the release.
    turned: u32,
}

impl From<Release> for Version {
    fn from(release: Release) -> Self {
        Version { release, turned: 0 }
    }
}

impl From<Version> for Release {
    fn from(version: Version) -> Self {
        version.release
    }
}

impl Version {
    /// Whether a change has happened.
    pub fn has(self, change: Change) -> bool {
        (self.release >= change.release()) != (self.turned & change.bit() != 0)
    }

    /// The same with one change turned round.
    #[must_use]
    pub fn turn(self, change: Change) -> Self {
        Version { turned: self.turned ^ change.bit(), ..self }
    }

    /// The same with another release's number, and nothing else of it.
    #[must_use]
    pub fn numbered(self, release: Release) -> Self {
        let other = Version { release, turned: 0 };
        let differing = Change::ALL.into_iter().filter(|change| other.has(*change) != self.has(*change));
        differing.fold(other, Version::turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_back_to_their_release() {
        for release in Release::ALL {
            assert_eq!(Release::parse(release.name()), Some(release));
            assert!(release.git_version().starts_with(&format!("v{}.", release.name())));
        }
        assert_eq!(Release::parse("v1.24"), Some(Release::V1_24));
        assert_eq!(Release::parse("current"), Some(Release::default()));
        assert_eq!(Release::parse("1.25"), None);
        assert_eq!(Release::V1_23.user_agent(), "v1.23.17 (linux/amd64) kubernetes/953be89");
    }

    #[test]
    fn a_change_can_be_turned_round_alone() {
        let (old, new) = (Version::from(Release::V1_23), Version::default());
        for change in Change::ALL {
            assert!(!old.has(change) && new.has(change));
            let turned = old.turn(change);
            let differing: Vec<Change> =
                Change::ALL.into_iter().filter(|one| turned.has(*one) != old.has(*one)).collect();
            assert_eq!(differing, [change]);
            assert_eq!(turned.turn(change), old);
        }
        let numbered = old.numbered(Release::V1_36);
        assert_eq!(numbered.release, Release::V1_36);
        assert!(Change::ALL.into_iter().all(|change| !numbered.has(change)));
    }
}
