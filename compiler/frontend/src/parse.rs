//! Text to syntax tree: the only file that runs the parser crate.
//!
//! It gets the function's own lines as they stand in the user's file (a method is
//! indented, a lambda sits in the middle of a statement that needn't be complete)
//! and works on *tokens*: the tokens of the one `def` or `lambda` are cut out and
//! only they are parsed. So nothing is re-indented or copied, all ranges are byte
//! offsets in the given text, and the rest of the text never matters.
//!
//! Two more things happen to the tokens: identifiers are brought to NFKC, as Python
//! does (`µ` is `μ`), and f-strings whose fields are nested too deeply are refused, since
//! the parser recurses into them.
//!
//! The parser itself is driven by tables and doesn't recurse, but the tree it gives
//! does, also when it is dropped. [`Located::depth`] is an upper bound of the tree's
//! depth, known before parsing: the caller provides the stack, and beyond
//! [`MAX_DEPTH`] the text is refused.
//!
//! This file doesn't decide what is supported: any tree goes to `build/`.

use cumbia_diagnostics::{Diagnostic, SourceId, Span};
use rustpython_parser::ast::Ranged;
use rustpython_parser::lexer::{self, LexicalError, LexicalErrorType};
use rustpython_parser::text_size::{TextRange, TextSize};
use rustpython_parser::{Mode, Parse, ParseError, ParseErrorType, Tok, ast};
use unicode_normalization::{UnicodeNormalization, is_nfkc};

/// Brackets that may be open at once; CPython's tokenizer has the same limit.
pub const MAX_BRACKETS: usize = 200;
/// Levels of indentation; CPython's tokenizer has the same limit.
pub const MAX_INDENTATION: usize = 100;
/// Upper bound of a syntax tree's depth. CPython gives up on trees of about a
/// third of this.
pub const MAX_DEPTH: usize = 10_000;
/// Digits of a decimal integer; CPython's default limit.
const MAX_INT_DIGITS: usize = 4_300;
/// Texts of 4 GiB can't be addressed by spans; far below that something is wrong.
const MAX_TEXT: usize = 1 << 28;

/// The syntax tree of the one function.
#[derive(Debug)]
pub enum FunctionAst {
    /// `def f(...): ...`
    Def(ast::StmtFunctionDef),
    /// `async def f(...): ...`
    AsyncDef(ast::StmtAsyncFunctionDef),
    /// `lambda ...: ...`
    Lambda(ast::ExprLambda),
}

/// What to find in a text.
#[derive(Clone, Copy, Debug)]
pub enum Wanted<'a> {
    /// The `def` of this name (if there is none, the first `def`).
    Def(&'a str),
    /// The lambda that starts at this byte offset.
    Lambda(u32),
}

type Token = (Tok, TextRange);

/// The tokens of the function, not yet parsed.
#[derive(Debug)]
pub struct Located {
    tokens: Vec<Token>,
    source: SourceId,
    is_lambda: bool,
    /// The header: from `def` to the end of its line, or the whole `lambda` up to
    /// its line's end.
    pub header: Span,
    /// No path of the syntax tree is longer than this.
    pub depth: usize,
}

/// Finds the function in its text.
///
/// # Errors
///
/// When the function isn't there, the text isn't made of tokens, or it is nested
/// too deeply.
pub fn locate(
    text: &str,
    source: SourceId,
    wanted: Wanted<'_>,
) -> Result<Located, Box<Diagnostic>> {
    if text.len() > MAX_TEXT {
        let span = Span { source, start: 0, end: 0 };
        return Err(Box::new(Diagnostic::error(
            "CB0121",
            span,
            "the function's text is too long to be compiled",
        )));
    }
    let cx = Text { text, source };
    let is_lambda = matches!(wanted, Wanted::Lambda(_));
    let mut tokens = match wanted {
        Wanted::Def(name) => cx.def_tokens(name)?,
        Wanted::Lambda(offset) => cx.lambda_tokens(offset)?,
    };
    let depth = cx.check_depth(&tokens)?;
    for token in &mut tokens {
        cx.prepare(token)?;
    }
    let start = tokens.first().map_or(0, |(_, r)| usize::from(r.start()));
    let line = text[start..].split(['\n', '\r']).next().unwrap_or_default();
    let end = tokens.last().map_or(start, |(_, r)| usize::from(r.end()));
    let header =
        Span { source, start: start as u32, end: (start + line.trim_end().len()).min(end) as u32 };
    Ok(Located { tokens, source, is_lambda, header, depth })
}

