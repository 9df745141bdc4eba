//! Tokens of the text form. Ends of lines are tokens: an instruction ends with its
//! line. Comments run from `;` to the end of the line and are dropped.

use super::parse::ParseError;
use crate::function::Loc;

#[derive(Clone, PartialEq, Debug)]
pub(super) enum Token {
    /// A word: opcode with its suffixes, value, block, type, keyword.
    Word(String),
    /// `@name` or `@"name"`.
    Global(String),
    /// `@line:column`, with its end or without.
    Loc(Loc),
    /// `!region`
    Region(String),
    /// Digits of an integer or a float, without sign, as written.
    Number(String),
    /// Contents of a string.
    Str(String),
    /// A punctuation character, or `>` for `->`.
    Punct(char),
    /// End of a line.
    Newline,
    /// End of the text.
    End,
}

/// A token and where it starts, line and column from 1.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Spanned {
    pub token: Token,
    pub line: u32,
    pub column: u32,
}

pub(super) fn starts_word(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

pub(super) fn continues_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.' | '$')
}

/// All tokens of a text, `End` last.
pub(super) fn tokens(text: &str) -> Result<Vec<Spanned>, ParseError> {
    let mut out = Vec::with_capacity(text.len() / 4);
    let mut last_line = 1;
    for (i, line) in text.lines().enumerate() {
        last_line = i as u32 + 1;
        Line { chars: line.chars().collect(), at: 0, number: last_line }.lex(&mut out)?;
    }
    out.push(Spanned { token: Token::End, line: last_line + 1, column: 1 });
    Ok(out)
}

struct Line {
    chars: Vec<char>,
    at: usize,
    number: u32,
}

impl Line {
    fn lex(mut self, out: &mut Vec<Spanned>) -> Result<(), ParseError> {
        while let Some(c) = self.peek(0) {
            let column = self.at as u32 + 1;
            let token = match c {
                ';' => break,
                c if c.is_whitespace() => {
                    self.at += 1;
                    continue;
                }
                '"' => Token::Str(self.string()?),
                '@' => self.global()?,
                '!' => {
                    self.at += 1;
                    Token::Region(self.take(continues_word))
                }
                '-' if self.peek(1) == Some('>') => {
                    self.at += 2;
                    Token::Punct('>')
                }
                '(' | ')' | '{' | '}' | ',' | ':' | '=' | '+' | '-' => {
                    self.at += 1;
                    Token::Punct(c)
                }
                c if c.is_ascii_digit() => Token::Number(self.digits()),
                c if starts_word(c) => Token::Word(self.take(continues_word)),
                c => return Err(self.error(format!("unexpected character {c:?}"))),
            };
            out.push(Spanned { token, line: self.number, column });
        }
        let column = self.at as u32 + 1;
        out.push(Spanned { token: Token::Newline, line: self.number, column });
        Ok(())
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn take(&mut self, accept: impl Fn(char) -> bool) -> String {
        let start = self.at;
        while self.peek(0).is_some_and(&accept) {
            self.at += 1;
        }
        self.chars[start..self.at].iter().collect()
    }

    /// `12`, `0xff`, `1.5`, `1e-7`.
    fn digits(&mut self) -> String {
        if self.peek(0) == Some('0') && self.peek(1) == Some('x') {
            return self.take(|c| c.is_ascii_alphanumeric());
        }
        let mut text = self.take(|c| c.is_ascii_digit() || c == '.');
        if matches!(self.peek(0), Some('e' | 'E')) {
            let sign = matches!(self.peek(1), Some('+' | '-')) as usize;
            if self.peek(1 + sign).is_some_and(|c| c.is_ascii_digit()) {
                text.extend(&self.chars[self.at..self.at + 1 + sign]);
                self.at += 1 + sign;
                text += &self.take(|c| c.is_ascii_digit());
            }
        }
        text
    }

    fn global(&mut self) -> Result<Token, ParseError> {
        self.at += 1;
        match self.peek(0) {
            Some('"') => Ok(Token::Global(self.string()?)),
            Some(c) if c.is_ascii_digit() => {
                let line = self.small()?;
                if self.peek(0) != Some(':') {
                    return Err(self.error("expected `:` between line and column".into()));
                }
                self.at += 1;
                let mut loc = Loc::start(line, self.small()?);
                if self.peek(0) == Some('-') {
                    self.at += 1;
                    (loc.end_line, loc.end_col) = (line, self.small()?);
                    if self.peek(0) == Some(':') {
                        self.at += 1;
                        (loc.end_line, loc.end_col) = (loc.end_col, self.small()?);
                    }
                }
                Ok(Token::Loc(loc))
            }
            Some(c) if starts_word(c) => Ok(Token::Global(self.take(continues_word))),
            _ => Err(self.error("expected a name or a line number after `@`".into())),
        }
    }

    fn small(&mut self) -> Result<u32, ParseError> {
        let digits = self.take(|c| c.is_ascii_digit());
        digits.parse().map_err(|_| self.error("expected a number below 2**32".into()))
    }

    fn string(&mut self) -> Result<String, ParseError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let Some(c) = self.peek(0) else {
                return Err(self.error("string without end".into()));
            };
            self.at += 1;
            match c {
                '"' => return Ok(out),
                '\\' => out.push(self.escape()?),
                c => out.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        let c = self.peek(0);
        self.at += 1;
        match c {
            Some(c @ ('"' | '\\')) => Ok(c),
            Some('n') => Ok('\n'),
            Some('t') => Ok('\t'),
            Some('r') => Ok('\r'),
            Some('u') => {
                let text = self.take(|c| c == '{' || c.is_ascii_hexdigit());
                let closed = self.peek(0) == Some('}');
                self.at += closed as usize;
                let code = text.strip_prefix('{').filter(|_| closed);
                code.and_then(|hex| u32::from_str_radix(hex, 16).ok())
                    .and_then(char::from_u32)
                    .ok_or_else(|| self.error("expected `\\u{hex}`".into()))
            }
            _ => Err(self.error("unknown escape in a string".into())),
        }
    }

    fn error(&self, message: String) -> ParseError {
        ParseError { line: self.number, column: self.at as u32 + 1, message }
    }
}
