//! `$((…))`: the integer arithmetic of the shell, with assignments.

use crate::shell::runner::Runner;

const DEPTH_MAX: usize = 50;

struct Reader<'a, 'b, 'c> {
    runner: &'a mut Runner<'b>,
    chars: &'c [char],
    position: usize,
    depth: usize,
}

type Number = Result<i64, String>;

/// Computes an expression whose `$…` are already expanded.
///
/// # Errors
/// A message in bash's words, without the expression in front.
pub fn evaluate(runner: &mut Runner<'_>, text: &str) -> Number {
    let chars: Vec<char> = text.chars().collect();
    let mut reader = Reader { runner, chars: &chars, position: 0, depth: 0 };
    reader.blanks();
    if reader.position >= chars.len() {
        return Ok(0);
    }
    let value = reader.comma()?;
    if reader.position < chars.len() {
        return Err(reader.fail("syntax error in expression"));
    }
    Ok(value)
}

const LEVELS: [&[&str]; 10] = [
    &["||"],
    &["&&"],
    &["|"],
    &["^"],
    &["&"],
    &["==", "!="],
    &["<=", ">=", "<", ">"],
    &["<<", ">>"],
    &["+", "-"],
    &["*", "/", "%"],
];

impl Reader<'_, '_, '_> {
    fn blanks(&mut self) {
        while self.chars.get(self.position).is_some_and(|c| c.is_whitespace()) {
            self.position += 1;
        }
    }

    fn rest(&self) -> String {
        self.chars.get(self.position..).unwrap_or_default().iter().collect()
    }

    fn fail(&self, message: &str) -> String {
        format!("{message} (error token is \"{}\")", self.rest().chars().take(60).collect::<String>())
    }

    fn looking_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(index, c)| self.chars.get(self.position + index) == Some(&c))
    }

    fn take(&mut self, text: &str) -> bool {
        let found = self.looking_at(text);
        if found {
            self.position += text.len();
            self.blanks();
        }
        found
    }

    fn comma(&mut self) -> Number {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("expression recursion level exceeded".to_owned());
        }
        let mut value = self.assignment()?;
        while self.take(",") {
            value = self.assignment()?;
        }
        self.depth -= 1;
        Ok(value)
    }

    fn name(&mut self) -> String {
        let rest = self.chars.get(self.position..).unwrap_or_default();
        let starts = rest.first().is_some_and(|c| c.is_ascii_alphabetic() || *c == '_');
        if !starts {
            return String::new();
        }
        rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').collect()
    }

    fn assignment(&mut self) -> Number {
        let start = self.position;
        let name = self.name();
        if !name.is_empty() {
            self.position += name.len();
            self.blanks();
            for operator in ["+=", "-=", "*=", "/=", "%=", "="] {
                if self.looking_at(operator) && !self.looking_at("==") {
                    self.take(operator);
                    let right = self.assignment()?;
                    let left = self.variable(&name)?;
                    let value = match operator.trim_end_matches('=') {
                        "" => right,
                        operator => self.apply(operator, left, right)?,
                    };
                    self.runner.assign(&name, &value.to_string());
                    return Ok(value);
                }
            }
            self.position = start;
        }
        self.ternary()
    }

    fn ternary(&mut self) -> Number {
        let condition = self.binary(0)?;
        if !self.take("?") {
            return Ok(condition);
        }
        let yes = self.comma()?;
        if !self.take(":") {
            return Err(self.fail("`:' expected for conditional expression"));
        }
        let no = self.ternary()?;
        Ok(if condition != 0 { yes } else { no })
    }

    fn binary(&mut self, level: usize) -> Number {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let mut left = self.binary(level + 1)?;
        loop {
            let found = operators.iter().copied().find(|operator| {
                // `<` is not the beginning of `<<`, nor `&` of `&&`.
                let longer = ["||", "&&", "<<", ">>", "<=", ">=", "**"];
                self.looking_at(operator)
                    && !longer
                        .iter()
                        .any(|long| long.len() > operator.len() && long.starts_with(operator) && self.looking_at(long))
            });
            let Some(operator) = found else { return Ok(left) };
            self.take(operator);
            let right = self.binary(level + 1)?;
            left = self.apply(operator, left, right)?;
        }
    }

    fn apply(&self, operator: &str, left: i64, right: i64) -> Number {
        let truth = |value: bool| i64::from(value);
        Ok(match operator {
            "||" => truth(left != 0 || right != 0),
            "&&" => truth(left != 0 && right != 0),
            "|" => left | right,
            "^" => left ^ right,
            "&" => left & right,
            "==" => truth(left == right),
            "!=" => truth(left != right),
            "<=" => truth(left <= right),
            ">=" => truth(left >= right),
            "<" => truth(left < right),
            ">" => truth(left > right),
            "<<" => left.wrapping_shl(right as u32),
            ">>" => left.wrapping_shr(right as u32),
            "+" => left.wrapping_add(right),
            "-" => left.wrapping_sub(right),
            "*" => left.wrapping_mul(right),
            "/" | "%" if right == 0 => return Err(self.fail("division by 0")),
            "/" => left.wrapping_div(right),
            _ => left.wrapping_rem(right),
        })
    }

    fn unary(&mut self) -> Number {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err("expression recursion level exceeded".to_owned());
        }
        let value = if self.looking_at("++") || self.looking_at("--") {
            let step = if self.take("++") { 1 } else { -i64::from(self.take("--")) };
            let name = self.name();
            self.position += name.len();
            self.blanks();
            let value = self.variable(&name)?.wrapping_add(step);
            self.runner.assign(&name, &value.to_string());
            value
        } else if self.take("!") {
            i64::from(self.unary()? == 0)
        } else if self.take("~") {
            !self.unary()?
        } else if self.take("-") {
            self.unary()?.wrapping_neg()
        } else if self.take("+") {
            self.unary()?
        } else {
            self.power()?
        };
        self.depth -= 1;
        Ok(value)
    }

    fn power(&mut self) -> Number {
        let base = self.primary()?;
        if !self.take("**") {
            return Ok(base);
        }
        let exponent = self.unary()?;
        let exponent = u32::try_from(exponent).map_err(|_| self.fail("exponent less than 0"))?;
        Ok(base.wrapping_pow(exponent))
    }

    fn primary(&mut self) -> Number {
        if self.take("(") {
            let value = self.comma()?;
            return if self.take(")") { Ok(value) } else { Err(self.fail("missing `)'")) };
        }
        let name = self.name();
        if !name.is_empty() {
            self.position += name.len();
            self.blanks();
            let value = self.variable(&name)?;
            let step = if self.take("++") {
                1
            } else if self.take("--") {
                -1
            } else {
                0
            };
            if step != 0 {
                self.runner.assign(&name, &value.wrapping_add(step).to_string());
            }
            return Ok(value);
        }
        let digits: String = {
            let rest = self.chars.get(self.position..).unwrap_or_default();
            rest.iter().take_while(|c| c.is_ascii_alphanumeric()).collect()
        };
        if digits.is_empty() {
            return Err(self.fail("syntax error: operand expected"));
        }
        let value = number(&digits).ok_or_else(|| self.fail("value too great for base"))?;
        self.position += digits.len();
        self.blanks();
        Ok(value)
    }

    fn variable(&mut self, name: &str) -> Number {
        let text = self.runner.frame().variable(name).unwrap_or_default().trim().to_owned();
        let (sign, digits) = text.strip_prefix('-').map_or((1, text.as_str()), |rest| (-1, rest));
        if text.is_empty() {
            return Ok(0);
        }
        if let Some(value) = number(digits) {
            return Ok(value.wrapping_mul(sign));
        }
        if crate::shell::parser::is_name(&text) && text != name && self.depth < DEPTH_MAX {
            self.depth += 1;
            let value = self.variable(&text);
            self.depth -= 1;
            return value;
        }
        Err(format!("syntax error: operand expected (error token is \"{text}\")"))
    }
}

fn number(digits: &str) -> Option<i64> {
    if let Some(hex) = digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X")) {
        return i64::from_str_radix(hex, 16).ok();
    }
    if digits.len() > 1 && digits.starts_with('0') {
        return i64::from_str_radix(digits, 8).ok();
    }
    digits.parse().ok()
}
