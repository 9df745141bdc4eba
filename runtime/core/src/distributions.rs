//! The distributions of `numpy.random.Generator`: NumPy's own functions, called on the
//! bits of the caller's own generator.
//!
//! NumPy documents these functions as its C interface (`numpy/random/distributions.h`) and
//! exports them from the module that has the class `Generator`; the boundary finds them
//! there ([`set_distributions`]). So a kernel draws what NumPy draws, for every bit
//! generator and in every version, from one state (docs/decisions/0015). Nothing here
//! locks: the boundary holds the generator's lock while a kernel runs.
//!
//! Every generator that helpers get is a live object that the boundary or [`rng_new`] made,
//! and both make one only where NumPy's functions were found; addresses of memory are a
//! body's, which made or checked the array.

use crate::bits::{Asked, Bits, Held, InPlace, normal};
use crate::memory::new_object;
use crate::raise::{raise, raise_memory};
use crate::seeding::Pcg64;
use cumbia_abi::{
    BitGenerator, Context, ExceptionClass, ListObject, ObjectKind, Owner, RandomObject,
};
use std::ffi::c_void;
use std::mem::{transmute, zeroed};
use std::ptr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicPtr, Ordering};

/// Finds NumPy's functions, by [`set_distributions`]; whether they are there now. Called
/// without the GIL.
pub type FindHook = fn() -> bool;

static HOOK: OnceLock<FindHook> = OnceLock::new();

/// Installs the process's hook; the first one stays.
pub fn set_find_hook(hook: FindHook) {
    HOOK.get_or_init(|| hook);
}

/// The bits that a generator draws from.
///
/// # Safety
///
/// A live generator.
unsafe fn bits(rng: *mut u8) -> *mut BitGenerator {
    // SAFETY: by the contract.
    unsafe { (*rng.cast::<RandomObject>()).bits }
}

/// The C type of a parameter or result of NumPy's functions.
macro_rules! c_type {
    (f64) => {
        f64
    };
    (f64 as f32) => {
        f32
    };
    (i64) => {
        i64
    };
}

macro_rules! distributions {
    (@out f32) => { f64 };
    (@out $other:ident) => { $other };
    ([ $( $name:ident = $symbol:ident ($($param:ident: $given:ident $(as $taken:ident)?),*) -> $result:ident; )* ]
     [ $( $other:ident, )* ]) => {
        #[allow(non_camel_case_types, clippy::enum_variant_names)]
        #[derive(Clone, Copy)]
        enum Symbol { $( $symbol, )* $( $other, )* }

        const NAMES: &[&str] = &[ $( stringify!($symbol), )* $( stringify!($other), )* ];

        $(
            pub(crate) extern "C" fn $name(
                _context: *mut Context, rng: *mut u8 $(, $param: $given)*
            ) -> distributions!(@out $result) {
                type Distribution =
                    unsafe extern "C" fn(*mut BitGenerator $(, c_type!($given $(as $taken)?))*) -> $result;
                // SAFETY: NumPy's function of this name has this type; see the module's comment.
                unsafe {
                    let f: Distribution = transmute(address(Symbol::$symbol));
                    f(bits(rng) $(, $param as c_type!($given $(as $taken)?))*) as _
                }
            }
        )*
    };
}

