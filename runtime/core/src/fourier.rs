//! Discrete Fourier transforms of lines, by the crates `rustfft` and `realfft` (decision 0025).
//!
//! A body hands over a whole axis: lines of an array that lie evenly apart, and where their
//! transforms go. Lines are cut or filled up with zeros, put into a buffer several at a
//! time (so that strided axes are read by cache lines), transformed there or where the result
//! goes if that has no gaps, and scaled.
//!
//! A plan has the tables for one length. Each thread keeps its last ones, up to [`KEPT`]
//! elements in all; a longer transform's plan is made for each call.
//!
//! The result doesn't overlap the operand, and both have the extents that are told: a body
//! made or checked the arrays. Strides are in bytes.

use crate::linear::room;
use cumbia_abi::Context;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use rustfft::num_complex::Complex;
use rustfft::{Fft, FftDirection, FftNum, FftPlanner};
use std::cell::RefCell;
use std::sync::Arc;

/// Lengths of the plans that a thread keeps, added.
const KEPT: usize = 1 << 21;
/// So many plans are kept.
const PLANS: usize = 16;
/// Elements that are worked on at a time where lines are short.
const AT_ONCE: usize = 2048;
/// Lines that are worked on at a time where their elements lie apart, unless all have more
/// elements than [`LARGE`].
const LINES: usize = 8;
const LARGE: usize = 1 << 19;

/// What is computed from what.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Complex numbers from as many.
    Complex(FftDirection),
    /// Complex numbers from as many real ones.
    OfReal(FftDirection),
    /// The first half of the transform of real numbers.
    HalfOfReal,
    /// Real numbers from the first half of their transform.
    ToReal,
}

impl Form {
    fn of(number: i64) -> Form {
        match number {
            0 => Form::Complex(FftDirection::Forward),
            1 => Form::Complex(FftDirection::Inverse),
            2 => Form::OfReal(FftDirection::Forward),
            3 => Form::OfReal(FftDirection::Inverse),
            4 => Form::HalfOfReal,
            _ => Form::ToReal,
        }
    }
}

/// Evenly spaced lines of evenly spaced elements.
#[derive(Clone, Copy)]
struct Lines {
    data: *mut u8,
    /// Bytes from a line to the next, and from an element to the next.
    strides: [isize; 2],
}

impl Lines {
    /// # Safety
    ///
    /// There are so many lines and elements of this type.
    unsafe fn at<E>(self, line: usize, element: usize) -> *mut E {
        // SAFETY: by the caller's contract.
        unsafe {
            self.data
                .offset(line as isize * self.strides[0] + element as isize * self.strides[1])
                .cast()
        }
    }

    /// The lines from one on.
    ///
    /// # Safety
    ///
    /// There are so many lines.
    unsafe fn from(self, line: usize) -> Lines {
        // SAFETY: by the caller's contract.
        Lines { data: unsafe { self.data.offset(line as isize * self.strides[0]) }, ..self }
    }

    /// Whether elements of a line lie one after the other.
    fn is_dense<E>(self) -> bool {
        self.strides[1] == size_of::<E>() as isize
    }
}

/// A precision: the plans of the thread for it.
trait Real: FftNum {
    fn with_plans<R>(act: impl FnOnce(&mut Plans<Self>) -> R) -> R;
}

macro_rules! real {
    ($($t:ty, $plans:ident;)*) => { $(
        thread_local!(static $plans: RefCell<Plans<$t>> = const { RefCell::new(Plans(Vec::new())) });
        impl Real for $t {
            fn with_plans<R>(act: impl FnOnce(&mut Plans<$t>) -> R) -> R {
                $plans.with_borrow_mut(act)
            }
        }
    )* };
}

real! {
    f32, SINGLE;
    f64, DOUBLE;
}

/// The tables for a length.
enum Plan<T> {
    Complex(Arc<dyn Fft<T>>),
    OfReal(Arc<dyn RealToComplex<T>>),
    ToReal(Arc<dyn ComplexToReal<T>>),
}

