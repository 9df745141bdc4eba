//! Loops as the front end writes them must lose all their checks.
//!
//! Each shape is IR as lowered from the Python in its comment. What is asserted is
//! the promise, not a text: after the pipeline no check is left inside a loop.

use cumbia_ir::analysis::{Cfg, DominatorTree, LoopForest};
use cumbia_ir::{Function, Module, Opcode, parse_module};
use cumbia_opt::{OptOptions, optimize};

fn optimized(text: &str) -> Module {
    let mut module = parse_module(text).unwrap_or_else(|e| panic!("{e}\n{text}"));
    let mut options = OptOptions { verify_each: true, ..OptOptions::default() };
    optimize(&mut module, &mut options).unwrap_or_else(|e| panic!("{e}"));
    module
}

fn checks_in_loops(func: &Function) -> Vec<&'static str> {
    let cfg = Cfg::new(func);
    let domtree = DominatorTree::new(func, &cfg);
    let forest = LoopForest::new(func, &cfg, &domtree);
    let mut found = Vec::new();
    for &block in cfg.rpo().iter().filter(|&&block| forest.loop_of(block).is_some()) {
        for &inst in &func.block(block).insts {
            let op = func.inst(inst).op;
            use Opcode::*;
            if matches!(op, Index | Bound | SaddChk | SsubChk | SmulChk | Guard) {
                found.push(op.name());
            }
        }
    }
    found
}

fn assert_clean(text: &str) {
    let module = optimized(text);
    for func in &module.functions {
        let left = checks_in_loops(func);
        assert!(left.is_empty(), "left: {left:?}\n{}", func.display(&module));
    }
}

/// A loop over `range(start, stop)` with step 1, as lowered: the body is given `v90`,
/// the item.
fn range_loop(setup: &str, start: &str, stop: &str, body: &str) -> String {
    format!(
        "func @f(ptr, i64, i64) -> (f64) {{
block0(v0: ptr, v1: i64, v2: i64):
    v60 = iconst.i64 0
    v61 = iconst.i64 1
    v62 = smax.i64 v1, v60
{setup}
    v80 = ssub_chk.i64 {stop}, {start}
    v81 = smax.i64 v80, v60
    v82 = fconst.f64 0.0
    jump block1(v60, v82)
block1(v83: i64, v84: f64):
    v85 = icmp.i64.slt v83, v81
    br v85, block2, block3
block2:
    v90 = iadd.i64 {start}, v83
{body}
    jump block4
block4:
    poll
    v98 = iadd.i64 v83, v61
    jump block1(v98, v97)
block3:
    return v84
}}
"
    )
}

const SUM_OF_V91: &str = "
    v92 = iconst.i64 8
    v93 = imul.i64 v91, v92
    v94 = ptr_add v0, v93
    v95 = load.f64 v94 !data
    v97 = fadd.f64 v84, v95";

#[test]
fn sum_over_all() {
    // for i in range(n): s += a[i], of a length known not to be negative, and of one
    // of which nothing is known
    assert_clean(&range_loop(
        "",
        "v60",
        "v62",
        &format!("    v91 = index v90, v62 axis 0{SUM_OF_V91}"),
    ));
    assert_clean(&range_loop(
        "",
        "v60",
        "v1",
        &format!("    v91 = index v90, v1 axis 0{SUM_OF_V91}"),
    ));
}

#[test]
fn neighbours() {
    // for i in range(1, n - 1): ... a[i - 1], a[i], a[i + 1]
    let setup = "    v70 = ssub_chk.i64 v62, v61";
    let body = format!(
        "    v30 = sadd_chk.i64 v90, v61
    v31 = index v30, v62 axis 0
    v32 = ssub_chk.i64 v90, v61
    v33 = index v32, v62 axis 0
    v34 = iadd.i64 v31, v33
    v35 = index v90, v62 axis 0
    v36 = iadd.i64 v34, v35
    v91 = iadd.i64 v36, v36{SUM_OF_V91}"
    );
    assert_clean(&range_loop(setup, "v61", "v70", &body));
    assert_clean(&range_loop(
        &setup.replace("v62", "v1"),
        "v61",
        "v70",
        &body.replace("v62", "v1"),
    ));
}

#[test]
fn from_unknown_start_under_a_test() {
    // for i in range(k, n): if i >= 0: s += a[i]   (k may be anything)
    let body = format!(
        "    v20 = smax.i64 v90, v60
    v91 = index v20, v62 axis 0{SUM_OF_V91}"
    );
    let module = optimized(&range_loop("", "v2", "v62", &body));
    // smax(i, 0) < n follows from i < n and 0 < n, and the latter from the loop's being
    // entered only when k < n is not enough: a check against the top may stay.
    assert!(checks_in_loops(&module.functions[0]).len() <= 1);
}

