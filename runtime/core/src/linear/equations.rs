//! Linear equations, determinants and triangular factors by LAPACK.
//!
//! Each helper copies its matrix column by column, as LAPACK has them, asks for the size of
//! the workspace as NumPy does (numpy/linalg/umath_linalg.cpp), so that results are NumPy's
//! bits, and writes results row by row. Without LAPACK, for extents that it can't be told,
//! and without memory they raise; a body asks for LAPACK first. They give LAPACK's `info`.

use super::{Element, Matrix, Routine, Routines, for_double, put_rows, room, routines};
use crate::raise::raise;
use cumbia_abi::{Context, ExceptionClass};
use std::ffi::c_void;

pub(super) type In = *const c_void;
pub(super) type Out = *mut c_void;

/// Memory of a call, whose address it passes on.
pub(super) fn memory<T>(values: &mut [T]) -> Out {
    values.as_mut_ptr().cast()
}

/// The address of a number.
pub(super) fn given<T>(value: &T) -> In {
    std::ptr::from_ref(value).cast()
}

/// The address of a number that is written.
pub(super) fn told<T>(value: &mut T) -> Out {
    std::ptr::from_mut(value).cast()
}

/// A distance of columns, which LAPACK wants to be 1 at least.
pub(super) fn lead(n: usize) -> i64 {
    n.max(1) as i64
}

/// LAPACK, if the extents fit its integers.
pub(super) fn lapack(context: *mut Context, extents: &[usize]) -> Option<&'static Routines> {
    let found = routines().filter(|found| extents.iter().all(|&n| found.takes(n)));
    if found.is_none() {
        // SAFETY: compiled code passes the context of the running call.
        let context = unsafe { &mut *context };
        raise(
            context,
            ExceptionClass::ValueError,
            "Too large work array required -- computation cannot be performed with standard 32-bit LAPACK.",
        );
    }
    found
}

type Gesv = unsafe extern "C" fn(In, In, Out, In, Out, Out, In, Out);
type Getrf = unsafe extern "C" fn(In, In, Out, In, Out, Out);
type Potrf = unsafe extern "C" fn(In, In, Out, In, Out, usize);
type Geqrf = unsafe extern "C" fn(In, In, Out, In, Out, Out, In, Out);
type Orgqr = unsafe extern "C" fn(In, In, In, Out, In, In, Out, In, Out);

/// A result of a whole number that LAPACK wrote.
pub(super) fn number(lapack: &Routines, info: i64) -> i64 {
    lapack.integer(&[info], 0)
}

unsafe fn solve<T: Element>(
    context: *mut Context,
    [n, sides]: [usize; 2],
    a: Matrix<T>,
    b: Option<Matrix<T>>,
    out: *mut T,
) -> Option<i64> {
    let found = lapack(context, &[n, sides])?;
    let mut factors = room(context, T::ZERO, n * n)?;
    let mut x = room(context, T::ZERO, n * sides)?;
    let mut exchanges = room(context, 0i64, n)?;
    let mut info = 0i64;
    // SAFETY: a body's arrays; the routine of this name, and memory of the sizes that it is
    // told.
    unsafe {
        a.copy_columns(n, n, &mut factors, n);
        match b {
            Some(b) => b.copy_columns(n, sides, &mut x, n),
            None => (0..n).for_each(|i| x[i * n + i] = T::ONE),
        }
        let gesv: Gesv = std::mem::transmute(found.address(Routine::Gesv, T::KIND));
        gesv(
            given(&(n as i64)),
            given(&(sides as i64)),
            memory(&mut factors),
            given(&lead(n)),
            memory(&mut exchanges),
            memory(&mut x),
            given(&lead(n)),
            told(&mut info),
        );
        put_rows(&x, n, n, sides, out);
    }
    Some(number(found, info))
}

/// The helper `lapack_solve`: a matrix and right sides as columns; solutions in C order.
pub(crate) extern "C" fn lapack_solve(
    context: *mut Context,
    kind: i64,
    n: i64,
    sides: i64,
    a: *mut u8,
    a_rows: i64,
    a_columns: i64,
    b: *mut u8,
    b_rows: i64,
    b_columns: i64,
    out: *mut u8,
) -> i64 {
    // SAFETY: a body's call; see the module's description.
    let info = unsafe {
        for_double!(
            kind,
            solve(
                context,
                [n as usize, sides as usize],
                Matrix::at(a, a_rows, a_columns),
                Some(Matrix::at(b, b_rows, b_columns)),
                out.cast(),
            )
        )
    };
    info.unwrap_or(0)
}