impl Located {
    /// Parses the tokens. Needs a stack in proportion to [`Located::depth`].
    ///
    /// # Errors
    ///
    /// When the parser doesn't take the text.
    pub fn parse(self) -> Result<FunctionAst, Box<Diagnostic>> {
        let Located { tokens, source, is_lambda, header, .. } = self;
        let has_fstring = tokens
            .iter()
            .any(|(t, _)| matches!(t, Tok::String { kind, .. } if kind.is_any_fstring()));
        let ranges: Vec<TextRange> = tokens.iter().map(|(_, r)| *r).collect();
        // The parser's own code has unwraps that a strange text may reach.
        let parsed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            if is_lambda {
                ast::Expr::parse_tokens(tokens.into_iter().map(Ok), "").map(|e| match e {
                    ast::Expr::Lambda(l) => Some(FunctionAst::Lambda(l)),
                    _ => None,
                })
            } else {
                ast::Suite::parse_tokens(tokens.into_iter().map(Ok), "").map(|s| {
                    match s.into_iter().next() {
                        Some(ast::Stmt::FunctionDef(d)) => Some(FunctionAst::Def(d)),
                        Some(ast::Stmt::AsyncFunctionDef(d)) => Some(FunctionAst::AsyncDef(d)),
                        _ => None,
                    }
                })
            }
        }));
        match parsed {
            Ok(Ok(Some(function))) => Ok(function),
            Ok(Ok(None)) => Err(not_found(header, if is_lambda { "lambda" } else { "def" })),
            Ok(Err(error)) => Err(syntax_error(&error, &ranges, source, has_fstring)),
            Err(_) => Err(Box::new(
                Diagnostic::error("CB0901", header, "the parser failed on this function")
                    .help("this is a bug of cumbia: please report it with the function's text"),
            )),
        }
    }
}

/// The text at hand; its methods cut out tokens.
struct Text<'a> {
    text: &'a str,
    source: SourceId,
}