#[test]
fn half() {
    // for i in range(len(a) // 2): a[i], a[n - 1 - i]
    let setup = "    v69 = iconst.i64 2
    v70 = sfloordiv.i64 v62, v69";
    let body = format!(
        "    v30 = ssub_chk.i64 v62, v61
    v31 = ssub_chk.i64 v30, v90
    v32 = index v31, v62 axis 0
    v33 = index v90, v62 axis 0
    v91 = iadd.i64 v33, v32{SUM_OF_V91}"
    );
    assert_clean(&range_loop(setup, "v60", "v70", &body));
    assert_clean(&range_loop(
        &setup.replace("v62", "v1"),
        "v60",
        "v70",
        &body.replace("v62", "v1"),
    ));
}

#[test]
fn while_loop() {
    // i = 0; while i < n: s += a[i]; i += 1
    assert_clean(&format!(
        "func @f(ptr, i64) -> (f64) {{
block0(v0: ptr, v1: i64):
    v60 = iconst.i64 0
    v61 = iconst.i64 1
    v82 = fconst.f64 0.0
    jump block1(v60, v82)
block1(v83: i64, v84: f64):
    v85 = icmp.i64.slt v83, v1
    br v85, block2, block3
block2:
    v91 = index v83, v1 axis 0{SUM_OF_V91}
    v98 = sadd_chk.i64 v83, v61
    jump block4
block4:
    poll
    jump block1(v98, v97)
block3:
    return v84
}}
"
    ));
}

#[test]
fn binary_search() {
    // while lo < hi: mid = (lo + hi) // 2; if a[mid] < x: lo = mid + 1 else: hi = mid
    let module = optimized(
        "func @f(ptr, i64, f64) -> (i64) {
block0(v0: ptr, v1: i64, v2: f64):
    v3 = iconst.i64 0
    v4 = smax.i64 v1, v3
    jump block1(v3, v4)
block1(v5: i64, v6: i64):
    v7 = icmp.i64.slt v5, v6
    br v7, block2, block6
block2:
    v8 = sadd_chk.i64 v5, v6
    v9 = iconst.i64 2
    v10 = sfloordiv.i64 v8, v9
    v11 = index v10, v4 axis 0
    v12 = iconst.i64 8
    v13 = imul.i64 v11, v12
    v14 = ptr_add v0, v13
    v15 = load.f64 v14 !data
    v16 = fcmp.f64.lt v15, v2
    br v16, block3, block4
block3:
    v17 = iconst.i64 1
    v18 = sadd_chk.i64 v10, v17
    jump block5(v18, v6)
block4:
    jump block5(v5, v10)
block5(v19: i64, v20: i64):
    poll
    jump block1(v19, v20)
block6:
    return v5
}
",
    );
    // lo + hi may really overflow for all that the types say; the rest must go.
    assert_eq!(checks_in_loops(&module.functions[0]), ["sadd_chk"], "{module}");
}

#[test]
fn backwards() {
    // for i in range(n - 1, -1, -1): count = n - 1 - (-1), item = n - 1 - pos
    assert_clean(&format!(
        "func @f(ptr, i64) -> (f64) {{
block0(v0: ptr, v1: i64):
    v60 = iconst.i64 0
    v61 = iconst.i64 1
    v62 = smax.i64 v1, v60
    v63 = iconst.i64 -1
    v64 = ssub_chk.i64 v62, v61
    v80 = isub.i64 v64, v63
    v81 = smax.i64 v80, v60
    v82 = fconst.f64 0.0
    jump block1(v60, v82)
block1(v83: i64, v84: f64):
    v85 = icmp.i64.slt v83, v81
    br v85, block2, block3
block2:
    v88 = imul.i64 v83, v63
    v90 = iadd.i64 v64, v88
    v91 = index v90, v62 axis 0{SUM_OF_V91}
    jump block4
block4:
    poll
    v98 = iadd.i64 v83, v61
    jump block1(v98, v97)
block3:
    return v84
}}
"
    ));
}

/// A loop over `range(start, stop, step)` with a constant step, as lowered.
fn stepped_loop(setup: &str, start: &str, stop: &str, step: i64, body: &str) -> String {
    let distance = match step > 0 {
        true => format!("ssub_chk.i64 {stop}, {start}"),
        false => format!("ssub_chk.i64 {start}, {stop}"),
    };
    let size = step.abs();
    format!(
        "func @f(ptr, i64, i64) -> (f64) {{
block0(v0: ptr, v1: i64, v2: i64):
    v60 = iconst.i64 0
    v61 = iconst.i64 1
    v63 = iconst.i64 {step}
    v64 = iconst.i64 {size}
{setup}
    v80 = {distance}
    v70 = icmp.i64.sgt v80, v60
    v71 = isub.i64 v80, v61
    v72 = udiv.i64 v71, v64
    v73 = iadd.i64 v72, v61
    v81 = select.i64 v70, v73, v60
    v82 = fconst.f64 0.0
    jump block1(v60, v82)
block1(v83: i64, v84: f64):
    v85 = icmp.i64.slt v83, v81
    br v85, block2, block3
block2:
    v88 = imul.i64 v83, v63
    v90 = iadd.i64 {start}, v88
{body}
    jump block4
block4:
    poll
    v98 = iadd.i64 v83, v61
    jump block1(v98, v97)
block3:
    return v84
}}
"
    )
}

