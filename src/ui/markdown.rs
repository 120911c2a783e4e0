//! Draws the blocks of a lesson with elements of our own; HTML in a lesson stays text.

use crate::lesson::{Block, COURSE, Inline};
use crate::words::tr;
use yew::prelude::*;

/// Running text.
pub fn inlines(list: &[Inline]) -> Html {
    list.iter().map(inline).collect()
}

fn inline(inline: &Inline) -> Html {
    match inline {
        Inline::Text(text) => html! { <>{ text }</> },
        Inline::Code(text) => html! { <code>{ text }</code> },
        Inline::Emphasis(inner) => html! { <em>{ inlines(inner) }</em> },
        Inline::Strong(inner) => html! { <strong>{ inlines(inner) }</strong> },
        Inline::Link { target, text } => link(target, text),
        Inline::Note { number, target, .. } if target.starts_with("https://") => html! {
            <sup class="source"><a href={target.clone()} target="_blank" rel="noopener noreferrer" aria-label={tr!("Source {0}", number)}>{ *number }</a></sup>
        },
        Inline::Note { .. } => Html::default(),
    }
}

/// Links leave for `https:` in a tab of their own, or open another lesson; anything else is only text.
fn link(target: &str, text: &[Inline]) -> Html {
    if target.starts_with("https://") {
        return html! {
            <a href={target.to_owned()} target="_blank" rel="noopener noreferrer">{ inlines(text) }</a>
        };
    }
    match COURSE.iter().find(|entry| entry.file == target.trim_start_matches("./")) {
        Some(entry) => html! { <a href={format!("#lesson={}", entry.id())}>{ inlines(text) }</a> },
        None => inlines(text),
    }
}

/// Blocks that need no session.
pub fn block(block: &Block) -> Html {
    match block {
        Block::Paragraph(text) => html! { <p>{ inlines(text) }</p> },
        Block::Heading(text) => html! { <h4>{ inlines(text) }</h4> },
        Block::List { ordered, items } => {
            let items = items.iter().map(|blocks| html! { <li>{ tight(blocks) }</li> });
            if *ordered {
                html! { <ol>{ for items }</ol> }
            } else {
                html! { <ul>{ for items }</ul> }
            }
        }
        Block::Quote(blocks) => {
            html! { <blockquote>{ for blocks.iter().map(self::block) }</blockquote> }
        }
        Block::Table { header, rows } => html! {
            <div class="scroll-x" tabindex="0" role="group" aria-label={tr("Table")}>
                <table>
                    <thead><tr>{ for header.iter().map(|cell| html! { <th scope="col">{ inlines(cell) }</th> }) }</tr></thead>
                    <tbody>{ for rows.iter().map(|row| html! { <tr>{ for row.iter().enumerate().map(cell) }</tr> }) }</tbody>
                </table>
            </div>
        },
        Block::Code { text, .. } => html! { <pre class="code" dir="ltr" tabindex="0">{ text }</pre> },
        Block::Commands(_) | Block::File { .. } | Block::Predict(_) | Block::Goals => Html::default(),
    }
}

fn cell((index, text): (usize, &Vec<Inline>)) -> Html {
    if index == 0 {
        html! { <th scope="row">{ inlines(text) }</th> }
    } else {
        html! { <td>{ inlines(text) }</td> }
    }
}

/// A list item of one paragraph needs none.
fn tight(blocks: &[Block]) -> Html {
    match blocks {
        [Block::Paragraph(text)] => inlines(text),
        many => many.iter().map(block).collect(),
    }
}
