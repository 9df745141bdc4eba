//! The helper table by position, as the reference interpreter uses it.

use cumbia_abi::{AbiType, HELPERS, Owner, STATUS_MEMORY, STATUS_OK, helper_index};
use cumbia_runtime::{call_helper, helper_addresses, live_allocations, with_context};

fn call(context: &mut cumbia_abi::Context, name: &str, args: &[u64]) -> u64 {
    // SAFETY: the tests pass records and ranges of their own.
    unsafe { call_helper(helper_index(name).unwrap(), context, args) }
}

#[test]
fn every_row_has_an_address_of_its_own() {
    let mut addresses = helper_addresses().to_vec();
    assert_eq!(addresses.len(), HELPERS.len());
    addresses.sort_unstable();
    addresses.dedup();
    assert_eq!(addresses.len(), HELPERS.len());
}

/// Numbers in, a number out, no crash: for each pure row.
#[test]
fn pure_functions_take_anything() {
    let floats = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        0.5,
        1e300,
        -1e300,
        f64::INFINITY,
        f64::NEG_INFINITY,
        f64::NAN,
        5e-324,
    ];
    with_context(|context| {
        for helper in HELPERS.iter().filter(|h| h.effects == cumbia_abi::HelperEffects::Pure) {
            for x in floats {
                for y in floats {
                    let slots: Vec<u64> = helper
                        .params
                        .iter()
                        .zip([x, y, x])
                        .map(|(ty, value)| match ty {
                            AbiType::F32 => u64::from((value as f32).to_bits()),
                            AbiType::I64 => value as i64 as u64,
                            _ => value.to_bits(),
                        })
                        .collect();
                    call(context, helper.name, &slots);
                }
            }
        }
        assert_eq!(context.status, STATUS_OK);
    });
}

#[test]
fn values_of_the_c_library() {
    with_context(|context| {
        let mut f = |name: &str, args: &[f64]| {
            let slots: Vec<u64> = args.iter().map(|x| x.to_bits()).collect();
            f64::from_bits(call(context, name, &slots))
        };
        // Rust's own methods call the same library.
        assert_eq!(f("sin_f64", &[0.7]), 0.7f64.sin());
        assert_eq!(f("exp_f64", &[0.7]), 0.7f64.exp());
        assert_eq!(f("atan2_f64", &[1.0, -2.0]), 1.0f64.atan2(-2.0));
        assert_eq!(f("pow_f64", &[2.0, 0.5]), std::f64::consts::SQRT_2);
        assert_eq!(f("hypot_f64", &[3.0, 4.0]), 5.0);
        assert_eq!(f("fmod_f64", &[-7.5, 2.0]), -1.5);
        assert_eq!(f("tgamma_f64", &[5.0]), 24.0);
        assert_eq!(f("lgamma_f64", &[1.0]), 0.0);
        assert_eq!(f("frexp_mantissa_f64", &[8.0]), 0.5);
        assert_eq!(f("nextafter_f64", &[1.0, 2.0]), 1.0 + f64::EPSILON);
        assert_eq!(call(context, "frexp_exponent_f64", &[8.0f64.to_bits()]), 4);
        assert_eq!(call(context, "frexp_exponent_f64", &[f64::INFINITY.to_bits()]), 0);
        for (n, expected) in [(i64::MAX, f64::INFINITY), (i64::MIN, 0.0), (3, 8.0), (-1074, 5e-324)]
        {
            assert_eq!(
                f64::from_bits(call(context, "ldexp_f64", &[1.0f64.to_bits(), n as u64])),
                expected
            );
        }
    });
}

/// One test, since it looks at the process's counters.
#[test]
fn allocations() {
    with_context(|context| {
        let owners: Vec<u64> =
            (0..5u64).map(|i| call(context, "alloc", &[i * 700, i % 2])).collect();
        assert_eq!(live_allocations(), 5);
        for (i, &owner) in owners.iter().enumerate() {
            // SAFETY: a live record of this context.
            let owner = unsafe { &*(owner as usize as *const Owner) };
            assert_eq!((owner.refcount, owner.size), (1, i * 700));
            assert!(!owner.data.is_null());
        }
        // From the middle, the head and the tail of the list.
        for i in [2, 4, 0] {
            call(context, "free_owner", &[owners[i]]);
        }
        assert_eq!(live_allocations(), 2);
        assert_eq!(call(context, "alloc", &[u64::MAX, 0]), 0);
        assert_eq!(context.status, STATUS_MEMORY);
        let mut bytes = *b"abcdef";
        let start = bytes.as_mut_ptr() as u64;
        call(context, "move_bytes", &[start + 1, start, 5]);
        assert_eq!(&bytes, b"aabcde");
    });
    assert_eq!(live_allocations(), 0);
    let unwound = std::panic::catch_unwind(|| {
        with_context(|context| {
            call(context, "alloc", &[10, 0]);
            panic!("on purpose");
        })
    });
    assert!(unwound.is_err());
    assert_eq!(live_allocations(), 0);
}
