//! Eigenvalues, singular values and least squares by LAPACK.
//!
//! As in `equations.rs`: NumPy's routines and workspaces, results row by row.

use super::equations::{In, Out, given, lapack, lead, memory, number, told};
use super::{Complex, Element, Matrix, Routine, for_double, put_rows, room};
use cumbia_abi::Context;

/// What a routine wants as a workspace, of whole numbers too.
fn whole(lapack: &super::Routines, size: i64) -> usize {
    number(lapack, size).max(1) as usize
}

/// A real number of a workspace's size.
fn real_size<T: Element>(size: T::Real) -> usize {
    // SAFETY: the two types that there are, told apart by size.
    unsafe {
        if size_of::<T::Real>() == 4 {
            std::mem::transmute_copy::<T::Real, f32>(&size) as usize
        } else {
            std::mem::transmute_copy::<T::Real, f64>(&size) as usize
        }
    }
}

type Syevd = unsafe extern "C" fn(In, In, In, Out, In, Out, Out, In, Out, In, Out, usize, usize);
type Heevd =
    unsafe extern "C" fn(In, In, In, Out, In, Out, Out, In, Out, In, Out, In, Out, usize, usize);

unsafe fn hermitian<T: Element>(
    context: *mut Context,
    [wants_vectors, upper]: [bool; 2],
    n: usize,
    a: Matrix<T>,
    values: *mut T::Real,
    vectors: *mut T,
) -> Option<i64> {
    let found = lapack(context, &[n])?;
    let mut matrix = room(context, T::ZERO, n * n)?;
    let job = if wants_vectors { b"V" } else { b"N" };
    let half = if upper { b"U" } else { b"L" };
    let (order, apart, mut info) = (n as i64, lead(n), 0i64);
    let address = found.address(Routine::Syevd, T::KIND);
    // SAFETY: a body's arrays; the routine of this name, and memory of the sizes that it
    // asked for.
    unsafe {
        a.copy_columns(n, n, &mut matrix, n);
        let mut call =
            |work: Out, length: i64, real: Out, reals: i64, integers: Out, count: i64| {
                let a = matrix.as_mut_ptr().cast();
                if T::IS_COMPLEX {
                    let heevd: Heevd = std::mem::transmute(address);
                    heevd(
                        given(job),
                        given(half),
                        given(&order),
                        a,
                        given(&apart),
                        values.cast(),
                        work,
                        given(&length),
                        real,
                        given(&reals),
                        integers,
                        given(&count),
                        told(&mut info),
                        1,
                        1,
                    );
                } else {
                    let syevd: Syevd = std::mem::transmute(address);
                    syevd(
                        given(job),
                        given(half),
                        given(&order),
                        a,
                        given(&apart),
                        values.cast(),
                        work,
                        given(&length),
                        integers,
                        given(&count),
                        told(&mut info),
                        1,
                        1,
                    );
                }
            };
        let (mut size, mut reals, mut count) = (T::ZERO, T::Real::default(), 0i64);
        call(told(&mut size), -1, told(&mut reals), -1, told(&mut count), -1);
        let (length, reals, count) =
            (size.as_size().max(1), real_size::<T>(reals).max(1), whole(found, count));
        let mut work = room(context, T::ZERO, length)?;
        let mut real = room(context, T::Real::default(), reals)?;
        let mut integers = room(context, 0i64, count)?;
        call(
            memory(&mut work),
            length as i64,
            memory(&mut real),
            reals as i64,
            memory(&mut integers),
            count as i64,
        );
        if wants_vectors {
            put_rows(&matrix, n, n, n, vectors);
        }
    }
    Some(number(found, info))
}

/// The helper `lapack_eigh`: whether vectors are wanted, whether the upper half counts, a
/// matrix, where eigenvalues and vectors go.
pub(crate) extern "C" fn lapack_eigh(
    context: *mut Context,
    kind: i64,
    vectors: u8,
    upper: u8,
    n: i64,
    a: *mut u8,
    rows: i64,
    columns: i64,
    values: *mut u8,
    to: *mut u8,
) -> i64 {
    let options = [vectors != 0, upper != 0];
    // SAFETY: a body's call; see the module's description.
    let info = unsafe {
        for_double!(
            kind,
            hermitian(
                context,
                options,
                n as usize,
                Matrix::at(a, rows, columns),
                values.cast(),
                to.cast(),
            )
        )
    };
    info.unwrap_or(0)
}

