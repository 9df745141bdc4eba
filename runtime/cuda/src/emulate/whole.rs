//! Grids whose blocks wait for each other: all of them have their memory at once.
//!
//! Each block runs up to the grid's barrier, in the order of a grid without one. When all are
//! there, each goes on in the same order. What some did before it, all have seen after it
//! (`shadow`). A block that ends, or waits somewhere else, while others wait for the grid is a
//! fault: a device would wait forever.

use super::watch::Watch;
use super::{At, BlockMemory, BlockRun, Fault, Launch, Place, blocks_of};
use cumbia_abi::grid::KernelPlan;
use cumbia_abi::{Context, EntryFn};

/// Runs a grid to its end.
///
/// # Safety
///
/// As for [`super::run`]; the watch is the launch's, which nobody borrows.
pub(super) unsafe fn run(
    entry: EntryFn,
    plan: &KernelPlan,
    launch: &Launch<'_>,
    watch: *mut Watch,
    context: &mut Context,
) -> Result<(), Fault> {
    let indices: Vec<[u32; 3]> = blocks_of(launch).collect();
    let mut memories: Vec<BlockMemory> = Vec::with_capacity(indices.len());
    for &index in &indices {
        let mut memory = BlockMemory::new(plan, launch, watch, indices.len())?;
        memory.begin(index, launch);
        memories.push(memory);
    }
    loop {
        // Which blocks are over, and which wait for the grid.
        let (mut over, mut waits) = (None, None);
        for (number, (memory, &index)) in memories.iter_mut().zip(&indices).enumerate() {
            let mut block = BlockRun { memory, plan, index, watch };
            block.begin();
            // SAFETY: the caller's promise.
            let is_over = unsafe { block.run(entry, context) }?;
            let kind = if is_over { &mut over } else { &mut waits };
            kind.get_or_insert(number);
        }
        let Some(first) = waits else { return Ok(()) };
        let mut meeting = |number: usize| {
            let memory = &mut memories[number];
            let mut block = BlockRun { memory, plan, index: indices[number], watch };
            (block.place(0), block.meeting(0), block.memory.thread(0).meeting)
        };
        let (place, found, at) = meeting(first);
        let found = found.expect("it waits");
        let apart = |other: Place, at: At| Fault::Apart { place, waits: found.clone(), other, at };
        if let Some(over) = over {
            return Err(apart(meeting(over).0, At::Ended));
        }
        for number in 0..indices.len() {
            let (other, elsewhere, other_at) = meeting(number);
            if other_at != at {
                return Err(apart(other, elsewhere.map_or(At::Ended, At::Waits)));
            }
        }
        // SAFETY: no thread runs, and nothing borrows it.
        unsafe { (*watch).grid_barrier() };
    }
}
