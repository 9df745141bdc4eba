//! What a floating operation may be turned into beyond its exact result.
//!
//! The flags are those of LLVM's language reference and mean the same. Without flags, as
//! by default, an operation is computed in its format and rounded once. Passes of this
//! IR never use a flag; they keep flags where they copy an operation, and two operations
//! with other flags are not equal. The first tier ignores them.

use crate::opcode::Opcode;

/// A set of flags.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct FastMath(u8);

impl FastMath {
    /// The exact result.
    pub const NONE: FastMath = FastMath(0);

    /// Functions may be approximated.
    pub const AFN: FastMath = FastMath(1 << 5);

    /// Sums and products may be reordered.
    pub const REASSOC: FastMath = FastMath(1 << 6);

    /// Names in order of the bits.
    pub const NAMES: [&'static str; 7] =
        ["nnan", "ninf", "nsz", "arcp", "contract", "afn", "reassoc"];

    /// The flag of a name.
    pub fn from_name(name: &str) -> Option<FastMath> {
        Self::NAMES.iter().position(|&known| known == name).map(|bit| FastMath(1 << bit))
    }

    /// The flags of both.
    #[must_use]
    pub fn with(self, other: FastMath) -> FastMath {
        FastMath(self.0 | other.0)
    }

    /// Whether it has all flags of the other.
    pub fn has(self, other: FastMath) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there is none.
    pub fn is_none(self) -> bool {
        self.0 == 0
    }

    /// Names of the flags that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().enumerate().filter(move |(i, _)| self.0 >> i & 1 == 1).map(|n| n.1)
    }

    /// Those of the flags that an operation can have.
    #[must_use]
    pub fn of(self, op: Opcode) -> FastMath {
        use Opcode::*;
        match op {
            Fadd | Fsub | Fmul | Fdiv | Fneg | Fsqrt | Fcmp => self,
            _ => FastMath::NONE,
        }
    }
}
