//! What a kernel's assembly declares: its name, the bytes of its parameters, shared memory, and
//! most threads. Read from the text, and from nothing that the compiler says of it.

use std::ffi::CString;

/// A kernel's assembly.
pub struct Assembly {
    pub text: CString,
    pub name: String,
    /// Bytes of the parameters, each at a multiple of its size.
    pub parameters: usize,
    /// Where each lies and how many bytes it has.
    pub places: Vec<(usize, usize)>,
    pub shared: u32,
    pub threads: u32,
}

impl Assembly {
    /// Whether a text is the assembly of one kernel.
    pub fn is_whole(text: &str) -> bool {
        Assembly::of(text).is_some()
    }

    /// The functions that other assembly defines; `None` for what is none.
    pub fn functions(code: &[u8]) -> Option<Vec<String>> {
        let text = std::str::from_utf8(code).ok()?;
        text.find(".version")?;
        text.find(".target sm_")?;
        let defined = text.split(".visible .func").skip(1).filter_map(|rest| {
            let rest = rest.trim_start();
            let rest = match rest.strip_prefix('(') {
                Some(result) => result.split_once(')')?.1,
                None => rest,
            };
            Some(rest.trim_start().split(['(', '\n', ' ']).next()?.to_owned())
        });
        Some(defined.collect())
    }

    /// Of a text.
    pub fn of(text: &str) -> Option<Assembly> {
        text.find(".version")?;
        text.find(".target sm_")?;
        let entry = text.split(".visible .entry ").nth(1)?;
        let name: String = entry.chars().take_while(|c| *c != '(').collect();
        let header = &entry[..entry.find('{')?];
        let list = &header[header.find('(')? + 1..header.rfind(')')?];
        let (mut end, mut places) = (0usize, Vec::new());
        for row in list.split(',').filter(|row| row.contains(".param")) {
            let size = size_of(row)?;
            places.push((end.next_multiple_of(size), size));
            end = end.next_multiple_of(size) + size;
        }
        let threads = header.split(".maxntid ").nth(1).map(|rest| {
            let numbers: String =
                rest.chars().take_while(|c| c.is_ascii_digit() || " ,".contains(*c)).collect();
            numbers.split(',').filter_map(|n| n.trim().parse::<u32>().ok()).product()
        });
        let shared = text
            .lines()
            .filter(|line| line.trim_start().starts_with(".shared"))
            .filter_map(|line| line.split('[').nth(1)?.split(']').next()?.parse::<u32>().ok())
            .sum();
        Some(Assembly {
            text: CString::new(text).ok()?,
            name: name.trim().to_owned(),
            parameters: end,
            places,
            shared,
            threads: threads.unwrap_or(1024),
        })
    }
}

/// `.param .u64 .ptr .align 16 name`: the bytes of its type.
fn size_of(row: &str) -> Option<usize> {
    row.split_whitespace().find_map(|word| {
        let bits: usize = word
            .strip_prefix(".u")
            .or_else(|| word.strip_prefix(".s"))
            .or_else(|| word.strip_prefix(".b"))
            .or_else(|| word.strip_prefix(".f"))?
            .parse()
            .ok()?;
        Some(bits / 8)
    })
}
