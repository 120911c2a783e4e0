//! Runs a jq filter: every filter is given one value and passes any number on.
//!
//! A value may carry the path it was found at; assignments, `del` and `paths` are made of that.

use crate::shell::programs::jq::functions;
use crate::shell::programs::jq::syntax::Filter;
use crate::shell::programs::jq::value::{Json, insert};
use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::rc::Rc;

/// Filters that one run may evaluate.
const STEPS_MAX: usize = 3_000_000;
/// How deep evaluation may go.
const DEPTH_MAX: usize = 250;

/// Why evaluation stops early.
#[derive(Debug)]
pub enum Stop {
    /// `error(…)`, and every error of jq's own.
    Error(Json),
    /// `first`, `limit` have had enough; the number tells them apart.
    Enough(usize),
}

/// What evaluation comes to.
pub type Flow = Result<(), Stop>;
/// Where values are passed on to.
pub type Emit<'a> = &'a mut dyn FnMut(&mut Machine, Item) -> Flow;

/// A value on its way.
#[derive(Clone, Debug)]
pub struct Item {
    /// The value.
    pub value: Json,
    /// Where it was found, while paths are asked for.
    pub path: Option<Rc<Vec<Json>>>,
}

/// Variables, inputs that are left, and the work done so far.
#[derive(Default)]
pub struct Machine {
    /// `$NAME`
    pub variables: BTreeMap<String, Json>,
    /// What `input` and `inputs` take from.
    pub inputs: std::collections::VecDeque<Json>,
    /// `now`, in seconds.
    pub now: f64,
    steps: usize,
    depth: usize,
    /// How many `first` and `limit` were entered.
    pub tickets: usize,
}

/// An error with a message.
pub fn fail<T>(message: impl AsRef<str>) -> Result<T, Stop> {
    Err(Stop::Error(Json::text(message)))
}

impl Item {
    /// A value without a path.
    pub fn plain(value: Json) -> Self {
        Item { value, path: None }
    }

    fn child(&self, key: Json, value: Json) -> Self {
        let path = self.path.as_ref().map(|path| {
            let mut longer = path.to_vec();
            longer.push(key);
            Rc::new(longer)
        });
        Item { value, path }
    }
}

/// A value with its type, shortened, as jq's errors show it.
pub fn shown(value: &Json) -> String {
    let text = value.compact();
    let short: String = if text.chars().count() > 11 { text.chars().take(10).collect::<String>() + "..." } else { text };
    format!("{} ({short})", value.kind())
}

