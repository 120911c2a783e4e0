//! `exec` over a WebSocket: the door has allowed it, here its streams are carried.
//!
//! Follows staging/src/k8s.io/kubelet/pkg/cri/streaming/remotecommand/{websocket,httpstream}.go and
//! staging/src/k8s.io/apimachinery/pkg/util/remotecommand/constants.go: binary messages whose first byte names a
//! channel. The older SPDY protocol is not simulated.

use crate::core::Core;
use crate::door::{Answer, failure, wanted_upgrade};
use crate::terminal;
use futures_util::SinkExt;
use hyper::header::{
    CONNECTION, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL, UPGRADE,
};
use hyper::http::request::Parts;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper::{Response, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use serviceaccount_lab::api::container::ContainerRef;
use serviceaccount_lab::api::request::Request;
use serviceaccount_lab::api::status::Status;
use serviceaccount_lab::kubectl::host::Chunk;
use serviceaccount_lab::shell::Shell;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role};

/// The protocols that are spoken, best first.
const PROTOCOLS: [&str; 2] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];
/// How much standard input a command is given.
const STDIN_MAX: usize = 1024 * 1024;
/// How long a command that sleeps may keep its client waiting; the virtual clock is past it at once.
const SLEEP_MAX: Duration = Duration::from_secs(3600);

const STDIN: u8 = 0;
const STDOUT: u8 = 1;
const STDERR: u8 = 2;
const ERROR: u8 = 3;
/// Since v5: the other side has nothing more to say on the channel that the next byte names.
const CLOSE: u8 = 255;

type Socket = WebSocketStream<TokioIo<Upgraded>>;

/// What is to be run.
struct Process {
    container: ContainerRef,
    command: Vec<String>,
    stdin: bool,
    tty: bool,
}

/// Switches protocols and runs the command, or says why not.
pub fn answer(core: &Core, parts: &Parts, upgrade: Option<OnUpgrade>, container: ContainerRef) -> Response<Answer> {
    let wanted = wanted_upgrade(parts).unwrap_or_default();
    let key = parts.headers.get(SEC_WEBSOCKET_KEY);
    let (Some(upgrade), Some(key), true) = (upgrade, key, wanted.eq_ignore_ascii_case("websocket")) else {
        return failure(&match wanted {
            "" | "websocket" => Status::bad_request("Upgrade request required".to_owned()),
            other => {
                let text = format!("not simulated: exec over {other}; kubectl 1.31 and later speak WebSocket");
                Status::other(501, "", text)
            }
        });
    };
    let offered = parts.headers.get(SEC_WEBSOCKET_PROTOCOL).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(protocol) = PROTOCOLS.into_iter().find(|known| offered.split(',').any(|one| one.trim() == *known)) else {
        return failure(&Status::bad_request(format!("not simulated: the protocols {offered}")));
    };
    let request = Request::default().with_url(parts.uri.path_and_query().map_or("", |url| url.as_str()));
    let flag = |name: &str| request.parameter(name).is_some_and(|value| matches!(value, "true" | "1"));
    let process = Process {
        container,
        command: request.query.iter().filter(|(key, _)| key == "command").map(|(_, word)| word.clone()).collect(),
        stdin: flag("stdin"),
        tty: flag("tty"),
    };
    let core = core.clone();
    tokio::spawn(async move {
        let Ok(upgraded) = upgrade.await else { return };
        let mut socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
        // A client that has hung up needs no answer.
        let _ = serve(&core, process, &mut socket).await;
        let _ = socket.close(Some(CloseFrame { code: CloseCode::Normal, reason: "".into() })).await;
    });
    let mut response = Response::new(Answer::Whole(None));
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static(protocol));
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    response
}