/// The helper `lapack_inverse`: a matrix, and where its inverse goes.
pub(crate) extern "C" fn lapack_inverse(
    context: *mut Context,
    kind: i64,
    n: i64,
    a: *mut u8,
    rows: i64,
    columns: i64,
    out: *mut u8,
) -> i64 {
    let matrix = (a, rows, columns);
    // SAFETY: as above.
    let info = unsafe { for_double!(kind, inverse(context, n as usize, matrix, out)) };
    info.unwrap_or(0)
}

unsafe fn inverse<T: Element>(
    context: *mut Context,
    n: usize,
    (a, rows, columns): (*mut u8, i64, i64),
    out: *mut u8,
) -> Option<i64> {
    // SAFETY: the caller's.
    unsafe { solve::<T>(context, [n, n], Matrix::at(a, rows, columns), None, out.cast()) }
}

/// Sign, logarithm of the magnitude and both together, of a factored matrix.
trait Determinant: Element {
    fn of(negative: bool, factors: &[Self], n: usize) -> (Self, Self::Real, Self);
    fn singular() -> (Self, Self::Real, Self);
}

macro_rules! determinants {
    ($($real:ident)*) => { $(
        impl Determinant for $real {
            fn of(negative: bool, factors: &[$real], n: usize) -> ($real, $real, $real) {
                let (mut sign, mut log): ($real, $real) = (if negative { -1.0 } else { 1.0 }, 0.0);
                for i in 0..n {
                    let mut size = factors[i * n + i];
                    if size < 0.0 {
                        (sign, size) = (-sign, -size);
                    }
                    log += size.ln();
                }
                (sign, log, sign * log.exp())
            }
            fn singular() -> ($real, $real, $real) {
                (0.0, $real::NEG_INFINITY, 0.0 * $real::NEG_INFINITY.exp())
            }
        }
        impl Determinant for super::Complex<$real> {
            fn of(negative: bool, factors: &[Self], n: usize) -> (Self, $real, Self) {
                let mut sign = Self { re: if negative { -1.0 } else { 1.0 }, im: 0.0 };
                let mut log: $real = 0.0;
                for i in 0..n {
                    let z = factors[i * n + i];
                    let size = z.re.hypot(z.im);
                    sign = sign.times(Self { re: z.re / size, im: z.im / size });
                    log += size.ln();
                }
                (sign, log, sign.times(Self { re: log.exp(), im: 0.0 }))
            }
            fn singular() -> (Self, $real, Self) {
                (Self::ZERO, $real::NEG_INFINITY, Self::ZERO)
            }
        }
    )* };
}
determinants!(f32 f64);

unsafe fn determinant<T: Determinant>(
    context: *mut Context,
    n: usize,
    a: Matrix<T>,
    [sign, log, whole]: [*mut u8; 3],
) -> Option<()> {
    let found = lapack(context, &[n])?;
    let mut factors = room(context, T::ZERO, n * n)?;
    let mut exchanges = room(context, 0i64, n)?;
    let mut info = 0i64;
    // SAFETY: as in `solve`; results go where the body says.
    unsafe {
        a.copy_columns(n, n, &mut factors, n);
        let getrf: Getrf = std::mem::transmute(found.address(Routine::Getrf, T::KIND));
        let size = n as i64;
        getrf(
            given(&size),
            given(&size),
            memory(&mut factors),
            given(&lead(n)),
            memory(&mut exchanges),
            told(&mut info),
        );
        let result = if number(found, info) == 0 {
            let moved = (0..n).filter(|&i| found.integer(&exchanges, i) != i as i64 + 1).count();
            T::of(moved % 2 == 1, &factors, n)
        } else {
            T::singular()
        };
        sign.cast::<T>().write(result.0);
        log.cast::<T::Real>().write(result.1);
        whole.cast::<T>().write(result.2);
    }
    Some(())
}

/// The helper `lapack_determinant`: a matrix, and where its determinant's sign, the logarithm
/// of its magnitude, and the determinant go.
pub(crate) extern "C" fn lapack_determinant(
    context: *mut Context,
    kind: i64,
    n: i64,
    a: *mut u8,
    rows: i64,
    columns: i64,
    sign: *mut u8,
    log: *mut u8,
    whole: *mut u8,
) {
    let results = [sign, log, whole];
    // SAFETY: as above.
    unsafe {
        for_double!(kind, determinant(context, n as usize, Matrix::at(a, rows, columns), results));
    }
}

