//! Quicksort of unsigned keys by vectors of 512 bits.
//!
//! A vector is split by one comparison into another place of the same size: what belongs to
//! the left is packed to its front, the rest to its end. Both sides go on from there, back to
//! where they came from. Up to sixteen vectors are sorted by a bitonic network (K. E. Batcher, "Sorting networks and their applications",
//! 1968): first each by itself, then merged in pairs. Splits that go wrong too often leave
//! the rest to the standard library.

/// Sorts keys if the processor has what it takes, or only brings one to its position.
#[cfg(target_arch = "x86_64")]
pub(super) fn sort_u64(keys: &mut [u64], wanted: Option<usize>) -> bool {
    let able = is_x86_feature_detected!("avx512f");
    if able {
        // SAFETY: the processor has the instructions.
        unsafe { wide::sort(keys, wanted) };
    }
    able
}

/// Sorts keys if the processor has what it takes, or only brings one to its position.
#[cfg(target_arch = "x86_64")]
pub(super) fn sort_u32(keys: &mut [u32], wanted: Option<usize>) -> bool {
    let able = is_x86_feature_detected!("avx512f");
    if able {
        // SAFETY: the processor has the instructions.
        unsafe { narrow::sort(keys, wanted) };
    }
    able
}

/// A loop, compiled also for the widest vectors.
#[cfg(target_arch = "x86_64")]
pub(super) fn widely<T>(run: impl FnOnce() -> T) -> T {
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512cd")]
    fn wide<T>(run: impl FnOnce() -> T) -> T {
        run()
    }
    let able = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512cd");
    if able {
        // SAFETY: the processor has the instructions.
        unsafe { wide(run) }
    } else {
        run()
    }
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) fn widely<T>(run: impl FnOnce() -> T) -> T {
    run()
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) fn sort_u64(_: &mut [u64], _: Option<usize>) -> bool {
    false
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) fn sort_u32(_: &mut [u32], _: Option<usize>) -> bool {
    false
}

/// Room for so many words, whose content means nothing. Fresh pages would cost more than a
/// sort's steps on them, so one room stays, up to a size; a second thread has its own.
#[cfg(target_arch = "x86_64")]
fn with_room(words: usize, run: impl FnOnce(&mut [u64])) {
    const MOST: usize = 2 << 20;
    static KEPT: std::sync::Mutex<Vec<u64>> = std::sync::Mutex::new(Vec::new());
    match KEPT.try_lock() {
        Ok(mut kept) if words <= MOST => {
            if kept.len() < words {
                *kept = vec![0; words];
            }
            run(&mut kept[..words]);
        }
        _ => {
            let mut room: Vec<u64> = vec![0; words];
            crate::blocks::in_huge_pages(room.as_mut_ptr().cast(), words * 8);
            run(&mut room);
        }
    }
}

/// The lanes that swap places at a step of the network, and those that take the larger key:
/// `reach` apart, or mirrored within blocks of `2 * reach`.
#[cfg(target_arch = "x86_64")]
const fn partner(lane: usize, reach: usize, mirrored: bool) -> usize {
    if mirrored { lane ^ (2 * reach - 1) } else { lane ^ reach }
}