async fn serve(core: &Core, process: Process, socket: &mut Socket) -> Option<()> {
    if process.tty && process.stdin {
        let (container, command) = (process.container.clone(), process.command.clone());
        let opened = core.ask(move |world| terminal::open(world, container, &command)).await?;
        if let Some(prompt) = opened {
            return talk(core, prompt, socket).await;
        }
    }
    let stdin = if process.stdin { read_all(socket).await? } else { Vec::new() };
    let Process { container, command, tty, .. } = process;
    let (outcome, ahead) = core
        .ask(move |world| {
            let outcome = Shell::run_in_container(&mut world.cluster, &container, &command, &stdin);
            ((outcome.output, outcome.exit), world.ahead())
        })
        .await?;
    tokio::time::sleep(ahead.min(SLEEP_MAX)).await;
    let (output, exit) = outcome;
    let mut refusal = String::new();
    for chunk in output {
        match chunk {
            Chunk::Stderr(text) if exit < 0 => refusal.push_str(&String::from_utf8_lossy(&text)),
            Chunk::Stdout(text) => send(socket, STDOUT, &text).await?,
            Chunk::Stderr(text) => send(socket, if tty { STDOUT } else { STDERR }, &text).await?,
        }
    }
    end(socket, exit, &refusal).await
}

/// A terminal at a shell's prompt, until the shell ends.
async fn talk(core: &Core, opened: terminal::Opened, socket: &mut Socket) -> Option<()> {
    let terminal::Opened { id, prompt } = opened;
    send(socket, STDOUT, prompt.as_bytes()).await?;
    let exit = loop {
        let typed = match next(socket).await {
            Some((STDIN, bytes)) => bytes,
            Some((CLOSE, _)) => vec![terminal::END_OF_INPUT],
            Some(_) => continue,
            None => {
                core.ask(move |world| drop(world.terminals.remove(&id))).await?;
                return None;
            }
        };
        let (answer, ahead) = core.ask(move |world| (terminal::input(world, id, &typed), world.ahead())).await?;
        tokio::time::sleep(ahead.min(SLEEP_MAX)).await;
        send(socket, STDOUT, answer.output.as_bytes()).await?;
        if let Some(exit) = answer.exit {
            break exit;
        }
    };
    end(socket, exit, "").await
}

/// Standard input to its end.
async fn read_all(socket: &mut Socket) -> Option<Vec<u8>> {
    let mut stdin = Vec::new();
    loop {
        match next(socket).await? {
            (STDIN, bytes) if stdin.len() + bytes.len() <= STDIN_MAX => stdin.extend(bytes),
            (STDIN, _) | (CLOSE, _) => return Some(stdin),
            _ => {}
        }
    }
}

/// The next message: its channel and what it says.
async fn next(socket: &mut Socket) -> Option<(u8, Vec<u8>)> {
    use futures_util::Stream;
    loop {
        match poll_fn(|context| Pin::new(&mut *socket).poll_next(context)).await?.ok()? {
            Message::Binary(bytes) => {
                let (channel, rest) = bytes.split_first()?;
                return Some((*channel, rest.to_vec()));
            }
            Message::Close(_) => return None,
            _ => {}
        }
    }
}

async fn send(socket: &mut Socket, channel: u8, bytes: &[u8]) -> Option<()> {
    if bytes.is_empty() {
        return Some(());
    }
    let mut message = vec![channel];
    message.extend_from_slice(bytes);
    socket.send(Message::Binary(message.into())).await.ok()
}

/// Says how the process ended.
async fn end(socket: &mut Socket, exit: i32, refusal: &str) -> Option<()> {
    let status: Value = match exit {
        0 => json!({"metadata": {}, "status": "Success"}),
        exit if exit < 0 => {
            let message = refusal.trim_end().trim_start_matches("error: ");
            json!({"metadata": {}, "status": "Failure", "message": message, "reason": "InternalError", "code": 500})
        }
        exit => json!({
            "metadata": {}, "status": "Failure", "reason": "NonZeroExitCode",
            "message": format!("command terminated with non-zero exit code: exit status {exit}"),
            "details": {"causes": [{"reason": "ExitCode", "message": exit.to_string()}]},
        }),
    };
    send(socket, ERROR, status.to_string().as_bytes()).await
}
