//! Quicksort of plain numbers by vectors of 512 bits, as a macro over the kind of number.
//!
//! A vector is split by one comparison: what belongs to the left is packed to the front of the
//! line, the rest to its end, where other vectors were taken from before (C. A. R. Hoare, "Quicksort", 1962; with packing: B. Bramas, "A novel
//! hybrid quicksort algorithm vectorized using AVX-512", 2017).
//!
//! Up to sixteen vectors are sorted in registers, as the rows of a matrix: each column by the
//! smallest known network, then columns are merged in pairs, fours and so on (K. E. Batcher,
//! "Sorting networks and their applications", 1968, with the second sequence read backwards,
//! so that the smaller of two always goes to the place before). A block of merged columns is
//! sorted row by row, so the last merge leaves what is to be stored, and rows that aren't
//! there need no comparisons: they would hold the last number and stay where they are.
//!
//! Splits that go wrong too often leave the rest to the standard library.

/// The lane that a lane is compared with: `reach` apart, or mirrored within blocks of
/// `2 * reach`.
pub(super) const fn partner(lane: usize, reach: usize, mirrored: bool) -> usize {
    if mirrored { lane ^ (2 * reach - 1) } else { lane ^ reach }
}

/// Steps between pairs of rows of which both are there.
macro_rules! pairs {
    ($rows:ident, $step:expr; $(($low:literal, $high:literal))*) => {
        $( if $high < $rows { $step($low, $high); } )*
    };
}

