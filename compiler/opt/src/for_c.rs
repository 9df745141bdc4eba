//! What functions for callers in C do around the call: no more than the code needs.
//!
//! The front end has them ask for everything (`lower/for_c.rs`). Behind the passes the code is
//! known, all functions that it reaches included: without recursion the stack's end isn't asked
//! for, without a runtime function that has effects nothing is left behind, and integers have
//! no rounding.
//!
//! An operand that isn't needed any more is a constant; what it leads to stays for the backends.

use cumbia_ir::{Effects, ExternEffects, FuncId, Function, Imm, Inst, Module, Opcode, Type, Value};

/// What the code that a function reaches needs of its entry.
#[derive(Default)]
struct Needs {
    stack: bool,
    /// Something may be left when it returns.
    leaves: bool,
    floats: bool,
}

/// Takes from each function for C what its code doesn't need.
pub fn settle(module: &mut Module) {
    let all: Vec<usize> = (0..module.functions.len()).collect();
    for index in all {
        if module.functions[index].for_c.is_some() {
            let needs = needs(module, FuncId::new(index));
            take(module, index, &needs);
        }
    }
}

fn insts(func: &Function) -> impl Iterator<Item = Inst> + '_ {
    func.layout.iter().flat_map(|&block| &func.block(block).insts).copied()
}

/// The name of the runtime function for C that an instruction calls.
fn asked<'m>(module: &'m Module, func: &Function, inst: Inst) -> Option<&'m str> {
    match func.inst(inst).imm {
        Imm::Extern(id) => {
            let name = module.externs[id.index()].name.as_str();
            name.starts_with("c_").then_some(name)
        }
        _ => None,
    }
}

fn needs(module: &Module, root: FuncId) -> Needs {
    let mut needs = Needs::default();
    let mut seen = vec![false; module.functions.len()];
    let mut pending = vec![root.index()];
    while let Some(index) = pending.pop() {
        if std::mem::replace(&mut seen[index], true) {
            continue;
        }
        let func = &module.functions[index];
        for inst in insts(func).filter(|&inst| asked(module, func, inst).is_none()) {
            let data = func.inst(inst);
            match (data.op, &data.imm) {
                (Opcode::StackCheck, _) => needs.stack = true,
                (_, Imm::Func(callee)) => pending.push(callee.index()),
                (_, Imm::Extern(callee)) => {
                    let callee = &module.externs[callee.index()];
                    needs.leaves |= callee.effects != ExternEffects::Pure;
                    // Runtime functions compute as they like.
                    needs.floats = true;
                }
                _ => {}
            }
            needs.floats |= rounds(func, inst);
        }
    }
    needs
}

/// Whether an instruction computes with floats: moving them around isn't that.
fn rounds(func: &Function, inst: Inst) -> bool {
    let data = func.inst(inst);
    let is_float = |value: &Value| func.value_type(*value).is_float();
    match data.op.effects() {
        Effects::Pure | Effects::Guarded => {
            !matches!(data.op, Opcode::Fconst | Opcode::Select)
                && data.args.iter().chain(&data.results).any(is_float)
        }
        Effects::All => data.ty.is_some_and(Type::is_float),
        _ => false,
    }
}

fn take(module: &mut Module, index: usize, needs: &Needs) {
    let func = &module.functions[index];
    let unneeded = |inst: &Inst| match asked(module, func, *inst) {
        Some("c_stack") => !needs.stack,
        Some("c_leave") => !needs.leaves,
        Some("c_floats") => !needs.floats,
        _ => false,
    };
    let unneeded: Vec<Inst> = insts(func).filter(unneeded).collect();
    let func = &mut module.functions[index];
    for block in func.layout.clone() {
        func.block_mut(block).insts.retain(|inst| !unneeded.contains(inst));
    }
    for inst in unneeded {
        if let [word] = func.inst(inst).results[..] {
            zero_instead(func, word);
        }
    }
}

/// Has a constant 0 take the place of a value that isn't defined any more.
fn zero_instead(func: &mut Function, value: Value) {
    let ty = func.value_type(value);
    let data = cumbia_ir::InstData {
        op: Opcode::Iconst,
        ty: Some(ty),
        args: Default::default(),
        imm: Imm::Int(0),
        targets: Default::default(),
        results: Default::default(),
        loc: Default::default(),
        fast: Default::default(),
    };
    let made = func.make_inst(data, &[ty]);
    let zero = func.result(made);
    let entry = func.entry();
    func.block_mut(entry).insts.insert(0, made);
    for inst in (0..func.num_insts()).map(Inst::new) {
        func.map_uses(inst, |used| if used == value { zero } else { used });
    }
}

#[cfg(test)]
mod tests {
    use super::settle;
    use cumbia_ir::{Stage, parse_module, verify_module};

    /// What is left of the four questions for a callee with this body.
    fn left(body: &str) -> Vec<&'static str> {
        let text = format!(
            "extern @c_floats() -> i64 effects\nextern @c_floats_back(i64) effects\n\
             extern @c_stack() effects\nextern @c_leave() effects\n\
             extern @scratch() -> ptr effects\nextern @sin_f64(f64) -> f64 pure\n\
             data @context writable \"00\"\n\
             func @c.f(f64, ptr) -> () c(@context) {{\nblock0(v0: f64, v1: ptr):\n\
             v2 = ecall @c_floats()\necall @c_stack()\nv3 = try_call @f(v0, v1)\n\
             ecall @c_leave()\necall @c_floats_back(v2)\nreturn\n}}\n\
             func @f(f64, ptr) -> () {{\nblock0(v0: f64, v1: ptr):\n{body}\nreturn\n}}\n"
        );
        let mut module = parse_module(&text).unwrap();
        settle(&mut module);
        verify_module(&module, Stage::Optimized).unwrap();
        let text = module.functions[0].display(&module).to_string();
        let asked = ["c_floats()", "c_stack", "c_leave"];
        asked.into_iter().filter(|name| text.contains(&format!("ecall @{name}"))).collect()
    }

    #[test]
    fn only_what_is_needed_is_left() {
        assert!(left("").is_empty());
        // Moved, not computed.
        assert!(left("v2 = load.f64 v1 !data\nstore.f64 v2, v1 !data").is_empty());
        assert_eq!(left("v2 = fadd.f64 v0, v0\nstore.f64 v2, v1 !data"), ["c_floats()"]);
        assert_eq!(left("v2 = fcmp.f64.lt v0, v0"), ["c_floats()"]);
        assert_eq!(left("v2 = iconst.i64 1\nv3 = sint_to_f.f64 v2"), ["c_floats()"]);
        assert_eq!(left("v2 = ecall @sin_f64(v0)"), ["c_floats()"]);
        assert_eq!(left("stack_check"), ["c_stack"]);
        assert_eq!(left("v2 = ecall @scratch()"), ["c_floats()", "c_leave"]);
    }
}
