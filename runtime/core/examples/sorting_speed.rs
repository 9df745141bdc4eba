//! Processor time of the runtime's sort beside the standard library's:
//! `cargo run --release -p cumbia-runtime --example sorting_speed`.

/// Seconds of this thread.
fn now() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: a place for the time.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn main() {
    let mut state = 88_172_645_463_325_252_u64;
    let line: Vec<u64> = (0..1_000_000)
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        })
        .collect();
    let time = |sort: &dyn Fn(&mut [u64])| {
        let mut least = f64::INFINITY;
        for _ in 0..20 {
            let mut copy = line.clone();
            let start = now();
            sort(&mut copy);
            least = least.min(now() - start);
            assert!(copy.is_sorted());
        }
        least * 1e3
    };
    let index = cumbia_abi::helper_index("sort_numbers").expect("it is there");
    let ours = time(&|line| {
        cumbia_runtime::with_context(|context| {
            let address = line.as_mut_ptr().expose_provenance() as u64;
            // SAFETY: a line of so many numbers.
            unsafe {
                cumbia_runtime::call_helper(index, context, &[address, line.len() as u64, 0, 8])
            };
        });
    });
    let theirs = time(&|line| line.sort_unstable());
    println!("1,000,000 numbers: {ours:.2} ms, the standard library {theirs:.2} ms");
}
