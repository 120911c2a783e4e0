//! `curl`: requests to the API server, and to nothing else. No byte leaves the page.
//!
//! What a machine can reach: the workstation `kube-apiserver:6443`; a pod the Service `kubernetes` by its names and
//! its address on port 443. Any other host fails as an unknown one fails.

pub mod arguments;
mod server;

use crate::api::request::{Body, Credential, Method, Request, Response, WatchEvent};
use crate::shell::foreground::Job;
use crate::shell::runner::{Runner, Step};
use arguments::Arguments;
use std::rc::Rc;
use std::time::Duration;

/// What it calls itself.
const VERSION: &str = "8.14.1";

/// Why a transfer failed: curl's exit code and its sentence.
type Failure = (i32, String);

const TRY: &str = "curl: try 'curl --help' or 'curl --manual' for more information\n";

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    if arguments.iter().any(|argument| argument == "--version" || argument == "-V") {
        runner.out(format!("curl {VERSION} (simulated)\nProtocols: https\nFeatures: HTTP2 SSL\n"));
        return Ok(0);
    }
    let arguments = match arguments::read(arguments) {
        Ok(arguments) => arguments,
        Err(what) => {
            match what.strip_suffix(arguments::WITHOUT_VALUE) {
                Some(option) => runner.err(format!("curl: option {option}: requires parameter\n{TRY}")),
                None => runner.not_simulated(&format!("curl {what}")),
            }
            return Ok(2);
        }
    };
    if arguments.urls.is_empty() {
        runner.err(format!("curl: (2) no URL specified\n{TRY}"));
        return Ok(2);
    }
    let mut exit = 0;
    for url in arguments.urls.clone() {
        let step = transfer(runner, &arguments, &url);
        exit = match step? {
            Ok(()) => 0,
            Err((code, message)) => {
                if !arguments.silent || arguments.show_error {
                    runner.err(format!("curl: ({code}) {message}\n"));
                }
                code
            }
        };
    }
    Ok(exit)
}

type Transfer = Result<Result<(), Failure>, crate::shell::runner::Flow>;

fn transfer(runner: &mut Runner<'_>, arguments: &Arguments, url: &str) -> Transfer {
    let target = match server::find(runner, url) {
        Ok(target) => target,
        Err(failure) => return Ok(Err(failure)),
    };
    if target.plain {
        return Ok(finish(runner, arguments, &server::plain_http(), &target, &Request::default()));
    }
    if let Err(failure) = server::check_certificate(runner, arguments) {
        return Ok(Err(failure));
    }
    let request = match build(runner, arguments, &target) {
        Ok(request) => request,
        Err(failure) => return Ok(Err(failure)),
    };
    if arguments.verbose {
        let text = server::verbose_request(&target, &request, arguments.insecure);
        runner.err(text);
    }
    let response = runner.client.send(request.clone());
    if let Body::Watch(_) = response.body {
        return watch(runner, arguments, response, &request);
    }
    Ok(finish(runner, arguments, &response, &target, &request))
}

/// Builds the request that the arguments describe.
fn build(runner: &mut Runner<'_>, arguments: &Arguments, target: &server::Target) -> Result<Request, Failure> {
    let data = body(runner, arguments)?;
    let mut url = target.path.clone();
    if let (true, Some(data)) = (arguments.get, &data) {
        url.push(if url.contains('?') { '&' } else { '?' });
        url.push_str(&String::from_utf8_lossy(data));
    }
    let data = data.filter(|_| !arguments.get);
    let name = match (&arguments.method, arguments.head, &data, arguments.upload.is_some()) {
        (Some(method), ..) => method.as_str(),
        (None, true, ..) => "HEAD",
        (None, _, _, true) => "PUT",
        (None, _, Some(_), _) => "POST",
        _ => "GET",
    };
    let Some(method) = Method::parse(name) else {
        return Err((2, format!("not simulated: the method {name}")));
    };
    let mut request = Request::new(method, "").with_url(&url);
    let mut headers: Vec<(String, String)> = Vec::new();
    let given = |name: &str| arguments.headers.iter().any(|(key, _)| key.eq_ignore_ascii_case(name));
    let defaults = [
        ("User-Agent", arguments.agent.clone().unwrap_or_else(|| format!("curl/{VERSION}"))),
        ("Accept", if arguments.json { "application/json" } else { "*/*" }.to_owned()),
    ];
    headers.extend(defaults.into_iter().filter(|(name, _)| !given(name)).map(|(name, value)| (name.to_owned(), value)));
    if let Some(user) = &arguments.user {
        use base64::Engine;
        let encoded = base64::engine::general_purpose::STANDARD.encode(user);
        headers.push(("Authorization".to_owned(), format!("Basic {encoded}")));
    }
    if let Some(token) = &arguments.bearer {
        headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
    }
    headers.extend(arguments.headers.iter().filter(|(_, value)| !value.is_empty()).cloned());
    if let Some(data) = data {
        if !given("Content-Type") && arguments.upload.is_none() {
            let form = if arguments.json { "application/json" } else { "application/x-www-form-urlencoded" };
            headers.push(("Content-Type".to_owned(), form.to_owned()));
        }
        headers.push(("Content-Length".to_owned(), data.len().to_string()));
        request.body = Body::Bytes(Rc::from(data));
    }
    request.headers = headers;
    request.origin = crate::kubectl::host::Host::origin(runner);
    if let Some(path) = &arguments.certificate {
        let pem = runner.read(path).map_err(|_| (58, format!("could not load PEM client certificate from {path}, (no key found, wrong pass phrase, or wrong file format?)")))?;
        request.credential = Some(Credential::Certificate(Rc::from(String::from_utf8_lossy(&pem).as_ref())));
    }
    Ok(request)
}