impl<T> Clone for Plan<T> {
    fn clone(&self) -> Plan<T> {
        match self {
            Plan::Complex(plan) => Plan::Complex(Arc::clone(plan)),
            Plan::OfReal(plan) => Plan::OfReal(Arc::clone(plan)),
            Plan::ToReal(plan) => Plan::ToReal(Arc::clone(plan)),
        }
    }
}

impl<T: FftNum> Plan<T> {
    /// A new one. Planners keep what they have made, so none is kept.
    fn new(form: Form, n: usize) -> Plan<T> {
        match form {
            Form::Complex(direction) => Plan::Complex(FftPlanner::new().plan_fft(n, direction)),
            Form::OfReal(_) | Form::HalfOfReal => {
                Plan::OfReal(RealFftPlanner::new().plan_fft_forward(n))
            }
            Form::ToReal => Plan::ToReal(RealFftPlanner::new().plan_fft_inverse(n)),
        }
    }

    fn scratch(&self) -> usize {
        match self {
            Plan::Complex(plan) => plan.get_inplace_scratch_len(),
            Plan::OfReal(plan) => plan.get_scratch_len(),
            Plan::ToReal(plan) => plan.get_scratch_len(),
        }
    }

    fn is_for(&self, form: Form, n: usize) -> bool {
        match (self, form) {
            (Plan::Complex(plan), Form::Complex(direction)) => {
                plan.len() == n && plan.fft_direction() == direction
            }
            (Plan::OfReal(plan), Form::OfReal(_) | Form::HalfOfReal) => plan.len() == n,
            (Plan::ToReal(plan), Form::ToReal) => plan.len() == n,
            _ => false,
        }
    }

    fn len(&self) -> usize {
        match self {
            Plan::Complex(plan) => plan.len(),
            Plan::OfReal(plan) => plan.len(),
            Plan::ToReal(plan) => plan.len(),
        }
    }
}

/// The plans of a thread, the one used last at the end.
struct Plans<T>(Vec<Plan<T>>);

impl<T: FftNum> Plans<T> {
    fn plan(&mut self, form: Form, n: usize) -> Plan<T> {
        if let Some(i) = self.0.iter().rposition(|plan| plan.is_for(form, n)) {
            self.0[i..].rotate_left(1);
            return self.0[self.0.len() - 1].clone();
        }
        let plan = Plan::new(form, n);
        if n <= KEPT {
            self.0.push(plan.clone());
            while self.0.len() > PLANS || self.0.iter().map(Plan::len).sum::<usize>() > KEPT {
                self.0.remove(0);
            }
        }
        plan
    }
}

/// The helper `fourier_lines`: what is computed ([`Form::of`]), whether in double, the
/// length of a transform, what results are multiplied by, how many lines, the operand with its
/// strides and how many elements of a line count, and the result with its strides.
pub(crate) extern "C" fn fourier_lines(
    context: *mut Context,
    form: i64,
    is_double: u8,
    n: i64,
    scale: f64,
    count: i64,
    x: *mut u8,
    x_line: i64,
    x_step: i64,
    have: i64,
    out: *mut u8,
    out_line: i64,
    out_step: i64,
) {
    let form = Form::of(form);
    let [n, count, have] = [n as usize, count as usize, have as usize];
    let x = Lines { data: x, strides: [x_line as isize, x_step as isize] };
    let out = Lines { data: out, strides: [out_line as isize, out_step as isize] };
    // SAFETY: a body's call; see the module's description.
    unsafe {
        if is_double != 0 {
            transform::<f64>(context, form, n, scale, count, x, have, out);
        } else {
            transform::<f32>(context, form, n, scale as f32, count, x, have, out);
        }
    }
}

