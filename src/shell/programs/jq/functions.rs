//! jq's own functions, formats, arithmetic and paths.

use crate::api::sorted;
use crate::shell::programs::jq::evaluate::{Emit, Flow, Item, Machine, Stop, fail, shown};
use crate::shell::programs::jq::syntax::Filter;
use crate::shell::programs::jq::value::{Json, Reader, insert};
use crate::shell::programs::jq::{dates, texts};
use std::rc::Rc;

type Answer = Result<Json, Stop>;

/// The largest list or text that a function makes.
const SIZE_MAX: usize = 1_000_000;

/// Calls a function.
///
/// # Errors
/// Its own, or that it is not there.
pub fn call(machine: &mut Machine, name: &str, arguments: &[Filter], item: &Item, emit: Emit<'_>) -> Flow {
    let input = &item.value;
    match (name, arguments) {
        ("empty", []) => Ok(()),
        ("error", []) => Err(Stop::Error(input.clone())),
        ("error", [message]) => match machine.all(message, input)?.into_iter().next() {
            Some(message) => Err(Stop::Error(message)),
            None => Ok(()),
        },
        ("select", [condition]) => {
            for value in machine.all(condition, input)? {
                if value.truthy() {
                    emit(machine, item.clone())?;
                }
            }
            Ok(())
        }
        ("recurse", []) => machine.recurse(item, emit),
        ("recurse", [step]) => recurse(machine, step, item, emit),
        ("values", []) if *input != Json::Null => emit(machine, item.clone()),
        ("nulls", []) if *input == Json::Null => emit(machine, item.clone()),
        ("arrays", []) if input.kind() == "array" => emit(machine, item.clone()),
        ("objects", []) if input.kind() == "object" => emit(machine, item.clone()),
        ("strings", []) if input.kind() == "string" => emit(machine, item.clone()),
        ("numbers", []) if input.kind() == "number" => emit(machine, item.clone()),
        ("booleans", []) if input.kind() == "boolean" => emit(machine, item.clone()),
        ("scalars", []) if !["array", "object"].contains(&input.kind()) => emit(machine, item.clone()),
        ("iterables", []) if ["array", "object"].contains(&input.kind()) => emit(machine, item.clone()),
        ("values" | "nulls" | "arrays" | "objects" | "strings" | "numbers" | "booleans" | "scalars" | "iterables", []) => Ok(()),
        ("first", [filter]) => limit(machine, 1, filter, item, emit),
        ("limit", [count, filter]) => {
            let Some(Json::Number(count)) = machine.all(count, input)?.pop() else { return fail("limit needs a number") };
            if count < 1.0 { Ok(()) } else { limit(machine, count as usize, filter, item, emit) }
        }
        ("first", []) => {
            let value = index(input, &Json::Number(0.0))?;
            emit(machine, Item::plain(value))
        }
        ("range", [to]) => range(machine, &Json::Number(0.0), to, input, emit),
        ("range", [from, to]) => {
            for from in machine.all(from, input)? {
                range(machine, &from, to, input, emit)?;
            }
            Ok(())
        }
        ("paths", []) => {
            for path in machine.paths(&Filter::Recurse, input)?.into_iter().filter(|path| !path.is_empty()) {
                emit(machine, Item::plain(Json::List(path)))?;
            }
            Ok(())
        }
        ("path", [filter]) => {
            for path in machine.paths(filter, input)? {
                emit(machine, Item::plain(Json::List(path)))?;
            }
            Ok(())
        }
        ("getpath", [path]) => {
            for found in machine.all(path, input)? {
                let Json::List(steps) = &found else { return fail("Path must be specified as an array") };
                let value = get_path(input, steps)?;
                let path = item.path.as_ref().map(|before| Rc::new(before.iter().chain(steps.iter()).cloned().collect()));
                emit(machine, Item { value, path })?;
            }
            Ok(())
        }
        ("input", []) => match machine.inputs.pop_front() {
            Some(value) => emit(machine, Item::plain(value)),
            None => fail("No more inputs"),
        },
        ("inputs", []) => {
            while let Some(value) = machine.inputs.pop_front() {
                emit(machine, Item::plain(value))?;
            }
            Ok(())
        }
        ("splits" | "scan", [_] | [_, _]) => {
            let all = texts::expression(machine, if name == "scan" { "scan" } else { "split" }, arguments, input)?;
            let Json::List(parts) = all else { return Ok(()) };
            for part in parts.iter() {
                emit(machine, Item::plain(part.clone()))?;
            }
            Ok(())
        }
        ("has" | "startswith" | "endswith" | "ltrimstr" | "rtrimstr" | "join" | "contains" | "inside" | "index" | "rindex"
        | "indices" | "tojson" | "strftime" | "split" | "in" | "flatten", [argument]) => {
            for argument in machine.all(argument, input)? {
                let value = with_value(name, input, &argument)?;
                emit(machine, Item::plain(value))?;
            }
            Ok(())
        }
        _ => {
            let value = one(machine, name, arguments, input)?;
            emit(machine, Item::plain(value))
        }
    }
}

