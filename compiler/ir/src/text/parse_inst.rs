//! Parser of one instruction: results, opcode with its suffixes, operands by shape.

use super::lex::Token;
use super::number::parse_float;
use super::parse::{Parsed, Parser, Use, at};
use crate::entities::{Block, DataId, ExternId, FuncId, Inst, StorageId, Value};
use crate::fast::FastMath;
use crate::function::{Function, Imm, InstData, Loc, RaiseSpec, Region, Target, ValueList};
use crate::opcode::{FloatCond, GRID_QUERIES, IntCond, NATIVES, Opcode, Shape, TypeSet};
use crate::types::Type;
use smallvec::SmallVec;

impl Parser {
    /// An instruction up to the end of its line.
    pub(super) fn inst(&mut self, func: &mut Function) -> Parsed<Inst> {
        let results = self.result_names()?;
        let (op, ty, imm) = self.head()?;
        let mut data = InstData {
            op,
            ty,
            args: ValueList::new(),
            imm,
            targets: SmallVec::new(),
            results: SmallVec::new(),
            loc: Loc::default(),
            fast: FastMath::NONE,
        };
        let op_error = self.error_before(String::new());
        let types = self.operands(&mut data)?;
        if types.len() != results.len() {
            let (gives, named) = (types.len(), results.len());
            let message = format!("`{}` gives {gives} results, {named} are named", op.name());
            return Err(super::ParseError { message, ..op_error });
        }
        if matches!(self.peek(), Token::Word(word) if word == "fast") {
            self.skip();
            loop {
                let name = self.word()?;
                let Some(flag) = FastMath::from_name(&name) else {
                    return Err(self.error_before(format!("unknown flag `{name}`")));
                };
                data.fast = data.fast.with(flag);
                if !self.eat(',') {
                    break;
                }
            }
        }
        if let &Token::Loc(loc) = self.peek() {
            data.loc = loc;
            self.skip();
        }
        let inst = func.make_inst(data, &types);
        self.define_results(func, inst, &results)?;
        Ok(inst)
    }

    /// `v1, v2 =`, if there.
    fn result_names(&mut self) -> Parsed<Vec<Use>> {
        let mut names = Vec::new();
        if !matches!(self.peek(), Token::Word(w) if is_value(w)) {
            return Ok(names);
        }
        loop {
            names.push(self.numbered_use("v")?);
            if !self.eat(',') {
                break;
            }
        }
        self.expect('=')?;
        Ok(names)
    }

    /// Opcode, controlling type and condition.
    fn head(&mut self) -> Parsed<(Opcode, Option<Type>, Imm)> {
        let word = self.word()?;
        let mut parts = word.split('.');
        let name = parts.next().unwrap_or_default();
        let Some(op) = Opcode::from_name(name) else {
            return Err(self.error_before(format!("unknown operation `{name}`")));
        };
        let ty = match op.types() {
            TypeSet::None => None,
            _ => match parts.next().map(Type::from_name) {
                Some(Some(ty)) => Some(ty),
                Some(None) => return Err(self.error_before(format!("unknown type in `{word}`"))),
                None => return Err(self.error_before(format!("`{name}` needs a type"))),
            },
        };
        let imm = match op.shape() {
            Shape::IntCompare => parts.next().and_then(IntCond::from_name).map(Imm::IntCond),
            Shape::FloatCompare => parts.next().and_then(FloatCond::from_name).map(Imm::FloatCond),
            _ => Some(Imm::None),
        };
        let Some(imm) = imm else {
            return Err(self.error_before(format!("`{name}` needs a condition")));
        };
        if parts.next().is_some() {
            return Err(self.error_before(format!("`{word}` has a suffix too many")));
        }
        Ok((op, ty, imm))
    }

