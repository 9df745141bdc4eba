//! Sorting of lines of plain numbers, for the library's `sorting.py`.
//!
//! The order is NumPy's: nan last, all nan equal and afterwards the same. Lines are sorted by
//! vectors where the processor has AVX-512 (`sorting/vectors.rs`); elsewhere elements become
//! unsigned keys of that order, short lines are sorted by the standard library, and long ones
//! digit by digit (radix sort from the lowest digit; Knuth, TAOCP 3, 5.2.5), where digits that
//! are the same in all keys cost nothing. Bytes are counted.
//! Both results are those of a stable sort: positions of equal keys keep their order, and so
//! do zeros of different signs. A sort that gets no memory does without.
//!
//! A line is `count` elements without gaps, of a `kind`: 0 without a sign (also bool), 1 with
//! a sign, 2 floats; of `size` bytes: 1, 2, 4 or 8.

mod vectors;
mod width;

use cumbia_abi::Context;

/// From here on the digits are sorted one by one.
const LONG: usize = 1024;

/// How the bits of numbers are compared. Floats aren't nan, and their zeros are equal.
#[derive(Clone, Copy)]
enum Order {
    Unsigned,
    Signed,
    Floats,
}

/// Unsigned integers as keys, or as the bits of other numbers.
trait Key: Copy + Ord {
    const BITS: u32;
    const SIGN: Self;
    const LAST: Self;
    /// The nan that all become.
    const NAN: Self;
    fn digit(self, shift: u32) -> usize;
    fn flipped(self, sign: Self) -> Self;
    fn inverted(self) -> Self;
    fn is_negative(self) -> bool;
    fn is_nan(self) -> bool;
    fn widened(self) -> u64;
    /// Sorts by vectors if the processor can, or only brings a number to its position.
    fn sort_by_vectors(line: &mut [Self], order: Order, wanted: Option<usize>) -> bool;
    /// Sorts keys without vectors.
    fn sort_by_digits(keys: &mut [Self]);
}

macro_rules! keys {
    ($($t:ident: $infinity:expr, $nan:expr, $vectors:expr, $digits:expr;)*) => { $(
        impl Key for $t {
            const BITS: u32 = $t::BITS;
            const SIGN: $t = 1 << ($t::BITS - 1);
            const LAST: $t = $t::MAX;
            const NAN: $t = $nan;
            fn digit(self, shift: u32) -> usize {
                (self >> shift) as usize & (DIGITS - 1)
            }
            fn flipped(self, sign: $t) -> $t {
                self ^ sign
            }
            fn inverted(self) -> $t {
                !self
            }
            fn is_negative(self) -> bool {
                self & Self::SIGN != 0
            }
            fn is_nan(self) -> bool {
                self << 1 > $infinity << 1
            }
            fn widened(self) -> u64 {
                u64::from(self)
            }
            fn sort_by_vectors(line: &mut [$t], order: Order, wanted: Option<usize>) -> bool {
                $vectors(line, order, wanted)
            }
            fn sort_by_digits(keys: &mut [$t]) {
                $digits(keys)
            }
        }
    )* };
}

// Behind each the bits of its infinity and its nan; there are no floats of one byte.
keys! {
    u8: 0x7f, 0x7f, |_: &mut [u8], _, _| false, sort_bytes;
    u16: 0x7c00, 0x7e00, vectors::sort_u16, radix_sort;
    u32: 0x7f80_0000, 0x7fc0_0000, vectors::sort_u32, radix_sort;
    u64: 0x7ff0_0000_0000_0000, 0x7ff8_0000_0000_0000, vectors::sort_u64, radix_sort;
}

/// The order of floats: the bits, those of negative numbers backwards and below all others.
#[inline(always)]
fn key_of_float<K: Key>(bits: K) -> K {
    let key = if bits.is_negative() { bits.inverted() } else { bits.flipped(K::SIGN) };
    if bits.is_nan() { K::LAST } else { key }
}