fn recurse(machine: &mut Machine, step: &Filter, item: &Item, emit: Emit<'_>) -> Flow {
    emit(machine, item.clone())?;
    machine.run(step, item, &mut |machine, next| recurse(machine, step, &next, emit))
}

fn limit(machine: &mut Machine, count: usize, filter: &Filter, item: &Item, emit: Emit<'_>) -> Flow {
    machine.tickets += 1;
    let ticket = machine.tickets;
    let mut left = count;
    let flow = machine.run(filter, item, &mut |machine, found| {
        left -= 1;
        emit(machine, found)?;
        if left == 0 { Err(Stop::Enough(ticket)) } else { Ok(()) }
    });
    match flow {
        Err(Stop::Enough(mine)) if mine == ticket => Ok(()),
        other => other,
    }
}

fn range(machine: &mut Machine, from: &Json, to: &Filter, input: &Json, emit: Emit<'_>) -> Flow {
    for to in machine.all(to, input)? {
        let (Json::Number(mut at), Json::Number(to)) = (from.clone(), to) else {
            return fail("Range bounds must be numeric");
        };
        if to - at > SIZE_MAX as f64 {
            return fail(format!("not simulated: a range of more than {SIZE_MAX}"));
        }
        while at < to {
            emit(machine, Item::plain(Json::Number(at)))?;
            at += 1.0;
        }
    }
    Ok(())
}

/// Functions that answer once.
fn one(machine: &mut Machine, name: &str, arguments: &[Filter], input: &Json) -> Answer {
    match (name, arguments) {
        (_, []) => simple(machine, name, input),
        ("map", [filter]) => {
            let mut found = Vec::new();
            for value in children(input)? {
                found.extend(machine.all(filter, &value)?);
            }
            Ok(Json::list(found))
        }
        ("map_values", [filter]) => map_values(machine, filter, input),
        ("any" | "all", [filter]) => {
            let mut results = Vec::new();
            for value in children(input)? {
                results.extend(machine.all(filter, &value)?.iter().map(Json::truthy));
            }
            Ok(Json::Bool(if name == "any" { results.contains(&true) } else { !results.contains(&false) }))
        }
        ("sort_by" | "group_by" | "unique_by" | "min_by" | "max_by", [filter]) => by_key(machine, name, filter, input),
        ("with_entries", [filter]) => {
            let Json::List(entries) = to_entries(input)? else { return Ok(Json::Null) };
            let mut changed = Vec::new();
            for entry in entries.iter() {
                changed.extend(machine.all(filter, entry)?);
            }
            from_entries(&Json::list(changed))
        }
        ("del", [filter]) => {
            let mut paths = machine.paths(filter, input)?;
            sorted::sort_by(&mut paths, |a, b| Json::List(Rc::clone(b)).compare(&Json::List(Rc::clone(a))));
            paths.iter().try_fold(input.clone(), |value, path| delete_path(&value, path))
        }
        ("setpath", [path, value]) => {
            let path = machine.all(path, input)?.pop().unwrap_or(Json::Null);
            let value = machine.all(value, input)?.pop().unwrap_or(Json::Null);
            let Json::List(steps) = &path else { return fail("Path must be specified as an array") };
            set_path(input, steps, value)
        }
        ("last", [filter]) => Ok(machine.all(filter, input)?.pop().unwrap_or(Json::Null)),
        ("nth", [number]) => {
            let number = machine.all(number, input)?.pop().unwrap_or(Json::Null);
            index(input, &number)
        }
        ("add", [filter]) => {
            let values = machine.all(filter, input)?;
            simple(machine, "add", &Json::list(values))
        }
        ("isempty", [filter]) => Ok(Json::Bool(machine.all(filter, input)?.is_empty())),
        ("test" | "match" | "capture" | "sub" | "gsub" | "split", [_] | [_, _] | [_, _, _]) => {
            texts::expression(machine, name, arguments, input)
        }
        _ => fail(format!("{name}/{} is not defined (or not simulated)", arguments.len())),
    }
}

