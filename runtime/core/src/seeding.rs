//! The generator that `np.random.default_rng(seed)` makes in compiled code: PCG64, seeded
//! as NumPy's `SeedSequence` does it.
//!
//! PCG XSL-RR 128/64 is of M. E. O'Neill, "PCG: A Family of Simple Fast Space-Efficient
//! Statistically Good Algorithms for Random Number Generation", 2014; the seed sequence is
//! after her "Simple, portable C++ seed_seq alternatives" (`randutils::seed_seq_fe`), 2015,
//! with the constants that NumPy documents for `SeedSequence`.

use cumbia_abi::BitGenerator;

/// State of a PCG64, and the half of a word that the last 32-bit draw has left.
#[derive(Clone, Debug)]
#[repr(C)]
pub struct Pcg64 {
    /// State of the linear congruential generator.
    pub state: u128,
    /// Its increment, which is odd.
    pub increment: u128,
    /// Whether the upper half of the last 64 bits wasn't drawn yet.
    pub has_half: bool,
    /// That half; it stays after it was drawn.
    pub half: u32,
}

const MULTIPLIER: u128 = 0x2360_ed05_1fc6_5da4_4385_df64_9fcc_f645;

impl Pcg64 {
    /// Seeded with the 32-bit words of a number, lowest first.
    pub fn seeded(entropy: &[u32]) -> Pcg64 {
        let words = Seeds::new(entropy).words();
        let wide = |high: u64, low: u64| u128::from(high) << 64 | u128::from(low);
        let increment = wide(words[2], words[3]) << 1 | 1;
        let mut pcg = Pcg64 { state: 0, increment, has_half: false, half: 0 };
        pcg.step();
        pcg.state = pcg.state.wrapping_add(wide(words[0], words[1]));
        pcg.step();
        pcg
    }

    #[inline]
    fn step(&mut self) {
        self.state = self.state.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
    }

    /// The next 64 bits.
    #[inline]
    pub fn next64(&mut self) -> u64 {
        self.step();
        let folded = (self.state >> 64) as u64 ^ self.state as u64;
        folded.rotate_right((self.state >> 122) as u32)
    }

    fn next32(&mut self) -> u32 {
        if std::mem::take(&mut self.has_half) {
            return self.half;
        }
        let word = self.next64();
        self.has_half = true;
        self.half = (word >> 32) as u32;
        word as u32
    }

    /// What draws from a state at an address.
    pub fn bits(state: *mut Pcg64) -> BitGenerator {
        BitGenerator {
            state: state.cast(),
            next_uint64,
            next_uint32,
            next_double,
            next_raw: next_uint64,
        }
    }
}

unsafe extern "C" fn next_uint64(state: *mut u8) -> u64 {
    // SAFETY: the state that `Pcg64::bits` was given, which is alive.
    unsafe { (*state.cast::<Pcg64>()).next64() }
}

unsafe extern "C" fn next_uint32(state: *mut u8) -> u32 {
    // SAFETY: as above.
    unsafe { (*state.cast::<Pcg64>()).next32() }
}

unsafe extern "C" fn next_double(state: *mut u8) -> f64 {
    // SAFETY: as above.
    let word = unsafe { (*state.cast::<Pcg64>()).next64() };
    (word >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

/// Words of the pool that a seed is mixed into.
const POOL: usize = 4;

/// A seed sequence: its pool, mixed.
struct Seeds([u32; POOL]);

/// A hash whose constant changes with each use.
struct Hash {
    constant: u32,
    multiplier: u32,
}

impl Hash {
    fn of(&mut self, value: u32) -> u32 {
        let value = value ^ self.constant;
        self.constant = self.constant.wrapping_mul(self.multiplier);
        let value = value.wrapping_mul(self.constant);
        value ^ value >> 16
    }
}

fn mix(x: u32, y: u32) -> u32 {
    let mixed = x.wrapping_mul(0xca01_f9dd).wrapping_sub(y.wrapping_mul(0x4973_f715));
    mixed ^ mixed >> 16
}

impl Seeds {
    fn new(entropy: &[u32]) -> Seeds {
        let mut hash = Hash { constant: 0x43b0_d7e5, multiplier: 0x931e_8875 };
        let mut pool = [0; POOL];
        for (i, word) in pool.iter_mut().enumerate() {
            *word = hash.of(entropy.get(i).copied().unwrap_or(0));
        }
        for from in 0..POOL {
            for to in (0..POOL).filter(|&to| to != from) {
                pool[to] = mix(pool[to], hash.of(pool[from]));
            }
        }
        for &word in entropy.get(POOL..).unwrap_or_default() {
            for to in &mut pool {
                *to = mix(*to, hash.of(word));
            }
        }
        Seeds(pool)
    }

    /// Four 64-bit words of state, the lower half of each first.
    fn words(&self) -> [u64; 4] {
        let mut hash = Hash { constant: 0x8b51_f9dd, multiplier: 0x58f3_8ded };
        let mut halves = [0u32; 8];
        for (half, &word) in halves.iter_mut().zip(self.0.iter().cycle()) {
            *half = hash.of(word);
        }
        std::array::from_fn(|i| u64::from(halves[2 * i]) | u64::from(halves[2 * i + 1]) << 32)
    }
}

#[cfg(test)]
mod tests {
    use super::Pcg64;

    #[test]
    fn state_of_a_small_seed() {
        // What `np.random.PCG64(12345).state` says.
        let pcg = Pcg64::seeded(&[12345]);
        assert_eq!(pcg.state, 33_261_208_707_367_790_463_622_745_601_869_196_757);
        assert_eq!(pcg.increment, 268_209_174_141_567_072_605_526_753_992_732_310_247);
    }
}
