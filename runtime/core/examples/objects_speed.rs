//! Nanoseconds per call of the helpers that loops over lists, sets and dicts make.

use cumbia_abi::{Context, helper_index, layout_bytes};
use cumbia_runtime::{helper_addresses, with_context};
use std::hint::black_box;
use std::time::Instant;

const COUNT: u64 = 1_000_000;

type OneArg = extern "C" fn(*mut Context, u64) -> u64;

fn function(name: &str) -> OneArg {
    let address = helper_addresses()[helper_index(name).expect("a helper")];
    // SAFETY: the helpers used here take the context and one address, and give 64 bits.
    unsafe { std::mem::transmute(address) }
}

fn main() {
    let mut layout = layout_bytes("i");
    layout.resize(24, 0);
    let words: Vec<u64> = layout
        .chunks_exact(8)
        .map(|c| u64::from_le_bytes(c.try_into().expect("eight bytes")))
        .collect();
    let layout = words.as_ptr().expose_provenance() as u64;
    with_context(|context| {
        let (scratch, cx) = (context.scratch.as_mut_ptr().cast::<u64>(), &raw mut *context);
        let time = |what: &str, run: &mut dyn FnMut(u64)| {
            let start = Instant::now();
            (0..COUNT).for_each(run);
            println!("{what:24} {:6.1} ns", start.elapsed().as_nanos() as f64 / COUNT as f64);
        };
        let new = |name: &str, args: &[u64]| {
            let index = helper_index(name).expect("a helper");
            // SAFETY: a live layout and the running context.
            unsafe { cumbia_runtime::call_helper(index, &mut *cx, args) }
        };
        let list = new("list_new", &[layout, 0]);
        let append = function("list_append");
        time("list_append", &mut |_| {
            black_box(append(cx, list));
        });
        // SAFETY: the scratch slots of this context.
        let key = |i: u64| unsafe { scratch.write(i) };
        for (spread, label) in [(1000, "1,000 keys"), (COUNT, "1,000,000 keys")] {
            let set = new("set_new", &[layout]);
            let dict = new("dict_new", &[layout, layout]);
            let (add, assign) = (function("set_add"), function("dict_assign"));
            let find = function("table_find");
            let at = |i: u64| i.wrapping_mul(0x9e37_79b9) % spread * 3;
            time(&format!("set_add, {label}"), &mut |i| {
                key(at(i));
                black_box(add(cx, set));
            });
            time(&format!("dict_assign, {label}"), &mut |i| {
                key(at(i));
                black_box(assign(cx, dict));
            });
            time(&format!("find in set, {label}"), &mut |i| {
                key(at(i));
                black_box(find(cx, set));
            });
            time(&format!("find in dict, {label}"), &mut |i| {
                key(at(i));
                black_box(find(cx, dict));
            });
        }
    });
}
