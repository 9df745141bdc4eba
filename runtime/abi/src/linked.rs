//! Functions of other code in kernels: how the IR names them.
//!
//! To the IR such a function is one of the runtime whose name says what a backend needs to call
//! it:
//!
//! ```text
//! linked.e1f09.fff.mul_f32_f32
//! ```
//!
//! a key by which its declaration is found, a letter for the result and for each parameter, and
//! its symbol. Only code for devices calls it: in the emulation something else stands for it.

/// What names of such functions begin with.
const PREFIX: &str = "linked.";

/// Whether code is emulated: a truth value that is known when the code is made.
pub const IS_EMULATED: &str = "is_emulated";

/// What the keys of functions begin with for which another one stands in the emulation.
pub const STOOD_FOR: char = 'e';

/// A function of other code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Linked<'a> {
    /// By which its declaration is found.
    pub key: &'a str,
    /// The result and each parameter: `i` and `l` for integers of 32 and 64 bits, `f` and `d`
    /// for floats, `p` for an address, `v` for no result.
    pub types: &'a str,
    /// Its symbol.
    pub symbol: &'a str,
}

impl<'a> Linked<'a> {
    /// What a name says; `None` for those of runtime functions.
    pub fn of(name: &'a str) -> Option<Linked<'a>> {
        let mut parts = name.strip_prefix(PREFIX)?.splitn(3, '.');
        Some(Linked { key: parts.next()?, types: parts.next()?, symbol: parts.next()? })
    }

    /// Its name.
    pub fn name(&self) -> String {
        format!("{PREFIX}{}.{}.{}", self.key, self.types, self.symbol)
    }

    /// Whether another function stands for it in the emulation.
    pub fn is_stood_for(&self) -> bool {
        self.key.starts_with(STOOD_FOR)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_what_they_were_made_of() {
        let linked = Linked { key: "e12", types: "ipl", symbol: "sum.of$1" };
        assert_eq!(Linked::of(&linked.name()), Some(linked));
        assert_eq!(Linked::of("kernel_print"), None);
    }
}
