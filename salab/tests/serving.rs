//! The socket: TLS with the cluster's own authority, who a client is, and what is no TLS.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod door;

use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::body::Bytes;
use hyper_util::rt::TokioIo;
use salab::listen::Server;
use serde_json::Value;
use serviceaccount_lab::cluster::keys;
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// A client certificate with its key, both in DER form.
type Identity = Option<(Vec<u8>, Vec<u8>)>;

fn administrator() -> Identity {
    Some((keys::der(keys::ADMIN.pem).unwrap(), keys::der(keys::ADMIN_KEY).unwrap()))
}

/// A certificate that says the same and that the client has signed itself.
fn impostor() -> Identity {
    let mut params = rcgen::CertificateParams::default();
    params.distinguished_name.push(rcgen::DnType::CommonName, "kubernetes-admin");
    params.distinguished_name.push(rcgen::DnType::OrganizationName, "system:masters");
    let key = rcgen::KeyPair::generate().unwrap();
    Some((params.self_signed(&key).unwrap().der().to_vec(), key.serialize_der()))
}

fn connector(identity: Identity) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from(keys::der(keys::CERTIFICATE_AUTHORITY).unwrap())).unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = match identity {
        None => config.with_no_client_auth(),
        Some((certificate, key)) => {
            config.with_client_auth_cert(vec![certificate.into()], PrivateKeyDer::try_from(key).unwrap()).unwrap()
        }
    };
    TlsConnector::from(Arc::new(config))
}

async fn served() -> String {
    let server = Server::bind(([127, 0, 0, 1], 0).into()).await.unwrap();
    let address = server.url().trim_start_matches("https://").to_owned();
    tokio::spawn(server.run(door::cluster(door::now())));
    address
}

/// What a GET is answered by somebody with this certificate and these headers.
async fn get(address: &str, name: &str, identity: Identity, path: &str, token: Option<&str>) -> (u16, Value) {
    let stream = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = connector(identity).connect(name, stream).await.expect("the certificate is trusted");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut request = Request::get(path).header("host", address);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let response = sender.send_request(request.body(Empty::<Bytes>::new()).unwrap()).await.unwrap();
    let code = response.status().as_u16();
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    (code, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

const PODS: &str = "/api/v1/namespaces/default/pods";

#[test]
fn who_one_is_is_what_the_handshake_proved() {
    door::run(async {
        let address = served().await;
        for name in ["127.0.0.1", "localhost", "kube-apiserver"] {
            assert_eq!(get(&address, name, administrator(), PODS, None).await.0, 200, "{name}");
        }
        let (code, status) = get(&address, "localhost", None, PODS, None).await;
        assert_eq!(code, 403);
        assert!(status["message"].as_str().unwrap().contains("system:anonymous"), "{status}");
        assert_eq!(get(&address, "localhost", None, PODS, Some("nonsense")).await.0, 401);
        assert_eq!(get(&address, "localhost", None, "/version", None).await.0, 200);
    });
}

/// It shows a certificate with the right names and holds its key, but nobody here has signed it.
#[test]
fn a_certificate_of_ones_own_is_a_401() {
    door::run(async {
        let address = served().await;
        // A client that looks at whom the server trusts would not even send it: this one does.
        assert_eq!(get(&address, "localhost", impostor(), PODS, None).await.0, 401);
    });
}

#[test]
fn plain_http_is_told_so() {
    door::run(async {
        let mut stream = TcpStream::connect(served().await).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut said = String::new();
        stream.read_to_string(&mut said).await.unwrap();
        assert!(said.contains("400") && said.ends_with("Client sent an HTTP request to an HTTPS server.\n"), "{said}");
    });
}
