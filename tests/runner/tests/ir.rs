//! All `.cir` files of the tree.

use cumbia_test_runner::cir::check_all;

#[test]
fn ir_files() {
    let (count, failures) = check_all("tests/ir");
    assert!(count > 0, "there are no IR files");
    assert!(
        failures.is_empty(),
        "{} of {count} files fail\n\n{}",
        failures.len(),
        failures.join("\n\n")
    );
}
