//! One module becomes two, which are one again when the second is there.
//!
//! Where a function that moves is still named in the first half, it leaves a step behind: the step asks for the rest unless that is
//! there, then calls through the table. The rest imports memory, tables, globals and functions from the first half's exports,
//! puts its functions into the table, and says that it is there. What is in memory stays with the first half.

use crate::{Failure, functions, parse};
use std::collections::BTreeSet;
use walrus::ir::{UnaryOp, Value, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, FunctionBuilder, FunctionId, FunctionKind, GlobalId, GlobalKind,
    ImportedFunction, InstrSeqBuilder, MemoryId, Module, TableId, ValType,
};

/// The name under which each half imports from the other. static/boot.js knows it.
const LINK: &str = "halves";
/// The first half imports it: it returns when the rest is there.
const LOAD: &str = "load";
/// The first half exports it: 1 when the rest is there.
const THERE: &str = "there";

/// The two halves.
pub struct Halves {
    /// What is there from the beginning.
    pub first: Vec<u8>,
    /// What comes later.
    pub rest: Vec<u8>,
}

/// Cuts a module; `moving` are the positions of the functions that come later.
pub fn cut(wasm: &[u8], moving: &BTreeSet<usize>) -> Result<Halves, Failure> {
    let (mut first, mut rest) = (parse(wasm)?, parse(wasm)?);
    let named = still_named(&first, moving);
    let slots = leave_steps(&mut first, &named)?;
    keep_only(&mut rest, moving);
    enter(&mut rest, &named, slots)?;
    walrus::passes::gc::run(&mut rest);
    export(&mut first, &rest)?;
    walrus::passes::gc::run(&mut first);
    Ok(Halves { first: first.emit_wasm(), rest: rest.emit_wasm() })
}

/// Those that move and are named by something that stays.
fn still_named(module: &Module, moving: &BTreeSet<usize>) -> Vec<usize> {
    #[derive(Default)]
    struct Named(BTreeSet<FunctionId>);
    impl Visitor<'_> for Named {
        fn visit_function_id(&mut self, id: &FunctionId) {
            self.0.insert(*id);
        }
    }
    let functions = functions(module);
    let mut named = Named::default();
    for (_, id) in functions.iter().enumerate().filter(|(position, _)| !moving.contains(position)) {
        if let FunctionKind::Local(function) = &module.funcs.get(*id).kind {
            dfs_in_order(&mut named, function, function.entry_block());
        }
    }
    for element in module.elements.iter() {
        match &element.items {
            ElementItems::Functions(functions) => named.0.extend(functions),
            ElementItems::Expressions(_, items) => named.0.extend(items.iter().filter_map(|item| match item {
                ConstExpr::RefFunc(function) => Some(*function),
                _ => None,
            })),
        }
    }
    named.0.extend(module.exports.iter().filter_map(|export| match export.item {
        ExportItem::Function(function) => Some(function),
        _ => None,
    }));
    named.0.extend(module.start);
    let is_named = |position: &usize| functions.get(*position).is_some_and(|id| named.0.contains(id));
    moving.iter().copied().filter(is_named).collect()
}

/// Puts steps in the place of the named ones, and gives the first slot of the table that is theirs.
fn leave_steps(module: &mut Module, named: &[usize]) -> Result<i32, Failure> {
    let (table, slots) = lengthen(module, named.len())?;
    let nothing = module.types.add(&[], &[]);
    let (load, _) = module.add_import_func(LINK, LOAD, nothing);
    let there = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(Value::I32(0)));
    module.exports.add(THERE, there);
    let functions = functions(module);
    for (slot, id) in (slots..).zip(named.iter().filter_map(|position| functions.get(*position))) {
        let ty = module.funcs.get(*id).ty();
        let (params, results) = module.types.params_results(ty);
        let (params, results) = (params.to_vec(), results.to_vec());
        let args: Vec<_> = params.iter().map(|param| module.locals.add(*param)).collect();
        let mut step = FunctionBuilder::new(&mut module.types, &params, &results);
        let mut body = step.func_body();
        body.global_get(there).unop(UnaryOp::I32Eqz);
        let ask = |missing: &mut InstrSeqBuilder<'_>| {
            missing.call(load);
        };
        body.if_else(None, ask, |_| {});
        for arg in &args {
            body.local_get(*arg);
        }
        body.i32_const(slot).call_indirect(ty, table);
        module.funcs.get_mut(*id).kind = FunctionKind::Local(step.local_func(args));
    }
    Ok(slots)
}

