//! Merge sort as CPython's lists are sorted: the same elements are compared in the same
//! order, so that the result is the same where `<` orders nothing, as with nan.
//!
//! Tim Peters' listsort (`Objects/listsort.txt` of CPython), with the merge policy of
//! powersort (Munro and Wild, "Nearly-Optimal Mergesorts", 2018). From 3.13 on runs are found
//! in another way: descending ones may have equal elements in them.
//!
//! Works on positions; `<` may fail, and the positions are of no use then.

use super::Failure;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether runs are found as from 3.13 on.
static FINDS_EQUAL: AtomicBool = AtomicBool::new(false);

/// Sorts as the Python of this minor version does.
pub fn follow_python(minor: u8) {
    FINDS_EQUAL.store(minor >= 13, Ordering::Relaxed);
}

/// Shorter runs than half of this are made longer.
const LONGEST_SHORT_RUN: usize = 64;
/// So often one side has to win in a row for its elements to be searched for.
const MIN_GALLOP: usize = 7;

/// Whether the first is less than the second.
pub type Less<'a> = dyn FnMut(usize, usize) -> Result<bool, Failure> + 'a;

/// A sorted part that is to be merged with its neighbours.
struct Run {
    start: usize,
    len: usize,
    /// The level of the node between it and the next one in a tree of merges.
    power: u32,
}

struct Sorter<'a, 'l> {
    items: &'a mut [usize],
    less: &'a mut Less<'l>,
    min_gallop: usize,
    pending: Vec<Run>,
    room: Vec<usize>,
}

/// Sorts positions.
pub fn timsort(items: &mut [usize], less: &mut Less<'_>) -> Result<(), Failure> {
    let length = items.len();
    if length < 2 {
        return Ok(());
    }
    let shortest = shortest_run(length);
    let finds_equal = FINDS_EQUAL.load(Ordering::Relaxed);
    let (min_gallop, pending, room) = (MIN_GALLOP, Vec::new(), Vec::new());
    let mut sorter = Sorter { items, less, min_gallop, pending, room };
    let mut start = 0;
    while start < length {
        let mut len = match finds_equal {
            true => sorter.run_with_equal(start)?,
            false => sorter.run(start)?,
        };
        if len < shortest {
            let wanted = shortest.min(length - start);
            sorter.insert(start, start + wanted, start + len)?;
            len = wanted;
        }
        sorter.found(len)?;
        sorter.pending.push(Run { start, len, power: 0 });
        start += len;
    }
    while sorter.pending.len() > 1 {
        let mut at = sorter.pending.len() - 2;
        if at > 0 && sorter.pending[at - 1].len < sorter.pending[at + 1].len {
            at -= 1;
        }
        sorter.merge(at)?;
    }
    Ok(())
}

/// The length that runs are brought to: a little less than a power of two parts the whole.
fn shortest_run(mut length: usize) -> usize {
    let mut rest = 0;
    while length >= LONGEST_SHORT_RUN {
        rest |= length & 1;
        length >>= 1;
    }
    length + rest
}

/// The level at which two neighbouring runs are merged, of `length` elements in all.
fn power(start: usize, first: usize, second: usize, length: usize) -> u32 {
    // Twice the middles of the runs, bit by bit, until they differ.
    let mut a = 2 * start + first;
    let mut b = a + first + second;
    let mut level = 0;
    loop {
        level += 1;
        if a >= length {
            a -= length;
            b -= length;
        } else if b >= length {
            return level;
        }
        a <<= 1;
        b <<= 1;
    }
}

impl Sorter<'_, '_> {
    fn less(&mut self, i: usize, j: usize) -> Result<bool, Failure> {
        (self.less)(self.items[i], self.items[j])
    }

    /// The length of the run at a place; a strictly descending one is turned round.
    fn run(&mut self, start: usize) -> Result<usize, Failure> {
        let end = self.items.len();
        let mut at = start + 1;
        if at == end {
            return Ok(1);
        }
        let descends = self.less(at, start)?;
        at += 1;
        while at < end && self.less(at, at - 1)? == descends {
            at += 1;
        }
        if descends {
            self.items[start..at].reverse();
        }
        Ok(at - start)
    }

