//! Dicts against a model that keeps the order of insertion; tables' references; loops.

mod common;

use common::{Raised, Random, Runtime, int, layout, refcount, retain};
use cumbia_runtime::with_context;

fn raised(class: &str, message: &str) -> Result<u64, Raised> {
    Err(Raised(class.into(), message.into()))
}

#[test]
fn random_operations() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let mut random = Random(0xfeed_beef);
        for spread in [8, 40, 1000] {
            for _ in 0..10 {
                let (keys, values) = (layout("i"), layout("(ii)"));
                let mut dict = rt.call("dict_new", &[keys, values]);
                let mut model: Vec<(i64, i64)> = Vec::new();
                for step in 0..600 {
                    let key = (random.below(spread) as i64 - 4) * 16;
                    let at = model.iter().position(|(k, _)| *k == key);
                    rt.scratch(&[int(key)]);
                    match random.below(12) {
                        0..=4 => {
                            rt.assign(dict, &[int(key)], &[int(step), 7]);
                            match at {
                                Some(at) => model[at].1 = step,
                                None => model.push((key, step)),
                            }
                        }
                        5..=6 => {
                            assert_eq!(rt.call("table_delete", &[dict]), u64::from(at.is_some()));
                            at.map(|at| model.remove(at));
                        }
                        7 => {
                            let place = rt.call("dict_setdefault_slot", &[dict]);
                            let value = common::read(place, 2)[0] as i64;
                            match at {
                                Some(at) => assert_eq!(value, model[at].1),
                                None => {
                                    assert_eq!(value, 0);
                                    model.push((key, 0));
                                }
                            }
                        }
                        8 => match rt.attempt("dict_popitem", &[dict]) {
                            Ok(at) => {
                                let place = rt.call("table_key", &[dict, at]);
                                let key = common::read(place, 1)[0] as i64;
                                assert_eq!(Some(key), model.pop().map(|(key, _)| key));
                                rt.call("table_remove", &[dict, at]);
                            }
                            error => {
                                assert_eq!(
                                    error,
                                    raised("KeyError", "popitem(): dictionary is empty")
                                );
                                assert!(model.is_empty());
                            }
                        },
                        9 if step % 7 == 0 => {
                            let copy = rt.call("table_copy", &[dict]);
                            assert_eq!(rt.call("dict_equal", &[dict, copy]), 1);
                            rt.release(std::mem::replace(&mut dict, copy));
                        }
                        10 if step % 31 == 0 => {
                            rt.call("table_clear", &[dict]);
                            model.clear();
                        }
                        _ => {
                            let place = rt.call("dict_find", &[dict]);
                            let index = rt.call("table_find", &[dict]) as i64;
                            assert_eq!((place != 0, index >= 0), (at.is_some(), at.is_some()));
                            let got = rt.attempt("dict_get", &[dict]);
                            match at {
                                Some(at) => {
                                    assert_eq!(common::read(place, 1)[0] as i64, model[at].1);
                                    assert_eq!(got, Ok(place));
                                }
                                None => assert_eq!(got, raised("KeyError", &key.to_string())),
                            }
                        }
                    }
                    let found: Vec<(i64, i64)> = rt
                        .entries(dict)
                        .iter()
                        .map(|(key, value)| (key[0] as i64, value[0] as i64))
                        .collect();
                    assert_eq!(found, model);
                }
                rt.release(dict);
            }
        }
        assert_eq!(rt.objects(), 0);
    });
}

#[test]
fn references() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let (key, other, value) = (rt.str("key"), rt.str("k€y"), rt.ints(&[1]));
        let dict = rt.call("dict_new", &[layout("s"), layout("l")]);
        rt.assign(dict, &[key], &[retain(value)]);
        rt.assign(dict, &[other], &[retain(value)]);
        assert_eq!((refcount(key), refcount(value)), (2, 3));
        // Another object with the same text is the same key.
        let same = rt.str("key");
        rt.assign(dict, &[same], &[retain(value)]);
        assert_eq!((refcount(key), refcount(same), refcount(value)), (2, 1, 3));
        let copy = rt.call("table_copy", &[dict]);
        rt.call("dict_update", &[copy, dict]);
        rt.call("dict_update", &[copy, copy]);
        assert_eq!((refcount(key), refcount(other), refcount(value)), (3, 3, 5));
        rt.scratch(&[same]);
        assert_eq!(rt.call("table_delete", &[copy]), 1);
        rt.call("table_clear", &[dict]);
        assert_eq!((refcount(key), refcount(other), refcount(value)), (1, 2, 2));
        rt.assign(dict, &[key], &[retain(value)]);
        let set = rt.set(layout("s"), &[&[key], &[same], &[other]]);
        assert_eq!(common::length(set), 2);
        for name in ["set_union", "set_intersection", "set_difference", "set_symmetric_difference"]
        {
            for operand in [dict, set, copy] {
                let result = rt.call(name, &[set, operand]);
                rt.release(result);
            }
        }
        let list = rt.list(layout("s"), &[&[retain(key)], &[retain(same)]]);
        for name in [
            "set_update",
            "set_intersection_update",
            "set_difference_update",
            "set_symmetric_difference_update",
        ] {
            for operand in [list, dict, set] {
                let fresh = rt.call("table_copy", &[set]);
                rt.call(name, &[fresh, operand]);
                rt.release(fresh);
            }
        }
        for object in [dict, copy, set, list] {
            rt.release(object);
        }
        assert_eq!([key, other, value, same].map(refcount), [1; 4]);
        assert_eq!(rt.objects(), 4);
    });
}

