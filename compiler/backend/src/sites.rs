//! Site numbers: one for each distinct place where an exception starts or passes.
//!
//! Equal sites of a function share a number, and the cold code that sets it. Numbers
//! are a backend's own: two backends may number one module's sites differently.

use cumbia_abi::{AbiType, Site, SiteKind};
use cumbia_ir::{Loc, RaiseSpec, Type};
use rustc_hash::FxHashMap;

/// The growing site table of a module.
#[derive(Default)]
pub struct Sites {
    /// The sites so far; a number is a position here.
    pub table: Vec<Site>,
    calls: FxHashMap<(usize, Loc), u32>,
    raises: FxHashMap<(usize, Loc, RaiseSpec, Vec<Type>), u32>,
}

impl Sites {
    /// The site of a call in function number `function`.
    pub fn call(&mut self, function: usize, name: &str, loc: Loc) -> u32 {
        *self.calls.entry((function, loc)).or_insert_with(|| {
            self.table.push(site_at(name, loc, SiteKind::Call));
            self.table.len() as u32 - 1
        })
    }

    /// The site of a raise with message arguments of the given types.
    pub fn raise(
        &mut self,
        function: usize,
        name: &str,
        loc: Loc,
        spec: RaiseSpec,
        args: &[Type],
    ) -> u32 {
        let key = (function, loc, spec, args.to_vec());
        if let Some(&site) = self.raises.get(&key) {
            return site;
        }
        let kind = SiteKind::Raise {
            class: key.2.class.clone(),
            message: key.2.message.clone(),
            args: args.iter().map(|&ty| message_type(ty)).collect(),
        };
        let site = self.table.len() as u32;
        self.table.push(site_at(name, loc, kind));
        self.raises.insert(key, site);
        site
    }
}

fn site_at(function: &str, loc: Loc, kind: SiteKind) -> Site {
    let Loc { line, col, end_line, end_col } = loc;
    Site { function: function.to_owned(), line, col, end_line, end_col, kind }
}

/// How a message argument is shown; narrow integers are sign-extended.
fn message_type(ty: Type) -> AbiType {
    match ty {
        Type::Bool => AbiType::Bool,
        Type::I8 | Type::I16 | Type::I32 | Type::I64 => AbiType::I64,
        Type::F32 => AbiType::F32,
        Type::F64 => AbiType::F64,
        Type::Ptr => AbiType::Ptr,
    }
}
