//! The listening side: TCP, TLS, HTTP/1.1 and HTTP/2, each request handed to [`crate::door`].

use crate::core::Core;
use crate::door;
use crate::tls;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

/// How long a client may take over its handshake.
const HANDSHAKE_TIME: Duration = Duration::from_secs(10);
/// The first byte of a TLS handshake.
const HANDSHAKE: u8 = 0x16;
/// What a TLS server written in Go answers to plain HTTP.
const PLAIN_HTTP: &[u8] = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n";
/// How much of a plain HTTP request is read, and thrown away.
const PLAIN_HTTP_LENGTH_MAX: u64 = 64 * 1024;

/// A server that listens and does not answer yet.
pub struct Server {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    address: SocketAddr,
}

impl Server {
    /// Listens.
    ///
    /// # Errors
    /// An address that is taken or is none of this machine.
    pub async fn bind(address: SocketAddr) -> Result<Self, String> {
        let words = |error: std::io::Error| format!("{address}: {error}");
        let listener = TcpListener::bind(address).await.map_err(words)?;
        let address = listener.local_addr().map_err(words)?;
        let config = tls::config(&names(address))?;
        Ok(Server { listener, acceptor: TlsAcceptor::from(Arc::new(config)), address })
    }

    /// Where it is reached from this machine.
    pub fn url(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(if address.is_ipv4() { [127, 0, 0, 1].into() } else { [0u16, 0, 0, 0, 0, 0, 0, 1].into() });
        }
        format!("https://{address}")
    }

    /// Answers, one task a connection, for ever.
    pub async fn run(self, core: Core) {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => {
                    tokio::spawn(connection(core.clone(), self.acceptor.clone(), stream));
                }
                // Too many open files, say: the next one may do better.
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }
}

/// The names and addresses that the server is called by.
fn names(address: SocketAddr) -> Vec<String> {
    let mut names: Vec<String> = [
        "localhost",
        "kube-apiserver",
        "kubernetes",
        "kubernetes.default",
        "kubernetes.default.svc",
        "127.0.0.1",
        "::1",
    ]
    .map(str::to_owned)
    .into();
    let own = address.ip().to_string();
    if !names.contains(&own) {
        names.push(own);
    }
    names
}

async fn connection(core: Core, acceptor: TlsAcceptor, mut stream: TcpStream) {
    // Small answers are not kept back for larger packets.
    let _ = stream.set_nodelay(true);
    let mut first = [HANDSHAKE];
    let _ = tokio::time::timeout(HANDSHAKE_TIME, stream.peek(&mut first)).await;
    if first != [HANDSHAKE] {
        let _ = stream.write_all(PLAIN_HTTP).await;
        let _ = stream.shutdown().await;
        // Closing with bytes unread would reset the connection before the answer is read.
        let mut rest = stream.take(PLAIN_HTTP_LENGTH_MAX);
        let _ = tokio::time::timeout(HANDSHAKE_TIME, tokio::io::copy(&mut rest, &mut tokio::io::sink())).await;
        return;
    }
    let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE_TIME, acceptor.accept(stream)).await else { return };
    let certificate: Option<Arc<str>> = stream
        .get_ref()
        .1
        .peer_certificates()
        .and_then(|chain| chain.first())
        .map(|certificate| tls::pem(certificate).into());
    let service = service_fn(move |request| {
        let (core, certificate) = (core.clone(), certificate.clone());
        async move { Ok::<_, Infallible>(door::answer(&core, request, certificate).await) }
    });
    // A connection that breaks concerns nobody else.
    let _ = Builder::new(TokioExecutor::new()).serve_connection_with_upgrades(TokioIo::new(stream), service).await;
}
