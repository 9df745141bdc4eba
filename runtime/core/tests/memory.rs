//! What is freed when: references of nested objects, cycles, deep nesting, frames. One
//! test, since it looks at the process's counters.

mod common;

use common::{Raised, Runtime, layout, refcount, retain};
use cumbia_runtime::{live_allocations, live_bytes, with_context};

#[test]
fn nothing_is_left() {
    deep_nesting();
    cycles();
    frames();
    churn();
}

/// `depth` lists, each the only element of the next.
fn nested(rt: &mut Runtime<'_>, depth: usize) -> u64 {
    let lists = layout("l");
    let mut list = rt.call("list_new", &[lists, 0]);
    for _ in 1..depth {
        list = rt.list(lists, &[&[list]]);
    }
    list
}

fn deep_nesting() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let list = nested(&mut rt, 100_000);
        assert_eq!(rt.objects(), 100_000);
        let other = nested(&mut rt, 100_000);
        let too_deep = "maximum recursion depth exceeded in comparison";
        for name in ["list_equal", "list_compare"] {
            assert_eq!(
                rt.attempt(name, &[list, other]),
                Err(Raised("RecursionError".into(), too_deep.into()))
            );
        }
        rt.release(list);
        assert_eq!(rt.objects(), 100_000);
        // The rest is freed with the call.
    });
    assert_eq!((live_allocations(), live_bytes()), (0, 0));
}

fn cycles() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let list = rt.call("list_new", &[layout("l"), 0]);
        rt.append(list, &[retain(list)]);
        let twin = rt.call("list_new", &[layout("l"), 0]);
        rt.append(twin, &[retain(twin)]);
        assert_eq!(rt.call("list_equal", &[list, list]), 1);
        assert!(rt.attempt("list_equal", &[list, twin]).is_err());
        rt.scratch(&[list]);
        assert_eq!(rt.call("list_find", &[list, 0, 1]), 0);
        rt.call("list_extend", &[list, list]);
        assert_eq!(refcount(list), 3);
        rt.call("list_clear", &[twin]);
        assert_eq!(refcount(twin), 1);
        rt.release(list);
        assert_eq!(rt.objects(), 2);
    });
    assert_eq!((live_allocations(), live_bytes()), (0, 0));
}

fn frames() {
    with_context(|context| {
        let mut rt = Runtime(context);
        let cell = rt.call("frame_new", &[layout("(is)")]);
        // SAFETY: a live frame.
        let slots = unsafe { (*common::pointer::<cumbia_abi::Owner>(cell)).data };
        let slots = slots.expose_provenance() as u64;
        assert_eq!(slots, cell + cumbia_abi::object_offsets::FRAME_SLOTS as u64);
        assert_eq!(common::read(slots, 2), [0, 0]);
        let text = rt.str("x");
        common::write(slots, &[7, retain(text)]);
        let outer = rt.call("frame_new", &[layout("r")]);
        // SAFETY: as above.
        let at = unsafe { (*common::pointer::<cumbia_abi::Owner>(outer)).data };
        common::write(at.expose_provenance() as u64, &[cell]);
        // One that was never written to.
        let empty = rt.call("frame_new", &[layout("(?srl)")]);
        rt.release(empty);
        rt.release(outer);
        assert_eq!((refcount(text), rt.objects()), (1, 1));
        rt.call("value_retain", &[layout("s"), [text].as_ptr().expose_provenance() as u64]);
        assert_eq!(refcount(text), 2);
        rt.call("value_release", &[layout("s"), [text].as_ptr().expose_provenance() as u64]);
        rt.release(text);
        assert_eq!((rt.objects(), live_bytes()), (0, 0));
        // The pool itself.
        assert_eq!(live_allocations(), 1);
    });
}

/// Objects of all kinds in one another, dropped at once.
fn churn() {
    with_context(|context| {
        let mut rt = Runtime(context);
        for _ in 0..20 {
            let dict = rt.call("dict_new", &[layout("(si)"), layout("(dtla1)")]);
            for i in 0..50u64 {
                let key = rt.str(&format!("key {i}"));
                let inner = rt.call("dict_new", &[layout("s"), layout("s")]);
                rt.assign(inner, &[key], &[retain(key)]);
                let set = rt.set(layout("s"), &[&[key]]);
                let list = rt.list(layout("t"), &[&[retain(set)]]);
                let array = rt.call("alloc", &[80, 1]);
                let value = [inner, set, list, array, 0, 10, 8];
                rt.assign(dict, &[key, i % 7], &value);
                rt.release(key);
            }
            assert_eq!(rt.objects(), 1 + 50 * 5);
            rt.scratch(&[0; 2]);
            rt.release(dict);
            assert_eq!((rt.objects(), live_bytes()), (0, 0));
        }
    });
}
