//! `salab`: the lab without a browser.

mod languages;
mod lessons;
mod link;

use salab::kubeconfig;
use salab::listen::Server;
use salab::{Core, arguments};
use serviceaccount_lab::api::Timestamp;
use serviceaccount_lab::cluster::settings::Settings;
use serviceaccount_lab::lab::script;
use std::io::{Read, Write};
use std::net::{SocketAddr, ToSocketAddrs};
use std::path::Path;
use std::process::ExitCode;

const USAGE: &str = "\
usage: salab run [--json] [--seed N] [--start RFC3339] [--kubernetes VERSION] FILE
       salab run --link LINK
       salab link [--file] FILE
       salab serve [--listen ADDRESS] [--kubeconfig FILE] [--seed N] [--start RFC3339] [--kubernetes VERSION]

run plays the shell script FILE (- for standard input) against a fresh simulated Kubernetes cluster and prints what
a terminal would show. $APISERVER is set. The same script, seed and start give the same bytes.

  --json             print a JSON list of {\"cmd\",\"stdout\",\"stderr\",\"exit\"}, one a command
  --seed N           decides every generated name and UID (default 1)
  --start RFC3339    what the clock shows at the start (default 2026-11-23T09:00:00Z; serve: now)
  --kubernetes V     the version that is simulated: 1.23, 1.24 or 1.36 (default 1.36; see docs/versions.md)
  --link LINK        play the session in a link of the page, or in a session file, and print its transcript

link prints the end of a link, from the # on, that opens the script (or the session file) FILE in the page; with --file, a
session file.

serve puts such a cluster behind HTTPS for a real kubectl, curl or any other client, until Ctrl-C. Its clock runs with
the wall clock.

  --listen ADDRESS   where (default 127.0.0.1:6443; port 0 takes a free one)
  --kubeconfig FILE  the administrator's kubeconfig is written there (default salab.kubeconfig)
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments) {
        Ok(text) => print(&text),
        Err(message) => {
            eprint!("{message}");
            ExitCode::from(2)
        }
    }
}

/// A closed pipe (`salab run x | head`) is not an error.
fn print(text: &str) -> ExitCode {
    match std::io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => ExitCode::FAILURE,
        _ => ExitCode::SUCCESS,
    }
}

fn usage() -> String {
    USAGE.replacen("\n\n", &format!("\n{}\n", lessons::USAGE), 1)
}

fn command(words: &[String]) -> Result<String, String> {
    if let Some(done) = words.split_first().and_then(|(name, files)| lessons::run(name, files)) {
        return done;
    }
    match words.split_first() {
        Some((command, rest)) if command == "run" => run(rest),
        Some((command, rest)) if command == "link" => link::link(&rest.iter().map(String::as_str).collect::<Vec<_>>()),
        Some((command, rest)) if command == "serve" => serve(rest),
        Some((word, _)) if ["help", "--help", "-h"].contains(&word.as_str()) => Ok(usage()),
        Some((other, _)) => Err(format!("salab: there is no command {other:?}\n\n{}", usage())),
        None => Err(usage()),
    }
}

fn run(words: &[String]) -> Result<String, String> {
    let given = arguments::read(words, &["json"], &["seed", "start", "kubernetes", "link"])?;
    if given.help {
        return Ok(usage());
    }
    if let Some(link) = given.value("link") {
        return link::transcript_of(link);
    }
    let mut settings = Settings::default();
    given.apply(&mut settings)?;
    let file = match given.words.as_slice() {
        [file] => file,
        [] => return Err(format!("salab: which FILE?\n\n{}", usage())),
        [_, other, ..] => return Err(format!("salab: one FILE at a time; {other:?} is one too many\n")),
    };
    let played = script::play(settings, &read(file)?);
    Ok(if given.is_set("json") { script::json(&played) } else { script::transcript(&played) })
}

fn read(file: &str) -> Result<String, String> {
    let mut bytes = Vec::new();
    let read = if file == "-" {
        std::io::stdin().read_to_end(&mut bytes)
    } else {
        std::fs::File::open(file).and_then(|mut opened| opened.read_to_end(&mut bytes))
    };
    read.map_err(|error| format!("salab: {file}: {error}\n"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn serve(words: &[String]) -> Result<String, String> {
    let given = arguments::read(words, &[], &["seed", "start", "kubernetes", "listen", "kubeconfig"])?;
    if given.help {
        return Ok(usage());
    }
    if let Some(other) = given.words.first() {
        return Err(format!("salab: serve takes no {other:?}\n\n{}", usage()));
    }
    let mut settings = Settings { start: now(), ..Settings::default() };
    given.apply(&mut settings)?;
    let address = address(given.value("listen").unwrap_or("127.0.0.1:6443"))?;
    let file = given.value("kubeconfig").unwrap_or(kubeconfig::DEFAULT_PATH);
    let words = |error: String| format!("salab: {error}\n");
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| words(error.to_string()))?;
    runtime.block_on(async {
        let server = Server::bind(address).await.map_err(words)?;
        kubeconfig::write(Path::new(file), &server.url()).map_err(words)?;
        let told = greeting(&server.url(), file, &settings);
        let core = Core::start(settings).map_err(|error| words(error.to_string()))?;
        print(&told);
        // Who reads it through a pipe waits for it.
        let _ = std::io::stdout().flush();
        server.run(core).await;
        Ok(String::new())
    })
}

fn greeting(url: &str, file: &str, settings: &Settings) -> String {
    let path = std::fs::canonicalize(file).map_or_else(|_| file.to_owned(), |path| path.display().to_string());
    format!(
        "simulated Kubernetes {} on {url} (seed {}, started {})\n\n  export KUBECONFIG={path}\n  kubectl get serviceaccounts\n\n\
         Ctrl-C ends it, and nothing of it stays. Its keys are public: nothing it signs is worth anything elsewhere.\n",
        settings.kubernetes.release.git_version(),
        settings.seed,
        settings.start.rfc3339(),
    )
}

fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_unix_seconds(i64::try_from(since.as_secs()).unwrap_or_default())
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let wrong = |why: String| format!("salab: --listen wants an address like 127.0.0.1:6443, not {text:?}{why}\n");
    let mut found = text.to_socket_addrs().map_err(|error| wrong(format!(": {error}")))?;
    found.next().ok_or_else(|| wrong(String::new()))
}
