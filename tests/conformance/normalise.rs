//! Takes out of a transcript what two clusters cannot share: times, ids, random names, addresses. Every lifetime
//! and every space stays. The same rules as the comparison the recordings came with (see README.md).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use regex_lite::{Captures, Regex};
use serde_json::Value;
use std::collections::BTreeMap;

/// The alphabet of generated names.
const ALNUM: &str = "bcdfghjklmnpqrstvwxz2456789";

/// Normalises one transcript; the same id gets the same number throughout.
pub struct Normaliser {
    uuids: BTreeMap<String, String>,
    before: Vec<(Regex, &'static str)>,
    after: Vec<(Regex, &'static str)>,
    base64_token: Regex,
    token: Regex,
    uuid: Regex,
    age: Regex,
}

fn regex(pattern: &str) -> Regex {
    Regex::new(&pattern.replace("ALNUM", ALNUM)).expect(pattern)
}

impl Normaliser {
    /// For one transcript.
    pub fn new() -> Self {
        let before = [
            (r"LS0tLS1CRUdJTi[A-Za-z0-9+/=]+", "<base64 pem>"),
            (r"(?s)-----BEGIN [A-Z ]+-----.*?-----END [A-Z ]+-----", "<pem>"),
            (r"JTI=[0-9a-f-]{36}", "JTI=<jti>"),
        ];
        let after = [
            (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", "<time>"),
            (
                r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (?:[A-Z][a-z]{2}) \d{4} \d\d:\d\d:\d\d (?:GMT|[+-]\d{4})",
                "<date>",
            ),
            (r"kube-api-access-[ALNUM]{5}", "kube-api-access-<rand>"),
            (r"(pod-template-hash[:=]\s*)[ALNUM]{6,10}", "${1}<hash>"),
            (r"-[ALNUM]{6,10}-[ALNUM]{5}\b", "-<hash>-<rand>"),
            (
                r#"(replicasets?(?:\.apps)?/|replicaset\.apps/|NewReplicaSet:\s+|OldReplicaSets?:\s+|ReplicaSet "?|replica set )([a-z0-9-]+?)-([ALNUM]{6,10})\b"#,
                "${1}${2}-<hash>",
            ),
            (r"(generated-)[ALNUM]{5}\b", "${1}<rand>"),
            (r#"("?resourceVersion"?: ?"?)\d+("?)"#, "${1}<rv>${2}"),
            (r"(resourceVersion=)\d+", "${1}<rv>"),
            (
                r#"https://(?:\d{1,3}(?:\.\d{1,3}){3}|localhost|kube-apiserver)(?::\d+)?([/\s"',]|$)"#,
                "https://<apiserver>${1}",
            ),
            (r"\b(?:10|127|172|192)\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d+)?\b", "<ip>"),
            (r"(ca\.crt:\s+|token:\s+)\d+ bytes", "${1}<n> bytes"),
            (r"\b[0-9a-f]{64}\b", "<sha256>"),
            (r"\.\.\d{4}_\d\d_\d\d_\d\d_\d\d_\d\d\.\d+", "..<data-dir>"),
            (r"\b[A-Z][a-z]{2} [ \d]\d (?:\d\d:\d\d| \d{4})(\s)", "<date>${1}"),
            (r"\d+ (<date> \.\.data -> )", "<n> ${1}"),
            (
                r" in [\d.]+m?s \([\d.]+m?s including waiting\)\. Image size: \d+ bytes",
                " in <n>ms (<n>ms including waiting). Image size: <n> bytes",
            ),
            (r#"("kid": ?")[A-Za-z0-9_-]{43}(")"#, "${1}<kid>${2}"),
            (r#"("n": ?")[A-Za-z0-9_-]{300,}(")"#, "${1}<n>${2}"),
            (r"\b1[6-9]\d{8}\b|\b2\d{9}\b", "<epoch>"),
        ];
        let compile = |(pattern, with)| (regex(pattern), with);
        Normaliser {
            uuids: BTreeMap::new(),
            before: before.map(compile).into(),
            after: after.map(compile).into(),
            base64_token: regex(r"ZXlK[A-Za-z0-9+/=]{200,}"),
            token: regex(r"eyJ[A-Za-z0-9_-]+\.eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+"),
            uuid: regex(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"),
            age: regex(r"(?m)\d+[ydhms](?:\d+[dhms])?(?: ago)?(\s+|$)"),
        }
    }

    /// The text with everything taken out that cannot be equal.
    pub fn apply(&mut self, text: &str) -> String {
        let mut text = self
            .base64_token
            .replace_all(text, |found: &Captures<'_>| {
                let decoded = STANDARD.decode(&found[0]).ok().and_then(|bytes| String::from_utf8(bytes).ok());
                decoded
                    .and_then(|token| describe(&token))
                    .map_or(found[0].to_owned(), |told| format!("<base64 {told}>"))
            })
            .into_owned();
        text = self
            .token
            .replace_all(&text, |found: &Captures<'_>| describe(&found[0]).unwrap_or_else(|| found[0].to_owned()))
            .into_owned();
        for (rule, with) in &self.before {
            text = rule.replace_all(&text, *with).into_owned();
        }
        let uuids = &mut self.uuids;
        text = self
            .uuid
            .replace_all(&text, |found: &Captures<'_>| {
                let next = uuids.len() + 1;
                uuids.entry(found[0].to_owned()).or_insert_with(|| format!("<uuid{next}>")).clone()
            })
            .into_owned();
        for (rule, with) in &self.after {
            text = rule.replace_all(&text, *with).into_owned();
        }
        self.ages(&text)
    }

    /// Ages behind white space, with the padding that follows: `5s   ` and `3m5s ` are the same cell.
    fn ages(&self, text: &str) -> String {
        let (mut out, mut copied, mut from) = (String::new(), 0, 0);
        while let Some(found) = self.age.captures_at(text, from) {
            let (Some(whole), Some(padding)) = (found.get(0), found.get(1)) else { break };
            from = whole.start() + 1;
            if !text[..whole.start()].ends_with(char::is_whitespace) {
                continue;
            }
            out.push_str(&text[copied..whole.start()]);
            out.push_str(match padding.as_str() {
                lines if lines.contains('\n') => "<age>\n",
                "" => "<age>",
                _ => "<age> ",
            });
            (copied, from) = (whole.end(), whole.end());
        }
        out + &text[copied..]
    }
}

/// A token spelled out, its times counted from when it was issued.
fn describe(token: &str) -> Option<String> {
    let mut parts = token.split('.').map(|part| {
        let bytes = URL_SAFE_NO_PAD.decode(part).ok()?;
        serde_json::from_slice::<Value>(&bytes).ok()
    });
    let (mut header, mut claims) = (parts.next()??, parts.next()??);
    if let Some(kid) = header.get_mut("kid") {
        *kid = "<kid>".into();
    }
    if let Some(issued) = claims.get("iat").and_then(Value::as_i64) {
        let since = |value: &mut Value| {
            if let Some(at) = value.as_i64() {
                *value = format!("iat+{}", at - issued).into();
            }
        };
        for name in ["exp", "nbf"] {
            claims.get_mut(name).into_iter().for_each(since);
        }
        claims.pointer_mut("/kubernetes.io/warnafter").into_iter().for_each(since);
        claims["iat"] = "<iat>".into();
    }
    Some(format!("<jwt {header} {claims}>"))
}
