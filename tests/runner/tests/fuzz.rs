//! Random IR: a small fixed run here; `CUMBIA_FUZZ=100000` for a long one, and
//! `CUMBIA_FUZZ_SEED=17` to start at a seed (as a failure names it).

use cumbia_test_runner::fuzz::check_seed;

#[test]
fn random_functions() {
    let number = |name: &str, default| -> u64 {
        std::env::var(name).ok().map_or(default, |v| v.parse().expect("a number"))
    };
    let (first, count) = (number("CUMBIA_FUZZ_SEED", 0), number("CUMBIA_FUZZ", 300));
    let mut with_results = 0;
    for seed in first..first + count {
        match check_seed(seed) {
            Ok(ended) => with_results += ended,
            Err(failure) => panic!("{failure}"),
        }
    }
    // A generator whose functions mostly raise at once would test little.
    assert!(
        count < 100 || with_results as u64 > count,
        "{with_results} calls of {count} modules ended well"
    );
}
