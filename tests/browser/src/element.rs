//! One element of the page.

use crate::page::Page;
use serde_json::{Value, json};

/// The name under which WebDriver hands out elements.
pub const KEY: &str = "element-6066-11e4-a52e-4f735466cecf";

/// An element, as long as the page keeps it.
#[derive(Clone)]
pub struct Element<'page> {
    pub(crate) page: &'page Page,
    pub(crate) id: String,
    /// The role and the name that it was found by: where the page has drawn it anew, it is found again.
    pub(crate) found: Option<(String, String)>,
}

impl<'page> Element<'page> {
    #[track_caller]
    fn get(&self, what: &str) -> String {
        let ask = |id: &str| self.page.driver.get(&format!("/element/{id}/{what}"));
        let answer = ask(&self.id).or_else(|failure| self.again(failure).and_then(|anew| ask(&anew.id)));
        self.page.must(answer).as_str().unwrap_or_default().to_string()
    }

    /// The same element as the page has drawn it anew, if that is what the failure is about.
    pub(crate) fn again(&self, failure: String) -> Result<Self, String> {
        match &self.found {
            Some((role, name)) if failure.contains("stale element") => Ok(self.page.find(role, name)),
            _ => Err(failure),
        }
    }

    /// The role that assistive technology hears.
    #[track_caller]
    #[must_use]
    pub fn role(&self) -> String {
        self.get("computedrole")
    }

    /// The name that assistive technology hears.
    #[track_caller]
    #[must_use]
    pub fn name(&self) -> String {
        self.get("computedlabel")
    }

    /// The text one sees.
    #[track_caller]
    #[must_use]
    pub fn text(&self) -> String {
        self.get("text")
    }

    /// What stands in a text field.
    #[track_caller]
    #[must_use]
    pub fn value(&self) -> String {
        self.get("property/value")
    }

    /// An attribute, if it is there.
    #[track_caller]
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        let value =
            self.page.script("return arguments[0].getAttribute(arguments[1])", &[self.reference(), json!(name)]);
        value.as_str().map(str::to_string)
    }

    /// Whether a tab is the chosen one, a box ticked, a part unfolded.
    #[track_caller]
    #[must_use]
    pub fn is_on(&self) -> bool {
        let state = ["aria-selected", "aria-checked", "aria-pressed", "aria-expanded", "aria-current"];
        state.iter().any(|name| self.attribute(name).is_some_and(|value| value != "false"))
            || self
                .page
                .script("return arguments[0].checked === true || arguments[0].open === true", &[self.reference()])
                == json!(true)
    }

    /// Whether one can see it.
    #[track_caller]
    #[must_use]
    pub fn is_visible(&self) -> bool {
        self.page.must(self.page.driver.get(&format!("/element/{}/displayed", self.id))) == json!(true)
    }

    /// Clicks it with the mouse; it has to be in reach.
    #[track_caller]
    pub fn click(&self) -> &Self {
        self.page.must(self.page.driver.post(&format!("/element/{}/click", self.id), &json!({})));
        self
    }

    /// Puts the keyboard there without a click.
    #[track_caller]
    pub fn focus(&self) -> &Self {
        self.page.script("arguments[0].focus()", &[self.reference()]);
        self
    }

    /// Focuses it and types, key by key; `\n` is Enter.
    #[track_caller]
    pub fn type_text(&self, text: &str) -> &Self {
        self.focus();
        self.page.type_text(text);
        self
    }

    /// Inside it, the first with this role and name.
    #[track_caller]
    #[must_use]
    pub fn find(&self, role: &str, name: &str) -> Element<'page> {
        self.page.wait_for_element(Some(self), role, name)
    }

    /// Inside it, everything with this role.
    #[track_caller]
    #[must_use]
    pub fn all(&self, role: &str) -> Vec<Element<'page>> {
        self.page.by_role(Some(self), role)
    }

    /// Waits until its text has this in it.
    #[track_caller]
    pub fn wait_for_text(&self, part: &str) -> &Self {
        let found = self.page.poll(|| self.text().contains(part).then_some(()));
        if found.is_none() {
            self.page.fail(&format!(
                "{} {:?} never said {part:?}; it says:\n{}",
                self.role(),
                self.name(),
                self.text()
            ));
        }
        self
    }

    /// For [`Page::script`].
    #[must_use]
    pub fn reference(&self) -> Value {
        json!({ KEY: self.id })
    }
}
