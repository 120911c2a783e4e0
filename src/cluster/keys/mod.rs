//! The keys and certificates of the simulated cluster: `/etc/kubernetes/pki` as kubeadm would make it.
//!
//! **Public, for simulation only.** Everybody has these keys: what they sign proves nothing, and no real cluster
//! accepts it. `generate.sh` beside this file made them, once; they are embedded so that the same commands give the
//! same bytes everywhere. The certificates end with the year 9999 (RFC 5280's "no end"), so that the virtual clock
//! may go wherever a learner sends it. Of the private keys only three are kept: the one that signs tokens, the
//! administrator's, which belongs into the kubeconfig, and the authority's, which signs the certificate that
//! `salab serve` shows. Nothing in the core speaks TLS; see [`crate::cluster::authn::x509`].

use crate::cluster::settings::SERVER_URL;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The key that signs ServiceAccount tokens (`sa.key`), PKCS#8, RSA-2048. Public, for simulation only.
pub const SERVICE_ACCOUNT_KEY: &str = include_str!("service-account.key");
/// The certificate of the cluster's authority (`ca.crt`): what `kube-root-ca.crt` and kubeconfigs carry.
pub const CERTIFICATE_AUTHORITY: &str = include_str!("ca.crt");
/// The authority's private key (EC P-256). Public, for simulation only.
pub const CERTIFICATE_AUTHORITY_KEY: &str = include_str!("ca.key");
/// What the API server shows to its clients (`apiserver.crt`).
pub const SERVING_CERTIFICATE: &str = include_str!("apiserver.crt");
/// The administrator's private key (EC P-256). Public, for simulation only.
pub const ADMIN_KEY: &str = include_str!("admin.key");

/// A client certificate that the authority above has signed, and whom it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate.
    pub pem: &'static str,
    /// SHA-256 of its DER form, in hexadecimal: the credential id of who shows it.
    pub fingerprint: &'static str,
    /// The subject's common name: the user.
    pub common_name: &'static str,
    /// The subject's organization: the group; empty where there is none.
    pub organization: &'static str,
}

/// `kubernetes-admin`, in `system:masters`: the person at the terminal.
pub const ADMIN: ClientCertificate = ClientCertificate {
    pem: include_str!("admin.crt"),
    fingerprint: "f6a7b9b19158f6366197ed5334eafc199220b962bfcb30873fd3427bec5596b8",
    common_name: "kubernetes-admin",
    organization: "system:masters",
};
/// `system:kube-scheduler`.
pub const SCHEDULER: ClientCertificate = ClientCertificate {
    pem: include_str!("kube-scheduler.crt"),
    fingerprint: "e7e94f91bac1cf9459f670e4911e870866152847f783614e35ff7ab0cda7d69f",
    common_name: "system:kube-scheduler",
    organization: "",
};
/// `system:kube-controller-manager`.
pub const CONTROLLER_MANAGER: ClientCertificate = ClientCertificate {
    pem: include_str!("kube-controller-manager.crt"),
    fingerprint: "25cf93c9a62312dc048b24233f9abf4fb5d75164eea48296bf43b702edee3e21",
    common_name: "system:kube-controller-manager",
    organization: "",
};
/// `system:node:node01`, in `system:nodes`: the kubelet of the one node.
pub const KUBELET: ClientCertificate = ClientCertificate {
    pem: include_str!("node01.crt"),
    fingerprint: "6bc1ee78120ac6c761c78031f423cf323bf3813128eb75f64db119cd2f5b7273",
    common_name: "system:node:node01",
    organization: "system:nodes",
};
/// Every client certificate that the authority has signed.
pub const CLIENT_CERTIFICATES: [ClientCertificate; 4] = [ADMIN, SCHEDULER, CONTROLLER_MANAGER, KUBELET];

/// The administrator's kubeconfig as kubeadm writes it (`/etc/kubernetes/admin.conf`).
pub fn kubeconfig() -> String {
    kubeconfig_for(SERVER_URL)
}

/// The administrator's kubeconfig for a cluster that is reached at `server`.
pub fn kubeconfig_for(server: &str) -> String {
    let user = ADMIN.common_name;
    format!(
        "apiVersion: v1
clusters:
- cluster:
    certificate-authority-data: {}
    server: {server}
  name: kubernetes
contexts:
- context:
    cluster: kubernetes
    user: {user}
  name: {user}@kubernetes
current-context: {user}@kubernetes
kind: Config
users:
- name: {user}
  user:
    client-certificate-data: {}
    client-key-data: {}
",
        STANDARD.encode(CERTIFICATE_AUTHORITY),
        STANDARD.encode(ADMIN.pem),
        STANDARD.encode(ADMIN_KEY),
    )
}

/// The bytes inside the first PEM block of `text`; `None` if there is none.
pub fn der(text: &str) -> Option<Vec<u8>> {
    let (_, rest) = text.split_once("-----BEGIN ")?;
    let (_, rest) = rest.split_once("-----")?;
    let (body, _) = rest.split_once("-----END ")?;
    let body: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(body).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    #[test]
    fn fingerprints_are_those_of_the_certificates() {
        for certificate in CLIENT_CERTIFICATES {
            let digest = Sha256::digest(der(certificate.pem).unwrap());
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(hex, certificate.fingerprint, "{}", certificate.common_name);
        }
    }

    #[test]
    fn subjects_are_those_of_the_certificates() {
        for certificate in CLIENT_CERTIFICATES {
            let der = der(certificate.pem).unwrap();
            let holds = |text: &str| der.windows(text.len().max(1)).any(|part| part == text.as_bytes());
            assert!(holds(certificate.common_name));
            assert!(certificate.organization.is_empty() || holds(certificate.organization));
        }
    }

    #[test]
    fn the_kubeconfig_is_that_of_kubeadm() {
        let config: serde_json::Value = serde_yaml::from_str(&kubeconfig()).unwrap();
        assert_eq!(config["current-context"], "kubernetes-admin@kubernetes");
        assert_eq!(config["clusters"][0]["cluster"]["server"], "https://kube-apiserver:6443");
        let decode =
            |value: &serde_json::Value| String::from_utf8(STANDARD.decode(value.as_str().unwrap()).unwrap()).unwrap();
        let user = &config["users"][0]["user"];
        assert_eq!(decode(&user["client-certificate-data"]), ADMIN.pem);
        assert!(decode(&user["client-key-data"]).starts_with("-----BEGIN EC PRIVATE KEY-----"));
        assert_eq!(decode(&config["clusters"][0]["cluster"]["certificate-authority-data"]), CERTIFICATE_AUTHORITY);
    }
}
