//! Equality, order and hashes of values across types, as CPython and NumPy 2 give them.

mod common;

use common::{Raised, Runtime, float, int, layout};
use cumbia_runtime::with_context;

/// A value as a list of one element, so that layouts of the two sides may differ.
fn single(rt: &mut Runtime<'_>, code: &str, slots: &[u64]) -> u64 {
    rt.list(layout(code), &[slots])
}

/// `a == b` of numbers: as elements of lists, in both orders.
#[test]
fn numbers_across_types() {
    let two53 = 9_007_199_254_740_992i64;
    let single_tenth = u64::from(0.1f32.to_bits());
    let rows: &[(&str, u64, &str, u64, bool)] = &[
        ("i", 1, "b", 1, true),
        ("i", 1, "f", float(1.0), true),
        ("i", int(two53 + 1), "f", float(two53 as f64), false),
        ("i", int(i64::MAX), "f", float(9.223372036854775807e18), false),
        ("i", int(i64::MIN), "f", float(-9.223372036854775808e18), true),
        ("i", 2, "f", float(2.5), false),
        ("i", 0, "f", float(f64::NAN), false),
        ("f", float(0.0), "f", float(-0.0), true),
        ("f", float(f64::NAN), "f", float(f64::NAN), false),
        // NumPy: [np.int64(2**53 + 1)] == [float(2**53)]
        ("ne", int(two53 + 1), "f", float(two53 as f64), true),
        ("ne", int(two53 + 1), "i", int(two53), false),
        ("ni", u64::MAX, "i", int(-1), false),
        ("ni", u64::MAX, "ne", int(-1), false),
        ("nf", 200, "nb", 200, false),
        ("nj", single_tenth, "f", float(0.1), true),
        ("nj", single_tenth, "nk", float(0.1), false),
        ("nj", single_tenth, "nk", float(f64::from(0.1f32)), true),
        ("na", 1, "i", 1, true),
        ("nc", int(3), "f", float(3.0), true),
    ];
    with_context(|context| {
        let mut rt = Runtime(context);
        for &(a_code, a, b_code, b, expected) in rows {
            let x = single(&mut rt, a_code, &[a]);
            let y = single(&mut rt, b_code, &[b]);
            let shown = format!("{a_code} {a:#x} == {b_code} {b:#x}");
            assert_eq!(rt.call("list_equal", &[x, y]), u64::from(expected), "{shown}");
            assert_eq!(rt.call("list_equal", &[y, x]), u64::from(expected), "{shown}, turned");
        }
        let complex = single(&mut rt, "c", &[float(2.0), float(0.0)]);
        let two = single(&mut rt, "i", &[2]);
        let text = rt.str("2");
        let text = single(&mut rt, "s", &[text]);
        assert_eq!(rt.call("list_equal", &[complex, two]), 1);
        assert_eq!(rt.call("list_equal", &[text, two]), 0);
    });
}

fn compare(rt: &mut Runtime<'_>, code: &str, a: &[u64], b: &[u64]) -> i64 {
    let layout = layout(code);
    let (a, b) = (a.to_vec(), b.to_vec());
    let at = |slots: &Vec<u64>| slots.as_ptr().expose_provenance() as u64;
    rt.call("value_compare", &[layout, at(&a), at(&b)]) as i64
}

