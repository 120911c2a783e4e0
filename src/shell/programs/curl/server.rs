//! The other end: names, ports, certificates, and how curl shows a conversation.

use crate::api::files::FileError;
use crate::api::request::{Body, Method, Request, Response};
use crate::api::time::Timestamp;
use crate::shell::escapes;
use crate::shell::programs::curl::Failure;
use crate::shell::programs::curl::arguments::Arguments;
use crate::shell::runner::Runner;

/// Where a URL leads.
pub struct Target {
    /// The host as it was written.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Path and query.
    pub path: String,
    /// The URL.
    pub url: String,
    /// `http://` to the port that speaks TLS.
    pub plain: bool,
}

const MORE: &str = "More details here: https://curl.se/docs/sslcerts.html\n\ncurl failed to verify the legitimacy of the server \
and therefore could not\nestablish a secure connection to it. To learn more about this situation and\nhow to fix it, please visit \
the webpage mentioned above.";

/// Finds the API server behind a URL, as this machine would.
///
/// # Errors
/// curl's exit code and words for everything else.
pub fn find(runner: &mut Runner<'_>, url: &str) -> Result<Target, Failure> {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let scheme = scheme.to_ascii_lowercase();
    if !["http", "https"].contains(&scheme.as_str()) {
        return Err((1, format!("Protocol \"{scheme}\" not supported")));
    }
    let rest = rest.split('#').next().unwrap_or_default();
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let authority = authority.rsplit('@').next().unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) => match port.parse::<u16>() {
            Ok(port) => (host, port),
            Err(_) => return Err((3, "URL rejected: Port number was not a decimal number between 0 and 65535".to_owned())),
        },
        None => (authority, if scheme == "https" { 443 } else { 80 }),
    };
    if host.is_empty() {
        return Err((3, "URL rejected: No host part in the URL".to_owned()));
    }
    if url.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Err((3, "URL rejected: Malformed input to a URL function".to_owned()));
    }
    let Some(served) = served_port(runner, host) else { return Err(unknown(runner, host, port)) };
    if port != served {
        return Err((7, format!("Failed to connect to {host} port {port} after 0 ms: Could not connect to server")));
    }
    let path = match path.strip_prefix('?') {
        Some(query) => format!("/?{query}"),
        None if path.is_empty() => "/".to_owned(),
        None => path.to_owned(),
    };
    Ok(Target { host: host.to_owned(), port, path, url: url.to_owned(), plain: scheme == "http" })
}

/// The port that the API server listens on under this name, seen from this machine.
fn served_port(runner: &Runner<'_>, host: &str) -> Option<u16> {
    let frame = runner.frame();
    let Some(container) = &frame.container else { return (host == "kube-apiserver").then_some(6443) };
    let host = host.strip_suffix('.').unwrap_or(host);
    let names = ["kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local"];
    let address = frame.variable("KUBERNETES_SERVICE_HOST").unwrap_or("10.96.0.1");
    // A short name is looked for in the pod's own namespace.
    let short = host == "kubernetes" && container.namespace == "default";
    (names.contains(&host) || short || host == address || host == "10.96.0.1").then_some(443)
}

fn unknown(runner: &mut Runner<'_>, host: &str, port: u16) -> Failure {
    let address = host.chars().all(|c| c.is_ascii_digit() || c == '.') || host == "localhost" || host.starts_with('[');
    let nearest = match runner.frame().container {
        Some(_) => "https://kubernetes.default.svc",
        None => "$APISERVER (https://kube-apiserver:6443)",
    };
    runner.not_simulated(&format!("requests to other hosts; the API server is {nearest}"));
    if address {
        return (7, format!("Failed to connect to {host} port {port} after 0 ms: Could not connect to server"));
    }
    (6, format!("Could not resolve host: {host}"))
}

/// What a TLS server answers to plain HTTP.
pub fn plain_http() -> Response {
    let text = "Client sent an HTTP request to an HTTPS server.\n".to_owned();
    Response { code: 400, body: Body::Text(text), ..Response::default() }
}

