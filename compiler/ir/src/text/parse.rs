//! Parser: modules, functions and blocks. `parse_inst` has the instructions.
//!
//! Names of functions may be used before the function: signatures are collected
//! first. Values and blocks may be used before their definition in the text, since
//! layout order isn't dominance order: uses are entered by their numbers in the
//! text and replaced by handles at the end of each function.

use super::lex::{Spanned, Token, tokens};
use crate::entities::{Block, DataId, Inst, Value};
use crate::function::{ArrayParams, Function};
use crate::module::{DataDecl, ExternDecl, ExternEffects, Module, StorageDecl, StorageSpace};
use crate::types::Type;
use rustc_hash::FxHashMap;
use std::fmt;

/// Why a text isn't a module, and where.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParseError {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

impl std::error::Error for ParseError {}

/// Lines that the parts of a function were parsed from.
#[derive(Clone, Default, Debug)]
pub struct FunctionPlaces {
    /// Line of the `func`.
    pub header: u32,
    /// Line of each block's header, by handle.
    pub blocks: Vec<u32>,
    /// Line of each instruction, by handle.
    pub insts: Vec<u32>,
}

/// Lines that a module was parsed from, function by function.
#[derive(Clone, Default, Debug)]
pub struct Places {
    /// In the module's order.
    pub functions: Vec<FunctionPlaces>,
}

/// Parses a module.
///
/// # Errors
///
/// The first thing that isn't the text form.
pub fn parse_module(text: &str) -> Result<Module, ParseError> {
    parse_module_with_places(text).map(|(module, _)| module)
}

/// Parses a module and keeps where everything was.
///
/// # Errors
///
/// The first thing that isn't the text form.
pub fn parse_module_with_places(text: &str) -> Result<(Module, Places), ParseError> {
    let mut parser = Parser::new(tokens(text)?);
    parser.signatures()?;
    parser.at = 0;
    let mut places = Places::default();
    let mut next = 0;
    loop {
        parser.skip_lines();
        if parser.peek() == &Token::End {
            break;
        }
        if ["extern", "data", "storage"].into_iter().any(|word| parser.eat_word(word)) {
            parser.skip_to_line_end();
        } else {
            places.functions.push(parser.function(next)?);
            next += 1;
        }
    }
    Ok((parser.module, places))
}

/// A use whose number is still to be replaced by a handle.
pub(super) struct Use {
    pub number: u32,
    pub line: u32,
    pub column: u32,
}

/// Numbers in the text of one function, and handles.
#[derive(Default)]
pub(super) struct Names {
    values: FxHashMap<u32, Value>,
    blocks: FxHashMap<u32, Block>,
    pub value_uses: Vec<Use>,
    pub block_uses: Vec<Use>,
}

/// State of the parser.
pub(super) struct Parser {
    tokens: Vec<Spanned>,
    at: usize,
    pub module: Module,
    pub names: Names,
}

pub(super) type Parsed<T> = Result<T, ParseError>;

impl Parser {
    fn new(tokens: Vec<Spanned>) -> Parser {
        Parser { tokens, at: 0, module: Module::new(), names: Names::default() }
    }

