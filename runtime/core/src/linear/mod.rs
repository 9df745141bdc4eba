//! Linear algebra by BLAS and LAPACK of the process, or without them.
//!
//! The boundary looks for the routines when compiled code first needs them, and hands
//! their addresses to [`set_linear_algebra`]: those that NumPy itself calls, or SciPy's
//! (decision 0026). Products of matrices have an implementation of their own for where there
//! are none (`product.rs`); decompositions haven't, since the library has bodies for them
//! and asks first ([`has_lapack`]).
//!
//! All routines are called by the conventions of Fortran: every argument is an address, and
//! behind all arguments stand the lengths of the texts. Integers are passed as addresses of
//! 64 bits; a routine whose integers have 32 reads their lower half. What a routine writes
//! is read by its own width, which a small system tells when the routines are found.
//!
//! Addresses of memory are a body's, which made or checked the array; strides are in bytes.

mod equations;
mod product;
mod spectral;

pub(crate) use equations::{
    lapack_cholesky, lapack_determinant, lapack_inverse, lapack_qr, lapack_solve,
};
pub(crate) use product::{complex_dot, matrix_product, real_dot};
pub(crate) use spectral::{lapack_eig, lapack_eigh, lapack_least_squares, lapack_svd};

use cumbia_abi::Context;
use std::ffi::c_void;
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, Ordering};

/// A routine of BLAS or LAPACK, by what it does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Routine {
    Gemm,
    Gemv,
    Syrk,
    Gesv,
    Getrf,
    Potrf,
    Geqrf,
    Orgqr,
    Syevd,
    Gesdd,
    Geev,
    Gelsd,
}

/// Names for float32, float64, complex64 and complex128.
const NAMES: [[&str; 4]; 12] = [
    ["sgemm", "dgemm", "cgemm", "zgemm"],
    ["sgemv", "dgemv", "cgemv", "zgemv"],
    ["ssyrk", "dsyrk", "csyrk", "zsyrk"],
    ["sgesv", "dgesv", "cgesv", "zgesv"],
    ["sgetrf", "dgetrf", "cgetrf", "zgetrf"],
    ["spotrf", "dpotrf", "cpotrf", "zpotrf"],
    ["sgeqrf", "dgeqrf", "cgeqrf", "zgeqrf"],
    ["sorgqr", "dorgqr", "cungqr", "zungqr"],
    ["ssyevd", "dsyevd", "cheevd", "zheevd"],
    ["sgesdd", "dgesdd", "cgesdd", "zgesdd"],
    ["sgeev", "dgeev", "cgeev", "zgeev"],
    ["sgelsd", "dgelsd", "cgelsd", "zgelsd"],
];

/// Products of vectors, by the conventions of C; they needn't be there. The last two conjugate
/// the first vector.
const DOTS: [&str; 6] = ["sdot", "ddot", "cdotu_sub", "zdotu_sub", "cdotc_sub", "zdotc_sub"];

/// Where routines are.
pub(crate) struct Routines {
    by_name: [[*const c_void; 4]; NAMES.len()],
    dots: [*const c_void; DOTS.len()],
    /// Whether integers have 64 bits.
    wide: bool,
}

// SAFETY: addresses of functions, which are the same for all threads.
unsafe impl Send for Routines {}
// SAFETY: as above.
unsafe impl Sync for Routines {}

/// What was found: null before anyone looked.
static FOUND: AtomicPtr<Routines> = AtomicPtr::new(ptr::null_mut());
/// Stands for: looked, and found nothing.
static NOTHING: Routines = Routines {
    by_name: [[ptr::null(); 4]; NAMES.len()],
    dots: [ptr::null(); DOTS.len()],
    wide: false,
};

/// Looks for routines and hands them to [`set_linear_algebra`], or says
/// [`without_linear_algebra`]. Called without the GIL.
pub type LinearHook = fn();

static HOOK: OnceLock<LinearHook> = OnceLock::new();

/// Installs the process's hook; the first one stays.
pub fn set_linear_hook(hook: LinearHook) {
    HOOK.get_or_init(|| hook);
}

