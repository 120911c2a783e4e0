//! A small server of static files, for looking at the page and for its tests.
//!
//! It sends the Content-Security-Policy under which the page has to work, so that a violation shows at once.

use crate::Failure;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// What the page may do: load its own files, and nothing else. No inline script, no `style=""`.
pub const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
    img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'";

const MAX_HEAD_BYTES: u64 = 16 * 1024;
const PATIENCE: Duration = Duration::from_secs(10);

/// A server that runs until the process ends.
pub struct Server {
    address: SocketAddr,
    is_away: Arc<AtomicBool>,
}

impl Server {
    /// Serves `folder` at `host:port` (port 0: any free one), each connection in a thread of its own.
    pub fn start(folder: &Path, host: &str, port: u16) -> Result<Server, Failure> {
        Server::start_under(POLICY, folder, host, port)
    }

    /// The same under another Content-Security-Policy.
    pub fn start_under(policy: &str, folder: &Path, host: &str, port: u16) -> Result<Server, Failure> {
        Server::start_with(&format!("Content-Security-Policy: {policy}\r\n"), folder, host, port)
    }

    /// The same with these headers in place of the policy; each ends with `\r\n`.
    pub fn start_with(headers: &str, folder: &Path, host: &str, port: u16) -> Result<Server, Failure> {
        let folder = folder.canonicalize().map_err(|error| format!("{}: {error}", folder.display()))?;
        let listener = TcpListener::bind((host, port)).map_err(|error| format!("{host}:{port}: {error}"))?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let is_away = Arc::new(AtomicBool::new(false));
        let away = Arc::clone(&is_away);
        let headers: Arc<str> = headers.into();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if away.load(Ordering::Relaxed) {
                    continue;
                }
                let (folder, headers) = (folder.clone(), Arc::clone(&headers));
                // A connection that breaks off is the browser's business.
                thread::spawn(move || answer(&stream, &folder, &headers).ok());
            }
        });
        Ok(Server { address, is_away })
    }

    /// From now on nobody is answered, as when the connection is gone.
    pub fn go_away(&self) {
        self.is_away.store(true, Ordering::Relaxed);
    }

    /// Where it listens, without a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

fn answer(stream: &TcpStream, folder: &Path, headers: &str) -> std::io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut reader = BufReader::new(stream.take(MAX_HEAD_BYTES));
    let mut request = String::new();
    reader.read_line(&mut request)?;
    // Read the headers to their end, or closing the socket would reset the connection.
    let mut header = String::new();
    let mut accepted = String::new();
    while reader.read_line(&mut header)? > 0 && !header.trim().is_empty() {
        if let Some((name, value)) = header.split_once(':')
            && name.eq_ignore_ascii_case("accept-encoding")
        {
            accepted = value.trim().to_string();
        }
        header.clear();
    }
    let mut words = request.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let Response { status, kind, cache, encoding, body } = respond(method, target, &accepted, folder);
    let mut out = stream;
    write!(
        out,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{encoding}{headers}\
         X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: {cache}\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    if method != "HEAD" {
        out.write_all(&body)?;
    }
    out.flush()
}

struct Response {
    status: &'static str,
    kind: &'static str,
    cache: &'static str,
    /// Headers of what is compressed.
    encoding: &'static str,
    body: Vec<u8>,
}

fn respond(method: &str, target: &str, accepted: &str, folder: &Path) -> Response {
    let text = |status, text: &str| Response {
        status,
        kind: "text/plain; charset=utf-8",
        cache: "no-cache",
        encoding: "",
        body: text.as_bytes().to_vec(),
    };
    if !matches!(method, "GET" | "HEAD") {
        return text("405 Method Not Allowed", "only GET and HEAD\n");
    }
    let Some(file) = file_of(target, folder) else {
        return text("404 Not Found", "not found\n");
    };
    let (kind, cache) = (kind(&file), if is_hashed(&file) { IMMUTABLE } else { "no-cache" });
    if let Some((encoding, body)) = compressed(&file, accepted) {
        return Response { status: "200 OK", kind, cache, encoding, body };
    }
    match std::fs::read(&file) {
        Ok(body) => Response { status: "200 OK", kind, cache, encoding: "", body },
        Err(_) => text("404 Not Found", "not found\n"),
    }
}

/// What is kept without asking again.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";

/// The file's `.br` or `.gz` (`cargo xtask site`), if there is one as new as the file and the browser takes it.
fn compressed(file: &Path, accepted: &str) -> Option<(&'static str, Vec<u8>)> {
    let changed = |file: &Path| file.metadata().and_then(|meta| meta.modified()).ok();
    let takes = |word: &str| accepted.split(',').any(|one| one.split(';').next().is_some_and(|one| one.trim() == word));
    let ways = [
        ("br", "br", "Content-Encoding: br\r\nVary: Accept-Encoding\r\n"),
        ("gzip", "gz", "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n"),
    ];
    ways.into_iter().filter(|(word, ..)| takes(word)).find_map(|(_, end, headers)| {
        let small = PathBuf::from(format!("{}.{end}", file.display()));
        (changed(&small)? >= changed(file)?).then_some(())?;
        Some((headers, std::fs::read(small).ok()?))
    })
}