unsafe fn cholesky<T: Element>(
    context: *mut Context,
    upper: bool,
    n: usize,
    a: Matrix<T>,
    out: *mut T,
) -> Option<i64> {
    let found = lapack(context, &[n])?;
    let mut factor = room(context, T::ZERO, n * n)?;
    let mut info = 0i64;
    // SAFETY: as in `solve`.
    unsafe {
        a.copy_columns(n, n, &mut factor, n);
        let potrf: Potrf = std::mem::transmute(found.address(Routine::Potrf, T::KIND));
        let half = if upper { b"U" } else { b"L" };
        potrf(
            given(half),
            given(&(n as i64)),
            memory(&mut factor),
            given(&lead(n)),
            told(&mut info),
            1,
        );
        for j in 0..n {
            let rest = if upper { j + 1..n } else { 0..j };
            factor[j * n..(j + 1) * n][rest].fill(T::ZERO);
        }
        put_rows(&factor, n, n, n, out);
    }
    Some(number(found, info))
}

/// The helper `lapack_cholesky`: whether the upper factor, a matrix, and where it goes.
pub(crate) extern "C" fn lapack_cholesky(
    context: *mut Context,
    kind: i64,
    upper: u8,
    n: i64,
    a: *mut u8,
    rows: i64,
    columns: i64,
    out: *mut u8,
) -> i64 {
    // SAFETY: as above.
    let info = unsafe {
        for_double!(
            kind,
            cholesky(context, upper != 0, n as usize, Matrix::at(a, rows, columns), out.cast())
        )
    };
    info.unwrap_or(0)
}

unsafe fn orthogonal<T: Element>(
    context: *mut Context,
    [rows, columns, wanted]: [usize; 3],
    a: Matrix<T>,
    raw: *mut T,
    tau: *mut T,
    q: *mut T,
) -> Option<i64> {
    let found = lapack(context, &[rows, columns, wanted])?;
    let few = rows.min(columns);
    let mut factors = room(context, T::ZERO, rows * columns)?;
    let (m, n, k) = (rows as i64, columns as i64, wanted as i64);
    let mut info = 0i64;
    // SAFETY: as in `solve`; `tau` has room for the smaller extent.
    unsafe {
        a.copy_columns(rows, columns, &mut factors, rows);
        let geqrf: Geqrf = std::mem::transmute(found.address(Routine::Geqrf, T::KIND));
        let mut size = T::ZERO;
        let mut factor = |work: Out, length: i64| {
            geqrf(
                given(&m),
                given(&n),
                memory(&mut factors),
                given(&lead(rows)),
                tau.cast(),
                work,
                given(&length),
                told(&mut info),
            );
        };
        factor(told(&mut size), -1);
        let length = size.as_size().max(columns).max(1);
        let mut work = room(context, T::ZERO, length)?;
        factor(memory(&mut work), length as i64);
        put_rows(&factors, rows, rows, columns, raw);
        if wanted > 0 && number(found, info) == 0 {
            factors.truncate(rows * few.min(wanted));
            factors.resize(rows * wanted, T::ZERO);
            let orgqr: Orgqr = std::mem::transmute(found.address(Routine::Orgqr, T::KIND));
            let few = few as i64;
            let mut make = |work: Out, length: i64| {
                orgqr(
                    given(&m),
                    given(&k),
                    given(&few),
                    memory(&mut factors),
                    given(&lead(rows)),
                    tau.cast_const().cast(),
                    work,
                    given(&length),
                    told(&mut info),
                );
            };
            make(told(&mut size), -1);
            let length = size.as_size().max(columns).max(wanted).max(1);
            let mut work = room(context, T::ZERO, length)?;
            make(memory(&mut work), length as i64);
            put_rows(&factors, rows, rows, wanted, q);
        }
    }
    Some(number(found, info))
}

/// The helper `lapack_qr`: extents, how many columns of Q are wanted, a matrix, and where
/// the factored matrix, the reflections' factors and Q go.
pub(crate) extern "C" fn lapack_qr(
    context: *mut Context,
    kind: i64,
    rows: i64,
    columns: i64,
    wanted: i64,
    a: *mut u8,
    a_rows: i64,
    a_columns: i64,
    raw: *mut u8,
    tau: *mut u8,
    q: *mut u8,
) -> i64 {
    let extents = [rows as usize, columns as usize, wanted as usize];
    // SAFETY: as above.
    let info = unsafe {
        for_double!(
            kind,
            orthogonal(
                context,
                extents,
                Matrix::at(a, a_rows, a_columns),
                raw.cast(),
                tau.cast(),
                q.cast(),
            )
        )
    };
    info.unwrap_or(0)
}
