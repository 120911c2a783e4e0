//! The words behind `salab run` and `salab serve`.

use serviceaccount_lab::api::Timestamp;
use serviceaccount_lab::api::release::Release;
use serviceaccount_lab::cluster::settings::Settings;

/// What was given.
#[derive(Debug, Default)]
pub struct Arguments {
    /// `--help` or `-h`.
    pub help: bool,
    /// What is no flag.
    pub words: Vec<String>,
    flags: Vec<(String, String)>,
}

/// Reads words; `switches` take no value, `valued` take one, both named without their dashes.
///
/// # Errors
/// An unknown flag, or one that lacks its value.
pub fn read(words: &[String], switches: &[&str], valued: &[&str]) -> Result<Arguments, String> {
    let mut given = Arguments::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == "-h" || word == "--help" {
            given.help = true;
            continue;
        }
        let Some(flag) = word.strip_prefix("--") else {
            if word.starts_with('-') && word != "-" {
                return Err(format!("salab: unknown flag {word}; salab help tells them all\n"));
            }
            given.words.push(word.clone());
            continue;
        };
        let (name, inline) = flag.split_once('=').map_or((flag, None), |(name, value)| (name, Some(value.to_owned())));
        let value = if switches.contains(&name) {
            inline.unwrap_or_default()
        } else if valued.contains(&name) {
            inline.or_else(|| words.next().cloned()).ok_or_else(|| format!("salab: --{name} needs a value\n"))?
        } else {
            return Err(format!("salab: unknown flag --{name}; salab help tells them all\n"));
        };
        given.flags.push((name.to_owned(), value));
    }
    Ok(given)
}

impl Arguments {
    /// Whether a flag is there.
    pub fn is_set(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// A flag's value; the last one counts.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.flags.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// `--seed`, `--start` and `--kubernetes`.
    ///
    /// # Errors
    /// Values that are none.
    pub fn apply(&self, settings: &mut Settings) -> Result<(), String> {
        if let Some(text) = self.value("seed") {
            settings.seed = text.parse().map_err(|_| format!("salab: --seed wants a whole number, not {text:?}\n"))?;
        }
        if let Some(text) = self.value("start") {
            settings.start = Timestamp::parse_rfc3339(text)
                .ok_or_else(|| format!("salab: --start wants an instant like 2026-11-23T09:00:00Z, not {text:?}\n"))?;
        }
        if let Some(text) = self.value("kubernetes") {
            let release = Release::parse(text)
                .ok_or_else(|| format!("salab: --kubernetes wants one of {}, not {text:?}\n", Release::names()))?;
            settings.kubernetes = release.into();
        }
        Ok(())
    }
}