    /// The same, where equal elements may stand in a descending run, which may be followed by
    /// an ascending one.
    fn run_with_equal(&mut self, start: usize) -> Result<usize, Failure> {
        let end = self.items.len();
        let mut at = self.ascending(start + 1)?;
        if at == end {
            return Ok(end - start);
        }
        if at > start + 1 {
            if self.less(start, at - 1)? {
                return Ok(at - start);
            }
            // All are equal, and the next one is less.
            self.items[start..at].reverse();
        }
        at += 1;
        let mut equal = 0;
        while at < end {
            if self.less(at, at - 1)? {
                self.turn_equal(at, &mut equal);
            } else if self.less(at - 1, at)? {
                break;
            } else {
                equal += 1;
            }
            at += 1;
        }
        self.turn_equal(at, &mut equal);
        self.items[start..at].reverse();
        Ok(self.ascending(at)? - start)
    }

    /// The end of what ascends from the element before a place on.
    fn ascending(&mut self, mut at: usize) -> Result<usize, Failure> {
        while at < self.items.len() && !self.less(at, at - 1)? {
            at += 1;
        }
        Ok(at)
    }

    /// Elements before `end` that equal the one before them are turned round with that one,
    /// since the whole run will be.
    fn turn_equal(&mut self, end: usize, equal: &mut usize) {
        if *equal > 0 {
            self.items[end - *equal - 1..end].reverse();
            *equal = 0;
        }
    }

