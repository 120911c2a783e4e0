//! The kubeconfig that `salab serve` writes: the administrator's, for the address that is served.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serviceaccount_lab::cluster::keys;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Where it is written unless somebody says where.
pub const DEFAULT_PATH: &str = "salab.kubeconfig";

/// Writes it, readable by its owner alone. A kubeconfig of other clusters is not written over.
///
/// # Errors
/// Such a file, or one that cannot be written.
pub fn write(path: &Path, server: &str) -> Result<(), String> {
    let words = |what: &str| format!("{}: {what}", path.display());
    match std::fs::read_to_string(path) {
        Ok(there) if !there.trim().is_empty() && !there.contains(&STANDARD.encode(keys::CERTIFICATE_AUTHORITY)) => {
            return Err(words("there is something else in that file, and it stays; name another one by --kubeconfig"));
        }
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(words(&error.to_string())),
        _ => {}
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(|error| words(&error.to_string()))?;
    file.write_all(keys::kubeconfig_for(server).as_bytes()).map_err(|error| words(&error.to_string()))
}