/// Makes room for more functions in their table, and gives the first of the new slots.
fn lengthen(module: &mut Module, more: usize) -> Result<(TableId, i32), Failure> {
    let table = module.tables.main_function_table().map_err(|error| error.to_string())?;
    let id = table.ok_or("a module without a table of functions")?;
    let table = module.tables.get_mut(id);
    let slots = i32::try_from(table.initial).map_err(|_| "a table too long")?;
    table.initial += more as u64;
    table.maximum = table.maximum.map(|maximum| maximum + more as u64);
    Ok((id, slots))
}

/// Makes an import of everything that does not move, and drops what is the first half's alone.
fn keep_only(module: &mut Module, moving: &BTreeSet<usize>) {
    module.start = None;
    for id in ids(module.exports.iter().map(walrus::Export::id)) {
        module.exports.delete(id);
    }
    for id in ids(module.imports.iter().map(walrus::Import::id)) {
        module.imports.delete(id);
    }
    module.tables.iter_mut().for_each(|table| table.elem_segments.clear());
    for id in ids(module.elements.iter().map(walrus::Element::id)) {
        module.elements.delete(id);
    }
    module.memories.iter_mut().for_each(|memory| memory.data_segments.clear());
    for id in ids(module.data.iter().map(walrus::Data::id)) {
        module.data.delete(id);
    }
    for (position, id) in functions(module).into_iter().enumerate().filter(|(position, _)| !moving.contains(position)) {
        let import = module.imports.add(LINK, &format!("f{position}"), id);
        let ty = module.funcs.get(id).ty();
        module.funcs.get_mut(id).kind = FunctionKind::Import(ImportedFunction { import, ty });
    }
    for (position, id) in tables(module).into_iter().enumerate() {
        module.tables.get_mut(id).import = Some(module.imports.add(LINK, &format!("t{position}"), id));
    }
    for (position, id) in globals(module).into_iter().enumerate() {
        module.globals.get_mut(id).kind = GlobalKind::Import(module.imports.add(LINK, &format!("g{position}"), id));
    }
    for (position, id) in memories(module).into_iter().enumerate() {
        module.memories.get_mut(id).import = Some(module.imports.add(LINK, &format!("m{position}"), id));
    }
}

fn ids<T>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.collect()
}

fn tables(module: &Module) -> Vec<TableId> {
    ids(module.tables.iter().map(walrus::Table::id))
}

fn globals(module: &Module) -> Vec<GlobalId> {
    ids(module.globals.iter().map(walrus::Global::id))
}

fn memories(module: &Module) -> Vec<MemoryId> {
    ids(module.memories.iter().map(walrus::Memory::id))
}

/// Lets the rest put the named functions into the table, and say that it is there.
fn enter(module: &mut Module, named: &[usize], slots: i32) -> Result<(), Failure> {
    let (table, _) = lengthen(module, named.len())?;
    let functions = functions(module);
    let items = named.iter().filter_map(|position| functions.get(*position).copied()).collect();
    let offset = ConstExpr::Value(Value::I32(slots));
    let element = module.elements.add(ElementKind::Active { table, offset }, ElementItems::Functions(items));
    module.tables.get_mut(table).elem_segments.insert(element);
    let (there, _) = module.add_import_global(LINK, THERE, ValType::I32, true, false);
    let mut start = FunctionBuilder::new(&mut module.types, &[], &[]);
    start.func_body().i32_const(1).global_set(there);
    module.start = Some(start.finish(Vec::new(), &mut module.funcs));
    Ok(())
}