/// Module `$module` sorts numbers whose bits are `$bits`, in vectors `$vector` of `$lanes`.
macro_rules! width {
    (
        $module:ident, $bits:ident, $vector:ident, $lanes:expr, $mask:ident, $features:literal,
        last: $last:expr, key: $key:expr,
        min: $min:expr, max: $max:expr, larger: $larger:expr, less: $less:expr,
        permute: $permute:expr, load: $load:expr, store: $store:expr,
        parted: $parted:ident
    ) => {
        pub(in crate::sorting) mod $module {
            use crate::sorting::width::{pairs, partner};
            use std::arch::x86_64::*;

            const LANES: usize = $lanes;
            /// Vectors that are split at once.
            const TURN: usize = 8;
            /// Numbers that the network sorts.
            const FEW: usize = 16 * LANES;
            /// From here on the middle of many numbers is worth it.
            const LONG: usize = 8192;
            /// What comes after all others.
            const LAST: $bits = $last;

            /// Where each lane takes its partner from.
            const fn partners(reach: usize, mirrored: bool) -> [$bits; LANES] {
                let mut lanes = [0; LANES];
                let mut i = 0;
                while i < LANES {
                    lanes[i] = partner(i, reach, mirrored) as $bits;
                    i += 1;
                }
                lanes
            }

            /// The lanes that take the larger of two numbers.
            const fn takers(reach: usize) -> $mask {
                let mut mask = 0;
                let mut i = 0;
                while i < LANES {
                    if i & reach != 0 {
                        mask |= 1 << i;
                    }
                    i += 1;
                }
                mask
            }

            /// Each lane's partner.
            #[inline]
            #[target_feature(enable = $features)]
            fn partnered<const REACH: usize, const MIRRORED: bool>(v: $vector) -> $vector {
                let lanes = const { partners(REACH, MIRRORED) };
                // SAFETY: an array of 64 bytes.
                $permute(unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) }, v)
            }

            /// Compares lanes of each row.
            #[inline]
            #[target_feature(enable = $features)]
            fn step<const N: usize, const REACH: usize, const MIRRORED: bool>(rows: &mut [$vector; N]) {
                for row in rows {
                    let other = partnered::<REACH, MIRRORED>(*row);
                    *row = $larger($min(*row, other), const { takers(REACH) }, *row, other);
                }
            }

            /// Sorts each column; the network of 60 comparisons is of M. W. Green (D. E. Knuth,
            /// "The Art of Computer Programming", volume 3, 5.3.4), that of 19 as old.
            #[inline]
            #[target_feature(enable = $features)]
            fn sort_columns<const N: usize>(rows: &mut [$vector; N]) {
                let mut step = |low: usize, high: usize| {
                    let (a, b) = (rows[low], rows[high]);
                    rows[low] = $min(a, b);
                    rows[high] = $max(a, b);
                };
                if N > 8 {
                    pairs!(N, step;
                        (0, 1) (2, 3) (4, 5) (6, 7) (8, 9) (10, 11) (12, 13) (14, 15)
                        (0, 2) (1, 3) (4, 6) (5, 7) (8, 10) (9, 11) (12, 14) (13, 15)
                        (0, 4) (1, 5) (2, 6) (3, 7) (8, 12) (9, 13) (10, 14) (11, 15)
                        (0, 8) (1, 9) (2, 10) (3, 11) (4, 12) (5, 13) (6, 14) (7, 15)
                        (5, 10) (6, 9) (3, 12) (13, 14) (4, 8) (7, 11) (1, 2)
                        (1, 4) (7, 13) (2, 8) (11, 14)
                        (2, 4) (5, 6) (9, 10) (11, 13) (3, 8) (7, 12)
                        (6, 8) (10, 12) (3, 5) (7, 9)
                        (3, 4) (5, 6) (7, 8) (9, 10) (11, 12)
                        (6, 7) (8, 9));
                } else {
                    pairs!(N, step;
                        (0, 2) (1, 3) (4, 6) (5, 7)
                        (0, 4) (1, 5) (2, 6) (3, 7)
                        (0, 1) (2, 3) (4, 5) (6, 7)
                        (2, 4) (3, 5)
                        (1, 4) (3, 6)
                        (1, 2) (3, 4) (5, 6));
                }
            }

            /// Merges blocks of `WIDTH` sorted columns in pairs.
            #[inline]
            #[target_feature(enable = $features)]
            fn merge<const N: usize, const WIDTH: usize>(rows: &mut [$vector; N]) {
                let mut step = |low: usize, high: usize| {
                    let (a, b) = (rows[low], partnered::<WIDTH, true>(rows[high]));
                    rows[low] = $min(a, b);
                    rows[high] = $max(a, b);
                };
                pairs!(N, step;
                    (0, 15) (1, 14) (2, 13) (3, 12) (4, 11) (5, 10) (6, 9) (7, 8));
                pairs!(N, step;
                    (0, 7) (1, 6) (2, 5) (3, 4) (8, 15) (9, 14) (10, 13) (11, 12));
                pairs!(N, step; (0, 3) (1, 2) (4, 7) (5, 6) (8, 11) (9, 10) (12, 15) (13, 14));
                pairs!(N, step; (0, 1) (2, 3) (4, 5) (6, 7) (8, 9) (10, 11) (12, 13) (14, 15));
                self::step::<N, WIDTH, true>(rows);
                if WIDTH > 8 {
                    self::step::<N, 8, false>(rows);
                }
                if WIDTH > 4 {
                    self::step::<N, 4, false>(rows);
                }
                if WIDTH > 2 {
                    self::step::<N, 2, false>(rows);
                }
                if WIDTH > 1 {
                    self::step::<N, 1, false>(rows);
                }
            }

            /// Sorts `n` numbers: at least `FULL` vectors, at most `N`.
            ///
            /// # Safety
            /// So many numbers are there.
            #[inline]
            #[target_feature(enable = $features)]
            unsafe fn network<const FULL: usize, const N: usize>(line: *mut $bits, n: usize) {
                let last = everywhere(LAST);
                let mut rows = [last; N];
                // SAFETY: full vectors are there, and the mask has what there is of others.
                unsafe {
                    for i in 0..FULL {
                        rows[i] = $load(last, $mask::MAX, line.add(i * LANES).cast_const());
                    }
                    for i in FULL..N {
                        let there = first_lanes(n.saturating_sub(i * LANES));
                        rows[i] = $load(last, there, line.wrapping_add(i * LANES).cast_const());
                    }
                }
                sort_columns(&mut rows);
                merge::<N, 1>(&mut rows);
                merge::<N, 2>(&mut rows);
                merge::<N, 4>(&mut rows);
                if LANES > 8 {
                    merge::<N, 8>(&mut rows);
                }
                if LANES > 16 {
                    merge::<N, 16>(&mut rows);
                }
                // SAFETY: as above.
                unsafe {
                    for i in 0..FULL {
                        $store(line.add(i * LANES), $mask::MAX, rows[i]);
                    }
                    for i in FULL..N {
                        let there = first_lanes(n.saturating_sub(i * LANES));
                        $store(line.wrapping_add(i * LANES), there, rows[i]);
                    }
                }
            }

            /// A mask of so many lanes, or all.
            #[inline]
            fn first_lanes(n: usize) -> $mask {
                if n >= LANES { $mask::MAX } else { (1 << n) - 1 }
            }

            /// Sorts few numbers.
            ///
            /// # Safety
            /// So many numbers are there.
            #[target_feature(enable = $features)]
            unsafe fn sort_few(line: *mut $bits, n: usize) {
                // SAFETY: the caller's; `n` is in each arm's range.
                unsafe {
                    match n.div_ceil(LANES) {
                        0 => {}
                        1 => network::<0, 1>(line, n),
                        2 => network::<1, 2>(line, n),
                        3 => network::<2, 3>(line, n),
                        4 => network::<3, 4>(line, n),
                        5 | 6 => network::<4, 6>(line, n),
                        7 | 8 => network::<6, 8>(line, n),
                        9 | 10 => network::<8, 10>(line, n),
                        11 | 12 => network::<10, 12>(line, n),
                        13 | 14 => network::<12, 14>(line, n),
                        15 | 16 => network::<14, 16>(line, n),
                        _ => unreachable!("more than the network sorts"),
                    }
                }
            }

            #[inline]
            #[target_feature(enable = $features)]
            fn everywhere(number: $bits) -> $vector {
                let lanes = [number; LANES];
                // SAFETY: an array of 64 bytes.
                unsafe { $load(std::mem::zeroed(), $mask::MAX, lanes.as_ptr()) }
            }

            /// Moves the numbers below a pivot (or up to it) to the front, the others behind them;
            /// gives how many are in front.
            ///
            /// Two blocks are in registers, so that there is room at both ends: the next is taken
            /// from the end that has less of it, which gives both room for a block.
            #[target_feature(enable = $features)]
            fn split<const WITH_PIVOT: bool>(line: &mut [$bits], pivot: $bits) -> usize {
                const BLOCK: usize = TURN * LANES;
                assert!(line.len() >= 2 * BLOCK);
                let all = everywhere(pivot);
                let in_front = |v| if WITH_PIVOT { !$less(all, v) } else { $less(v, all) };
                let (mut begin, mut end) = (BLOCK, line.len() - BLOCK);
                // What is from `to.0` to `to.1` was read, and is to be written.
                let mut to = (0, line.len());
                let line = line.as_mut_ptr();
                let block = |at: usize, many: usize| {
                    let mut vectors = [all; TURN];
                    for (i, v) in vectors.iter_mut().enumerate() {
                        let there = first_lanes(many.saturating_sub(i * LANES));
                        // SAFETY: `many` numbers are there.
                        *v = unsafe { $load(all, there, line.wrapping_add(at + i * LANES).cast_const()) };
                    }
                    vectors
                };
                let write = |vectors: &[$vector], (mut left, mut right): (usize, usize)| {
                    for &v in vectors {
                        let front = in_front(v);
                        let few = front.count_ones() as usize;
                        let (front, behind) = super::$parted(front, v);
                        // SAFETY: there is room for a vector at each end.
                        unsafe {
                            $store(line.add(left), $mask::MAX, front);
                            $store(line.add(right - LANES), $mask::MAX, behind);
                        }
                        left += few;
                        right -= LANES - few;
                    }
                    (left, right)
                };
                let write_part = |v: $vector, there: $mask, (left, right): (usize, usize)| {
                    let front = in_front(v) & there;
                    let behind = there & !front;
                    let few = front.count_ones() as usize;
                    let many = behind.count_ones() as usize;
                    // SAFETY: there is room for so many.
                    unsafe {
                        $store(line.add(left), first_lanes(few), super::$parted(front, v).0);
                        $store(line.add(right - many), first_lanes(many), super::$parted(behind, v).0);
                    }
                    (left + few, right - many)
                };
                let (first, last) = (block(0, BLOCK), block(end, BLOCK));
                let read = |begin: usize, end: usize, to: (usize, usize)| {
                    let from_begin = begin - to.0 <= to.1 - end;
                    let at = std::hint::select_unpredictable(from_begin, begin, end - BLOCK);
                    let (begin, end) = (begin + BLOCK * usize::from(from_begin), end - BLOCK * usize::from(!from_begin));
                    (block(at, BLOCK), begin, end)
                };
                // The next block is read before one is written, so that it needn't wait. Then three
                // blocks are read and not written: the end with less room gets that of a block,
                // the other has one and a half.
                let (mut next, rest);
                if end - begin >= BLOCK {
                    (next, begin, end) = read(begin, end, to);
                    while end - begin >= BLOCK {
                        let vectors = next;
                        (next, begin, end) = read(begin, end, to);
                        to = write(&vectors, to);
                    }
                    rest = block(begin, end - begin);
                    to = write(&next, to);
                } else {
                    rest = block(begin, end - begin);
                }
                for (i, v) in rest.into_iter().enumerate() {
                    let there = first_lanes((end - begin).saturating_sub(i * LANES));
                    to = write_part(v, there, to);
                }
                // With two vectors or more to come there is room for one at each end.
                to = write(&first, to);
                to = write(&last[..TURN - 1], to);
                write_part(last[TURN - 1], $mask::MAX, to).0
            }

            /// The middle of numbers from all over a long line, about the middle of those from
            /// three places of others.
            #[inline]
            #[target_feature(enable = $features)]
            fn pivot_of(line: &[$bits]) -> $bits {
                const MANY: usize = 2 * LANES;
                if line.len() < LONG {
                    return middle_of_three(line);
                }
                let step = line.len() / MANY;
                let mut sample = [0; MANY];
                for (i, number) in sample.iter_mut().enumerate() {
                    *number = line[i * step + step / 2];
                }
                // SAFETY: two vectors.
                unsafe { network::<2, 2>(sample.as_mut_ptr(), MANY) };
                sample[LANES]
            }

            /// The middle of three, of lanes from three places, three times.
            #[inline]
            #[target_feature(enable = $features)]
            fn middle_of_three(line: &[$bits]) -> $bits {
                assert!(line.len() >= 4 * LANES);
                let quarter = line.len() / 4;
                // SAFETY: behind each place are at least as many numbers as a vector has.
                let at = |place: usize| unsafe { $load(everywhere(LAST), $mask::MAX, line.as_ptr().add(place * quarter)) };
                let middle = |a, b, c| $max($min(a, b), $min($max(a, b), c));
                let v = middle(at(1), at(2), at(3));
                let v = middle(v, turned::<1>(v), turned::<2>(v));
                let v = middle(v, turned::<3>(v), turned::<6>(v));
                let mut lanes = [0; LANES];
                // SAFETY: a vector.
                unsafe { $store(lanes.as_mut_ptr(), $mask::MAX, v) };
                lanes[0]
            }

            /// Each lane's neighbour so many lanes further.
            #[inline]
            #[target_feature(enable = $features)]
            fn turned<const BY: usize>(v: $vector) -> $vector {
                const fn lanes(by: usize) -> [$bits; LANES] {
                    let mut lanes = [0; LANES];
                    let mut i = 0;
                    while i < LANES {
                        lanes[i] = ((i + by) % LANES) as $bits;
                        i += 1;
                    }
                    lanes
                }
                let lanes = const { lanes(BY) };
                // SAFETY: an array of 64 bytes.
                $permute(unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) }, v)
            }

            /// Sorts a line; none is smaller than `least`. With `wanted` only so far that this
            /// position has what belongs there, and both sides of it too.
            #[target_feature(enable = $features)]
            fn quicksort(
                mut line: &mut [$bits],
                mut least: Option<$bits>,
                mut wanted: Option<usize>,
                mut turns: u32,
            ) {
                while line.len() > FEW {
                    if turns == 0 {
                        return line.sort_unstable_by_key(|&number| $key(number));
                    }
                    turns -= 1;
                    let pivot = pivot_of(line);
                    let smallest = least.is_some_and(|least| $key(least) == $key(pivot));
                    let mut left = if smallest { 0 } else { split::<false>(line, pivot) };
                    let equal = left == 0;
                    if equal {
                        // The pivot is the smallest number: all that equal it are in place.
                        left = split::<true>(line, pivot);
                    }
                    let (before, behind) = line.split_at_mut(left);
                    match wanted {
                        Some(k) if k < left => {
                            if equal {
                                return;
                            }
                            line = before;
                            continue;
                        }
                        Some(k) => wanted = Some(k - left),
                        None if equal => {}
                        None => quicksort(before, least, None, turns),
                    }
                    (line, least) = (behind, Some(pivot));
                }
                // SAFETY: a line of so many numbers.
                unsafe { sort_few(line.as_mut_ptr(), line.len()) };
            }

            /// Whether a line of a vector or more is sorted.
            #[target_feature(enable = $features)]
            fn is_sorted(line: &[$bits]) -> bool {
                let last = line.len() - LANES;
                let fits = |at: usize| {
                    // SAFETY: a vector is left, after the first number.
                    unsafe {
                        let before = $load(everywhere(LAST), $mask::MAX, line.as_ptr().add(at - 1));
                        let v = $load(everywhere(LAST), $mask::MAX, line.as_ptr().add(at));
                        $less(v, before) == 0
                    }
                };
                (1..last).step_by(LANES).all(fits) && fits(last)
            }

            /// Sorts a line, or only brings one number to its position.
            #[target_feature(enable = $features)]
            pub(in crate::sorting) fn sort(line: &mut [$bits], wanted: Option<usize>) {
                let long = line.len() > FEW && wanted.is_none();
                if !(long && is_sorted(line)) {
                    let turns = 4 * line.len().max(1).ilog2();
                    quicksort(line, None, wanted, turns);
                }
            }
        }
    };
}

pub(super) use {pairs, width};