#[cfg(target_arch = "x86_64")]
macro_rules! width {
    (
        $module:ident, $key:ident, $lanes:expr, $mask:ident,
        $min:ident, $max:ident, $permute:ident, $larger:ident, $less:ident, $compress:ident
    ) => {
        mod $module {
            use super::partner;
            use std::arch::x86_64::*;

            const LANES: usize = $lanes;
            /// Vectors that are split at once.
            const TURN: usize = 4;
            /// Keys that the network sorts.
            const FEW: usize = 16 * LANES;

            /// Where each lane takes its partner from.
            const fn partners(reach: usize, mirrored: bool) -> [$key; LANES] {
                let mut lanes = [0; LANES];
                let mut i = 0;
                while i < LANES {
                    lanes[i] = partner(i, reach, mirrored) as $key;
                    i += 1;
                }
                lanes
            }

            /// The lanes that take the larger of two keys.
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

            /// Compares lanes `REACH` apart.
            #[inline]
            #[target_feature(enable = "avx512f")]
            fn step<const REACH: usize, const MIRRORED: bool>(v: __m512i) -> __m512i {
                let lanes = const { partners(REACH, MIRRORED) };
                // SAFETY: an array of 64 bytes.
                let lanes = unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) };
                let other = $permute(lanes, v);
                $larger($min(v, other), const { takers(REACH) }, v, other)
            }

            /// Sorts a vector whose keys rise and fall.
            #[inline]
            #[target_feature(enable = "avx512f")]
            fn finish(mut v: __m512i) -> __m512i {
                if LANES == 16 {
                    v = step::<8, false>(v);
                }
                v = step::<4, false>(v);
                v = step::<2, false>(v);
                step::<1, false>(v)
            }

            #[inline]
            #[target_feature(enable = "avx512f")]
            fn sort_vector(mut v: __m512i) -> __m512i {
                v = step::<1, true>(v);
                v = step::<2, true>(v);
                v = step::<1, false>(v);
                v = step::<4, true>(v);
                v = step::<2, false>(v);
                v = step::<1, false>(v);
                if LANES == 16 {
                    v = step::<8, true>(v);
                    v = step::<4, false>(v);
                    v = step::<2, false>(v);
                    v = step::<1, false>(v);
                }
                v
            }

            #[inline]
            #[target_feature(enable = "avx512f")]
            fn reversed(v: __m512i) -> __m512i {
                let lanes = const { partners(LANES / 2, true) };
                // SAFETY: an array of 64 bytes.
                $permute(unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) }, v)
            }

            /// Merges sorted runs of `HALF` vectors in pairs.
            #[inline]
            #[target_feature(enable = "avx512f")]
            fn merge<const N: usize, const HALF: usize>(mut v: [__m512i; N]) -> [__m512i; N] {
                for i in 0..N / 2 {
                    let at = i / HALF * 2 * HALF;
                    let (low, high) = (at + i % HALF, at + 2 * HALF - 1 - i % HALF);
                    let (a, b) = (v[low], reversed(v[high]));
                    v[low] = $min(a, b);
                    v[high] = reversed($max(a, b));
                }
                if HALF >= 8 {
                    v = compare::<N, 4>(v);
                }
                if HALF >= 4 {
                    v = compare::<N, 2>(v);
                }
                if HALF >= 2 {
                    v = compare::<N, 1>(v);
                }
                for i in 0..N {
                    v[i] = finish(v[i]);
                }
                v
            }

            /// Compares vectors `REACH` apart.
            #[inline]
            #[target_feature(enable = "avx512f")]
            fn compare<const N: usize, const REACH: usize>(mut v: [__m512i; N]) -> [__m512i; N] {
                for i in 0..N {
                    if i & REACH == 0 && i + REACH < N {
                        let (a, b) = (v[i], v[i + REACH]);
                        v[i] = $min(a, b);
                        v[i + REACH] = $max(a, b);
                    }
                }
                v
            }

            /// Sorts up to `N` vectors of keys into another place.
            #[inline]
            #[target_feature(enable = "avx512f")]
            fn network<const N: usize>(keys: &[$key], to: &mut [$key]) {
                assert!(keys.len() == to.len() && keys.len() <= N * LANES);
                let last = everywhere($key::MAX);
                let mut v = [last; N];
                let masks: [$mask; N] = std::array::from_fn(|i| first_lanes(keys.len().saturating_sub(i * LANES)));
                for i in 0..N {
                    // SAFETY: the mask has the keys that are there.
                    v[i] = unsafe { load(last, masks[i], keys.as_ptr().wrapping_add(i * LANES)) };
                    v[i] = sort_vector(v[i]);
                }
                if N >= 2 {
                    v = merge::<N, 1>(v);
                }
                if N >= 4 {
                    v = merge::<N, 2>(v);
                }
                if N >= 8 {
                    v = merge::<N, 4>(v);
                }
                if N >= 16 {
                    v = merge::<N, 8>(v);
                }
                for i in 0..N {
                    // SAFETY: as above.
                    unsafe { store(to.as_mut_ptr().wrapping_add(i * LANES), masks[i], v[i]) };
                }
            }

            /// A mask of so many lanes, or all.
            #[inline]
            fn first_lanes(n: usize) -> $mask {
                if n >= LANES { $mask::MAX } else { (1 << n) - 1 }
            }

            width!(@memory $key $mask);

            /// Sorts few keys into another place.
            #[target_feature(enable = "avx512f")]
            fn sort_few(keys: &[$key], to: &mut [$key]) {
                match keys.len().div_ceil(LANES) {
                    0 => {}
                    1 => network::<1>(keys, to),
                    2 => network::<2>(keys, to),
                    3 | 4 => network::<4>(keys, to),
                    5..=8 => network::<8>(keys, to),
                    _ => network::<16>(keys, to),
                }
            }

            /// Copies the keys below a pivot (or up to it) to the front of another place, the
            /// others behind them; gives how many are in front.
            #[target_feature(enable = "avx512f")]
            fn split<const WITH_PIVOT: bool>(keys: &[$key], to: &mut [$key], pivot: $key) -> usize {
                assert!(keys.len() == to.len());
                let all = everywhere(pivot);
                let in_front = |v| if WITH_PIVOT { !$less(all, v) } else { $less(v, all) };
                let (mut left, mut right) = (0, keys.len());
                let mut at = 0;
                // Several vectors at once: their loads and comparisons don't wait for each other.
                while right - left >= (TURN + 1) * LANES {
                    let mut parts = [(_mm512_setzero_si512(), 0); TURN];
                    for (i, part) in parts.iter_mut().enumerate() {
                        // SAFETY: as many keys are to be read as there is room between left
                        // and right.
                        let v = unsafe { _mm512_loadu_si512(keys.as_ptr().add(at + i * LANES).cast()) };
                        let front = in_front(v);
                        *part = (parted(front, v), front.count_ones() as usize);
                    }
                    for (v, few) in parts {
                        // SAFETY: there is room for a vector on both sides, so that neither
                        // store reaches what the other side has got.
                        unsafe {
                            _mm512_storeu_si512(to.as_mut_ptr().add(left).cast(), v);
                            _mm512_storeu_si512(to.as_mut_ptr().add(right - LANES).cast(), v);
                        }
                        left += few;
                        right -= LANES - few;
                    }
                    at += TURN * LANES;
                }
                while at < keys.len() {
                    let there = first_lanes(keys.len() - at);
                    // SAFETY: the masks have the keys that are there.
                    unsafe {
                        let v = load(all, there, keys.as_ptr().add(at));
                        let front = in_front(v) & there;
                        let few = front.count_ones() as usize;
                        let many = (there & !front).count_ones() as usize;
                        store(to.as_mut_ptr().add(left), first_lanes(few), $compress(front, v));
                        left += few;
                        right -= many;
                        store(to.as_mut_ptr().add(right), first_lanes(many), $compress(there & !front, v));
                    }
                    at += LANES;
                }
                left
            }

            #[inline]
            #[target_feature(enable = "avx512f")]
            fn everywhere(key: $key) -> __m512i {
                let lanes = [key; LANES];
                // SAFETY: an array of 64 bytes.
                unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) }
            }

            /// The middle of keys from all over the line.
            #[target_feature(enable = "avx512f")]
            fn pivot_of(keys: &[$key]) -> $key {
                let step = keys.len() / (2 * LANES);
                let mut sample = [0; 2 * LANES];
                for (i, key) in sample.iter_mut().enumerate() {
                    *key = keys[i * step + step / 2];
                }
                let mut sorted = sample;
                network::<2>(&sample, &mut sorted);
                sorted[LANES]
            }

            /// Sorts keys into `other`, or where they are; both have the same length. With `wanted`
            /// only so far that this position has what belongs there, and both sides of it too.
            #[target_feature(enable = "avx512f")]
            fn quicksort<'a>(
                mut keys: &'a mut [$key],
                mut other: &'a mut [$key],
                mut into_other: bool,
                mut wanted: Option<usize>,
                mut turns: u32,
            ) {
                while keys.len() > FEW {
                    if turns == 0 {
                        keys.sort_unstable();
                        if into_other {
                            other.copy_from_slice(keys);
                        }
                        return;
                    }
                    turns -= 1;
                    let pivot = pivot_of(keys);
                    let mut left = split::<false>(keys, other, pivot);
                    let equal = left == 0;
                    if equal {
                        // The pivot is the smallest key: all that equal it are in place.
                        left = split::<true>(keys, other, pivot);
                    }
                    let (keys_left, keys_right) = keys.split_at_mut(left);
                    let (other_left, other_right) = other.split_at_mut(left);
                    let in_left = wanted.is_some_and(|k| k < left);
                    if equal || (wanted.is_some() && !in_left) {
                        if !into_other {
                            keys_left.copy_from_slice(other_left);
                        }
                        if equal && in_left {
                            if !into_other {
                                keys_right.copy_from_slice(other_right);
                            }
                            return;
                        }
                        wanted = wanted.map(|k| k - left);
                    } else if in_left {
                        if !into_other {
                            keys_right.copy_from_slice(other_right);
                        }
                        (keys, other, into_other) = (other_left, keys_left, !into_other);
                        continue;
                    } else {
                        quicksort(other_left, keys_left, !into_other, None, turns);
                    }
                    (keys, other, into_other) = (other_right, keys_right, !into_other);
                }
                if into_other {
                    sort_few(keys, other);
                } else {
                    other.copy_from_slice(keys);
                    sort_few(other, keys);
                }
            }

            /// Sorts keys, or only brings one to its position.
            #[target_feature(enable = "avx512f")]
            pub(super) fn sort(keys: &mut [$key], wanted: Option<usize>) {
                let n = keys.len();
                if n <= FEW {
                    let mut room = [0; FEW];
                    room[..n].copy_from_slice(keys);
                    sort_few(&room[..n], keys);
                } else if wanted.is_some() || !keys.is_sorted() {
                    super::with_room(n.div_ceil(8 / size_of::<$key>()), |room| {
                        // SAFETY: any bits are a key.
                        let (_, room, _) = unsafe { room.align_to_mut::<$key>() };
                        quicksort(keys, &mut room[..n], false, wanted, 4 * n.ilog2());
                    });
                }
            }
        }
    };
    (@memory u64 $mask:ident) => {
        /// For each mask its lanes, then the others.
        static LANES_IN_FRONT: [[u8; 8]; 256] = {
            let mut table = [[0; 8]; 256];
            let mut mask = 0;
            while mask < 256 {
                let (mut lane, mut front, mut behind) = (0, 0, (mask as u8).count_ones() as usize);
                while lane < 8 {
                    if mask >> lane & 1 == 1 {
                        table[mask][front] = lane as u8;
                        front += 1;
                    } else {
                        table[mask][behind] = lane as u8;
                        behind += 1;
                    }
                    lane += 1;
                }
                mask += 1;
            }
            table
        };

        /// The lanes of a mask in front of the others.
        #[inline]
        #[target_feature(enable = "avx512f")]
        fn parted(front: $mask, v: __m512i) -> __m512i {
            // SAFETY: 8 bytes of the table.
            let lanes = unsafe { _mm_loadl_epi64(LANES_IN_FRONT[front as usize].as_ptr().cast()) };
            _mm512_permutexvar_epi64(_mm512_cvtepu8_epi64(lanes), v)
        }

        #[inline]
        #[target_feature(enable = "avx512f")]
        unsafe fn load(last: __m512i, mask: $mask, from: *const u64) -> __m512i {
            // SAFETY: the caller's.
            unsafe { _mm512_mask_loadu_epi64(last, mask, from.cast()) }
        }
        #[inline]
        #[target_feature(enable = "avx512f")]
        unsafe fn store(to: *mut u64, mask: $mask, v: __m512i) {
            // SAFETY: the caller's.
            unsafe { _mm512_mask_storeu_epi64(to.cast(), mask, v) }
        }
    };
    (@memory u32 $mask:ident) => {
        /// The lanes of a mask in front of the others.
        #[inline]
        #[target_feature(enable = "avx512f")]
        fn parted(front: $mask, v: __m512i) -> __m512i {
            let behind = !(((1u32 << front.count_ones()) - 1) as $mask);
            let first = _mm512_maskz_compress_epi32(front, v);
            _mm512_mask_expand_epi32(first, behind, _mm512_maskz_compress_epi32(!front, v))
        }

        #[inline]
        #[target_feature(enable = "avx512f")]
        unsafe fn load(last: __m512i, mask: $mask, from: *const u32) -> __m512i {
            // SAFETY: the caller's.
            unsafe { _mm512_mask_loadu_epi32(last, mask, from.cast()) }
        }
        #[inline]
        #[target_feature(enable = "avx512f")]
        unsafe fn store(to: *mut u32, mask: $mask, v: __m512i) {
            // SAFETY: the caller's.
            unsafe { _mm512_mask_storeu_epi32(to.cast(), mask, v) }
        }
    };
}

#[cfg(target_arch = "x86_64")]
width!(
    wide,
    u64,
    8,
    u8,
    _mm512_min_epu64,
    _mm512_max_epu64,
    _mm512_permutexvar_epi64,
    _mm512_mask_max_epu64,
    _mm512_cmplt_epu64_mask,
    _mm512_maskz_compress_epi64
);
#[cfg(target_arch = "x86_64")]
width!(
    narrow,
    u32,
    16,
    u16,
    _mm512_min_epu32,
    _mm512_max_epu32,
    _mm512_permutexvar_epi32,
    _mm512_mask_max_epu32,
    _mm512_cmplt_epu32_mask,
    _mm512_maskz_compress_epi32
);
