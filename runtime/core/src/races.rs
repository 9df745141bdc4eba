//! Races of parallel loops, found while they run (`race="detect"`).
//!
//! Compiled code of such a loop runs its turns in order on the calling thread and tells of
//! each turn (`race_turn`) and of each access of array elements (`race_access`). For every
//! loop that is on its way there is *shadow memory*: by address, the turn that has written a
//! place, the first two that have read it and the first two that have changed it atomically.
//! Two turns of one execution of a loop that access a place, one of them writing and not both
//! atomically, are a race, whatever schedule there would be; nothing here depends on time.
//!
//! What a turn allocates is its own: the places of fresh memory are forgotten (`forget`).
//! Memory of runtime functions that compiled code doesn't tell of isn't seen. Which array and
//! index a place is follows from the loop's record and its description (static data that the
//! front end writes), when there is something to report.
//!
//! What is found is raised at the access. Should a handler of the user's swallow it, it is
//! raised again where the loop ends.

use crate::raise::{clear_raised, raise};
use cumbia_abi::parallel::{HEAD_SLOTS, RACES_SLOT, race};
use cumbia_abi::{Context, ExceptionClass, Owner, STATUS_OK};
use std::cell::RefCell;
use std::collections::HashMap;
use std::ffi::CStr;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that one page of shadow memory is for.
const PAGE: usize = 4096;
/// Most bytes of shadow memory of one loop.
const MOST_BYTES: usize = 2 << 30;

/// Loops that are watched, over all threads.
static WATCHED: AtomicUsize = AtomicUsize::new(0);

thread_local! {
    /// Those of this thread, the outermost first.
    static LOOPS: RefCell<Vec<Watched>> = const { RefCell::new(Vec::new()) };
}

/// Who has accessed a place: a turn, counted from 1, and a line of the table of places.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Access {
    turn: u32,
    site: u32,
}

impl Access {
    /// Whether it is one of another turn.
    fn is_of_other(self, turn: u32) -> bool {
        self.turn != 0 && self.turn != turn
    }
}

/// The first two turns that have accessed a place in some way.
type FirstTwo = [Access; 2];

fn note(of: &mut FirstTwo, by: Access) {
    for one in of {
        if one.turn == 0 {
            *one = by;
        }
        if one.turn == by.turn {
            return;
        }
    }
}

/// What has happened to some bytes.
#[derive(Clone, Copy, Default, Debug)]
struct Cell {
    written: Access,
    read: FirstTwo,
}

/// What has happened to [`PAGE`] bytes, in cells of `1 << shift` bytes.
struct Page {
    shift: u32,
    cells: Vec<Cell>,
    atomics: Option<Vec<FirstTwo>>,
}

impl Page {
    fn new(shift: u32) -> Page {
        Page { shift, cells: vec![Cell::default(); PAGE >> shift], atomics: None }
    }

    fn bytes(&self) -> usize {
        let atomics = self.atomics.as_ref().map_or(0, |a| a.len() * size_of::<FirstTwo>());
        self.cells.len() * size_of::<Cell>() + atomics
    }

    /// Makes its cells smaller: each becomes several with the same past.
    fn refine(&mut self, shift: u32) {
        let times = 1 << (self.shift - shift);
        self.cells = self.cells.iter().flat_map(|&c| std::iter::repeat_n(c, times)).collect();
        if let Some(atomics) = &mut self.atomics {
            *atomics = atomics.iter().flat_map(|&a| std::iter::repeat_n(a, times)).collect();
        }
        self.shift = shift;
    }

    /// An access of a cell: the one that it races with, with what that does.
    fn access(&mut self, at: usize, kind: i64, by: Access) -> Option<(Access, i64)> {
        let other = |of: &[Access]| of.iter().copied().find(|one| one.is_of_other(by.turn));
        let cell = &mut self.cells[at];
        if let Some(writer) = other(&[cell.written]) {
            return Some((writer, race::WRITE));
        }
        if kind != race::READ
            && let Some(reader) = other(&cell.read)
        {
            return Some((reader, race::READ));
        }
        if kind != race::ATOMIC
            && let Some(atomics) = &self.atomics
            && let Some(changer) = other(&atomics[at])
        {
            return Some((changer, race::ATOMIC));
        }
        match kind {
            race::READ => note(&mut cell.read, by),
            race::WRITE => cell.written = by,
            _ => {
                let length = self.cells.len();
                let atomics = self.atomics.get_or_insert_with(|| vec![Default::default(); length]);
                note(&mut atomics[at], by);
            }
        }
        None
    }
}

/// Page numbers are spread by a product.
#[derive(Default)]
struct Spread(u64);

