//! Applications that call the API server: a container whose command is a shell loop around `curl`, which reads the
//! mounted token before the loop, once, or in it, again and again.
//!
//! Not simulated: any other program. Understood are `cd`, `NAME=$(cat FILE)`, `while true`, one `curl -s` with a
//! bearer token, and `sleep`; a script with anything else in it is taken to run for ever and to print nothing (see
//! [`crate::cluster::kubelet::process`]). A call takes no time here.

use crate::api::request::{Method, Request, Response};
use std::collections::BTreeMap;
use std::time::Duration;

/// The version of curl in the images.
const AGENT: &str = "curl/8.14.1";
/// The names of the API server inside the cluster.
const SERVERS: [&str; 4] = [
    "kubernetes.default.svc",
    "kubernetes.default",
    "kubernetes.default.svc.cluster.local",
    "$KUBERNETES_SERVICE_HOST",
];

/// What an application does, over and over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct App {
    /// The folder it works in.
    folder: String,
    /// The file its token is in, as it is written; empty if it sends none.
    pub token_file: String,
    /// Whether it reads that file before every call, rather than once when it starts.
    pub rereads: bool,
    /// How long it waits between calls.
    pub pause: Duration,
    /// Path and query of what it asks for.
    url: String,
    /// The file with the authority it trusts, as it is written; empty if it trusts anybody (`-k`).
    pub authority_file: String,
    /// `-o /dev/null`.
    quiet_body: bool,
    /// `-w`.
    write_out: String,
    /// `-f`: prints no body of a refusal.
    fail: bool,
    /// Whether it says why it failed: not silent, or `-S`.
    show_error: bool,
}

impl App {
    /// The application that a script is, if it is one.
    pub fn of_script(script: &str) -> Option<App> {
        let mut reader = Reader::default();
        for statement in statements(script) {
            reader.statement(&statement)?;
        }
        reader.finish()
    }

    /// Where a file is that the script names.
    pub fn path(&self, file: &str) -> String {
        crate::api::files::absolute(if self.folder.is_empty() { "/" } else { &self.folder }, file)
    }

    /// The call, without its credential.
    pub fn request(&self) -> Request {
        Request::new(Method::Get, "").with_url(&self.url).header("User-Agent", AGENT).header("Accept", "*/*")
    }

    /// What curl prints about an answer, and what it complains about.
    pub fn printed(&self, response: &Response) -> String {
        let refused = self.fail && response.code >= 400;
        let mut text = String::new();
        if !self.quiet_body && !refused {
            text.push_str(&String::from_utf8_lossy(&response.bytes(true)));
        }
        text.push_str(&self.write_out.replace("%{http_code}", &response.code.to_string()).replace("\\n", "\n"));
        if refused && self.show_error {
            text.push_str(&format!("curl: (22) The requested URL returned error: {}\n", response.code));
        }
        text
    }

    /// What is printed when a file cannot be read: by `cat`, and by curl about the authority.
    pub fn complaint(&self, file: &str) -> String {
        if file == self.authority_file {
            let text = format!("curl: (77) error adding trust anchors from file: {file}\n");
            return if self.show_error { text } else { String::new() };
        }
        format!("cat: can't open '{file}': No such file or directory\n")
    }
}

/// Reads a script statement by statement; `None` at the first that is not understood.
#[derive(Default)]
struct Reader {
    app: App,
    files: BTreeMap<String, (String, bool)>,
    in_loop: bool,
    ended: bool,
    called: bool,
}

