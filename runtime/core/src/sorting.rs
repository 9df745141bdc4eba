//! Sorting of lines of plain numbers, for the library's `sorting.py`.
//!
//! Elements become unsigned keys whose order is NumPy's: nan last, all nan equal. Keys are
//! sorted by vectors where the processor has AVX-512 (`sorting/vectors.rs`); elsewhere short
//! lines by the standard library, and long ones digit by digit (radix sort from the lowest
//! digit; Knuth, TAOCP 3, 5.2.5), where digits that are the same in all keys cost nothing.
//! Both results are those of a stable sort: positions of equal keys keep their order, and so
//! do zeros of different signs.
//!
//! A line is `count` elements without gaps, of a `kind`: 0 without a sign (also bool), 1 with
//! a sign, 2 floats; of `size` bytes: 1, 2, 4 or 8.

mod vectors;

use cumbia_abi::Context;

/// From here on the digits are sorted one by one.
const LONG: usize = 1024;

/// Unsigned integers as keys.
trait Key: Copy + Ord {
    const BITS: u32;
    const SIGN: Self;
    const LAST: Self;
    fn digit(self, shift: u32) -> usize;
    fn flipped(self, sign: Self) -> Self;
    fn inverted(self) -> Self;
    fn is_negative(self) -> bool;
    fn is_nan(self) -> bool;
    fn widened(self) -> u64;
    /// Sorts by vectors, if the processor can.
    fn sort_by_vectors(keys: &mut [Self]) -> bool;
}

macro_rules! keys {
    ($($t:ident: $infinity:expr, $vectors:expr;)*) => { $(
        impl Key for $t {
            const BITS: u32 = $t::BITS;
            const SIGN: $t = 1 << ($t::BITS - 1);
            const LAST: $t = $t::MAX;
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
            fn sort_by_vectors(keys: &mut [$t]) -> bool {
                $vectors(keys)
            }
        }
    )* };
}

// Behind each the bits of its infinity; there are no floats of one byte.
keys! {
    u8: 0x7f, |_: &mut [u8]| false;
    u16: 0x7c00, |_: &mut [u16]| false;
    u32: 0x7f80_0000, vectors::sort_u32;
    u64: 0x7ff0_0000_0000_0000, vectors::sort_u64;
}

/// The order of floats: the bits, those of negative numbers backwards and below all others.
#[inline(always)]
fn key_of_float<K: Key>(bits: K) -> K {
    let key = if bits.is_negative() { bits.inverted() } else { bits.flipped(K::SIGN) };
    if bits.is_nan() { K::LAST } else { key }
}

/// The last key becomes a positive quiet nan with all bits, as good as any.
#[inline(always)]
fn float_of_key<K: Key>(key: K) -> K {
    if key.is_negative() { key.flipped(K::SIGN) } else { key.inverted() }
}

/// Digits have 8 bits: the tables of all digits of a key stay in the first cache.
const DIGIT: u32 = 8;
const DIGITS: usize = 1 << DIGIT;

/// How often each digit occurs at each place.
fn histograms<K: Key>(keys: &[K]) -> Vec<[usize; DIGITS]> {
    let mut counts = vec![[0; DIGITS]; (K::BITS / DIGIT) as usize];
    for &key in keys {
        for (place, counts) in counts.iter_mut().enumerate() {
            counts[key.digit(place as u32 * DIGIT)] += 1;
        }
    }
    counts
}