impl Hasher for Spread {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, _: &[u8]) {
        unreachable!("only numbers are hashed")
    }
    fn write_usize(&mut self, number: usize) {
        self.0 = (number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// A loop that is watched while it runs.
struct Watched {
    record: *mut u8,
    /// The turn that runs, from 1; 0 before the first.
    turn: u32,
    /// The values of the loop's variable in the first two turns.
    values: [i64; 2],
    /// Where the user's function stands that has called a library body.
    line: u32,
    /// The table of places that its code has.
    sites: *const u8,
    pages: HashMap<usize, Page, BuildHasherDefault<Spread>>,
    bytes: usize,
    /// Rows that arrays are put together from: each block has one of its own, for all its turns.
    rows: Vec<std::ops::Range<usize>>,
    /// What was found.
    found: Option<String>,
}

/// Why an access can't go on.
enum Stop {
    Race { at: usize, now: (Access, i64), before: (Access, i64) },
    Memory,
}

impl Watched {
    fn access(&mut self, address: usize, size: usize, kind: i64, site: u32) -> Result<(), Stop> {
        if self.rows.iter().any(|rows| rows.contains(&address)) {
            return Ok(());
        }
        let by = Access { turn: self.turn, site };
        let shift = (address | size).trailing_zeros().min(3);
        let end = address.saturating_add(size);
        let mut at = address;
        while at < end {
            let number = at / PAGE;
            let until = end.min((number + 1) * PAGE);
            let page = self.pages.entry(number).or_insert_with(|| {
                self.bytes += (PAGE >> shift) * size_of::<Cell>();
                Page::new(shift)
            });
            let before = page.bytes();
            if page.shift > shift {
                page.refine(shift);
            }
            let first = (at % PAGE) >> page.shift;
            let last = (until - 1 - number * PAGE) >> page.shift;
            let met = (first..=last).find_map(|cell| {
                page.access(cell, kind, by).map(|met| (number * PAGE + (cell << page.shift), met))
            });
            self.bytes += page.bytes().saturating_sub(before);
            if let Some((at, before)) = met {
                return Err(Stop::Race { at, now: (by, kind), before });
            }
            if self.bytes > MOST_BYTES {
                return Err(Stop::Memory);
            }
            at = until;
        }
        Ok(())
    }

    fn forget(&mut self, address: usize, size: usize) {
        let end = address.saturating_add(size);
        let mut at = address;
        while at < end {
            let number = at / PAGE;
            let until = end.min((number + 1) * PAGE);
            if at.is_multiple_of(PAGE) && until.is_multiple_of(PAGE) {
                if let Some(page) = self.pages.remove(&number) {
                    self.bytes -= page.bytes();
                }
            } else if let Some(page) = self.pages.get_mut(&number) {
                let first = (at % PAGE) >> page.shift;
                let last = (until - 1 - number * PAGE) >> page.shift;
                page.cells[first..=last].fill(Cell::default());
                if let Some(atomics) = &mut page.atomics {
                    atomics[first..=last].fill(Default::default());
                }
            }
            at = until;
        }
    }

    /// The value of the loop's variable in a turn.
    fn value(&self, turn: u32) -> i64 {
        let [first, second] = self.values;
        let step = second.wrapping_sub(first);
        first.wrapping_add(step.wrapping_mul(i64::from(turn) - 1))
    }

    /// What is said of a race: the text, and its parts for the exception's attributes, apart by
    /// [`race::APART`].
    fn report(&self, at: usize, now: (Access, i64), before: (Access, i64)) -> String {
        let description = Description::of(self.record);
        let variable = description.as_ref().map_or("", |d| d.variable);
        let variable = if variable.is_empty() { "" } else { &format!("{variable} = ") };
        let named: Vec<(String, String)> =
            description.iter().flat_map(|d| d.elements(self.record, at)).collect();
        let element = match named.as_slice() {
            [] => "an element of an array that has no name in it".to_owned(),
            [(name, index), others @ ..] => {
                let also: Vec<String> = others.iter().map(|(n, i)| format!("{n}[{i}]")).collect();
                let also = match also.is_empty() {
                    true => String::new(),
                    false => format!(" (which is also {})", also.join(", ")),
                };
                format!("{name}[{index}]{also}")
            }
        };
        let does = |kind| match kind {
            race::READ => "reads",
            race::WRITE => "writes",
            _ => "atomically changes",
        };
        let turn = |(access, kind): (Access, i64)| {
            let line = self.line_of(access.site);
            (format!("turn {variable}{} {}", self.value(access.turn), does(kind)), line)
        };
        let ((first, first_line), (second, second_line)) = (turn(before), turn(now));
        let place = |line: &str| match line.parse::<u32>() {
            Ok(_) => format!("line {line}"),
            Err(_) if line.is_empty() => "a line that isn't known".to_owned(),
            Err(_) => line.to_owned(),
        };
        let text = format!(
            "a race of this loop over prange: {first} {element} ({}), {second} it ({})",
            place(first_line),
            place(second_line)
        );
        let (name, index) = named.first().cloned().unwrap_or_default();
        let values = [before.0.turn, now.0.turn].map(|turn| self.value(turn).to_string());
        let parts: [&str; 7] =
            [&text, &name, &index, &values[0], &values[1], first_line, second_line];
        parts.join(race::APART)
    }

    fn line_of(&self, site: u32) -> &str {
        if self.sites.is_null() {
            return "";
        }
        // SAFETY: static data of the code that runs, which ends with a zero byte.
        let table = unsafe { CStr::from_ptr(self.sites.cast()) };
        table.to_str().ok().and_then(|t| t.split('\n').nth(site as usize)).unwrap_or_default()
    }
}

/// What the front end says of a loop.
struct Description<'a> {
    /// The loop's variable; empty where it is none.
    variable: &'a str,
    /// For each array: its name, the slot of its parts, its axes, an element's bytes.
    arrays: Vec<(&'a str, usize, usize, usize)>,
}

impl Description<'_> {
    /// That of a loop's record.
    fn of<'a>(record: *mut u8) -> Option<Description<'a>> {
        // SAFETY: the record of a running loop; what its head says is null or static data of
        // the code that runs, which ends with a zero byte.
        let text = unsafe {
            let data: *const u64 = (*record.cast::<Owner>()).data.cast();
            let text = data.add(RACES_SLOT).read();
            CStr::from_ptr(std::ptr::with_exposed_provenance(text as usize))
        };
        let mut lines = text.to_str().ok()?.split('\n');
        let variable = lines.next()?;
        let array = |line: &'a str| {
            let mut words = line.split('\t');
            let name = words.next()?;
            let mut number = || words.next()?.parse::<usize>().ok();
            Some((name, number()?, number()?, number()?))
        };
        Some(Description { variable, arrays: lines.filter_map(array).collect() })
    }

    /// Where the rows lie that arrays are put together from; they are contiguous.
    fn rows(&self, record: *mut u8) -> Vec<std::ops::Range<usize>> {
        let rows = self.arrays.iter().filter(|(name, ..)| name.starts_with(race::ROWS));
        rows.map(|&(_, slot, axes, item)| {
            // SAFETY: as in `elements`.
            let parts = unsafe {
                let data: *const u64 = (*record.cast::<Owner>()).data.cast();
                std::slice::from_raw_parts(data.add(HEAD_SLOTS + slot), 2 + axes)
            };
            let length: usize = parts[2..].iter().map(|&n| n as usize).product();
            let first = parts[1] as usize;
            first..first + length * item
        })
        .collect()
    }

    /// The elements at an address: arrays' names and indices.
    fn elements(&self, record: *mut u8, at: usize) -> Vec<(String, String)> {
        let found = self.arrays.iter().filter_map(|&(name, slot, axes, item)| {
            // SAFETY: the record of a running loop, with the parts of an array in these slots.
            let parts = unsafe {
                let data: *const u64 = (*record.cast::<Owner>()).data.cast();
                std::slice::from_raw_parts(data.add(HEAD_SLOTS + slot), 2 + 2 * axes)
            };
            let lengths: Vec<i64> = parts[2..2 + axes].iter().map(|&n| n as i64).collect();
            let strides: Vec<i64> = parts[2 + axes..].iter().map(|&n| n as i64).collect();
            let index = index_of(at as i64 - parts[1] as i64, item, &lengths, &strides)?;
            let index: Vec<String> = index.iter().map(i64::to_string).collect();
            Some((name.to_owned(), if axes == 0 { "()".to_owned() } else { index.join(", ") }))
        });
        found.collect()
    }
}