impl Reader {
    fn statement(&mut self, statement: &str) -> Option<()> {
        if self.ended {
            return None;
        }
        let words = words(statement);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        match words.as_slice() {
            [] => Some(()),
            ["do", ..] => self.statement(statement.strip_prefix("do")?.trim()),
            ["cd", path] => {
                self.app.folder = self.app.path(path);
                Some(())
            }
            ["while", "true" | ":"] if !self.in_loop => {
                self.in_loop = true;
                Some(())
            }
            ["while", "sleep", pause] if !self.in_loop => {
                self.in_loop = true;
                self.pause(pause)
            }
            ["sleep", pause] if self.in_loop => self.pause(pause),
            ["done"] if self.in_loop => {
                self.ended = true;
                Some(())
            }
            ["curl", arguments @ ..] if self.in_loop && !self.called => {
                self.called = true;
                self.curl(arguments)
            }
            [assignment] => {
                let (name, value) = assignment.split_once('=')?;
                let known = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                let file = Self::cat(value).filter(|_| known)?;
                self.files.insert(name.to_owned(), (file, self.in_loop));
                Some(())
            }
            _ => None,
        }
    }

    fn finish(self) -> Option<App> {
        (self.ended && self.called && !self.app.pause.is_zero()).then_some(self.app)
    }

    fn pause(&mut self, text: &str) -> Option<()> {
        self.app.pause += super::process::seconds(&[text])?;
        Some(())
    }

    /// The file in `$(cat FILE)` or `$(< FILE)`.
    fn cat(text: &str) -> Option<String> {
        let inner = text.strip_prefix("$(")?.strip_suffix(')')?.trim();
        let file = inner.strip_prefix("cat ").or_else(|| inner.strip_prefix('<'))?.trim();
        (!file.is_empty() && !file.contains(|c: char| c.is_whitespace() || "$|;&".contains(c))).then(|| file.to_owned())
    }

    fn curl(&mut self, arguments: &[&str]) -> Option<()> {
        let (mut silent, mut trusted, mut shows) = (false, false, false);
        let mut rest = arguments.iter().copied();
        while let Some(word) = rest.next() {
            match word {
                "-H" | "--header" => self.header(rest.next()?)?,
                "--cacert" => {
                    rest.next()?.clone_into(&mut self.app.authority_file);
                    trusted = true;
                }
                "-o" | "--output" => {
                    self.app.quiet_body = rest.next()? == "/dev/null";
                    self.app.quiet_body.then_some(())?;
                }
                "-w" | "--write-out" => rest.next()?.clone_into(&mut self.app.write_out),
                "--silent" => silent = true,
                "--show-error" => shows = true,
                "--insecure" => trusted = true,
                "--fail" => self.app.fail = true,
                url if url.starts_with("https://") => self.url(url)?,
                letters => {
                    for letter in letters.strip_prefix('-')?.chars() {
                        match letter {
                            's' => silent = true,
                            'S' => shows = true,
                            'k' => trusted = true,
                            'f' => self.app.fail = true,
                            _ => return None,
                        }
                    }
                }
            }
        }
        self.app.show_error = shows;
        (silent && trusted && !self.app.url.is_empty()).then_some(())
    }

    fn header(&mut self, text: &str) -> Option<()> {
        let token = text.strip_prefix("Authorization: Bearer ")?;
        let variable = token.strip_prefix("${").and_then(|name| name.strip_suffix('}')).or(token.strip_prefix('$'));
        let (file, rereads) = match (Self::cat(token), variable.and_then(|name| self.files.get(name))) {
            (Some(file), _) => (file, true),
            (None, Some((file, in_loop))) => (file.clone(), *in_loop),
            (None, None) => return None,
        };
        (self.app.token_file, self.app.rereads) = (file, rereads);
        Some(())
    }

