//! Calls of C's functions by their addresses.
//!
//! By the C convention of 64-bit systems a function finds integers and addresses in one row of
//! registers and floats in another, in order, whatever stands between them. So a function is
//! called with all registers of both rows, of which it reads those of its parameters.
//!
//! Assumes that there are no more parameters than registers, no structures by value and no
//! `...`; `cumbia/_foreign.py` refuses others. What the function does is trusted.

use cumbia_abi::Context;

/// How the results of functions are narrowed: bits 8 to 15 of how a call is made. The lowest
/// eight say which floats are single.
const SINGLE: i64 = 8;

macro_rules! foreign {
    ($name:ident $result:ty, $single:ident, $finish:expr) => {
        /// The helper of that name.
        pub(crate) extern "C" fn $name(
            _: *mut Context,
            address: i64,
            how: i64,
            a: i64,
            b: i64,
            c: i64,
            d: i64,
            e: i64,
            f: i64,
            p: f64,
            q: f64,
            r: f64,
            s: f64,
            t: f64,
            u: f64,
            v: f64,
            w: f64,
        ) -> $result {
            let [p, q, r, s, t, u, v, w] = passed(how, [p, q, r, s, t, u, v, w]);
            let address = std::ptr::with_exposed_provenance::<()>(address as usize);
            if how >> 8 == SINGLE {
                // SAFETY: see below.
                let function: Function<$single> = unsafe { std::mem::transmute(address) };
                // SAFETY: see below.
                let result = unsafe { function(a, b, c, d, e, f, p, q, r, s, t, u, v, w) };
                return <$result>::from(result);
            }
            // SAFETY: the program says that there is a function of C, and what it takes and
            // gives; see the module for the registers.
            let function: Function<$result> = unsafe { std::mem::transmute(address) };
            // SAFETY: as above.
            let result = unsafe { function(a, b, c, d, e, f, p, q, r, s, t, u, v, w) };
            $finish(result, how >> 8)
        }
    };
}

type Function<R> =
    unsafe extern "C" fn(i64, i64, i64, i64, i64, i64, f64, f64, f64, f64, f64, f64, f64, f64) -> R;

foreign!(foreign_int i64, i32, narrowed);
foreign!(foreign_float f64, f32, |result, _| result);

/// Floats as registers hold them.
#[inline]
fn passed(how: i64, floats: [f64; 8]) -> [f64; 8] {
    if how & 0xff == 0 {
        return floats;
    }
    let mut at = 0;
    floats.map(|float| {
        let single = how >> at & 1 != 0;
        at += 1;
        if single { f64::from_bits(u64::from((float as f32).to_bits())) } else { float }
    })
}

/// An integer result of a type: beyond its bits a register holds anything.
fn narrowed(result: i64, ty: i64) -> i64 {
    match ty {
        1 => i64::from(result as i8),
        2 => i64::from(result as i16),
        3 => i64::from(result as i32),
        4 => i64::from(result as u8),
        5 => i64::from(result as u16),
        6 => i64::from(result as u32),
        7 => i64::from(result as u8 != 0),
        _ => result,
    }
}

#[cfg(test)]
mod tests {
    use super::{SINGLE, foreign_float, foreign_int};

    extern "C" fn mixed(a: i32, p: f64, b: *const i64, q: f32, c: u8, r: f64) -> f64 {
        // SAFETY: the test passes the address of a number.
        f64::from(a) + p * 10.0 + unsafe { *b } as f64 + f64::from(q) + f64::from(c) + r
    }

    extern "C" fn half(x: f32) -> f32 {
        x / 2.0
    }

    extern "C" fn negative(x: i8) -> i8 {
        -x
    }

    #[test]
    fn rows_of_registers() {
        let number = 1000i64;
        let at = (&raw const number).expose_provenance() as i64;
        let null = std::ptr::null_mut();
        let address = mixed as *const () as i64;
        let got = foreign_float(
            null, address, 2, -3, at, 7, 0, 0, 0, 0.5, 0.25, 100.0, 0.0, 0.0, 0.0, 0.0, 0.0,
        );
        assert_eq!(got, -3.0 + 5.0 + 1000.0 + 0.25 + 7.0 + 100.0);
        let address = half as *const () as i64;
        let how = SINGLE << 8 | 1;
        let got = foreign_float(
            null, address, how, 0, 0, 0, 0, 0, 0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0,
        );
        assert_eq!(got, 1.5);
        let address = negative as *const () as i64;
        let got = foreign_int(
            null,
            address,
            1 << 8,
            5,
            0,
            0,
            0,
            0,
            0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
            0.0,
        );
        assert_eq!(got, -5);
    }
}
