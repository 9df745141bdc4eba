//! C library functions that backends' own code calls: for operations that the
//! processor lacks, and for blocks of bytes.

macro_rules! libcalls {
    ($( $name:ident ),* $(,)?) => {
        mod c {
            // The signatures don't matter: only the addresses are taken.
            #[allow(dead_code)]
            unsafe extern "C" { $( pub(super) fn $name(); )* }
        }
        /// The address of a C library function.
        pub(crate) fn address(name: &str) -> Option<*const u8> {
            match name {
                $( stringify!($name) => Some(c::$name as *const u8), )*
                _ => None,
            }
        }
    };
}

libcalls! {
    ceil, ceilf, floor, floorf, trunc, truncf, nearbyint, nearbyintf, fma, fmaf,
    memcpy, memset, memmove, memcmp, bcmp, strlen, wcslen,
}
