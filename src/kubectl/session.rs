//! From connection options to authenticated requests: which server, which credential, which namespace.
//!
//! Follows staging/src/k8s.io/client-go/{rest,transport,tools/clientcmd}. TLS itself is not simulated: whether the
//! server's certificate would be trusted is decided by comparing authorities.

use crate::api::client::Client;
use crate::api::object::{boolean, strings, text};
use crate::api::release::Release;
use crate::api::request::{Credential, Request};
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::Flags;
use crate::kubectl::host::Host;
use crate::kubectl::kubeconfig::Kubeconfig;
use base64::Engine;
use serde_json::Value;
use std::rc::Rc;

/// Where a pod finds its credentials.
pub const SERVICE_ACCOUNT_FOLDER: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// The names and addresses that lead to the simulated API server.
const KNOWN_HOSTS: [&str; 6] = [
    "kube-apiserver:6443",
    "10.96.0.1",
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
];

/// A resolved connection.
#[derive(Clone, Debug, Default)]
pub struct Session {
    /// `https://kube-apiserver:6443`.
    pub server: String,
    /// The namespace that commands work in.
    pub namespace: String,
    /// Whether `-n` named it: objects may then not name another.
    pub namespace_given: bool,
    certificate: Option<Rc<str>>,
    token: String,
    impersonation: Vec<(String, String)>,
    insecure: bool,
    authority: Vec<u8>,
    release: Release,
}

impl Session {
    /// Resolves flags, kubeconfig and, in a pod, the mounted files.
    ///
    /// # Errors
    /// A configuration that names what is not there.
    pub fn open(host: &dyn Host, flags: &Flags) -> Result<Self, Failure> {
        let config = Kubeconfig::load(host, flags.text("kubeconfig"))?;
        let mut session = match in_cluster(host, &config, flags) {
            Some(session) => session,
            None => from_config(host, &config, flags)?,
        };
        session.release = host.version().release;
        session.override_with(host, flags)?;
        Ok(session)
    }

    fn override_with(&mut self, host: &dyn Host, flags: &Flags) -> Result<(), Failure> {
        if flags.is_set("server") {
            self.server = flags.text("server").to_owned();
        }
        if flags.is_set("token") {
            self.token = flags.text("token").to_owned();
        }
        if flags.is_set("certificate-authority") {
            self.authority = read(host, flags.text("certificate-authority"))?;
        }
        if flags.is_set("insecure-skip-tls-verify") {
            self.insecure = flags.boolean("insecure-skip-tls-verify");
        }
        if flags.is_set("client-certificate") {
            let pem = read(host, flags.text("client-certificate"))?;
            self.certificate = Some(String::from_utf8_lossy(&pem).into());
        }
        if flags.is_set("namespace") && !flags.text("namespace").is_empty() {
            self.namespace = flags.text("namespace").to_owned();
            self.namespace_given = true;
        }
        if self.namespace.is_empty() {
            self.namespace = "default".to_owned();
        }
        let user = flags.text("as");
        let groups = flags.list("as-group");
        if !user.is_empty() {
            self.impersonation = vec![("Impersonate-User".to_owned(), user.to_owned())];
            if !flags.text("as-uid").is_empty() {
                self.impersonation.push(("Impersonate-Uid".to_owned(), flags.text("as-uid").to_owned()));
            }
            self.impersonation.extend(groups.into_iter().map(|group| ("Impersonate-Group".to_owned(), group)));
            for extra in flags.list("as-user-extra") {
                let (key, value) = extra.split_once('=').unwrap_or((&extra, ""));
                self.impersonation.push((format!("Impersonate-Extra-{key}"), value.to_owned()));
            }
        }
        Ok(())
    }

