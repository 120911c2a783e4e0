//! Cuts a label selector into tokens.

/// A token and its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub(super) enum Token {
    End,
    Identifier,
    Comma,
    Not,
    Open,
    Close,
    Equals,
    DoubleEquals,
    NotEquals,
    Greater,
    Less,
    In,
    NotIn,
}

fn is_special(c: char) -> bool {
    matches!(c, '=' | '!' | '(' | ')' | ',' | '>' | '<')
}

/// All tokens of a selector, the end included. `in` and `notin` come as keywords; where a value is wanted the parser
/// takes them as words.
pub(super) fn tokens(text: &str) -> Vec<(Token, &str)> {
    let mut found = Vec::new();
    let mut rest = text.trim_start_matches([' ', '\t', '\r', '\n']);
    while let Some(first) = rest.chars().next() {
        let length = if is_special(first) {
            match rest.get(..2) {
                Some("==" | "!=") => 2,
                _ => 1,
            }
        } else {
            rest.find(|c: char| is_special(c) || matches!(c, ' ' | '\t' | '\r' | '\n')).unwrap_or(rest.len())
        };
        let (word, after) = rest.split_at(length);
        let token = match word {
            "," => Token::Comma,
            "!" => Token::Not,
            "(" => Token::Open,
            ")" => Token::Close,
            "=" => Token::Equals,
            "==" => Token::DoubleEquals,
            "!=" => Token::NotEquals,
            ">" => Token::Greater,
            "<" => Token::Less,
            "in" => Token::In,
            "notin" => Token::NotIn,
            _ => Token::Identifier,
        };
        found.push((token, word));
        rest = after.trim_start_matches([' ', '\t', '\r', '\n']);
    }
    found.push((Token::End, ""));
    found
}
