//! Objects as the store, the trace and the kubelet keep them.
//!
//! A pod as a tree of JSON values takes ten times the memory of its text: every small map is a node for eleven entries.
//! What has not been written for a while is therefore folded ([`crate::cluster::packed`]) and read again when somebody
//! looks. Nobody can tell the difference, so it is no part of the state.

use crate::api::object::Object;
use crate::cluster::packed;
use std::cell::RefCell;
use std::fmt;
use std::rc::{Rc, Weak};

/// How many objects that were unfolded stay so for the next who looks: one request looks at its pod several times.
const UNFOLDED_MAX: usize = 8;

thread_local! {
    /// The one that was looked at last comes last.
    static UNFOLDED: RefCell<Vec<Rc<Object>>> = const { RefCell::new(Vec::new()) };
    /// One that nobody looks at any more: the next one is written over it.
    static SPARE: RefCell<Object> = const { RefCell::new(Object::Null) };
}

/// An object that is kept; a copy shares it.
#[derive(Clone)]
pub struct Kept(Rc<RefCell<Form>>);

enum Form {
    Open(Rc<Object>),
    Folded(Box<str>, Weak<Object>),
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
            Form::Folded(text, seen) => {
                let object = seen.upgrade().unwrap_or_else(|| Rc::new(unfold(text)));
                *seen = Rc::downgrade(&object);
                stay_unfolded(&object);
                object
            }
        }
    }

    /// Keeps it folded from now on, for all who share it. Those who have opened it keep what they have.
    pub fn fold(&self) {
        let form = &mut *self.0.borrow_mut();
        if let Form::Open(object) = form {
            *form = Form::Folded(packed::pack(object), Weak::new());
        }
    }

    /// Whether both are the same one.
    pub fn is(&self, other: &Kept) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

fn unfold(text: &str) -> Object {
    let mut object = SPARE.take();
    if packed::unpack(text, &mut object) { object } else { Object::Null }
}

fn stay_unfolded(object: &Rc<Object>) {
    let forgotten = UNFOLDED.with_borrow_mut(|unfolded| {
        let known = unfolded.iter().position(|other| Rc::ptr_eq(other, object));
        let oldest = (unfolded.len() >= UNFOLDED_MAX).then_some(0);
        let forgotten = known.or(oldest).map(|index| unfolded.remove(index));
        unfolded.push(Rc::clone(object));
        forgotten
    });
    if let Some(object) = forgotten.and_then(|object| Rc::try_unwrap(object).ok()) {
        SPARE.set(object);
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.open().fmt(f)
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
}
