//! The grammar of label selectors, with Kubernetes' words for every mistake.

use crate::api::go;
use crate::api::names;
use crate::api::selector::lexer::{Token, tokens};
use crate::api::selector::{Operator, Requirement};
use std::collections::BTreeSet;

struct Parser<'a> {
    tokens: Vec<(Token, &'a str)>,
    position: usize,
}

/// Reads the requirements of a selector in the order written.
pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, String> {
    let mut parser = Parser { tokens: tokens(text), position: 0 };
    let mut requirements = Vec::new();
    loop {
        match parser.peek_value() {
            (Token::Identifier | Token::Not, _) => {
                let requirement =
                    parser.requirement().map_err(|error| format!("unable to parse requirement: {error}"))?;
                requirements.push(requirement);
                match parser.next_value() {
                    (Token::End, _) => return Ok(requirements),
                    (Token::Comma, _) => {
                        let (token, found) = parser.peek_value();
                        if !matches!(token, Token::Identifier | Token::Not) {
                            return Err(format!("found '{found}', expected: identifier after ','"));
                        }
                    }
                    (_, found) => return Err(format!("found '{found}', expected: ',' or 'end of string'")),
                }
            }
            (Token::End, _) => return Ok(requirements),
            (_, found) => return Err(format!("found '{found}', expected: !, identifier, or 'end of string'")),
        }
    }
}

impl<'a> Parser<'a> {
    fn peek(&self) -> (Token, &'a str) {
        self.tokens.get(self.position).copied().unwrap_or((Token::End, ""))
    }

    /// The next token where a value may stand: keywords are words there.
    fn peek_value(&self) -> (Token, &'a str) {
        match self.peek() {
            (Token::In | Token::NotIn, word) => (Token::Identifier, word),
            other => other,
        }
    }

    fn next(&mut self) -> (Token, &'a str) {
        let token = self.peek();
        self.position += 1;
        token
    }

    fn next_value(&mut self) -> (Token, &'a str) {
        let token = self.peek_value();
        self.position += 1;
        token
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let (mut token, mut key) = self.next_value();
        let negated = token == Token::Not;
        if negated {
            (token, key) = self.next_value();
        }
        if token != Token::Identifier {
            return Err(format!("found '{key}', expected: identifier"));
        }
        complain("<nil>", key, names::label_key(key))?;
        let bare = |operator| Ok(Requirement { key: key.to_owned(), operator, values: Vec::new() });
        if negated {
            return bare(Operator::DoesNotExist);
        }
        if matches!(self.peek_value().0, Token::End | Token::Comma) {
            return bare(Operator::Exists);
        }
        let operator = self.operator()?;
        let values: BTreeSet<&str> = match operator {
            Operator::In | Operator::NotIn => self.list()?,
            _ => BTreeSet::from([self.exact()?]),
        };
        for (index, value) in values.iter().enumerate() {
            if matches!(operator, Operator::GreaterThan | Operator::LessThan) && value.parse::<i64>().is_err() {
                let why = "for 'Gt', 'Lt' operators, the value must be an integer";
                return Err(format!("values[{index}]: Invalid value: {}: {why}", go::quote(value)));
            }
            complain(&format!("values[{index}][{key}]"), value, names::label_value(value))?;
        }
        Ok(Requirement { key: key.to_owned(), operator, values: values.into_iter().map(str::to_owned).collect() })
    }

    fn operator(&mut self) -> Result<Operator, String> {
        Ok(match self.next() {
            (Token::In, _) => Operator::In,
            (Token::NotIn, _) => Operator::NotIn,
            (Token::Equals, _) => Operator::Equals,
            (Token::DoubleEquals, _) => Operator::DoubleEquals,
            (Token::NotEquals, _) => Operator::NotEquals,
            (Token::Greater, _) => Operator::GreaterThan,
            (Token::Less, _) => Operator::LessThan,
            (_, found) => return Err(format!("found '{found}', expected: in, notin, =, ==, !=, gt, lt")),
        })
    }

    fn exact(&mut self) -> Result<&'a str, String> {
        match self.peek_value() {
            (Token::End | Token::Comma, _) => Ok(""),
            (Token::Identifier, value) => {
                self.position += 1;
                Ok(value)
            }
            (_, found) => Err(format!("found '{found}', expected: identifier")),
        }
    }

    fn list(&mut self) -> Result<BTreeSet<&'a str>, String> {
        let (token, found) = self.next_value();
        if token != Token::Open {
            return Err(format!("found '{found}' expected: '('"));
        }
        let mut values = BTreeSet::new();
        match self.peek_value() {
            (Token::Close, _) => {
                self.position += 1;
                return Ok(BTreeSet::from([""]));
            }
            (Token::Identifier | Token::Comma, _) => {}
            (_, found) => return Err(format!("found '{found}', expected: ',', ')' or identifier")),
        }
        loop {
            match self.next_value() {
                (Token::Identifier, value) => {
                    values.insert(value);
                    match self.peek_value() {
                        (Token::Comma, _) => {}
                        (Token::Close, _) => break,
                        (_, found) => return Err(format!("found '{found}', expected: ',' or ')'")),
                    }
                }
                (Token::Comma, _) => {
                    match self.peek_value() {
                        (Token::Comma, _) => {
                            self.position += 1;
                            values.insert("");
                        }
                        (Token::Close, _) => {
                            values.insert("");
                            break;
                        }
                        _ => {
                            if values.is_empty() {
                                values.insert("");
                            }
                        }
                    };
                }
                (_, found) => return Err(format!("found '{found}', expected: ',', or identifier")),
            }
        }
        self.position += 1;
        Ok(values)
    }
}

fn complain(field: &str, value: &str, errors: Vec<String>) -> Result<(), String> {
    if errors.is_empty() {
        return Ok(());
    }
    Err(format!("{field}: Invalid value: {}: {}", go::quote(value), errors.join("; ")))
}
