//! Products of matrices and vectors.
//!
//! Which routine is called for which operands follows NumPy's `matmul`
//! (numpy/_core/src/umath/matmul.c.src), so that with NumPy's BLAS the results are NumPy's
//! bits; a matrix times its own transpose is computed by half, too. Operands whose strides
//! BLAS doesn't take are copied. Few products of matrices of real numbers are summed in
//! order in one small loop, which gives BLAS's bits and takes less than a call of it. Without BLAS the crate `matrixmultiply` multiplies, which takes
//! any strides.

use super::{Element, Matrix, Routine, Routines, for_kind, room, routines};
use crate::races;
use cumbia_abi::Context;
use std::ffi::c_void;

/// Up to so many products are summed here.
const FEW: usize = 216;
/// BLAS takes vectors of at most so many elements at once, as NumPy has it.
const CHUNK: usize = (i32::MAX / 2 + 1) as usize;

type Address = *const c_void;

/// The helper `matrix_product`: extents (rows, columns, and those that are summed over), the
/// operands with their strides, and where the result goes, in C order; it overlaps neither.
pub(crate) extern "C" fn matrix_product(
    context: *mut Context,
    kind: i64,
    rows: i64,
    columns: i64,
    inner: i64,
    a: *mut u8,
    a_rows: i64,
    a_columns: i64,
    b: *mut u8,
    b_rows: i64,
    b_columns: i64,
    out: *mut u8,
) {
    let extents = [rows as usize, columns as usize, inner as usize];
    let item = [4, 8, 8, 16][kind as usize & 3];
    races::reads(a, [extents[0], extents[2]], [a_rows as isize, a_columns as isize], item);
    races::reads(b, [extents[2], extents[1]], [b_rows as isize, b_columns as isize], item);
    // SAFETY: a body's call; see the module's description.
    unsafe {
        for_kind!(
            kind,
            multiply(
                context,
                extents,
                Matrix::at(a, a_rows, a_columns),
                Matrix::at(b, b_rows, b_columns),
                out.cast(),
            )
        );
    }
}

/// Whether BLAS takes a matrix that has this order: a unit stride along the columns, rows
/// apart by a positive number of elements that is no less than their length.
fn is_blasable<T>(strides: [isize; 2], columns: usize) -> bool {
    let size = size_of::<T>() as isize;
    let apart = strides[0] / size;
    strides[1] == size
        && strides[0] % size == 0
        && apart >= columns as isize
        && apart <= (i32::MAX / 2) as isize
}

/// A vector's distance of elements, if BLAS takes it.
fn vector_step<T>(stride: isize) -> Option<i64> {
    let size = size_of::<T>() as isize;
    (stride > 0 && stride % size == 0 && stride / size <= i32::MAX as isize)
        .then_some((stride / size) as i64)
}

