//! ServiceAccount tokens: what is in them, how they are signed, and the documents that tell others how to verify.
//!
//! Follows pkg/serviceaccount/{claims,jwt,legacy,openidmetadata}.go. RS256 is jwt-compact's; header and payload are
//! written here, because a token's bytes are those of Kubernetes: header `alg`, `kid` and no `typ`, claims sorted.
//! The key is [`keys::SERVICE_ACCOUNT_KEY`]: public, for simulation only. It is parsed when the first token is
//! read or verified, never when the cluster starts.
//! jwt-compact blinds the key with the system's randomness while it signs; no byte of a signature depends on it.
//! Left out: several keys and issuers, EC keys, external signers.

use crate::api::token::{Signer, Token};
use crate::api::user::service_account_username;
use crate::cluster::keys;
use crate::cluster::settings::{ISSUER, SERVER_ADDRESS};
use base64::Engine;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE_NO_PAD};
use jwt_compact::alg::{Rsa, RsaPrivateKey, RsaPublicKey};
use jwt_compact::{Algorithm, AlgorithmSignature};
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PublicKeyParts;
use serde_json::{Map, Value, json};
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The key's id: SHA-256 of its public half in DER, base64url.
pub const KEY_ID: &str = "0s2BbltHxHRyYkYOCi6Wz7koKi9ZXGnPK0xgxIWfa-Q";
/// The issuer of legacy tokens, those the token controller puts into Secrets.
pub const LEGACY_ISSUER: &str = "kubernetes/serviceaccount";
/// A year: how long an extended token really lives.
pub const EXTENDED_LIFETIME_SECONDS: u64 = 365 * 24 * 3600;
/// The lifetime that asks for an extended token: what admission writes into pods.
pub const EXTENDABLE_LIFETIME_SECONDS: u64 = 3607;

/// Go's `base64.RawURLEncoding`: it does not mind stray bits at the end, so neither does a real API server.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// How many signatures are kept.
const SIGNATURES_MAX: usize = 512;

thread_local! {
    /// What was signed before: a session that is played again, or beside another one, signs the same tokens. A cluster
    /// of 1.23 begins with forty of them.
    static SIGNATURES: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
    static MADE: Cell<u64> = const { Cell::new(0) };
    static KEYS: OnceCell<Option<Rc<KeyPair>>> = const { OnceCell::new() };
    static SIGNER: Rc<dyn Signer> = Rc::new(ServiceAccountSigner);
}

/// How many signatures this thread has made: what was signed before is not signed again. For benchmarks, which count
/// apart what shows a token.
pub fn signatures_made() -> u64 {
    MADE.get()
}

struct KeyPair {
    signing: RsaPrivateKey,
    verifying: RsaPublicKey,
}

/// The parsed key; `None` only if the embedded file is broken, which a test rules out.
fn key_pair() -> Option<Rc<KeyPair>> {
    KEYS.with(|keys| {
        keys.get_or_init(|| {
            let signing = RsaPrivateKey::from_pkcs8_pem(keys::SERVICE_ACCOUNT_KEY).ok()?;
            let verifying = signing.to_public_key();
            Some(Rc::new(KeyPair { signing, verifying }))
        })
        .clone()
    })
}

struct ServiceAccountSigner;

impl Signer for ServiceAccountSigner {
    fn sign(&self, signing_input: &str) -> String {
        let known = SIGNATURES.with(|signatures| signatures.borrow().get(signing_input).cloned());
        if let Some(known) = known {
            return known;
        }
        let Some(keys) = key_pair() else { return String::new() };
        MADE.set(MADE.get() + 1);
        let signature = URL_SAFE_NO_PAD.encode(Rsa::rs256().sign(&keys.signing, signing_input.as_bytes()).as_bytes());
        SIGNATURES.with(|signatures| {
            let mut signatures = signatures.borrow_mut();
            if signatures.len() >= SIGNATURES_MAX {
                signatures.clear();
            }
            signatures.insert(signing_input.to_owned(), signature.clone());
        });
        signature
    }

    /// RSA-2048 signatures are 256 bytes.
    fn signature_length(&self) -> usize {
        342
    }
}

/// The object a token is bound to: it dies with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bound {
    /// `pod`, `secret` or `node`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
    /// For a pod on a node: the node's name and UID (empty if the Node object is gone).
    pub node: Option<(String, String)>,
}

