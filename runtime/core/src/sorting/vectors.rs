//! Sorting by vectors of 512 bits where the processor has them: one instance of
//! `sorting/width.rs` for each kind of number.
//!
//! Floats mustn't be nan. Where zeros of both signs are compared, one may get the other's
//! sign: how many zeros there are stays the same, and the caller mends the signs.

use super::Order;

#[cfg(test)]
thread_local! {
    /// Whether a test does without.
    pub(super) static OFF: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Whether vectors may be used.
#[cfg(target_arch = "x86_64")]
fn wanted_at_all() -> bool {
    #[cfg(test)]
    if OFF.get() {
        return false;
    }
    true
}

/// Sorts numbers if the processor has what it takes, or only brings one to its position.
#[cfg(target_arch = "x86_64")]
pub(super) fn sort_u64(line: &mut [u64], order: Order, wanted: Option<usize>) -> bool {
    let able = wanted_at_all()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("popcnt");
    if able {
        // SAFETY: the processor has the instructions.
        unsafe {
            match order {
                Order::Unsigned => wide::u64s::sort(line, wanted),
                Order::Signed => wide::i64s::sort(line, wanted),
                Order::Floats => wide::f64s::sort(line, wanted),
            }
        }
    }
    able
}

/// Sorts numbers if the processor has what it takes, or only brings one to its position.
#[cfg(target_arch = "x86_64")]
pub(super) fn sort_u32(line: &mut [u32], order: Order, wanted: Option<usize>) -> bool {
    let able = wanted_at_all()
        && is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("popcnt");
    if able {
        // SAFETY: the processor has the instructions.
        unsafe {
            match order {
                Order::Unsigned => wide::u32s::sort(line, wanted),
                Order::Signed => wide::i32s::sort(line, wanted),
                Order::Floats => wide::f32s::sort(line, wanted),
            }
        }
    }
    able
}

/// Sorts numbers without a sign if the processor has what it takes, or only brings one to its
/// position.
#[cfg(target_arch = "x86_64")]
pub(super) fn sort_u16(line: &mut [u16], order: Order, wanted: Option<usize>) -> bool {
    let able = wanted_at_all()
        && matches!(order, Order::Unsigned)
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vbmi2")
        && is_x86_feature_detected!("popcnt");
    if able {
        // SAFETY: the processor has the instructions.
        unsafe { wide::u16s::sort(line, wanted) };
    }
    able
}

#[cfg(not(target_arch = "x86_64"))]
mod none {
    use super::Order;

    #[cfg(test)]
    thread_local! {
        /// Whether a test does without.
        pub(super) static OFF: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }

    /// Whether vectors may be used.
    #[cfg(target_arch = "x86_64")]
    fn wanted_at_all() -> bool {
        #[cfg(test)]
        if OFF.get() {
            return false;
        }
        true
    }

    pub(in super::super) fn sort_u64(_: &mut [u64], _: Order, _: Option<usize>) -> bool {
        false
    }

    pub(in super::super) fn sort_u32(_: &mut [u32], _: Order, _: Option<usize>) -> bool {
        false
    }

    pub(in super::super) fn sort_u16(_: &mut [u16], _: Order, _: Option<usize>) -> bool {
        false
    }
}
#[cfg(not(target_arch = "x86_64"))]
pub(super) use none::{sort_u16, sort_u32, sort_u64};

/// A loop, compiled also for the widest vectors.
#[cfg(target_arch = "x86_64")]
pub(super) fn widely<T>(run: impl FnOnce() -> T) -> T {
    #[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx512cd")]
    fn wide<T>(run: impl FnOnce() -> T) -> T {
        run()
    }
    let able = wanted_at_all()
        && is_x86_feature_detected!("avx512f")
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

#[cfg(target_arch = "x86_64")]
mod wide {
    use crate::sorting::{key_of_float, width::width};
    use std::arch::x86_64::*;

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

    /// The lanes of a mask in front, and the others at the end; in between is anything.
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn parted_64(front: u8, v: __m512i) -> (__m512i, __m512i) {
        // SAFETY: 8 bytes of the table.
        let lanes = unsafe { _mm_loadl_epi64(LANES_IN_FRONT[front as usize].as_ptr().cast()) };
        let both = _mm512_permutexvar_epi64(_mm512_cvtepu8_epi64(lanes), v);
        (both, both)
    }

    /// As [`parted_64`].
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn parted_64_floats(front: u8, v: __m512d) -> (__m512d, __m512d) {
        let (both, _) = parted_64(front, _mm512_castpd_si512(v));
        (_mm512_castsi512_pd(both), _mm512_castsi512_pd(both))
    }

    /// The first lanes at the end, for each number of lanes that aren't.
    macro_rules! to_the_end {
        ($bits:ident, $lanes:literal) => {{
            let mut table = [[0 as $bits; $lanes]; $lanes + 1];
            let mut few = 0;
            while few <= $lanes {
                let mut lane = few;
                while lane < $lanes {
                    table[few][lane] = (lane - few) as $bits;
                    lane += 1;
                }
                few += 1;
            }
            table
        }};
    }
    static TO_THE_END_16: [[u32; 16]; 17] = to_the_end!(u32, 16);
    static TO_THE_END_32: [[u16; 32]; 33] = to_the_end!(u16, 32);

    /// As [`parted_64`].
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn parted_32(front: u16, v: __m512i) -> (__m512i, __m512i) {
        let lanes = &TO_THE_END_16[front.count_ones() as usize];
        // SAFETY: 64 bytes of the table.
        let lanes = unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) };
        let behind = _mm512_maskz_compress_epi32(!front, v);
        (_mm512_maskz_compress_epi32(front, v), _mm512_permutexvar_epi32(lanes, behind))
    }

    /// As [`parted_64`].
    #[inline]
    #[target_feature(enable = "avx512f")]
    fn parted_32_floats(front: u16, v: __m512) -> (__m512, __m512) {
        let (first, behind) = parted_32(front, _mm512_castps_si512(v));
        (_mm512_castsi512_ps(first), _mm512_castsi512_ps(behind))
    }

    /// As [`parted_64`].
    #[inline]
    #[target_feature(enable = "avx512f,avx512bw,avx512vbmi2")]
    fn parted_16(front: u32, v: __m512i) -> (__m512i, __m512i) {
        let lanes = &TO_THE_END_32[front.count_ones() as usize];
        // SAFETY: 64 bytes of the table.
        let lanes = unsafe { _mm512_loadu_si512(lanes.as_ptr().cast()) };
        let behind = _mm512_maskz_compress_epi16(!front, v);
        (_mm512_maskz_compress_epi16(front, v), _mm512_permutexvar_epi16(lanes, behind))
    }

    width!(
        u64s, u64, __m512i, 8, u8, "avx512f,popcnt",
        last: u64::MAX,
        key: |bits: u64| bits,
        min: _mm512_min_epu64,
        max: _mm512_max_epu64,
        larger: _mm512_mask_max_epu64,
        less: _mm512_cmplt_epu64_mask,
        permute: _mm512_permutexvar_epi64,
        load: |last, mask, from: *const u64| _mm512_mask_loadu_epi64(last, mask, from.cast()),
        store: |to: *mut u64, mask, v| _mm512_mask_storeu_epi64(to.cast(), mask, v),
        parted: parted_64
    );
    width!(
        i64s, u64, __m512i, 8, u8, "avx512f,popcnt",
        last: i64::MAX as u64,
        key: |bits: u64| bits as i64,
        min: _mm512_min_epi64,
        max: _mm512_max_epi64,
        larger: _mm512_mask_max_epi64,
        less: _mm512_cmplt_epi64_mask,
        permute: _mm512_permutexvar_epi64,
        load: |last, mask, from: *const u64| _mm512_mask_loadu_epi64(last, mask, from.cast()),
        store: |to: *mut u64, mask, v| _mm512_mask_storeu_epi64(to.cast(), mask, v),
        parted: parted_64
    );
    width!(
        f64s, u64, __m512d, 8, u8, "avx512f,popcnt",
        last: f64::INFINITY.to_bits(),
        key: super::key_of_float,
        min: _mm512_min_pd,
        max: _mm512_max_pd,
        larger: _mm512_mask_max_pd,
        less: _mm512_cmp_pd_mask::<_CMP_LT_OQ>,
        permute: _mm512_permutexvar_pd,
        load: |last, mask, from: *const u64| _mm512_mask_loadu_pd(last, mask, from.cast()),
        store: |to: *mut u64, mask, v| _mm512_mask_storeu_pd(to.cast(), mask, v),
        parted: parted_64_floats
    );
    width!(
        u32s, u32, __m512i, 16, u16, "avx512f,popcnt",
        last: u32::MAX,
        key: |bits: u32| bits,
        min: _mm512_min_epu32,
        max: _mm512_max_epu32,
        larger: _mm512_mask_max_epu32,
        less: _mm512_cmplt_epu32_mask,
        permute: _mm512_permutexvar_epi32,
        load: |last, mask, from: *const u32| _mm512_mask_loadu_epi32(last, mask, from.cast()),
        store: |to: *mut u32, mask, v| _mm512_mask_storeu_epi32(to.cast(), mask, v),
        parted: parted_32
    );
    width!(
        i32s, u32, __m512i, 16, u16, "avx512f,popcnt",
        last: i32::MAX as u32,
        key: |bits: u32| bits as i32,
        min: _mm512_min_epi32,
        max: _mm512_max_epi32,
        larger: _mm512_mask_max_epi32,
        less: _mm512_cmplt_epi32_mask,
        permute: _mm512_permutexvar_epi32,
        load: |last, mask, from: *const u32| _mm512_mask_loadu_epi32(last, mask, from.cast()),
        store: |to: *mut u32, mask, v| _mm512_mask_storeu_epi32(to.cast(), mask, v),
        parted: parted_32
    );
    width!(
        f32s, u32, __m512, 16, u16, "avx512f,popcnt",
        last: f32::INFINITY.to_bits(),
        key: super::key_of_float,
        min: _mm512_min_ps,
        max: _mm512_max_ps,
        larger: _mm512_mask_max_ps,
        less: _mm512_cmp_ps_mask::<_CMP_LT_OQ>,
        permute: _mm512_permutexvar_ps,
        load: |last, mask, from: *const u32| _mm512_mask_loadu_ps(last, mask, from.cast()),
        store: |to: *mut u32, mask, v| _mm512_mask_storeu_ps(to.cast(), mask, v),
        parted: parted_32_floats
    );
    width!(
        u16s, u16, __m512i, 32, u32, "avx512f,avx512bw,avx512vbmi2,popcnt",
        last: u16::MAX,
        key: |bits: u16| bits,
        min: _mm512_min_epu16,
        max: _mm512_max_epu16,
        larger: _mm512_mask_max_epu16,
        less: _mm512_cmplt_epu16_mask,
        permute: _mm512_permutexvar_epi16,
        load: |last, mask, from: *const u16| _mm512_mask_loadu_epi16(last, mask, from.cast()),
        store: |to: *mut u16, mask, v| _mm512_mask_storeu_epi16(to.cast(), mask, v),
        parted: parted_16
    );
}