    /// Operands, immediate and targets; gives the result types.
    fn operands(&mut self, data: &mut InstData) -> Parsed<Vec<Type>> {
        // Shapes with a result of the controlling type always have one here.
        let own: Vec<Type> = data.ty.into_iter().collect();
        match data.op.shape() {
            Shape::IntConst => {
                data.imm = Imm::Int(self.integer(own[0])?);
                Ok(own)
            }
            Shape::FloatConst => {
                data.imm = Imm::Float(self.float(own[0])?);
                Ok(own)
            }
            Shape::Unary | Shape::Convert => self.args(data, 1).map(|()| own),
            Shape::Binary => self.args(data, 2).map(|()| own),
            Shape::Ternary | Shape::Select => self.args(data, 3).map(|()| own),
            Shape::Quaternary => self.args(data, 4).map(|()| own),
            Shape::Nullary => Ok(own),
            Shape::UnaryEffect => self.args(data, 1).map(|()| Vec::new()),
            Shape::Query => {
                let name = self.word()?;
                match GRID_QUERIES.iter().position(|&query| query == name) {
                    Some(what) => data.imm = Imm::Int(what as i64),
                    None => return Err(self.error_before(format!("unknown query `{name}`"))),
                }
                Ok(own)
            }
            Shape::Native => {
                let name = self.word()?;
                match NATIVES.iter().position(|&(known, _)| known == name) {
                    Some(what) => {
                        data.imm = Imm::Int(what as i64);
                        self.args(data, NATIVES[what].1 + 1).map(|()| own)
                    }
                    None => Err(self.error_before(format!("devices have no `{name}`"))),
                }
            }
            Shape::StorageAddr => {
                let name = self.global()?;
                match self.module.storage.iter().position(|s| s.name == name) {
                    Some(index) => data.imm = Imm::Storage(StorageId::new(index)),
                    None => return Err(self.error_before(format!("there is no storage @{name}"))),
                }
                Ok(vec![Type::Ptr])
            }
            Shape::IntCompare | Shape::FloatCompare => {
                self.args(data, 2).map(|()| vec![Type::Bool])
            }
            Shape::DataAddr => {
                let name = self.global()?;
                match self.module.data.iter().position(|d| d.name == name) {
                    Some(index) => data.imm = Imm::Data(DataId::new(index)),
                    None => return Err(self.error_before(format!("there is no data @{name}"))),
                }
                Ok(vec![Type::Ptr])
            }
            Shape::FuncAddr => {
                let name = self.global()?;
                match self.module.find_function(&name) {
                    Some(id) => data.imm = Imm::Func(FuncId::new(id.index())),
                    None => return Err(self.error_before(format!("@{name} is not defined"))),
                }
                Ok(vec![Type::Ptr])
            }
            Shape::PtrAdd => self.args(data, 2).map(|()| vec![Type::Ptr]),
            Shape::Load => {
                self.args(data, 1)?;
                self.memory(data)?;
                Ok(own)
            }
            Shape::Store => {
                self.args(data, 2)?;
                self.memory(data)?;
                Ok(Vec::new())
            }
            Shape::Atomic | Shape::AtomicSwap => {
                self.args(data, if data.op.shape() == Shape::Atomic { 2 } else { 3 })?;
                self.memory(data)?;
                Ok(own)
            }
            Shape::PtrEffect => self.args(data, 1).map(|()| Vec::new()),
            Shape::Index => {
                self.args(data, 2)?;
                if !self.eat_word("axis") {
                    return Err(self.error("expected `axis` and a number".into()));
                }
                data.imm = Imm::Axis(self.small_number()?);
                Ok(vec![Type::I64])
            }
            Shape::Guard => {
                self.args(data, 1)?;
                self.expect(',')?;
                self.raise(data)?;
                Ok(Vec::new())
            }
            Shape::Raise | Shape::SetRaise => self.raise(data).map(|()| Vec::new()),
            Shape::Rethrow => self.args(data, 1).map(|()| Vec::new()),
            Shape::TryEffect => Ok(vec![Type::I32]),
            Shape::OsrPoll => {
                data.imm = Imm::Int(i64::from(self.small_number()?));
                self.arguments(&mut data.args)?;
                Ok(Vec::new())
            }
            Shape::TryCall | Shape::TryExternCall => {
                let mut results = match data.op.shape() {
                    Shape::TryCall => self.call(data)?,
                    _ => self.extern_call(data)?,
                };
                results.push(Type::I32);
                Ok(results)
            }
            Shape::Effect => Ok(Vec::new()),
            Shape::Call => self.call(data),
            Shape::ExternCall => self.extern_call(data),
            Shape::Jump => self.target(data).map(|()| Vec::new()),
            Shape::Branch => {
                self.args(data, 1)?;
                for _ in 0..2 {
                    self.expect(',')?;
                    self.target(data)?;
                }
                Ok(Vec::new())
            }
            Shape::Return => {
                if !matches!(self.peek(), Token::Newline | Token::Loc(..)) {
                    self.arg(&mut data.args)?;
                    while self.eat(',') {
                        self.arg(&mut data.args)?;
                    }
                }
                Ok(Vec::new())
            }
        }
    }

    fn arg(&mut self, args: &mut ValueList) -> Parsed<()> {
        let name = self.numbered_use("v")?;
        args.push(Value(name.number));
        self.names.value_uses.push(name);
        Ok(())
    }

    fn args(&mut self, data: &mut InstData, count: usize) -> Parsed<()> {
        for i in 0..count {
            if i > 0 {
                self.expect(',')?;
            }
            self.arg(&mut data.args)?;
        }
        Ok(())
    }

    /// `(v1, v2)`
    fn arguments(&mut self, args: &mut ValueList) -> Parsed<()> {
        self.expect('(')?;
        while !self.eat(')') {
            self.arg(args)?;
            if !self.eat(',') && self.peek() != &Token::Punct(')') {
                return Err(self.error("expected `,` or `)`".into()));
            }
        }
        Ok(())
    }

    fn optional_arguments(&mut self, args: &mut ValueList) -> Parsed<()> {
        if self.peek() == &Token::Punct('(') { self.arguments(args) } else { Ok(()) }
    }

