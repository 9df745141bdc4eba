//! Quicksort of unsigned keys by vectors of 512 bits.
//!
//! A vector is split by one comparison: what belongs to the left is packed to where the line
//! has been read already, the rest into a buffer, which is copied behind. Up to eight vectors
//! are sorted by a bitonic network (K. E. Batcher, "Sorting networks and their applications",
//! 1968): first each by itself, then merged in pairs. Splits that go wrong too often leave
//! the rest to the standard library.

/// Sorts keys if the processor has what it takes.
#[cfg(target_arch = "x86_64")]
pub(super) fn sort_u64(keys: &mut [u64]) -> bool {
    let able = is_x86_feature_detected!("avx512f");
    if able {
        // SAFETY: the processor has the instructions.
        unsafe { wide::sort(keys) };
    }
    able
}

/// Sorts keys if the processor has what it takes.
#[cfg(target_arch = "x86_64")]
pub(super) fn sort_u32(keys: &mut [u32]) -> bool {
    let able = is_x86_feature_detected!("avx512f");
    if able {
        // SAFETY: the processor has the instructions.
        unsafe { narrow::sort(keys) };
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
pub(super) fn sort_u64(_: &mut [u64]) -> bool {
    false
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) fn sort_u32(_: &mut [u32]) -> bool {
    false
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
        $min:ident, $max:ident, $permute:ident, $blend:ident, $less:ident, $compress:ident
    ) => {
        mod $module {
            use super::partner;
            use std::arch::x86_64::*;

            const LANES: usize = $lanes;
            /// Keys that the network sorts.
            const FEW: usize = 8 * LANES;

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
                $blend($min(v, other), const { takers(REACH) }, $max(v, other))
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

            /// Merges two sorted halves of `2 * half` vectors from `at` on.
            #[inline]
            #[target_feature(enable = "avx512f")]
            fn merge<const N: usize>(v: &mut [__m512i; N], at: usize, half: usize) {
                for i in 0..half {
                    let (a, b) = (v[at + i], reversed(v[at + 2 * half - 1 - i]));
                    v[at + i] = $min(a, b);
                    v[at + 2 * half - 1 - i] = reversed($max(a, b));
                }
                let mut reach = half / 2;
                while reach > 0 {
                    for i in 0..2 * half {
                        if i & reach == 0 {
                            let (a, b) = (v[at + i], v[at + i + reach]);
                            v[at + i] = $min(a, b);
                            v[at + i + reach] = $max(a, b);
                        }
                    }
                    reach /= 2;
                }
                for i in 0..2 * half {
                    v[at + i] = finish(v[at + i]);
                }
            }

            /// Sorts up to `N` vectors of keys.
            #[inline]
            #[target_feature(enable = "avx512f")]
            fn network<const N: usize>(keys: &mut [$key]) {
                let last = everywhere($key::MAX);
                let mut v = [last; N];
                let lanes = |i: usize| -> $mask {
                    match keys.len().saturating_sub(i * LANES) {
                        n if n >= LANES => $mask::MAX,
                        n => (1 << n) - 1,
                    }
                };
                let masks: [$mask; N] = std::array::from_fn(lanes);
                let start = keys.as_mut_ptr();
                for i in 0..N {
                    // SAFETY: the mask has the keys that are there.
                    v[i] = unsafe { load(last, masks[i], start.wrapping_add(i * LANES)) };
                    v[i] = sort_vector(v[i]);
                }
                if N >= 2 {
                    for at in (0..N).step_by(2) {
                        merge(&mut v, at, 1);
                    }
                }
                if N >= 4 {
                    for at in (0..N).step_by(4) {
                        merge(&mut v, at, 2);
                    }
                }
                if N >= 8 {
                    merge(&mut v, 0, 4);
                }
                for i in 0..N {
                    // SAFETY: as above.
                    unsafe { store(start.wrapping_add(i * LANES), masks[i], v[i]) };
                }
            }

            width!(@memory $key $mask);

            /// Sorts few keys.
            #[target_feature(enable = "avx512f")]
            fn sort_few(keys: &mut [$key]) {
                match keys.len().div_ceil(LANES) {
                    0 => {}
                    1 => network::<1>(keys),
                    2 => network::<2>(keys),
                    3 | 4 => network::<4>(keys),
                    _ => network::<8>(keys),
                }
            }

            /// Brings the keys below a pivot (or up to it) to the front; gives how many.
            #[target_feature(enable = "avx512f")]
            fn split(keys: &mut [$key], room: &mut [$key], pivot: $key, with_pivot: bool) -> usize {
                let n = keys.len();
                let whole = n - n % LANES;
                let all = everywhere(pivot);
                let (mut left, mut right) = (0, 0);
                let start = keys.as_mut_ptr();
                let mut at = 0;
                while at < whole {
                    // SAFETY: a whole vector is there. Packed vectors end before what is
                    // still to be read, and the room has a vector more than the line.
                    unsafe {
                        let v = _mm512_loadu_si512(start.add(at).cast());
                        let front =
                            if with_pivot { !$less(all, v) } else { $less(v, all) };
                        _mm512_storeu_si512(start.add(left).cast(), $compress(front, v));
                        _mm512_storeu_si512(room.as_mut_ptr().add(right).cast(), $compress(!front, v));
                        left += front.count_ones() as usize;
                    }
                    at += LANES;
                    right = at - left;
                }
                for i in whole..n {
                    let key = keys[i];
                    if key < pivot || (with_pivot && key == pivot) {
                        keys[left] = key;
                        left += 1;
                    } else {
                        room[right] = key;
                        right += 1;
                    }
                }
                keys[left..].copy_from_slice(&room[..right]);
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
                network::<2>(&mut sample);
                sample[LANES]
            }

            #[target_feature(enable = "avx512f")]
            fn quicksort(mut keys: &mut [$key], room: &mut [$key], mut turns: u32) {
                while keys.len() > FEW {
                    if turns == 0 {
                        keys.sort_unstable();
                        return;
                    }
                    turns -= 1;
                    let pivot = pivot_of(keys);
                    let left = split(keys, room, pivot, false);
                    if left == 0 {
                        // The pivot is the smallest key: all that equal it are in place.
                        let equal = split(keys, room, pivot, true);
                        keys = &mut keys[equal..];
                    } else {
                        let (front, back) = keys.split_at_mut(left);
                        quicksort(front, room, turns);
                        keys = back;
                    }
                }
                sort_few(keys);
            }

            #[target_feature(enable = "avx512f")]
            pub(super) fn sort(keys: &mut [$key]) {
                if keys.len() <= FEW {
                    sort_few(keys);
                } else if !keys.is_sorted() {
                    let mut room = vec![0; keys.len() + LANES];
                    quicksort(keys, &mut room, 4 * keys.len().ilog2());
                }
            }
        }
    };
    (@memory u64 $mask:ident) => {
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
    _mm512_mask_mov_epi64,
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
    _mm512_mask_mov_epi32,
    _mm512_cmplt_epu32_mask,
    _mm512_maskz_compress_epi32
);
