//! What a line of shell means: the tree that the parser builds and the runner walks.
//!
//! Follows the POSIX shell grammar (XCU 2.10) and the parts of bash that people type at a prompt. Left out, and said
//! so when met: arrays, coprocesses, `select`.

use std::rc::Rc;

/// Commands one after another.
pub type Script = Vec<Item>;

/// One element of a list: pipelines joined by `&&` and `||`.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// What runs first.
    pub first: Pipeline,
    /// What may run then.
    pub rest: Vec<(Connector, Pipeline)>,
    /// Whether it ended in `&`.
    pub background: bool,
}

/// What joins two pipelines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connector {
    /// `&&`
    And,
    /// `||`
    Or,
}

/// Commands whose output feeds the next.
#[derive(Clone, Debug, PartialEq)]
pub struct Pipeline {
    /// Whether it began with `!`.
    pub negated: bool,
    /// At least one; a flag says that `|&` joins its errors to the next one's input.
    pub commands: Vec<(Command, bool)>,
}

/// One command with its redirections.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// What it does.
    pub body: Body,
    /// `> file`, `<<EOF` and their kin, in order.
    pub redirects: Vec<Redirect>,
}

/// What a command does.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// `NAME=value command words`.
    Simple {
        /// Assignments before the command.
        assignments: Vec<Assignment>,
        /// The command and its arguments.
        words: Vec<Word>,
    },
    /// `{ …; }`
    Group(Script),
    /// `( … )`
    Subshell(Script),
    /// `if …; then …; elif …; else …; fi`
    If {
        /// Conditions and what follows them.
        arms: Vec<(Script, Script)>,
        /// The `else` part.
        otherwise: Option<Script>,
    },
    /// `for NAME in …; do …; done`
    For {
        /// The variable.
        name: String,
        /// The words; `None` means `"$@"`.
        words: Option<Vec<Word>>,
        /// The body.
        body: Script,
    },
    /// `while …; do …; done`
    While {
        /// The condition.
        condition: Script,
        /// The body.
        body: Script,
        /// `until` instead.
        until: bool,
    },
    /// `case … in pattern) …;; esac`
    Case {
        /// What is matched.
        subject: Word,
        /// Patterns and what follows them.
        arms: Vec<(Vec<Word>, Script)>,
    },
    /// `name() { …; }`
    Function {
        /// Its name.
        name: String,
        /// Its body.
        body: Rc<Command>,
    },
    /// `[[ … ]]`
    Test(Vec<Word>),
    /// `(( … ))`
    Arithmetic(Vec<Segment>),
}

/// `NAME=value`, `NAME+=value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// The variable.
    pub name: String,
    /// Whether the value is put behind the old one.
    pub append: bool,
    /// The value.
    pub value: Word,
}

/// One redirection.
#[derive(Clone, Debug, PartialEq)]
pub struct Redirect {
    /// The descriptor before the operator.
    pub descriptor: Option<u32>,
    /// The operator.
    pub kind: RedirectKind,
    /// The file, the descriptor, the here-document's body.
    pub target: Word,
}

/// The redirection operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectKind {
    /// `<`
    Input,
    /// `>`, `>|`
    Output,
    /// `>>`
    Append,
    /// `&>`, `>& file`
    Both,
    /// `&>>`
    BothAppend,
    /// `>&`
    Duplicate,
    /// `<&`
    DuplicateInput,
    /// `<<`, `<<-`: the target is the body.
    HereDocument,
    /// `<<<`
    HereString,
}

/// A word before expansion.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Word {
    /// Its parts, joined without spaces.
    pub segments: Vec<Segment>,
}

/// A part of a word.
#[derive(Clone, Debug, PartialEq)]
pub enum Segment {
    /// Unquoted text: wildcards mean something.
    Text(String),
    /// Quoted text.
    Quoted(String),
    /// `"…"`
    Double(Vec<Segment>),
    /// `$NAME`, `${NAME…}`
    Parameter(Box<Parameter>),
    /// `$(…)`, `` `…` ``
    Command(Rc<Script>),
    /// `$((…))`
    Arithmetic(Vec<Segment>),
    /// `<(…)`
    Process(Rc<Script>),
}

/// `${NAME…}`.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The variable, or one of `? $ ! # @ * - 0 1 …`.
    pub name: String,
    /// What is done with its value.
    pub operation: Operation,
}

/// What `${NAME…}` does with the value.
#[derive(Clone, Debug, PartialEq)]
pub enum Operation {
    /// `$NAME`
    Plain,
    /// `${#NAME}`
    Length,
    /// `${NAME-word}`; `colon` counts an empty value as unset.
    Default {
        /// `:-`
        colon: bool,
        /// The word.
        word: Word,
    },
    /// `${NAME=word}`
    Assign {
        /// `:=`
        colon: bool,
        /// The word.
        word: Word,
    },
    /// `${NAME?word}`
    Require {
        /// `:?`
        colon: bool,
        /// The message.
        word: Word,
    },
    /// `${NAME+word}`
    Alternative {
        /// `:+`
        colon: bool,
        /// The word.
        word: Word,
    },
    /// `${NAME#pattern}`, `${NAME##pattern}`
    RemovePrefix {
        /// `##`
        longest: bool,
        /// The pattern.
        pattern: Word,
    },
    /// `${NAME%pattern}`, `${NAME%%pattern}`
    RemoveSuffix {
        /// `%%`
        longest: bool,
        /// The pattern.
        pattern: Word,
    },
    /// `${NAME/pattern/text}`, `${NAME//pattern/text}`
    Replace {
        /// `//`
        all: bool,
        /// The pattern; a leading `#` or `%` anchors it.
        pattern: Word,
        /// What stands there then.
        text: Word,
    },
    /// `${NAME:offset:length}`
    Substring {
        /// Where it begins.
        offset: Word,
        /// How long it is.
        length: Option<Word>,
    },
    /// `${NAME^^}`, `${NAME,,}`, `${NAME^}`, `${NAME,}`
    Case {
        /// Upper case.
        upper: bool,
        /// Every letter.
        all: bool,
    },
}

impl Word {
    /// A word of unquoted text.
    pub fn text(text: &str) -> Self {
        Word { segments: vec![Segment::Text(text.to_owned())] }
    }

    /// The text of a word that is nothing but unquoted text: a keyword, a function's name.
    pub fn plain(&self) -> Option<&str> {
        match self.segments.as_slice() {
            [Segment::Text(text)] => Some(text),
            _ => None,
        }
    }
}