unsafe fn multiply<T: Element>(
    context: *mut Context,
    [rows, columns, inner]: [usize; 3],
    a: Matrix<T>,
    b: Matrix<T>,
    out: *mut T,
) {
    // SAFETY: by the contract of the helper; copies have the extents that are told.
    unsafe {
        if rows == 0 || columns == 0 {
            return;
        }
        // An extent could make the product overflow, and then it is large.
        let count = rows.saturating_mul(columns).saturating_mul(inner);
        if count == 0 || (count <= FEW && rows > 1 && columns > 1 && !T::IS_COMPLEX) {
            return multiply_few([rows, columns, inner], a, b, out);
        }
        if inner == 1 {
            // NumPy, too, has a loop of its own for this.
            return in_order([rows, columns, inner], a, b, out, |x, y, sum| x.times(y).plus(sum));
        }
        let by_columns = |m: Matrix<T>| [m.strides[1], m.strides[0]];
        let Some(blas) = routines().filter(|r| [rows, columns, inner].iter().all(|&n| r.takes(n)))
        else {
            return multiply_plainly(context, [rows, columns, inner], a, b, out);
        };
        if rows == 1 && columns == 1 {
            out.write(dot(Some(blas), inner, a.data, a.strides[1], b.data, b.strides[0], false));
            return;
        }
        // Copies live until the call is over.
        let (left, right);
        let takes_left = is_blasable::<T>(a.strides, inner)
            || is_blasable::<T>(by_columns(a), rows)
            || (rows == 1 && vector_step::<T>(a.strides[1]).is_some());
        let takes_right = is_blasable::<T>(b.strides, columns)
            || is_blasable::<T>(by_columns(b), inner)
            || (columns == 1 && vector_step::<T>(b.strides[0]).is_some());
        let a = if takes_left {
            a
        } else {
            let Some(copied) = packed(context, a, rows, inner) else { return };
            left = copied;
            of_rows(&left, inner)
        };
        let b = if takes_right {
            b
        } else {
            let Some(copied) = packed(context, b, inner, columns) else { return };
            right = copied;
            of_rows(&right, columns)
        };
        if columns == 1 {
            by_vector(blas, rows, inner, a, b.data, b.strides[0], out);
        } else if rows == 1 {
            let turned = Matrix { data: b.data, strides: by_columns(b) };
            by_vector(blas, columns, inner, turned, a.data, a.strides[1], out);
        } else {
            by_matrix(blas, [rows, columns, inner], a, b, out);
        }
    }
}

/// A copy row by row.
unsafe fn packed<T: Element>(
    context: *mut Context,
    a: Matrix<T>,
    rows: usize,
    columns: usize,
) -> Option<Vec<T>> {
    let mut to = room(context, T::ZERO, rows * columns)?;
    let turned = Matrix { data: a.data, strides: [a.strides[1], a.strides[0]] };
    // SAFETY: by the caller's contract.
    unsafe { turned.copy_columns(columns, rows, &mut to, columns) };
    Some(to)
}

fn of_rows<T>(memory: &[T], columns: usize) -> Matrix<T> {
    let size = size_of::<T>() as isize;
    Matrix { data: memory.as_ptr(), strides: [columns as isize * size, size] }
}

fn address<T>(value: &T) -> Address {
    std::ptr::from_ref(value).cast()
}

/// The distance of rows that BLAS is told, of a matrix of one row too.
fn leading<T>(stride: isize, length: usize) -> i64 {
    (stride / size_of::<T>() as isize).max(length.max(1) as isize) as i64
}

type Gemm = unsafe extern "C" fn(
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    *mut c_void,
    Address,
    usize,
    usize,
);
type Gemv = unsafe extern "C" fn(
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    *mut c_void,
    Address,
    usize,
);
type Syrk = unsafe extern "C" fn(
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    Address,
    *mut c_void,
    Address,
    usize,
    usize,
);

/// A matrix times a vector.
unsafe fn by_vector<T: Element>(
    blas: &Routines,
    rows: usize,
    inner: usize,
    a: Matrix<T>,
    x: *const T,
    stride: isize,
    out: *mut T,
) {
    let size = size_of::<T>() as isize;
    // Rows of C order are columns of Fortran's.
    let (turn, m, n, lead) = if is_blasable::<T>(a.strides, inner) {
        (b"T", inner as i64, rows as i64, leading::<T>(a.strides[0], inner))
    } else {
        (b"N", rows as i64, inner as i64, leading::<T>(a.strides[1], rows))
    };
    let (step, one) = (stride.max(size) / size, 1i64);
    // SAFETY: the routine of this name; memory as the caller says.
    unsafe {
        let gemv: Gemv = std::mem::transmute(blas.address(Routine::Gemv, T::KIND));
        gemv(
            address(turn),
            address(&m),
            address(&n),
            address(&T::ONE),
            a.data.cast(),
            address(&lead),
            x.cast(),
            address(&step),
            address(&T::ZERO),
            out.cast(),
            address(&one),
            1,
        );
    }
}