/// The float with a key.
#[inline(always)]
fn float_of_key<K: Key>(key: K) -> K {
    if key.is_negative() { key.flipped(K::SIGN) } else { key.inverted() }
}

/// Digits have 8 bits: the tables of all digits of a key stay in the first cache.
const DIGIT: u32 = 8;
const DIGITS: usize = 1 << DIGIT;

/// How often each digit occurs at each place.
fn histograms<K: Key>(keys: &[K]) -> [[usize; DIGITS]; 8] {
    let mut counts = [[0; DIGITS]; 8];
    for &key in keys {
        for (place, counts) in counts[..(K::BITS / DIGIT) as usize].iter_mut().enumerate() {
            counts[key.digit(place as u32 * DIGIT)] += 1;
        }
    }
    counts
}

/// Sorts by the digits from the lowest on, if there is room for a second line.
fn radix_sort<K: Key>(keys: &mut [K]) {
    let mut room = Vec::new();
    if keys.len() < LONG || room.try_reserve_exact(keys.len()).is_err() {
        return keys.sort_unstable();
    }
    room.extend_from_slice(keys);
    let first = keys[0];
    let mut swapped = false;
    let places = (K::BITS / DIGIT) as usize;
    for (place, mut starts) in histograms(keys).into_iter().take(places).enumerate() {
        let shift = place as u32 * DIGIT;
        if starts[first.digit(shift)] == keys.len() {
            continue;
        }
        let mut total = 0;
        for start in &mut starts {
            (*start, total) = (total, total + *start);
        }
        let (from, to) = if swapped { (&*room, &mut *keys) } else { (&*keys, &mut *room) };
        for &key in from {
            let at = &mut starts[key.digit(shift)];
            to[*at] = key;
            *at += 1;
        }
        swapped = !swapped;
    }
    if swapped {
        keys.copy_from_slice(&room);
    }
}

/// Sorts bytes by counting each; neighbours, which are often the same, by different counters.
fn sort_bytes(keys: &mut [u8]) {
    let mut counts = [[0_usize; DIGITS]; 4];
    let (fours, rest) = keys.as_chunks::<4>();
    for four in fours {
        for (counts, &key) in counts.iter_mut().zip(four) {
            counts[usize::from(key)] += 1;
        }
    }
    for &key in rest {
        counts[0][usize::from(key)] += 1;
    }
    let mut at = 0;
    for key in 0..=u8::MAX {
        if at == keys.len() {
            break;
        }
        let count: usize = counts.iter().map(|counts| counts[usize::from(key)]).sum();
        keys[at..at + count].fill(key);
        at += count;
    }
}

/// Sorts keys, or brings the wanted one to its position, smaller ones before it and larger ones
/// behind.
fn sort_keys<K: Key>(keys: &mut [K], wanted: Option<usize>) {
    if K::sort_by_vectors(keys, Order::Unsigned, wanted) {
        return;
    }
    match wanted {
        Some(wanted) if K::BITS > DIGIT => {
            keys.select_nth_unstable(wanted);
        }
        _ => K::sort_by_digits(keys),
    }
}

/// As [`sort_keys`], of numbers whose keys are computed.
fn sort_with_keys<K: Key>(
    line: &mut [K],
    wanted: Option<usize>,
    key: impl Fn(K) -> K,
    back: impl Fn(K) -> K,
) {
    vectors::widely(|| line.iter_mut().for_each(|k| *k = key(*k)));
    sort_keys(line, wanted);
    vectors::widely(|| line.iter_mut().for_each(|k| *k = back(*k)));
}

fn is_zero<K: Key>(bits: K) -> bool {
    bits == K::SIGN || bits == K::SIGN.flipped(K::SIGN)
}

/// Moves what is nan behind everything else, which keeps its order; gives how much that is.
fn move_nans<K: Key>(line: &mut [K]) -> usize {
    let mut numbers = 0;
    for i in 0..line.len() {
        let bits = line[i];
        line[numbers] = bits;
        numbers += usize::from(!bits.is_nan());
    }
    line[numbers..].fill(K::NAN);
    numbers
}