/// What goes into a token that is asked for by TokenRequest.
#[derive(Clone, Debug)]
pub struct Contents<'a> {
    /// The account's namespace.
    pub namespace: &'a str,
    /// The account's name.
    pub name: &'a str,
    /// The account's UID.
    pub uid: &'a str,
    /// Whom it is for.
    pub audiences: &'a [String],
    /// `iat` and `nbf`, in seconds since 1970.
    pub issued_at: i64,
    /// `exp` is so much later.
    pub lifetime_seconds: u64,
    /// After this many seconds its use is noted as stale.
    pub warn_after_seconds: Option<u64>,
    /// What it is bound to.
    pub bound: Option<Bound>,
    /// `jti`: a fresh UUID; none before 1.30.
    pub id: Option<String>,
}

impl Contents<'_> {
    /// The claims.
    pub fn claims(&self) -> Value {
        let mut private = Map::new();
        private.insert("namespace".into(), json!(self.namespace));
        private.insert("serviceaccount".into(), json!({"name": self.name, "uid": self.uid}));
        if let Some(bound) = &self.bound {
            private.insert(bound.kind.into(), json!({"name": bound.name, "uid": bound.uid}));
            if let Some((name, uid)) = &bound.node {
                let node = if uid.is_empty() { json!({"name": name}) } else { json!({"name": name, "uid": uid}) };
                private.insert("node".into(), node);
            }
        }
        let later = |seconds: u64| self.issued_at.saturating_add(i64::try_from(seconds).unwrap_or(i64::MAX));
        if let Some(seconds) = self.warn_after_seconds {
            private.insert("warnafter".into(), json!(later(seconds)));
        }
        let mut claims = json!({
            "aud": self.audiences,
            "exp": later(self.lifetime_seconds),
            "iat": self.issued_at,
            "iss": ISSUER,
            "kubernetes.io": private,
            "nbf": self.issued_at,
            "sub": service_account_username(self.namespace, self.name),
        });
        if let Some(id) = &self.id {
            claims["jti"] = json!(id);
        }
        claims
    }
}

/// The claims of the token that the token controller puts into a `kubernetes.io/service-account-token` Secret.
/// No time, no randomness: the same Secret and account give the same token again.
pub fn legacy_claims(namespace: &str, account: &str, account_uid: &str, secret: &str) -> Value {
    json!({
        "iss": LEGACY_ISSUER,
        "kubernetes.io/serviceaccount/namespace": namespace,
        "kubernetes.io/serviceaccount/secret.name": secret,
        "kubernetes.io/serviceaccount/service-account.name": account,
        "kubernetes.io/serviceaccount/service-account.uid": account_uid,
        "sub": service_account_username(namespace, account),
    })
}

/// A token with these claims, to be signed with the cluster's key when somebody first reads it.
pub fn issue(claims: &Value) -> Token {
    let header = format!("{{\"alg\":\"RS256\",\"kid\":\"{KEY_ID}\"}}");
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(go_json(claims)));
    Token::unsigned(input, SIGNER.with(Rc::clone))
}

/// Compact JSON as Go writes it: `&`, `<` and `>` escaped (they occur in audiences only).
fn go_json(claims: &Value) -> String {
    claims.to_string().replace('&', "\\u0026").replace('<', "\\u003c").replace('>', "\\u003e")
}

/// A token's parts, before anything about them is believed.
#[derive(Clone, Debug, Default)]
pub struct Parsed {
    /// The header.
    pub header: Value,
    /// The claims.
    pub claims: Value,
}

/// Takes a token apart. `None`: not three parts, or not base64url JSON.
pub fn parse(text: &str) -> Option<Parsed> {
    let (input, signature) = text.rsplit_once('.')?;
    BASE64.decode(signature).ok()?;
    parse_signing_input(input)
}

/// Takes `header.payload` apart.
pub fn parse_signing_input(input: &str) -> Option<Parsed> {
    let (header, payload) = input.split_once('.')?;
    let part = |text: &str| -> Option<Value> {
        let value: Value = serde_json::from_slice(&BASE64.decode(text).ok()?).ok()?;
        value.is_object().then_some(value)
    };
    Some(Parsed { header: part(header)?, claims: part(payload)? })
}