/// Matrices. What is C order here is the transpose in Fortran's, so the operands change places.
unsafe fn by_matrix<T: Element>(
    blas: &Routines,
    [rows, columns, inner]: [usize; 3],
    a: Matrix<T>,
    b: Matrix<T>,
    out: *mut T,
) {
    let order = |m: Matrix<T>, rows: usize, columns: usize| {
        if is_blasable::<T>(m.strides, columns) {
            (b"N", leading::<T>(m.strides[0], columns))
        } else {
            (b"T", leading::<T>(m.strides[1], rows))
        }
    };
    let (left, lead_a) = order(a, rows, inner);
    let (right, lead_b) = order(b, inner, columns);
    let (m, n, k) = (rows as i64, columns as i64, inner as i64);
    // SAFETY: the routines of these names; memory as the caller says.
    unsafe {
        let own = a.data == b.data
            && rows == columns
            && a.strides == [b.strides[1], b.strides[0]]
            && left != right;
        if own {
            let syrk: Syrk = std::mem::transmute(blas.address(Routine::Syrk, T::KIND));
            let (turn, lead) = if left == b"N" { (b"T", lead_a) } else { (b"N", lead_b) };
            syrk(
                address(b"L"),
                address(turn),
                address(&n),
                address(&k),
                address(&T::ONE),
                a.data.cast(),
                address(&lead),
                address(&T::ZERO),
                out.cast(),
                address(&n),
                1,
                1,
            );
            for i in 0..rows {
                for j in i + 1..rows {
                    out.add(j * rows + i).write(out.add(i * rows + j).read());
                }
            }
            return;
        }
        let gemm: Gemm = std::mem::transmute(blas.address(Routine::Gemm, T::KIND));
        gemm(
            address(right),
            address(left),
            address(&n),
            address(&m),
            address(&k),
            address(&T::ONE),
            b.data.cast(),
            address(&lead_b),
            a.data.cast(),
            address(&lead_a),
            address(&T::ZERO),
            out.cast(),
            address(&n),
            1,
            1,
        );
    }
}

/// Without BLAS.
unsafe fn multiply_plainly<T: Element>(
    context: *mut Context,
    [rows, columns, inner]: [usize; 3],
    a: Matrix<T>,
    b: Matrix<T>,
    out: *mut T,
) {
    let size = size_of::<T>() as isize;
    let whole = |m: Matrix<T>| m.strides[0] % size == 0 && m.strides[1] % size == 0;
    // SAFETY: by the caller's contract.
    unsafe {
        let (left, right);
        let a = if whole(a) {
            a
        } else {
            let Some(copied) = packed(context, a, rows, inner) else { return };
            left = copied;
            of_rows(&left, inner)
        };
        let b = if whole(b) {
            b
        } else {
            let Some(copied) = packed(context, b, inner, columns) else { return };
            right = copied;
            of_rows(&right, columns)
        };
        if columns == 1 && a.strides[1] == size {
            for i in 0..rows {
                let row = a.data.wrapping_byte_offset(i as isize * a.strides[0]);
                out.add(i).write(dot(None, inner, row, size, b.data, b.strides[0], false));
            }
        } else if rows == 1 && b.strides[0] == size {
            for j in 0..columns {
                let column = b.data.wrapping_byte_offset(j as isize * b.strides[1]);
                out.add(j).write(dot(None, inner, a.data, a.strides[1], column, size, false));
            }
        } else {
            T::general(
                [rows, columns, inner],
                (a.data, a.strides[0] / size, a.strides[1] / size),
                (b.data, b.strides[0] / size, b.strides[1] / size),
                (out, columns as isize, 1),
            );
        }
    }
}

