//! Run tests apply to every backend that the driver can compile for.

#[test]
fn every_target_is_tested() {
    let tested: Vec<&str> =
        cumbia_test_runner::targets::targets().iter().map(|t| t.name()).collect();
    let known = cumbia_driver::targets().iter().filter(|t| t.backend().is_ok());
    let known: Vec<&str> = known.map(|t| t.name).collect();
    assert_eq!(tested, known);
}