    /// Sorts a part whose beginning is sorted.
    fn insert(&mut self, start: usize, end: usize, sorted: usize) -> Result<(), Failure> {
        for at in sorted.max(start + 1)..end {
            let pivot = self.items[at];
            let (mut low, mut high) = (start, at);
            while low < high {
                let middle = low + (high - low) / 2;
                if (self.less)(pivot, self.items[middle])? {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            self.items.copy_within(low..at, low + 1);
            self.items[low] = pivot;
        }
        Ok(())
    }

    /// Merges what comes before a new run of a length, as far as it is deeper in the tree.
    fn found(&mut self, len: usize) -> Result<(), Failure> {
        let Some(last) = self.pending.last() else { return Ok(()) };
        let level = power(last.start, last.len, len, self.items.len());
        while self.pending.len() > 1 && self.pending[self.pending.len() - 2].power > level {
            self.merge(self.pending.len() - 2)?;
        }
        if let Some(last) = self.pending.last_mut() {
            last.power = level;
        }
        Ok(())
    }

    /// Merges two pending runs.
    fn merge(&mut self, at: usize) -> Result<(), Failure> {
        let second = self.pending.remove(at + 1);
        let first = &mut self.pending[at];
        let (mut a, mut na, b, nb) = (first.start, first.len, second.start, second.len);
        first.len = na + nb;
        first.power = second.power;
        // What is in its place already.
        let skipped = gallop_right(self.less, self.items[b], &self.items[a..a + na], 0)?;
        a += skipped;
        na -= skipped;
        if na == 0 {
            return Ok(());
        }
        let last = self.items[a + na - 1];
        let nb = gallop_left(self.less, last, &self.items[b..b + nb], nb - 1)?;
        match nb {
            0 => Ok(()),
            nb if na <= nb => self.merge_low(a, na, nb),
            nb => self.merge_high(a, na, nb),
        }
    }

    /// Merges neighbours from the left, the first of which is set aside.
    fn merge_low(&mut self, a: usize, na: usize, nb: usize) -> Result<(), Failure> {
        self.room.clear();
        self.room.extend_from_slice(&self.items[a..a + na]);
        let (mut to, mut i, mut j) = (a, 0, a + na);
        let end = j + nb;
        let merged = self.merge_low_until(&mut to, &mut i, &mut j, end);
        // What is left of the first, which one element of may belong at the very end.
        let left = self.room.len() - i;
        if left == 1 && j < end {
            self.items.copy_within(j..end, to);
            self.items[end - 1] = self.room[i];
        } else {
            let (room, items) = (&self.room[i..], &mut self.items[to..to + left]);
            items.copy_from_slice(room);
        }
        merged
    }

    /// Goes on until the second is used up, or one element of the first is left.
    fn merge_low_until(
        &mut self,
        to: &mut usize,
        i: &mut usize,
        j: &mut usize,
        end: usize,
    ) -> Result<(), Failure> {
        let na = self.room.len();
        self.items[*to] = self.items[*j];
        (*to, *j) = (*to + 1, *j + 1);
        if *j == end || na == 1 {
            return Ok(());
        }
        let mut gallop = self.min_gallop;
        loop {
            let (mut wins_a, mut wins_b) = (0, 0);
            loop {
                if (self.less)(self.items[*j], self.room[*i])? {
                    self.items[*to] = self.items[*j];
                    (*to, *j) = (*to + 1, *j + 1);
                    (wins_a, wins_b) = (0, wins_b + 1);
                    if *j == end {
                        return Ok(());
                    }
                    if wins_b >= gallop {
                        break;
                    }
                } else {
                    self.items[*to] = self.room[*i];
                    (*to, *i) = (*to + 1, *i + 1);
                    (wins_a, wins_b) = (wins_a + 1, 0);
                    if *i + 1 == na {
                        return Ok(());
                    }
                    if wins_a >= gallop {
                        break;
                    }
                }
            }
            gallop += 1;
            loop {
                gallop -= usize::from(gallop > 1);
                self.min_gallop = gallop;
                wins_a = gallop_right(self.less, self.items[*j], &self.room[*i..], 0)?;
                if wins_a > 0 {
                    let (from, here) = (*i..*i + wins_a, *to..*to + wins_a);
                    self.items[here].copy_from_slice(&self.room[from]);
                    (*to, *i) = (*to + wins_a, *i + wins_a);
                    // None are left only where `<` is inconsistent.
                    if *i + 1 >= na {
                        return Ok(());
                    }
                }
                self.items[*to] = self.items[*j];
                (*to, *j) = (*to + 1, *j + 1);
                if *j == end {
                    return Ok(());
                }
                wins_b = gallop_left(self.less, self.room[*i], &self.items[*j..end], 0)?;
                if wins_b > 0 {
                    self.items.copy_within(*j..*j + wins_b, *to);
                    (*to, *j) = (*to + wins_b, *j + wins_b);
                    if *j == end {
                        return Ok(());
                    }
                }
                self.items[*to] = self.room[*i];
                (*to, *i) = (*to + 1, *i + 1);
                if *i + 1 == na {
                    return Ok(());
                }
                if wins_a < MIN_GALLOP && wins_b < MIN_GALLOP {
                    break;
                }
            }
            // Leaving this way of working is paid for.
            gallop += 1;
            self.min_gallop = gallop;
        }
    }

    /// Merges neighbours from the right, the second of which is set aside.
    fn merge_high(&mut self, a: usize, na: usize, nb: usize) -> Result<(), Failure> {
        let b = a + na;
        self.room.clear();
        self.room.extend_from_slice(&self.items[b..b + nb]);
        // How many of each are left; the free places are those behind.
        let (mut left_a, mut left_b) = (na, nb);
        let merged = self.merge_high_until(a, &mut left_a, &mut left_b);
        if left_b == 1 && left_a > 0 {
            self.items.copy_within(a..a + left_a, a + 1);
            self.items[a] = self.room[0];
        } else {
            let from = a + left_a;
            self.items[from..from + left_b].copy_from_slice(&self.room[..left_b]);
        }
        merged
    }

    /// Goes on until the first is used up, or one element of the second is left.
    fn merge_high_until(&mut self, a: usize, i: &mut usize, j: &mut usize) -> Result<(), Failure> {
        self.items[a + *i + *j - 1] = self.items[a + *i - 1];
        *i -= 1;
        if *i == 0 || *j == 1 {
            return Ok(());
        }
        let mut gallop = self.min_gallop;
        loop {
            let (mut wins_a, mut wins_b) = (0, 0);
            loop {
                let to = a + *i + *j - 1;
                if (self.less)(self.room[*j - 1], self.items[a + *i - 1])? {
                    self.items[to] = self.items[a + *i - 1];
                    *i -= 1;
                    (wins_a, wins_b) = (wins_a + 1, 0);
                    if *i == 0 {
                        return Ok(());
                    }
                    if wins_a >= gallop {
                        break;
                    }
                } else {
                    self.items[to] = self.room[*j - 1];
                    *j -= 1;
                    (wins_a, wins_b) = (0, wins_b + 1);
                    if *j == 1 {
                        return Ok(());
                    }
                    if wins_b >= gallop {
                        break;
                    }
                }
            }
            gallop += 1;
            loop {
                gallop -= usize::from(gallop > 1);
                self.min_gallop = gallop;
                let first = &self.items[a..a + *i];
                wins_a = *i - gallop_right(self.less, self.room[*j - 1], first, *i - 1)?;
                if wins_a > 0 {
                    let from = a + *i - wins_a;
                    self.items.copy_within(from..from + wins_a, from + *j);
                    *i -= wins_a;
                    if *i == 0 {
                        return Ok(());
                    }
                }
                self.items[a + *i + *j - 1] = self.room[*j - 1];
                *j -= 1;
                if *j == 1 {
                    return Ok(());
                }
                let last = self.items[a + *i - 1];
                wins_b = *j - gallop_left(self.less, last, &self.room[..*j], *j - 1)?;
                if wins_b > 0 {
                    let from = *j - wins_b;
                    let here = a + *i + from;
                    self.items[here..here + wins_b].copy_from_slice(&self.room[from..*j]);
                    *j -= wins_b;
                    // None are left only where `<` is inconsistent.
                    if *j <= 1 {
                        return Ok(());
                    }
                }
                self.items[a + *i + *j - 1] = self.items[a + *i - 1];
                *i -= 1;
                if *i == 0 {
                    return Ok(());
                }
                if wins_a < MIN_GALLOP && wins_b < MIN_GALLOP {
                    break;
                }
            }
            gallop += 1;
            self.min_gallop = gallop;
        }
    }
}

/// The place of a key in a sorted part before elements that equal it, looked for from a hint.
fn gallop_left(
    less: &mut Less<'_>,
    key: usize,
    part: &[usize],
    hint: usize,
) -> Result<usize, Failure> {
    let (mut low, mut high);
    let (mut last, mut offset) = (0, 1);
    if less(part[hint], key)? {
        let limit = part.len() - hint;
        while offset < limit && less(part[hint + offset], key)? {
            last = offset;
            offset = 2 * offset + 1;
        }
        (low, high) = (hint + last + 1, hint + offset.min(limit));
    } else {
        let limit = hint + 1;
        while offset < limit && !less(part[hint - offset], key)? {
            last = offset;
            offset = 2 * offset + 1;
        }
        (low, high) = (limit - offset.min(limit), hint - last);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if less(part[middle], key)? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(high)
}

/// The place behind elements that equal the key.
fn gallop_right(
    less: &mut Less<'_>,
    key: usize,
    part: &[usize],
    hint: usize,
) -> Result<usize, Failure> {
    let (mut low, mut high);
    let (mut last, mut offset) = (0, 1);
    if less(key, part[hint])? {
        let limit = hint + 1;
        while offset < limit && less(key, part[hint - offset])? {
            last = offset;
            offset = 2 * offset + 1;
        }
        (low, high) = (limit - offset.min(limit), hint - last);
    } else {
        let limit = part.len() - hint;
        while offset < limit && !less(key, part[hint + offset])? {
            last = offset;
            offset = 2 * offset + 1;
        }
        (low, high) = (hint + last + 1, hint + offset.min(limit));
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if less(key, part[middle])? {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    Ok(high)
}