/// Takes the routines that two functions find by their plain names, `dgemm`; those of the
/// second are C's, `ddot`. Gives whether all that must be there is.
///
/// # Safety
///
/// What `routine` and `dot` find are the routines of these names, by Fortran's conventions
/// and C's, and stay.
pub unsafe fn set_linear_algebra(
    routine: impl Fn(&str) -> *const c_void,
    dot: impl Fn(&str) -> *const c_void,
) -> bool {
    let by_name = NAMES.map(|names| names.map(&routine));
    if by_name.iter().flatten().any(|address| address.is_null()) {
        return false;
    }
    let mut found = Routines { by_name, dots: DOTS.map(dot), wide: false };
    let Some(wide) = found.width() else { return false };
    found.wide = wide;
    keep(Box::leak(Box::new(found)))
}

/// Nothing was found.
pub fn without_linear_algebra() {
    keep(&NOTHING);
}

/// The first one stays: a kernel may have used it.
fn keep(found: &'static Routines) -> bool {
    let found = ptr::from_ref(found).cast_mut();
    FOUND.compare_exchange(ptr::null_mut(), found, Ordering::AcqRel, Ordering::Acquire).is_ok()
}

/// Whether somebody has looked.
pub fn looked_for_linear_algebra() -> bool {
    !FOUND.load(Ordering::Acquire).is_null()
}

/// Whether LAPACK is there.
pub fn has_lapack() -> bool {
    routines().is_some()
}

/// The routines, looked for now if nobody has.
#[inline]
pub(crate) fn routines() -> Option<&'static Routines> {
    let mut found = FOUND.load(Ordering::Acquire);
    if found.is_null() {
        look();
        found = FOUND.load(Ordering::Acquire);
    }
    // SAFETY: null, or a static or leaked value that never changes.
    let found = unsafe { found.as_ref() }?;
    (!found.by_name[0][0].is_null()).then_some(found)
}

#[cold]
fn look() {
    match HOOK.get() {
        Some(hook) => hook(),
        None => without_linear_algebra(),
    }
}

impl Routines {
    pub(crate) fn address(&self, routine: Routine, kind: usize) -> *const c_void {
        self.by_name[routine as usize][kind]
    }

    pub(crate) fn dot(&self, at: usize) -> *const c_void {
        self.dots[at]
    }

    /// Whether integers have 64 bits, by what factoring a matrix leaves: two exchanges, of
    /// the second row with itself and of the first with the second. `None` if neither.
    fn width(&self) -> Option<bool> {
        let mut a = [1.0, 2.0, 3.0, 4.0f64];
        let mut exchanges = [0i64; 2];
        let (n, mut info) = (2i64, 0i64);
        // SAFETY: the routine is `dgetrf`; memory is of the sizes that it is told, or larger.
        unsafe {
            let factor: Fortran6 = std::mem::transmute(self.address(Routine::Getrf, 1));
            factor(
                (&raw const n).cast(),
                (&raw const n).cast(),
                a.as_mut_ptr().cast(),
                (&raw const n).cast(),
                exchanges.as_mut_ptr().cast(),
                (&raw mut info).cast(),
            );
        }
        match exchanges {
            [2, 2] => Some(true),
            [both, 0] if both == 2 | 2 << 32 => Some(false),
            _ => None,
        }
    }

    /// An integer that a routine wrote at a position of memory.
    pub(crate) fn integer(&self, memory: &[i64], at: usize) -> i64 {
        if self.wide {
            memory[at]
        } else {
            let word = memory[at / 2] as u64;
            i64::from((word >> (at % 2 * 32)) as u32 as i32)
        }
    }

    /// Whether a routine can be told an extent.
    pub(crate) fn takes(&self, extent: usize) -> bool {
        self.wide || i32::try_from(extent).is_ok()
    }
}

type Address = *const c_void;
type Fortran6 = unsafe extern "C" fn(Address, Address, Address, Address, Address, Address);