fn children(value: &Json) -> Result<Vec<Json>, Stop> {
    match value {
        Json::List(items) => Ok(items.to_vec()),
        Json::Map(entries) => Ok(entries.iter().map(|(_, value)| value.clone()).collect()),
        Json::Null => fail("Cannot iterate over null"),
        other => fail(format!("Cannot iterate over {}", shown(other))),
    }
}

fn map_values(machine: &mut Machine, filter: &Filter, input: &Json) -> Answer {
    match input {
        Json::Map(entries) => {
            let mut out = Vec::new();
            for (key, value) in entries.iter() {
                out.extend(machine.all(filter, value)?.into_iter().next().map(|value| (Rc::clone(key), value)));
            }
            Ok(Json::Map(Rc::new(out)))
        }
        other => {
            let mut out = Vec::new();
            for value in children(other)? {
                out.extend(machine.all(filter, &value)?.into_iter().next());
            }
            Ok(Json::list(out))
        }
    }
}

fn by_key(machine: &mut Machine, name: &str, filter: &Filter, input: &Json) -> Answer {
    let Json::List(items) = input else { return fail(format!("{} cannot be sorted, as it is not an array", shown(input))) };
    let mut keyed = Vec::new();
    for item in items.iter() {
        keyed.push((Json::list(machine.all(filter, item)?), item.clone()));
    }
    sorted::sort_by(&mut keyed, |a, b| a.0.compare(&b.0));
    let mut groups: Vec<(Json, Vec<Json>)> = Vec::new();
    for (key, item) in &keyed {
        match groups.last_mut().filter(|(last, _)| last.compare(key).is_eq()) {
            Some((_, group)) => group.push(item.clone()),
            None => groups.push((key.clone(), vec![item.clone()])),
        }
    }
    Ok(match name {
        "sort_by" => Json::list(keyed.into_iter().map(|(_, item)| item).collect()),
        "group_by" => Json::list(groups.into_iter().map(|(_, group)| Json::list(group)).collect()),
        "unique_by" => Json::list(groups.into_iter().filter_map(|(_, group)| group.into_iter().next()).collect()),
        "min_by" => keyed.first().map_or(Json::Null, |(_, item)| item.clone()),
        _ => keyed.last().map_or(Json::Null, |(_, item)| item.clone()),
    })
}