type RealGeev = unsafe extern "C" fn(
    In,
    In,
    In,
    Out,
    In,
    Out,
    Out,
    Out,
    In,
    Out,
    In,
    Out,
    In,
    Out,
    usize,
    usize,
);
type ComplexGeev = unsafe extern "C" fn(
    In,
    In,
    In,
    Out,
    In,
    Out,
    Out,
    In,
    Out,
    In,
    Out,
    In,
    Out,
    Out,
    usize,
    usize,
);

unsafe fn general<T: Element>(
    context: *mut Context,
    wants_vectors: bool,
    n: usize,
    a: Matrix<T>,
    values: *mut Complex<T::Real>,
    to: *mut Complex<T::Real>,
) -> Option<i64> {
    let found = lapack(context, &[n])?;
    let mut matrix = room(context, T::ZERO, n * n)?;
    let mut vectors = room(context, T::ZERO, if wants_vectors { n * n } else { 1 })?;
    let zero = T::Real::default();
    // Real and imaginary parts of real matrices' eigenvalues; complex numbers as they are.
    let mut first = room(context, T::ZERO, n)?;
    let mut second = room(context, zero, 2 * n.max(1))?;
    let job = if wants_vectors { b"V" } else { b"N" };
    let (order, apart, one, mut info) = (n as i64, lead(n), 1i64, 0i64);
    let address = found.address(Routine::Geev, T::KIND);
    // SAFETY: as above.
    unsafe {
        a.copy_columns(n, n, &mut matrix, n);
        let mut call = |work: Out, length: i64| {
            let (a, w, v) = (memory(&mut matrix), memory(&mut first), memory(&mut vectors));
            let mut unused = T::ZERO;
            if T::IS_COMPLEX {
                let geev: ComplexGeev = std::mem::transmute(address);
                geev(
                    given(b"N"),
                    given(job),
                    given(&order),
                    a,
                    given(&apart),
                    w,
                    told(&mut unused),
                    given(&one),
                    v,
                    given(&apart),
                    work,
                    given(&length),
                    memory(&mut second),
                    told(&mut info),
                    1,
                    1,
                );
            } else {
                let geev: RealGeev = std::mem::transmute(address);
                geev(
                    given(b"N"),
                    given(job),
                    given(&order),
                    a,
                    given(&apart),
                    w,
                    memory(&mut second),
                    told(&mut unused),
                    given(&one),
                    v,
                    given(&apart),
                    work,
                    given(&length),
                    told(&mut info),
                    1,
                    1,
                );
            }
        };
        let mut size = T::ZERO;
        call(told(&mut size), -1);
        let length = size.as_size().max(1);
        let mut work = room(context, T::ZERO, length)?;
        call(memory(&mut work), length as i64);
        let complex = |x: &T| std::ptr::from_ref(x).cast::<Complex<T::Real>>().read();
        let real = |x: &T| std::ptr::from_ref(x).cast::<T::Real>().read();
        if T::IS_COMPLEX {
            for i in 0..n {
                values.add(i).write(complex(&first[i]));
                for j in 0..n * usize::from(wants_vectors) {
                    to.add(j * n + i).write(complex(&vectors[i * n + j]));
                }
            }
        } else {
            let mut i = 0;
            while i < n {
                values.add(i).write(Complex { re: real(&first[i]), im: second[i] });
                // Pairs of vectors have their parts in two columns.
                let pair = second[i] != zero && i + 1 < n;
                if pair {
                    values.add(i + 1).write(Complex { re: real(&first[i + 1]), im: second[i + 1] });
                }
                for j in 0..n * usize::from(wants_vectors) {
                    let re = real(&vectors[i * n + j]);
                    if pair {
                        let im = vectors[(i + 1) * n + j];
                        let both = [im, im.negated()].map(|im| Complex { re, im: real(&im) });
                        to.add(j * n + i).write(both[0]);
                        to.add(j * n + i + 1).write(both[1]);
                    } else {
                        to.add(j * n + i).write(Complex { re, im: zero });
                    }
                }
                i += 1 + usize::from(pair);
            }
        }
    }
    Some(number(found, info))
}

