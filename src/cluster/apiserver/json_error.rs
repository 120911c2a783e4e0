//! What Go's JSON scanner says about text that is no JSON.
//!
//! Follows encoding/json/scanner.go: the same states, the same sentences. It runs only once serde has refused.

use crate::api::go::quote;

/// How deep Go's scanner (10,000) would go is beyond what we read; ours is serde's limit.
const DEPTH_MAX: usize = 127;

/// The sentence about the first mistake in `text`.
pub fn explain(text: &[u8]) -> String {
    let mut scanner = Scanner { text, at: 0, depth: 0 };
    match scanner.document() {
        Err(problem) => problem,
        Ok(()) => "unexpected end of JSON input".to_owned(),
    }
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
    depth: usize,
}

type Outcome = Result<(), String>;

impl Scanner<'_> {
    fn document(&mut self) -> Outcome {
        self.value("looking for beginning of value")?;
        self.space();
        match self.peek() {
            None => Ok(()),
            Some(c) => Err(invalid(c, "after top-level value")),
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r' | b'\n')) {
            self.at += 1;
        }
    }

    fn next(&mut self) -> Result<u8, String> {
        let c = self.peek().ok_or_else(|| "unexpected end of JSON input".to_owned())?;
        self.at += 1;
        Ok(c)
    }

    fn value(&mut self, context: &str) -> Outcome {
        self.space();
        match self.next()? {
            b'{' => self.nested(Scanner::object),
            b'[' => self.nested(Scanner::array),
            b'"' => self.string(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            b'-' => match self.next()? {
                b'0'..=b'9' => self.number(),
                c => Err(invalid(c, "in numeric literal")),
            },
            b'0'..=b'9' => self.number(),
            c => Err(invalid(c, context)),
        }
    }

    fn nested(&mut self, inside: fn(&mut Self) -> Outcome) -> Outcome {
        if self.depth >= DEPTH_MAX {
            return Err("exceeded max depth".to_owned());
        }
        self.depth += 1;
        let outcome = inside(self);
        self.depth -= 1;
        outcome
    }

    fn object(&mut self) -> Outcome {
        self.space();
        let mut context = "looking for beginning of object key string";
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            match self.next()? {
                b'"' => self.string()?,
                c => return Err(invalid(c, context)),
            }
            self.space();
            match self.next()? {
                b':' => self.value("looking for beginning of value")?,
                c => return Err(invalid(c, "after object key")),
            }
            self.space();
            match self.next()? {
                b',' => context = "looking for beginning of object key string",
                b'}' => return Ok(()),
                c => return Err(invalid(c, "after object key:value pair")),
            }
        }
    }

    fn array(&mut self) -> Outcome {
        self.space();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.value("looking for beginning of value")?;
            self.space();
            match self.next()? {
                b',' => {}
                b']' => return Ok(()),
                c => return Err(invalid(c, "after array element")),
            }
        }
    }

    fn string(&mut self) -> Outcome {
        loop {
            match self.next()? {
                b'"' => return Ok(()),
                b'\\' => match self.next()? {
                    b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => {}
                    b'u' => {
                        for _ in 0..4 {
                            let c = self.next()?;
                            if !c.is_ascii_hexdigit() {
                                return Err(invalid(c, "in \\u hexadecimal character escape"));
                            }
                        }
                    }
                    c => return Err(invalid(c, "in string escape code")),
                },
                c if c < 0x20 => return Err(invalid(c, "in string literal")),
                _ => {}
            }
        }
    }

    fn word(&mut self, word: &str) -> Outcome {
        for expected in word.bytes().skip(1) {
            let c = self.next()?;
            if c != expected {
                return Err(invalid(c, &format!("in literal {word} (expecting '{}')", char::from(expected))));
            }
        }
        Ok(())
    }

    fn number(&mut self) -> Outcome {
        while matches!(self.peek(), Some(b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-')) {
            self.at += 1;
        }
        Ok(())
    }
}

fn invalid(c: u8, context: &str) -> String {
    let shown = match c {
        b'\'' => r"'\''".to_owned(),
        b'"' => "'\"'".to_owned(),
        c => {
            let quoted = quote(&char::from(c).to_string());
            format!("'{}'", quoted.trim_matches('"'))
        }
    };
    format!("invalid character {shown} {context}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speaks_as_go_does() {
        for (text, sentence) in [
            ("{", "unexpected end of JSON input"),
            ("", "unexpected end of JSON input"),
            ("x", "invalid character 'x' looking for beginning of value"),
            ("{a", "invalid character 'a' looking for beginning of object key string"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 2}", "invalid character '2' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("nope", "invalid character 'o' in literal null (expecting 'u')"),
            ("{} {}", "invalid character '{' after top-level value"),
            ("\"\n\"", "invalid character '\\n' in string literal"),
            ("'a'", "invalid character '\\'' looking for beginning of value"),
        ] {
            assert_eq!(explain(text.as_bytes()), sentence, "{text}");
        }
        assert_eq!(explain("[".repeat(500).as_bytes()), "exceeded max depth");
    }
}
