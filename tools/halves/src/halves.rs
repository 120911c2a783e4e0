//! One module becomes two that are one again when the second arrives.
//!
//! A function that moves leaves, where the first half still names it, a step behind: it asks for the rest unless that is there,
//! and then calls through the table. The rest imports memory, table, globals and functions from the first half's exports, puts its
//! functions into the table and says that it is there. Memory and its contents stay with the first half.

use crate::{Failure, parse};
use std::collections::BTreeSet;
use walrus::ir::{BinaryOp, Instr, UnaryOp, Visitor, dfs_in_order};
use walrus::{
    ConstExpr, ElementItems, ElementKind, ExportItem, Function, FunctionBuilder, FunctionId, FunctionKind, GlobalId, GlobalKind,
    ImportId, ImportKind, MemoryId, Module, TableId, ValType,
};

/// The module under which each half imports from the other.
pub const LINK: &str = "halves";
/// What the first half imports: loads the rest, and returns when it is there.
pub const LOAD: &str = "load";

/// The two halves.
pub struct Halves {
    /// What a first visit needs.
    pub first: Vec<u8>,
    /// Everything else.
    pub rest: Vec<u8>,
}

/// Cuts a module; `moves` are the positions of the functions that go.
///
/// # Errors
/// If it is no module, or none that has one memory and one table of functions.
pub fn cut(wasm: &[u8], moves: &BTreeSet<usize>) -> Result<Halves, Failure> {
    let (mut first, mut rest) = (parse(wasm)?, parse(wasm)?);
    let entries = entries(&first, moves);
    let slots = leave_steps(&mut first, &entries)?;
    let wanted = import_all(&mut rest, moves)?;
    enter_table(&mut rest, &entries, slots)?;
    walrus::passes::gc::run(&mut rest);
    export(&mut first, &rest, &wanted)?;
    walrus::passes::gc::run(&mut first);
    Ok(Halves { first: first.emit_wasm(), rest: rest.emit_wasm() })
}

/// The ids in the order of the file, which is the same however often it is read.
fn in_order(module: &Module) -> Vec<FunctionId> {
    module.funcs.iter().map(Function::id).collect()
}

/// Those that move and are named by something that stays.
fn entries(module: &Module, moves: &BTreeSet<usize>) -> Vec<usize> {
    struct Named(BTreeSet<FunctionId>);
    impl Visitor<'_> for Named {
        fn visit_function_id(&mut self, id: &FunctionId) {
            self.0.insert(*id);
        }
    }
    let mut named = Named(BTreeSet::new());
    let ids = in_order(module);
    for (_, id) in ids.iter().enumerate().filter(|(position, _)| !moves.contains(position)) {
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
    moves.iter().copied().filter(|position| ids.get(*position).is_some_and(|id| named.0.contains(id))).collect()
}

/// Puts steps in the place of the entries; where in the table their functions will be.
fn leave_steps(module: &mut Module, entries: &[usize]) -> Result<u64, Failure> {
    let table = function_table(module)?;
    let slots = module.tables.get(table).initial;
    let count = entries.len() as u64;
    {
        let table = module.tables.get_mut(table);
        table.initial += count;
        table.maximum = table.maximum.map(|maximum| maximum + count);
    }
    let nothing = module.types.add(&[], &[]);
    let (load, _) = module.add_import_func(LINK, LOAD, nothing);
    let is_there =
        module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(walrus::ir::Value::I32(0)));
    module.exports.add(IS_THERE, is_there);
    let ids = in_order(module);
    for (slot, position) in (slots..).zip(entries) {
        let function = *ids.get(*position).ok_or("a function that is not there")?;
        let ty = module.funcs.get(function).ty();
        let (params, results) = module.types.params_results(ty);
        let (params, results) = (params.to_vec(), results.to_vec());
        let mut step = FunctionBuilder::new(&mut module.types, &params, &results);
        let locals: Vec<_> = params.iter().map(|ty| module.locals.add(*ty)).collect();
        let mut body = step.func_body();
        body.global_get(is_there).unop(UnaryOp::I32Eqz).if_else(
            None,
            |ask| {
                ask.call(load);
            },
            |_| {},
        );
        for local in &locals {
            body.local_get(*local);
        }
        body.i32_const(i32::try_from(slot).map_err(|_| "a table too large")?).call_indirect(ty, table);
        module.funcs.get_mut(function).kind = FunctionKind::Local(step.local_func(locals));
    }
    Ok(slots)
}