/// A number of one of the four dtypes.
///
/// # Safety
///
/// The memory of an element of the dtype with this number: one real number, or two.
pub(crate) unsafe trait Element: Copy + PartialEq + Send + Sync + 'static {
    type Real: Copy + Default + PartialOrd + 'static;
    /// The dtype's number among the routines.
    const KIND: usize;
    const IS_COMPLEX: bool;
    const ZERO: Self;
    const ONE: Self;
    fn plus(self, other: Self) -> Self;
    fn times(self, other: Self) -> Self;
    /// `self * other + sum`, rounded once where the processor can.
    fn fused(self, other: Self, sum: Self) -> Self;
    fn negated(self) -> Self;
    fn conjugate(self) -> Self;
    /// The sum of squared magnitudes, in order.
    fn squares(items: &[Self]) -> Self::Real;
    /// A size that fits a workspace of what was asked for, as it is told in the first element.
    fn as_size(self) -> usize;
    /// The product of `rows x inner` and `inner x columns`; strides count elements.
    ///
    /// # Safety
    ///
    /// Memory as the extents and strides say; the output overlaps neither operand.
    unsafe fn general(
        extents: [usize; 3],
        a: (*const Self, isize, isize),
        b: (*const Self, isize, isize),
        c: (*mut Self, isize, isize),
    );
}

/// A complex number's parts.
#[derive(Clone, Copy, PartialEq, Default, Debug)]
#[repr(C)]
pub(crate) struct Complex<T> {
    pub(crate) re: T,
    pub(crate) im: T,
}

macro_rules! elements {
    ($($real:ident, $kind:literal, $complex_kind:literal, $gemm:ident, $complex_gemm:ident;)*) => { $(
        // SAFETY: a real number.
        unsafe impl Element for $real {
            type Real = $real;
            const KIND: usize = $kind;
            const IS_COMPLEX: bool = false;
            const ZERO: $real = 0.0;
            const ONE: $real = 1.0;
            #[inline(always)]
            fn plus(self, other: $real) -> $real {
                self + other
            }
            #[inline(always)]
            fn times(self, other: $real) -> $real {
                self * other
            }
            #[inline(always)]
            fn fused(self, other: $real, sum: $real) -> $real {
                self.mul_add(other, sum)
            }
            fn negated(self) -> $real {
                -self
            }
            fn conjugate(self) -> $real {
                self
            }
            fn squares(items: &[$real]) -> $real {
                items.iter().fold(0.0, |sum, x| sum + x * x)
            }
            fn as_size(self) -> usize {
                self as usize
            }
            unsafe fn general(
                [rows, columns, inner]: [usize; 3],
                a: (*const $real, isize, isize),
                b: (*const $real, isize, isize),
                c: (*mut $real, isize, isize),
            ) {
                // SAFETY: by the contract.
                unsafe {
                    matrixmultiply::$gemm(
                        rows, inner, columns, 1.0, a.0, a.1, a.2, b.0, b.1, b.2, 0.0, c.0, c.1, c.2,
                    );
                }
            }
        }
        // SAFETY: two real numbers, by `repr(C)`.
        unsafe impl Element for Complex<$real> {
            type Real = $real;
            const KIND: usize = $complex_kind;
            const IS_COMPLEX: bool = true;
            const ZERO: Self = Complex { re: 0.0, im: 0.0 };
            const ONE: Self = Complex { re: 1.0, im: 0.0 };
            #[inline(always)]
            fn plus(self, other: Self) -> Self {
                Complex { re: self.re + other.re, im: self.im + other.im }
            }
            #[inline(always)]
            fn times(self, other: Self) -> Self {
                Complex {
                    re: self.re * other.re - self.im * other.im,
                    im: self.re * other.im + self.im * other.re,
                }
            }
            #[inline(always)]
            fn fused(self, other: Self, sum: Self) -> Self {
                self.times(other).plus(sum)
            }
            fn negated(self) -> Self {
                Complex { re: -self.re, im: -self.im }
            }
            fn conjugate(self) -> Self {
                Complex { re: self.re, im: -self.im }
            }
            fn squares(items: &[Self]) -> $real {
                items.iter().fold(0.0, |sum, z| sum + (z.re * z.re + z.im * z.im))
            }
            fn as_size(self) -> usize {
                self.re as usize
            }
            unsafe fn general(
                [rows, columns, inner]: [usize; 3],
                a: (*const Self, isize, isize),
                b: (*const Self, isize, isize),
                c: (*mut Self, isize, isize),
            ) {
                use matrixmultiply::CGemmOption::Standard;
                // SAFETY: by the contract; a complex number is two real ones.
                unsafe {
                    matrixmultiply::$complex_gemm(
                        Standard, Standard, rows, inner, columns,
                        [1.0, 0.0], a.0.cast(), a.1, a.2, b.0.cast(), b.1, b.2,
                        [0.0, 0.0], c.0.cast(), c.1, c.2,
                    );
                }
            }
        }
    )* };
}
elements! {
    f32, 0, 2, sgemm, cgemm;
    f64, 1, 3, dgemm, zgemm;
}