impl Text<'_> {
    fn span(&self, range: TextRange) -> Span {
        Span { source: self.source, start: range.start().into(), end: range.end().into() }
    }

    /// From `def` (or `async def`) to the end of its body. Decorators stand before
    /// and aren't needed; whatever comes after isn't either.
    fn def_tokens(&self, name: &str) -> Result<Vec<Token>, Box<Diagnostic>> {
        let mut tokens: Vec<Token> = Vec::new();
        let mut error = None;
        for token in lexer::lex(self.text, Mode::Module) {
            match token {
                Ok(token) => tokens.push(token),
                Err(e) => {
                    error = Some(e);
                    break;
                }
            }
        }
        let named = |i: &usize| match tokens.get(i + 1) {
            Some((Tok::Name { name: n }, _)) => *normalized(n) == *normalized(name),
            _ => false,
        };
        let is_def = |i: &usize| tokens[*i].0 == Tok::Def;
        let candidates = || (0..tokens.len()).filter(is_def);
        let Some(def) = candidates().find(named).or_else(|| candidates().next()) else {
            return Err(match error {
                Some(e) => self.lexical_error(&e),
                None => not_found(Span { source: self.source, start: 0, end: 0 }, "def"),
            });
        };
        let start = if def > 0 && tokens[def - 1].0 == Tok::Async { def - 1 } else { def };
        // The lexer gives `Newline` outside brackets only: the first one ends the
        // header, and unless an `Indent` follows, the whole function.
        let mut level = 0usize;
        let mut seen_newline = false;
        let mut end = None;
        for (i, (token, _)) in tokens.iter().enumerate().skip(start) {
            match token {
                Tok::Newline => {
                    let opens_body = match tokens.get(i + 1) {
                        Some((next, _)) => *next == Tok::Indent,
                        // What comes next can't be read.
                        None => tokens[i - 1].0 == Tok::Colon,
                    };
                    if level == 0 && !opens_body {
                        end = Some(i + 1);
                        break;
                    }
                    seen_newline = true;
                }
                Tok::Indent if seen_newline => level += 1,
                Tok::Dedent => {
                    level = level.saturating_sub(1);
                    if level == 0 {
                        end = Some(i + 1);
                        break;
                    }
                }
                _ => {}
            }
        }
        match (end, error) {
            (Some(end), _) => tokens.truncate(end),
            (None, Some(e)) => return Err(self.lexical_error(&e)),
            (None, None) => {}
        }
        tokens.drain(..start);
        Ok(tokens)
    }

    /// From `lambda` to the end of its body: the bracket, comma, colon or line end
    /// that doesn't belong to it.
    fn lambda_tokens(&self, offset: u32) -> Result<Vec<Token>, Box<Diagnostic>> {
        let at = offset as usize;
        let rest = self.text.get(at..).filter(|t| t.starts_with("lambda"));
        let Some(rest) = rest else {
            let at = offset.min(self.text.len() as u32);
            return Err(not_found(Span { source: self.source, start: at, end: at }, "lambda"));
        };
        // Inside brackets a line's end means nothing, so the lexer has to know:
        // an opening bracket goes before the text, and its token is dropped.
        if self.open_brackets_before(at) > 0 {
            let bracketed = format!("({rest}");
            let tokens =
                lexer::lex_starts_at(&bracketed, Mode::Expression, TextSize::new(offset - 1));
            self.cut_lambda(tokens.skip(1))
        } else {
            self.cut_lambda(lexer::lex_starts_at(rest, Mode::Expression, TextSize::new(offset)))
        }
    }

    fn open_brackets_before(&self, at: usize) -> i64 {
        let mut open = 0;
        for token in lexer::lex(&self.text[..at], Mode::Module) {
            match token {
                Ok((Tok::Lpar | Tok::Lsqb | Tok::Lbrace, _)) => open += 1,
                Ok((Tok::Rpar | Tok::Rsqb | Tok::Rbrace, _)) => open -= 1,
                Ok(_) => {}
                Err(_) => break,
            }
        }
        open
    }

    fn cut_lambda(
        &self,
        tokens: impl Iterator<Item = lexer::LexResult>,
    ) -> Result<Vec<Token>, Box<Diagnostic>> {
        let mut out = Vec::new();
        let mut brackets = 0usize;
        // Lambdas whose parameters are being read: their commas and colons don't
        // end the outer body.
        let mut headers = 0usize;
        for token in tokens {
            let (token, range) = token.map_err(|e| self.lexical_error(&e))?;
            match token {
                Tok::Lpar | Tok::Lsqb | Tok::Lbrace => brackets += 1,
                Tok::Rpar | Tok::Rsqb | Tok::Rbrace if brackets == 0 => break,
                Tok::Rpar | Tok::Rsqb | Tok::Rbrace => brackets -= 1,
                Tok::Lambda if brackets == 0 => headers += 1,
                Tok::Colon if brackets == 0 && headers > 0 => headers -= 1,
                Tok::Colon if brackets == 0 => break,
                Tok::Comma if brackets == 0 && headers == 0 => break,
                Tok::Newline | Tok::Semi | Tok::For | Tok::Async | Tok::As | Tok::From
                    if brackets == 0 =>
                {
                    break;
                }
                _ => {}
            }
            out.push((token, range));
        }
        Ok(out)
    }

    /// Bounds the depth of the tree that the tokens will give.
    ///
    /// Each level of an expression's tree costs a token of its own that is neither
    /// a name nor a literal, so the depth of a comma-separated item is at most the
    /// number of these tokens in it plus the greatest depth inside its brackets.
    /// Statements nest by indentation and by `elif`.
    fn check_depth(&self, tokens: &[Token]) -> Result<usize, Box<Diagnostic>> {
        #[derive(Default)]
        struct Level {
            /// Tokens of the present item.
            own: usize,
            /// Greatest depth inside a bracket of the present item.
            inner: usize,
            /// Greatest depth of the items before.
            before: usize,
            /// A comma may belong to a lambda's parameters.
            lambda: bool,
        }
        impl Level {
            fn depth(&self) -> usize {
                self.before.max(self.own + self.inner)
            }
            fn end_item(&mut self) {
                *self = Level { before: self.depth(), ..Level::default() };
            }
        }
        let too_deep = |range: TextRange, what: String| {
            Box::new(
                Diagnostic::error("CB0121", self.span(range), what)
                    .labelled("too deep here")
                    .help("split the expression into several statements, or the function into several functions"),
            )
        };
        let mut levels = vec![Level::default()];
        let (mut indentation, mut elifs, mut deepest) = (0usize, 0usize, 0usize);
        for (token, range) in tokens {
            let top = levels.len() - 1;
            match token {
                Tok::Lpar | Tok::Lsqb | Tok::Lbrace => {
                    levels[top].own += 1;
                    levels.push(Level::default());
                    if levels.len() > MAX_BRACKETS {
                        return Err(too_deep(
                            *range,
                            format!("more than {MAX_BRACKETS} brackets are open here"),
                        ));
                    }
                }
                Tok::Rpar | Tok::Rsqb | Tok::Rbrace => {
                    if levels.len() > 1 {
                        let inner = levels.pop().map_or(0, |l| l.depth());
                        let outer = &mut levels[top - 1];
                        outer.inner = outer.inner.max(inner + 1);
                    }
                }
                Tok::Comma if !levels[top].lambda => levels[top].end_item(),
                Tok::Newline | Tok::Semi => levels[top].end_item(),
                Tok::Indent => {
                    indentation += 1;
                    if indentation > MAX_INDENTATION {
                        return Err(too_deep(
                            *range,
                            format!("more than {MAX_INDENTATION} levels of indentation"),
                        ));
                    }
                }
                Tok::Dedent => indentation = indentation.saturating_sub(1),
                Tok::Elif => elifs += 1,
                Tok::Name { .. } | Tok::Int { .. } | Tok::Float { .. } | Tok::Complex { .. } => {}
                // Each byte of an f-string's fields may be a level of the tree.
                Tok::String { value, kind, .. } => {
                    if kind.is_any_fstring() && value.contains('{') {
                        levels[top].own += value.len();
                    }
                }
                Tok::Lambda => {
                    levels[top].own += 1;
                    levels[top].lambda = true;
                }
                _ => levels[top].own += 1,
            }
            deepest = deepest.max(levels[levels.len() - 1].own);
            let bound = deepest + elifs;
            if bound > MAX_DEPTH {
                return Err(too_deep(
                    *range,
                    format!("more than {MAX_DEPTH} operators in one expression, or as many elifs"),
                ));
            }
        }
        while levels.len() > 1 {
            let inner = levels.pop().map_or(0, |l| l.depth());
            let top = levels.len() - 1;
            levels[top].inner = levels[top].inner.max(inner + 1);
        }
        let depth = levels[0].depth() + elifs + MAX_INDENTATION;
        if depth > 2 * MAX_DEPTH {
            let range = tokens.first().map_or(TextRange::default(), |t| t.1);
            return Err(too_deep(
                range,
                "the function's expressions are nested too deeply".to_string(),
            ));
        }
        Ok(depth)
    }

    /// NFKC for names, limits for f-strings and integers.
    fn prepare(&self, token: &mut Token) -> Result<(), Box<Diagnostic>> {
        let (token, range) = token;
        match token {
            Tok::Name { name } if !name.is_ascii() => *name = normalized(name).into_owned(),
            Tok::String { value, kind, .. }
                if kind.is_any_fstring() && bracket_depth(value) > MAX_FIELD_DEPTH =>
            {
                let message = "the fields of this f-string are nested too deeply";
                return Err(Box::new(Diagnostic::error("CB0121", self.span(*range), message)));
            }
            Tok::Int { .. } if usize::from(range.len()) > MAX_INT_DIGITS => {
                let message = format!("an integer of more than {MAX_INT_DIGITS} digits");
                return Err(Box::new(Diagnostic::error("CB0121", self.span(*range), message)));
            }
            _ => {}
        }
        Ok(())
    }

    fn lexical_error(&self, error: &LexicalError) -> Box<Diagnostic> {
        let start = (u32::from(error.location) as usize).min(self.text.len());
        let start = (0..=start).rev().find(|&i| self.text.is_char_boundary(i)).unwrap_or(0);
        let end = self.text[start..].chars().next().map_or(start, |c| start + c.len_utf8());
        let span = Span { source: self.source, start: start as u32, end: end as u32 };
        Box::new(unreadable(span, &lexical_message(&error.error)))
    }
}