/// Sorts by the digits from the lowest on.
fn radix_sort<K: Key>(keys: &mut [K]) {
    let Some(&first) = keys.first() else { return };
    let mut room = vec![first; keys.len()];
    let mut swapped = false;
    for (place, mut starts) in histograms(keys).into_iter().enumerate() {
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

fn sort_keys<K: Key>(keys: &mut [K]) {
    if K::sort_by_vectors(keys) {
    } else if keys.len() < LONG && K::BITS > DIGIT {
        keys.sort_unstable();
    } else {
        radix_sort(keys);
    }
}

/// Sorts floats: zeros of different signs, which are equal, keep their order.
fn sort_floats<K: Key>(line: &mut [K]) {
    let negative_zeros = vectors::widely(|| {
        let mut negative_zeros = 0;
        for item in line.iter_mut() {
            negative_zeros += usize::from(*item == K::SIGN);
            *item = key_of_float(*item);
        }
        negative_zeros
    });
    let zeros = if negative_zeros > 0 {
        let zeros = |&k: &K| k == K::SIGN || k == K::SIGN.inverted();
        line.iter().copied().filter(zeros).collect()
    } else {
        Vec::new()
    };
    sort_keys(line);
    if !zeros.is_empty() {
        let first = line.partition_point(|&k| k < K::SIGN.inverted());
        line[first..first + zeros.len()].copy_from_slice(&zeros);
    }
    vectors::widely(|| line.iter_mut().for_each(|k| *k = float_of_key(*k)));
}

/// Sorts a line in place.
fn sort<K: Key>(line: &mut [K], kind: i64) {
    match kind {
        0 => sort_keys(line),
        1 => {
            line.iter_mut().for_each(|k| *k = k.flipped(K::SIGN));
            sort_keys(line);
            line.iter_mut().for_each(|k| *k = k.flipped(K::SIGN));
        }
        _ => sort_floats(line),
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
    let mut packed = vec![0; line.len()];
    vectors::widely(|| {
        for (i, (to, &bits)) in packed.iter_mut().zip(line).enumerate() {
            *to = (((key_of(bits, kind).widened() - low) >> left_out) << place) | i as u64;
        }
    });
    sort_keys(&mut packed);
    let below = (1u64 << place) - 1;
    for (to, &pair) in order.iter_mut().zip(&packed) {
        *to = (pair & below) as i64;
    }
    if left_out > 0 {
        let mut start = 0;
        for same in packed.chunk_by(|a, b| a >> place == b >> place) {
            if same.len() > 1 {
                order[start..start + same.len()].sort_by_key(|&i| key(i as usize));
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
            1 => sort::<u8>(line_at(address, count), kind),
            2 => sort::<u16>(line_at(address, count), kind),
            4 => sort::<u32>(line_at(address, count), kind),
            _ => sort::<u64>(line_at(address, count), kind),
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
    use super::{Key, key_of, positions, radix_sort, sort};

    /// Lines of many lengths: any bits, few different ones, runs, and the same ones.
    fn lines() -> Vec<Vec<u64>> {
        let mut state = 88_172_645_463_325_252_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        let mut lines = Vec::new();
        for n in [0, 1, 2, 7, 8, 9, 63, 64, 65, 127, 129, 1000, 5000] {
            lines.push((0..n).map(|_| next()).collect());
            lines.push((0..n).map(|_| next() % 5).collect());
            lines.push((0..n).map(|_| (next() % 2) << 63).collect());
            lines.push((0..n).map(|i| i ^ 3).collect());
            lines.push((0..n).map(|_| next() | 0x7ff0_0000_0000_0000).collect());
        }
        lines
    }

    fn check<K: Key + std::fmt::Debug>(line: &[K]) {
        for kind in 0..3 {
            let mut stable: Vec<usize> = (0..line.len()).collect();
            stable.sort_by_key(|&i| key_of(line[i], kind));
            let mut order = vec![0; line.len()];
            positions(line, kind, &mut order);
            assert!(order.iter().zip(&stable).all(|(&a, &b)| a == b as i64));
            let mut sorted = line.to_vec();
            sort(&mut sorted, kind);
            for (&got, at) in sorted.iter().zip(stable) {
                assert!(got == line[at] || (kind == 2 && got.is_nan() && line[at].is_nan()));
            }
        }
        let (mut by_digits, mut sorted) = (line.to_vec(), line.to_vec());
        radix_sort(&mut by_digits);
        sorted.sort();
        assert_eq!(by_digits, sorted);
    }

    #[test]
    fn lines_are_sorted_as_by_a_stable_sort() {
        for line in lines() {
            check::<u64>(&line);
            check(&line.iter().map(|&k| (k >> 32) as u32).collect::<Vec<_>>());
            check(&line.iter().map(|&k| (k >> 56) as u8).collect::<Vec<_>>());
            check(&line.iter().map(|&k| k as u16).collect::<Vec<_>>());
        }
    }
}