distributions! {
    [
    rng_unit_32 = random_standard_uniform_f () -> f32;
    rng_exponential_1 = random_standard_exponential () -> f64;
    rng_exponential_32 = random_standard_exponential_f () -> f32;
    rng_normal_32 = random_standard_normal_f () -> f32;
    rng_gamma_1 = random_standard_gamma (a: f64) -> f64;
    rng_gamma_32 = random_standard_gamma_f (a: f64 as f32) -> f32;
    rng_gamma = random_gamma (a: f64, b: f64) -> f64;
    rng_exponential = random_exponential (a: f64) -> f64;
    rng_uniform = random_uniform (a: f64, b: f64) -> f64;
    rng_beta = random_beta (a: f64, b: f64) -> f64;
    rng_chisquare = random_chisquare (a: f64) -> f64;
    rng_f = random_f (a: f64, b: f64) -> f64;
    rng_standard_cauchy = random_standard_cauchy () -> f64;
    rng_pareto = random_pareto (a: f64) -> f64;
    rng_weibull = random_weibull (a: f64) -> f64;
    rng_power = random_power (a: f64) -> f64;
    rng_laplace = random_laplace (a: f64, b: f64) -> f64;
    rng_gumbel = random_gumbel (a: f64, b: f64) -> f64;
    rng_logistic = random_logistic (a: f64, b: f64) -> f64;
    rng_lognormal = random_lognormal (a: f64, b: f64) -> f64;
    rng_rayleigh = random_rayleigh (a: f64) -> f64;
    rng_standard_t = random_standard_t (a: f64) -> f64;
    rng_noncentral_chisquare = random_noncentral_chisquare (a: f64, b: f64) -> f64;
    rng_noncentral_f = random_noncentral_f (a: f64, b: f64, c: f64) -> f64;
    rng_wald = random_wald (a: f64, b: f64) -> f64;
    rng_vonmises = random_vonmises (a: f64, b: f64) -> f64;
    rng_triangular = random_triangular (a: f64, b: f64, c: f64) -> f64;
    rng_poisson = random_poisson (a: f64) -> i64;
    rng_negative_binomial = random_negative_binomial (a: f64, b: f64) -> i64;
    rng_logseries = random_logseries (a: f64) -> i64;
    rng_geometric = random_geometric (a: f64) -> i64;
    rng_zipf = random_zipf (a: f64) -> i64;
    rng_hypergeometric = random_hypergeometric (a: i64, b: i64, c: i64) -> i64;
    ]
    [
    random_standard_normal,
    random_standard_uniform_fill,
    random_standard_uniform_fill_f,
    random_standard_exponential_fill,
    random_standard_exponential_fill_f,
    random_standard_exponential_inv_fill,
    random_standard_exponential_inv_fill_f,
    random_standard_normal_fill,
    random_standard_normal_fill_f,
    random_bounded_uint64_fill,
    random_bounded_uint32_fill,
    random_bounded_uint16_fill,
    random_bounded_uint8_fill,
    random_bounded_bool_fill,
    random_bounded_uint64,
    random_buffered_bounded_uint32,
    random_buffered_bounded_uint16,
    random_buffered_bounded_uint8,
    random_buffered_bounded_bool,
    random_binomial,
    random_multinomial,
    random_multivariate_hypergeometric_count,
    random_multivariate_hypergeometric_marginals,
    ]
}

/// Addresses in the order of [`NAMES`]; null until they were found.
static ADDRESSES: [AtomicPtr<c_void>; NAMES.len()] =
    [const { AtomicPtr::new(ptr::null_mut()) }; NAMES.len()];

fn address(symbol: Symbol) -> *mut c_void {
    ADDRESSES[symbol as usize].load(Ordering::Relaxed)
}

/// Looks all functions up by name; whether all were found. None is used otherwise.
pub fn set_distributions(mut find: impl FnMut(&str) -> *mut c_void) -> bool {
    let found: Vec<*mut c_void> = NAMES.iter().map(|name| find(name)).collect();
    if found.iter().any(|address| address.is_null()) {
        return false;
    }
    for (place, address) in ADDRESSES.iter().zip(found).rev() {
        place.store(address, Ordering::Release);
    }
    compare_normal();
    true
}

/// Whether [`set_distributions`] has found all functions.
pub fn has_distributions() -> bool {
    !ADDRESSES[0].load(Ordering::Acquire).is_null()
}

type Fill = unsafe extern "C" fn(*mut BitGenerator, isize, *mut c_void);

/// Calls one of two functions that fill memory, by the bytes of a number.
fn fill(functions: [Symbol; 2], rng: *mut u8, size: i64, to: *mut u8, count: i64) {
    let symbol = functions[usize::from(size == 4)];
    // SAFETY: NumPy's functions of these names have this type; see the module's comment.
    unsafe {
        let f: Fill = transmute(address(symbol));
        f(bits(rng), count as isize, to.cast());
    }
}