/// Exports from the first half what the rest imports: `f12` is the twelfth function in the order of the file.
fn export(module: &mut Module, rest: &Module) -> Result<(), Failure> {
    let (functions, tables, globals, memories) = (functions(module), tables(module), globals(module), memories(module));
    for name in rest.imports.iter().map(|import| import.name.as_str()).filter(|name| *name != THERE) {
        let (kind, position) = name.split_at(1);
        let position: usize = position.parse().map_err(|_| format!("the rest wants {name}"))?;
        let item = match kind {
            "f" => functions.get(position).copied().map(ExportItem::Function),
            "t" => tables.get(position).copied().map(ExportItem::Table),
            "g" => globals.get(position).copied().map(ExportItem::Global),
            "m" => memories.get(position).copied().map(ExportItem::Memory),
            _ => None,
        };
        module.exports.add(name, item.ok_or_else(|| format!("the rest wants {name}"))?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use walrus::ImportKind;

    /// Four functions: the exported first calls the second, which calls the third; the fourth stands in the table. And a memory
    /// with something in it.
    fn module() -> Vec<u8> {
        let mut module = Module::default();
        let memory = module.memories.add_local(false, false, 1, None, None);
        let offset = ConstExpr::Value(Value::I32(0));
        let data = module.data.add(walrus::DataKind::Active { memory, offset: offset.clone() }, b"kept".to_vec());
        module.memories.get_mut(memory).data_segments.insert(data);
        let add = |module: &mut Module, name: &str, calls: Option<FunctionId>| {
            let arg = module.locals.add(ValType::I32);
            let mut function = FunctionBuilder::new(&mut module.types, &[ValType::I32], &[ValType::I32]);
            function.name(name.to_owned()).func_body().local_get(arg);
            if let Some(callee) = calls {
                function.func_body().call(callee);
            }
            function.finish(vec![arg], &mut module.funcs)
        };
        let fourth = add(&mut module, "fourth", None);
        let third = add(&mut module, "third", None);
        let second = add(&mut module, "second", Some(third));
        let first = add(&mut module, "first", Some(second));
        module.exports.add("first", first);
        let table = module.tables.add_local(false, 2, Some(2), walrus::RefType::FUNCREF);
        let element = module.elements.add(ElementKind::Active { table, offset }, ElementItems::Functions(vec![fourth]));
        module.tables.get_mut(table).elem_segments.insert(element);
        let mut start = FunctionBuilder::new(&mut module.types, &[], &[]);
        start.func_body().i32_const(0).i32_const(1).store(
            memory,
            walrus::ir::StoreKind::I32 { atomic: false },
            walrus::ir::MemArg { align: 4, offset: 0 },
        );
        module.start = Some(start.finish(Vec::new(), &mut module.funcs));
        module.emit_wasm()
    }

    fn named(wasm: &[u8], names: &[&str]) -> BTreeSet<usize> {
        let is_named = |name: &Option<String>| name.as_deref().is_some_and(|name| names.contains(&name));
        let module = parse(wasm).unwrap();
        module.funcs.iter().enumerate().filter(|(_, function)| is_named(&function.name)).map(|(at, _)| at).collect()
    }

    #[test]
    fn the_halves_fit_together() {
        let wasm = module();
        let halves = cut(&wasm, &named(&wasm, &["second", "third", "fourth"])).unwrap();
        let (first, rest) = (parse(&halves.first).unwrap(), parse(&halves.rest).unwrap());
        // What the second calls is in the rest with it; two steps lead there.
        assert_eq!(first.tables.iter().map(|table| (table.initial, table.maximum)).collect::<Vec<_>>(), [(4, Some(4))]);
        assert_eq!(rest.funcs.iter_local().count(), 3 + 1);
        assert!(first.imports.find(LINK, LOAD).is_some());
        assert_eq!((first.data.iter().count(), rest.data.iter().count()), (1, 0));
        assert!(first.exports.get_func("first").is_ok() && rest.exports.iter().count() == 0);
        for import in rest.imports.iter() {
            let export = first.exports.iter().find(|export| export.name == import.name).unwrap();
            let fits = match (&import.kind, export.item) {
                (ImportKind::Table(_), ExportItem::Table(_)) => true,
                (ImportKind::Global(_), ExportItem::Global(_)) => true,
                (ImportKind::Memory(_), ExportItem::Memory(_)) => true,
                (ImportKind::Function(ours), ExportItem::Function(theirs)) => {
                    rest.types.get(rest.funcs.get(*ours).ty()).params()
                        == first.types.get(first.funcs.get(theirs).ty()).params()
                }
                _ => false,
            };
            assert!(fits, "{}", import.name);
        }
    }

    #[test]
    fn a_function_that_stays_is_called_back() {
        let wasm = module();
        let halves = cut(&wasm, &named(&wasm, &["second"])).unwrap();
        let (first, rest) = (parse(&halves.first).unwrap(), parse(&halves.rest).unwrap());
        let wanted: Vec<&str> = rest.imports.iter().map(|import| import.name.as_str()).collect();
        let third = named(&wasm, &["third"]).pop_first().unwrap();
        assert!(wanted.contains(&format!("f{third}").as_str()), "{wanted:?}");
        assert_eq!(first.funcs.iter_local().count(), 5);
    }

    #[test]
    fn a_marked_module_tells_of_each_function() {
        let wasm = crate::mark::mark(&module()).unwrap();
        let told = parse(&wasm).unwrap().exports.iter().filter(|export| export.name.starts_with("ran_")).count();
        assert_eq!(told, 5);
    }
}
