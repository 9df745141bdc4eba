//! Lists against `Vec`, and their references.

mod common;

use common::{
    Raised, Random, Runtime, elements, float, int, int_elements, layout, refcount, retain,
};
use cumbia_runtime::with_context;

#[test]
fn random_operations() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let mut random = Random(0x1234_5678_9abc);
        let ints = layout("i");
        for _ in 0..40 {
            let list = rt.call("list_new", &[ints, random.below(3)]);
            let mut model: Vec<i64> = Vec::new();
            for step in 0..200 {
                let length = model.len() as u64;
                let value = random.below(10) as i64 - 5;
                match random.below(18) {
                    0..=4 => {
                        rt.append(list, &[int(value)]);
                        model.push(value);
                    }
                    5 => {
                        let at = random.below(2 * length + 3) as i64 - length as i64 - 1;
                        let place = rt.call("list_insert", &[list, int(at)]);
                        common::write(place, &[int(value)]);
                        let at = if at < 0 { (at + length as i64).max(0) } else { at };
                        model.insert((at as usize).min(model.len()), value);
                    }
                    6 => {
                        let start = random.below(length + 1);
                        let count = random.below(length - start + 1).min(4);
                        rt.call("list_delete", &[list, start, count]);
                        model.drain(start as usize..(start + count) as usize);
                    }
                    7 if step % 5 == 0 => {
                        rt.call("list_clear", &[list]);
                        model.clear();
                    }
                    8 if length < 100 => {
                        rt.call("list_extend", &[list, list]);
                        model.extend_from_within(..);
                    }
                    9 => {
                        let other: Vec<i64> = (0..random.below(5) as i64).collect();
                        let new = rt.ints(&other);
                        let start = random.below(length + 1);
                        let count = random.below(length - start + 1);
                        rt.call("list_assign_slice", &[list, start, count, new]);
                        model.splice(start as usize..(start + count) as usize, other);
                        rt.release(new);
                    }
                    10 if length < 100 => {
                        let start = random.below(length + 1);
                        let count = random.below(length - start + 1);
                        rt.call("list_assign_slice", &[list, start, count, list]);
                        let copy = model.clone();
                        model.splice(start as usize..(start + count) as usize, copy);
                    }
                    11 => {
                        rt.call("list_reverse", &[list]);
                        model.reverse();
                    }
                    12 => {
                        let reverse = random.below(2);
                        rt.call("list_sort", &[list, reverse]);
                        model.sort();
                        if reverse == 1 {
                            model.reverse();
                        }
                    }
                    13 => {
                        rt.scratch(&[int(value)]);
                        let found = rt.call("list_find", &[list, 0, length]) as i64;
                        let expected = model.iter().position(|x| *x == value);
                        assert_eq!(found, expected.map_or(-1, |i| i as i64));
                        let count = rt.call("list_count", &[list]) as usize;
                        assert_eq!(count, model.iter().filter(|x| **x == value).count());
                    }
                    14 if length < 60 => {
                        let n = random.below(4) as i64 - 1;
                        let new = rt.call("list_repeat", &[list, int(n)]);
                        assert_eq!(int_elements(new), model.repeat(n.max(0) as usize));
                        rt.release(new);
                        rt.call("list_repeat_in_place", &[list, int(n)]);
                        model = model.repeat(n.max(0) as usize);
                    }
                    15 if length > 0 => {
                        let step = [1, 2, 3, -1, -2, 7][random.below(6) as usize];
                        let start = random.below(length) as i64;
                        let end = if step > 0 { length as i64 } else { -1 };
                        let positions: Vec<i64> = (0..)
                            .map(|i| start + i * step)
                            .take_while(|i| if step > 0 { *i < end } else { *i > end })
                            .collect();
                        let args = [list, int(start), int(step), positions.len() as u64];
                        let new = rt.call("list_slice", &args);
                        let expected: Vec<i64> =
                            positions.iter().map(|i| model[*i as usize]).collect();
                        assert_eq!(int_elements(new), expected);
                        let fill: Vec<i64> = (100..100 + positions.len() as i64).collect();
                        let other = rt.ints(&fill);
                        rt.call("list_assign_steps", &[args[0], args[1], args[2], args[3], other]);
                        for (i, value) in positions.iter().zip(fill) {
                            model[*i as usize] = value;
                        }
                        assert_eq!(int_elements(list), model);
                        rt.call("list_delete_steps", &args);
                        let mut i = -1;
                        model.retain(|_| {
                            i += 1;
                            !positions.contains(&i)
                        });
                        rt.release(new);
                        rt.release(other);
                    }
                    16 => {
                        let order = rt.call("list_order", &[list, 0]);
                        let taken = rt.call("list_take", &[list, order]);
                        let mut sorted = model.clone();
                        sorted.sort();
                        assert_eq!(int_elements(taken), sorted);
                        let both = rt.call("list_concat", &[list, taken]);
                        assert_eq!(int_elements(both), [model.clone(), sorted].concat());
                        for object in [order, taken, both] {
                            rt.release(object);
                        }
                    }
                    _ => {}
                }
                assert_eq!(int_elements(list), model);
            }
            rt.release(list);
        }
        assert_eq!(rt.objects(), 0);
    });
}

