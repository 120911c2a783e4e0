//! A JSON Web Token whose signature is made when somebody first reads it.
//!
//! An RSA-2048 signature costs milliseconds in WebAssembly and most mounted tokens are never looked at, so
//! issuing one only fixes what will be signed. RS256 is deterministic: when it is signed changes no byte.

use std::cell::OnceCell;
use std::fmt;
use std::rc::Rc;

/// Something that signs: the lab's public, simulation-only key.
pub trait Signer {
    /// The base64url signature (RS256) of `header.payload`.
    fn sign(&self, signing_input: &str) -> String;

    /// How long any of them is.
    fn signature_length(&self) -> usize;
}

/// A bearer token.
#[derive(Clone)]
pub struct Token(Rc<Inner>);

struct Inner {
    signing_input: String,
    signer: Rc<dyn Signer>,
    text: OnceCell<String>,
    claims: OnceCell<Rc<serde_json::Value>>,
}

impl Token {
    /// A token that will be signed by `signer`; `signing_input` is `base64url(header).base64url(claims)`.
    pub fn unsigned(signing_input: String, signer: Rc<dyn Signer>) -> Self {
        Token(Rc::new(Inner { signing_input, signer, text: OnceCell::new(), claims: OnceCell::new() }))
    }

    /// `header.payload`, which needs no signature.
    pub fn signing_input(&self) -> &str {
        &self.0.signing_input
    }

    /// The whole token, `header.payload.signature`; signs it the first time.
    pub fn text(&self) -> &str {
        self.0.text.get_or_init(|| {
            let signature = self.0.signer.sign(&self.0.signing_input);
            format!("{}.{signature}", self.0.signing_input)
        })
    }

    /// The length of the whole token, which is known before it is signed.
    pub fn length(&self) -> usize {
        self.0.signing_input.len() + 1 + self.0.signer.signature_length()
    }

    /// The claims, decoded without looking at the signature, and kept: the timeline asks for them every second.
    pub fn claims(&self) -> Rc<serde_json::Value> {
        Rc::clone(self.0.claims.get_or_init(|| self.decode()))
    }

    /// The claims, decoded and not kept.
    pub fn decode(&self) -> Rc<serde_json::Value> {
        Rc::new(decode_part(self.signing_input().split('.').nth(1).unwrap_or_default()))
    }
}

impl PartialEq for Token {
    fn eq(&self, other: &Self) -> bool {
        self.0.signing_input == other.0.signing_input
    }
}

impl Eq for Token {}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({})", self.0.signing_input)
    }
}

/// Decodes one base64url part of a token as JSON; null where it is none.
pub fn decode_part(part: &str) -> serde_json::Value {
    use base64::Engine;
    base64::engine::general_purpose::URL_SAFE_NO_PAD
        .decode(part)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or(serde_json::Value::Null)
}