/// The first half's export that says that the rest is there.
const IS_THERE: &str = "halves_is_there";

fn function_table(module: &Module) -> Result<TableId, Failure> {
    Ok(module.tables.main_function_table().map_err(|error| error.to_string())?.ok_or("a module without a table of functions")?)
}

/// What the rest imports, by the names it has as exports of the first half.
#[derive(Default)]
struct Wanted {
    /// Positions in the order of the file.
    functions: Vec<(String, usize)>,
    tables: Vec<(String, usize)>,
    globals: Vec<(String, usize)>,
    memories: Vec<(String, usize)>,
}

/// Turns everything that does not move into an import, and drops what only the first half does.
fn import_all(module: &mut Module, moves: &BTreeSet<usize>) -> Result<Wanted, Failure> {
    let exports: Vec<_> = module.exports.iter().map(walrus::Export::id).collect();
    exports.into_iter().for_each(|id| module.exports.delete(id));
    let elements: Vec<_> = module.elements.iter().map(walrus::Element::id).collect();
    for table in module.tables.iter_mut() {
        table.elem_segments.clear();
    }
    elements.into_iter().for_each(|id| module.elements.delete(id));
    for memory in module.memories.iter_mut() {
        memory.data_segments.clear();
    }
    let datas: Vec<_> = module.data.iter().map(walrus::Data::id).collect();
    datas.into_iter().for_each(|id| module.data.delete(id));
    module.start = None;
    let old: Vec<ImportId> = module.imports.iter().map(walrus::Import::id).collect();
    old.into_iter().for_each(|id| module.imports.delete(id));

    let mut wanted = Wanted::default();
    for (position, id) in in_order(module).into_iter().enumerate().filter(|(position, _)| !moves.contains(position)) {
        let name = format!("halves_f{position}");
        let import = module.imports.add(LINK, &name, ImportKind::Function(id));
        let ty = module.funcs.get(id).ty();
        module.funcs.get_mut(id).kind = FunctionKind::Import(walrus::ImportedFunction { import, ty });
        wanted.functions.push((name, position));
    }
    let tables: Vec<TableId> = module.tables.iter().map(walrus::Table::id).collect();
    for (position, id) in tables.into_iter().enumerate() {
        let name = format!("halves_t{position}");
        let import = module.imports.add(LINK, &name, ImportKind::Table(id));
        module.tables.get_mut(id).import = Some(import);
        wanted.tables.push((name, position));
    }
    let globals: Vec<GlobalId> = module.globals.iter().map(walrus::Global::id).collect();
    for (position, id) in globals.into_iter().enumerate() {
        let name = format!("halves_g{position}");
        let import = module.imports.add(LINK, &name, ImportKind::Global(id));
        module.globals.get_mut(id).kind = GlobalKind::Import(import);
        wanted.globals.push((name, position));
    }
    let memories: Vec<MemoryId> = module.memories.iter().map(walrus::Memory::id).collect();
    for (position, id) in memories.into_iter().enumerate() {
        let name = format!("halves_m{position}");
        let import = module.imports.add(LINK, &name, ImportKind::Memory(id));
        module.memories.get_mut(id).import = Some(import);
        wanted.memories.push((name, position));
    }
    Ok(wanted)
}