/// Checks a token's signature with the cluster's public key.
///
/// # Errors
/// The API server's words: which it keeps to its log and to TokenReviews.
pub fn verify(text: &str, header: &Value) -> Result<(), &'static str> {
    const BAD: &str = "go-jose/go-jose: error in cryptographic primitive";
    match header.get("kid").and_then(Value::as_str) {
        None | Some("") | Some(KEY_ID) => {}
        Some(_) => return Err("invalid signature, no keys found"),
    }
    if header.get("alg").and_then(Value::as_str) != Some("RS256") {
        return Err("go-jose/go-jose: unknown/unsupported algorithm");
    }
    let (input, signature) = text.rsplit_once('.').ok_or(BAD)?;
    // What this key has signed need not be computed again.
    if SIGNATURES.with_borrow(|signatures| signatures.get(input).is_some_and(|known| known == signature)) {
        return Ok(());
    }
    let signature = BASE64.decode(signature).map_err(|_| BAD)?;
    let signature = <Rsa as Algorithm>::Signature::try_from_slice(&signature).map_err(|_| BAD)?;
    let keys = key_pair().ok_or(BAD)?;
    let good = Rsa::rs256().verify_signature(&signature, &keys.verifying, input.as_bytes());
    if good { Ok(()) } else { Err(BAD) }
}

/// `/openid/v1/jwks`: the public key, for whoever wants to verify tokens without asking the API server. Compact,
/// without a last newline; `Content-Type: application/jwk-set+json`.
pub fn json_web_key_set() -> String {
    let Some(keys) = key_pair() else { return String::new() };
    let modulus = URL_SAFE_NO_PAD.encode(keys.verifying.n().to_bytes_be());
    let exponent = URL_SAFE_NO_PAD.encode(keys.verifying.e().to_bytes_be());
    format!(
        "{{\"keys\":[{{\"use\":\"sig\",\"kty\":\"RSA\",\"kid\":\"{KEY_ID}\",\"alg\":\"RS256\",\"n\":\"{modulus}\",\"e\":\"{exponent}\"}}]}}"
    )
}

/// `/.well-known/openid-configuration`: who issues tokens and where its keys are. Compact, without a last newline.
pub fn openid_configuration() -> String {
    format!(
        "{{\"issuer\":\"{ISSUER}\",\"jwks_uri\":\"https://{SERVER_ADDRESS}/openid/v1/jwks\",\"response_types_supported\":[\"id_token\"],\"subject_types_supported\":[\"public\"],\"id_token_signing_alg_values_supported\":[\"RS256\"]}}"
    )
}