    /// The request with everything that says who asks.
    pub fn authenticate(&self, mut request: Request) -> Request {
        if request.header_value("Accept").is_none() {
            request = request.header("Accept", "application/json");
        }
        request = request.header("User-Agent", format!("kubectl/{}", self.release.user_agent()));
        if let Some(pem) = &self.certificate {
            request.credential = Some(Credential::Certificate(pem.clone()));
        }
        if !self.token.is_empty() {
            request = request.header("Authorization", format!("Bearer {}", self.token));
        }
        request.headers.extend(self.impersonation.iter().cloned());
        request
    }

    /// Whether a connection comes about: the server exists and its certificate is trusted.
    ///
    /// # Errors
    /// kubectl's words for the connection that failed.
    pub fn connect(&self, client: &dyn Client) -> Result<(), Failure> {
        let (scheme, address) = self.server.split_once("://").unwrap_or(("http", &self.server));
        let address = address.split('/').next().unwrap_or_default();
        let plain = address.strip_suffix(":443").filter(|_| scheme == "https").unwrap_or(address);
        if !KNOWN_HOSTS.contains(&plain) {
            return Err(unreachable_server(client, scheme, address));
        }
        if scheme != "https" {
            return Err(Failure::message("not simulated: plain HTTP to the API server; use https"));
        }
        let trusted = client.server_authority().trim().as_bytes();
        let held = self.authority.trim_ascii();
        if !self.insecure && !held.windows(trusted.len().max(1)).any(|part| part == trusted) {
            let why = "tls: failed to verify certificate: x509: certificate signed by unknown authority";
            return Err(Failure::Plain(format!("Unable to connect to the server: {why}")));
        }
        Ok(())
    }
}

/// Names resolve nowhere, addresses refuse: nothing else listens in the lab.
fn unreachable_server(client: &dyn Client, scheme: &str, address: &str) -> Failure {
    let port = if scheme == "https" { "443" } else { "80" };
    let target = if address.contains(':') { address.to_owned() } else { format!("{address}:{port}") };
    let name = target.rsplit_once(':').map_or(target.as_str(), |(name, _)| name);
    let is_address = name.split('.').count() == 4 && name.split('.').all(|part| part.parse::<u8>().is_ok());
    if !is_address && name != "localhost" {
        return Failure::Plain(format!("Unable to connect to the server: dial tcp: lookup {name}: no such host"));
    }
    let dialled = if name == "localhost" { target.replace("localhost", "127.0.0.1") } else { target.clone() };
    let stamp = crate::kubectl::verbosity::stamp('E', client.now(), "memcache.go:265");
    let url = format!("{scheme}://{address}/api?timeout=32s");
    let line = format!(
        "{stamp} \"Unhandled Error\" err=\"couldn't get current server API group list: Get \\\"{url}\\\": dial tcp \
         {dialled}: connect: connection refused\"\n"
    );
    let last = format!("The connection to the server {address} was refused - did you specify the right host or port?");
    Failure::Plain(line.repeat(5) + &last)
}

/// The files and variables of a pod, if this is one and no kubeconfig says otherwise.
fn in_cluster(host: &dyn Host, config: &Kubeconfig, flags: &Flags) -> Option<Session> {
    let chosen = ["context", "cluster", "user", "server"].iter().any(|name| flags.is_set_for_all(name));
    if !config.is_empty() || chosen {
        return None;
    }
    let address = host.variable("KUBERNETES_SERVICE_HOST").filter(|value| !value.is_empty())?;
    let port = host.variable("KUBERNETES_SERVICE_PORT").filter(|value| !value.is_empty())?;
    let file = |name: &str| host.read_file(&format!("{SERVICE_ACCOUNT_FOLDER}/{name}"));
    let token = String::from_utf8_lossy(&file("token").ok()?).into_owned();
    let namespace = host
        .variable("POD_NAMESPACE")
        .filter(|value| !value.is_empty())
        .or_else(|| file("namespace").ok().map(|bytes| String::from_utf8_lossy(&bytes).trim().to_owned()))
        .unwrap_or_default();
    Some(Session {
        server: format!("https://{address}:{port}"),
        namespace,
        token,
        authority: file("ca.crt").unwrap_or_default(),
        ..Session::default()
    })
}

