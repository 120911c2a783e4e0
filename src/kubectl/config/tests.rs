//! The kubeconfig before and after.

use crate::kubectl::testing::FakeHost;

const PATH: &str = "/home/lab/.kube/config";

fn file(host: &FakeHost) -> String {
    host.files.get(PATH).map(|bytes| String::from_utf8_lossy(bytes).into_owned()).unwrap_or_default()
}

#[test]
fn a_context_for_a_token() {
    let mut host = FakeHost::new();
    assert_eq!(host.run("config set-credentials sa --token=abc").0, "User \"sa\" set.\n");
    assert_eq!(host.run("config set-context sa --cluster=kubernetes --user=sa").0, "Context \"sa\" created.\n");
    assert_eq!(host.run("config set-context sa --namespace=x").0, "Context \"sa\" modified.\n");
    assert_eq!(
        host.run("config get-contexts").0,
        "CURRENT   NAME                          CLUSTER      AUTHINFO           NAMESPACE\n\
         *         kubernetes-admin@kubernetes   kubernetes   kubernetes-admin   \n          \
         sa                            kubernetes   sa                 x\n"
    );
    assert!(file(&host).ends_with("- name: sa\n  user:\n    token: abc\n"));
    host.run("--context=sa get pods");
    let request = host.client.requests.last().cloned().unwrap_or_default();
    assert_eq!(request.header_value("Authorization"), Some("Bearer abc"));
    assert!(request.credential.is_none() && request.path.starts_with("/api/v1/namespaces/x/"));
    assert_eq!(host.run("config use-context sa").0, "Switched to context \"sa\".\n");
    assert_eq!(host.run("config current-context").0, "sa\n");
    assert_eq!(host.run("config use-context nope").1, "error: no context exists with the name: \"nope\"\n");
}

#[test]
fn a_certificate_stands_beside_a_token_given_on_the_command_line() {
    let mut host = FakeHost::new();
    host.run("get pods --token=abc");
    let request = host.client.requests.last().cloned().unwrap_or_default();
    assert!(request.credential.is_some());
    assert_eq!(request.header_value("Authorization"), Some("Bearer abc"));
}

#[test]
fn what_is_removed_is_told() {
    let mut host = FakeHost::new();
    host.run("config set-credentials robot --token=abc");
    assert_eq!(host.run("config unset users.robot").0, "Property \"users.robot\" unset.\n");
    let (out, err, _) = host.run("config delete-context kubernetes-admin@kubernetes");
    assert_eq!(out, format!("deleted context kubernetes-admin@kubernetes from {PATH}\n"));
    assert!(err.starts_with("warning: this removed your active context, use \"kubectl config use-context\""));
    assert_eq!(host.run("config delete-user nope").1, format!("error: cannot delete user nope, not in {PATH}\n"));
    assert!(file(&host).contains("contexts: null\n"));
}

#[test]
fn secrets_are_not_shown() {
    let mut host = FakeHost::new();
    host.run("config set-context --current --namespace=scratch");
    assert_eq!(host.run_words(&["config", "view", "--minify", "-o", "jsonpath={..namespace}"], "").0, "scratch");
    let view = host.run("config view").0;
    assert!(view.contains("certificate-authority-data: DATA+OMITTED") && !view.contains("preferences"));
    assert!(host.run("config view --raw").0.contains("client-key-data: S0VZ"));
    host.files.clear();
    assert_eq!(
        host.run("config view").0,
        "apiVersion: v1\nclusters: null\ncontexts: null\ncurrent-context: \"\"\nkind: Config\nusers: null\n"
    );
    assert_eq!(host.run("config current-context").1, "error: current-context is not set\n");
    assert_eq!(
        host.run("config frob").1,
        "error: unknown command \"frob\"\nSee 'kubectl config -h' for help and examples\n"
    );
    let refused = host.run("get pods").1;
    assert!(refused.ends_with(
        "The connection to the server localhost:8080 was refused - did you specify the right host or port?\n"
    ));
}

#[test]
fn a_pod_without_kubeconfig_uses_its_account() {
    let mut host = FakeHost::default();
    host.variables.insert("KUBERNETES_SERVICE_HOST".into(), "10.96.0.1".into());
    host.variables.insert("KUBERNETES_SERVICE_PORT".into(), "443".into());
    let folder = crate::kubectl::session::SERVICE_ACCOUNT_FOLDER;
    host.files.insert(format!("{folder}/token"), b"tok".to_vec());
    host.files.insert(format!("{folder}/namespace"), b"team-a".to_vec());
    let authority = crate::api::client::Client::server_authority(&host.client).to_owned();
    host.files.insert(format!("{folder}/ca.crt"), authority.into_bytes());
    host.run("get pods");
    let request = host.client.requests.last().cloned().unwrap_or_default();
    assert_eq!(request.path, "/api/v1/namespaces/team-a/pods");
    assert_eq!(request.header_value("Authorization"), Some("Bearer tok"));
    host.files.insert(format!("{folder}/ca.crt"), b"other".to_vec());
    assert_eq!(
        host.run("get pods").1,
        "Unable to connect to the server: tls: failed to verify certificate: x509: certificate signed by unknown \
         authority\n"
    );
}
