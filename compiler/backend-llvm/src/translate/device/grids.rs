//! The barrier of a whole grid, by one word of global memory for each launch.
//!
//! Every kernel of such a module takes the address of two words, both 0 at first, behind that of
//! the error record, and leaves it in shared memory for whoever needs it: each thread by itself,
//! so that nobody waits for it. One thread of a block stands for all of them. It adds 1 to the
//! first word, the one of the first block what the others leave to a change of the highest bit;
//! who sees that bit changed goes on. So the word is ready for the next barrier at once.
//!
//! - What a block wrote is released by its thread's addition, behind a barrier of the block, and
//!   acquired by the load that sees the bit change, before another one. The addition is written
//!   as PTX: LLVM makes a relaxed one of what is to release.
//! - A thread that raises sets the second word, with release, and who waits looks at it before
//!   the first one, with acquire: so nobody leaves a barrier that all have come to. Threads of a
//!   block that nobody stood for, or whose thread has seen that word, leave the kernel.
//!
//! Assumes that all blocks are there at once, and that all of their threads come, but for those
//! that have raised.

use crate::translate::control::write_return;
use crate::translate::function::FunctionCx;
use cumbia_abi::STATUS_RAISED;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Where the address of the launch's words is kept.
const WORDS: &str = "ptr addrspace(3) @grid.words";
/// Bytes from the first word to the one that says that a thread has raised.
const RAISED: u32 = 4;

/// Writes `grid_barrier`.
pub(in crate::translate) fn barrier(fx: &mut FunctionCx<'_, '_>) {
    let status = fx.temporary("call i32 @cumbia.grid_barrier()");
    let failed = fx.temporary(&format!("icmp ne i32 {status}, 0"));
    let leaves = fx.new_block();
    fx.branch_cold(&failed, leaves);
    let next = fx.current();
    fx.switch_to(leaves);
    write_return(fx, &STATUS_RAISED.to_string(), &[]);
    fx.switch_to(next);
}

/// The parameter of a kernel, and what it does with it first.
pub(in crate::translate) const PARAMETER: &str = "ptr %grid";
/// See [`PARAMETER`].
pub(in crate::translate) const KEPT: &str =
    "  store ptr %grid, ptr addrspace(3) @grid.words, align 8\n";

/// Says that a thread has raised, to those who wait for it.
pub(in crate::translate) fn tell_of_raise(text: &mut String) {
    let _ = write!(
        text,
        "  %words = load ptr, {WORDS}, align 8\n  \
         %words.1 = addrspacecast ptr %words to ptr addrspace(1)\n  \
         %raised = getelementptr i8, ptr addrspace(1) %words.1, i64 {RAISED}\n  \
         store atomic i32 1, ptr addrspace(1) %raised syncscope(\"device\") release, align 4\n"
    );
}

/// The function, and the place of the address; what it uses is added to the intrinsics that
/// are declared.
pub(in crate::translate) fn definitions(
    intrinsics: &mut BTreeMap<String, (String, String)>,
) -> String {
    let mut declare = |name: &str, result: &str, params: &str| {
        intrinsics.insert(format!("llvm.nvvm.{name}"), (result.to_owned(), params.to_owned()));
    };
    declare("barrier.cta.sync.aligned.all", "void", "i32");
    declare("barrier.cta.red.or.aligned.all", "i1", "i32, i1");
    let mut text = "@grid.words = internal addrspace(3) global ptr undef, align 8\n\
         define internal i32 @cumbia.grid_barrier() convergent nounwind {\n"
        .to_owned();
    for register in ["tid", "ctaid", "nctaid"] {
        for axis in ["x", "y", "z"] {
            declare(&format!("read.ptx.sreg.{register}.{axis}"), "i32", "");
            let _ = writeln!(
                text,
                "  %{register}.{axis} = call i32 @llvm.nvvm.read.ptx.sreg.{register}.{axis}()"
            );
        }
    }
    for register in ["tid", "ctaid"] {
        let _ = writeln!(
            text,
            "  %{register}.xy = or i32 %{register}.x, %{register}.y\n  \
             %{register}.xyz = or i32 %{register}.xy, %{register}.z\n  \
             %{register}.first = icmp eq i32 %{register}.xyz, 0"
        );
    }
    // A launch has fewer than 2**31 blocks at once.
    let _ = write!(
        text,
        "  call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)\n  \
         br i1 %tid.first, label %arrive, label %meet\n\
         arrive:\n  \
         %words = load ptr, {WORDS}, align 8\n  \
         %word = addrspacecast ptr %words to ptr addrspace(1)\n  \
         %raised = getelementptr i8, ptr addrspace(1) %word, i64 {RAISED}\n  \
         %plane = mul i32 %nctaid.x, %nctaid.y\n  \
         %blocks = mul i32 %plane, %nctaid.z\n  \
         %rest = sub i32 -2147483647, %blocks\n  \
         %step = select i1 %ctaid.first, i32 %rest, i32 1\n  \
         %before = call i32 asm sideeffect \"atom.release.gpu.global.add.u32 $0, [$1], $2;\", \
         \"=r,l,r,~{{memory}}\"(ptr addrspace(1) %word, i32 %step)\n  \
         br label %wait\n\
         wait:\n  \
         %flag = load atomic i32, ptr addrspace(1) %raised syncscope(\"device\") acquire, \
         align 4\n  \
         %now = load atomic i32, ptr addrspace(1) %word syncscope(\"device\") acquire, align 4\n  \
         %changed = xor i32 %now, %before\n  \
         %whole = icmp slt i32 %changed, 0\n  \
         br i1 %whole, label %meet, label %look\n\
         look:\n  \
         %goes.on = icmp eq i32 %flag, 0\n  \
         br i1 %goes.on, label %wait, label %meet\n\
         meet:\n  \
         %stands = phi i1 [ false, %0 ], [ true, %wait ], [ false, %look ]\n  \
         %all = call i1 @llvm.nvvm.barrier.cta.red.or.aligned.all(i32 0, i1 %stands)\n  \
         %status = select i1 %all, i32 0, i32 {STATUS_RAISED}\n  \
         ret i32 %status\n}}\n"
    );
    text
}