/// Elements of several slots, some counted: what a list holds is retained once, and
/// released once.
#[test]
fn references() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let text = rt.str("text");
        let pairs = layout("(is?s)");
        let list = rt.call("list_new", &[pairs, 0]);
        for i in 0..5 {
            rt.append(
                list,
                &[int(i), retain(text), u64::from(i % 2 == 0), {
                    if i % 2 == 0 { retain(text) } else { 0xdead }
                }],
            );
        }
        assert_eq!(refcount(text), 1 + 5 + 3);
        let copy = rt.call("list_slice", &[list, int(4), int(-1), 5]);
        assert_eq!(refcount(text), 1 + 2 * 8);
        rt.call("list_extend", &[copy, copy]);
        assert_eq!(refcount(text), 1 + 3 * 8);
        rt.call("list_assign_slice", &[list, 1, 2, copy]);
        // Elements 1 and 2 held three references.
        assert_eq!(refcount(text), 1 + 3 * 8 - 3 + 16);
        rt.call("list_delete_steps", &[list, 0, 2, 7]);
        rt.call("list_repeat_in_place", &[list, 2]);
        let held: i64 = [list, copy]
            .iter()
            .flat_map(|list| elements(*list))
            .map(|slots| 1 + (slots[2] as i64 & 1))
            .sum();
        assert_eq!(refcount(text), 1 + held);
        let order = rt.call("list_order", &[list, 1]);
        rt.call("list_sort", &[list, 0]);
        for object in [list, copy, order] {
            rt.release(object);
        }
        assert_eq!(refcount(text), 1);
        assert_eq!(rt.objects(), 1);
    });
}

#[test]
fn stable_sorts() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let mut random = Random(99);
        for code in ["(ii)", "(fi)"] {
            let pairs = layout(code);
            let key = |k: i64| if code == "(ii)" { int(k) } else { float(k as f64) };
            let model: Vec<[u64; 2]> =
                (0..500).map(|i| [key(random.below(20) as i64 - 10), int(i % 7)]).collect();
            let list = rt.call("list_new", &[pairs, 0]);
            model.iter().for_each(|slots| rt.append(list, slots));
            // By the first item only: a list of keys, argsorted.
            let keys = rt.call("list_new", &[layout(&code[1..2]), 0]);
            model.iter().for_each(|slots| rt.append(keys, &slots[..1]));
            let number = |slot: u64| {
                if code == "(ii)" { slot as i64 } else { f64::from_bits(slot) as i64 }
            };
            for reverse in [0, 1] {
                let order = rt.call("list_order", &[keys, reverse]);
                let taken = rt.call("list_take", &[list, order]);
                let mut expected = model.clone();
                expected.sort_by_key(|slots| {
                    if reverse == 1 { -number(slots[0]) } else { number(slots[0]) }
                });
                assert_eq!(elements(taken), expected);
                rt.release(order);
                rt.release(taken);
            }
            rt.call("list_sort", &[list, 0]);
            let mut expected = model.clone();
            expected.sort_by_key(|slots| (number(slots[0]), slots[1] as i64));
            assert_eq!(elements(list), expected);
            rt.release(list);
            rt.release(keys);
        }
        assert_eq!(rt.objects(), 0);
    });
}