/// Calls a function for the element type of a number.
macro_rules! for_kind {
    ($kind:expr, $function:ident($($arg:expr),* $(,)?)) => {
        match $kind {
            0 => $function::<f32>($($arg),*),
            1 => $function::<f64>($($arg),*),
            2 => $function::<crate::linear::Complex<f32>>($($arg),*),
            _ => $function::<crate::linear::Complex<f64>>($($arg),*),
        }
    };
}
pub(crate) use for_kind;

/// The same for float64 and complex128 alone: NumPy factors no others.
macro_rules! for_double {
    ($kind:expr, $function:ident($($arg:expr),* $(,)?)) => {
        match $kind {
            1 => $function::<f64>($($arg),*),
            _ => $function::<crate::linear::Complex<f64>>($($arg),*),
        }
    };
}
pub(crate) use for_double;

/// Memory for so many elements, all zero; `None`, and MemoryError, if there is none.
pub(crate) fn room<T: Copy>(context: *mut Context, zero: T, n: usize) -> Option<Vec<T>> {
    let mut room = Vec::new();
    if room.try_reserve_exact(n).is_err() {
        // SAFETY: compiled code passes the context of the running call.
        crate::raise::raise_memory(unsafe { &mut *context });
        return None;
    }
    room.resize(n, zero);
    Some(room)
}

/// A matrix of the caller.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<T> {
    pub(crate) data: *const T,
    /// Bytes from a row to the next, and from a column to the next.
    pub(crate) strides: [isize; 2],
}

impl<T: Copy> Matrix<T> {
    pub(crate) fn at(data: *mut u8, rows: i64, columns: i64) -> Matrix<T> {
        Matrix { data: data.cast_const().cast(), strides: [rows as isize, columns as isize] }
    }

    /// Copies its elements column by column.
    ///
    /// # Safety
    ///
    /// It has `rows` rows and `columns` columns.
    pub(crate) unsafe fn copy_columns(
        self,
        rows: usize,
        columns: usize,
        to: &mut [T],
        leading: usize,
    ) {
        for j in 0..columns {
            let column = &mut to[j * leading..j * leading + rows];
            let start = self.data.wrapping_byte_offset(j as isize * self.strides[1]);
            for (i, item) in column.iter_mut().enumerate() {
                // SAFETY: by the contract; a structured array's elements may lie anywhere.
                *item = unsafe {
                    start.wrapping_byte_offset(i as isize * self.strides[0]).read_unaligned()
                };
            }
        }
    }
}

/// Copies a matrix of columns to where it is wanted row by row.
///
/// # Safety
///
/// There is room for `rows * columns` elements.
pub(crate) unsafe fn put_rows<T: Copy>(
    from: &[T],
    leading: usize,
    rows: usize,
    columns: usize,
    to: *mut T,
) {
    for i in 0..rows {
        for j in 0..columns {
            // SAFETY: by the contract.
            unsafe { to.add(i * columns + j).write(from[j * leading + i]) };
        }
    }
}
