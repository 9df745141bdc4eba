//! The streams of random numbers that compiled code shares with the interpreter: those
//! of the `random` module and of NumPy's global `RandomState`.
//!
//! Both are the Mersenne Twister MT19937 (M. Matsumoto and T. Nishimura, ACM TOMACS 8,
//! 1998) with a second normal variate kept back. The boundary copies the interpreter's
//! state in before a call that draws and back afterwards, and holds the GIL in between
//! (`python/src/streams.rs`); nothing here locks. Distributions are library bodies over
//! the few functions here. Turns of parallel loops have streams of their own (`counted.rs`).
//! Without a boundary (tools, tests of the IR) a thread has
//! streams of its own, seeded with 0.

use crate::counted::Counted;
use cumbia_abi::Context;
use std::cell::RefCell;

/// Words of the state.
const N: usize = 624;
/// Distance of the recurrence.
const M: usize = 397;

/// One Mersenne Twister with the normal variate that it keeps back.
#[derive(Clone)]
pub struct Twister {
    /// The words of the state.
    pub words: [u32; N],
    /// Position of the next word; [`N`] when all are used.
    pub position: usize,
    /// The second normal variate of a pair, not drawn yet.
    pub gauss: Option<f64>,
}

impl Twister {
    /// Seeded with one word, by Knuth's linear recurrence: `np.random.seed`.
    pub fn from_word(seed: u32) -> Twister {
        let mut words = [0; N];
        words[0] = seed;
        for i in 1..N {
            let last = words[i - 1] ^ (words[i - 1] >> 30);
            words[i] = last.wrapping_mul(1_812_433_253).wrapping_add(i as u32);
        }
        Twister { words, position: N, gauss: None }
    }