/// Few products: each element a sum in order.
unsafe fn multiply_few<T: Element>(extents: [usize; 3], a: Matrix<T>, b: Matrix<T>, out: *mut T) {
    #[cfg(target_arch = "x86_64")]
    {
        /// # Safety
        ///
        /// As [`in_order`].
        #[target_feature(enable = "fma")]
        unsafe fn fused<T: Element>(extents: [usize; 3], a: Matrix<T>, b: Matrix<T>, out: *mut T) {
            // SAFETY: by the contract.
            unsafe { in_order(extents, a, b, out, T::fused) }
        }
        if std::arch::is_x86_feature_detected!("fma") {
            // SAFETY: by the caller's contract; the processor has the feature.
            return unsafe { fused(extents, a, b, out) };
        }
    }
    // SAFETY: by the caller's contract.
    unsafe { in_order(extents, a, b, out, |x, y, sum| x.times(y).plus(sum)) }
}

/// # Safety
///
/// Memory as extents and strides say.
#[inline(always)]
unsafe fn in_order<T: Element>(
    [rows, columns, inner]: [usize; 3],
    a: Matrix<T>,
    b: Matrix<T>,
    out: *mut T,
    add: impl Fn(T, T, T) -> T,
) {
    for i in 0..rows {
        for j in 0..columns {
            let mut sum = T::ZERO;
            let mut x = a.data.wrapping_byte_offset(i as isize * a.strides[0]);
            let mut y = b.data.wrapping_byte_offset(j as isize * b.strides[1]);
            for _ in 0..inner {
                // SAFETY: by the contract.
                sum = unsafe { add(x.read_unaligned(), y.read_unaligned(), sum) };
                x = x.wrapping_byte_offset(a.strides[1]);
                y = y.wrapping_byte_offset(b.strides[0]);
            }
            // SAFETY: by the contract.
            unsafe { out.add(i * columns + j).write(sum) };
        }
    }
}

type Dot<R> = unsafe extern "C" fn(i64, Address, i64, Address, i64) -> R;
type DotInto = unsafe extern "C" fn(i64, Address, i64, Address, i64, *mut c_void);

/// The product of vectors; of complex numbers `x` may be conjugated.
///
/// # Safety
///
/// Memory as the strides say.
unsafe fn dot<T: Element>(
    blas: Option<&Routines>,
    n: usize,
    x: *const T,
    x_stride: isize,
    y: *const T,
    y_stride: isize,
    conjugated: bool,
) -> T {
    // SAFETY: by the contract; `routine` is the one of this dtype.
    unsafe {
        if let Some(blas) = blas
            && let (Some(x_step), Some(y_step)) =
                (vector_step::<T>(x_stride), vector_step::<T>(y_stride))
        {
            let routine = blas.dot(T::KIND + usize::from(conjugated && T::IS_COMPLEX) * 2);
            if !routine.is_null() {
                return by_chunks(routine, n, x, x_step, y, y_step);
            }
        }
        lanes(n, x, x_stride, y, y_stride, conjugated)
    }
}

/// As NumPy: sums of chunks are added as float64.
unsafe fn by_chunks<T: Element>(
    routine: *const c_void,
    mut n: usize,
    mut x: *const T,
    x_step: i64,
    mut y: *const T,
    y_step: i64,
) -> T {
    let mut sum = [0.0f64; 2];
    while n > 0 {
        let now = n.min(CHUNK);
        // SAFETY: a routine for this dtype; memory as the caller says. Results are read as
        // the type that they have.
        unsafe {
            let count = now as i64;
            match T::KIND {
                0 => {
                    let function: Dot<f32> = std::mem::transmute(routine);
                    sum[0] += f64::from(function(count, x.cast(), x_step, y.cast(), y_step));
                }
                1 => {
                    let function: Dot<f64> = std::mem::transmute(routine);
                    sum[0] += function(count, x.cast(), x_step, y.cast(), y_step);
                }
                kind => {
                    let function: DotInto = std::mem::transmute(routine);
                    let mut part = [0.0f64; 2];
                    function(count, x.cast(), x_step, y.cast(), y_step, part.as_mut_ptr().cast());
                    if kind == 2 {
                        let single: [f32; 2] = part.as_ptr().cast::<[f32; 2]>().read();
                        part = single.map(f64::from);
                    }
                    sum[0] += part[0];
                    sum[1] += part[1];
                }
            }
        }
        x = x.wrapping_offset(now as isize * x_step as isize);
        y = y.wrapping_offset(now as isize * y_step as isize);
        n -= now;
    }
    let mut result = T::ZERO;
    let single = sum.map(|s| s as f32);
    let from: *const c_void =
        if T::KIND % 2 == 0 { single.as_ptr().cast() } else { sum.as_ptr().cast() };
    // SAFETY: one or two numbers of the dtype.
    unsafe { std::ptr::copy_nonoverlapping(from.cast::<T>(), &raw mut result, 1) };
    result
}

