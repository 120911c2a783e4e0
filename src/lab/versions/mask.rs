//! What two clusters never have in common: UIDs, random ends of names, times in tokens. Two outputs that differ in
//! nothing else say the same.

use crate::api::token::decode_part;
use regex_lite::{Captures, Regex};
use serde_json::Value;

/// The claims that are instants.
const INSTANTS: [&str; 4] = ["exp", "iat", "nbf", "warnafter"];

/// The texts with all of that put out of sight. Tokens become their claims.
pub struct Mask {
    token: Regex,
    rules: Vec<(Regex, &'static str)>,
}

impl Mask {
    /// The rules.
    pub fn new() -> Self {
        const RULES: [(&str, &str); 6] = [
            ("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID"),
            ("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "TIME"),
            ("(resourceVersion\"?: *)\"[0-9]+\"", "${1}VERSION"),
            ("[A-Za-z0-9+/=_-]{120,}", "BYTES"),
            ("-[bcdfghjklmnpqrstvwxz2456789]{5}\\b", "-xxxxx"),
            // A table is as wide as its longest name.
            (" {2,}", "  "),
        ];
        // The patterns are ours; a test reads every one.
        let rules = RULES.into_iter().filter_map(|(pattern, with)| Some((Regex::new(pattern).ok()?, with))).collect();
        let never = || Regex::new("$^").unwrap_or_else(|_| unreachable!("an empty pattern"));
        let token = Regex::new("eyJ[A-Za-z0-9_-]+\\.eyJ([A-Za-z0-9_-]+)\\.[A-Za-z0-9_-]+").unwrap_or_else(|_| never());
        Mask { token, rules }
    }

    /// A text as it is compared.
    pub fn apply(&self, text: &str) -> String {
        let mut text = self.token.replace_all(text, |found: &Captures<'_>| claims(&found[1])).into_owned();
        for (pattern, with) in &self.rules {
            text = pattern.replace_all(&text, *with).into_owned();
        }
        text
    }
}

fn claims(part: &str) -> String {
    let mut claims = decode_part(&format!("eyJ{part}"));
    hide_instants(&mut claims);
    format!("TOKEN {claims}")
}

fn hide_instants(value: &mut Value) {
    for (key, inner) in value.as_object_mut().into_iter().flatten() {
        if INSTANTS.contains(&key.as_str()) {
            *inner = Value::from("TIME");
        } else {
            hide_instants(inner);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_what_is_drawn_and_keeps_what_is_said() {
        let mask = Mask::new();
        assert_eq!(mask.rules.len(), 6);
        let cases = [
            ("  uid: a6150275-f623-46ec-9ed2-72ad811217a8", "  uid: UID"),
            ("  resourceVersion: \"187\"", "  resourceVersion: VERSION"),
            ("build-token-7r4kz   3", "build-token-xxxxx  3"),
            ("  creationTimestamp: \"2026-11-23T09:00:00Z\"", "  creationTimestamp: \"TIME\""),
            ("serviceaccount/build-robot created", "serviceaccount/build-robot created"),
        ];
        for (text, masked) in cases {
            assert_eq!(mask.apply(text), masked);
        }
        let token = crate::cluster::token::issue(&serde_json::json!({"jti": "x", "exp": 12, "sub": "me"}));
        assert_eq!(mask.apply(token.text()), r#"TOKEN {"exp":"TIME","jti":"x","sub":"me"}"#);
    }
}