/// Deepest nesting of brackets and prefix operators in an f-string's fields: they are
/// parsed by recursion.
const MAX_FIELD_DEPTH: usize = 60;

/// A bound of the depth of the expressions in an f-string's fields.
fn bracket_depth(text: &str) -> usize {
    let (mut open, mut deepest, mut prefixes) = (0usize, 0, 0);
    for c in text.bytes() {
        match c {
            b'(' | b'[' | b'{' => open += 1,
            b')' | b']' | b'}' => open = open.saturating_sub(1),
            // Each of these may nest one level: `--x`, `not not x`, `a if b else c`.
            b'-' | b'+' | b'~' | b'*' | b'.' => prefixes += 1,
            _ => {}
        }
        deepest = deepest.max(open);
    }
    let words = text.split(|c: char| !c.is_ascii_alphabetic());
    let words = words.filter(|w| matches!(*w, "not" | "else" | "lambda" | "await")).count();
    deepest + if prefixes + words > 1000 { prefixes + words } else { 0 }
}

fn normalized(name: &str) -> std::borrow::Cow<'_, str> {
    if is_nfkc(name) { name.into() } else { name.nfkc().collect::<String>().into() }
}

fn not_found(span: Span, what: &str) -> Box<Diagnostic> {
    Box::new(
        Diagnostic::error("CB0122", span, format!("no `{what}` is found in the function's text"))
            .help("the text may not be what Python runs: reload the module, or pass the text by jit(source=...)"),
    )
}