macro_rules! fills {
    ($( $name:ident: $double:ident, $single:ident; )*) => { $(
        pub(crate) extern "C" fn $name(
            _context: *mut Context, rng: *mut u8, size: i64, to: *mut u8, count: i64,
        ) {
            fill([Symbol::$double, Symbol::$single], rng, size, to, count);
        }
    )* };
}

fills! {
    rng_fill_exponential: random_standard_exponential_fill, random_standard_exponential_fill_f;
    rng_fill_exponential_inv:
        random_standard_exponential_inv_fill, random_standard_exponential_inv_fill_f;
}

/// Draws with the generator's bits, from registers where it is a PCG64.
macro_rules! with_bits {
    ($rng:expr, $bits:ident => $body:expr) => {
        with_bits!($rng, Held::new, $bits => $body)
    };
    ($rng:expr, $held:expr, $bits:ident => $body:expr) => {{
        let rng = $rng.cast::<RandomObject>();
        // SAFETY: see the module's comment; a PCG64's state is used by nobody else meanwhile.
        unsafe {
            if (*rng).pcg.is_null() {
                let mut $bits = Asked((*rng).bits);
                $body
            } else {
                let mut $bits = $held((*rng).pcg);
                $body
            }
        }
    }};
}

/// So many floats at an address.
///
/// # Safety
///
/// Memory for so many floats, which is written only.
unsafe fn floats<'a>(to: *mut u8, count: i64) -> &'a mut [f64] {
    match count {
        0 => &mut [],
        // SAFETY: by the contract.
        n => unsafe { std::slice::from_raw_parts_mut(to.cast(), n as usize) },
    }
}

pub(crate) extern "C" fn rng_fill_unit(
    _context: *mut Context,
    rng: *mut u8,
    size: i64,
    to: *mut u8,
    count: i64,
) {
    if size == 8 {
        // SAFETY: see the module's comment.
        let out = unsafe { floats(to, count) };
        return with_bits!(rng, bits => out.iter_mut().for_each(|x| *x = bits.unit()));
    }
    fill(
        [Symbol::random_standard_uniform_fill, Symbol::random_standard_uniform_fill_f],
        rng,
        size,
        to,
        count,
    );
}

pub(crate) extern "C" fn rng_fill_normal(
    _context: *mut Context,
    rng: *mut u8,
    size: i64,
    to: *mut u8,
    count: i64,
) {
    if size == 8 && OWN_NORMAL.load(Ordering::Relaxed) {
        // SAFETY: see the module's comment.
        let out = unsafe { floats(to, count) };
        return with_bits!(rng, bits => out.iter_mut().for_each(|x| *x = normal(&mut bits)));
    }
    fill(
        [Symbol::random_standard_normal_fill, Symbol::random_standard_normal_fill_f],
        rng,
        size,
        to,
        count,
    );
}

pub(crate) extern "C" fn rng_unit(_context: *mut Context, rng: *mut u8) -> f64 {
    with_bits!(rng, InPlace, bits => bits.unit())
}

pub(crate) extern "C" fn rng_normal_1(_context: *mut Context, rng: *mut u8) -> f64 {
    if OWN_NORMAL.load(Ordering::Relaxed) {
        return with_bits!(rng, InPlace, bits => normal(&mut bits));
    }
    // SAFETY: see the module's comment.
    unsafe { numpy_normal(bits(rng)) }
}

pub(crate) extern "C" fn rng_normal(context: *mut Context, rng: *mut u8, a: f64, b: f64) -> f64 {
    a + b * rng_normal_1(context, rng)
}

/// NumPy's own standard normal variate.
///
/// # Safety
///
/// A live bit generator, and NumPy's functions were found.
unsafe fn numpy_normal(bits: *mut BitGenerator) -> f64 {
    // SAFETY: NumPy's function has this type.
    unsafe {
        let f: unsafe extern "C" fn(*mut BitGenerator) -> f64 =
            transmute(address(Symbol::random_standard_normal));
        f(bits)
    }
}