/// The helper `lapack_eig`: whether vectors are wanted, a matrix, where eigenvalues and
/// vectors go, which are complex.
pub(crate) extern "C" fn lapack_eig(
    context: *mut Context,
    kind: i64,
    vectors: u8,
    n: i64,
    a: *mut u8,
    rows: i64,
    columns: i64,
    values: *mut u8,
    to: *mut u8,
) -> i64 {
    // SAFETY: as above.
    let info = unsafe {
        for_double!(
            kind,
            general(
                context,
                vectors != 0,
                n as usize,
                Matrix::at(a, rows, columns),
                values.cast(),
                to.cast(),
            )
        )
    };
    info.unwrap_or(0)
}

type RealGesdd =
    unsafe extern "C" fn(In, In, In, Out, In, Out, Out, In, Out, In, Out, In, Out, Out, usize);
type ComplexGesdd =
    unsafe extern "C" fn(In, In, In, Out, In, Out, Out, In, Out, In, Out, In, Out, Out, Out, usize);

unsafe fn singular<T: Element>(
    context: *mut Context,
    job: u8,
    [rows, columns]: [usize; 2],
    a: Matrix<T>,
    u: *mut T,
    values: *mut T::Real,
    vt: *mut T,
) -> Option<i64> {
    let found = lapack(context, &[rows, columns])?;
    let (few, many) = (rows.min(columns), rows.max(columns));
    let (left, right) = match job {
        b'A' => (rows, columns),
        b'S' => (few, few),
        _ => (0, 0),
    };
    let mut matrix = room(context, T::ZERO, rows * columns)?;
    let mut u_columns = room(context, T::ZERO, rows * left)?;
    let mut vt_columns = room(context, T::ZERO, right * columns)?;
    let reals = if T::IS_COMPLEX {
        (5 * few * few + 5 * few).max(2 * many * few + 2 * few * few + few).max(7 * few).max(1)
    } else {
        1
    };
    let mut real = room(context, T::Real::default(), reals)?;
    let mut integers = room(context, 0i64, 8 * few.max(1))?;
    let (m, n, mut info) = (rows as i64, columns as i64, 0i64);
    let (apart, apart_u, apart_vt) = (lead(rows), lead(rows), lead(right));
    let address = found.address(Routine::Gesdd, T::KIND);
    // SAFETY: as above; the sizes of the real and whole numbers are LAPACK's own bounds.
    unsafe {
        a.copy_columns(rows, columns, &mut matrix, rows);
        let mut call = |work: Out, length: i64| {
            let (a, u, vt) = (memory(&mut matrix), memory(&mut u_columns), memory(&mut vt_columns));
            if T::IS_COMPLEX {
                let gesdd: ComplexGesdd = std::mem::transmute(address);
                gesdd(
                    given(&job),
                    given(&m),
                    given(&n),
                    a,
                    given(&apart),
                    values.cast(),
                    u,
                    given(&apart_u),
                    vt,
                    given(&apart_vt),
                    work,
                    given(&length),
                    memory(&mut real),
                    memory(&mut integers),
                    told(&mut info),
                    1,
                );
            } else {
                let gesdd: RealGesdd = std::mem::transmute(address);
                gesdd(
                    given(&job),
                    given(&m),
                    given(&n),
                    a,
                    given(&apart),
                    values.cast(),
                    u,
                    given(&apart_u),
                    vt,
                    given(&apart_vt),
                    work,
                    given(&length),
                    memory(&mut integers),
                    told(&mut info),
                    1,
                );
            }
        };
        let mut size = T::ZERO;
        call(told(&mut size), -1);
        let length = size.as_size().max(1);
        let mut work = room(context, T::ZERO, length)?;
        call(memory(&mut work), length as i64);
        if left > 0 {
            put_rows(&u_columns, rows, rows, left, u);
        }
        if right > 0 {
            put_rows(&vt_columns, right, right, columns, vt);
        }
    }
    Some(number(found, info))
}

/// The helper `lapack_svd`: what is wanted (0 values, 1 as many vectors, 2 all vectors),
/// extents, a matrix, and where the left vectors, values and right vectors go.
pub(crate) extern "C" fn lapack_svd(
    context: *mut Context,
    kind: i64,
    wanted: i64,
    rows: i64,
    columns: i64,
    a: *mut u8,
    a_rows: i64,
    a_columns: i64,
    u: *mut u8,
    values: *mut u8,
    vt: *mut u8,
) -> i64 {
    let job = [b'N', b'S', b'A'][wanted as usize];
    // SAFETY: as above.
    let info = unsafe {
        for_double!(
            kind,
            singular(
                context,
                job,
                [rows as usize, columns as usize],
                Matrix::at(a, a_rows, a_columns),
                u.cast(),
                values.cast(),
                vt.cast(),
            )
        )
    };
    info.unwrap_or(0)
}