/// The zeros of a line in their order, if there is memory; one more place is behind them.
fn zeros<K: Key>(line: &[K]) -> Option<Vec<K>> {
    let many: usize = vectors::widely(|| line.iter().map(|&bits| usize::from(is_zero(bits))).sum());
    let mut zeros = Vec::new();
    zeros.try_reserve_exact(many + 1).ok()?;
    zeros.resize(many + 1, K::SIGN);
    let mut at = 0;
    for &bits in line {
        zeros[at] = bits;
        at += usize::from(is_zero(bits));
    }
    zeros.truncate(many);
    Some(zeros)
}

/// As [`sort_keys`], of floats: zeros of different signs, which are equal, keep their order.
fn sort_floats<K: Key>(line: &mut [K], wanted: Option<usize>) {
    let (nans, negative_zeros) = vectors::widely(|| {
        line.iter().fold((false, false), |(nans, zeros), &bits| {
            (nans | bits.is_nan(), zeros | (bits == K::SIGN))
        })
    });
    let numbers = if nans { move_nans(line) } else { line.len() };
    let line = &mut line[..numbers];
    let wanted = match wanted {
        Some(wanted) if wanted >= numbers => return,
        wanted => wanted,
    };
    let zeros = if negative_zeros { zeros(line) } else { Some(Vec::new()) };
    if zeros.is_none() || !K::sort_by_vectors(line, Order::Floats, wanted) {
        sort_with_keys(line, wanted, key_of_float, float_of_key);
    }
    let Some(zeros) = zeros else { return };
    if zeros.is_empty() {
    } else if wanted.is_none() {
        let first = line.partition_point(|&bits| bits.is_negative() && bits != K::SIGN);
        line[first..first + zeros.len()].copy_from_slice(&zeros);
    } else {
        let places = line.iter_mut().filter(|bits| is_zero(**bits));
        places.zip(zeros).for_each(|(place, zero)| *place = zero);
    }
}

/// Sorts a line in place, or brings the element at a position of the sorted line there,
/// smaller ones before it and larger ones behind.
fn sort<K: Key>(line: &mut [K], kind: i64, wanted: Option<usize>) {
    if wanted.is_some_and(|wanted| wanted >= line.len()) {
        return;
    }
    match kind {
        0 => sort_keys(line, wanted),
        1 if K::sort_by_vectors(line, Order::Signed, wanted) => {}
        1 => sort_with_keys(line, wanted, |k| k.flipped(K::SIGN), |k| k.flipped(K::SIGN)),
        _ => sort_floats(line, wanted),
    }
}

/// The key of an element; zeros of both signs have the same.
#[inline(always)]
fn key_of<K: Key>(bits: K, kind: i64) -> K {
    match kind {
        0 => bits,
        1 => bits.flipped(K::SIGN),
        _ if bits == K::SIGN => K::SIGN,
        _ => key_of_float(bits),
    }
}

/// Positions that sort a line.
///
/// A number of 64 bits has as many leading bits of a key as there is room for, and the
/// position below them; where bits are left out, neighbours with the same ones are sorted
/// again by their whole keys.
fn positions<K: Key>(line: &[K], kind: i64, order: &mut [i64]) {
    let key = |i: usize| key_of(line[i], kind).widened();
    let (low, high) = vectors::widely(|| {
        line.iter()
            .map(|&bits| key_of(bits, kind).widened())
            .fold((u64::MAX, 0), |(low, high), key| (low.min(key), high.max(key)))
    });
    if line.is_empty() {
        return;
    }
    let place = usize::BITS - (line.len() - 1).leading_zeros();
    let left_out = (u64::BITS - (high - low).leading_zeros() + place).saturating_sub(u64::BITS);
    let mut packed = Vec::new();
    if packed.try_reserve_exact(line.len()).is_err() {
        order.iter_mut().zip(0..).for_each(|(to, i)| *to = i);
        return order.sort_unstable_by_key(|&i| (key(i as usize), i));
    }
    packed.resize(line.len(), 0);
    vectors::widely(|| {
        for (i, (to, &bits)) in packed.iter_mut().zip(line).enumerate() {
            *to = (((key_of(bits, kind).widened() - low) >> left_out) << place) | i as u64;
        }
    });
    sort_keys(&mut packed, None);
    let below = (1u64 << place) - 1;
    for (to, &pair) in order.iter_mut().zip(&packed) {
        *to = (pair & below) as i64;
    }
    if left_out > 0 {
        let mut start = 0;
        for same in packed.chunk_by(|a, b| a >> place == b >> place) {
            if same.len() > 1 {
                order[start..start + same.len()].sort_unstable_by_key(|&i| (key(i as usize), i));
            }
            start += same.len();
        }
    }
}