    /// Seeded with several words, as the authors' `init_by_array`: `random.seed`.
    pub fn from_words(key: &[u32]) -> Twister {
        let mut twister = Twister::from_word(19_650_218);
        let words = &mut twister.words;
        let mut i = 1;
        let advance = |words: &mut [u32; N], i: &mut usize| {
            *i += 1;
            if *i == N {
                words[0] = words[N - 1];
                *i = 1;
            }
        };
        for k in 0..N.max(key.len()) {
            let j = k % key.len();
            let last = words[i - 1] ^ (words[i - 1] >> 30);
            words[i] = (words[i] ^ last.wrapping_mul(1_664_525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            advance(words, &mut i);
        }
        for _ in 1..N {
            let last = words[i - 1] ^ (words[i - 1] >> 30);
            words[i] = (words[i] ^ last.wrapping_mul(1_566_083_941)).wrapping_sub(i as u32);
            advance(words, &mut i);
        }
        words[0] = 0x8000_0000;
        twister
    }

    fn refill(&mut self) {
        let words = &mut self.words;
        for i in 0..N {
            let y = (words[i] & 0x8000_0000) | (words[(i + 1) % N] & 0x7fff_ffff);
            let odd = if y & 1 == 1 { 0x9908_b0df } else { 0 };
            words[i] = words[(i + M) % N] ^ (y >> 1) ^ odd;
        }
        self.position = 0;
    }

    /// The next 32 bits.
    #[inline]
    pub fn word(&mut self) -> u32 {
        if self.position >= N {
            self.refill();
        }
        let mut y = self.words[self.position];
        self.position += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c_5680;
        y ^= (y << 15) & 0xefc6_0000;
        y ^ (y >> 18)
    }

    #[cfg(test)]
    fn unit(&mut self) -> f64 {
        unit(|| self.word())
    }

    #[cfg(test)]
    fn bits(&mut self, k: u32) -> u64 {
        bits(|| self.word(), k)
    }
}

/// A float in [0, 1) with 53 bits of the next words.
#[inline]
fn unit(mut word: impl FnMut() -> u32) -> f64 {
    let high = f64::from(word() >> 5);
    let low = f64::from(word() >> 6);
    (high * 67_108_864.0 + low) * (1.0 / 9_007_199_254_740_992.0)
}

/// `k` random bits, at most 64: the first word has the lowest.
fn bits(mut word: impl FnMut() -> u32, k: u32) -> u64 {
    match k {
        0 => 0,
        1..=32 => u64::from(word() >> (32 - k)),
        _ => {
            let low = u64::from(word());
            low | u64::from(word() >> (64 - k.min(64))) << 32
        }
    }
}

/// One stream: a call's own, and in parallel loops that of a turn.
#[derive(Clone)]
pub struct Stream {
    /// What the interpreter has.
    pub twister: Twister,
    /// The streams of turns, of loops around each other; the last one's are drawn from.
    counted: Vec<Counted>,
}

impl Stream {
    fn new(twister: Twister) -> Stream {
        Stream { twister, counted: Vec::new() }
    }

    #[inline]
    fn word(&mut self) -> u32 {
        match self.counted.last_mut() {
            None => self.twister.word(),
            Some(turn) => turn.word(),
        }
    }

    #[inline]
    fn unit(&mut self) -> f64 {
        unit(|| self.word())
    }

    fn gauss(&mut self) -> &mut Option<f64> {
        match self.counted.last_mut() {
            None => &mut self.twister.gauss,
            Some(turn) => &mut turn.gauss,
        }
    }

    /// Seeds it; where that is a turn's, this turn's alone.
    fn seed(&mut self, seed: i64, twister: impl FnOnce() -> Twister) {
        match self.counted.last_mut() {
            None => self.twister = twister(),
            Some(turn) => turn.seed(seed as u64),
        }
    }

    fn enter(&mut self) {
        let key = u64::from(self.word()) << 32 | u64::from(self.word());
        self.counted.push(Counted::new(key));
    }
}

/// The streams of one call.
#[derive(Clone)]
pub struct Streams {
    /// That of the `random` module.
    pub python: Stream,
    /// That of `np.random`.
    pub numpy: Stream,
}

impl Default for Streams {
    fn default() -> Streams {
        Streams {
            python: Stream::new(Twister::from_words(&[0])),
            numpy: Stream::new(Twister::from_word(0)),
        }
    }
}

thread_local! {
    static OWN: RefCell<Streams> = RefCell::default();
}

#[inline]
fn with<R>(context: *mut Context, body: impl FnOnce(&mut Streams) -> R) -> R {
    // SAFETY: compiled code passes the context of the running call; its `streams` is
    // null or those that the boundary made for the call, which nobody else uses while
    // compiled code runs.
    match unsafe { (*context).streams.cast::<Streams>().as_mut() } {
        Some(streams) => body(streams),
        None => OWN.with_borrow_mut(body),
    }
}

pub(crate) extern "C" fn py_random(context: *mut Context) -> f64 {
    with(context, |s| s.python.unit())
}

/// `random.getrandbits(k)`, as the bits of an integer. Bodies check `k`.
pub(crate) extern "C" fn py_random_bits(context: *mut Context, k: i64) -> i64 {
    with(context, |s| bits(|| s.python.word(), k.clamp(0, 64) as u32) as i64)
}

/// Takes the normal variate that was kept back; nan if there is none.
pub(crate) extern "C" fn py_random_kept(context: *mut Context) -> f64 {
    with(context, |s| s.python.gauss().take().unwrap_or(f64::NAN))
}

pub(crate) extern "C" fn py_random_keep(context: *mut Context, z: f64) {
    with(context, |s| *s.python.gauss() = Some(z));
}

/// `random.seed(n)`: by the 32-bit words of the magnitude, lowest first.
pub(crate) extern "C" fn py_random_seed(context: *mut Context, seed: i64) {
    let size = seed.unsigned_abs();
    let words = [size as u32, (size >> 32) as u32];
    let key = if words[1] == 0 { &words[..1] } else { &words[..] };
    with(context, |s| s.python.seed(seed, || Twister::from_words(key)));
}

pub(crate) extern "C" fn np_random(context: *mut Context) -> f64 {
    with(context, |s| s.numpy.unit())
}

pub(crate) extern "C" fn np_random_word(context: *mut Context) -> i64 {
    with(context, |s| i64::from(s.numpy.word()))
}

/// 64 bits: the first word is the high one.
pub(crate) extern "C" fn np_random_long(context: *mut Context) -> i64 {
    with(context, |s| {
        let high = u64::from(s.numpy.word());
        (high << 32 | u64::from(s.numpy.word())) as i64
    })
}

/// Takes the normal variate that was kept back; nan if there is none.
pub(crate) extern "C" fn np_random_kept(context: *mut Context) -> f64 {
    with(context, |s| s.numpy.gauss().take().unwrap_or(f64::NAN))
}

pub(crate) extern "C" fn np_random_keep(context: *mut Context, z: f64) {
    with(context, |s| *s.numpy.gauss() = Some(z));
}

/// `np.random.seed(n)`; bodies check that it fits 32 bits.
pub(crate) extern "C" fn np_random_seed(context: *mut Context, seed: i64) {
    with(context, |s| s.numpy.seed(seed, || Twister::from_word(seed as u32)));
}

/// Which streams a parallel loop draws from.
const PYTHON: i64 = 1;
const NUMPY: i64 = 2;

/// A loop begins whose turns draw: keys for their streams are drawn.
pub(crate) extern "C" fn turns_begin(context: *mut Context, kinds: i64) {
    with(context, |s| {
        if kinds & PYTHON != 0 {
            s.python.enter();
        }
        if kinds & NUMPY != 0 {
            s.numpy.enter();
        }
    });
}

/// It is over.
pub(crate) extern "C" fn turns_end(context: *mut Context, kinds: i64) {
    with(context, |s| {
        if kinds & PYTHON != 0 {
            s.python.counted.pop();
        }
        if kinds & NUMPY != 0 {
            s.numpy.counted.pop();
        }
    });
}

/// A turn of the innermost loop begins.
pub(crate) extern "C" fn turn_begins(context: *mut Context, turn: i64) {
    with(context, |s| {
        let streams = [&mut s.python, &mut s.numpy];
        for turns in streams.into_iter().filter_map(|stream| stream.counted.last_mut()) {
            turns.begin(turn as u64);
        }
    });
}

/// The streams that blocks of a loop draw from, copies of a caller's; nothing where they draw
/// from none.
pub(crate) fn for_blocks(context: *mut Context, kinds: i64) -> Option<Box<Streams>> {
    (kinds != 0).then(|| with(context, |streams| Box::new(streams.clone())))
}

#[cfg(test)]
mod tests {
    use super::Twister;

    #[test]
    fn words_of_the_reference_implementation() {
        // The first outputs that the authors publish for this key (mt19937ar.out).
        let mut twister = Twister::from_words(&[0x123, 0x234, 0x345, 0x456]);
        let first: Vec<u32> = (0..5).map(|_| twister.word()).collect();
        assert_eq!(first, [1067595299, 955945823, 477289528, 4107218783, 4228976476]);
        // The 10,000th word for the default seed, as the C++ standard states it.
        let mut twister = Twister::from_word(5489);
        let last = (0..10_000).map(|_| twister.word()).last();
        assert_eq!(last, Some(4_123_659_995));
    }

    #[test]
    fn floats_and_bits_of_cpython() {
        // random.seed(1): random(), random()
        let mut twister = Twister::from_words(&[1]);
        assert_eq!(twister.unit(), 0.13436424411240122);
        assert_eq!(twister.unit(), 0.8474337369372327);
        // random.seed(1): getrandbits(0), (5), (32), (40), (63)
        let mut twister = Twister::from_words(&[1]);
        let bits: Vec<u64> = [0, 5, 32, 40, 63].map(|k| twister.bits(k)).to_vec();
        assert_eq!(bits, BITS);
    }

    const BITS: [u64; 5] = [0, 4, 2444712010, 884107995871, 582057716445789124];
}
