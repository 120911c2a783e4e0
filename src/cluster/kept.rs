//! Objects as the store, the trace and the kubelet keep them.
//!
//! A pod as a tree of JSON values takes ten times the memory of its text: every small map is a node for eleven entries.
//! What has not been written for a while is therefore folded into its text and read again when somebody looks. Nobody
//! can tell the difference, so it is no part of the state.

use crate::api::object::Object;
use serde_json::Value;
use std::cell::RefCell;
use std::fmt;
use std::rc::{Rc, Weak};

/// How many objects that were unfolded stay so for the next who looks: one request looks at its pod several times.
const UNFOLDED_MAX: usize = 64;

thread_local! {
    static UNFOLDED: RefCell<Vec<Rc<Object>>> = const { RefCell::new(Vec::new()) };
}

/// An object that is kept; a copy shares it.
#[derive(Clone)]
pub struct Kept(Rc<RefCell<Form>>);

enum Form {
    Open(Rc<Object>),
    Folded(Box<[u8]>, Weak<Object>),
}

impl Kept {
    /// Keeps an object.
    pub fn new(object: impl Into<Rc<Object>>) -> Self {
        Kept(Rc::new(RefCell::new(Form::Open(object.into()))))
    }

    /// The object.
    pub fn open(&self) -> Rc<Object> {
        match &mut *self.0.borrow_mut() {
            Form::Open(object) => Rc::clone(object),
            Form::Folded(text, seen) => seen.upgrade().unwrap_or_else(|| {
                // What was folded reads back: `fold` writes values, and no numbers that a text could change.
                let object = Rc::new(serde_json::from_slice(text).unwrap_or_default());
                *seen = Rc::downgrade(&object);
                stay_unfolded(&object);
                object
            }),
        }
    }

    /// Keeps it as text from now on, for all who share it. Those who have opened it keep what they have.
    pub fn fold(&self) {
        let folded = match &*self.0.borrow() {
            Form::Open(object) if !has_fractions(object) => serde_json::to_vec(&**object).ok(),
            _ => None,
        };
        if let Some(text) = folded {
            *self.0.borrow_mut() = Form::Folded(text.into_boxed_slice(), Weak::new());
        }
    }

    /// Whether both are the same one.
    pub fn is(&self, other: &Kept) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

fn stay_unfolded(object: &Rc<Object>) {
    let oldest = UNFOLDED.with_borrow_mut(|unfolded| {
        unfolded.push(Rc::clone(object));
        (unfolded.len() > UNFOLDED_MAX).then(|| std::mem::take(unfolded))
    });
    drop(oldest);
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.open().fmt(f)
    }
}

/// Fractions may come back from a text with another last bit.
fn has_fractions(value: &Value) -> bool {
    match value {
        Value::Number(number) => number.is_f64(),
        Value::Array(items) => items.iter().any(has_fractions),
        Value::Object(fields) => fields.values().any(has_fractions),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_folded_object_opens_to_the_same() {
        let object = json!({"a": [1, -1, u64::MAX, i64::MIN, true, null, ""], "ü\u{2028}\u{0}": {"x": "\"\\\n"}});
        let kept = Kept::new(object.clone());
        let shared = kept.clone();
        let opened = kept.open();
        let before = format!("{kept:?}");
        kept.fold();
        assert_eq!(format!("{kept:?}"), before);
        assert!(matches!(&*shared.0.borrow(), Form::Folded(..)));
        assert_eq!(*shared.open(), object);
        assert_eq!(*opened, object);
        assert!(kept.is(&shared) && !kept.is(&Kept::new(object)));
    }

    #[test]
    fn fractions_are_left_as_they_are() {
        let kept = Kept::new(json!({"a": {"b": [0.1]}}));
        kept.fold();
        assert!(matches!(&*kept.0.borrow(), Form::Open(_)));
    }
}
