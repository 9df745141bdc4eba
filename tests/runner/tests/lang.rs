//! The Markdown tests of types and refusals: `tests/lang/**/*.md`.

use cumbia_test_runner::{files, lang, root};

#[test]
fn the_language_is_as_described() {
    let files = files(&root().join("tests/lang"), "md");
    assert!(files.len() > 5, "where are the tests?");
    let problems: Vec<String> = files.iter().flat_map(|file| lang::check_file(file)).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}
