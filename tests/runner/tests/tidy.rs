//! The sources themselves.

use cumbia_test_runner::tidy::{check_imports, check_sources};

#[test]
fn imports() {
    let wrong = check_imports();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn sources() {
    let wrong = check_sources();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}