fn simple(machine: &Machine, name: &str, input: &Json) -> Answer {
    let list = |what: &str| match input {
        Json::List(items) => Ok(items.to_vec()),
        other => fail(format!("{} cannot be {what}, as it is not an array", shown(other))),
    };
    Ok(match name {
        "length" => match input {
            Json::Null => Json::Number(0.0),
            Json::Bool(_) => return fail(format!("{} has no length", shown(input))),
            Json::Number(number) => Json::Number(number.abs()),
            Json::Text(text) => Json::count(text.chars().count()),
            Json::List(items) => Json::count(items.len()),
            Json::Map(entries) => Json::count(entries.len()),
        },
        "keys" | "keys_unsorted" => match input {
            Json::Map(entries) if name == "keys_unsorted" => Json::list(entries.iter().map(|(key, _)| Json::Text(Rc::clone(key))).collect()),
            Json::Map(_) => Json::list(input.sorted().into_iter().map(|(key, _)| Json::Text(key)).collect()),
            Json::List(items) => Json::list((0..items.len()).map(Json::count).collect()),
            other => return fail(format!("{} has no keys", shown(other))),
        },
        "not" => Json::Bool(!input.truthy()),
        "type" => Json::text(input.kind()),
        "add" => {
            let mut sum = Json::Null;
            for value in children(input)? {
                sum = arithmetic("+", &sum, &value)?;
            }
            sum
        }
        "any" => Json::Bool(children(input)?.iter().any(Json::truthy)),
        "all" => Json::Bool(children(input)?.iter().all(Json::truthy)),
        "sort" | "unique" => {
            let mut items = list("sorted")?;
            sorted::sort_by(&mut items, Json::compare);
            if name == "unique" {
                items.dedup_by(|a, b| a.compare(b).is_eq());
            }
            Json::list(items)
        }
        "min" => list("compared")?.into_iter().min_by(Json::compare).unwrap_or(Json::Null),
        "max" => list("compared")?.into_iter().max_by(Json::compare).unwrap_or(Json::Null),
        "reverse" => match input {
            Json::Text(text) => Json::text(text.chars().rev().collect::<String>()),
            Json::Null => Json::list(Vec::new()),
            _ => Json::list(list("reversed")?.into_iter().rev().collect()),
        },
        "first" => index(input, &Json::Number(0.0))?,
        "last" => index(input, &Json::Number(-1.0))?,
        "flatten" => with_value("flatten", input, &Json::Number(1000.0))?,
        "to_entries" => to_entries(input)?,
        "from_entries" => from_entries(input)?,
        "tojson" => Json::text(input.compact()),
        "fromjson" => match input {
            Json::Text(text) => match Reader::new(text).next() {
                Ok(value) => value.unwrap_or(Json::Null),
                Err(message) => return fail(format!("{message} (while parsing '{text}')")),
            },
            other => return fail(format!("{} cannot be parsed as JSON", shown(other))),
        },
        "tostring" => Json::text(plain(input)),
        "tonumber" => match input {
            Json::Number(_) => input.clone(),
            Json::Text(text) => match text.trim().parse() {
                Ok(number) => Json::Number(number),
                Err(_) => return fail(format!("Cannot parse '{text}' as a number")),
            },
            other => return fail(format!("{} cannot be parsed as a number", shown(other))),
        },
        "floor" | "ceil" | "round" | "sqrt" | "fabs" | "abs" => {
            let Json::Number(number) = input else { return fail(format!("{} number required", shown(input))) };
            Json::Number(match name {
                "floor" => number.floor(),
                "ceil" => number.ceil(),
                "round" => number.round(),
                "sqrt" => number.sqrt(),
                _ => number.abs(),
            })
        }
        "infinite" => Json::Number(f64::INFINITY),
        "nan" => Json::Number(f64::NAN),
        "null" => Json::Null,
        "now" => Json::Number(machine.now),
        "env" => machine.variables.get("ENV").cloned().unwrap_or(Json::Null),
        "todate" | "todateiso8601" | "fromdate" | "fromdateiso8601" => dates::convert(name, input)?,
        "ascii_downcase" | "ascii_upcase" | "explode" | "implode" | "trim" | "ltrim" | "rtrim" | "utf8bytelength" => {
            texts::simple(name, input)?
        }
        _ => return fail(format!("{name}/0 is not defined (or not simulated)")),
    })
}

fn with_value(name: &str, input: &Json, argument: &Json) -> Answer {
    Ok(match name {
        "has" | "in" => {
            let (container, key) = if name == "has" { (input, argument) } else { (argument, input) };
            match (container, key) {
                (Json::Map(entries), Json::Text(key)) => Json::Bool(entries.iter().any(|(name, _)| name == key)),
                (Json::List(items), Json::Number(number)) => Json::Bool(*number >= 0.0 && (*number as usize) < items.len()),
                _ => return fail(format!("Cannot check whether {} has a {} key", container.kind(), key.kind())),
            }
        }
        "contains" => Json::Bool(contains(input, argument)?),
        "inside" => Json::Bool(contains(argument, input)?),
        "flatten" => {
            let Json::Number(depth) = argument else { return fail("flatten depth must not be negative") };
            let mut out = Vec::new();
            flatten(&children(input)?, *depth, &mut out);
            Json::list(out)
        }
        "strftime" => dates::format(input, argument)?,
        _ => texts::with_value(name, input, argument)?,
    })
}

fn flatten(items: &[Json], depth: f64, out: &mut Vec<Json>) {
    for item in items {
        match item {
            Json::List(inner) if depth > 0.0 => flatten(inner, depth - 1.0, out),
            other => out.push(other.clone()),
        }
    }
}

fn contains(big: &Json, small: &Json) -> Result<bool, Stop> {
    Ok(match (big, small) {
        (Json::Text(big), Json::Text(small)) => big.contains(&**small),
        (Json::List(big), Json::List(small)) => {
            let within = |wanted: &Json| big.iter().any(|item| item.kind() == wanted.kind() && contains(item, wanted).unwrap_or(false));
            small.iter().all(within)
        }
        (Json::Map(_), Json::Map(small)) => small.iter().all(|(key, wanted)| {
            let found = big.get(key);
            found.kind() == wanted.kind() && contains(&found, wanted).unwrap_or(false)
        }),
        (a, b) if a.kind() == b.kind() => a.compare(b).is_eq(),
        (a, b) => return fail(format!("{} and {} cannot have their containment checked", shown(a), shown(b))),
    })
}

