//! curl's options.

/// One `-d`.
#[derive(Clone, Debug)]
pub struct Data {
    /// The text, or `@FILE`.
    pub text: String,
    /// `--data-binary`, `--json`: newlines of a file are kept.
    pub binary: bool,
    /// `--data-raw`: `@` means nothing.
    pub raw: bool,
}

/// What was asked for.
#[derive(Clone, Debug, Default)]
#[allow(missing_docs)]
pub struct Arguments {
    pub urls: Vec<String>,
    pub method: Option<String>,
    pub headers: Vec<(String, String)>,
    pub data: Vec<Data>,
    pub json: bool,
    pub get: bool,
    pub head: bool,
    pub upload: Option<String>,
    pub silent: bool,
    pub show_error: bool,
    pub insecure: bool,
    pub include: bool,
    pub verbose: bool,
    pub fail: bool,
    pub fail_with_body: bool,
    pub output: Option<String>,
    pub remote_name: bool,
    pub write_out: Option<String>,
    pub authority: Option<String>,
    pub certificate: Option<String>,
    pub user: Option<String>,
    pub bearer: Option<String>,
    pub agent: Option<String>,
    pub max_time: Option<String>,
}

/// What is wrong with an option that ends the line and needs more.
pub const WITHOUT_VALUE: &str = " without a value";

/// Long options and their letters; those without a short form get one of their own.
const LONG: &[(&str, char)] = &[
    ("silent", 's'), ("show-error", 'S'), ("insecure", 'k'), ("include", 'i'), ("show-headers", 'i'), ("verbose", 'v'), ("fail", 'f'),
    ("location", 'L'), ("head", 'I'), ("get", 'G'), ("no-buffer", 'N'), ("remote-name", 'O'), ("output", 'o'),
    ("write-out", 'w'), ("request", 'X'), ("header", 'H'), ("data", 'd'), ("data-ascii", 'd'), ("user", 'u'),
    ("user-agent", 'A'), ("upload-file", 'T'), ("max-time", 'm'), ("cert", 'E'), ("globoff", 'g'), ("progress-bar", '#'),
    ("http1.1", '1'), ("http2", '2'), ("compressed", '3'), ("no-progress-meter", '4'), ("fail-with-body", '5'),
    ("cacert", '6'), ("data-binary", '7'), ("data-raw", '8'), ("json", '9'), ("oauth2-bearer", 'B'), ("key", 'K'),
    ("url", 'U'), ("connect-timeout", 'C'), ("retry", 'R'),
];
const FLAGS: &str = "sSkivfLIGNOg#12345";
const VALUES: &str = "owXHduATmE6789BKUCR";
/// Letters of long options that are no short options of the real curl, or other ones.
const ONLY_LONG: &str = "1234567 89BKUCR";

/// Reads arguments.
///
/// # Errors
/// The option that is not there.
pub fn read(arguments: &[String]) -> Result<Arguments, String> {
    let mut out = Arguments::default();
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        if let Some(name) = argument.strip_prefix("--").filter(|name| !name.is_empty()) {
            let Some((_, letter)) = LONG.iter().find(|(known, _)| *known == name) else { return Err(format!("--{name}")) };
            if FLAGS.contains(*letter) {
                flag(&mut out, *letter);
            } else {
                let text = rest.next().ok_or_else(|| format!("--{name}{WITHOUT_VALUE}"))?;
                value(&mut out, *letter, text)?;
            }
            continue;
        }
        let Some(letters) = argument.strip_prefix('-').filter(|letters| !letters.is_empty()) else {
            out.urls.push(argument.clone());
            continue;
        };
        for (at, letter) in letters.char_indices() {
            if ONLY_LONG.contains(letter) || !(FLAGS.contains(letter) || VALUES.contains(letter)) {
                return Err(format!("-{letter}"));
            }
            if FLAGS.contains(letter) {
                flag(&mut out, letter);
                continue;
            }
            let attached = &letters[at + letter.len_utf8()..];
            let text = match attached {
                "" => rest.next().cloned().ok_or_else(|| format!("-{letter}{WITHOUT_VALUE}"))?,
                attached => attached.to_owned(),
            };
            value(&mut out, letter, &text)?;
            break;
        }
    }
    Ok(out)
}

fn flag(out: &mut Arguments, letter: char) {
    match letter {
        's' => out.silent = true,
        'S' => out.show_error = true,
        'k' => out.insecure = true,
        'i' => out.include = true,
        'v' => out.verbose = true,
        'f' => out.fail = true,
        '5' => out.fail_with_body = true,
        'I' => out.head = true,
        'G' => out.get = true,
        'O' => out.remote_name = true,
        // Nothing here redirects, buffers, globs, compresses or draws a bar.
        _ => {}
    }
}

fn value(out: &mut Arguments, letter: char, text: &str) -> Result<(), String> {
    let text = text.to_owned();
    match letter {
        'o' => out.output = Some(text),
        'w' => out.write_out = Some(text),
        'X' => out.method = Some(text),
        'H' => {
            if text.starts_with('@') {
                return Err("-H @FILE".to_owned());
            }
            // `Name:` without a value takes a header away.
            let (name, value) = text.split_once(':').unwrap_or((text.trim_end_matches(';'), ""));
            out.headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        'd' => out.data.push(Data { text, binary: false, raw: false }),
        '7' => out.data.push(Data { text, binary: true, raw: false }),
        '8' => out.data.push(Data { text, binary: false, raw: true }),
        '9' => {
            out.json = true;
            out.data.push(Data { text, binary: true, raw: false });
        }
        'u' => out.user = Some(text),
        'A' => out.agent = Some(text),
        'T' => out.upload = Some(text),
        'm' => out.max_time = Some(text),
        'E' => out.certificate = Some(text),
        '6' => out.authority = Some(text),
        'B' => out.bearer = Some(text),
        'U' => out.urls.push(text),
        // A key belongs to its certificate, which is all that identifies here; times and tries need no limit.
        _ => {}
    }
    Ok(())
}
