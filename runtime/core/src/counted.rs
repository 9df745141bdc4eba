//! Random numbers of parallel loops: a stream for each turn, by counting.
//!
//! A loop takes a key from the stream that it would draw from without threads; the words of a
//! turn follow from the key, the turn and their number alone (Philox4x32-10: J. K. Salmon et al.,
//! Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011). So they are the same for every number
//! of threads, and neighbouring turns have nothing in common.
//!
//! Not here: which loops draw, which the compiler tells (`lower/parallel.rs`), and generators
//! that are objects: a loop that draws from one runs on the calling thread.

const ROUNDS: usize = 10;
const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// The stream of one turn.
#[derive(Clone, Debug)]
pub struct Counted {
    key: u64,
    /// The key of this turn, where it has seeded the stream.
    seeded: Option<u64>,
    turn: u64,
    /// Blocks of four words that were made.
    made: u64,
    words: [u32; 4],
    /// Words of the last block that weren't given.
    left: usize,
    /// The second normal variate of a pair, not drawn yet.
    pub gauss: Option<f64>,
}

impl Counted {
    /// The streams of a key, at no turn.
    pub fn new(key: u64) -> Counted {
        Counted { key, seeded: None, turn: 0, made: 0, words: [0; 4], left: 0, gauss: None }
    }

    /// Begins a turn.
    #[inline]
    pub fn begin(&mut self, turn: u64) {
        (self.turn, self.made, self.left) = (turn, 0, 0);
        (self.seeded, self.gauss) = (None, None);
    }

    /// Begins this turn's stream anew, by a seed.
    pub fn seed(&mut self, seed: u64) {
        self.begin(self.turn);
        self.seeded = Some(seed);
    }

    /// The next 32 bits.
    #[inline]
    pub fn word(&mut self) -> u32 {
        if self.left == 0 {
            let counter = [
                self.made as u32,
                (self.made >> 32) as u32,
                self.turn as u32,
                (self.turn >> 32) as u32,
            ];
            let key = self.seeded.unwrap_or(self.key);
            self.words = philox(counter, [key as u32, (key >> 32) as u32]);
            self.made += 1;
            self.left = 4;
        }
        self.left -= 1;
        self.words[3 - self.left]
    }
}

/// The words of a counter and a key.
fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for round in 0..ROUNDS {
        if round > 0 {
            key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
        }
        let a = u64::from(MULTIPLIERS[0]) * u64::from(counter[0]);
        let b = u64::from(MULTIPLIERS[1]) * u64::from(counter[2]);
        counter = [
            (b >> 32) as u32 ^ counter[1] ^ key[0],
            b as u32,
            (a >> 32) as u32 ^ counter[3] ^ key[1],
            a as u32,
        ];
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_the_reference_implementation() {
        // The known answers that the authors publish with Random123.
        let zeros = philox([0; 4], [0; 2]);
        assert_eq!(zeros, [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        let ones = philox([u32::MAX; 4], [u32::MAX; 2]);
        assert_eq!(ones, [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
    }

    #[test]
    fn a_turn_has_its_own_words() {
        let words = |turn, key| {
            let mut counted = Counted::new(key);
            counted.begin(turn);
            [(); 9].map(|()| counted.word())
        };
        assert_eq!(words(5, 1), words(5, 1));
        assert_ne!(words(5, 1), words(6, 1));
        assert_ne!(words(5, 1), words(5, 2));
        let mut counted = Counted::new(1);
        counted.begin(4);
        counted.seed(9);
        let seeded = counted.word();
        counted.begin(5);
        assert_eq!([(); 9].map(|()| counted.word()), words(5, 1));
        assert_ne!(seeded, words(4, 1)[0]);
    }
}
