//! What identifies a specialization: the types of the arguments.
//!
//! Types are compared structurally; their canonical spelling is what reports and,
//! later, the cache's content hash are made from. Values of globals are no part of
//! the key: they are guards of the boundary.

use cumbia_frontend::types::Ty;
use std::fmt;
use std::sync::Arc;

/// The argument types of one specialization.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct SpecializationKey(Arc<[Ty]>);

impl SpecializationKey {
    /// The key of a list of argument types.
    pub fn new(args: &[Ty]) -> SpecializationKey {
        SpecializationKey(args.into())
    }

    /// The argument types.
    pub fn args(&self) -> &[Ty] {
        &self.0
    }

    /// A digest of the canonical spelling: the same in every process.
    pub fn digest(&self) -> [u8; 32] {
        *blake3::hash(self.to_string().as_bytes()).as_bytes()
    }
}

impl fmt::Display for SpecializationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(")?;
        for (i, ty) in self.0.iter().enumerate() {
            write!(f, "{}{ty}", if i == 0 { "" } else { ", " })?;
        }
        f.write_str(")")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_and_digest_follow_the_types() {
        let one = SpecializationKey::new(&[Ty::Int, Ty::tuple([Ty::Float, Ty::None])]);
        let two = SpecializationKey::new(&[Ty::Int, Ty::tuple([Ty::Float, Ty::Bool])]);
        assert_eq!(one.to_string(), "(pyint, tuple(pyfloat, None))");
        assert_eq!(one, SpecializationKey::new(one.args()));
        assert_ne!(one.digest(), two.digest());
    }
}
