//! Terminators, and the two kinds of exits with a status.

use super::checks::{raise_site, write_raise};
use super::device;
use super::fitting::{self, Tested};
use super::function::{FunctionCx, Label};
use super::metadata::{FIRST_IS_COLD, Kind, SECOND_IS_COLD, Wish};
use super::module::{llvm_type, result_type};
use cumbia_abi::{STATUS_OK, STATUS_RAISED, TRACE_CAPACITY, offsets};
use cumbia_ir::{Block, Function, InstData, Opcode, Target};

/// What is known of the block that a terminator ends.
#[derive(Clone, Copy, Default)]
pub(super) struct Place {
    /// What its loop asks for, if it is a latch.
    pub back: Option<Wish>,
    /// The rare way of its branch, if it is to stay a branch.
    pub rare: Option<usize>,
    /// The float of which its branch asks whether it fits, to be made an integer.
    pub fits: Option<Tested>,
}

/// Writes one terminator.
pub(super) fn write(
    fx: &mut FunctionCx<'_, '_>,
    data: &InstData,
    place: Place,
) -> Result<(), String> {
    match data.op {
        Opcode::Jump => {
            let args = arguments(fx, &data.targets[0]);
            match place.back {
                Some(wish) => fx.jump_back(data.targets[0].block, &args, wish),
                None => fx.jump_with(data.targets[0].block, &args),
            }
        }
        Opcode::Br => branch(fx, data, place),
        Opcode::Return if fx.func.for_c.is_some() => match data.args.first() {
            None => fx.line("ret void"),
            Some(&arg) => {
                let (ty, value) = (llvm_type(fx.type_of(arg)), fx.value(arg));
                fx.line(&format!("ret {ty} {value}"));
            }
        },
        Opcode::Return => {
            let mut returned = Vec::with_capacity(data.args.len());
            for &arg in &data.args {
                returned.push((llvm_type(fx.type_of(arg)), fx.value(arg)));
            }
            write_return(fx, &STATUS_OK.to_string(), &returned);
        }
        Opcode::Raise => {
            let site = raise_site(fx, data, &data.args)?;
            write_raise(fx, site, &data.args);
        }
        Opcode::Rethrow => {
            let status = fx.arg(data, 0);
            write_return(fx, &status, &[]);
        }
        op => return Err(format!("{} is not a terminator", op.name())),
    }
    Ok(())
}

fn arguments(fx: &FunctionCx<'_, '_>, target: &Target) -> Vec<String> {
    target.args.iter().map(|&arg| fx.value(arg)).collect()
}

fn branch(fx: &mut FunctionCx<'_, '_>, data: &InstData, place: Place) {
    let rare = match place.rare {
        Some(0) => FIRST_IS_COLD,
        Some(_) => SECOND_IS_COLD,
        None => "",
    };
    let condition = fx.arg(data, 0);
    let [then, otherwise] = [&data.targets[0], &data.targets[1]];
    let (then_args, otherwise_args) = (arguments(fx, then), arguments(fx, otherwise));
    if then.block == otherwise.block {
        // A phi node has one value for a predecessor.
        let mut args = Vec::with_capacity(then_args.len());
        let params = &fx.func.block(then.block).params;
        for ((a, b), &param) in then_args.iter().zip(&otherwise_args).zip(params) {
            let ty = llvm_type(fx.type_of(param));
            let choice = format!("select i1 {condition}, {ty} {a}, {ty} {b}{rare}");
            args.push(fx.temporary(&choice));
        }
        fx.jump_with(then.block, &args);
        return;
    }
    let cold = |target: &Target| fx.rare_blocks[target.block.index()];
    let marks = match (cold(then), cold(otherwise)) {
        (true, false) => FIRST_IS_COLD,
        (false, true) => SECOND_IS_COLD,
        _ => rare,
    };
    let (first, second) = (fx.head(then.block), fx.head(otherwise.block));
    if let Some(tested) = place.fits {
        fitting::write(fx, tested, (first, &then_args));
    }
    fx.flows(first, &then_args);
    fx.flows(second, &otherwise_args);
    fx.branch(&condition, first, second, marks);
}

/// Returns a status and results; zeros stand for results that there aren't.
///
/// Several values are returned from one block, which puts them together: where a function is
/// inlined, each is a phi node of its own then, and a status that is known to be 0 on a way
/// isn't tested on it. A phi node of a structure is never looked into.
pub(super) fn write_return(fx: &mut FunctionCx<'_, '_>, status: &str, results: &[(&str, String)]) {
    let lean = fx.shared.lean[fx.index];
    let declared = &fx.func.results;
    let status = (!lean).then(|| ("i32", status.to_owned()));
    let zeros = declared.iter().map(|&ty| (llvm_type(ty), "zeroinitializer".to_owned()));
    let results = results.iter().cloned().chain(zeros.skip(results.len()));
    let values: Vec<(&str, String)> = status.into_iter().chain(results).collect();
    if let [(ty, value)] = values.as_slice() {
        fx.line(&format!("ret {ty} {value}"));
        return;
    }
    let exit = match &fx.return_exit {
        Some((exit, _)) => *exit,
        None => {
            let exit = fx.new_block();
            let types = declared.iter().map(|&ty| llvm_type(ty));
            let types: Vec<&str> = (!lean).then_some("i32").into_iter().chain(types).collect();
            let params = types.into_iter().map(|ty| (ty, fx.add_param(exit, ty))).collect();
            fx.return_exit = Some((exit, params));
            exit
        }
    };
    let values: Vec<String> = values.into_iter().map(|(_, value)| value).collect();
    fx.jump(exit, &values);
}