/// Second operands that are lists, as for `set.intersection([...])`. The expected orders
/// are CPython's.
#[test]
fn lists_as_operands() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let ints = layout("i");
        let keys = |rt: &mut Runtime<'_>, set: u64| -> Vec<i64> {
            rt.keys(set).iter().map(|slots| slots[0] as i64).collect()
        };
        let set = rt.set(ints, &[&[1], &[9], &[17], &[4]]);
        let list = rt.ints(&[17, 9, 17, 3]);
        let rows = [
            // {1, 9, 17, 4}.intersection([17, 9, 17, 3]) and so on, `set` being built by adds.
            ("set_union", vec![1, 3, 4, 9, 17]),
            ("set_intersection", vec![17, 9]),
            ("set_difference", vec![1, 4]),
            ("set_symmetric_difference", vec![1, 3, 4]),
        ];
        for (name, expected) in rows {
            let result = rt.call(name, &[set, list]);
            let mut found = keys(&mut rt, result);
            if name != "set_intersection" {
                found.sort();
            }
            assert_eq!(found, expected, "{name}");
        }
        assert_eq!(rt.call("set_is_subset", &[list, set]), 0);
        assert_eq!(rt.call("set_is_disjoint", &[set, list]), 0);
        let part = rt.ints(&[4, 4, 1]);
        assert_eq!(rt.call("set_is_subset", &[part, set]), 1);
        // A set of a dict is made with room for all keys at once.
        let dict = rt.call("dict_new", &[ints, ints]);
        for i in [0, 32, 5, 64, 3] {
            rt.assign(dict, &[i], &[i]);
        }
        let of_dict = rt.set(ints, &[]);
        rt.call("set_update", &[of_dict, dict]);
        assert_eq!(keys(&mut rt, of_dict), SET_OF_DICT);
    });
}

/// `list(set({0: 0, 32: 0, 5: 0, 64: 0, 3: 0}))`
const SET_OF_DICT: [i64; 5] = [0, 32, 64, 3, 5];

/// As CPython's loops end: by RuntimeError when the size differs, or by the keys that the
/// table gives while keys are exchanged.
#[test]
fn loops_over_changing_tables() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let ints = layout("i");
        // seen = []; d = dict.fromkeys(range(n)); for k in d: seen.append(k); del d[k];
        // d[k + 100] = 0
        let mut exchange = |n: i64| -> (Vec<i64>, Result<u64, Raised>) {
            let dict = rt.call("dict_new", &[ints, ints]);
            for i in 0..n {
                rt.assign(dict, &[int(i)], &[0]);
            }
            let (mut at, mut seen) = (0, Vec::new());
            loop {
                let step = rt.attempt("table_step", &[dict, at, int(n), seen.len() as u64]);
                let found = match step {
                    Ok(found) if (found as i64) >= 0 => found,
                    end => return (seen, end),
                };
                let place = rt.call("table_key", &[dict, found]);
                let key = common::read(place, 1)[0] as i64;
                seen.push(key);
                rt.scratch(&[int(key)]);
                rt.call("table_delete", &[dict]);
                rt.assign(dict, &[int(key + 100)], &[0]);
                at = found + 1;
            }
        };
        let rows: [(i64, &[i64], bool); 6] = [
            (1, &[0], true),
            (3, &[0, 1, 2], false),
            (5, &[0, 2, 3, 4, 100], true),
            (6, &[0, 1, 2, 3, 4, 104], true),
            (9, &[0, 1, 4, 5, 6, 7, 8, 100, 101], true),
            (10, &[0, 2, 3, 4, 5, 6, 7, 8, 9, 100], true),
        ];
        for (n, seen, changed) in rows {
            let end = if changed {
                raised("RuntimeError", "dictionary keys changed during iteration")
            } else {
                Ok(u64::MAX)
            };
            assert_eq!(exchange(n), (seen.to_vec(), end), "{n}");
        }
        let set = rt.set(ints, &[&[1], &[2]]);
        assert_eq!(
            rt.attempt("table_step", &[set, 0, 3, 0]),
            raised("RuntimeError", "Set changed size during iteration")
        );
        let dict = rt.call("dict_new", &[ints, ints]);
        assert_eq!(
            rt.attempt("table_step", &[dict, 0, 3, 0]),
            raised("RuntimeError", "dictionary changed size during iteration")
        );
        assert_eq!(rt.call("table_step", &[dict, 0, 0, 0]) as i64, -1);
    });
}

#[test]
fn key_errors() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let text = rt.str("it's");
        let rows: [(&str, Vec<u64>, &str); 6] = [
            ("i", vec![int(-3)], "-3"),
            ("f", vec![0.1f64.to_bits()], "0.1"),
            ("s", vec![text], "\"it's\""),
            ("(is)", vec![1, text], "(1, \"it's\")"),
            ("(b)", vec![1], "(True,)"),
            ("?i", vec![0, 5], "None"),
        ];
        for (code, slots, shown) in rows {
            rt.scratch(&slots);
            assert_eq!(rt.attempt("raise_key_error", &[layout(code)]), raised("KeyError", shown));
        }
        // The exception keeps its key.
        assert_eq!(refcount(text), 3);
        let set = rt.set(layout("i"), &[]);
        assert_eq!(rt.attempt("set_pop", &[set]), raised("KeyError", "pop from an empty set"));
        let message = rt.str("é!");
        let class = cumbia_abi::ExceptionClass::ValueError as u64;
        assert_eq!(rt.attempt("raise_text", &[class, message]), raised("ValueError", "é!"));
    });
}
