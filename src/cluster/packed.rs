//! A JSON value in little space: what [`crate::cluster::kept`] folds objects into.
//!
//! A letter says what follows; lengths and numbers come as digits of six bits. All of that is ASCII, so the whole is
//! text, and the strings in it are cut out without being checked again. The names of fields, which are few and the same
//! in every object, are kept once for all and written as numbers.

use serde_json::{Map, Number, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

/// How many names of fields are numbered; labels and keys that somebody makes up may be more, and are then spelled out.
const NAMES_MAX: usize = 4_000;
/// What a digit holds; the bit above says that another one follows.
const DIGIT_BITS: u32 = 6;
const MORE: u8 = 1 << DIGIT_BITS;

thread_local! {
    static NAMES: RefCell<Names> = RefCell::default();
}

/// Names of fields by their numbers, which begin with 1, and the other way round.
#[derive(Default)]
struct Names {
    texts: Vec<Rc<str>>,
    numbers: BTreeMap<Rc<str>, u64>,
}

impl Names {
    /// The number of a name; 0 for one that has none.
    fn number(&mut self, name: &str) -> u64 {
        if let Some(known) = self.numbers.get(name) {
            return *known;
        }
        if self.texts.len() >= NAMES_MAX {
            return 0;
        }
        let text: Rc<str> = Rc::from(name);
        self.texts.push(Rc::clone(&text));
        let number = self.texts.len() as u64;
        self.numbers.insert(text, number);
        number
    }
}

/// Packs a value.
pub fn pack(value: &Value) -> Box<str> {
    let mut text = String::new();
    NAMES.with_borrow_mut(|names| write(value, names, &mut text));
    text.into_boxed_str()
}

/// Makes a value the one that was packed, on the same thread. Objects of a kind are much alike: what is already there
/// is written over, and hardly anything needs to be allocated. Whether it could be read; if not, the value is anything.
pub fn unpack(text: &str, value: &mut Value) -> bool {
    NAMES.with_borrow(|names| Reader { text, names }.value(value)).is_some()
}

fn write(value: &Value, names: &mut Names, text: &mut String) {
    match value {
        Value::Null => text.push('n'),
        Value::Bool(false) => text.push('f'),
        Value::Bool(true) => text.push('t'),
        Value::Number(number) => write_json_number(number, text),
        Value::String(string) => {
            text.push('s');
            write_string(string, text);
        }
        Value::Array(items) => {
            text.push('a');
            write_number(items.len() as u64, text);
            items.iter().for_each(|item| write(item, names, text));
        }
        Value::Object(fields) => {
            text.push('o');
            write_number(fields.len() as u64, text);
            for (name, value) in fields {
                let number = names.number(name);
                write_number(number, text);
                if number == 0 {
                    write_string(name, text);
                }
                write(value, names, text);
            }
        }
    }
}

fn write_json_number(number: &Number, text: &mut String) {
    let (letter, bits) = match (number.as_u64(), number.as_i64()) {
        (Some(positive), _) => ('p', positive),
        (None, Some(negative)) => ('m', negative.unsigned_abs()),
        (None, None) => ('d', number.as_f64().unwrap_or_default().to_bits()),
    };
    text.push(letter);
    write_number(bits, text);
}

fn write_string(string: &str, text: &mut String) {
    write_number(string.len() as u64, text);
    text.push_str(string);
}

fn write_number(mut number: u64, text: &mut String) {
    loop {
        let digit = (number & u64::from(MORE - 1)) as u8;
        number >>= DIGIT_BITS;
        let more = if number > 0 { MORE } else { 0 };
        text.push(char::from(digit | more));
        if more == 0 {
            return;
        }
    }
}

/// What is left to read.
struct Reader<'a> {
    text: &'a str,
    names: &'a Names,
}

impl<'a> Reader<'a> {
    fn value(&mut self, into: &mut Value) -> Option<()> {
        match (self.byte()?, &mut *into) {
            (b's', Value::String(string)) => {
                string.clear();
                string.push_str(self.string()?);
            }
            (b's', _) => *into = Value::String(self.string()?.to_owned()),
            (b'a', Value::Array(items)) => self.items(items)?,
            (b'a', _) => {
                let mut items = Vec::new();
                self.items(&mut items)?;
                *into = Value::Array(items);
            }
            (b'o', Value::Object(fields)) => self.fields(fields)?,
            (b'o', _) => {
                let mut fields = Map::new();
                self.fields(&mut fields)?;
                *into = Value::Object(fields);
            }
            (b'f', _) => *into = Value::Bool(false),
            (b't', _) => *into = Value::Bool(true),
            (b'p', _) => *into = Value::Number(self.number()?.into()),
            (b'm', _) => *into = Value::Number(0i64.wrapping_sub_unsigned(self.number()?).into()),
            (b'd', _) => *into = Value::Number(Number::from_f64(f64::from_bits(self.number()?))?),
            _ => *into = Value::Null,
        }
        Some(())
    }