#[test]
fn constant_steps() {
    // for i in range(0, n, step): s += a[i]   (nothing is known of n)
    for step in [2, 3, 4, 7] {
        let body = format!("    v91 = index v90, v1 axis 0{SUM_OF_V91}");
        assert_clean(&stepped_loop("", "v60", "v1", step, &body));
    }
    // for i in range(n - 1, -1, step): s += a[i]
    for step in [-2, -3, -8] {
        let setup = "    v50 = ssub_chk.i64 v1, v61
    v51 = iconst.i64 -1";
        let body = format!("    v91 = index v90, v1 axis 0{SUM_OF_V91}");
        assert_clean(&stepped_loop(setup, "v50", "v51", step, &body));
    }
}

#[test]
fn a_step_past_the_end() {
    // for i in range(0, n, 2): s += a[i + 1]
    let body = format!(
        "    v20 = sadd_chk.i64 v90, v61
    v91 = index v20, v1 axis 0{SUM_OF_V91}"
    );
    let module = optimized(&stepped_loop("", "v60", "v1", 2, &body));
    assert_eq!(checks_in_loops(&module.functions[0]), ["bound"]);
}

#[test]
fn start_chosen_by_comparison() {
    // for i in range(k, n) under `if k >= 0`, the count chosen by a select
    assert_clean(&format!(
        "func @f(ptr, i64, i64) -> (f64) {{
block0(v0: ptr, v1: i64, v2: i64):
    v60 = iconst.i64 0
    v61 = iconst.i64 1
    v82 = fconst.f64 0.0
    v70 = icmp.i64.slt v2, v60
    br v70, block3(v82), block5
block5:
    v71 = isub.i64 v1, v2
    v72 = icmp.i64.slt v2, v1
    v81 = select.i64 v72, v71, v60
    jump block1(v60, v82)
block1(v83: i64, v84: f64):
    v85 = icmp.i64.slt v83, v81
    br v85, block2, block3(v84)
block2:
    v90 = iadd.i64 v2, v83
    v91 = index v90, v1 axis 0{SUM_OF_V91}
    jump block4
block4:
    poll
    v98 = iadd.i64 v83, v61
    jump block1(v98, v97)
block3(v99: f64):
    return v99
}}
"
    ));
}

#[test]
fn nested_and_triangular() {
    // for i in range(h): for j in range(i + 1, w): out[i, j] = a[i, j] * 2, h = w
    assert_clean(
        "func @f(ptr, ptr, i64) -> () {
block0(v0: ptr, v1: ptr, v2: i64):
    v3 = iconst.i64 0
    v4 = iconst.i64 1
    v5 = iconst.i64 8
    v6 = smax.i64 v2, v3
    v7 = imul.i64 v6, v5
    jump block1(v3)
block1(v10: i64):
    v11 = icmp.i64.slt v10, v6
    br v11, block2, block9
block2:
    v12 = sadd_chk.i64 v10, v4
    v13 = ssub_chk.i64 v6, v12
    v14 = smax.i64 v13, v3
    jump block3(v3)
block3(v15: i64):
    v16 = icmp.i64.slt v15, v14
    br v16, block4, block6
block4:
    v17 = iadd.i64 v12, v15
    v18 = index v10, v6 axis 0
    v19 = index v17, v6 axis 1
    v20 = imul.i64 v18, v7
    v21 = imul.i64 v19, v5
    v22 = ptr_add v0, v20
    v23 = ptr_add v22, v21
    v24 = load.f64 v23 !data
    v25 = fadd.f64 v24, v24
    v26 = index v10, v6 axis 0
    v27 = index v17, v6 axis 1
    v28 = imul.i64 v26, v7
    v29 = imul.i64 v27, v5
    v30 = ptr_add v1, v28
    v31 = ptr_add v30, v29
    store.f64 v25, v31 !data
    jump block5
block5:
    poll
    v32 = iadd.i64 v15, v4
    jump block3(v32)
block6:
    jump block7
block7:
    poll
    v33 = iadd.i64 v10, v4
    jump block1(v33)
block9:
    return
}
",
    );
}

#[test]
fn a_check_that_can_fail_stays() {
    // for i in range(n + 1): s += a[i]
    let setup = "    v70 = sadd_chk.i64 v62, v61";
    let body = format!("    v91 = index v90, v62 axis 0{SUM_OF_V91}");
    let module = optimized(&range_loop(setup, "v60", "v70", &body));
    assert_eq!(checks_in_loops(&module.functions[0]), ["bound"]);
}

#[test]
fn a_wrapping_item_is_not_trusted() {
    // item = start + pos with an unrelated count: it may wrap below zero.
    let setup = "    v70 = iadd.i64 v2, v60";
    let body = format!(
        "    v20 = iadd.i64 v90, v70
    v91 = index v20, v62 axis 0{SUM_OF_V91}"
    );
    let module = optimized(&range_loop(setup, "v60", "v62", &body));
    assert_eq!(checks_in_loops(&module.functions[0]), ["index"]);
}
