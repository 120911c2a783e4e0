//! The folder to put on a server: `dist/`, and beside each file that shrinks its `.br` and `.gz`, for servers that send what is
//! compressed already.

use crate::{Failure, artefact, write};
use std::io::Write;
use std::path::{Path, PathBuf};

/// What is worth compressing; everything else is sent as it is.
const TEXT: [&str; 10] = ["html", "css", "js", "wasm", "svg", "md", "txt", "json", "ts", "webmanifest"];

/// Writes the folder anew and gives the files in it that are largest compressed, one a kind.
pub fn write_folder() -> Result<Vec<PathBuf>, Failure> {
    let folder = artefact("site");
    let _ = std::fs::remove_dir_all(&folder);
    copy(&xtask::paths::dist(), &folder)?;
    Ok(["wasm.br", "wasm.gz"].iter().filter_map(|end| with_end(&folder, end)).collect())
}

fn with_end(folder: &Path, end: &str) -> Option<PathBuf> {
    folder.read_dir().ok()?.flatten().map(|entry| entry.path()).find(|path| path.to_string_lossy().ends_with(end))
}

fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    let entries = from.read_dir().map_err(|error| format!("{}: {error}", from.display()))?;
    for entry in entries.flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &to)?;
            continue;
        }
        let raw = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        write(&to, &raw)?;
        // What only servers read is not sent.
        if path.extension().and_then(|kind| kind.to_str()).is_some_and(|kind| TEXT.contains(&kind)) {
            for (end, small) in [("br", brotli(&raw)?), ("gz", gzip(&raw)?)] {
                if small.len() < raw.len() {
                    write(&PathBuf::from(format!("{}.{end}", to.display())), &small)?;
                }
            }
        }
    }
    Ok(())
}

/// As small as it gets within the window that every browser takes.
fn brotli(raw: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut small = Vec::new();
    let best = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 24, ..Default::default() };
    brotli::BrotliCompress(&mut &*raw, &mut small, &best).map_err(|error| error.to_string())?;
    Ok(small)
}

fn gzip(raw: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut out = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    out.write_all(raw).and_then(|()| out.finish()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;

    #[test]
    fn what_is_compressed_is_the_same_bytes() {
        let raw = "ServiceAccount ".repeat(100).into_bytes();
        let (mut from_br, mut from_gz) = (Vec::new(), Vec::new());
        let small = brotli(&raw).unwrap();
        brotli::BrotliDecompress(&mut &*small, &mut from_br).unwrap();
        flate2::read::GzDecoder::new(&*gzip(&raw).unwrap()).read_to_end(&mut from_gz).unwrap();
        assert!(from_br == raw && from_gz == raw && small.len() < raw.len() / 10);
    }
}
