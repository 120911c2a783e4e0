//! `base64 [-d] [-w N] [-i] [FILE]`

use crate::shell::runner::{Runner, Step};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Runs it.
pub fn run(runner: &mut Runner<'_>, arguments: &[String]) -> Step {
    let long = [("decode", 'd'), ("wrap", 'w'), ("ignore-garbage", 'i')];
    let options = match runner.options("base64", arguments, "dw:i", &long) {
        Ok(options) => options,
        Err(step) => return step,
    };
    let (inputs, exit) = runner.inputs("base64", options.operands.get(..1).unwrap_or(&options.operands));
    let Some((_, bytes)) = inputs.first() else { return Ok(exit) };
    if !options.has('d') {
        let width = options.value('w').and_then(|width| width.parse().ok()).unwrap_or(76);
        runner.out(wrap(&STANDARD.encode(bytes), width));
        return Ok(0);
    }
    let (decoded, good) = decode(bytes, options.has('i'));
    runner.out(decoded);
    if good {
        return Ok(0);
    }
    let message = if runner.busybox() { "base64: truncated input\n" } else { "base64: invalid input\n" };
    runner.err(message);
    Ok(1)
}

fn wrap(text: &str, width: usize) -> String {
    if width == 0 {
        return text.to_owned();
    }
    text.as_bytes().chunks(width).map(|line| String::from_utf8_lossy(line).into_owned() + "\n").collect()
}

/// Decodes as far as it goes: what stands before a mistake is printed, as the real ones do.
pub fn decode(bytes: &[u8], ignore_garbage: bool) -> (Vec<u8>, bool) {
    let mut out = Vec::new();
    let mut group: Vec<u8> = Vec::new();
    let mut padding = 0;
    for byte in bytes {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'\n' | b'\r' => continue,
            b'=' if group.len() + padding >= 2 => {
                padding += 1;
                if group.len() + padding == 4 {
                    flush(&mut group, &mut out);
                    padding = 0;
                }
                continue;
            }
            _ if ignore_garbage => continue,
            _ => {
                flush(&mut group, &mut out);
                return (out, false);
            }
        };
        if padding > 0 {
            return (out, false);
        }
        group.push(value);
        if group.len() == 4 {
            flush(&mut group, &mut out);
        }
    }
    let complete = group.is_empty();
    flush(&mut group, &mut out);
    (out, complete)
}

fn flush(group: &mut Vec<u8>, out: &mut Vec<u8>) {
    let bits = group.iter().fold(0_u32, |bits, value| bits << 6 | u32::from(*value)) << (6 * (4 - group.len().min(4)));
    let bytes = bits.to_be_bytes();
    let count = group.len().saturating_sub(1);
    out.extend(bytes.iter().skip(1).take(count));
    group.clear();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_what_it_can() {
        assert_eq!(decode(b"YWJj\nZA==\n", false), (b"abcd".to_vec(), true));
        assert_eq!(decode(b"YWJjZA", false), (b"abcd".to_vec(), false));
        assert_eq!(decode(b"YWJj!", false), (b"abc".to_vec(), false));
        assert_eq!(decode(b"YW!Jj", true), (b"abc".to_vec(), true));
        assert_eq!(decode(b"YQ==YWJj", false), (b"aabc".to_vec(), true));
        assert_eq!(wrap("aaaa", 3), "aaa\na\n");
    }
}