/// Elements at an address; the caller says that they are there.
unsafe fn line_at<'a, T>(address: i64, count: i64) -> &'a mut [T] {
    if count == 0 {
        return &mut [];
    }
    let start = std::ptr::with_exposed_provenance_mut(address as usize);
    // SAFETY: the caller's.
    unsafe { std::slice::from_raw_parts_mut(start, count as usize) }
}

/// Sorts a line in place.
pub(crate) extern "C" fn sort_numbers(
    _: *mut Context,
    address: i64,
    count: i64,
    kind: i64,
    size: i64,
) {
    // SAFETY: the body passes a line of its own, aligned, of elements of this size.
    unsafe {
        match size {
            1 => sort::<u8>(line_at(address, count), kind, None),
            2 => sort::<u16>(line_at(address, count), kind, None),
            4 => sort::<u32>(line_at(address, count), kind, None),
            _ => sort::<u64>(line_at(address, count), kind, None),
        }
    }
}

/// Partitions a line in place.
pub(crate) extern "C" fn partition_numbers(
    _: *mut Context,
    address: i64,
    count: i64,
    kind: i64,
    size: i64,
    wanted: i64,
) {
    let wanted = Some(wanted as usize);
    // SAFETY: the body passes a line of its own, aligned, of elements of this size.
    unsafe {
        match size {
            1 => sort::<u8>(line_at(address, count), kind, wanted),
            2 => sort::<u16>(line_at(address, count), kind, wanted),
            4 => sort::<u32>(line_at(address, count), kind, wanted),
            _ => sort::<u64>(line_at(address, count), kind, wanted),
        }
    }
}