fn to_entries(input: &Json) -> Answer {
    let Json::Map(entries) = input else { return fail(format!("{} has no keys", shown(input))) };
    let entry = |(key, value): &(Rc<str>, Json)| {
        Json::Map(Rc::new(vec![(Rc::from("key"), Json::Text(Rc::clone(key))), (Rc::from("value"), value.clone())]))
    };
    Ok(Json::list(entries.iter().map(entry).collect()))
}

fn from_entries(input: &Json) -> Answer {
    let mut out = Vec::new();
    for entry in children(input)? {
        let pick = |names: &[&str]| names.iter().map(|name| entry.get(name)).find(|value| *value != Json::Null).unwrap_or(Json::Null);
        let key = match pick(&["key", "k", "name", "Name", "Key", "K"]) {
            Json::Null => "null".to_owned(),
            key => plain(&key),
        };
        let value = match entry.get("value") {
            Json::Null => pick(&["v", "Value", "V"]),
            value => value,
        };
        insert(&mut out, Rc::from(key), value);
    }
    Ok(Json::Map(Rc::new(out)))
}

/// Text as it is, anything else as JSON.
pub fn plain(value: &Json) -> String {
    match value {
        Json::Text(text) => text.to_string(),
        other => other.compact(),
    }
}

/// `@base64` and its kin.
///
/// # Errors
/// What cannot be formatted.
pub fn format(name: &str, value: &Json) -> Result<String, Stop> {
    texts::format(name, value)
}

/// `.[KEY]`
///
/// # Errors
/// `Cannot index …`
pub fn index(value: &Json, key: &Json) -> Answer {
    match (value, key) {
        (Json::Map(_), Json::Text(key)) => Ok(value.get(key)),
        (Json::List(items), Json::Number(number)) => {
            let at = if *number < 0.0 { number.floor() + items.len() as f64 } else { number.floor() };
            Ok(if at < 0.0 { Json::Null } else { items.get(at as usize).cloned().unwrap_or(Json::Null) })
        }
        (Json::Null, Json::Text(_) | Json::Number(_) | Json::Null) => Ok(Json::Null),
        (other, Json::Text(key)) => fail(format!("Cannot index {} with \"{key}\"", other.kind())),
        (other, key) => fail(format!("Cannot index {} with {}", other.kind(), key.kind())),
    }
}

/// `.[FROM:TO]`
///
/// # Errors
/// `Cannot index …`
pub fn slice(value: &Json, from: &Json, to: &Json) -> Answer {
    let length = match value {
        Json::Null => return Ok(Json::Null),
        Json::Text(text) => text.chars().count(),
        Json::List(items) => items.len(),
        other => return fail(format!("Cannot index {} with object", other.kind())),
    };
    let bound = |side: &Json, otherwise: usize, up: bool| match side {
        Json::Number(number) => {
            let number = if up { number.ceil() } else { number.floor() };
            let at = if number < 0.0 { number + length as f64 } else { number };
            at.clamp(0.0, length as f64) as usize
        }
        _ => otherwise,
    };
    let (from, to) = (bound(from, 0, false), bound(to, length, true));
    let count = to.saturating_sub(from);
    Ok(match value {
        Json::Text(text) => Json::text(text.chars().skip(from).take(count).collect::<String>()),
        Json::List(items) => Json::list(items.iter().skip(from).take(count).cloned().collect()),
        _ => Json::Null,
    })
}