impl Machine {
    /// Evaluates a filter on a value.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn run(&mut self, filter: &Filter, item: &Item, emit: Emit<'_>) -> Flow {
        self.steps += 1;
        if self.steps > STEPS_MAX || self.depth > DEPTH_MAX {
            return fail(format!("not simulated: a filter of more than {STEPS_MAX} steps or {DEPTH_MAX} levels"));
        }
        self.depth += 1;
        let flow = self.dispatch(filter, item, emit);
        self.depth -= 1;
        flow
    }

    /// Everything a filter passes on, without paths.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn all(&mut self, filter: &Filter, input: &Json) -> Result<Vec<Json>, Stop> {
        let mut found = Vec::new();
        self.run(filter, &Item::plain(input.clone()), &mut |_, item| {
            found.push(item.value);
            Ok(())
        })?;
        Ok(found)
    }

    /// The paths of everything a filter passes on.
    ///
    /// # Errors
    /// [`Stop`]
    pub fn paths(&mut self, filter: &Filter, input: &Json) -> Result<Vec<Rc<Vec<Json>>>, Stop> {
        let mut found = Vec::new();
        let root = Item { value: input.clone(), path: Some(Rc::default()) };
        self.run(filter, &root, &mut |_, item| match item.path {
            Some(path) => {
                found.push(path);
                Ok(())
            }
            None => fail(format!("Invalid path expression with result {}", item.value.compact())),
        })?;
        Ok(found)
    }

    /// Evaluates on a value, forgetting its path.
    fn aside(&mut self, filter: &Filter, item: &Item, emit: &mut dyn FnMut(&mut Machine, Json) -> Flow) -> Flow {
        self.run(filter, &Item::plain(item.value.clone()), &mut |machine, found| emit(machine, found.value))
    }

    fn dispatch(&mut self, filter: &Filter, item: &Item, emit: Emit<'_>) -> Flow {
        match filter {
            Filter::Identity => emit(self, item.clone()),
            Filter::Literal(value) => emit(self, Item::plain(value.clone())),
            Filter::Recurse => self.recurse(item, emit),
            Filter::Format(name) => {
                let text = functions::format(name, &item.value)?;
                emit(self, Item::plain(Json::text(text)))
            }
            Filter::Interpolated(format, parts) => self.interpolate(format, parts, item, String::new(), emit),
            Filter::Variable(name) => match (name.as_str(), self.variables.get(name)) {
                (_, Some(value)) => {
                    let value = value.clone();
                    emit(self, Item::plain(value))
                }
                _ => fail(format!("${name} is not defined")),
            },
            Filter::Index(target, key) => self.run(target, item, &mut |machine, found| {
                machine.aside(key, item, &mut |machine, key| {
                    let value = functions::index(&found.value, &key)?;
                    emit(machine, found.child(key, value))
                })
            }),
            Filter::Slice(target, from, to) => self.run(target, item, &mut |machine, found| {
                let bound = |machine: &mut Machine, side: &Option<Box<Filter>>| match side {
                    Some(filter) => Ok(machine.all(filter, &item.value)?.into_iter().next().unwrap_or(Json::Null)),
                    None => Ok(Json::Null),
                };
                let (from, to) = (bound(machine, from)?, bound(machine, to)?);
                let value = functions::slice(&found.value, &from, &to)?;
                emit(machine, Item::plain(value))
            }),
            Filter::Iterate(target) => self.run(target, item, &mut |machine, found| machine.iterate(&found, emit)),
            Filter::List(None) => emit(self, Item::plain(Json::list(Vec::new()))),
            Filter::List(Some(inner)) => {
                let all = self.all(inner, &item.value)?;
                emit(self, Item::plain(Json::list(all)))
            }
            Filter::Map(entries) => self.object(entries, item, Vec::new(), emit),
            Filter::Negative(inner) => self.aside(inner, item, &mut |machine, value| match value {
                Json::Number(number) => emit(machine, Item::plain(Json::Number(-number))),
                other => fail(format!("{} cannot be negated", shown(&other))),
            }),
            Filter::Pipe(left, right) => self.run(left, item, &mut |machine, found| machine.run(right, &found, emit)),
            Filter::Comma(left, right) => {
                self.run(left, item, emit)?;
                self.run(right, item, emit)
            }
            Filter::Binary(operator, left, right) => self.binary(operator, left, right, item, emit),
            Filter::Assign(operator, left, right) => self.assign(operator, left, right, item, emit),
            Filter::If(arms, otherwise) => self.condition(arms, otherwise.as_deref(), item, emit),
            Filter::Try(body, catch) => self.attempt(body, catch.as_deref(), item, emit),
            Filter::Reduce(source, name, start, update) => {
                let mut state = self.all(start, &item.value)?.pop().unwrap_or(Json::Null);
                for value in self.all(source, &item.value)? {
                    let old = self.variables.insert(name.clone(), value);
                    let next = self.all(update, &state);
                    self.restore(name, old);
                    state = next?.pop().unwrap_or(Json::Null);
                }
                emit(self, Item::plain(state))
            }
            Filter::As(source, name, body) => {
                for value in self.all(source, &item.value)? {
                    let old = self.variables.insert(name.clone(), value);
                    let flow = self.run(body, item, emit);
                    self.restore(name, old);
                    flow?;
                }
                Ok(())
            }
            Filter::Call(name, arguments) => functions::call(self, name, arguments, item, emit),
        }
    }

    fn restore(&mut self, name: &str, old: Option<Json>) {
        match old {
            Some(old) => self.variables.insert(name.to_owned(), old),
            None => self.variables.remove(name),
        };
    }

    /// `.[]`
    fn iterate(&mut self, found: &Item, emit: Emit<'_>) -> Flow {
        match &found.value {
            Json::List(items) => {
                for (index, value) in items.iter().enumerate() {
                    emit(self, found.child(Json::count(index), value.clone()))?;
                }
                Ok(())
            }
            Json::Map(entries) => {
                for (key, value) in entries.iter() {
                    emit(self, found.child(Json::Text(Rc::clone(key)), value.clone()))?;
                }
                Ok(())
            }
            Json::Null => fail("Cannot iterate over null"),
            other => fail(format!("Cannot iterate over {}", shown(other))),
        }
    }

    /// `..`
    pub fn recurse(&mut self, item: &Item, emit: Emit<'_>) -> Flow {
        emit(self, item.clone())?;
        if matches!(item.value, Json::List(_) | Json::Map(_)) {
            self.iterate(item, &mut |machine, child| machine.recurse(&child, emit))?;
        }
        Ok(())
    }

    fn interpolate(&mut self, format: &str, parts: &[(String, Option<Filter>)], item: &Item, done: String, emit: Emit<'_>) -> Flow {
        let Some(((text, inner), rest)) = parts.split_first() else { return emit(self, Item::plain(Json::text(done))) };
        let done = done + text;
        match inner {
            None => self.interpolate(format, rest, item, done, emit),
            Some(inner) => self.aside(inner, item, &mut |machine, value| {
                let part = functions::format(format, &value)?;
                machine.interpolate(format, rest, item, format!("{done}{part}"), emit)
            }),
        }
    }

    fn object(&mut self, entries: &[(Filter, Filter)], item: &Item, done: Vec<(Rc<str>, Json)>, emit: Emit<'_>) -> Flow {
        let Some(((key, value), rest)) = entries.split_first() else {
            return emit(self, Item::plain(Json::Map(Rc::new(done))));
        };
        self.aside(key, item, &mut |machine, key| {
            let Json::Text(key) = key else { return fail(format!("Object keys must be strings, not {}", shown(&key))) };
            machine.aside(value, item, &mut |machine, value| {
                let mut done = done.clone();
                insert(&mut done, Rc::clone(&key), value);
                machine.object(rest, item, done, emit)
            })
        })
    }

    fn binary(&mut self, operator: &str, left: &Filter, right: &Filter, item: &Item, emit: Emit<'_>) -> Flow {
        match operator {
            "and" | "or" => self.aside(left, item, &mut |machine, left| {
                let decided = left.truthy() == (operator == "or");
                if decided {
                    return emit(machine, Item::plain(Json::Bool(left.truthy())));
                }
                machine.aside(right, item, &mut |machine, right| emit(machine, Item::plain(Json::Bool(right.truthy()))))
            }),
            "//" => {
                let mut found = Vec::new();
                let flow = self.run(left, item, &mut |_, value| {
                    if value.value.truthy() {
                        found.push(value);
                    }
                    Ok(())
                });
                match flow {
                    Ok(()) | Err(Stop::Error(_)) => {}
                    Err(other) => return Err(other),
                }
                if found.is_empty() {
                    return self.run(right, item, emit);
                }
                for value in found {
                    emit(self, value)?;
                }
                Ok(())
            }
            _ => self.aside(right, item, &mut |machine, right| {
                machine.aside(left, item, &mut |machine, left| {
                    let value = match operator {
                        "==" => Json::Bool(left.compare(&right) == Ordering::Equal),
                        "!=" => Json::Bool(left.compare(&right) != Ordering::Equal),
                        "<" => Json::Bool(left.compare(&right) == Ordering::Less),
                        "<=" => Json::Bool(left.compare(&right) != Ordering::Greater),
                        ">" => Json::Bool(left.compare(&right) == Ordering::Greater),
                        ">=" => Json::Bool(left.compare(&right) != Ordering::Less),
                        _ => functions::arithmetic(operator, &left, &right)?,
                    };
                    emit(machine, Item::plain(value))
                })
            }),
        }
    }

    fn assign(&mut self, operator: &str, left: &Filter, right: &Filter, item: &Item, emit: Emit<'_>) -> Flow {
        let paths = self.paths(left, &item.value)?;
        if operator == "|=" {
            let mut value = item.value.clone();
            for path in paths {
                let old = functions::get_path(&value, &path)?;
                value = match self.all(right, &old)?.into_iter().next() {
                    Some(new) => functions::set_path(&value, &path, new)?,
                    None => functions::delete_path(&value, &path)?,
                };
            }
            return emit(self, Item::plain(value));
        }
        for right in self.all(right, &item.value)? {
            let mut value = item.value.clone();
            for path in &paths {
                let old = functions::get_path(&value, path)?;
                let new = match operator {
                    "=" => right.clone(),
                    "//=" => if old.truthy() { old } else { right.clone() },
                    other => functions::arithmetic(other.trim_end_matches('='), &old, &right)?,
                };
                value = functions::set_path(&value, path, new)?;
            }
            emit(self, Item::plain(value))?;
        }
        Ok(())
    }

    fn condition(&mut self, arms: &[(Filter, Filter)], otherwise: Option<&Filter>, item: &Item, emit: Emit<'_>) -> Flow {
        let Some(((condition, body), rest)) = arms.split_first() else {
            return match otherwise {
                Some(filter) => self.run(filter, item, emit),
                None => emit(self, item.clone()),
            };
        };
        self.aside(condition, item, &mut |machine, value| match value.truthy() {
            true => machine.run(body, item, emit),
            false => machine.condition(rest, otherwise, item, emit),
        })
    }

    fn attempt(&mut self, body: &Filter, catch: Option<&Filter>, item: &Item, emit: Emit<'_>) -> Flow {
        // An error behind the `try` is not its own.
        let mut behind = None;
        let flow = self.run(body, item, &mut |machine, found| {
            emit(machine, found).map_err(|stop| {
                behind = Some(stop);
                Stop::Enough(0)
            })
        });
        match (flow, behind) {
            (_, Some(stop)) => Err(stop),
            (Err(Stop::Error(error)), None) => match catch {
                Some(catch) => self.run(catch, &Item::plain(error), emit),
                None => Ok(()),
            },
            (other, None) => other,
        }
    }
}