fn from_config(host: &dyn Host, config: &Kubeconfig, flags: &Flags) -> Result<Session, Failure> {
    let chosen = if flags.is_set("context") { flags.text("context") } else { config.current_context() };
    let context = match (chosen.is_empty(), config.entry("contexts", chosen)) {
        (true, _) => &Value::Null,
        (false, Some(context)) => context,
        (false, None) => {
            return Err(Failure::Plain(format!(
                "Error in configuration: context was not found for specified context: {chosen}"
            )));
        }
    };
    let named = |flag: &str, key: &str| {
        if flags.is_set_for_all(flag) { flags.text(flag).to_owned() } else { text(context, &[key]).to_owned() }
    };
    let (cluster_name, user_name) = (named("cluster", "cluster"), named("user", "user"));
    let cluster = match lookup(config, "clusters", &cluster_name, "cluster") {
        Err(_) if flags.is_set("cluster") => {
            let text = format!("no server found for cluster {}", crate::api::go::quote(&cluster_name));
            return Err(Failure::message(text));
        }
        found => found?,
    };
    let user = lookup(config, "users", &user_name, "auth info")?;
    let nobody = flags.text("as").is_empty() && text(user, &["as"]).is_empty();
    if nobody && ["as-group", "as-uid", "as-user-extra"].iter().any(|flag| flags.is_set(flag)) {
        return Err(Failure::message(format!(
            "requesting uid, groups or user-extra for {user_name} without impersonating a user"
        )));
    }
    let server = match text(cluster, &["server"]) {
        "" => "http://localhost:8080".to_owned(),
        server => server.trim_end_matches('/').to_owned(),
    };
    let token = match (text(user, &["token"]), text(user, &["tokenFile"])) {
        ("", "") => String::new(),
        ("", file) => String::from_utf8_lossy(&read(host, file)?).trim().to_owned(),
        (token, _) => token.to_owned(),
    };
    let certificate = material(host, user, "client-certificate")?;
    let mut impersonation = Vec::new();
    if !text(user, &["as"]).is_empty() {
        impersonation.push(("Impersonate-User".to_owned(), text(user, &["as"]).to_owned()));
        for group in strings(user, &["as-groups"]) {
            impersonation.push(("Impersonate-Group".to_owned(), group.to_owned()));
        }
    }
    Ok(Session {
        release: host.version().release,
        server,
        namespace: text(context, &["namespace"]).to_owned(),
        certificate: (!certificate.is_empty()).then(|| String::from_utf8_lossy(&certificate).into()),
        token,
        impersonation,
        insecure: boolean(cluster, &["insecure-skip-tls-verify"]).unwrap_or(false),
        authority: material(host, cluster, "certificate-authority")?,
        namespace_given: false,
    })
}

fn lookup<'a>(config: &'a Kubeconfig, section: &str, name: &str, what: &str) -> Result<&'a Value, Failure> {
    static NULL: Value = Value::Null;
    if name.is_empty() {
        return Ok(&NULL);
    }
    config
        .entry(section, name)
        .ok_or_else(|| Failure::message(format!("{what} {} does not exist", crate::api::go::quote(name))))
}

/// `KEY-data` decoded, or else the file that `KEY` names.
fn material(host: &dyn Host, entry: &Value, key: &str) -> Result<Vec<u8>, Failure> {
    let data = text(entry, &[&format!("{key}-data")]);
    if !data.is_empty() {
        return base64::engine::general_purpose::STANDARD
            .decode(data)
            .map_err(|_| Failure::message(format!("error loading config file: illegal base64 data in {key}-data")));
    }
    match text(entry, &[key]) {
        "" => Ok(Vec::new()),
        file => read(host, file),
    }
}

fn read(host: &dyn Host, path: &str) -> Result<Vec<u8>, Failure> {
    host.read_file(path).map_err(|error| Failure::message(format!("open {path}: {error}")))
}
