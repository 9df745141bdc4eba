//! Random bits for the draws that kernels make by the million: floats and normal variates.
//!
//! They are NumPy's bit for bit, drawn here because a call of NumPy's function costs more
//! than the draw. From a PCG64 the words are made here as well, on NumPy's own state;
//! other bit generators are asked through their functions.
//!
//! Normal variates are by the ziggurat method (G. Marsaglia and W. W. Tsang, "The Ziggurat
//! Method for Generating Random Variables", J. Statistical Software 5, 2000) with 256
//! strips of equal area and 52 bits, of which NumPy takes the strip, the sign and the
//! position from one word. What NumPy really does is compared once, before any of this is
//! used ([`crate::distributions`]).

use crate::seeding::Pcg64;
use cumbia_abi::BitGenerator;
use std::sync::LazyLock;

/// A source of bits.
pub trait Bits {
    /// 64 bits.
    fn word(&mut self) -> u64;
    /// A float in [0, 1).
    fn unit(&mut self) -> f64;
}

/// A float in [0, 1) of the upper 53 bits of a word.
#[inline]
pub fn unit_of(word: u64) -> f64 {
    (word >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// Any bit generator, by its functions.
pub struct Asked(pub *mut BitGenerator);

impl Bits for Asked {
    #[inline]
    fn word(&mut self) -> u64 {
        // SAFETY: whoever made this gave a live bit generator.
        unsafe { ((*self.0).next_uint64)((*self.0).state) }
    }
    #[inline]
    fn unit(&mut self) -> f64 {
        // SAFETY: as above.
        unsafe { ((*self.0).next_double)((*self.0).state) }
    }
}

/// A PCG64's state in registers; it goes back when this is dropped.
pub struct Held {
    pcg: Pcg64,
    home: *mut u64,
}

impl Held {
    /// Takes a state: two numbers of 128 bits, the lower half first.
    ///
    /// # Safety
    ///
    /// Four words at the address, which nobody else uses while this lives.
    #[inline]
    pub unsafe fn new(home: *mut u64) -> Held {
        // SAFETY: by the contract.
        let wide =
            |at: usize| unsafe { u128::from(*home.add(at)) | u128::from(*home.add(at + 1)) << 64 };
        let pcg = Pcg64 { state: wide(0), increment: wide(2), has_half: false, half: 0 };
        Held { pcg, home }
    }
}

impl Held {
    /// The next word.
    #[inline]
    fn pcg_word(&mut self) -> u64 {
        self.pcg.next64()
    }
}

impl Drop for Held {
    #[inline]
    fn drop(&mut self) {
        // SAFETY: by the contract of `new`.
        unsafe {
            *self.home = self.pcg.state as u64;
            *self.home.add(1) = (self.pcg.state >> 64) as u64;
        }
    }
}

impl Bits for Held {
    #[inline]
    fn word(&mut self) -> u64 {
        self.pcg.next64()
    }
    #[inline]
    fn unit(&mut self) -> f64 {
        unit_of(self.pcg.next64())
    }
}

/// A PCG64's state where it lies: for single draws, each of which waits for the one before.
pub struct InPlace(pub *mut u64);

impl Bits for InPlace {
    #[inline]
    fn word(&mut self) -> u64 {
        // SAFETY: as in `Held::new`.
        unsafe { Held::new(self.0).pcg_word() }
    }
    #[inline]
    fn unit(&mut self) -> f64 {
        unit_of(self.word())
    }
}

/// Where the tail begins.
const R: f64 = 3.654_152_885_361_009;
/// The area of a strip.
const AREA: f64 = 0.004_928_673_233_974_652;
/// Strips.
const STRIPS: usize = 256;

/// What is known of each strip.
struct Strips {
    /// Positions below this are under the curve for sure, with the width of the step.
    inner: [(u64, f64); STRIPS],
    /// The curve at the strip's outer edge.
    height: [f64; STRIPS],
}

static TABLES: LazyLock<Box<Strips>> = LazyLock::new(strips);

/// The strips from the outermost inwards, by the recurrence of the paper.
fn strips() -> Box<Strips> {
    let bits = (1u64 << 52) as f64;
    let curve = |x: f64| (-0.5 * x * x).exp();
    let mut edge = [0.0f64; STRIPS];
    let mut height = [0.0f64; STRIPS];
    (edge[255], height[255]) = (R, curve(R));
    for i in (1..255).rev() {
        edge[i] = (-2.0 * (height[i + 1] + AREA / edge[i + 1]).ln()).sqrt();
        height[i] = curve(edge[i]);
        if i == 38 {
            // NumPy's tables were made with an exponential that rounds this one, which lies
            // halfway between two floats to a few parts in a hundred, the other way.
            height[i] = height[i].next_up();
        }
    }
    height[0] = 1.0;
    let mut inner = [(0, 0.0); STRIPS];
    let round = |x: f64| x.round_ties_even() as u64;
    inner[0] = (round(R * height[255] / AREA * bits), AREA / height[255] / bits);
    for i in 1..STRIPS {
        inner[i] = (round(edge[i - 1] / edge[i] * bits), edge[i] / bits);
    }
    Box::new(Strips { inner, height })
}

/// A standard normal variate.
#[inline]
pub fn normal(bits: &mut impl Bits) -> f64 {
    let tables = &**TABLES;
    loop {
        let word = bits.word();
        let strip = (word & 0xFF) as usize;
        let sign = (word >> 8 & 1) << 63;
        let position = word >> 9 & 0xF_FFFF_FFFF_FFFF;
        let (inside, step) = tables.inner[strip];
        let x = f64::from_bits((position as f64 * step).to_bits() ^ sign);
        if position < inside {
            return x;
        }
        if let Some(x) = at_the_edge(bits, tables, strip, position, x) {
            return x;
        }
    }
}

/// The rare cases: the tail, and the part of a strip that the curve crosses.
#[cold]
fn at_the_edge(
    bits: &mut impl Bits,
    tables: &Strips,
    strip: usize,
    position: u64,
    x: f64,
) -> Option<f64> {
    if strip == 0 {
        // G. Marsaglia, "Generating a variable from the tail of the normal distribution",
        // Technometrics 6, 1964.
        loop {
            let xx = -(1.0 / R) * (-bits.unit()).ln_1p();
            let yy = -(-bits.unit()).ln_1p();
            if yy + yy > xx * xx {
                let tail = R + xx;
                return Some(if position >> 8 & 1 == 1 { -tail } else { tail });
            }
        }
    }
    let height = tables.height[strip];
    let y = (tables.height[strip - 1] - height) * bits.unit() + height;
    (y < (-0.5 * x * x).exp()).then_some(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strips_have_equal_areas() {
        let tables = strips();
        let bits = (1u64 << 52) as f64;
        for i in 2..STRIPS {
            let edge = tables.inner[i].1 * bits;
            let area = edge * (tables.height[i - 1] - tables.height[i]);
            assert!((area - AREA).abs() < 1e-15, "{i}: {area}");
        }
    }

    #[test]
    fn moments() {
        let mut words = Pcg64::seeded(&[7]);
        let mut state = [0u64; 4];
        state[0] = words.next64();
        state[2] = words.next64() | 1;
        // SAFETY: four words that live here.
        let mut held = unsafe { Held::new(state.as_mut_ptr()) };
        let n = 200_000;
        let (mut sum, mut square, mut beyond) = (0.0, 0.0, 0);
        for _ in 0..n {
            let x = normal(&mut held);
            sum += x;
            square += x * x;
            beyond += i32::from(x.abs() > R);
        }
        let count = f64::from(n);
        assert!((sum / count).abs() < 0.01 && (square / count - 1.0).abs() < 0.02);
        assert!((20..100).contains(&beyond), "{beyond}");
    }
}
