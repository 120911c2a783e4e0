//! What clients of other versions than the recorded one print differently.

use regex_lite::Regex;

/// The client that was recorded.
const RECORDED: &str = "v1.36.";

/// What clients of other versions print differently, taken out of both sides: (what, by what, why).
const OTHER_VERSIONS: &[(&str, &str, &str)] = &[
    (r" from [a-z0-9-]+ namespace(\n| \()", "$1", "older ones do not say where they deleted something"),
    (r"\n *creationTimestamp: null\n", "\n", "older ones write the empty time of what they make up themselves"),
    (r#",\n +"creationTimestamp": null"#, "", "the same as JSON"),
    (r#","creationTimestamp":null"#, "", "the same in an annotation"),
    (r"\n(Mountable secrets|Tokens): +[^\n]*", "", "older ones describe the Secrets of an account"),
    (r" \(not found\)\n", "\n", "older ones look for the Secrets that an account names"),
    (r"(?m)^Error: ", "error: ", "older ones let cobra print errors about words and flags"),
    (r"\n\n+--- (stderr|exit)", "\n--- $1", "cobra adds lines"),
    (r"(?m)^E\d{4} [^\n]*memcache\.go[^\n]*\n", "", "older ones log each refused look at discovery"),
    (
        r#"(?m)^E\d{4} [^\n]* "command failed" err="required flag\(s\) \\"([a-z]+)\\" not set""#,
        "error: required flag(s) \"$1\" not set",
        "older ones log this error instead of printing it",
    ),
    (r"(?m)^([WE])\d{4} [\d:.]+ +\d+ ([a-z_]+\.go):\d+\]", "$1 $2]", "a log line names a line of the source"),
    (r"(?m)^WARNING: version difference between client [^\n]*\n", "", "they are older than the server"),
    ("kyaml,", "", "older ones do not know KYAML"),
    (r"ConfigMapOptional: +<nil>", "Optional:                false", "older ones describe projections otherwise"),
    (r"spec\.containers\{[a-z]+\}: ", "", "older ones do not say which container an event is about"),
    (r" out of: [^\n]*", "", "older ones do not say which containers there are"),
    (r"(?m)^preferences: \{\}\n", "", "older ones write preferences"),
];

/// What takes the differences of versions and days out of a text.
pub struct Leveller(Vec<(Regex, &'static str)>);

impl Leveller {
    /// For a client of that version.
    pub fn new(version: &str) -> Self {
        let rules = OTHER_VERSIONS.iter().filter(|_| !version.starts_with(RECORDED));
        let compile = |(what, with, _): &(&str, &'static str, &str)| {
            (Regex::new(what).unwrap_or_else(|error| unreachable!("{what}: {error}")), *with)
        };
        let mut rules: Vec<(Regex, &str)> = rules.map(compile).collect();
        // Generated names differ, and the lab's clock shows today.
        rules.push(compile(&(r"\bgen-[a-z0-9]{5}\b", "gen-<rand>", "")));
        rules.push(compile(&(r"last-used=\d{4}-\d\d-\d\d", "last-used=<day>", "")));
        Leveller(rules)
    }

    /// The text without them.
    pub fn apply(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (what, with)| what.replace_all(&text, *with).into_owned())
    }
}