/// The `Content-Type` of [`json_web_key_set`].
pub const JSON_WEB_KEY_SET_TYPE: &str = "application/jwk-set+json";
/// The `Cache-Control` of both documents.
pub const DOCUMENT_CACHE_CONTROL: &str = "public, max-age=3600";

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    fn contents() -> Contents<'static> {
        Contents {
            namespace: "default",
            name: "data-sa",
            uid: "423e4503-b1fd-41f2-ab2a-76882d7d2699",
            audiences: &[],
            issued_at: 1_795_476_175,
            lifetime_seconds: 3600,
            warn_after_seconds: None,
            bound: None,
            id: Some("1c711efe-e317-46a7-ae14-528927fabfe4".to_owned()),
        }
    }

    /// The first token of conformance recording 03, `kubectl create token data-sa`.
    const RECORDED_PAYLOAD: &str = "eyJhdWQiOlsiaHR0cHM6Ly9rdWJlcm5ldGVzLmRlZmF1bHQuc3ZjLmNsdXN0ZXIubG9jYWwiXSwiZXhwIjoxNzk1NDc5Nzc1LCJpYXQiOjE3OTU0NzYxNzUsImlzcyI6Imh0dHBzOi8va3ViZXJuZXRlcy5kZWZhdWx0LnN2Yy5jbHVzdGVyLmxvY2FsIiwianRpIjoiMWM3MTFlZmUtZTMxNy00NmE3LWFlMTQtNTI4OTI3ZmFiZmU0Iiwia3ViZXJuZXRlcy5pbyI6eyJuYW1lc3BhY2UiOiJkZWZhdWx0Iiwic2VydmljZWFjY291bnQiOnsibmFtZSI6ImRhdGEtc2EiLCJ1aWQiOiI0MjNlNDUwMy1iMWZkLTQxZjItYWIyYS03Njg4MmQ3ZDI2OTkifX0sIm5iZiI6MTc5NTQ3NjE3NSwic3ViIjoic3lzdGVtOnNlcnZpY2VhY2NvdW50OmRlZmF1bHQ6ZGF0YS1zYSJ9";

    #[test]
    fn the_payload_is_that_of_kubernetes_byte_for_byte() {
        let audiences = [ISSUER.to_owned()];
        let claims = Contents { audiences: &audiences, ..contents() }.claims();
        let token = issue(&claims);
        let parts: Vec<&str> = token.text().split('.').collect();
        assert_eq!(parts[1], RECORDED_PAYLOAD);
        let header = String::from_utf8(URL_SAFE_NO_PAD.decode(parts[0]).unwrap()).unwrap();
        assert_eq!(header, format!("{{\"alg\":\"RS256\",\"kid\":\"{KEY_ID}\"}}"));
        assert_eq!(token.length(), token.text().len());
    }

    #[test]
    fn a_pod_s_token_names_the_pod_its_node_and_when_to_warn() {
        let bound =
            Bound { kind: "pod", name: "p7".into(), uid: "9ba3".into(), node: Some(("node01".into(), "c1a1".into())) };
        let extended = Contents {
            warn_after_seconds: Some(3607),
            lifetime_seconds: EXTENDED_LIFETIME_SECONDS,
            bound: Some(bound),
            ..contents()
        };
        let claims = extended.claims();
        assert_eq!(
            claims["kubernetes.io"].to_string(),
            r#"{"namespace":"default","node":{"name":"node01","uid":"c1a1"},"pod":{"name":"p7","uid":"9ba3"},"serviceaccount":{"name":"data-sa","uid":"423e4503-b1fd-41f2-ab2a-76882d7d2699"},"warnafter":1795479782}"#
        );
        assert_eq!(claims["exp"], 1_795_476_175 + 31_536_000);
    }

    #[test]
    fn the_key_id_is_the_hash_of_the_public_key() {
        let public = keys::der(include_str!("keys/service-account.pub")).unwrap();
        assert_eq!(URL_SAFE_NO_PAD.encode(Sha256::digest(public)), KEY_ID);
    }

    #[test]
    fn signatures_verify_and_tampering_shows() {
        let token = issue(&contents().claims());
        let text = token.text().to_owned();
        let header = parse(&text).unwrap().header;
        assert_eq!(verify(&text, &header), Ok(()));
        let bad = "go-jose/go-jose: error in cryptographic primitive";
        assert_eq!(verify(&format!("{text}x"), &header), Err(bad));
        let other = issue(&Contents { name: "admin", ..contents() }.claims());
        let signature = text.rsplit_once('.').unwrap().1;
        assert_eq!(verify(&format!("{}.{signature}", other.signing_input()), &header), Err(bad));
        let unknown = json!({"alg": "RS256", "kid": "somebody-else"});
        assert_eq!(verify(&text, &unknown), Err("invalid signature, no keys found"));
        assert!(verify(&text, &json!({"alg": "none", "kid": KEY_ID})).is_err());
        assert_eq!(issue(&contents().claims()).text(), text, "the same claims give the same bytes");
    }

    #[test]
    fn what_is_no_token_is_not_parsed() {
        for text in ["", "nonsense", "a.b", "a.b.c", "..", "e30.W10.", "e30.e30.e30.e30", "é.é.é"] {
            assert!(parse(text).is_none(), "{text}");
        }
        assert!(parse("e30.e30.").is_some());
    }

    #[test]
    fn documents_are_those_of_the_recording() {
        assert_eq!(
            openid_configuration(),
            r#"{"issuer":"https://kubernetes.default.svc.cluster.local","jwks_uri":"https://172.30.1.2:6443/openid/v1/jwks","response_types_supported":["id_token"],"subject_types_supported":["public"],"id_token_signing_alg_values_supported":["RS256"]}"#
        );
        let keys = json_web_key_set();
        assert!(keys.starts_with(&format!(
            "{{\"keys\":[{{\"use\":\"sig\",\"kty\":\"RSA\",\"kid\":\"{KEY_ID}\",\"alg\":\"RS256\",\"n\":\""
        )));
        assert!(keys.ends_with("\",\"e\":\"AQAB\"}]}"));
        let parsed: Value = serde_json::from_str(&keys).unwrap();
        assert_eq!(parsed["keys"][0]["n"].as_str().unwrap().len(), 342);
    }
}