    /// Declares all externs and functions, bodies left out.
    fn signatures(&mut self) -> Parsed<()> {
        loop {
            self.skip_lines();
            if self.peek() == &Token::End {
                return Ok(());
            }
            if self.eat_word("extern") {
                let place = self.error(String::new());
                let decl = self.extern_decl()?;
                if self.module.externs.iter().any(|e| e.name == decl.name) {
                    let message = format!("@{} is declared twice", decl.name);
                    return Err(ParseError { message, ..place });
                }
                self.module.externs.push(decl);
            } else if self.eat_word("data") {
                let place = self.error(String::new());
                let data = self.data_decl()?;
                if self.module.data.iter().any(|d| d.name == data.name) {
                    let message = format!("@{} is declared twice", data.name);
                    return Err(ParseError { message, ..place });
                }
                self.module.data.push(data);
            } else if self.eat_word("storage") {
                let place = self.error(String::new());
                let storage = self.storage_decl()?;
                if self.module.storage.iter().any(|s| s.name == storage.name) {
                    let message = format!("@{} is declared twice", storage.name);
                    return Err(ParseError { message, ..place });
                }
                self.module.storage.push(storage);
            } else if self.eat_word("func") {
                let place = self.error(String::new());
                let func = self.signature()?;
                if self.module.find_function(&func.name).is_some() {
                    let message = format!("@{} is defined twice", func.name);
                    return Err(ParseError { message, ..place });
                }
                self.module.functions.push(func);
                while !matches!(self.peek(), Token::Punct('}') | Token::End) {
                    self.at += 1;
                }
                self.expect('}')?;
                self.line_end()?;
            } else {
                return Err(self.error("expected `func`, `extern`, `data` or `storage`".into()));
            }
        }
    }

    fn extern_decl(&mut self) -> Parsed<ExternDecl> {
        let name = self.global()?;
        let params = self.types()?;
        let result = if self.eat('>') { Some(self.ty()?) } else { None };
        let effects = match self.word()?.as_str() {
            "pure" => ExternEffects::Pure,
            "effects" => ExternEffects::Effects,
            "raises" => ExternEffects::Raises,
            _ => return Err(self.error_before("expected `pure`, `effects` or `raises`".into())),
        };
        self.line_end()?;
        Ok(ExternDecl { name, params, result, effects })
    }

    /// `@name "hexadecimal digits"`
    fn data_decl(&mut self) -> Parsed<DataDecl> {
        let name = self.global()?;
        let writable = self.eat_word("writable");
        let Token::Str(digits) = self.peek().clone() else {
            return Err(self.error("expected hexadecimal digits in quotes".into()));
        };
        self.skip();
        let byte = |pair: &[u8]| {
            let pair = std::str::from_utf8(pair).ok().filter(|p| p.len() == 2)?;
            u8::from_str_radix(pair, 16).ok()
        };
        let bytes: Option<Vec<u8>> = digits.as_bytes().chunks(2).map(byte).collect();
        let Some(bytes) = bytes else {
            return Err(self.error_before("expected pairs of hexadecimal digits".into()));
        };
        self.line_end()?;
        Ok(DataDecl { name, bytes, writable })
    }

    /// `@name shared 1024 align 4`
    fn storage_decl(&mut self) -> Parsed<StorageDecl> {
        let name = self.global()?;
        let space = match self.word()?.as_str() {
            "shared" => StorageSpace::Shared,
            "local" => StorageSpace::Local,
            _ => return Err(self.error_before("expected `shared` or `local`".into())),
        };
        let bytes = u64::from(self.small_number()?);
        if !self.eat_word("align") {
            return Err(self.error("expected `align` and a number".into()));
        }
        let align = self.small_number()?;
        self.line_end()?;
        Ok(StorageDecl { name, space, bytes, align })
    }

    /// `@name(types) -> (types) {`
    fn signature(&mut self) -> Parsed<Function> {
        let name = self.global()?;
        let params = self.types()?;
        let results = if self.eat('>') { self.types()? } else { Vec::new() };
        let inline = self.eat_word("inline");
        let pure = self.eat_word("pure");
        let arrays = if self.eat_word("arrays") { self.arrays()? } else { Vec::new() };
        let for_c = if self.eat_word("c") { Some(self.for_c()?) } else { None };
        self.expect('{')?;
        self.line_end()?;
        let mut func = Function::new(name, params, results);
        func.inline = inline;
        func.pure = pure;
        func.arrays = arrays;
        func.for_c = for_c;
        Ok(func)
    }

    /// `(@data)`
    fn for_c(&mut self) -> Parsed<DataId> {
        self.expect('(')?;
        let name = self.global()?;
        let Some(found) = self.module.data.iter().position(|data| data.name == name) else {
            return Err(self.error_before(format!("there is no data @{name}")));
        };
        self.expect(')')?;
        Ok(DataId::new(found))
    }