    fn items(&mut self, items: &mut Vec<Value>) -> Option<()> {
        let count = usize::try_from(self.number()?).ok()?;
        items.truncate(count);
        for item in items.iter_mut() {
            self.value(item)?;
        }
        for _ in items.len()..count {
            let mut item = Value::Null;
            self.value(&mut item)?;
            items.push(item);
        }
        Some(())
    }

    /// Names come in the order of the map, so the same names can be walked side by side.
    fn fields(&mut self, fields: &mut Map<String, Value>) -> Option<()> {
        let count = usize::try_from(self.number()?).ok()?;
        let mut done = 0;
        if fields.len() == count {
            for (known, value) in fields.iter_mut() {
                let before = self.text;
                if self.name()? != known {
                    self.text = before;
                    break;
                }
                self.value(value)?;
                done += 1;
            }
        }
        if done == count && fields.len() == count {
            return Some(());
        }
        // Some names are others, but what has the same name may still be alike.
        let mut old = std::mem::take(fields).into_iter();
        fields.extend(old.by_ref().take(done));
        let mut old = old.peekable();
        for _ in done..count {
            let name = self.name()?;
            while old.next_if(|(known, _)| known.as_str() < name).is_some() {}
            let same = old.next_if(|(known, _)| known == name);
            let (name, mut value) = same.unwrap_or_else(|| (name.to_owned(), Value::Null));
            self.value(&mut value)?;
            fields.insert(name, value);
        }
        Some(())
    }

    fn name(&mut self) -> Option<&'a str> {
        match usize::try_from(self.number()?).ok()?.checked_sub(1) {
            Some(index) => self.names.texts.get(index).map(|name| &**name),
            None => self.string(),
        }
    }

    fn string(&mut self) -> Option<&'a str> {
        let length = usize::try_from(self.number()?).ok()?;
        let (string, rest) = self.text.split_at_checked(length)?;
        self.text = rest;
        Some(string)
    }

    fn number(&mut self) -> Option<u64> {
        let (mut number, mut shift) = (0, 0);
        loop {
            let digit = self.byte()?;
            number |= u64::from(digit & (MORE - 1)).checked_shl(shift)?;
            shift += DIGIT_BITS;
            if digit < MORE {
                return Some(number);
            }
        }
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.text.as_bytes().first()?;
        self.text = self.text.get(1..)?;
        Some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn unpacked(text: &str) -> Option<Value> {
        let mut value = Value::Null;
        unpack(text, &mut value).then_some(value)
    }

    fn again(value: &Value) -> Option<Value> {
        unpacked(&pack(value))
    }

    #[test]
    fn every_value_comes_back() {
        let numbers = json!([0, 63, 64, 4095, 4096, -1, -64, u64::MAX, i64::MIN, i64::MAX, 0.1, -0.0, 1e300]);
        let strings = json!(["", "ü\u{2028}\u{0}", "\"\\\n", "x".repeat(5000), "😀"]);
        for value in
            [numbers, strings, json!({}), json!([]), json!({"a": {"b": [null, true, false, {"c": {}}]}, "ü": 1})]
        {
            assert_eq!(again(&value), Some(value));
        }
    }

    #[test]
    fn what_was_there_before_leaves_no_trace() {
        let values = [
            json!({"a": "long enough", "b": [1, {"x": "y"}, "z"], "c": {"d": null}}),
            json!({"a": "short", "b": [{"x": 1}], "c": {"d": {}, "e": true}}),
            json!({"a": "", "aa": 1, "b": [{"w": 1, "x": "y"}, 2, 3], "c": []}),
            json!({"b": {}, "z": -1}),
            json!({"c": {"d": 0.5, "f": "g"}}),
            json!({}),
            json!("text"),
            json!([[], [{}]]),
        ];
        for before in &values {
            for value in &values {
                let mut written = before.clone();
                assert!(unpack(&pack(value), &mut written));
                assert_eq!(&written, value, "over {before}");
            }
        }
    }

    #[test]
    fn more_names_than_are_numbered_are_spelled_out() {
        let many: Map<String, Value> =
            (0..=NAMES_MAX + 5).map(|number| (format!("name-{number}"), json!(number))).collect();
        let many = Value::Object(many);
        assert_eq!(again(&many), Some(many.clone()));
        let known = pack(&json!({"name-1": 1})).len();
        assert!(pack(&json!({"name-unheard-of": 1})).len() > known + 10);
        assert_eq!(again(&json!({"name-unheard-of": 1})), Some(json!({"name-unheard-of": 1})));
    }

    #[test]
    fn what_was_cut_is_no_value() {
        let packed = pack(&json!({"metadata": {"name": "x", "labels": {"a": "b"}}}));
        for end in 0..packed.len() {
            assert_eq!(unpacked(&packed[..end]), None, "{end}");
        }
    }
}