/// Signed zeros keep their order; with nan nothing fails.
#[test]
fn floats() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let floats = layout("f");
        let values = [0.0, -0.0, 2.5, -1.0, 0.0, f64::INFINITY, -0.0];
        let list = rt.call("list_new", &[floats, 0]);
        values.iter().for_each(|x| rt.append(list, &[float(*x)]));
        rt.call("list_sort", &[list, 0]);
        let sorted: Vec<u64> = [-1.0, 0.0, -0.0, 0.0, -0.0, 2.5, f64::INFINITY]
            .iter()
            .map(|x: &f64| x.to_bits())
            .collect();
        assert_eq!(elements(list).concat(), sorted);
        let mut random = Random(5);
        for _ in 0..20 {
            let list = rt.call("list_new", &[floats, 0]);
            for i in 0..300 {
                let x = if random.below(4) == 0 { f64::NAN } else { f64::from(i % 13) };
                rt.append(list, &[float(x)]);
            }
            let mut before = elements(list);
            rt.call("list_sort", &[list, random.below(2)]);
            let mut after = elements(list);
            before.sort();
            after.sort();
            assert_eq!(before, after);
        }
    });
}

#[test]
fn sorting_strings_and_lists() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let words = ["b", "", "a", "é", "\u{10000}", "\u{ffff}", "ab", "zz", "a"];
        let list = rt.call("list_new", &[layout("s"), 0]);
        for word in words {
            let word = rt.str(word);
            rt.append(list, &[word]);
        }
        rt.call("list_sort", &[list, 0]);
        let mut expected = words;
        expected.sort_by(|a, b| a.chars().cmp(b.chars()));
        for (slots, word) in elements(list).iter().zip(expected) {
            // SAFETY: a live string.
            let points: Vec<u32> =
                unsafe { cumbia_runtime::str_points(common::pointer(slots[0])) }.collect();
            assert_eq!(points, word.chars().map(u32::from).collect::<Vec<_>>());
        }
        let outer = rt.call("list_new", &[layout("l"), 0]);
        let rows: [&[i64]; 5] = [&[2, 1], &[1, 5], &[], &[1], &[1, 5, 0]];
        for row in rows {
            let row = rt.ints(row);
            rt.append(outer, &[row]);
        }
        rt.call("list_sort", &[outer, 1]);
        let sorted: Vec<Vec<i64>> = elements(outer).iter().map(|s| int_elements(s[0])).collect();
        assert_eq!(sorted, [vec![2, 1], vec![1, 5, 0], vec![1, 5], vec![1], vec![]]);
        let complexes = rt.list(layout("c"), &[&[0, 0], &[1, 1]]);
        let message = "'<' not supported between instances of 'complex' and 'complex'";
        let raised = rt.attempt("list_sort", &[complexes, 0]);
        assert_eq!(raised, Err(Raised("TypeError".into(), message.into())));
    });
}

#[test]
fn failures() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let list = rt.ints(&[1, 2, 3, 4]);
        let two = rt.ints(&[8, 9]);
        let message = "attempt to assign sequence of size 2 to extended slice of size 1";
        assert_eq!(
            rt.attempt("list_assign_steps", &[list, 0, 4, 1, two]),
            Err(Raised("ValueError".into(), message.into()))
        );
        let memory = Err(Raised("MemoryError".into(), String::new()));
        let huge = int(1 << 61);
        assert_eq!(rt.attempt("list_repeat", &[list, huge]), memory);
        assert_eq!(rt.attempt("list_repeat_in_place", &[list, huge]), memory);
        assert_eq!(rt.attempt("list_new", &[layout("(ii)"), huge]), memory);
        let wide = rt.list(layout("(iiii)"), &[&[1, 2, 3, 4]]);
        assert_eq!(rt.attempt("list_repeat_in_place", &[wide, int(1 << 58)]), memory);
        assert_eq!(int_elements(list), [1, 2, 3, 4]);
    });
}

/// Elements without slots have a number only.
#[test]
fn nothing_in_lists() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let list = rt.list(layout("()"), &[&[], &[], &[]]);
        let other = rt.call("list_repeat", &[list, 4]);
        assert_eq!((common::length(list), common::length(other)), (3, 12));
        rt.call("list_delete", &[other, 2, 9]);
        rt.call("list_sort", &[other, 0]);
        rt.call("list_reverse", &[other]);
        assert_eq!(rt.call("list_equal", &[list, other]), 1);
        rt.scratch(&[]);
        assert_eq!(rt.call("list_count", &[list]), 3);
        rt.release(list);
        rt.release(other);
        assert_eq!(rt.objects(), 0);
    });
}
