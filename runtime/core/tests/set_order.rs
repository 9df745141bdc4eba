//! Sets iterate in CPython's order: random sequences of operations, with what CPython gave
//! (`data/set_order.py` made `data/set_order.txt`).

mod common;

use common::{Runtime, float, int, layout};
use cumbia_runtime::with_context;

fn key(kind: &str, text: &str) -> Vec<u64> {
    match kind {
        "i" => vec![int(text.parse().unwrap())],
        "f" => vec![float(text.parse().unwrap())],
        _ => {
            let (a, b) = text.split_once(',').unwrap();
            vec![int(a.parse().unwrap()), float(b.parse().unwrap())]
        }
    }
}

/// One line; `sets` are the registers.
fn step(rt: &mut Runtime<'_>, kind: &str, layout: u64, sets: &mut [u64], words: &[&str]) {
    let numbers: Vec<usize> = words[1..].iter().map_while(|w| w.parse().ok()).collect();
    let set = |i: usize| sets[numbers[i]];
    let keys = || words[2..].iter().map(|text| key(kind, text));
    let binary = |name: &str| match name {
        "or" => Some("set_union"),
        "and" => Some("set_intersection"),
        "sub" => Some("set_difference"),
        "xor" => Some("set_symmetric_difference"),
        _ => None,
    };
    let new = match words[0] {
        "add" => {
            for key in keys() {
                rt.scratch(&key);
                rt.call("set_add", &[set(0)]);
            }
            return;
        }
        "discard" => {
            for key in keys() {
                rt.scratch(&key);
                rt.call("table_delete", &[set(0)]);
            }
            return;
        }
        "pop" => {
            for key in keys() {
                let at = rt.call("set_pop", &[set(0)]);
                let slots = rt.call("table_key", &[set(0), at]);
                assert_eq!(common::read(slots, key.len()), key, "{words:?}");
                rt.call("table_remove", &[set(0), at]);
            }
            return;
        }
        "is" => {
            assert_eq!(rt.keys(set(0)), keys().collect::<Vec<_>>(), "{words:?}");
            return;
        }
        "fill" => {
            let keys: Vec<Vec<u64>> = keys().collect();
            rt.set(layout, &keys.iter().map(Vec::as_slice).collect::<Vec<_>>())
        }
        "copy" => rt.call("table_copy", &[set(1)]),
        "clear" => {
            rt.call("table_clear", &[set(0)]);
            return;
        }
        "ior" | "iand" | "isub" | "ixor" => {
            let name = match words[0] {
                "ior" => "set_update",
                "iand" => "set_intersection_update",
                "isub" => "set_difference_update",
                _ => "set_symmetric_difference_update",
            };
            rt.call(name, &[set(0), set(1)]);
            return;
        }
        op => rt.call(binary(op).unwrap(), &[set(1), set(2)]),
    };
    let old = std::mem::replace(&mut sets[numbers[0]], new);
    rt.release(old);
}

#[test]
fn as_in_cpython() {
    let mut kind = "";
    with_context(|context| {
        let mut rt = Runtime(context);
        let (mut sets, mut keys) = (Vec::new(), 0);
        for line in include_str!("data/set_order.txt").lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            if words[0] == "new" {
                kind = words[1];
                keys = layout(if kind == "t" { "(if)" } else { kind });
                sets.drain(..).for_each(|set| rt.release(set));
                assert_eq!(rt.objects(), 0);
                sets = (0..4).map(|_| rt.call("set_new", &[keys])).collect();
            } else {
                step(&mut rt, kind, keys, &mut sets, &words);
            }
        }
    });
}