/// Whether a name has a hash in it, as `icon-0123456789abcdef.svg` and `…-0123456789abcdef_bg.wasm`.
fn is_hashed(file: &Path) -> bool {
    let stem = file.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    stem.rsplit_once('-').is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// The file that a request's target names, if it is inside the folder.
fn file_of(target: &str, folder: &Path) -> Option<PathBuf> {
    let path = target.split(['?', '#']).next()?;
    let path = decoded(path.strip_prefix('/')?)?;
    if path.split(['/', '\\']).any(|part| part == "..") || path.contains('\0') {
        return None;
    }
    let file = folder.join(path.trim_start_matches('/')).canonicalize().ok()?;
    let file = if file.is_dir() { file.join("index.html") } else { file };
    file.starts_with(folder).then_some(file)
}

/// The text behind `%41`; none for what is not UTF-8 or not hexadecimal.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digit = |byte: Option<u8>| (byte? as char).to_digit(16);
            bytes.push(u8::try_from(digit(rest.next())? * 16 + digit(rest.next())?).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

fn kind(file: &Path) -> &'static str {
    match file.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "md" | "txt" | "sh" | "yaml" | "ts" => "text/plain; charset=utf-8",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn get(request: &str) -> String {
        let server = Server::start(&crate::paths::root().join("static"), "127.0.0.1", 0).unwrap();
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        text
    }

    /// What hosts are told to send is what the page is tested under.
    #[test]
    fn hosts_are_told_the_same_policy() {
        for file in ["static/_headers", "docs/hosting.md"] {
            let text = std::fs::read_to_string(crate::paths::root().join(file)).unwrap();
            assert!(text.contains(&format!("Content-Security-Policy: {POLICY}\n")), "{file}");
        }
    }

    #[test]
    fn sends_a_file_with_its_type_and_the_policy() {
        let text = get("GET /style.css?v=1 HTTP/1.1\r\nHost: x\r\n\r\n");
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n"), "{text}");
        assert!(text.contains("Content-Type: text/css; charset=utf-8\r\n"));
        assert!(text.contains("Content-Security-Policy: default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src"));
        assert_eq!(kind(Path::new("a_bg.wasm")), "application/wasm");
    }

    /// As docs/hosting.md says: what is compressed goes to who takes it, and names with a hash are kept.
    #[test]
    fn sends_what_is_compressed_and_says_how_long_to_keep_it() {
        let folder = std::env::temp_dir().join(format!("salab-serve-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        for (name, text) in
            [("a-0123456789abcdef_bg.wasm", "plain"), ("a-0123456789abcdef_bg.wasm.br", "small"), ("b.js", "plain")]
        {
            std::fs::write(folder.join(name), text).unwrap();
        }
        let sent = |name: &str, accepted: &str| respond("GET", name, accepted, &folder.canonicalize().unwrap());
        let small = sent("/a-0123456789abcdef_bg.wasm", "gzip, br;q=1.0");
        assert!(
            small.body == b"small" && small.encoding.starts_with("Content-Encoding: br") && small.cache == IMMUTABLE
        );
        assert_eq!(small.kind, "application/wasm");
        let plain = sent("/a-0123456789abcdef_bg.wasm", "gzip");
        assert!(plain.body == b"plain" && plain.encoding.is_empty());
        // A file that was changed after it was compressed.
        std::fs::File::options()
            .write(true)
            .open(folder.join("a-0123456789abcdef_bg.wasm"))
            .unwrap()
            .set_modified(std::time::SystemTime::now() + Duration::from_secs(60))
            .unwrap();
        assert_eq!(sent("/a-0123456789abcdef_bg.wasm", "br").body, b"plain");
        assert_eq!(sent("/b.js", "br").cache, "no-cache");
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_head_has_the_length_and_no_body() {
        let text = get("HEAD /style.css HTTP/1.1\r\n\r\n");
        assert!(text.starts_with("HTTP/1.1 200 OK\r\n") && text.ends_with("\r\n\r\n"), "{text}");
        assert!(!text.contains("Content-Length: 0\r\n"));
    }

    #[test]
    fn nothing_outside_the_folder() {
        for path in [
            "/../Cargo.toml",
            "/%2e%2e/Cargo.toml",
            "/..%2fCargo.toml",
            "//etc/passwd",
            "/%00",
            "/%zz",
            "/..\\Cargo.toml",
            "*",
            "",
        ] {
            let text = get(&format!("GET {path} HTTP/1.1\r\n\r\n"));
            assert!(text.starts_with("HTTP/1.1 404 "), "{path}: {text}");
        }
        assert!(get("POST / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
    }
}