type RealGelsd =
    unsafe extern "C" fn(In, In, In, Out, In, Out, In, Out, In, Out, Out, In, Out, Out);
type ComplexGelsd =
    unsafe extern "C" fn(In, In, In, Out, In, Out, In, Out, In, Out, Out, In, Out, Out, Out);

unsafe fn least_squares<T: Element>(
    context: *mut Context,
    [rows, columns, sides]: [usize; 3],
    a: Matrix<T>,
    b: Matrix<T>,
    limit: f64,
    [x, residuals, values]: [*mut u8; 3],
) -> Option<i64> {
    let found = lapack(context, &[rows, columns, sides])?;
    let tall = rows.max(columns);
    let mut matrix = room(context, T::ZERO, rows * columns)?;
    let mut both = room(context, T::ZERO, tall * sides)?;
    let (m, n, k) = (rows as i64, columns as i64, sides as i64);
    let (apart, apart_b) = (lead(rows), lead(tall));
    let (mut rank, mut info) = (0i64, 0i64);
    let limits = (limit as f32, limit);
    let limit = if size_of::<T::Real>() == 4 { given(&limits.0) } else { given(&limits.1) };
    let address = found.address(Routine::Gelsd, T::KIND);
    // SAFETY: as above; memory of the sizes that the routine asked for.
    unsafe {
        a.copy_columns(rows, columns, &mut matrix, rows);
        b.copy_columns(rows, sides, &mut both, tall);
        let mut call = |work: Out, length: i64, real: Out, integers: Out| {
            let (a, b) = (memory(&mut matrix), memory(&mut both));
            let s = values.cast();
            if T::IS_COMPLEX {
                let gelsd: ComplexGelsd = std::mem::transmute(address);
                gelsd(
                    given(&m),
                    given(&n),
                    given(&k),
                    a,
                    given(&apart),
                    b,
                    given(&apart_b),
                    s,
                    limit,
                    told(&mut rank),
                    work,
                    given(&length),
                    real,
                    integers,
                    told(&mut info),
                );
            } else {
                let gelsd: RealGelsd = std::mem::transmute(address);
                gelsd(
                    given(&m),
                    given(&n),
                    given(&k),
                    a,
                    given(&apart),
                    b,
                    given(&apart_b),
                    s,
                    limit,
                    told(&mut rank),
                    work,
                    given(&length),
                    integers,
                    told(&mut info),
                );
            }
        };
        let (mut size, mut reals, mut count) = (T::ZERO, T::Real::default(), 0i64);
        call(told(&mut size), -1, told(&mut reals), told(&mut count));
        let length = size.as_size().max(1);
        let mut work = room(context, T::ZERO, length)?;
        let mut real = room(context, T::Real::default(), real_size::<T>(reals).max(1))?;
        let mut integers = room(context, 0i64, whole(found, count))?;
        call(memory(&mut work), length as i64, memory(&mut real), memory(&mut integers));
        put_rows(&both, tall, columns, sides, x.cast());
        let rank = number(found, rank);
        if rows > columns && rank == n {
            for side in 0..sides {
                let rest = &both[side * tall + columns..side * tall + rows];
                residuals.cast::<T::Real>().add(side).write(T::squares(rest));
            }
        }
        Some(if number(found, info) == 0 { rank } else { -1 })
    }
}

/// The helper `lapack_least_squares`: extents (rows, unknowns, right sides), a matrix, right
/// sides, from which fraction on singular values count, and where solutions, residuals and
/// singular values go. Gives the rank, or a negative number.
pub(crate) extern "C" fn lapack_least_squares(
    context: *mut Context,
    kind: i64,
    rows: i64,
    columns: i64,
    sides: i64,
    a: *mut u8,
    a_rows: i64,
    a_columns: i64,
    b: *mut u8,
    b_rows: i64,
    b_columns: i64,
    limit: f64,
    x: *mut u8,
    residuals: *mut u8,
    values: *mut u8,
) -> i64 {
    let extents = [rows as usize, columns as usize, sides as usize];
    let results = [x, residuals, values];
    // SAFETY: as above.
    let rank = unsafe {
        for_double!(
            kind,
            least_squares(
                context,
                extents,
                Matrix::at(a, a_rows, a_columns),
                Matrix::at(b, b_rows, b_columns),
                limit,
                results,
            )
        )
    };
    rank.unwrap_or(-1)
}
