//! Tokens made here are JSON Web Tokens to others: libraries that know nothing of the lab verify them with the
//! documents that the door serves, and refuse those that are tampered with, expired, or for somebody else.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod door;

use door::{ask, cluster, get, now, run, token};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, TokenData, Validation, decode, decode_header};
use salab::Core;
use serde_json::Value;
use serviceaccount_lab::api::Timestamp;
use std::process::{Command, Stdio};

const ISSUER: &str = "https://kubernetes.default.svc.cluster.local";

/// What somebody outside knows: where the issuer's documents are.
async fn published(core: &Core) -> (Value, JwkSet) {
    let configuration = get(core, "/.well-known/openid-configuration").await;
    assert_eq!(configuration["issuer"], ISSUER);
    assert_eq!(configuration["id_token_signing_alg_values_supported"], serde_json::json!(["RS256"]));
    let keys = configuration["jwks_uri"].as_str().expect("an address");
    let path = keys.find("/openid").map_or(keys, |at| &keys[at..]);
    let keys = get(core, path).await;
    (configuration, serde_json::from_value(keys).expect("a key set"))
}

fn verify(token: &str, keys: &JwkSet, audience: &str) -> Result<TokenData<Value>, Error> {
    let kid = decode_header(token)?.kid.ok_or(ErrorKind::InvalidToken)?;
    let key = DecodingKey::from_jwk(keys.find(&kid).ok_or(ErrorKind::InvalidKeyFormat)?)?;
    let mut validation = Validation::new(Algorithm::RS256);
    validation.set_audience(&[audience]);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    validation.validate_nbf = true;
    validation.leeway = 0;
    decode(token, &key, &validation)
}

fn refusal(token: &str, keys: &JwkSet, audience: &str) -> ErrorKind {
    verify(token, keys, audience).expect_err("refused").into_kind()
}

/// The same token with its subject changed, and the signature left as it was.
fn tampered(token: &str) -> String {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
    let parts: Vec<&str> = token.split('.').collect();
    let claims = String::from_utf8(BASE64.decode(parts[1]).unwrap()).unwrap();
    let changed = claims.replace("system:serviceaccount:default:default", "system:serviceaccount:kube-system:default");
    assert_ne!(claims, changed);
    [parts[0], &BASE64.encode(changed), parts[2]].join(".")
}

#[test]
fn an_independent_library_verifies_and_refuses() {
    run(async {
        let core = cluster(now());
        let (_, keys) = published(&core).await;
        let good = token(&core, &["vault"]).await;
        let found = verify(&good, &keys, "vault").expect("a good token");
        assert_eq!(found.claims["sub"], "system:serviceaccount:default:default");
        assert_eq!(found.claims["kubernetes.io"]["serviceaccount"]["name"], "default");
        assert_eq!(refusal(&good, &keys, "somebody else"), ErrorKind::InvalidAudience);
        assert_eq!(refusal(&tampered(&good), &keys, "vault"), ErrorKind::InvalidSignature);

        // Ten minutes of a cluster whose clock began years ago are over.
        let old = cluster(Timestamp::parse_rfc3339("2020-01-01T00:00:00Z").expect("a date"));
        let (_, keys) = published(&old).await;
        assert_eq!(refusal(&token(&old, &["vault"]).await, &keys, "vault"), ErrorKind::ExpiredSignature);
    });
}

/// The door refuses the same ones.
#[test]
fn the_door_agrees() {
    run(async {
        let core = cluster(now());
        let mine = token(&core, &[]).await;
        for (token, allowed) in [(&mine, true), (&tampered(&mine), false), (&token(&core, &["vault"]).await, false)] {
            let review = serde_json::json!({
                "kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "spec": {"token": token},
            });
            let url = "/apis/authentication.k8s.io/v1/tokenreviews";
            let (_, text) = ask(&core, "POST", url, &review.to_string(), door::administrator()).await;
            let answer: Value = serde_json::from_str(&text).expect("JSON");
            assert_eq!(answer["status"]["authenticated"].as_bool().unwrap_or(false), allowed, "{text}");
        }
    });
}

const PYTHON: &str = "
import json, sys, jwt
given = json.load(sys.stdin)
keys = jwt.PyJWKSet.from_dict(given['keys'])
def verify(token, audience):
    key = keys[jwt.get_unverified_header(token)['kid']]
    try:
        jwt.decode(token, key.key, algorithms=['RS256'], audience=audience, issuer=given['issuer'])
        return 'good'
    except jwt.PyJWTError as error:
        return type(error).__name__
print(' '.join([verify(given['good'], 'vault'), verify(given['good'], 'somebody else'),
                verify(given['tampered'], 'vault'), verify(given['expired'], 'vault')]))
";

#[test]
fn pyjwt_verifies_and_refuses() {
    let there = Command::new("python3").args(["-c", "import jwt, cryptography"]).stderr(Stdio::null()).status();
    if !there.is_ok_and(|status| status.success()) {
        eprintln!("NOT TRIED: python3 with PyJWT and cryptography is not installed here");
        return;
    }
    let given = run(async {
        let core = cluster(now());
        let old = cluster(Timestamp::parse_rfc3339("2020-01-01T00:00:00Z").expect("a date"));
        let good = token(&core, &["vault"]).await;
        serde_json::json!({
            "issuer": ISSUER, "keys": get(&core, "/openid/v1/jwks").await, "tampered": tampered(&good),
            "expired": token(&old, &["vault"]).await, "good": good,
        })
    });
    let mut child = Command::new("python3")
        .args(["-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    std::io::Write::write_all(&mut child.stdin.take().expect("a pipe"), given.to_string().as_bytes()).expect("written");
    let said = String::from_utf8(child.wait_with_output().expect("an end").stdout).expect("text");
    assert_eq!(said.trim(), "good InvalidAudienceError InvalidSignatureError ExpiredSignatureError");
}