    fn url(&mut self, url: &str) -> Option<()> {
        let rest = url.strip_prefix("https://")?;
        let (server, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        SERVERS.contains(&server.trim_end_matches(":443")).then_some(())?;
        self.app.url = if path.is_empty() { "/".to_owned() } else { path.to_owned() };
        (!self.app.url.contains(['$', '`'])).then_some(())
    }
}

/// Walks through shell text and calls `each` for every character outside quotes and substitutions that `splits`.
fn split(text: &str, splits: impl Fn(char) -> bool, keep_quotes: bool) -> Vec<String> {
    let (mut parts, mut part) = (Vec::new(), String::new());
    let (mut quote, mut depth, mut begun) = (None, 0usize, false);
    for c in text.chars() {
        match (c, quote) {
            ('\'' | '"', None) if depth == 0 => {
                (quote, begun) = (Some(c), true);
                if keep_quotes {
                    part.push(c);
                }
                continue;
            }
            (c, Some(open)) if c == open && depth == 0 => {
                quote = None;
                if keep_quotes {
                    part.push(c);
                }
                continue;
            }
            ('(', None | Some('"')) => depth += 1,
            (')', None | Some('"')) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if quote.is_none() && depth == 0 && splits(c) {
            if begun || !part.is_empty() {
                parts.push(std::mem::take(&mut part));
            }
            begun = false;
        } else {
            part.push(c);
        }
    }
    if begun || !part.is_empty() {
        parts.push(part);
    }
    parts
}

fn statements(script: &str) -> Vec<String> {
    let joined = script.replace("\\\n", " ");
    let lines = split(&joined, |c| c == ';' || c == '\n', true);
    let trimmed = lines.iter().map(|line| line.trim()).filter(|line| !line.is_empty() && !line.starts_with('#'));
    trimmed.map(str::to_owned).collect()
}

fn words(statement: &str) -> Vec<String> {
    split(statement, char::is_whitespace, false)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ONCE: &str = "cd /var/run/secrets/kubernetes.io/serviceaccount\n# once\nTOKEN=$(cat token)\nwhile true; do\n  curl -s -o /dev/null -w '%{http_code}\\n' --cacert ca.crt \\\n    -H \"Authorization: Bearer $TOKEN\" https://kubernetes.default.svc/api\n  sleep 60\ndone\n";

    #[test]
    fn tells_who_reads_again_from_who_does_not() {
        let once = App::of_script(ONCE).unwrap();
        assert_eq!(once.path(&once.token_file), "/var/run/secrets/kubernetes.io/serviceaccount/token");
        assert_eq!(once.path(&once.authority_file), "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt");
        assert_eq!((once.rereads, once.pause.as_secs(), once.url.as_str()), (false, 60, "/api"));
        for again in [
            ONCE.replace("$TOKEN", "$(cat token)"),
            ONCE.replace("TOKEN=$(cat token)\n", "").replace("; do\n", "\ndo TOKEN=$(cat token)\n"),
        ] {
            let again = App::of_script(&again).unwrap();
            assert!(again.rereads);
            assert_eq!(App { rereads: false, ..again }, once);
        }
        let waits_first = ONCE.replace("while true", "while sleep 1m").replace("  sleep 60\n", "");
        assert_eq!(App::of_script(&waits_first).unwrap(), once);
    }

    #[test]
    fn leaves_alone_what_it_does_not_understand() {
        for (from, to) in [
            ("sleep 60", "sleep 60 && date"),
            ("sleep 60", ""),
            ("-s ", ""),
            ("--cacert ca.crt", ""),
            ("while true", "if true"),
            ("kubernetes.default.svc", "example.com"),
            ("done", ""),
            ("done", "done\nwhile true; do curl -sk https://kubernetes.default; sleep 1; done"),
            ("$TOKEN", "$OTHER"),
        ] {
            assert_eq!(App::of_script(&ONCE.replacen(from, to, 1)), None, "{from:?} as {to:?}");
        }
        assert_eq!(App::of_script("sleep infinity"), None);
        assert_eq!(App::of_script("while true; do sleep 1; done"), None);
    }

    #[test]
    fn prints_what_curl_prints() {
        let app = App::of_script(ONCE).unwrap();
        let response = Response::status(&crate::api::status::Status::unauthorized());
        assert_eq!(app.printed(&response), "401\n");
        let whole = App { quiet_body: false, write_out: String::new(), ..app.clone() };
        assert!(whole.printed(&response).contains("\"reason\": \"Unauthorized\""));
        let fails = App { fail: true, show_error: true, ..whole };
        assert_eq!(fails.printed(&response), "curl: (22) The requested URL returned error: 401\n");
    }
}
