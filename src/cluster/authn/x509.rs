//! Client certificates: the common name is the user, the organizations are the groups.
//!
//! Follows staging/src/k8s.io/apiserver/pkg/authentication/request/x509/x509.go. In process there is no TLS
//! handshake that proves possession of the key (`salab serve` has one), and no certificate is parsed: those that the
//! cluster's authority has signed are known by their fingerprint, all others count as signed by somebody else. They do
//! not expire.

use crate::api::user::UserInfo;
use crate::cluster::authn::CREDENTIAL_ID;
use crate::cluster::keys::{CLIENT_CERTIFICATES, ClientCertificate, der};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Who shows this certificate.
///
/// # Errors
/// Why the certificate is refused.
pub fn authenticate(pem: &str) -> Result<UserInfo, String> {
    let certificate = find(pem)?;
    let groups = match certificate.organization {
        "" => Vec::new(),
        organization => vec![organization.to_owned()],
    };
    let mut user = UserInfo { username: certificate.common_name.to_owned(), groups, ..UserInfo::default() };
    user.extra.insert(CREDENTIAL_ID.to_owned(), vec![format!("X509SHA256={}", certificate.fingerprint)]);
    Ok(user)
}

fn find(pem: &str) -> Result<ClientCertificate, String> {
    if let Some(known) = CLIENT_CERTIFICATES.into_iter().find(|known| known.pem == pem) {
        return Ok(known);
    }
    let der = der(pem).ok_or("x509: malformed certificate")?;
    let mut fingerprint = String::with_capacity(64);
    for byte in Sha256::digest(der) {
        let _ = write!(fingerprint, "{byte:02x}");
    }
    CLIENT_CERTIFICATES
        .into_iter()
        .find(|known| known.fingerprint == fingerprint)
        .ok_or_else(|| "x509: certificate signed by unknown authority".to_owned())
}
