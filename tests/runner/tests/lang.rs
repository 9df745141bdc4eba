//! The Markdown tests of types and refusals: `tests/lang/**/*.md`.

use cumbia_test_runner::{files, lang, root};
use std::thread;

#[test]
fn the_language_is_as_described() {
    let files = files(&root().join("tests/lang"), "md");
    assert!(files.len() > 5, "where are the tests?");
    // As much stack as the compiler is given by a dispatcher.
    let check = || files.iter().flat_map(|file| lang::check_file(file)).collect();
    let problems: Vec<String> = thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(4 << 20).spawn_scoped(scope, check);
        thread.expect("a thread").join().expect("no panic")
    });
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
