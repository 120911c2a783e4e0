//! Markdown as a small tree that the page draws with elements of its own. HTML in a lesson is not passed
//! through: it shows as the text it is.

use crate::lesson::Prediction;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// How deep lists and quotes may nest; deeper ones are cut.
const DEPTH_MAX: usize = 16;

/// A block of a lesson.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A paragraph.
    Paragraph(Vec<Inline>),
    /// A heading inside a step.
    Heading(Vec<Inline>),
    /// A list; `ordered` has numbers.
    List {
        /// Whether its items are counted.
        ordered: bool,
        /// The items.
        items: Vec<Vec<Block>>,
    },
    /// A remark.
    Quote(Vec<Block>),
    /// A table.
    Table {
        /// The header row.
        header: Vec<Vec<Inline>>,
        /// The other rows.
        rows: Vec<Vec<Vec<Inline>>>,
    },
    /// Text as it is, not to be run: an expected output, a fragment.
    Code {
        /// `yaml`, `text`, …
        language: String,
        /// The text.
        text: String,
    },
    /// Commands to insert into the terminal, one entry each.
    Commands(Vec<String>),
    /// A file to put into the working folder.
    File {
        /// Its name.
        path: String,
        /// What it holds.
        text: String,
    },
    /// A question before the doing.
    Predict(Prediction),
    /// Where the step's goals stand in the text.
    Goals,
}

/// A piece of running text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inline {
    /// Words.
    Text(String),
    /// Something a machine says or is told.
    Code(String),
    /// Emphasis.
    Emphasis(Vec<Inline>),
    /// Strong emphasis.
    Strong(Vec<Inline>),
    /// A link.
    Link {
        /// Where it leads: `https:` or a lesson's file.
        target: String,
        /// What it says.
        text: Vec<Inline>,
    },
    /// Where a source is named: `[^M7]`.
    Note {
        /// What stands between `[^` and `]`.
        label: String,
        /// Its place in the lesson's list of sources, from 1.
        number: usize,
        /// The first link of its definition; empty if there is none.
        target: String,
    },
}

/// A block on its way: code blocks still carry their info string and line.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Raw {
    /// `#` or `##` with its text.
    Section { level: u8, title: String, line: usize },
    /// A fenced block.
    Fence { info: String, text: String, line: usize },
    /// A source: `[^M7]: …`
    Note { label: String, blocks: Vec<Block>, line: usize },
    /// Anything else.
    Block(Block),
}

/// Reads Markdown into blocks; `first_line` is the number of the text's first line in its file.
pub(super) fn read(text: &str, first_line: usize) -> Vec<Raw> {
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES);
    let events: Vec<(Event<'_>, usize)> = parser
        .into_offset_iter()
        .map(|(event, range)| (event, first_line + text.get(..range.start).unwrap_or_default().matches('\n').count()))
        .collect();
    let notes = notes(&events);
    let mut reader = Reader { events, position: 0, notes };
    let mut blocks = Vec::new();
    while reader.position < reader.events.len() {
        reader.raw(&mut blocks);
    }
    blocks
}