/// The index of the element that lies so many bytes behind the first one.
fn index_of(offset: i64, item: usize, lengths: &[i64], strides: &[i64]) -> Option<Vec<i64>> {
    if lengths.contains(&0) {
        return None;
    }
    let ends = lengths.iter().zip(strides).map(|(n, s)| (n - 1).wrapping_mul(*s));
    let mut left = offset.wrapping_sub(ends.map(|end| end.min(0)).sum());
    let mut axes: Vec<usize> = (0..lengths.len()).collect();
    axes.sort_by_key(|&axis| std::cmp::Reverse(strides[axis].unsigned_abs()));
    let mut index = vec![0; lengths.len()];
    for axis in axes {
        let (length, stride) = (lengths[axis], strides[axis]);
        if stride != 0 && length > 1 {
            let steps = (left / stride.abs()).clamp(0, length - 1);
            left -= steps * stride.abs();
            index[axis] = if stride > 0 { steps } else { length - 1 - steps };
        }
    }
    (0..item as i64).contains(&left).then_some(index)
}

/// A loop begins; its record says whether it is watched.
///
/// # Safety
///
/// A live record of `parallel_new` that was filled.
pub unsafe fn begin(record: *mut u8) {
    // SAFETY: by the contract.
    let watched = unsafe {
        let data: *const u64 = (*record.cast::<Owner>()).data.cast();
        data.add(RACES_SLOT).read() != 0
    };
    if watched {
        WATCHED.fetch_add(1, Ordering::Relaxed);
        LOOPS.with_borrow_mut(|loops| {
            loops.push(Watched {
                record,
                turn: 0,
                values: [0, 1],
                line: 0,
                sites: std::ptr::null(),
                pages: HashMap::default(),
                bytes: 0,
                rows: Description::of(record).map(|d| d.rows(record)).unwrap_or_default(),
                found: None,
            });
        });
    }
}

