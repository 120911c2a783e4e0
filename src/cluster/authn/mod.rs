//! Authentication: who is asking? Client certificates, bearer tokens, impersonation, anonymous.
//!
//! Follows pkg/kubeapiserver/authenticator/config.go and staging/src/k8s.io/apiserver/pkg/authentication/{request,token}.
//! Left out: the loopback token (nothing needs it; its verdict shows in TokenReviews), front-proxy headers, token
//! files, bootstrap tokens, OIDC, webhooks.

pub mod bound;
mod cache;
pub mod impersonation;
pub mod legacy;
pub mod service_account;
pub mod x509;

pub use impersonation::impersonate;

use crate::api::release::{Change, Version};
use crate::api::request::{Credential, Request};
use crate::api::time::Timestamp;
use crate::api::user::{SYSTEM_AUTHENTICATED, UserInfo};
use crate::cluster::authn::cache::Cache;
use crate::cluster::authn::service_account::{Examination, Presented};
use crate::cluster::reader::Reader;
use crate::cluster::settings::{ISSUER, Settings};
use crate::cluster::trace::Reason;

/// What a user's credential is known by, in its `extra`.
pub const CREDENTIAL_ID: &str = "authentication.kubernetes.io/credential-id";
/// What a bad token is, as far as TokenReviews and the log tell.
pub const INVALID_BEARER_TOKEN: &str = "invalid bearer token";
const EXTRA_SPACE: &str =
    "the provided Authorization header contains extra space before the bearer token, and is ignored";

/// What authentication found out.
#[derive(Clone, Debug, Default)]
pub struct Authentication {
    /// The caller; `None` is a 401.
    pub user: Option<UserInfo>,
    /// The authenticators and token checks, in order; the last one decided.
    pub checks: Vec<Reason>,
    /// Texts for `Warning` headers.
    pub warnings: Vec<String>,
    /// What the API server has to write down, whatever the outcome.
    pub effects: Vec<Effect>,
}

/// Something that authentication wants written; it reads the store and never writes to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Sets one label of a Secret: when its token was last used.
    LabelSecret {
        /// The Secret's namespace.
        namespace: String,
        /// Its name.
        name: String,
        /// The label.
        key: String,
        /// Its new value.
        value: String,
    },
}

/// What a TokenReview wants to know.
#[derive(Clone, Debug)]
pub struct Review {
    /// Whose token it is, and for which of the audiences asked for; else why it is refused.
    pub outcome: Result<(UserInfo, Vec<String>), String>,
    /// The checks made, the last one decided.
    pub checks: Vec<Reason>,
    /// As in [`Authentication`].
    pub effects: Vec<Effect>,
}

/// The chain of authenticators with its cache of good tokens.
#[derive(Clone, Debug, Default)]
pub struct Authenticator {
    cache: Cache,
    version: Version,
}

/// The audiences that the API server itself answers to.
pub fn api_audiences() -> Vec<String> {
    vec![ISSUER.to_owned()]
}

impl Authenticator {
    /// That of an API server of another version.
    pub fn of(version: Version) -> Self {
        Authenticator { version, ..Authenticator::default() }
    }

    /// Finds out who sent a request: the first authenticator that knows the caller wins; if one saw a credential
    /// and none knew it, nobody is asking (401); without any credential the caller is anonymous.
    pub fn authenticate(
        &mut self,
        request: &Request,
        reader: &dyn Reader,
        settings: &Settings,
        now: Timestamp,
    ) -> Authentication {
        let mut found = Authentication::default();
        let mut refused = false;
        if let Some(Credential::Certificate(pem)) = &request.credential {
            match x509::authenticate(pem) {
                Ok(mut user) => {
                    if !self.version.has(Change::CertificateId) {
                        user.extra.remove(CREDENTIAL_ID);
                    }
                    let finding = format!("signed by the cluster's authority for {}", user.username);
                    found.checks.push(Reason::decided("client certificate", finding));
                    found.user = Some(with_authenticated(user));
                    return found;
                }
                Err(error) => {
                    found.checks.push(Reason::decided("client certificate", error));
                    refused = true;
                }
            }
        } else {
            found.checks.push(Reason::looked("client certificate", "none"));
        }
        if let Some(presented) = bearer(request, &mut found) {
            let examined = self.examine(presented, &api_audiences(), reader, now);
            found.checks.extend(examined.checks);
            found.warnings.extend(examined.warnings);
            found.effects.extend(examined.effects);
            if let Ok((user, _)) = examined.outcome {
                found.user = Some(with_authenticated(user));
                return found;
            }
            refused = true;
        }
        if refused {
            return found;
        }
        if settings.anonymous_auth {
            found.checks.push(Reason::decided("anonymous", "no credential at all: nobody in particular"));
            found.user = Some(UserInfo::anonymous());
        } else {
            found.checks.push(Reason::decided("anonymous", "switched off by --anonymous-auth=false"));
        }
        found
    }

    /// Authenticates a token for somebody else, against the audiences they ask for.
    pub fn review(&mut self, token: &str, audiences: &[String], reader: &dyn Reader, now: Timestamp) -> Review {
        let examined = self.examine(Presented::Text(token), audiences, reader, now);
        let outcome = match examined.outcome {
            Ok((user, audiences)) => Ok((with_authenticated(user), audiences)),
            Err(None) => Err(INVALID_BEARER_TOKEN.to_owned()),
            Err(Some(error)) => Err(format!("[{INVALID_BEARER_TOKEN}, {error}]")),
        };
        Review { outcome, checks: examined.checks, effects: examined.effects }
    }

    fn examine(
        &mut self,
        presented: Presented<'_>,
        audiences: &[String],
        reader: &dyn Reader,
        now: Timestamp,
    ) -> Examination {
        if let Some(remembered) = self.cache.get(presented, audiences, now) {
            return remembered;
        }
        let examined = service_account::examine(presented, audiences, reader, now, self.version);
        if examined.outcome.is_ok() {
            self.cache.put(presented, audiences, &examined, now);
        }
        examined
    }
}

/// The bearer token of a request, by the header's own rules.
fn bearer<'a>(request: &'a Request, found: &mut Authentication) -> Option<Presented<'a>> {
    if let Some(Credential::Token(token)) = &request.credential {
        return Some(Presented::InProcess(token));
    }
    let Some(header) = request.header_value("authorization") else {
        found.checks.push(Reason::looked("Authorization header", "none"));
        return None;
    };
    let mut parts = header.trim().splitn(3, ' ');
    let (scheme, token, rest) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    if !scheme.eq_ignore_ascii_case("bearer") {
        let finding = format!("the scheme {scheme:?} is not Bearer: ignored");
        found.checks.push(Reason::looked("Authorization header", finding));
        return None;
    }
    match token {
        Some(token) if !token.is_empty() => Some(Presented::Text(token)),
        _ => {
            if rest.is_some() {
                found.warnings.push(EXTRA_SPACE.to_owned());
            }
            found.checks.push(Reason::looked("Authorization header", "no token after Bearer: ignored"));
            None
        }
    }
}

/// Everybody whom an authenticator knew is in `system:authenticated`.
fn with_authenticated(mut user: UserInfo) -> UserInfo {
    if !user.in_group(SYSTEM_AUTHENTICATED) {
        user.groups.push(SYSTEM_AUTHENTICATED.to_owned());
    }
    user
}

#[cfg(test)]
mod tests;
