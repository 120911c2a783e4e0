//! TLS with the cluster's own authority: the certificate that is shown, and whose certificates are looked at.

use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, Issuer, KeyPair};
use serviceaccount_lab::cluster::keys;
use std::sync::Arc;
use tokio_rustls::rustls::client::danger::HandshakeSignatureValid;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivatePkcs8KeyDer, UnixTime};
use tokio_rustls::rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use tokio_rustls::rustls::{
    DigitallySignedStruct, DistinguishedName, Error, RootCertStore, ServerConfig, SignatureScheme,
};

/// Serves TLS under these names and addresses.
///
/// # Errors
/// A name that no certificate can hold.
pub fn config(names: &[String]) -> Result<ServerConfig, String> {
    let words = |what: &str| format!("the serving certificate: {what}");
    let authority = keys::der(keys::CERTIFICATE_AUTHORITY).ok_or_else(|| words("no authority"))?;
    let authority_key = keys::der(keys::CERTIFICATE_AUTHORITY_KEY).ok_or_else(|| words("no authority's key"))?;
    let (certificate, key) = serving_certificate(names, authority_key).map_err(|error| words(&error.to_string()))?;
    let chain = vec![certificate, CertificateDer::from(authority.clone())];
    let provider = Arc::new(ring::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(authority)).map_err(|error| words(&error.to_string()))?;
    let verifier = Verifier { subjects: roots.subjects(), provider: Arc::clone(&provider) };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| words(&error.to_string()))?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_single_cert(chain, PrivatePkcs8KeyDer::from(key).into())
        .map_err(|error| words(&error.to_string()))?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

/// A certificate for `names` with a new key, signed by the cluster's authority.
fn serving_certificate(
    names: &[String],
    authority_key: Vec<u8>,
) -> Result<(CertificateDer<'static>, Vec<u8>), rcgen::Error> {
    let mut authority = CertificateParams::default();
    authority.distinguished_name = rcgen::DistinguishedName::new();
    authority.distinguished_name.push(DnType::CommonName, "kubernetes");
    let issuer = Issuer::new(authority, KeyPair::try_from(&PrivatePkcs8KeyDer::from(authority_key))?);
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, "kube-apiserver");
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, &issuer)?;
    Ok((certificate.der().clone(), key.serialize_der()))
}

/// The text form of a certificate.
pub fn pem(certificate: &CertificateDer<'_>) -> String {
    use base64::Engine;
    let body = base64::engine::general_purpose::STANDARD.encode(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n")
}

/// As kube-apiserver does: any certificate may be shown, its key must be held, and whose it is, if anybody's, is for
/// authentication to find out, which then answers 401.
#[derive(Debug)]
struct Verifier {
    subjects: Vec<DistinguishedName>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for Verifier {
    fn client_auth_mandatory(&self) -> bool {
        false
    }

    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &self.subjects
    }

    fn verify_client_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