/// Puts together what [`write_return`] has collected.
fn write_return_exit(fx: &mut FunctionCx<'_, '_>) {
    let Some((exit, params)) = fx.return_exit.take() else { return };
    fx.switch_to(exit);
    let ty = result_type(&fx.func.results, fx.shared.lean[fx.index]);
    let mut whole = "poison".to_owned();
    for (i, (result, value)) in params.iter().enumerate() {
        whole = fx.temporary(&format!("insertvalue {ty} {whole}, {result} {value}, {i}"));
    }
    fx.line(&format!("ret {ty} {whole}"));
}

/// Blocks that leave the function with a status other than 0, shared by the cold blocks
/// that need one. Each serves some of them: passes over a block with thousands of
/// predecessors take more than linear time.
#[derive(Default)]
pub(super) struct Exits {
    blocks: Vec<(Label, Vec<String>)>,
    uses: usize,
}

/// Most predecessors of one exit.
const EXIT_USES: usize = 64;

/// A block that leaves with `STATUS_RAISED`; parameter: the site.
pub(super) fn raise_exit(fx: &mut FunctionCx<'_, '_>) -> Label {
    fx.raise_exits.uses += 1;
    match fx.raise_exits.blocks.last() {
        Some(exit) if !(fx.raise_exits.uses - 1).is_multiple_of(EXIT_USES) => exit.0,
        _ => {
            let block = fx.new_block();
            let site = fx.add_param(block, "i32");
            fx.raise_exits.blocks.push((block, vec![site]));
            block
        }
    }
}

/// Ends the current block: an exception passes through call site `site`.
pub(super) fn pass_on(fx: &mut FunctionCx<'_, '_>, status: &str, site: u32) {
    fx.pass_exits.uses += 1;
    let exit = match fx.pass_exits.blocks.last() {
        Some(exit) if !(fx.pass_exits.uses - 1).is_multiple_of(EXIT_USES) => exit.0,
        _ => {
            let block = fx.new_block();
            let params = vec![fx.add_param(block, "i32"), fx.add_param(block, "i32")];
            fx.pass_exits.blocks.push((block, params));
            block
        }
    };
    fx.jump(exit, &[status.to_owned(), site.to_string()]);
}

/// Fills the exits that the function's blocks refer to. Nothing returns after this.
pub(super) fn write_exits(fx: &mut FunctionCx<'_, '_>) {
    for (exit, params) in std::mem::take(&mut fx.raise_exits.blocks) {
        fx.switch_to(exit);
        match fx.shared.device {
            Some(_) => device::errors::raise(fx, &params[0], &[]),
            None => fx.store("i32", &params[0], "%context", offsets::RAISE_SITE, Kind::Context),
        }
        write_return(fx, &STATUS_RAISED.to_string(), &[]);
    }
    for (exit, params) in std::mem::take(&mut fx.pass_exits.blocks) {
        fx.switch_to(exit);
        record_site(fx, &params[1]);
        write_return(fx, &params[0], &[]);
    }
    write_return_exit(fx);
}

/// Appends a call site to the trace and goes on, in another block.
fn record_site(fx: &mut FunctionCx<'_, '_>, site: &str) {
    if fx.shared.device.is_some() {
        return device::errors::pass(fx, site);
    }
    // The length also counts sites beyond the capacity.
    let length = fx.load("i32", "%context", offsets::TRACE_LEN, Kind::Context);
    let longer = fx.temporary(&format!("add i32 {length}, 1"));
    fx.store("i32", &longer, "%context", offsets::TRACE_LEN, Kind::Context);
    let room = fx.temporary(&format!("icmp ult i32 {length}, {TRACE_CAPACITY}"));
    let (record, leave) = (fx.new_block(), fx.new_block());
    fx.branch(&room, record, leave, "");
    fx.switch_to(record);
    let index = fx.temporary(&format!("zext i32 {length} to i64"));
    let bytes = fx.temporary(&format!("shl i64 {index}, 2"));
    let place = fx.temporary(&format!("getelementptr i8, ptr %context, i64 {bytes}"));
    fx.store("i32", site, &place, offsets::TRACE, Kind::Context);
    fx.jump(leave, &[]);
    fx.switch_to(leave);
}

/// The pending exception has passed the call at this place.
pub(super) fn note_call(fx: &mut FunctionCx<'_, '_>, data: &InstData) {
    let site = fx.shared.sites.call(fx.index, &fx.func.name, data.loc);
    record_site(fx, &site.to_string());
}

/// The blocks that can be reached, in layout order.
pub(super) fn reachable(func: &Function) -> Vec<Block> {
    let mut seen = vec![false; func.num_blocks()];
    let mut pending = vec![func.entry()];
    seen[func.entry().index()] = true;
    while let Some(block) = pending.pop() {
        for next in func.successors(block) {
            if !std::mem::replace(&mut seen[next.index()], true) {
                pending.push(next);
            }
        }
    }
    func.layout.iter().copied().filter(|block| seen[block.index()]).collect()
}