/// Whether the normal variates of this runtime are NumPy's.
static OWN_NORMAL: AtomicBool = AtomicBool::new(false);

/// Compares normal variates with NumPy's: so many that each strip of the ziggurat and its
/// edge occur.
fn compare_normal() {
    const DRAWS: usize = 20_000;
    let mut ours = Pcg64::seeded(&[2_026]);
    let mut theirs = ours.clone();
    let mut bits = Pcg64::bits(&raw mut theirs);
    // SAFETY: two states that live here, one for each.
    let same = unsafe {
        let mut held = Held::new((&raw mut ours).cast());
        (0..DRAWS).all(|_| normal(&mut held).to_bits() == numpy_normal(&raw mut bits).to_bits())
    };
    OWN_NORMAL.store(same, Ordering::Relaxed);
}

/// A number from 0 to a limit, by masks and rejection: what shuffles draw.
pub(crate) extern "C" fn rng_interval(_context: *mut Context, rng: *mut u8, limit: i64) -> i64 {
    let limit = limit as u64;
    if limit == 0 {
        return 0;
    }
    let mask = u64::MAX >> limit.leading_zeros();
    // SAFETY: see the module's comment.
    unsafe {
        let bits = bits(rng);
        loop {
            let word = match limit <= u64::from(u32::MAX) {
                true => u64::from(((*bits).next_uint32)((*bits).state)),
                false => ((*bits).next_uint64)((*bits).state),
            };
            if word & mask <= limit {
                return (word & mask) as i64;
            }
        }
    }
}

/// A function that fills memory with integers: offset, range, count, whether by masks.
type FillIntegers<T> = unsafe extern "C" fn(*mut BitGenerator, T, T, isize, bool, *mut T);

pub(crate) extern "C" fn rng_fill_integers(
    _context: *mut Context,
    rng: *mut u8,
    lowest: i64,
    range: i64,
    size: i64,
    to: *mut u8,
    count: i64,
) {
    /// Calls the function for one type.
    unsafe fn fill<T>(symbol: Symbol, rng: *mut u8, [low, range]: [T; 2], to: *mut u8, count: i64) {
        // SAFETY: NumPy's function of this name has this type; see the module's comment.
        unsafe {
            let f: FillIntegers<T> = transmute(address(symbol));
            f(bits(rng), low, range, count as isize, false, to.cast());
        }
    }
    let (low, range) = (lowest as u64, range as u64);
    // SAFETY: as above.
    unsafe {
        match size {
            8 => fill(Symbol::random_bounded_uint64_fill, rng, [low, range], to, count),
            4 => {
                let both = [low as u32, range as u32];
                fill(Symbol::random_bounded_uint32_fill, rng, both, to, count);
            }
            2 => {
                let both = [low as u16, range as u16];
                fill(Symbol::random_bounded_uint16_fill, rng, both, to, count);
            }
            1 => {
                let both = [low as u8, range as u8];
                fill(Symbol::random_bounded_uint8_fill, rng, both, to, count);
            }
            _ => {
                let both = [low as u8, range as u8];
                fill(Symbol::random_bounded_bool_fill, rng, both, to, count);
            }
        }
    }
}

/// A function that draws one integer: offset, range, mask, whether by masks, and where it
/// keeps bits for the next ones.
type Integer<T> = unsafe extern "C" fn(*mut BitGenerator, T, T, T, bool, *mut i32, *mut u32) -> T;

