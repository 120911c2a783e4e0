//! `salab preview`: the page with one lesson in it, checked and shown again whenever the file is saved.
//!
//! A few lines of HTTP for one's own browser, on the loopback address only: the built page from `dist/`, the lesson as it is
//! on the disk, and a script that reloads the page when the lesson has changed. The page plays again what was done.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

/// The page's own policy; the script is a file of its own, so it fits.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'";
/// Asks twice a second whether the lesson has changed.
const RELOAD: &str = "let seen;\nsetInterval(async () => {\n  const now = await (await fetch('preview/version')).text();\n  if (seen !== undefined && seen !== now) location.reload();\n  seen = now;\n}, 500);\n";
/// The longest request that is read, in bytes; a browser's are below it.
const REQUEST_LENGTH_MAX: usize = 16 * 1024;
/// How long a browser may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(10);

/// What is served.
pub struct Preview {
    /// The folder of the built page.
    pub page: PathBuf,
    /// The lesson's file.
    pub lesson: PathBuf,
    /// Says what holds and what does not, each time the lesson has changed.
    pub check: fn(&Path) -> String,
    seen: Mutex<Option<SystemTime>>,
}

struct Answer {
    status: &'static str,
    kind: &'static str,
    body: Vec<u8>,
}

impl Preview {
    /// A lesson in a page.
    ///
    /// # Errors
    /// If one of them is not there.
    pub fn new(page: PathBuf, lesson: PathBuf, check: fn(&Path) -> String) -> Result<Self, String> {
        if !page.join("index.html").is_file() {
            return Err(format!("{}: no page is built there; run: cargo xtask build", page.display()));
        }
        if !lesson.is_file() {
            return Err(format!("{}: there is no such file; salab new writes one", lesson.display()));
        }
        Ok(Preview { page, lesson, check, seen: Mutex::new(None) })
    }

    fn name(&self) -> String {
        self.lesson.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Listens, tells `say` the address, and answers for ever.
    ///
    /// # Errors
    /// A port that is taken.
    pub fn run(self, port: u16, say: impl FnOnce(&str)) -> Result<(), String> {
        let listener =
            TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|error| format!("port {port}: {error}"))?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        say(&format!("http://127.0.0.1:{port}/?lesson=preview/{}", escaped(&self.name())));
        let preview = Arc::new(self);
        for stream in listener.incoming().flatten() {
            let preview = Arc::clone(&preview);
            std::thread::spawn(move || preview.connection(stream));
        }
        Ok(())
    }

    fn connection(&self, mut stream: TcpStream) {
        let _ = stream.set_read_timeout(Some(PATIENCE));
        let Some(target) = target_of(&mut stream) else { return };
        let Answer { status, kind, body } = self.answer(&target);
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nCache-Control: no-store\r\nContent-Security-Policy: {POLICY}\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n",
            body.len()
        );
        let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
    }

    /// What lies at a path of the address.
    fn answer(&self, target: &str) -> Answer {
        let path = target.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
        let found = match path {
            "preview.js" => Some(("text/javascript", RELOAD.as_bytes().to_vec())),
            "preview/version" => Some(("text/plain; charset=utf-8", self.version().into_bytes())),
            "" | "index.html" => self.index(),
            path if path == format!("preview/{}", escaped(&self.name())) => {
                std::fs::read(&self.lesson).ok().map(|text| ("text/markdown; charset=utf-8", text))
            }
            path => self.file(path),
        };
        match found {
            Some((kind, body)) => Answer { status: "200 OK", kind, body },
            None => Answer { status: "404 Not Found", kind: "text/plain", body: b"not here\n".to_vec() },
        }
    }

    /// The page, with the script that reloads it.
    fn index(&self) -> Option<(&'static str, Vec<u8>)> {
        let text = std::fs::read_to_string(self.page.join("index.html")).ok()?;
        let text = text.replacen("</body>", "<script src=\"preview.js\"></script></body>", 1);
        Some(("text/html; charset=utf-8", text.into_bytes()))
    }

    fn file(&self, path: &str) -> Option<(&'static str, Vec<u8>)> {
        let path = Path::new(path);
        if !path.components().all(|part| matches!(part, Component::Normal(_))) {
            return None;
        }
        let kind = match path.extension().and_then(|ending| ending.to_str()) {
            Some("js") => "text/javascript",
            Some("css") => "text/css",
            Some("wasm") => "application/wasm",
            Some("svg") => "image/svg+xml",
            Some("json") => "application/json",
            _ => "text/plain; charset=utf-8",
        };
        std::fs::read(self.page.join(path)).ok().map(|body| (kind, body))
    }

    /// When the lesson was saved; each new time it is checked.
    fn version(&self) -> String {
        let saved = std::fs::metadata(&self.lesson).and_then(|file| file.modified()).ok();
        if let Ok(mut seen) = self.seen.lock()
            && *seen != saved
        {
            *seen = saved;
            eprint!("{}", (self.check)(&self.lesson));
        }
        let since = saved.and_then(|saved| saved.duration_since(SystemTime::UNIX_EPOCH).ok());
        since.map_or_else(String::new, |since| since.as_nanos().to_string())
    }
}

