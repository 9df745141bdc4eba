//! What a file holds: its content, and a digest of that and of the file's name.
//!
//! A file that was damaged, cut, or given another file's name isn't what it says it is. The
//! digest is no signature: who may write into the directory can write what they like, which
//! is why the directory's owner and mode are looked at first.

/// First bytes of every file; the number changes with the format.
const MAGIC: &[u8; 8] = b"cumbiaC1";

/// Bytes before the content.
pub const HEAD: usize = MAGIC.len() + 32;

/// The content of a file with this name, as it is written.
pub fn seal(name: &str, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(HEAD + content.len());
    out.extend_from_slice(MAGIC);
    out.extend_from_slice(digest(name, content).as_bytes());
    out.extend_from_slice(content);
    out
}

/// The content of a file with this name; `None` if it isn't what was written.
pub fn unseal<'b>(name: &str, file: &'b [u8]) -> Option<&'b [u8]> {
    let rest = file.strip_prefix(MAGIC)?;
    let (expected, content) = rest.split_at_checked(32)?;
    (digest(name, content).as_bytes() == expected).then_some(content)
}

fn digest(name: &str, content: &[u8]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(name.len() as u64).to_le_bytes());
    hasher.update(name.as_bytes());
    hasher.update(&(content.len() as u64).to_le_bytes());
    hasher.update(content);
    hasher.finalize()
}

/// A name for what is made of these parts.
pub fn digest_of(parts: &[&[u8]]) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize().to_hex().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_is_unsealed() {
        for content in [&b""[..], b"x", &[7; 5000]] {
            let file = seal("name", content);
            assert_eq!(unseal("name", &file), Some(content));
            assert_eq!(unseal("other", &file), None);
        }
    }

    #[test]
    fn any_damage_is_noticed() {
        let file = seal("name", &(0..200).collect::<Vec<u8>>());
        for end in 0..file.len() {
            assert_eq!(unseal("name", &file[..end]), None, "cut at {end}");
        }
        for at in 0..file.len() {
            for bit in 0..8 {
                let mut damaged = file.clone();
                damaged[at] ^= 1 << bit;
                assert_eq!(unseal("name", &damaged), None, "bit {bit} of byte {at}");
            }
        }
        let mut longer = file.clone();
        longer.push(0);
        assert_eq!(unseal("name", &longer), None);
    }
}