/// A loop is over; gives its status, which isn't that of what a handler has kept to itself.
///
/// # Safety
///
/// As [`begin`].
pub unsafe fn end(context: &mut Context, record: *mut u8, status: i32) -> i32 {
    let watched = LOOPS.with_borrow_mut(|loops| {
        let at = loops.iter().rposition(|watched| watched.record == record)?;
        // Those above it were left by exceptions.
        let mut over = loops.split_off(at);
        WATCHED.fetch_sub(over.len(), Ordering::Relaxed);
        Some(over.swap_remove(0))
    });
    match watched.and_then(|watched| watched.found) {
        Some(text) if status == STATUS_OK => {
            raise(context, ExceptionClass::RaceError, text);
            context.status
        }
        _ => status,
    }
}

/// Whether turns of a loop that is watched run on this thread.
pub fn is_watching() -> bool {
    WATCHED.load(Ordering::Relaxed) != 0 && LOOPS.with_borrow(|loops| !loops.is_empty())
}

/// Fresh memory: what has happened to its places has happened to others.
pub(crate) fn forget(address: *const u8, size: usize) {
    if WATCHED.load(Ordering::Relaxed) != 0 {
        LOOPS.with_borrow_mut(|loops| {
            loops.iter_mut().for_each(|watched| watched.forget(address as usize, size));
        });
    }
}

/// A runtime function reads elements of a matrix: what that races with is raised at the loop's
/// end, or at the next access that is told of.
pub(crate) fn reads(address: *const u8, extents: [usize; 2], steps: [isize; 2], item: usize) {
    if WATCHED.load(Ordering::Relaxed) == 0 {
        return;
    }
    LOOPS.with_borrow_mut(|loops| {
        for watched in loops.iter_mut().filter(|w| w.turn != 0 && w.found.is_none()) {
            for row in 0..extents[0] {
                for column in 0..extents[1] {
                    let offset = steps[0] * row as isize + steps[1] * column as isize;
                    let at = (address as usize).wrapping_add_signed(offset);
                    if let Err(Stop::Race { at, now, before }) =
                        watched.access(at, item, race::READ, watched.line)
                    {
                        watched.found = Some(watched.report(at, now, before));
                        return;
                    }
                }
            }
        }
    });
}

/// The helper `race_turn`: a turn of the innermost loop begins.
pub(crate) extern "C" fn race_turn(_: *mut Context, value: i64) {
    LOOPS.with_borrow_mut(|loops| {
        if let Some(watched) = loops.last_mut() {
            if let Some(one) = watched.values.get_mut(watched.turn as usize) {
                *one = value;
            }
            watched.turn = watched.turn.saturating_add(1);
        }
    });
}

/// The helper `race_line`: where a user's function calls a library body.
pub(crate) extern "C" fn race_line(_: *mut Context, site: i64) {
    LOOPS.with_borrow_mut(|loops| {
        loops.iter_mut().for_each(|watched| watched.line = site as u32);
    });
}

