//! Damaged text: the parser says what is wrong or gives a module, which the verifier
//! looks at and the printer prints; nothing panics, and what verifies prints stably.

use cumbia_ir::{Stage, parse_module, verify_module};
use cumbia_test_runner::{files, fuzz::Rng, root};

/// Replaces, removes, repeats or exchanges a word or two of a text.
fn damaged(rng: &mut Rng, text: &str) -> String {
    let mut words: Vec<&str> = text.split_inclusive(|c: char| !c.is_alphanumeric()).collect();
    for _ in 0..1 + rng.below(3) {
        let at = rng.below(words.len());
        let other = words[rng.below(words.len())];
        match rng.below(4) {
            0 => words[at] = other,
            1 => words[at] = "",
            2 => words.insert(at, other),
            _ => {
                words[at] = rng.pick(&[
                    "99999999999999999999",
                    "v",
                    "block0",
                    "\"",
                    "é",
                    "@",
                    "-",
                    "0x",
                    "{",
                    "}\n",
                ])
            }
        }
    }
    words.concat()
}

#[test]
fn nothing_panics() {
    let mut rng = Rng::new(0);
    let (mut parsed, mut verified) = (0, 0);
    for path in files(&root().join("tests/ir"), "cir") {
        let text = std::fs::read_to_string(path).expect("a readable file");
        // Without comments, so that damage hits code.
        let code: String = text
            .lines()
            .filter(|l| !l.starts_with(';'))
            .take(60)
            .map(|l| format!("{l}\n"))
            .collect();
        for _ in 0..200 {
            let Ok(module) = parse_module(&damaged(&mut rng, &code)) else { continue };
            parsed += 1;
            let printed = module.to_string();
            let again = parse_module(&printed).expect("printed text parses");
            assert_eq!(again.to_string(), printed);
            verified += usize::from(verify_module(&module, Stage::Draft).is_ok());
        }
    }
    // Neither trivial: some damage is seen by the parser, some by the verifier.
    assert!(parsed > verified && verified > 0, "{parsed} parsed, {verified} verified");
}
