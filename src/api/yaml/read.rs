//! Manifest text to JSON values.

use serde_json::Value;

/// One document of a manifest.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// What it says.
    pub value: Value,
    /// The text as submitted.
    pub text: String,
    /// The line of the file on which the text starts, from 1.
    pub line: usize,
}

/// The documents of a manifest up to the first that cannot be read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Documents {
    /// What could be read; empty documents are left out.
    pub documents: Vec<Document>,
    /// What is wrong with the next one: `error converting YAML to JSON: yaml: line 3: …`.
    pub error: Option<String>,
}

/// Reads a manifest of one or more documents (YAML or JSON).
pub fn read(text: &str) -> Documents {
    let mut documents = Documents::default();
    match parse(text) {
        Ok(value) => documents.documents.push(Document { value, text: text.to_owned(), line: 1 }),
        Err(error) => documents.error = Some(format!("error converting YAML to JSON: {error}")),
    }
    documents
}

/// Reads one YAML document.
///
/// # Errors
/// `yaml: line 3: mapping values are not allowed in this context`.
pub fn parse(text: &str) -> Result<Value, String> {
    serde_yaml::from_str(text).map_err(|error| format!("yaml: {error}"))
}
