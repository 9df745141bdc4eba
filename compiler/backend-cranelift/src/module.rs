//! A module: declare all functions, compile each, assemble object and tables.

use crate::function::{self, Shared};
use crate::signature::{extern_signature, function_signature};
use cranelift_codegen::Context as ClifContext;
use cranelift_codegen::ir::{LibCall, UserFuncName};
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_codegen::settings::RegallocAlgorithm;
use cranelift_frontend::FunctionBuilderContext;
use cranelift_module::{DataDescription, DataId, Linkage, Module as _};
use cranelift_object::{ObjectBuilder, ObjectModule};
use cumbia_abi::{LineRow, LineTable};
use cumbia_backend::{Artifact, BackendError, LIBCALL_PREFIX, Sites, helper_of, is_entry};
use cumbia_ir::{DataDecl, Function, Module};

/// Compiles a module to an object.
pub(crate) fn compile(
    isa: &OwnedTargetIsa,
    module: &Module,
    lines: bool,
) -> Result<Artifact, BackendError> {
    let mut compiled = Compilation::new(isa, module, lines)?;
    let mut table = LineTable::default();
    for index in 0..module.functions.len() {
        compiled.lower(index)?;
        let function = &module.functions[index];
        compiled
            .object
            .define_function(compiled.shared.functions[index], &mut compiled.context)
            .map_err(|e| error(function, clif_error(&e)))?;
        if lines {
            add_lines(&mut table, &function.name, &compiled.context);
        }
    }
    let entries = module.functions.iter().filter(|f| is_entry(f)).map(|f| f.name.clone()).collect();
    let Compilation { object, shared, .. } = compiled;
    let object = object
        .finish()
        .emit()
        .map_err(|e| BackendError { function: String::new(), message: e.to_string() })?;
    Ok(Artifact { object, sites: shared.sites.table, entries, lines: table })
}

/// The lines of the function that was just compiled.
fn add_lines(table: &mut LineTable, name: &str, context: &ClifContext) {
    let Some(code) = context.compiled_code() else { return };
    let symbol = table.name(name);
    let mut end = 0;
    let mut add = |offset, line| {
        table.rows.push(LineRow { symbol, offset, function: symbol, line });
    };
    for place in code.buffer.get_srclocs_sorted() {
        if place.start > end {
            add(end, 0);
        }
        add(place.start, if place.loc.is_default() { 0 } else { place.loc.bits() });
        end = place.end;
    }
    if (end as usize) < code.buffer.data().len() {
        add(end, 0);
    }
}

/// The machine code as text.
pub(crate) fn disassemble(isa: &OwnedTargetIsa, module: &Module) -> Result<String, BackendError> {
    let mut compiled = Compilation::new(isa, module, false)?;
    let mut text = String::new();
    for (index, function) in module.functions.iter().enumerate() {
        compiled.lower(index)?;
        compiled.context.set_disasm(true);
        let code = compiled
            .context
            .compile(&**isa, &mut Default::default())
            .map_err(|e| error(function, format!("{:?}", e.inner)))?;
        text.push_str(&format!("@{}:\n", function.name));
        text.push_str(code.vcode.as_deref().unwrap_or_default());
    }
    Ok(text)
}

/// State of one module's compilation. Cranelift's context and the function
/// builder's are reused from function to function.
struct Compilation<'m> {
    module: &'m Module,
    object: ObjectModule,
    context: ClifContext,
    builder_context: FunctionBuilderContext,
    shared: Shared<'m>,
}

impl<'m> Compilation<'m> {
    fn new(
        isa: &OwnedTargetIsa,
        module: &'m Module,
        lines: bool,
    ) -> Result<Compilation<'m>, BackendError> {
        let mut builder = ObjectBuilder::new(isa.clone(), "cumbia", Box::new(libcall_name))
            .map_err(|e| BackendError { function: String::new(), message: e.to_string() })?;
        builder.unwind_info(lines);
        let mut object = ObjectModule::new(builder);
        let mut signatures = Vec::with_capacity(module.functions.len());
        let mut functions = Vec::with_capacity(module.functions.len());
        for function in &module.functions {
            let signature = function_signature(&**isa, function);
            let id = object
                .declare_function(&function.name, Linkage::Export, &signature)
                .map_err(|e| error(function, e.to_string()))?;
            signatures.push(signature);
            functions.push(id);
        }
        let mut externs = Vec::with_capacity(module.externs.len());
        for decl in &module.externs {
            externs.push((helper_of(decl)?, extern_signature(&**isa, decl)));
        }
        let mut data = Vec::with_capacity(module.data.len());
        for decl in &module.data {
            data.push(define_data(&mut object, decl)?);
        }
        let shared = Shared {
            data,
            module,
            isa: isa.clone(),
            functions,
            signatures,
            externs,
            sites: Sites::default(),
            near_exits: isa.flags().regalloc_algorithm() == RegallocAlgorithm::SinglePass,
        };
        Ok(Compilation {
            module,
            context: object.make_context(),
            object,
            builder_context: FunctionBuilderContext::new(),
            shared,
        })
    }

    /// Lowers function `index` to Cranelift's IR in `self.context`.
    fn lower(&mut self, index: usize) -> Result<(), BackendError> {
        self.context.clear();
        self.context.func.name = UserFuncName::user(0, index as u32);
        self.context.func.signature = self.shared.signatures[index].clone();
        function::lower(
            &mut self.shared,
            &mut self.object,
            index,
            &mut self.context.func,
            &mut self.builder_context,
        )
        .map_err(|message| error(&self.module.functions[index], message))
    }
}

/// Static data in a section of its own kind.
fn define_data(object: &mut ObjectModule, decl: &DataDecl) -> Result<DataId, BackendError> {
    let fail = |e: cranelift_module::ModuleError| BackendError {
        function: decl.name.clone(),
        message: e.to_string(),
    };
    // The prefix keeps data apart from functions of the same name.
    let name = format!("data.{}", decl.name);
    let id = object.declare_data(&name, Linkage::Local, decl.writable, false).map_err(fail)?;
    let mut description = DataDescription::new();
    description.define(decl.bytes.clone().into_boxed_slice());
    description.set_align(16);
    object.define_data(id, &description).map_err(fail)?;
    Ok(id)
}

fn error(function: &Function, message: String) -> BackendError {
    BackendError { function: function.name.clone(), message }
}

fn clif_error(e: &cranelift_module::ModuleError) -> String {
    match e {
        cranelift_module::ModuleError::Compilation(inner) => format!("{inner:?}"),
        other => other.to_string(),
    }
}

/// Names of the functions that Cranelift itself calls. The prefix keeps them
/// apart from any IR function of the same name; the loader knows them.
fn libcall_name(libcall: LibCall) -> String {
    let name = cranelift_module::default_libcall_names()(libcall);
    format!("{LIBCALL_PREFIX}{name}")
}
