//! Amounts of resources: `100m`, `1.5Gi`, `2e3`.
//!
//! Follows staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go, as far as comparing two of them needs.

use serde_json::Value;

const NANOS: i128 = 1_000_000_000;

/// The amount in billionths; `None` for what is no amount.
pub(super) fn parse(value: &Value) -> Option<i128> {
    match value {
        Value::String(text) => parse_text(text),
        Value::Number(number) => parse_text(&number.to_string()),
        _ => None,
    }
}

fn parse_text(text: &str) -> Option<i128> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let nanos = decimal(number)?;
    let binary = |exponent: u32| nanos.checked_mul(1_i128.checked_shl(exponent)?);
    let power = |exponent: i32| match exponent {
        0..=27 => nanos.checked_mul(10_i128.checked_pow(exponent.unsigned_abs())?),
        -27..0 => Some(nanos / 10_i128.checked_pow(exponent.unsigned_abs())?),
        _ => None,
    };
    match suffix {
        "" => Some(nanos),
        "Ki" => binary(10),
        "Mi" => binary(20),
        "Gi" => binary(30),
        "Ti" => binary(40),
        "Pi" => binary(50),
        "Ei" => binary(60),
        "n" => power(-9),
        "u" => power(-6),
        "m" => power(-3),
        "k" => power(3),
        "M" => power(6),
        "G" => power(9),
        "T" => power(12),
        "P" => power(15),
        "E" => power(18),
        _ => power(suffix.strip_prefix(['e', 'E'])?.parse().ok()?),
    }
}

fn decimal(number: &str) -> Option<i128> {
    let (negative, digits) = match number.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.len() <= 18 && part.bytes().all(|b| b.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction: i128 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let nanos = whole * NANOS + fraction;
    Some(if negative { -nanos } else { nanos })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn compares_amounts_in_any_unit() {
        let same =
            |a: Value, b: Value| assert_eq!(parse(&a).map(|n| (n, true)), parse(&b).map(|n| (n, true)), "{a} {b}");
        same(json!("1000m"), json!(1));
        same(json!("1Ki"), json!("1024"));
        same(json!("0.5"), json!("500m"));
        same(json!("2e3"), json!("2k"));
        assert!(parse(&json!("1Gi")) > parse(&json!("1G")));
        assert!(parse(&json!("-1")) < Some(0));
        for wrong in [json!("abc"), json!(""), json!("1x"), json!("e3"), json!("1.2.3"), json!(true)] {
            assert_eq!(parse(&wrong), None, "{wrong}");
        }
    }
}