/// The rest puts its functions into the table and says so.
fn enter_table(module: &mut Module, entries: &[usize], slots: u64) -> Result<(), Failure> {
    let table = function_table(module)?;
    let count = entries.len() as u64;
    {
        let table = module.tables.get_mut(table);
        table.initial += count;
        table.maximum = table.maximum.map(|maximum| maximum + count);
    }
    let ids = in_order(module);
    let functions = entries.iter().filter_map(|position| ids.get(*position).copied()).collect();
    let offset = i32::try_from(slots).map_err(|_| "a table too large")?;
    let offset = ConstExpr::Value(walrus::ir::Value::I32(offset));
    let element = module.elements.add(ElementKind::Active { table, offset }, ElementItems::Functions(functions));
    module.tables.get_mut(table).elem_segments.insert(element);
    let (is_there, _) = module.add_import_global(LINK, IS_THERE, ValType::I32, true, false);
    let mut start = FunctionBuilder::new(&mut module.types, &[], &[]);
    start.func_body().i32_const(1).global_set(is_there);
    module.start = Some(start.finish(Vec::new(), &mut module.funcs));
    Ok(())
}

/// The first half exports what the rest, after its unused imports are gone, still wants.
fn export(module: &mut Module, rest: &Module, wanted: &Wanted) -> Result<(), Failure> {
    let still: BTreeSet<&str> = rest.imports.iter().map(|import| import.name.as_str()).collect();
    let functions = in_order(module);
    let tables: Vec<TableId> = module.tables.iter().map(walrus::Table::id).collect();
    let globals: Vec<GlobalId> = module.globals.iter().map(walrus::Global::id).collect();
    let memories: Vec<MemoryId> = module.memories.iter().map(walrus::Memory::id).collect();
    let missing = "the halves are of different modules";
    for (name, position) in wanted.functions.iter().filter(|(name, _)| still.contains(name.as_str())) {
        module.exports.add(name, *functions.get(*position).ok_or(missing)?);
    }
    for (name, position) in wanted.tables.iter().filter(|(name, _)| still.contains(name.as_str())) {
        module.exports.add(name, *tables.get(*position).ok_or(missing)?);
    }
    for (name, position) in wanted.globals.iter().filter(|(name, _)| still.contains(name.as_str())) {
        module.exports.add(name, *globals.get(*position).ok_or(missing)?);
    }
    for (name, position) in wanted.memories.iter().filter(|(name, _)| still.contains(name.as_str())) {
        module.exports.add(name, *memories.get(*position).ok_or(missing)?);
    }
    Ok(())
}

/// Lets each function say that it ran: the export `ran_7` is 1 when the seventh did.
///
/// # Errors
/// If it is no module.
pub fn mark(wasm: &[u8]) -> Result<Vec<u8>, Failure> {
    let mut module = parse(wasm)?;
    for (position, id) in in_order(&module).into_iter().enumerate() {
        if matches!(module.funcs.get(id).kind, FunctionKind::Import(_)) {
            continue;
        }
        let ran = module.globals.add_local(ValType::I32, true, false, ConstExpr::Value(walrus::ir::Value::I32(0)));
        module.exports.add(&format!("ran_{position}"), ran);
        if let FunctionKind::Local(function) = &mut module.funcs.get_mut(id).kind {
            let mut body = function.builder_mut().func_body();
            body.instr_at(0, walrus::ir::Const { value: walrus::ir::Value::I32(1) });
            body.instr_at(1, walrus::ir::GlobalSet { global: ran });
        }
    }
    Ok(module.emit_wasm())
}

/// The names of the functions in the order of the file; what is imported has none.
///
/// # Errors
/// If it is no module.
pub fn names(wasm: &[u8]) -> Result<Vec<Option<String>>, Failure> {
    let module = parse(wasm)?;
    let name = |function: &Function| match function.kind {
        FunctionKind::Local(_) => function.name.clone(),
        _ => None,
    };
    Ok(module.funcs.iter().map(name).collect())
}
#[allow(unused_imports)]
use {BinaryOp as _, Instr as _};