pub(crate) extern "C" fn rng_integer(
    _context: *mut Context,
    rng: *mut u8,
    lowest: i64,
    range: i64,
    size: i64,
) -> i64 {
    unsafe fn draw<T: Default>(symbol: Symbol, rng: *mut u8, [low, range]: [T; 2]) -> T {
        // SAFETY: NumPy's function of this name has this type; see the module's comment.
        unsafe {
            let f: Integer<T> = transmute(address(symbol));
            let own = rng.cast::<RandomObject>();
            let (count, spare) = (&raw mut (*own).spare_count, &raw mut (*own).spare);
            f((*own).bits, low, range, T::default(), false, count, spare)
        }
    }
    let (low, range) = (lowest as u64, range as u64);
    // SAFETY: as above.
    unsafe {
        match size {
            8 => {
                type Wide = unsafe extern "C" fn(*mut BitGenerator, u64, u64, u64, bool) -> u64;
                let f: Wide = transmute(address(Symbol::random_bounded_uint64));
                f(bits(rng), low, range, 0, false) as i64
            }
            4 => {
                let both = [low as u32, range as u32];
                draw(Symbol::random_buffered_bounded_uint32, rng, both).into()
            }
            2 => {
                let both = [low as u16, range as u16];
                draw(Symbol::random_buffered_bounded_uint16, rng, both).into()
            }
            1 => {
                let both = [low as u8, range as u8];
                draw(Symbol::random_buffered_bounded_uint8, rng, both).into()
            }
            _ => {
                let both = [low as u8, range as u8];
                draw(Symbol::random_buffered_bounded_bool, rng, both).into()
            }
        }
    }
}

/// Drops the bits that [`rng_integer`] has kept: they last for one array.
pub(crate) extern "C" fn rng_forget_spare(_context: *mut Context, rng: *mut u8) {
    // SAFETY: see the module's comment.
    unsafe {
        let own = rng.cast::<RandomObject>();
        (*own).spare_count = 0;
        (*own).spare = 0;
    }
}

/// An integer from 0 to a limit, by rejection as `Generator.integers` has it.
pub(crate) extern "C" fn rng_bounded(context: *mut Context, rng: *mut u8, limit: i64) -> i64 {
    rng_integer(context, rng, 0, limit, 8)
}

pub(crate) extern "C" fn rng_binomial(_context: *mut Context, rng: *mut u8, p: f64, n: i64) -> i64 {
    type Binomial = unsafe extern "C" fn(*mut BitGenerator, f64, i64, *mut [u64; 20]) -> i64;
    // SAFETY: NumPy's function has this type; the room is larger than its struct.
    unsafe {
        let f: Binomial = transmute(address(Symbol::random_binomial));
        f(bits(rng), p, n, &raw mut (*rng.cast::<RandomObject>()).binomial)
    }
}

#[allow(clippy::too_many_arguments)]
pub(crate) extern "C" fn rng_multinomial(
    _context: *mut Context,
    rng: *mut u8,
    n: i64,
    to: *mut u8,
    from: i64,
    p: *mut u8,
    begin: i64,
    length: i64,
) {
    type Multinomial =
        unsafe extern "C" fn(*mut BitGenerator, i64, *mut i64, *mut f64, isize, *mut [u64; 20]);
    // SAFETY: NumPy's function has this type; the body's arrays have that many elements.
    unsafe {
        let f: Multinomial = transmute(address(Symbol::random_multinomial));
        let to = to.cast::<i64>().offset(from as isize);
        let p = p.cast::<f64>().offset(begin as isize);
        f(bits(rng), n, to, p, length as isize, &raw mut (*rng.cast::<RandomObject>()).binomial);
    }
}

/// Total, number of colors, their counts, how many are drawn, how often, where they go.
type Colors<R> =
    unsafe extern "C" fn(*mut BitGenerator, i64, usize, *mut i64, i64, usize, *mut i64) -> R;

/// Whether there was memory for it.
#[allow(clippy::too_many_arguments)]
pub(crate) extern "C" fn rng_colors_by_count(
    _context: *mut Context,
    rng: *mut u8,
    total: i64,
    n: i64,
    of: *mut u8,
    k: i64,
    times: i64,
    to: *mut u8,
) -> u8 {
    // SAFETY: NumPy's function has this type, and gives 0 or an error's number.
    let failed = unsafe {
        let symbol = Symbol::random_multivariate_hypergeometric_count;
        let f: Colors<i32> = transmute(address(symbol));
        f(bits(rng), total, n as usize, of.cast(), k, times as usize, to.cast())
    };
    u8::from(failed == 0)
}

