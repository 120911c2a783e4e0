//! Backslash escapes of `echo -e`, `printf` and `$'…'`.

/// What escapes expand to.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Expanded {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// `\c` was met: nothing more is printed.
    pub stop: bool,
}

impl Expanded {
    /// As text; what is no UTF-8 is replaced.
    pub fn text_lossy(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }
}

/// Expands `\n \t \\ \a \b \e \f \r \v \c \NNN \0NNN \xHH \uHHHH`; others stay as they are.
pub fn expand(text: &str) -> Expanded {
    let mut out = Expanded::default();
    let bytes = text.as_bytes();
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        index += 1;
        if byte != b'\\' {
            out.bytes.push(byte);
            continue;
        }
        let Some(&next) = bytes.get(index) else {
            out.bytes.push(b'\\');
            break;
        };
        index += 1;
        let simple = match next {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'a' => 7,
            b'b' => 8,
            b'v' => 11,
            b'f' => 12,
            b'e' | b'E' => 27,
            b'\\' => b'\\',
            b'c' => {
                out.stop = true;
                return out;
            }
            b'0'..=b'7' => {
                let start = if next == b'0' { index } else { index - 1 };
                index = number(bytes, start, 3, 8, &mut out.bytes).unwrap_or(index);
                if next == b'0' && index == start {
                    out.bytes.push(0);
                }
                continue;
            }
            b'x' => {
                match number(bytes, index, 2, 16, &mut out.bytes) {
                    Some(end) => index = end,
                    None => out.bytes.extend_from_slice(b"\\x"),
                }
                continue;
            }
            b'u' | b'U' => {
                let length = if next == b'u' { 4 } else { 8 };
                let digits = bytes.get(index..).unwrap_or_default();
                let count = digits.iter().take(length).take_while(|b| b.is_ascii_hexdigit()).count();
                let hex = std::str::from_utf8(digits.get(..count).unwrap_or_default()).unwrap_or_default();
                match u32::from_str_radix(hex, 16).ok().and_then(char::from_u32) {
                    Some(c) => out.bytes.extend_from_slice(c.to_string().as_bytes()),
                    None => out.bytes.extend_from_slice(&[b'\\', next]),
                }
                index += count;
                continue;
            }
            other => {
                out.bytes.extend_from_slice(&[b'\\', other]);
                continue;
            }
        };
        out.bytes.push(simple);
    }
    out
}

/// Reads up to `length` digits at `start`, pushes their value and returns where they end; `None` if there are none.
fn number(bytes: &[u8], start: usize, length: usize, radix: u32, out: &mut Vec<u8>) -> Option<usize> {
    let digits = bytes.get(start..)?;
    let values: Vec<u32> = digits.iter().take(length).map_while(|b| char::from(*b).to_digit(radix)).collect();
    if values.is_empty() {
        return if radix == 8 { Some(start) } else { None };
    }
    let value = values.iter().fold(0, |value, digit| value * radix + digit);
    out.push((value & 0xff) as u8);
    Some(start + values.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expands_what_printf_knows() {
        assert_eq!(expand(r"a\tb\n").bytes, b"a\tb\n");
        assert_eq!(expand(r"\x41\101\0101\u00e9\q").text_lossy(), "AAAé\\q");
        assert_eq!(expand(r"\0").bytes, [0]);
        assert_eq!(expand(r"\xzz\").text_lossy(), r"\xzz\");
        assert_eq!(expand(r"x\cy"), Expanded { bytes: b"x".to_vec(), stop: true });
    }
}