/// A sum in eight lanes, which vector units can add side by side.
unsafe fn lanes<T: Element>(
    n: usize,
    mut x: *const T,
    x_stride: isize,
    mut y: *const T,
    y_stride: isize,
    conjugated: bool,
) -> T {
    const LANES: usize = 8;
    let size = size_of::<T>() as isize;
    let mut sums = [T::ZERO; LANES];
    let mut done = 0;
    if x_stride == size && y_stride == size && !(T::IS_COMPLEX && conjugated) {
        // SAFETY: by the caller's contract, as all reads here.
        let (a, b) =
            unsafe { (std::slice::from_raw_parts(x, n), std::slice::from_raw_parts(y, n)) };
        for (p, q) in a.chunks_exact(LANES).zip(b.chunks_exact(LANES)) {
            for lane in 0..LANES {
                sums[lane] = sums[lane].plus(p[lane].times(q[lane]));
            }
        }
        done = n / LANES * LANES;
        (x, y) = (x.wrapping_add(done), y.wrapping_add(done));
    }
    let mut total = T::ZERO;
    for sum in sums {
        total = total.plus(sum);
    }
    for _ in done..n {
        // SAFETY: as above.
        unsafe {
            let p = x.read_unaligned();
            let p = if conjugated { p.conjugate() } else { p };
            total = total.plus(p.times(y.read_unaligned()));
        }
        (x, y) = (x.wrapping_byte_offset(x_stride), y.wrapping_byte_offset(y_stride));
    }
    total
}

/// The helper `real_dot`: the product of two vectors of float32 or float64.
pub(crate) extern "C" fn real_dot(
    _: *mut Context,
    kind: i64,
    n: i64,
    x: *mut u8,
    x_stride: i64,
    y: *mut u8,
    y_stride: i64,
) -> f64 {
    let (n, x_stride, y_stride) = (n as usize, x_stride as isize, y_stride as isize);
    let item = if kind == 0 { 4 } else { 8 };
    races::reads(x, [n, 1], [x_stride, 0], item);
    races::reads(y, [n, 1], [y_stride, 0], item);
    // SAFETY: a body's call; see the module's description.
    unsafe {
        if kind == 0 {
            f64::from(dot::<f32>(routines(), n, x.cast(), x_stride, y.cast(), y_stride, false))
        } else {
            dot::<f64>(routines(), n, x.cast(), x_stride, y.cast(), y_stride, false)
        }
    }
}

/// The helper `complex_dot`: of complex64 or complex128, the first one conjugated if asked;
/// the result goes to memory.
pub(crate) extern "C" fn complex_dot(
    _: *mut Context,
    kind: i64,
    n: i64,
    x: *mut u8,
    x_stride: i64,
    y: *mut u8,
    y_stride: i64,
    conjugated: u8,
    out: *mut u8,
) {
    let (n, x_stride, y_stride) = (n as usize, x_stride as isize, y_stride as isize);
    // SAFETY: a body's call; see the module's description.
    unsafe {
        if kind == 2 {
            let to: *mut super::Complex<f32> = out.cast();
            to.write(dot(routines(), n, x.cast(), x_stride, y.cast(), y_stride, conjugated != 0));
        } else {
            let to: *mut super::Complex<f64> = out.cast();
            to.write(dot(routines(), n, x.cast(), x_stride, y.cast(), y_stride, conjugated != 0));
        }
    }
}
