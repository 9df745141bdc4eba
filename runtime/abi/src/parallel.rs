//! The record of a parallel loop: what `parallel_new` makes, compiled code fills and
//! `parallel_run` reads.
//!
//! The record is plain memory, in slots: a head that says its shape, the arguments of the
//! outlined function (the first two are the turn that a block begins with and the one behind
//! its end), the addresses of the owners among the arguments, and the results of each block.
//! How many blocks there are, and which turns are in each, follows from the number of turns
//! alone: so do the results of reductions.

/// Slots of the head.
pub const HEAD_SLOTS: usize = 7;
/// The slot of the head that holds the number of blocks.
pub const BLOCKS_SLOT: usize = 1;
/// The slot of the head for the address of what says which arrays there are, where the loop is
/// watched for races (a text: the loop's variable; then, a line each, an array's name, the slot
/// of its parts among the arguments, its axes, an element's bytes, apart by tabs); or 0.
pub const RACES_SLOT: usize = 5;
/// Most blocks of a loop whose blocks give results, which are put together afterwards.
pub const MOST_BLOCKS: u64 = 128;
/// Most blocks of a loop that gives none.
pub const MOST_PARTS: u64 = 1024;
/// Most blocks of a loop for a device whose blocks give results. A thread of the device runs one,
/// so there are far more than processors have threads; the function around the loop puts them
/// together one by one, so there aren't more.
pub const MOST_ON_DEVICE: u64 = 1 << 16;
/// The slot of the head that holds the number of a loop for a device among those of the module.
pub const LOOP_SLOT: usize = 6;

/// How a loop is scheduled: the low bits of the last argument of `parallel_run`. The number
/// of turns to take at once, or 0, is above [`CHUNK_SHIFT`].
pub mod how {
    /// On the calling thread, in its context.
    pub const SERIAL: i64 = 1;
    /// The schedule: 0 guided, or one of these.
    pub const STATIC: i64 = 2;
    /// See `STATIC`.
    pub const DYNAMIC: i64 = 4;
    /// Watched for races: turns run in order on the calling thread.
    pub const WATCHED: i64 = 8;
    /// Where two bits begin that say which streams of random numbers the turns draw from: that
    /// of `random`, that of `np.random`.
    pub const DRAWS_SHIFT: u32 = 4;
    /// For a device: `parallel_run` asks whoever has one first.
    pub const DEVICE: i64 = 1 << 6;
    /// Where the chunk size begins.
    pub const CHUNK_SHIFT: u32 = 8;
}

/// What compiled code tells of memory that it is about to touch, where loops run on a device: the
/// last argument of `device_use`.
pub mod uses {
    /// It is read.
    pub const READS: i64 = 0;
    /// It may be written.
    pub const WRITES: i64 = 1;
}

/// What an access is, that code of a loop that is watched for races tells of: a kind in the low
/// bits, and above them a line of the table of places, which is text of the module.
pub mod race {
    /// The bits of the kind.
    pub const KIND: i64 = 3;
    /// An element is read.
    pub const READ: i64 = 0;
    /// An element is written.
    pub const WRITE: i64 = 1;
    /// An element is changed by an atomic operation.
    pub const ATOMIC: i64 = 2;
    /// Where the line begins.
    pub const SITE_SHIFT: u32 = 2;
    /// In place of a line: where the user's function has called a library body.
    pub const BY_LIBRARY: u32 = 0x0fff_ffff;
    /// Between the parts of an exception's text: the message, the array, the index, two turns,
    /// two places.
    pub const APART: &str = "\u{1f}";
    /// What the names of rows begin with that arrays are put together from.
    pub const ROWS: &str = "<parts ";
}

/// What a record's head says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shape {
    /// Turns of the loop.
    pub turns: u64,
    /// Blocks of turns.
    pub blocks: u64,
    /// Slots of arguments, the two bounds included.
    pub given: usize,
    /// Slots of results of each block.
    pub results: usize,
    /// Addresses of owners.
    pub owners: usize,
}

impl Shape {
    /// The shape for a loop of so many turns, over so many slots; with at most so many blocks,
    /// if that isn't 0.
    pub const fn new(turns: u64, given: usize, results: usize, owners: usize, most: u64) -> Shape {
        let most = match (most, results) {
            (0, 0) => MOST_PARTS,
            (0, _) => MOST_BLOCKS,
            (most, _) => most,
        };
        let blocks = if turns < most { turns } else { most };
        Shape { turns, blocks, given, results, owners }
    }

    /// The head that says it.
    pub const fn head(&self) -> [u64; HEAD_SLOTS] {
        [self.turns, self.blocks, self.given as u64, self.results as u64, self.owners as u64, 0, 0]
    }

    /// What a head says.
    pub const fn of(head: &[u64; HEAD_SLOTS]) -> Shape {
        let [turns, blocks, given, results, owners, _, _] = *head;
        Shape {
            turns,
            blocks,
            given: given as usize,
            results: results as usize,
            owners: owners as usize,
        }
    }

    /// The first slot of the arguments.
    pub const fn arguments(&self) -> usize {
        HEAD_SLOTS
    }

    /// The first slot of the owners' addresses.
    pub const fn first_owner(&self) -> usize {
        HEAD_SLOTS + self.given
    }

    /// The first slot of a block's results.
    pub const fn results_of(&self, block: u64) -> usize {
        self.first_owner() + self.owners + block as usize * self.results
    }

    /// Slots of the whole record; `None` where there are too many to count.
    pub fn slots(&self) -> Option<usize> {
        let results = self.results.checked_mul(usize::try_from(self.blocks).ok()?)?;
        self.first_owner().checked_add(self.owners)?.checked_add(results)
    }

    /// The first turn of a block, and the one behind its last.
    pub const fn turns_of(&self, block: u64) -> (u64, u64) {
        (self.first_turn(block), self.first_turn(block + 1))
    }

    const fn first_turn(&self, block: u64) -> u64 {
        // The first blocks have one turn more.
        let (each, more) = (self.turns / self.blocks, self.turns % self.blocks);
        block * each + if block < more { block } else { more }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_cover_all_turns_once() {
        for turns in [1, 2, 7, 127, 128, 129, 1000, 1023, 1024, 1025, 12_345, i64::MAX as u64] {
            for results in [0, 3] {
                let shape = Shape::new(turns, 4, results, 1, 0);
                let mut next = 0;
                for block in 0..shape.blocks {
                    let (first, end) = shape.turns_of(block);
                    assert_eq!(first, next);
                    assert!(end > first);
                    next = end;
                }
                assert_eq!(next, turns);
                assert_eq!(Shape::of(&shape.head()), shape);
            }
        }
    }
}