/// Stores the positions that sort a line, as a stable sort gives them.
pub(crate) extern "C" fn sorted_positions(
    _: *mut Context,
    order: i64,
    address: i64,
    count: i64,
    kind: i64,
    size: i64,
) {
    /// For one size.
    unsafe fn run<K: Key>(order: i64, address: i64, count: i64, kind: i64) {
        // SAFETY: the body passes aligned lines of this many elements that don't overlap.
        let (order, line) = unsafe { (line_at(order, count), line_at::<K>(address, count)) };
        positions(line, kind, order);
    }
    // SAFETY: as above.
    unsafe {
        match size {
            1 => run::<u8>(order, address, count, kind),
            2 => run::<u16>(order, address, count, kind),
            4 => run::<u32>(order, address, count, kind),
            _ => run::<u64>(order, address, count, kind),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, key_of, positions, sort, vectors};

    /// Lines of many lengths: any bits, few different ones, the same ones, and those with which
    /// quicksorts have trouble.
    fn lines() -> Vec<Vec<u64>> {
        let mut state = 88_172_645_463_325_252_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let mut lines = Vec::new();
        let mut lengths = vec![0, 1, 2, 7, 8, 9, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511];
        lengths.extend([512, 513, 1000, 5000, 20_000]);
        lengths.extend((0..40).map(|_| next() % 2000));
        for n in lengths {
            lines.push((0..n).map(|_| next()).collect());
            lines.push((0..n).map(|_| next() % 5).collect());
            lines.push((0..n).map(|_| (next() % 2) << 63).collect());
            lines.push((0..n).map(|i| i ^ 3).collect());
            lines.push((0..n).map(|_| next() | 0x7ff0_0000_0000_0000).collect());
            let large = |i: u64| i << 40 | i << 20 | i;
            lines.push((0..n).map(|i| large(n - i)).collect());
            lines.push((0..n).map(|i| large(i.min(n - i))).collect());
            lines.push((0..n).map(|i| large(i * i % 64)).collect());
            lines.push(vec![u64::MAX; n as usize]);
            let turn = next() % 100 + 1;
            lines.push((0..n).map(|i| large(i % turn)).collect());
            lines.push((0..n).map(|i| if i % turn == 0 { next() } else { large(i) }).collect());
        }
        lines
    }

    /// Nothing beside a line is touched.
    #[test]
    fn what_is_beside_a_line_stays() {
        for line in lines() {
            let (before, behind) = (70, 70 + line.len());
            let mut all = vec![0x5555_5555_5555_5555; line.len() + 140];
            all[before..behind].copy_from_slice(&line);
            for kind in 0..3 {
                sort(&mut all[before..behind], kind, None);
                sort(&mut all[before..behind], kind, Some(line.len() / 2));
            }
            let mut halves: Vec<u32> = all.iter().map(|&k| k as u32).collect();
            sort(&mut halves[before..behind], 0, None);
            let mut quarters: Vec<u16> = all.iter().map(|&k| k as u16).collect();
            sort(&mut quarters[before..behind], 0, None);
            for i in (0..before).chain(behind..all.len()) {
                assert!(all[i] == 0x5555_5555_5555_5555);
                assert!(halves[i] == 0x5555_5555 && quarters[i] == 0x5555);
            }
        }
    }

    fn check<K: Key + std::fmt::Debug>(line: &[K]) {
        if line.is_empty() {
            return;
        }
        for kind in 0..3 {
            let mut stable: Vec<usize> = (0..line.len()).collect();
            stable.sort_by_key(|&i| key_of(line[i], kind));
            let mut order = vec![0; line.len()];
            positions(line, kind, &mut order);
            assert!(order.iter().zip(&stable).all(|(&a, &b)| a == b as i64));
            let mut sorted = line.to_vec();
            sort(&mut sorted, kind, None);
            for (&got, at) in sorted.iter().zip(stable) {
                assert!(got == line[at] || (kind == 2 && got == K::NAN && line[at].is_nan()));
            }
            for wanted in [0, line.len() / 3, line.len() - 1] {
                let mut parts = line.to_vec();
                sort(&mut parts, kind, Some(wanted));
                let keys: Vec<K> = parts.iter().map(|&k| key_of(k, kind)).collect();
                assert!(keys[wanted] == key_of(sorted[wanted], kind));
                assert!(keys[..wanted].iter().all(|&k| k <= keys[wanted]));
                assert!(keys[wanted..].iter().all(|&k| k >= keys[wanted]));
                parts.sort();
                let mut all: Vec<K> = sorted.clone();
                all.sort();
                assert_eq!(parts, all);
            }
        }
        let (mut by_digits, mut sorted) = (line.to_vec(), line.to_vec());
        K::sort_by_digits(&mut by_digits);
        sorted.sort();
        assert_eq!(by_digits, sorted);
    }

    fn check_all() {
        for line in lines() {
            check::<u64>(&line);
            check(&line.iter().map(|&k| (k >> 32) as u32).collect::<Vec<_>>());
            check(&line.iter().map(|&k| k as u32).collect::<Vec<_>>());
            check(&line.iter().map(|&k| (k >> 56) as u8).collect::<Vec<_>>());
            check(&line.iter().map(|&k| k as u16).collect::<Vec<_>>());
        }
    }

    #[test]
    fn lines_are_sorted_as_by_a_stable_sort() {
        check_all();
    }

    #[test]
    fn lines_are_sorted_without_vectors() {
        vectors::OFF.set(true);
        check_all();
    }
}