/// # Safety
///
/// `x` has `count` lines of `have` elements, `out` as many of the transform's length; they
/// don't overlap.
unsafe fn transform<T: Real>(
    context: *mut Context,
    form: Form,
    n: usize,
    scale: T,
    count: usize,
    x: Lines,
    have: usize,
    out: Lines,
) {
    if count == 0 {
        return;
    }
    let zero = Complex::new(T::zero(), T::zero());
    let half = n / 2 + 1;
    let size = size_of::<T>() as isize;
    let is_dense = [x, out].iter().all(|a| a.strides[1] <= 2 * size);
    let together = if is_dense { 1 } else { (LARGE / n).clamp(1, LINES) };
    let batch = (AT_ONCE / n).max(together).min(count);
    let plan = T::with_plans(|plans| plans.plan(form, n));
    let Some(mut scratch) = room(context, zero, plan.scratch()) else { return };
    // SAFETY: by the caller's contract; each slice is filled before it is made where it is
    // the result's memory.
    unsafe {
        match &plan {
            Plan::Complex(plan) => {
                let in_place = out.is_dense::<Complex<T>>()
                    && (count == 1 || out.strides[0] == n as isize * out.strides[1]);
                let buffer_len = if in_place { 0 } else { batch * n };
                let Some(mut buffer) = room(context, zero, buffer_len) else { return };
                for first in (0..count).step_by(batch) {
                    let lines = batch.min(count - first);
                    let at = if in_place { out.at(first, 0) } else { buffer.as_mut_ptr() };
                    load(at, n, x.from(first), lines, have.min(n), zero);
                    let work = std::slice::from_raw_parts_mut(at, lines * n);
                    plan.process_with_scratch(work, &mut scratch);
                    scaled(work, scale);
                    if !in_place {
                        store(work, n, out.from(first), lines);
                    }
                }
            }
            Plan::OfReal(plan) => {
                let length = if form == Form::HalfOfReal { half } else { n };
                let in_place = out.is_dense::<Complex<T>>();
                let buffer_len = if in_place { 0 } else { batch * length };
                let Some(mut buffer) = room(context, zero, buffer_len) else { return };
                let Some(mut input) = room(context, T::zero(), batch * n) else { return };
                for first in (0..count).step_by(batch) {
                    let lines = batch.min(count - first);
                    load(input.as_mut_ptr(), n, x.from(first), lines, have.min(n), T::zero());
                    for line in 0..lines {
                        let at: *mut Complex<T> = if in_place {
                            out.at(first + line, 0)
                        } else {
                            buffer.as_mut_ptr().add(line * length)
                        };
                        at.write_bytes(0, length);
                        let work = std::slice::from_raw_parts_mut(at, length);
                        let taken = plan.process_with_scratch(
                            &mut input[line * n..][..n],
                            &mut work[..half],
                            &mut scratch,
                        );
                        debug_assert!(taken.is_ok());
                        scaled(&mut work[..half], scale);
                        if let Form::OfReal(direction) = form {
                            mirror(work, direction);
                        }
                    }
                    if !in_place {
                        store(&buffer[..lines * length], length, out.from(first), lines);
                    }
                }
            }
            Plan::ToReal(plan) => {
                let in_place = out.is_dense::<T>();
                let buffer_len = if in_place { 0 } else { batch * n };
                let Some(mut buffer) = room(context, T::zero(), buffer_len) else { return };
                let Some(mut input) = room(context, zero, batch * half) else { return };
                for first in (0..count).step_by(batch) {
                    let lines = batch.min(count - first);
                    load(input.as_mut_ptr(), half, x.from(first), lines, have.min(half), zero);
                    for line in 0..lines {
                        let at: *mut T = if in_place {
                            out.at(first + line, 0)
                        } else {
                            buffer.as_mut_ptr().add(line * n)
                        };
                        at.write_bytes(0, n);
                        let work = std::slice::from_raw_parts_mut(at, n);
                        let spectrum = &mut input[line * half..][..half];
                        // What isn't the spectrum of real numbers doesn't count.
                        spectrum[0].im = T::zero();
                        if n.is_multiple_of(2) {
                            spectrum[half - 1].im = T::zero();
                        }
                        let taken = plan.process_with_scratch(spectrum, work, &mut scratch);
                        debug_assert!(taken.is_ok());
                        if scale != T::one() {
                            for value in work {
                                *value = *value * scale;
                            }
                        }
                    }
                    if !in_place {
                        store(&buffer[..lines * n], n, out.from(first), lines);
                    }
                }
            }
        }
    }
}

fn scaled<T: FftNum>(line: &mut [Complex<T>], scale: T) {
    if scale != T::one() {
        for value in line {
            *value = Complex::new(value.re * scale, value.im * scale);
        }
    }
}