/// The label of every source, in order, with the first link in it.
fn notes(events: &[(Event<'_>, usize)]) -> Vec<(String, String)> {
    let mut notes: Vec<(String, String)> = Vec::new();
    let mut open = false;
    for (event, _) in events {
        match event {
            Event::Start(Tag::FootnoteDefinition(label)) => {
                open = true;
                notes.push((label.to_string(), String::new()));
            }
            Event::End(TagEnd::FootnoteDefinition) => open = false,
            Event::Start(Tag::Link { dest_url, .. }) if open => {
                if let Some((_, target)) = notes.last_mut().filter(|(_, target)| target.is_empty()) {
                    *target = dest_url.to_string();
                }
            }
            _ => {}
        }
    }
    notes
}

struct Reader<'a> {
    events: Vec<(Event<'a>, usize)>,
    position: usize,
    notes: Vec<(String, String)>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(Event<'a>, usize)> {
        let event = self.events.get(self.position).cloned();
        self.position += 1;
        event
    }

    fn raw(&mut self, out: &mut Vec<Raw>) {
        let Some((event, line)) = self.next() else {
            return;
        };
        match event {
            Event::Start(Tag::Heading { level, .. }) if (level as u8) <= 2 => {
                let title = plain(&self.inlines());
                out.push(Raw::Section { level: level as u8, title, line });
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                let text = self.code();
                out.push(Raw::Fence { info: info.to_string(), text, line });
            }
            Event::Start(Tag::FootnoteDefinition(label)) => {
                let blocks = self.blocks_until_end(1);
                out.push(Raw::Note { label: label.to_string(), blocks, line });
            }
            other => {
                if let Some(block) = self.block(other, 0) {
                    out.push(Raw::Block(block));
                }
            }
        }
    }

    fn block(&mut self, event: Event<'a>, depth: usize) -> Option<Block> {
        match event {
            Event::Start(Tag::Paragraph) => Some(Block::Paragraph(self.inlines())),
            Event::Start(Tag::Heading { .. }) => Some(Block::Heading(self.inlines())),
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    CodeBlockKind::Fenced(info) => info.split(' ').next().unwrap_or_default().to_owned(),
                    CodeBlockKind::Indented => String::new(),
                };
                Some(Block::Code { language, text: self.code() })
            }
            Event::Start(Tag::List(first)) => Some(Block::List { ordered: first.is_some(), items: self.items(depth) }),
            Event::Start(Tag::BlockQuote(_)) => Some(Block::Quote(self.blocks_until_end(depth + 1))),
            Event::Start(Tag::Table(_)) => Some(self.table()),
            Event::Html(html) | Event::InlineHtml(html) => {
                Some(Block::Paragraph(vec![Inline::Text(html.trim().to_owned())]))
            }
            Event::Start(Tag::HtmlBlock) => {
                let text = plain(&self.inlines());
                Some(Block::Paragraph(vec![Inline::Text(text.trim().to_owned())]))
            }
            _ => None,
        }
    }

    fn items(&mut self, depth: usize) -> Vec<Vec<Block>> {
        let mut items = Vec::new();
        while let Some((event, _)) = self.next() {
            match event {
                Event::Start(Tag::Item) => items.push(self.blocks_until_end(depth + 1)),
                Event::End(_) => break,
                _ => {}
            }
        }
        items
    }

    /// The blocks up to the end of what was started; loose text becomes a paragraph.
    fn blocks_until_end(&mut self, depth: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        while let Some((event, _)) = self.next() {
            match event {
                Event::End(TagEnd::Item | TagEnd::BlockQuote(_) | TagEnd::FootnoteDefinition) => break,
                Event::Text(_)
                | Event::Code(_)
                | Event::FootnoteReference(_)
                | Event::Start(Tag::Emphasis | Tag::Strong | Tag::Link { .. }) => {
                    self.position -= 1;
                    blocks.push(Block::Paragraph(self.loose_inlines()));
                }
                other if depth < DEPTH_MAX => blocks.extend(self.block(other, depth)),
                _ => {}
            }
        }
        blocks
    }

    fn table(&mut self) -> Block {
        let (mut header, mut rows, mut row) = (Vec::new(), Vec::new(), Vec::new());
        while let Some((event, _)) = self.next() {
            match event {
                Event::Start(Tag::TableCell) => row.push(self.inlines()),
                Event::End(TagEnd::TableHead) => header = std::mem::take(&mut row),
                Event::End(TagEnd::TableRow) => rows.push(std::mem::take(&mut row)),
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        Block::Table { header, rows }
    }

    fn code(&mut self) -> String {
        let mut text = String::new();
        while let Some((event, _)) = self.next() {
            match event {
                Event::Text(part) => text.push_str(&part),
                Event::End(TagEnd::CodeBlock) => break,
                _ => {}
            }
        }
        text
    }

    /// The inlines up to the end of what was started.
    fn inlines(&mut self) -> Vec<Inline> {
        let mut out = Vec::new();
        while let Some((event, _)) = self.next() {
            if matches!(event, Event::End(_)) {
                break;
            }
            self.inline(event, &mut out);
        }
        out
    }

    /// The inlines up to the next block or end, which is left where it is.
    fn loose_inlines(&mut self) -> Vec<Inline> {
        let mut out = Vec::new();
        while let Some((event, _)) = self.next() {
            let inline = matches!(
                event,
                Event::Text(_)
                    | Event::Code(_)
                    | Event::SoftBreak
                    | Event::HardBreak
                    | Event::InlineHtml(_)
                    | Event::FootnoteReference(_)
                    | Event::Start(Tag::Emphasis | Tag::Strong | Tag::Link { .. })
            );
            if !inline {
                self.position -= 1;
                break;
            }
            self.inline(event, &mut out);
        }
        out
    }

    fn inline(&mut self, event: Event<'a>, out: &mut Vec<Inline>) {
        match event {
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => match out.last_mut() {
                Some(Inline::Text(last)) => last.push_str(&text),
                _ => out.push(Inline::Text(text.to_string())),
            },
            Event::Code(text) => out.push(Inline::Code(text.to_string())),
            Event::SoftBreak | Event::HardBreak => match out.last_mut() {
                Some(Inline::Text(last)) => last.push(' '),
                _ => out.push(Inline::Text(" ".to_owned())),
            },
            Event::Start(Tag::Emphasis) => out.push(Inline::Emphasis(self.inlines())),
            Event::Start(Tag::Strong) => out.push(Inline::Strong(self.inlines())),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let text = self.inlines();
                out.push(Inline::Link { target: dest_url.to_string(), text });
            }
            Event::FootnoteReference(label) => {
                let found = self.notes.iter().position(|(known, _)| **known == *label);
                let target = found.and_then(|index| self.notes.get(index)).map(|(_, target)| target.clone());
                let number = found.map_or(0, |index| index + 1);
                out.push(Inline::Note { label: label.to_string(), number, target: target.unwrap_or_default() });
            }
            Event::Start(_) => {
                let inner = self.inlines();
                out.extend(inner);
            }
            _ => {}
        }
    }
}

/// The words without their dress.
pub fn plain(inlines: &[Inline]) -> String {
    inlines
        .iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Code(text) => text.clone(),
            Inline::Emphasis(inner) | Inline::Strong(inner) | Inline::Link { text: inner, .. } => plain(inner),
            Inline::Note { .. } => String::new(),
        })
        .collect()
}