fn unreadable(span: Span, message: &str) -> Diagnostic {
    Diagnostic::error("CB0120", span, format!("the function's text can't be parsed: {message}"))
}

fn lexical_message(error: &LexicalErrorType) -> String {
    match error {
        LexicalErrorType::StringError => "unterminated string".to_string(),
        LexicalErrorType::UnrecognizedToken { tok } => format!("unexpected character {tok:?}"),
        LexicalErrorType::NestingError => "a bracket is closed that was not opened".to_string(),
        LexicalErrorType::UnicodeError => "an escape in a string can't be decoded".to_string(),
        other => other.to_string(),
    }
}

fn syntax_error(
    error: &ParseError,
    ranges: &[TextRange],
    source: SourceId,
    has_fstring: bool,
) -> Box<Diagnostic> {
    // The place is a token's start; at the end of the text, the last token's end.
    let last = ranges.last().copied().unwrap_or_default();
    let offset = error.offset.min(last.end());
    let range =
        ranges.iter().find(|r| r.start() == offset).copied().unwrap_or(TextRange::empty(offset));
    let message = match &error.error {
        ParseErrorType::Eof => "the text ends too early".to_string(),
        ParseErrorType::Lexical(e) => lexical_message(e),
        ParseErrorType::UnrecognizedToken(Tok::Newline, None) => {
            "the line ends too early".to_string()
        }
        ParseErrorType::UnrecognizedToken(..) if !error.error.is_indentation_error() => {
            "unexpected token".to_string()
        }
        other => other.to_string(),
    };
    let span = Span { source, start: range.start().into(), end: range.end().into() };
    let diagnostic = unreadable(span, &message);
    Box::new(if has_fstring {
        diagnostic
            .note("f-strings with nested quotes or line breaks (Python 3.12) can't be parsed")
            .help("use other quotes inside of the fields, and one line for each")
    } else {
        diagnostic.note("syntax up to Python 3.12 is known")
    })
}

/// Byte range of a node.
pub fn range_of(node: &impl Ranged) -> (u32, u32) {
    (node.start().into(), node.end().into())
}