/// `+ - * / %`
///
/// # Errors
/// Types that do not go together.
pub fn arithmetic(operator: &str, left: &Json, right: &Json) -> Answer {
    use Json::{List, Map, Null, Number, Text};
    let verb = match operator {
        "+" => "added",
        "-" => "subtracted",
        "*" => "multiplied",
        _ => "divided",
    };
    Ok(match (operator, left, right) {
        ("+", Null, other) | ("+", other, Null) => other.clone(),
        ("+", Number(a), Number(b)) => Number(a + b),
        ("+", Text(a), Text(b)) if a.len() + b.len() > SIZE_MAX * 4 => return fail("not simulated: a string this long"),
        ("+", Text(a), Text(b)) => Json::text(format!("{a}{b}")),
        ("+", List(a), List(b)) if a.len() + b.len() > SIZE_MAX => return fail("not simulated: an array this long"),
        ("+", List(a), List(b)) => Json::list(a.iter().chain(b.iter()).cloned().collect()),
        ("+", Map(a), Map(b)) => {
            let mut sum = a.to_vec();
            b.iter().for_each(|(key, value)| insert(&mut sum, Rc::clone(key), value.clone()));
            Map(Rc::new(sum))
        }
        ("-", Number(a), Number(b)) => Number(a - b),
        ("-", List(a), List(b)) => Json::list(a.iter().filter(|item| !b.iter().any(|other| other.compare(item).is_eq())).cloned().collect()),
        ("*", Number(a), Number(b)) => Number(a * b),
        ("*", Text(text), Number(count)) | ("*", Number(count), Text(text)) => match *count > 0.0 {
            true if text.len() as f64 * count > SIZE_MAX as f64 => return fail("not simulated: a string this long"),
            true => Json::text(text.repeat((count.ceil() as usize).max(1))),
            false => Null,
        },
        ("*", Map(_), Map(_)) => merge(left, right),
        ("/" | "%", Number(_), Number(b)) if *b == 0.0 || (operator == "%" && b.trunc() == 0.0) => {
            return fail(format!("{} and {} cannot be divided because the divisor is zero", shown(left), shown(right)));
        }
        ("/", Number(a), Number(b)) => Number(a / b),
        ("%", Number(a), Number(b)) => Number((a.trunc() as i64).wrapping_rem(b.trunc() as i64) as f64),
        ("/", Text(_), Text(_)) => texts::with_value("split", left, right)?,
        _ => return fail(format!("{} and {} cannot be {verb}", shown(left), shown(right))),
    })
}

fn merge(left: &Json, right: &Json) -> Json {
    let (Json::Map(a), Json::Map(b)) = (left, right) else { return right.clone() };
    let mut out = a.to_vec();
    for (key, value) in b.iter() {
        let merged = merge(&left.get(key), value);
        insert(&mut out, Rc::clone(key), merged);
    }
    Json::Map(Rc::new(out))
}

/// The value at a path.
///
/// # Errors
/// `Cannot index …`
pub fn get_path(value: &Json, path: &[Json]) -> Answer {
    path.iter().try_fold(value.clone(), |value, key| index(&value, key))
}

/// A value with what stands at a path replaced.
///
/// # Errors
/// `Cannot index …`
pub fn set_path(value: &Json, path: &[Json], new: Json) -> Answer {
    let Some((key, rest)) = path.split_first() else { return Ok(new) };
    let inner = set_path(&index(value, key)?, rest, new)?;
    match (value, key) {
        (Json::Map(_) | Json::Null, Json::Text(key)) => {
            let mut entries = if let Json::Map(entries) = value { entries.to_vec() } else { Vec::new() };
            insert(&mut entries, Rc::clone(key), inner);
            Ok(Json::Map(Rc::new(entries)))
        }
        (Json::List(_) | Json::Null, Json::Number(number)) => {
            let mut items = if let Json::List(items) = value { items.to_vec() } else { Vec::new() };
            let at = if *number < 0.0 { number + items.len() as f64 } else { *number };
            if at < 0.0 {
                return fail("Out of bounds negative array index");
            }
            if at > SIZE_MAX as f64 {
                return fail("not simulated: an array this long");
            }
            let at = at as usize;
            if items.len() <= at {
                items.resize(at + 1, Json::Null);
            }
            if let Some(slot) = items.get_mut(at) {
                *slot = inner;
            }
            Ok(Json::list(items))
        }
        (other, key) => fail(format!("Cannot index {} with {}", other.kind(), shown(key))),
    }
}

/// A value without what stands at a path.
///
/// # Errors
/// `Cannot index …`
pub fn delete_path(value: &Json, path: &[Json]) -> Answer {
    let Some((key, rest)) = path.split_first() else { return Ok(Json::Null) };
    if *value == Json::Null {
        return Ok(Json::Null);
    }
    if !rest.is_empty() {
        let inner = index(value, key)?;
        return if inner == Json::Null { Ok(value.clone()) } else { set_path(value, std::slice::from_ref(key), delete_path(&inner, rest)?) };
    }
    match (value, key) {
        (Json::Map(entries), Json::Text(key)) => Ok(Json::Map(Rc::new(entries.iter().filter(|(name, _)| name != key).cloned().collect()))),
        (Json::List(items), Json::Number(number)) => {
            let at = if *number < 0.0 { number + items.len() as f64 } else { *number };
            Ok(Json::list(items.iter().enumerate().filter(|(index, _)| *index as f64 != at).map(|(_, item)| item.clone()).collect()))
        }
        (other, key) => fail(format!("Cannot delete field at {} index of {}", key.kind(), other.kind())),
    }
}