/// The path of a GET request; `None` for anything else.
fn target_of(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut part = [0; 1024];
    while !bytes.windows(4).any(|end| end == b"\r\n\r\n") {
        let count = stream.read(&mut part).ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(part.get(..count)?);
        if bytes.len() > REQUEST_LENGTH_MAX {
            return None;
        }
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut words = text.lines().next()?.split(' ');
    (words.next()? == "GET").then(|| words.next().map(str::to_owned)).flatten()
}

/// A file's name as it stands in an address.
fn escaped(name: &str) -> String {
    name.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn ask(address: &str, path: &str) -> String {
        let port = address.split(':').nth(2).and_then(|rest| rest.split('/').next()).unwrap();
        let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
        stream.write_all(format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    #[test]
    fn serves_the_page_the_lesson_as_saved_and_nothing_above() {
        let folder = std::env::temp_dir().join(format!("salab-preview-{}", std::process::id()));
        let page = folder.join("dist");
        std::fs::create_dir_all(&page).unwrap();
        std::fs::write(page.join("index.html"), "<body>page</body>").unwrap();
        std::fs::write(page.join("boot.js"), "start").unwrap();
        let lesson = folder.join("my lesson.md");
        let none = Preview::new(page.clone(), lesson.clone(), |_| String::new());
        assert!(none.is_err_and(|words| words.contains("salab new")));
        std::fs::write(&lesson, "first").unwrap();
        let preview = Preview::new(page, lesson.clone(), |_| String::new()).unwrap();
        let (told, address) = channel();
        std::thread::spawn(move || preview.run(0, |address| told.send(address.to_owned()).unwrap()));
        let address = address.recv().unwrap();
        assert!(address.ends_with("/?lesson=preview/my%20lesson.md"), "{address}");
        assert!(ask(&address, "/?lesson=x").contains("page<script src=\"preview.js\"></script></body>"));
        assert!(ask(&address, "/boot.js").contains("\r\n\r\nstart"));
        assert!(ask(&address, "/preview/my%20lesson.md").ends_with("first"));
        let before = ask(&address, "/preview/version");
        std::fs::write(&lesson, "second").unwrap();
        let later = SystemTime::now() + Duration::from_secs(5);
        std::fs::File::options().write(true).open(&lesson).unwrap().set_modified(later).unwrap();
        assert!(ask(&address, "/preview/my%20lesson.md").ends_with("second"));
        assert_ne!(ask(&address, "/preview/version"), before);
        for above in ["/../my lesson.md", "/../my%20lesson.md", "//etc/passwd", "/nothing"] {
            assert!(ask(&address, above).starts_with("HTTP/1.1 404"), "{above}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }
}
