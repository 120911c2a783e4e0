//! Amounts of resources: `100m`, `1.5Gi`, `2e3`.
//!
//! Follows staging/src/k8s.io/apimachinery/pkg/api/resource/quantity.go, for amounts that fit its fast path.

use serde_json::Value;

const NANOS: i128 = 1_000_000_000;

/// The amount in billionths; `None` for what is no amount.
pub fn parse(value: &Value) -> Option<i128> {
    match value {
        Value::String(text) => parse_text(text),
        Value::Number(number) => parse_text(&number.to_string()),
        _ => None,
    }
}

const DECIMAL: [&str; 10] = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY: [&str; 7] = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];

/// An amount taken apart.
#[derive(Debug, PartialEq, Eq)]
pub struct Parts {
    /// The number, multiplied out if the suffix is binary.
    pub value: i128,
    /// The power of ten to multiply it with.
    pub scale: i32,
    /// `DecimalSI`, `BinarySI` or `DecimalExponent`.
    pub format: &'static str,
    /// Whether the parser keeps the text that it read.
    pub keeps_text: bool,
}

/// Takes an amount in its canonical form apart as the server's parser does.
pub fn parts(text: &str) -> Parts {
    let (number, suffix) = split(text);
    let value: i128 = number.parse().unwrap_or(0);
    if let Some(power) = BINARY.iter().skip(1).position(|unit| *unit == suffix) {
        let value = value.saturating_mul(1_i128 << (10 * (power + 1)));
        return Parts { value, scale: 0, format: "BinarySI", keeps_text: number.parse().unwrap_or(0_i128) & 7 != 0 };
    }
    let (scale, format) = match DECIMAL.iter().position(|unit| *unit == suffix) {
        Some(index) => (3 * i32::try_from(index).unwrap_or(0) - 9, "DecimalSI"),
        None => (suffix.get(1..).and_then(|exponent| exponent.parse().ok()).unwrap_or(0), "DecimalExponent"),
    };
    Parts { value, scale, format, keeps_text: scale % 3 == 0 && !number.ends_with("000") }
}

/// The form in which the server stores and shows an amount; `None` for what is no amount.
pub fn canonical(text: &str) -> Option<String> {
    let nanos = parse_text(text)?;
    if nanos == 0 {
        return Some("0".to_owned());
    }
    let suffix = split(text).1;
    if suffix.ends_with('i') && nanos.abs() >= 1024 * NANOS && nanos % NANOS == 0 {
        let (mut value, mut power) = (nanos / NANOS, 0);
        while value % 1024 == 0 && power + 1 < BINARY.len() {
            value /= 1024;
            power += 1;
        }
        return Some(format!("{value}{}", BINARY.get(power)?));
    }
    let (mut value, mut exponent) = (nanos, -9);
    while value % 1000 == 0 && exponent < 18 {
        value /= 1000;
        exponent += 3;
    }
    let unit = match usize::try_from(exponent / 3 + 3) {
        Ok(_) if suffix.len() > 1 && suffix.starts_with(['e', 'E']) => match exponent {
            0 => String::new(),
            exponent => format!("e{exponent}"),
        },
        Ok(index) => (*DECIMAL.get(index)?).to_owned(),
        Err(_) => return None,
    };
    Some(format!("{value}{unit}"))
}

fn split(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '+' | '-'))).unwrap_or(text.len());
    text.split_at(end)
}

fn parse_text(text: &str) -> Option<i128> {
    let (number, suffix) = split(text);
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
    fn writes_amounts_as_the_server_does() {
        for (given, stored) in [
            ("0.5", "500m"),
            ("1000m", "1"),
            ("1500m", "1500m"),
            ("0", "0"),
            ("00", "0"),
            ("1024Mi", "1Gi"),
            ("1.5Gi", "1536Mi"),
            ("0.5Mi", "512Ki"),
            ("0.1Ki", "102400m"),
            ("512", "512"),
            ("128974848", "128974848"),
            ("129e6", "129e6"),
            ("1e3", "1e3"),
            ("100e1", "1e3"),
            ("5E", "5E"),
            ("+1k", "1k"),
            ("-1", "-1"),
            ("1000k", "1M"),
        ] {
            assert_eq!(canonical(given).as_deref(), Some(stored), "{given}");
        }
    }

    #[test]
    fn takes_amounts_apart() {
        let of = |text: &str| {
            let parts = parts(text);
            (parts.value, parts.scale, parts.format, parts.keeps_text)
        };
        assert_eq!(of("500m"), (500, -3, "DecimalSI", true));
        assert_eq!(of("1"), (1, 0, "DecimalSI", true));
        assert_eq!(of("1Gi"), (1 << 30, 0, "BinarySI", true));
        assert_eq!(of("128Mi"), (128 << 20, 0, "BinarySI", false));
        assert_eq!(of("129e6"), (129, 6, "DecimalExponent", true));
    }

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
