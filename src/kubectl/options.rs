//! The flags that every command has, and the groups of flags that several share; `kubectl options`.
//!
//! Follows staging/src/k8s.io/cli-runtime/pkg/genericclioptions/config_flags.go.

use crate::api::go;
use crate::kubectl::command::Command;
use crate::kubectl::context::Context;
use crate::kubectl::errors::Failure;
use crate::kubectl::flags::{Flag, Flags};

/// The flags that every command has. Those for profiles, caches and logs are accepted and change nothing here.
pub const GLOBAL: [Flag; 25] = [
    Flag::text("as", "", "Username to impersonate; may be a service account, system:serviceaccount:NAMESPACE:NAME"),
    Flag::array("as-group", "", "Group to impersonate; may be repeated"),
    Flag::text("as-uid", "", "UID to impersonate"),
    Flag::array("as-user-extra", "", "Extra to impersonate, KEY=VALUE; may be repeated"),
    Flag::text("cache-dir", "", "Folder of cached discovery (not used)"),
    Flag::text("certificate-authority", "", "File with the certificate of the server's authority"),
    Flag::text("client-certificate", "", "File with a client certificate"),
    Flag::text("client-key", "", "File with a client key"),
    Flag::text("cluster", "", "Name of the kubeconfig cluster to use"),
    Flag::text("context", "", "Name of the kubeconfig context to use"),
    Flag::boolean("disable-compression", "", "Ask for uncompressed answers (nothing is compressed)"),
    Flag::boolean("insecure-skip-tls-verify", "", "Don't check the server's certificate"),
    Flag::text("kubeconfig", "", "Path of the kubeconfig"),
    Flag::text("kuberc", "", "Path of the preferences file (not used)"),
    Flag::duration("log-flush-frequency", "", "How often logs are written (not used)").or("5s"),
    Flag::boolean("match-server-version", "", "Require the server's version to be the client's"),
    Flag::text("namespace", "n", "Namespace to work in"),
    Flag::text("request-timeout", "", "How long to wait for one request, 0 for ever").or("0"),
    Flag::text("server", "s", "Address of the API server"),
    Flag::text("tls-server-name", "", "Name to check the server's certificate for (not used)"),
    Flag::text("token", "", "Bearer token; a client certificate in the kubeconfig wins over it"),
    Flag::text("user", "", "Name of the kubeconfig user to use"),
    Flag::integer("v", "v", "How much to log: 6 shows requests"),
    Flag::text("vmodule", "", "Log levels by file (not used)"),
    Flag::boolean("warnings-as-errors", "", "Treat the server's warnings as errors"),
];

/// `-o` and what belongs to it.
pub const OUTPUT: &[Flag] = &[
    Flag::text("output", "o", "Output format: json, yaml, kyaml, name, jsonpath=..., go-template=..., ..."),
    Flag::text("template", "", "Template for -o jsonpath or -o go-template"),
    Flag::boolean("allow-missing-template-keys", "", "Ignore keys that a template names and the object lacks")
        .or("true"),
    Flag::boolean("show-managed-fields", "", "Keep metadata.managedFields when printing"),
];

/// `-f` and what belongs to it.
pub const FILES: &[Flag] = &[
    Flag::slice("filename", "f", "File, folder or - (standard input) with manifests"),
    Flag::text("kustomize", "k", "Kustomization folder (not simulated)"),
    Flag::boolean("recursive", "R", "Take the folders inside a folder too"),
];

/// `--dry-run`.
pub const DRY_RUN: &[Flag] = &[Flag::text("dry-run", "", "none, client (only print) or server (ask, store nothing)")
    .or("none")
    .bare("unchanged")];

/// `-l`.
pub const SELECTOR: &[Flag] =
    &[Flag::text("selector", "l", "Label selector: key=value, key!=value, key in (a,b), key, !key")];

/// How far a command goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DryRun {
    /// All the way.
    #[default]
    None,
    /// Nothing is sent.
    Client,
    /// The server checks and stores nothing.
    Server,
}

impl DryRun {
    /// What stands behind the verb: `serviceaccount/x created (dry run)`.
    pub fn suffix(self) -> &'static str {
        match self {
            DryRun::None => "",
            DryRun::Client => " (dry run)",
            DryRun::Server => " (server dry run)",
        }
    }

    /// Reads `--dry-run`; a bare one is logged as deprecated and means `client`.
    ///
    /// # Errors
    /// Any other value.
    pub fn from(context: &mut Context) -> Result<Self, Failure> {
        let value = context.flags.text("dry-run").to_owned();
        match value.as_str() {
            "none" => Ok(DryRun::None),
            "client" => Ok(DryRun::Client),
            "server" => Ok(DryRun::Server),
            "unchanged" => {
                let now = context.host.client().now();
                let stamp = crate::kubectl::verbosity::stamp('W', now, "helpers.go:719");
                context
                    .complain(format!("{stamp} --dry-run is deprecated and can be replaced with --dry-run=client.\n"));
                Ok(DryRun::Client)
            }
            other => Err(Failure::message(format!(
                "Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
            ))),
        }
    }
}

/// Checks the global flags that no request would check.
///
/// # Errors
/// pflag's or client-go's sentence.
pub fn check(flags: &Flags) -> Result<(), Failure> {
    crate::kubectl::verbosity::check(flags.integer("v"))?;
    let timeout = flags.text("request-timeout");
    if timeout.parse::<u64>().is_err() && crate::api::duration::parse(timeout).is_err() {
        let text = "invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a \
                    corresponding time unit (e.g. 1s | 2m | 3h)";
        return Err(Failure::message(format!("{text}: {}", go::quote(timeout))));
    }
    Ok(())
}

/// `kubectl options`.
pub const COMMAND: Command = Command {
    name: "options",
    summary: "List the flags that every command has",
    run: |context| {
        let text = crate::kubectl::help::flag_lines(&GLOBAL);
        context.print(format!("The following options can be passed to any command:\n\n{text}"));
        Ok(())
    },
    ..Command::EMPTY
};