#[allow(clippy::too_many_arguments)]
pub(crate) extern "C" fn rng_colors_by_marginals(
    _context: *mut Context,
    rng: *mut u8,
    total: i64,
    n: i64,
    of: *mut u8,
    k: i64,
    times: i64,
    to: *mut u8,
) {
    // SAFETY: NumPy's function has this type.
    unsafe {
        let symbol = Symbol::random_multivariate_hypergeometric_marginals;
        let f: Colors<()> = transmute(address(symbol));
        f(bits(rng), total, n as usize, of.cast(), k, times as usize, to.cast());
    }
}

/// A generator that compiled code made, with the bits that it draws from.
#[repr(C)]
struct OwnRandom {
    object: RandomObject,
    bits: BitGenerator,
    pcg: Pcg64,
    /// Words that it was seeded with, and how many of them.
    entropy: [u32; ENTROPY],
    entropy_count: usize,
}

/// The most words of a seed that are remembered.
const ENTROPY: usize = 4;

/// What a generator that compiled code made was seeded with, and its state.
pub struct OwnState<'a> {
    /// 32-bit words of the seed, lowest first.
    pub entropy: &'a [u32],
    /// The state.
    pub pcg: &'a Pcg64,
}

/// The state of a generator that compiled code made.
///
/// # Safety
///
/// A live generator that is no argument.
pub unsafe fn own_state<'a>(rng: *const Owner) -> OwnState<'a> {
    // SAFETY: by the contract.
    let own = unsafe { &*rng.cast::<OwnRandom>() };
    OwnState { entropy: &own.entropy[..own.entropy_count], pcg: &own.pcg }
}

fn make(context: &mut Context, entropy: &[u32]) -> *mut u8 {
    if !has_distributions() && !HOOK.get().is_some_and(|find| find()) {
        let text = "NumPy's random distributions are not there to be called";
        raise(context, ExceptionClass::RuntimeError, text);
        return ptr::null_mut();
    }
    let Some(owner) = new_object(context, ObjectKind::Random, size_of::<OwnRandom>(), 0) else {
        raise_memory(context);
        return ptr::null_mut();
    };
    let own: *mut OwnRandom = owner.cast();
    let kept = entropy.len().min(ENTROPY);
    let mut remembered = [0; ENTROPY];
    remembered[..kept].copy_from_slice(&entropy[..kept]);
    // SAFETY: a fresh block of this size, whose head is written; the bits' state is in it.
    unsafe {
        (*own).object.bits = &raw mut (*own).bits;
        (*own).object.pcg = (&raw mut (*own).pcg).cast();
        (*own).object.binomial = zeroed();
        (*own).object.spare_count = 0;
        (*own).object.spare = 0;
        (&raw mut (*own).pcg).write(Pcg64::seeded(entropy));
        (*own).bits = Pcg64::bits(&raw mut (*own).pcg);
        (*own).entropy = remembered;
        (*own).entropy_count = kept;
    }
    own.cast()
}

/// `default_rng` of the 32-bit words of a seed, lowest first.
pub(crate) extern "C" fn rng_new(context: *mut Context, words: *mut u8) -> *mut u8 {
    // SAFETY: compiled code passes the context of the running call, and a list of ints.
    unsafe {
        let list: *const ListObject = words.cast();
        let items: &[i64] = match (*list).length as usize {
            0 => &[],
            length => std::slice::from_raw_parts((*list).owner.data.cast(), length),
        };
        let words: Vec<u32> = items.iter().map(|&word| word as u32).collect();
        make(&mut *context, &words)
    }
}

/// `default_rng` of the system's entropy.
pub(crate) extern "C" fn rng_new_of_entropy(context: *mut Context) -> *mut u8 {
    let mut words = [0u32; ENTROPY];
    let size = size_of_val(&words);
    // SAFETY: compiled code passes the context of the running call; the buffer has this size.
    unsafe {
        if libc::getrandom(words.as_mut_ptr().cast(), size, 0) != size as isize {
            let text = "the system gives no entropy";
            raise(&mut *context, ExceptionClass::OSError, text);
            return ptr::null_mut();
        }
        make(&mut *context, &words)
    }
}