    /// `(1:1:8, 5:2:4)`
    fn arrays(&mut self) -> Parsed<Vec<ArrayParams>> {
        let mut out = Vec::new();
        self.expect('(')?;
        while !self.eat(')') {
            let data = self.small_number()?;
            self.expect(':')?;
            let axes = self.small_number()?;
            self.expect(':')?;
            out.push(ArrayParams { data, axes, item: self.small_number()? });
            if !self.eat(',') && self.peek() != &Token::Punct(')') {
                return Err(self.error("expected `,` or `)`".into()));
            }
        }
        Ok(out)
    }

    fn function(&mut self, index: usize) -> Parsed<FunctionPlaces> {
        self.names = Names::default();
        let mut places = FunctionPlaces { header: self.line(), ..FunctionPlaces::default() };
        self.at += 1;
        let mut func = self.signature()?;
        let mut current = None;
        loop {
            self.skip_lines();
            if self.eat('}') {
                break;
            }
            let line = self.line();
            if self.at_block_header() {
                current = Some(self.block_header(&mut func)?);
                places.blocks.push(line);
                continue;
            }
            let Some(block) = current else {
                return Err(self.error("expected a block".into()));
            };
            let inst = self.inst(&mut func)?;
            func.block_mut(block).insts.push(inst);
            places.insts.push(line);
            self.line_end()?;
        }
        self.resolve(&mut func)?;
        self.module.functions[index] = func;
        Ok(places)
    }

    fn at_block_header(&self) -> bool {
        matches!(self.peek(), Token::Word(w) if number_after("block", w).is_some())
    }

    fn block_header(&mut self, func: &mut Function) -> Parsed<Block> {
        let number = self.numbered("block")?;
        let block = func.add_block();
        if self.names.blocks.insert(number, block).is_some() {
            return Err(self.error_before(format!("block{number} is defined twice")));
        }
        if self.eat('(') {
            while !self.eat(')') {
                let number = self.numbered("v")?;
                let defined = self.error_before(format!("v{number} is defined twice"));
                self.expect(':')?;
                let value = func.add_param(block, self.ty()?);
                if self.names.values.insert(number, value).is_some() {
                    return Err(defined);
                }
                if !self.eat(',') && self.peek() != &Token::Punct(')') {
                    return Err(self.error("expected `,` or `)`".into()));
                }
            }
        }
        func.block_mut(block).cold = self.eat_word("cold");
        self.expect(':')?;
        self.line_end()?;
        Ok(block)
    }

    /// Gives the results of a new instruction their numbers in the text.
    pub fn define_results(&mut self, func: &Function, inst: Inst, numbers: &[Use]) -> Parsed<()> {
        for (&value, name) in func.inst(inst).results.iter().zip(numbers) {
            if self.names.values.insert(name.number, value).is_some() {
                return Err(at(name, format!("v{} is defined twice", name.number)));
            }
        }
        Ok(())
    }

    fn resolve(&mut self, func: &mut Function) -> Parsed<()> {
        let names = std::mem::take(&mut self.names);
        if let Some(missing) =
            names.value_uses.iter().find(|u| !names.values.contains_key(&u.number))
        {
            return Err(at(missing, format!("v{} is not defined", missing.number)));
        }
        if let Some(missing) =
            names.block_uses.iter().find(|u| !names.blocks.contains_key(&u.number))
        {
            return Err(at(missing, format!("block{} is not defined", missing.number)));
        }
        for i in 0..func.num_insts() {
            let inst = Inst::new(i);
            func.map_uses(inst, |value| names.values[&value.0]);
            for target in &mut func.inst_mut(inst).targets {
                target.block = names.blocks[&target.block.0];
            }
        }
        Ok(())
    }
}

/// Tokens.
impl Parser {
    pub fn peek(&self) -> &Token {
        &self.tokens[self.at].token
    }