fn body(runner: &mut Runner<'_>, arguments: &Arguments) -> Result<Option<Vec<u8>>, Failure> {
    if let Some(path) = &arguments.upload {
        let read = runner.read(path).map_err(|_| (26, format!("Can't open '{path}'!")))?;
        return Ok(Some(read.to_vec()));
    }
    let mut all: Option<Vec<u8>> = None;
    for data in &arguments.data {
        let bytes = match data.text.strip_prefix('@').filter(|_| !data.raw) {
            Some(path) => {
                let read = runner.read(path).map_err(|_| (26, format!("Failed to open {path}")))?;
                read.iter().copied().filter(|byte| data.binary || !b"\r\n\0".contains(byte)).collect()
            }
            None => data.text.clone().into_bytes(),
        };
        match &mut all {
            Some(all) => {
                if !arguments.json {
                    all.push(b'&');
                }
                all.extend(bytes);
            }
            None => all = Some(bytes),
        }
    }
    Ok(all)
}

/// Prints what came back.
fn finish(
    runner: &mut Runner<'_>,
    arguments: &Arguments,
    response: &Response,
    target: &server::Target,
    request: &Request,
) -> Result<(), Failure> {
    if matches!(response.body, Body::Exec(_)) {
        return Err((2, "not simulated: exec over curl; use kubectl exec".to_owned()));
    }
    let bytes = response.bytes(request.wants_pretty());
    let headers = server::response_headers(response, bytes.len(), runner.client.now());
    if arguments.verbose {
        let lines: String = headers.lines().map(|line| format!("< {line}\r\n")).collect();
        runner.err(format!("{lines}{{ [{} bytes data]\n* Connection #0 to host {} left intact\n", bytes.len(), target.host));
    }
    let failed = response.code >= 400 && (arguments.fail || arguments.fail_with_body);
    let mut shown = Vec::new();
    if arguments.include || arguments.head {
        shown.extend(headers.bytes());
    }
    if request.method != Method::Head && (!failed || arguments.fail_with_body) {
        shown.extend_from_slice(&bytes);
    }
    deliver(runner, arguments, &shown, target)?;
    if let Some(format) = &arguments.write_out {
        let facts = server::Facts { response, size: bytes.len(), target, method: request.method };
        let text = server::write_out(format, &facts);
        runner.out(text);
    }
    if failed {
        return Err((22, format!("The requested URL returned error: {}", response.code)));
    }
    Ok(())
}

fn deliver(runner: &mut Runner<'_>, arguments: &Arguments, bytes: &[u8], target: &server::Target) -> Result<(), Failure> {
    let name = match (&arguments.output, arguments.remote_name) {
        (Some(path), _) => path.clone(),
        (None, true) => target.path.split('?').next().unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned(),
        (None, false) => "-".to_owned(),
    };
    if name == "-" {
        runner.out(bytes);
        return Ok(());
    }
    runner.write(&name, bytes).map_err(|_| (23, "client returned ERROR on write, 1 bytes were not written".to_owned()))
}

/// `?watch=1`: prints the events there are; then stays, or lasts as long as it was told to.
fn watch(runner: &mut Runner<'_>, arguments: &Arguments, response: Response, request: &Request) -> Transfer {
    let Body::Watch(mut watch) = response.body else { return Ok(Ok(())) };
    if arguments.include {
        runner.out(format!("HTTP/2 {} \r\ncontent-type: application/json\r\n\r\n", response.code));
    }
    let seconds = |text: Option<&str>| text.and_then(|text| text.parse::<u64>().ok()).filter(|seconds| *seconds < 100_000_000);
    let server_limit = seconds(request.parameter("timeoutSeconds"));
    let own_limit = seconds(arguments.max_time.as_deref());
    for event in runner.client.poll(&mut watch) {
        runner.out(event_line(&event));
    }
    let Some(limit) = server_limit.into_iter().chain(own_limit).min() else {
        if runner.may_stay() {
            return Err(match runner.stay(Job::Curl(Box::new(watch))) {
                Err(flow) => flow,
                Ok(_) => return Ok(Ok(())),
            });
        }
        return Ok(Ok(()));
    };
    runner.client.sleep(Duration::from_secs(limit));
    let mut received = 0;
    for event in runner.client.poll(&mut watch) {
        let line = event_line(&event);
        received += line.len();
        runner.out(line);
    }
    if Some(limit) == server_limit {
        return Ok(Ok(()));
    }
    Ok(Err((28, format!("Operation timed out after {} milliseconds with {received} bytes received", limit * 1000))))
}

/// One event of a watch as it comes over the wire.
pub fn event_line(event: &WatchEvent) -> String {
    let object = crate::api::wire::encode(&event.object, false);
    format!("{{\"type\":\"{}\",\"object\":{}}}\n", event.kind, object.trim_end())
}
