//! What LLVM is told beyond the instructions: which accesses never overlap, which never
//! change, which branches are rare.
//!
//! Regions are siblings in one tree of type-based alias analysis. Array elements are one
//! type whatever their dtype: views of one buffer may have several.

use cumbia_ir::Region;
use std::fmt::Write;

/// Memory that accesses of other kinds never touch: the IR's regions and the parts of
/// the context.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// A region of the IR.
    Region(Region),
    /// Fields of the context, and what they point to, that never change during a call.
    Constant,
    /// Fields of the context that change.
    Context,
    /// The interrupt flag.
    Flag,
}

/// Names of the kinds that aren't regions, and are numbered after them.
const PARTS: [&str; 3] = ["context.constant", "context", "flag"];

/// Numbers of metadata nodes: types from `TYPES`, access tags from `TAGS`.
const TYPES: usize = 4;
const TAGS: usize = TYPES + Region::ALL.len() + PARTS.len();
/// What loops are marked with, from `LOOPS` on.
const LOOPS: usize = TAGS + Region::ALL.len() + PARTS.len();
const WISHES: [&str; 4] = [
    "!\"llvm.loop.interleave.count\", i32 1",
    "!\"llvm.loop.vectorize.enable\", i1 false",
    "!\"llvm.loop.unroll.runtime.disable\"",
    "!\"llvm.loop.disable_nonforced\"",
];
/// The first number that no node here has.
pub(super) const END: usize = LOOPS + WISHES.len();
/// The first node of a loop, far from those of places.
const FIRST_LOOP: usize = 1 << 30;

/// What a loop asks of LLVM.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Wish {
    /// One vector in a turn: a vector form is enough to be busy with.
    OneVector,
    /// No vectors (`ordered_sums`).
    NoVectors,
    /// Turns that stay one by one (`changing_steps`, `uneven_ways`).
    OneTurn,
    /// Small code: the loop is rarely entered (`wishes`).
    Nothing,
}

/// The number of a loop's node.
pub(super) fn loop_node(index: usize) -> usize {
    FIRST_LOOP + index
}

/// On a branch: its first target is rare.
pub(super) const FIRST_IS_COLD: &str = ", !prof !1";
/// On a branch: its second target is rare.
pub(super) const SECOND_IS_COLD: &str = ", !prof !2";
/// On a load of an address that is never null.
pub(super) const NONNULL: &str = ", !nonnull !3";

impl Kind {
    /// The marks of an access.
    pub(super) fn access(self) -> String {
        let at = match self {
            Kind::Region(region) => region as usize,
            Kind::Constant => Region::ALL.len(),
            Kind::Context => Region::ALL.len() + 1,
            Kind::Flag => Region::ALL.len() + 2,
        };
        // Elements may lie at any address.
        let align = if self == Kind::Region(Region::Data) { ", align 1" } else { "" };
        let mut marks = format!("{align}, !tbaa !{}", TAGS + at);
        if matches!(self, Kind::Constant | Kind::Region(Region::Const)) {
            marks.push_str(", !invariant.load !3");
        }
        marks
    }
}

/// The nodes that the marks refer to, and those of loops.
pub(super) fn definitions(loops: &[Wish]) -> String {
    let mut text = String::from(
        "!0 = !{!\"cumbia\"}\n\
         !1 = !{!\"branch_weights\", i32 1, i32 4000}\n\
         !2 = !{!\"branch_weights\", i32 4000, i32 1}\n\
         !3 = !{}\n",
    );
    let names = Region::ALL.iter().map(|region| region.name()).chain(PARTS);
    for (at, name) in names.enumerate() {
        let _ = writeln!(text, "!{} = !{{!\"{name}\", !0, i64 0}}", TYPES + at);
        let _ = writeln!(text, "!{} = !{{!{}, !{}, i64 0}}", TAGS + at, TYPES + at, TYPES + at);
    }
    for (at, wish) in WISHES.iter().enumerate() {
        let _ = writeln!(text, "!{} = !{{{wish}}}", LOOPS + at);
    }
    for (index, &wish) in loops.iter().enumerate() {
        let node = loop_node(index);
        let _ = writeln!(text, "!{node} = distinct !{{!{node}, !{}}}", LOOPS + wish as usize);
    }
    text
}