/// The second half of the transform of real numbers from the first; the inverse is its
/// conjugate.
fn mirror<T: FftNum>(line: &mut [Complex<T>], direction: FftDirection) {
    let n = line.len();
    for k in 1..n.div_ceil(2) {
        line[n - k] = line[k].conj();
    }
    if direction == FftDirection::Inverse {
        for value in line {
            *value = value.conj();
        }
    }
}

/// Puts lines one after the other, each cut or filled up to `n` elements.
///
/// # Safety
///
/// There is room for `lines * n` elements, and `x` has as many lines of `have`, at most `n`.
unsafe fn load<E: Copy>(to: *mut E, n: usize, x: Lines, lines: usize, have: usize, zero: E) {
    // SAFETY: by the caller's contract.
    unsafe {
        if x.is_dense::<E>() {
            for line in 0..lines {
                std::ptr::copy_nonoverlapping(
                    x.at::<u8>(line, 0),
                    to.add(line * n).cast::<u8>(),
                    have * size_of::<E>(),
                );
            }
        } else {
            for i in 0..have {
                for line in 0..lines {
                    to.add(line * n + i).write(x.at::<E>(line, i).read_unaligned());
                }
            }
        }
        for line in 0..lines {
            for i in have..n {
                to.add(line * n + i).write(zero);
            }
        }
    }
}

/// Puts lines that lie one after the other where the result has them.
///
/// # Safety
///
/// `from` has `lines * n` elements, and `out` has as many lines.
unsafe fn store<E: Copy>(from: &[E], n: usize, out: Lines, lines: usize) {
    for i in 0..n {
        for line in 0..lines {
            // SAFETY: by the caller's contract.
            unsafe { out.at::<E>(line, i).write_unaligned(from[line * n + i]) };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_plans_are_kept() {
        let mut plans = Plans::<f64>(Vec::new());
        for n in 1..100 {
            plans.plan(Form::Complex(FftDirection::Forward), n);
            plans.plan(Form::ToReal, n);
        }
        assert_eq!(plans.0.len(), PLANS);
        plans.plan(Form::Complex(FftDirection::Forward), KEPT + 1);
        assert_eq!(plans.0.len(), PLANS);
        plans.plan(Form::Complex(FftDirection::Forward), KEPT);
        assert_eq!(plans.0.len(), 1);
        plans.plan(Form::HalfOfReal, 3);
        assert_eq!(plans.0.iter().map(Plan::len).collect::<Vec<_>>(), [3]);
    }

    #[test]
    fn the_plan_used_last_stays_longest() {
        let mut plans = Plans::<f32>(Vec::new());
        for n in 1..=PLANS {
            plans.plan(Form::HalfOfReal, n);
        }
        plans.plan(Form::HalfOfReal, 1);
        plans.plan(Form::HalfOfReal, PLANS + 1);
        assert!(plans.0.iter().any(|plan| plan.is_for(Form::HalfOfReal, 1)));
        assert!(!plans.0.iter().any(|plan| plan.is_for(Form::HalfOfReal, 2)));
    }

    #[test]
    fn lines_apart_are_transformed() {
        // The transform of `exp(2j pi k/6)` is 6 at position 1, in both lines of a matrix in
        // Fortran order, into every second element.
        let n = 6;
        let angle = |k: usize| std::f64::consts::TAU * k as f64 / n as f64;
        let x: Vec<Complex<f64>> =
            (0..2 * n).map(|i| Complex::new(angle(i / 2).cos(), angle(i / 2).sin())).collect();
        let mut out = vec![Complex::new(7.0, 7.0); 4 * n];
        let mut context = crate::call::OwnedContext::new();
        fourier_lines(
            context.renew(),
            0,
            1,
            n as i64,
            0.5,
            2,
            x.as_ptr().cast_mut().cast(),
            16,
            32,
            n as i64,
            out.as_mut_ptr().cast(),
            32 * n as i64,
            32,
        );
        for (i, value) in out.iter().enumerate() {
            let want = match i % (2 * n) {
                2 => Complex::new(3.0, 0.0),
                k if k % 2 == 1 => Complex::new(7.0, 7.0),
                _ => Complex::new(0.0, 0.0),
            };
            assert!((value - want).norm() < 1e-14, "{i}: {value}");
        }
    }
}
