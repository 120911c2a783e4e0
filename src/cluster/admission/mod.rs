//! Admission: the ordered chain of plugins that may change or refuse an object before it is stored.
//!
//! The order is behaviour: it follows pkg/kubeapiserver/options/plugins.go.

use crate::api::kinds::Kind;
use crate::api::object::Object;
use crate::api::status::Status;
use crate::api::time::Timestamp;
use crate::api::user::UserInfo;
use crate::cluster::random::Random;
use crate::cluster::reader::Reader;
use crate::cluster::settings::Settings;
use crate::cluster::trace::{Actor, Event};

/// What a request wants to do to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Operation {
    Create,
    Update,
    Delete,
    Connect,
}

/// The request as admission sees it.
pub struct Attributes<'a> {
    /// What is to happen.
    pub operation: Operation,
    /// Who asks.
    pub user: &'a UserInfo,
    /// The resource.
    pub kind: &'a Kind,
    /// `token`, `status`, …; empty for the resource itself.
    pub subresource: &'a str,
    /// Empty for cluster-scoped resources.
    pub namespace: &'a str,
    /// The name; empty for a creation with `generateName`.
    pub name: &'a str,
    /// The stored object, for updates and deletions.
    pub old: Option<&'a Object>,
}

/// What plugins work with.
pub struct Context<'a> {
    /// What is stored.
    pub reader: &'a dyn Reader,
    /// For names of volumes.
    pub random: &'a mut Random,
    /// What the clock shows.
    pub now: Timestamp,
    /// The cluster's flags.
    pub settings: &'a Settings,
    /// Collected for `Warning` headers.
    pub warnings: Vec<String>,
    /// Collected for the trace: which plugin did what.
    pub record: Vec<(Actor, Event)>,
}

/// Runs the mutating plugins over `object`, in order.
///
/// # Errors
/// The first refusal.
pub fn mutate(object: &mut Object, attributes: &Attributes<'_>, context: &mut Context<'_>) -> Result<(), Status> {
    let _ = (object, attributes, context);
    Ok(())
}

/// Runs the validating plugins, after validation. `object` is null for deletions and connections.
///
/// # Errors
/// The first refusal.
pub fn validate(object: &Object, attributes: &Attributes<'_>, context: &mut Context<'_>) -> Result<(), Status> {
    let _ = (object, attributes, context);
    Ok(())
}