/// The helper `race_access`: bytes are accessed; how, and where in the table of places (see
/// [`race`]).
pub(crate) extern "C" fn race_access(
    context: *mut Context,
    address: *mut u8,
    bytes: i64,
    what: i64,
    sites: *mut u8,
) {
    // SAFETY: compiled code passes the context of the running call.
    let context = unsafe { &mut *context };
    let stop = LOOPS.with_borrow_mut(|loops| {
        for watched in loops {
            if watched.turn == 0 || watched.found.is_some() {
                continue;
            }
            if watched.sites.is_null() {
                watched.sites = sites;
            }
            // Code of another module has a table of its own.
            let site = match (what >> race::SITE_SHIFT) as u32 {
                _ if watched.sites != sites.cast_const() => 0,
                race::BY_LIBRARY => watched.line,
                site => site,
            };
            let (kind, size) = (what & race::KIND, usize::try_from(bytes).unwrap_or(0));
            match watched.access(address as usize, size, kind, site) {
                Ok(()) => {}
                Err(Stop::Race { at, now, before }) => {
                    let text = watched.report(at, now, before);
                    watched.found = Some(text.clone());
                    return Some(Some(text));
                }
                Err(Stop::Memory) => return Some(None),
            }
        }
        None
    });
    match stop {
        None => {}
        Some(Some(text)) => {
            clear_raised(context);
            raise(context, ExceptionClass::RaceError, text);
        }
        Some(None) => raise(
            context,
            ExceptionClass::MemoryError,
            "race=\"detect\" would need more than 2 GiB of shadow memory for this loop: run it on \
             smaller arrays",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched() -> Watched {
        Watched {
            record: std::ptr::null_mut(),
            turn: 1,
            values: [0, 1],
            line: 0,
            sites: std::ptr::null(),
            pages: HashMap::default(),
            bytes: 0,
            rows: Vec::new(),
            found: None,
        }
    }

    #[test]
    fn other_turns_and_no_others_race() {
        use race::{ATOMIC, READ, WRITE};
        let races = |first: i64, second: i64, same: bool| {
            let mut w = watched();
            assert!(w.access(4000, 8, first, 1).is_ok());
            w.turn = if same { 1 } else { 2 };
            w.access(4000, 8, second, 2).is_err()
        };
        for first in [READ, WRITE, ATOMIC] {
            for second in [READ, WRITE, ATOMIC] {
                assert!(!races(first, second, true));
                let none = [(READ, READ), (ATOMIC, ATOMIC)].contains(&(first, second));
                assert_eq!(races(first, second, false), !none, "{first} {second}");
            }
        }
    }

    #[test]
    fn a_writer_races_with_any_earlier_reader() {
        // Turns 1, 2 and 3 have read; 1 writes: it is the second that it races with.
        let mut w = watched();
        for turn in [1, 2, 3] {
            w.turn = turn;
            assert!(w.access(64, 4, race::READ, 0).is_ok());
        }
        w.turn = 1;
        let Err(Stop::Race { before, .. }) = w.access(64, 4, race::WRITE, 0) else { panic!() };
        assert_eq!(before.0.turn, 2);
    }

    #[test]
    fn parts_of_places_and_pages_are_told_apart() {
        let mut w = watched();
        assert!(w.access(PAGE - 8, 16, race::WRITE, 0).is_ok());
        w.turn = 2;
        assert!(w.access(PAGE - 16, 8, race::WRITE, 0).is_ok());
        assert!(w.access(PAGE + 8, 1, race::WRITE, 0).is_ok());
        w.turn = 3;
        assert!(w.access(PAGE + 9, 1, race::WRITE, 0).is_ok());
        assert!(w.access(PAGE + 7, 1, race::READ, 0).is_err());
        w.forget(PAGE, 8);
        assert!(w.access(PAGE + 7, 1, race::READ, 0).is_ok());
        assert!(w.access(PAGE - 1, 1, race::READ, 0).is_err());
    }

    #[test]
    fn an_element_is_found_from_its_address() {
        // C order, Fortran order, backwards, one axis of distance 0.
        assert_eq!(index_of(8 * 7, 8, &[3, 4], &[32, 8]), Some(vec![1, 3]));
        assert_eq!(index_of(8 * 7, 8, &[3, 4], &[8, 24]), Some(vec![1, 2]));
        assert_eq!(index_of(-16, 8, &[5], &[-8]), Some(vec![2]));
        assert_eq!(index_of(4, 8, &[5], &[8]), Some(vec![0]));
        assert_eq!(index_of(8, 8, &[2, 3], &[0, 8]), Some(vec![0, 1]));
        assert_eq!(index_of(40, 8, &[5], &[8]), None);
        assert_eq!(index_of(-1, 8, &[5], &[8]), None);
        assert_eq!(index_of(8, 8, &[4], &[16]), None);
        assert_eq!(index_of(0, 8, &[0], &[8]), None);
    }
}
