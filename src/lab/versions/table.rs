//! The table of everything that differs: all that the lab knows of older versions.

use crate::api::release::Change;
use crate::words::mark;

/// One difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Difference {
    /// What the code asks for; nothing for the version numbers themselves.
    pub change: Option<Change>,
    /// What it is about.
    pub title: &'static str,
    /// The version of Kubernetes that brought it with its defaults.
    pub since: &'static str,
    /// How it was.
    pub before: &'static str,
    /// How it is.
    pub now: &'static str,
    /// Source file, enhancement or pull request.
    pub source: &'static str,
}

const fn row(
    change: Change,
    since: &'static str,
    title: &'static str,
    before: &'static str,
    now: &'static str,
    source: &'static str,
) -> Difference {
    Difference { change: Some(change), title, since, before, now, source }
}

/// That versions have numbers.
pub const NUMBERS: Difference = Difference {
    change: None,
    title: mark("Version numbers"),
    since: mark("in each version"),
    before: mark("kubectl version, kubectl get nodes and user agents tell v1.23.17 or v1.24.1."),
    now: mark("They tell v1.36.2."),
    source: "outputs of those builds",
};

/// Every change, in the order in which they came.
pub const TABLE: [Difference; 15] = [
    row(
        Change::NoTokenSecrets,
        "1.24",
        mark("A token Secret for every ServiceAccount"),
        mark(
            "The token controller makes a Secret NAME-token-xxxxx for every ServiceAccount and lists it in its secrets; deleted, it comes back under another name.",
        ),
        mark("No Secret is made by itself. One that somebody makes by hand is filled, and not listed."),
        "pkg/controller/serviceaccount/tokens_controller.go; KEP-2799; #108309",
    ),
    row(
        Change::CreateToken,
        "1.24",
        "kubectl create token",
        mark("kubectl has no such command; the server answers a TokenRequest all the same."),
        mark("kubectl create token NAME asks for a token that expires."),
        "staging/src/k8s.io/kubectl/pkg/cmd/create/create_token.go; #107880",
    ),
    row(
        Change::KustomizeVersion,
        "1.24",
        mark("kubectl version tells kustomize's"),
        mark("Two lines, client and server."),
        mark("Kustomize's version too; until 1.27 with a warning that the long form will go."),
        "staging/src/k8s.io/kubectl/pkg/cmd/version/version.go",
    ),
    row(
        Change::TokenTracking,
        "1.27",
        mark("The use of token Secrets is noted"),
        mark("Nobody sees whether a Secret's token is used."),
        mark(
            "The label kubernetes.io/legacy-token-last-used tells the day, a ConfigMap in kube-system since when; using a Secret that its account lists warns.",
        ),
        "pkg/serviceaccount/legacy.go, pkg/controlplane/controller/legacytokentracking; KEP-2799; #108858",
    ),
    row(
        Change::ShortVersion,
        "1.28",
        mark("kubectl version is short"),
        mark("version.Info{…} with commit, date and Go version."),
        mark("The numbers alone."),
        "staging/src/k8s.io/kubectl/pkg/cmd/version/version.go",
    ),
    row(
        Change::WhoAmI,
        "1.28",
        "kubectl auth whoami",
        mark("Neither the command nor the SelfSubjectReview behind it."),
        mark("It tells who the server takes you for. (The command came with 1.27, its API on by default with 1.28.)"),
        "staging/src/k8s.io/kubectl/pkg/cmd/auth/whoami.go; KEP-3325",
    ),
    row(
        Change::TokenCleaner,
        "1.29",
        mark("Unused generated token Secrets are cleaned up"),
        mark("They stay for ever, and the label kubernetes.io/legacy-token-invalid-since means nothing."),
        mark(
            "After a year without use the cleaner marks them with that label, which refuses their token; after another year it deletes them.",
        ),
        "pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go; KEP-2799; #120682",
    ),
    row(
        Change::TokenId,
        "1.30",
        mark("Tokens have an id"),
        mark("No jti claim, no credential-id: two tokens of one account cannot be told apart in the audit log."),
        mark("Every requested token has a jti; whoever shows it has it as credential-id."),
        "pkg/serviceaccount/claims.go; KEP-4193",
    ),
    row(
        Change::NodeInfo,
        "1.30",
        mark("A pod's token names its node"),
        mark("The claims name the pod only."),
        mark("They name the node too, and so does the user's extra."),
        "pkg/serviceaccount/claims.go; KEP-4193",
    ),
    row(
        Change::NodeBinding,
        "1.31",
        mark("Tokens bound to a Node"),
        mark("A token can be bound to a Pod or a Secret."),
        mark("Or to a Node."),
        "pkg/registry/core/serviceaccount/storage/token.go, kubectl create token; KEP-4193",
    ),
    row(
        Change::CertificateId,
        "1.32",
        mark("Client certificates have an id"),
        mark("The user of a certificate has no extra."),
        mark("Its fingerprint is there as credential-id."),
        "staging/src/k8s.io/apiserver/pkg/authentication/request/x509/x509.go; #125634",
    ),
    row(
        Change::MountableSecretsWarning,
        "1.32",
        mark("enforce-mountable-secrets is deprecated"),
        mark("The annotation is accepted without a word."),
        mark("Setting it warns."),
        "pkg/registry/core/serviceaccount/strategy.go; #128396",
    ),
    row(
        Change::DeletedFrom,
        "1.34",
        mark("kubectl delete names the namespace"),
        "serviceaccount \"x\" deleted",
        "serviceaccount \"x\" deleted from default namespace",
        "staging/src/k8s.io/kubectl/pkg/cmd/delete/delete.go; #126619",
    ),
    row(
        Change::NoSecretsColumn,
        "1.35",
        mark("No SECRETS column, no Tokens in describe"),
        mark("kubectl get serviceaccounts counts the listed Secrets; describe has Mountable secrets and Tokens."),
        mark("Both are gone: after 1.24 they said 0 and none of healthy accounts."),
        "pkg/printers/internalversion/printers.go, staging/src/k8s.io/kubectl/pkg/describe/describe.go; #117160",
    ),
    row(
        Change::ControllerAccounts,
        mark("1.30 to 1.36"),
        mark("Accounts of newer controllers"),
        mark(
            "kube-system has no ServiceAccounts, roles and bindings for the controllers of device taints, resource claims, Service CIDRs, validating admission policies and volume attributes classes.",
        ),
        mark("It has."),
        "plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go",
    ),
];

/// The row of a change.
pub fn of(change: Change) -> &'static Difference {
    TABLE.iter().find(|row| row.change == Some(change)).unwrap_or(&NUMBERS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::release::Release;

    #[test]
    fn every_change_has_its_row_and_the_release_fits() {
        let rows: Vec<Option<Change>> = TABLE.iter().map(|row| row.change).collect();
        assert_eq!(rows, Change::ALL.map(Some));
        for row in TABLE {
            let change = row.change.unwrap_or(Change::TokenId);
            let minor =
                |text: &str| text.split(' ').next().and_then(|text| text.strip_prefix("1.")?.parse::<u32>().ok());
            let first = Release::ALL.into_iter().find(|release| minor(release.name()) >= minor(row.since));
            assert_eq!(first, Some(change.release()), "{row:?}");
            assert!([row.title, row.before, row.now, row.source].iter().all(|text| !text.is_empty()));
        }
    }
}