/// Checks the server's certificate the way the arguments ask for.
///
/// # Errors
/// No such file; a certificate that nobody trusted has signed.
pub fn check_certificate(runner: &mut Runner<'_>, arguments: &Arguments) -> Result<(), Failure> {
    if arguments.insecure {
        return Ok(());
    }
    let untrusted = |reason: &str| (60, format!("SSL certificate problem: {reason}\n{MORE}"));
    let Some(path) = &arguments.authority else { return Err(untrusted("unable to get local issuer certificate")) };
    match runner.read(path) {
        Ok(bytes) => {
            let text = String::from_utf8_lossy(&bytes);
            if !text.contains("-----BEGIN CERTIFICATE-----") {
                return Err((77, format!("error adding trust anchors from file: {path}")));
            }
            let trusted = squeeze(&text).contains(&squeeze(runner.client.server_authority()));
            if trusted { Ok(()) } else { Err(untrusted("unable to get local issuer certificate")) }
        }
        Err(FileError::IsADirectory | FileError::PermissionDenied | FileError::NotFound) | Err(_) => {
            Err((77, format!("error adding trust anchors from file: {path}")))
        }
    }
}

fn squeeze(pem: &str) -> String {
    pem.chars().filter(|c| !c.is_whitespace()).collect()
}

/// `-v`: what curl says before the answer comes.
pub fn verbose_request(target: &Target, request: &Request, insecure: bool) -> String {
    let address = if target.port == 6443 { "172.30.1.2" } else { "10.96.0.1" };
    let verify = if insecure { " SSL certificate verify result: unable to get local issuer certificate (20), continuing anyway." } else { " SSL certificate verify ok." };
    let mut text = format!(
        "* Host {host}:{port} was resolved.\n*   Trying {address}:{port}...\n* Connected to {host} ({address}) port {port}\n\
         * SSL connection using TLSv1.3 / TLS_AES_128_GCM_SHA256\n* {verify}\n* using HTTP/2\n> {method} {path} HTTP/2\r\n> Host: {host}:{port}\r\n",
        host = target.host,
        port = target.port,
        method = request.method.name(),
        path = target.path,
    );
    for (name, value) in &request.headers {
        text.push_str(&format!("> {name}: {value}\r\n"));
    }
    text.push_str("> \r\n");
    text
}

/// The status line and the headers, as `-i` prints them.
pub fn response_headers(response: &Response, size: usize, now: Timestamp) -> String {
    let mut text = format!("HTTP/2 {} \r\n", response.code);
    let mut put = |name: &str, value: &str| text.push_str(&format!("{}: {value}\r\n", name.to_ascii_lowercase()));
    for (name, value) in &response.headers {
        put(name, value);
    }
    if response.header_value("Content-Length").is_none() {
        put("content-length", &size.to_string());
    }
    if response.header_value("Date").is_none() {
        put("date", &now.http_date());
    }
    text.push_str("\r\n");
    text
}

/// What `-w` can ask about.
pub struct Facts<'a> {
    /// The answer.
    pub response: &'a Response,
    /// The size of its body.
    pub size: usize,
    /// Where it came from.
    pub target: &'a Target,
    /// How it was asked for.
    pub method: Method,
}

/// Fills the variables of `-w`.
pub fn write_out(format: &str, facts: &Facts<'_>) -> Vec<u8> {
    let mut text = String::new();
    let mut rest = format;
    while let Some(at) = rest.find("%{") {
        text.push_str(&rest[..at]);
        let Some(end) = rest[at..].find('}') else { break };
        let name = &rest[at + 2..at + end];
        match name {
            "http_code" | "response_code" => text.push_str(&format!("{:03}", facts.response.code)),
            "size_download" => text.push_str(&facts.size.to_string()),
            "content_type" => text.push_str(facts.response.header_value("Content-Type").unwrap_or_default()),
            "url_effective" | "url" => text.push_str(&facts.target.url),
            "http_version" => text.push('2'),
            "scheme" => text.push_str("https"),
            "method" => text.push_str(facts.method.name()),
            "exitcode" | "num_redirects" | "ssl_verify_result" => text.push('0'),
            "errormsg" => {}
            // Time is virtual, and a request takes none that could be measured.
            name if name.starts_with("time_") => text.push_str("0.000000"),
            other => text.push_str(&format!("not simulated: %{{{other}}}")),
        }
        rest = &rest[at + end + 1..];
    }
    text.push_str(rest);
    escapes::expand(&text).bytes
}