    fn target(&mut self, data: &mut InstData) -> Parsed<()> {
        let name = self.numbered_use("block")?;
        let mut target = Target::new(Block(name.number));
        self.names.block_uses.push(name);
        self.optional_arguments(&mut target.args)?;
        data.targets.push(target);
        Ok(())
    }

    /// `Class "message"(v1, v2)`
    fn raise(&mut self, data: &mut InstData) -> Parsed<()> {
        let class = self.word()?;
        let Token::Str(message) = self.peek().clone() else {
            return Err(self.error("expected a message in quotes".into()));
        };
        self.skip();
        data.imm = Imm::Raise(Box::new(RaiseSpec { class, message }));
        self.optional_arguments(&mut data.args)
    }

    fn call(&mut self, data: &mut InstData) -> Parsed<Vec<Type>> {
        let name = self.global()?;
        let Some(id) = self.module.find_function(&name) else {
            return Err(self.error_before(format!("@{name} is not defined")));
        };
        data.imm = Imm::Func(FuncId::new(id.index()));
        self.arguments(&mut data.args)?;
        Ok(self.module.function(id).results.clone())
    }

    fn extern_call(&mut self, data: &mut InstData) -> Parsed<Vec<Type>> {
        let name = self.global()?;
        let Some(index) = self.module.externs.iter().position(|e| e.name == name) else {
            return Err(self.error_before(format!("@{name} is not declared")));
        };
        data.imm = Imm::Extern(ExternId::new(index));
        self.arguments(&mut data.args)?;
        Ok(self.module.externs[index].result.into_iter().collect())
    }

    /// `+8 !data`
    fn memory(&mut self, data: &mut InstData) -> Parsed<()> {
        let negative = self.peek() == &Token::Punct('-');
        let mut offset = 0;
        if self.eat('+') || self.eat('-') {
            let place = self.error("expected an offset that fits in 32 bits".into());
            let digits = self.digits().and_then(|t| t.parse::<i64>().ok());
            let value = digits.map(|d| if negative { -d } else { d });
            offset = value.and_then(|v| i32::try_from(v).ok()).ok_or(place)?;
        }
        let region = match self.peek() {
            Token::Region(name) => Region::ALL.into_iter().find(|r| r.name() == name.as_str()),
            _ => None,
        };
        let Some(region) = region else {
            let names: Vec<_> = Region::ALL.iter().map(|r| format!("`!{}`", r.name())).collect();
            return Err(self.error(format!("expected a region: {}", names.join(", "))));
        };
        self.skip();
        data.imm = Imm::Mem { offset, region };
        Ok(())
    }

    pub fn small_number(&mut self) -> Parsed<u32> {
        let place = self.error("expected a number".into());
        self.digits().and_then(|t| t.parse().ok()).ok_or(place)
    }

    /// An integer: decimal within the signed range, or hexadecimal bits, of the type.
    fn integer(&mut self, ty: Type) -> Parsed<i64> {
        let place = self.numeric_place();
        let negative = self.eat('-');
        let text = self.digits().unwrap_or_default();
        let magnitude = match text.strip_prefix("0x") {
            Some(hex) => u64::from_str_radix(hex, 16).ok().map(|v| sign_extend(ty, v)),
            None => text.parse::<i128>().ok(),
        };
        let value = magnitude.map(|v| if negative { -v } else { v });
        let (min, max) = signed_range(ty);
        value
            .filter(|v| (min..=max).contains(v))
            .map(|v| v as i64)
            .ok_or_else(|| at(&place, format!("expected an integer of type {ty}")))
    }

    fn float(&mut self, ty: Type) -> Parsed<u64> {
        let place = self.numeric_place();
        let mut text = String::new();
        if self.eat('-') {
            text.push('-');
        }
        if let Token::Word(word) = self.peek() {
            text += &word.clone();
            self.skip();
            if self.eat(':') {
                text.push(':');
                text += &self.digits().unwrap_or_default();
            }
        } else {
            text += &self.digits().unwrap_or_default();
        }
        parse_float(ty, &text).ok_or_else(|| at(&place, format!("expected a number of type {ty}")))
    }

    fn numeric_place(&self) -> Use {
        let place = self.error(String::new());
        Use { number: 0, line: place.line, column: place.column }
    }
}

fn is_value(word: &str) -> bool {
    word.strip_prefix('v').is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_digit()))
}

fn signed_range(ty: Type) -> (i128, i128) {
    match ty {
        Type::Bool => (0, 1),
        ty => (-(1 << (ty.bits() - 1)), (1 << (ty.bits() - 1)) - 1),
    }
}

/// Bits of the type's width as the signed number that stands for them.
fn sign_extend(ty: Type, bits: u64) -> i128 {
    let (_, max) = signed_range(ty);
    let value = i128::from(bits);
    if ty != Type::Bool && value > max { value - (1 << ty.bits()) } else { value }
}