#[test]
fn orders() {
    with_context(|context| {
        let mut rt = Runtime(context);
        assert_eq!(compare(&mut rt, "i", &[int(-1)], &[1]), -1);
        assert_eq!(compare(&mut rt, "f", &[float(f64::NAN)], &[1]), 2);
        assert_eq!(compare(&mut rt, "(if)", &[1, float(2.0)], &[1, float(1.0)]), 1);
        assert_eq!(compare(&mut rt, "(if)", &[1, float(f64::NAN)], &[1, 0]), 2);
        assert_eq!(compare(&mut rt, "(fi)", &[float(f64::NAN), 1], &[float(f64::NAN), 2]), 2);
        assert_eq!(compare(&mut rt, "(i(ii))", &[1, 2, 3], &[1, 2, 3]), 0);
        assert_eq!(compare(&mut rt, "()", &[], &[]), 0);
        let (a, b) = (rt.bytes(b"a\xff"), rt.bytes(b"b"));
        assert_eq!(compare(&mut rt, "y", &[a], &[b]), -1);
        let (a, b) = (rt.str("\u{ffff}"), rt.str("\u{10000}"));
        assert_eq!(compare(&mut rt, "s", &[a], &[b]), -1);
        // Equal values have no need of an order within tuples.
        assert_eq!(compare(&mut rt, "(?ii)", &[0, 9, 1], &[0, 8, 2]), -1);
        assert_eq!(compare(&mut rt, "(?ii)", &[1, 9, 1], &[1, 8, 2]), 1);
        let (a, b) = ([0u64, 1], [1u64, 1]);
        let at = |slots: &[u64; 2]| slots.as_ptr().expose_provenance() as u64;
        let message = "'<' not supported between instances of 'NoneType' and 'int'";
        assert_eq!(
            rt.attempt("value_compare", &[layout("?i"), at(&a), at(&b)]),
            Err(Raised("TypeError".into(), message.into()))
        );
        // Tuples of different lengths, as elements of lists.
        let short = single(&mut rt, "(i)", &[1]);
        let long = single(&mut rt, "(ii)", &[1, 0]);
        assert_eq!(rt.call("list_equal", &[short, long]), 0);
        assert_eq!(rt.call("list_compare", &[short, long]) as i64, -1);
        assert_eq!(rt.call("list_compare", &[long, short]) as i64, 1);
    });
}

/// `hash` as CPython 3.11 gives it.
#[test]
fn hashes() {
    let rows: &[(&str, &[u64], i64)] = &[
        ("b", &[1], 1),
        ("i", &[u64::MAX], -2),
        ("c", &[float(1.5), float(2.0)], 1152921504608846983),
        ("()", &[], 5740354900026072187),
        ("(ii)", &[1, 2], -3550055125485641917),
        ("(i(f)i)", &[1, float(2.5), u64::MAX], -8022380241209581783),
        ("ni", &[u64::MAX], 7),
        ("nb", &[255], -2),
        ("nj", &[0x3f00_0000], 1152921504606846976),
        ("nk", &[float(0.1)], 230584300921369408),
        ("nm", &[float(1.5), float(2.0)], 1152921504608846983),
        ("nl", &[0x3fc0_0000, 0x4000_0000], 1152921504608846983),
        ("?i", &[1, 5], 5),
        ("N", &[], 0xfca8_6420),
    ];
    with_context(|context| {
        let mut rt = Runtime(context);
        for (code, slots, hash) in rows {
            let slots = slots.to_vec();
            let at = slots.as_ptr().expose_provenance() as u64;
            assert_eq!(rt.call("value_hash", &[layout(code), at]) as i64, *hash, "{code}");
        }
        let list = [rt.ints(&[1])];
        let at = list.as_ptr().expose_provenance() as u64;
        assert_eq!(
            rt.attempt("value_hash", &[layout("l"), at]),
            Err(Raised("TypeError".into(), "unhashable type: 'list'".into()))
        );
    });
}

/// SipHash-1-3 of key 0, as CPython gives with PYTHONHASHSEED=0: `hash(b"abc")` and of
/// strings with units of 1, 2 and 4 bytes.
#[test]
fn hashes_of_strings() {
    let rows: [(&str, i64); 5] = [
        ("", 0),
        ("abc", -4594863902769663758),
        ("longer than eight bytes", -7603745458058439113),
        ("h€llo", 8923438597601333813),
        ("\u{10000}x", 5887312659946469898),
    ];
    with_context(|context| {
        let mut rt = Runtime(context);
        for (text, hash) in rows {
            let s = [rt.str(text)];
            let at = s.as_ptr().expose_provenance() as u64;
            for _ in 0..2 {
                assert_eq!(rt.call("value_hash", &[layout("s"), at]) as i64, hash, "{text}");
            }
        }
        let b = [rt.bytes(b"abc")];
        let at = b.as_ptr().expose_provenance() as u64;
        assert_eq!(rt.call("value_hash", &[layout("y"), at]) as i64, rows[1].1);
    });
}