    fn line(&self) -> u32 {
        self.tokens[self.at].line
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        if token != Token::End {
            self.at += 1;
        }
        token
    }

    /// Past the current token.
    pub fn skip(&mut self) {
        self.next();
    }

    pub fn eat(&mut self, c: char) -> bool {
        let found = self.peek() == &Token::Punct(c);
        self.at += found as usize;
        found
    }

    pub fn eat_word(&mut self, word: &str) -> bool {
        let found = matches!(self.peek(), Token::Word(w) if w == word);
        self.at += found as usize;
        found
    }

    pub fn expect(&mut self, c: char) -> Parsed<()> {
        if self.eat(c) {
            return Ok(());
        }
        Err(self.error(if c == '>' { "expected `->`".into() } else { format!("expected `{c}`") }))
    }

    fn skip_lines(&mut self) {
        while self.peek() == &Token::Newline {
            self.at += 1;
        }
    }

    fn skip_to_line_end(&mut self) {
        while !matches!(self.peek(), Token::Newline | Token::End) {
            self.at += 1;
        }
    }

    fn line_end(&mut self) -> Parsed<()> {
        match self.peek() {
            Token::Newline => {
                self.at += 1;
                Ok(())
            }
            Token::End => Ok(()),
            _ => Err(self.error("expected the end of the line".into())),
        }
    }

    pub fn word(&mut self) -> Parsed<String> {
        match self.next() {
            Token::Word(word) => Ok(word),
            _ => Err(self.error_before("expected a word".into())),
        }
    }

    pub fn global(&mut self) -> Parsed<String> {
        match self.next() {
            Token::Global(name) => Ok(name),
            _ => Err(self.error_before("expected `@` and a name".into())),
        }
    }

    pub fn ty(&mut self) -> Parsed<Type> {
        let ty = match self.next() {
            Token::Word(word) => Type::from_name(&word),
            _ => None,
        };
        ty.ok_or_else(|| self.error_before("expected a type".into()))
    }

    /// `(type, type)`
    fn types(&mut self) -> Parsed<Vec<Type>> {
        let mut out = Vec::new();
        self.expect('(')?;
        while !self.eat(')') {
            out.push(self.ty()?);
            if !self.eat(',') && self.peek() != &Token::Punct(')') {
                return Err(self.error("expected `,` or `)`".into()));
            }
        }
        Ok(out)
    }

    /// The number of `v12` or `block3`.
    pub fn numbered(&mut self, prefix: &str) -> Parsed<u32> {
        let number = match self.next() {
            Token::Word(word) => number_after(prefix, &word),
            _ => None,
        };
        let what = if prefix == "v" { "value" } else { "block" };
        number.ok_or_else(|| self.error_before(format!("expected a {what}")))
    }

    /// A use of `v12`: the number, and where.
    pub fn numbered_use(&mut self, prefix: &str) -> Parsed<Use> {
        let Spanned { line, column, .. } = self.tokens[self.at];
        Ok(Use { number: self.numbered(prefix)?, line, column })
    }

    /// A number's digits, if one is next.
    pub fn digits(&mut self) -> Option<String> {
        match self.peek() {
            Token::Number(text) => {
                let text = text.clone();
                self.at += 1;
                Some(text)
            }
            _ => None,
        }
    }

    pub fn error(&self, message: String) -> ParseError {
        let Spanned { line, column, .. } = self.tokens[self.at];
        ParseError { line, column, message }
    }

    /// An error at the token just taken.
    pub fn error_before(&self, message: String) -> ParseError {
        let Spanned { line, column, .. } = self.tokens[self.at.saturating_sub(1)];
        ParseError { line, column, message }
    }
}

pub(super) fn at(place: &Use, message: String) -> ParseError {
    ParseError { line: place.line, column: place.column, message }
}

fn number_after(prefix: &str, word: &str) -> Option<u32> {
    let digits = word.strip_prefix(prefix)?;
    // Without signs, and within the range of handles.
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|&n: &u32| plain && n < u32::MAX)
}
