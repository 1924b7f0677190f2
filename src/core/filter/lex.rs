//! Words of the filter language. Keywords are words here: which word is a keyword depends on its place, so that keys
//! named `date` or `in` work, as they do in Hive 2.3 and 3.1.

use super::ast::{CompareOp, Value};
use crate::types::calendar;
use crate::{Error, Result};

/// The longest filter text, in bytes. Spark's and MSCK's longest lists of literals stay far below it.
pub const MAX_TEXT: usize = 4 << 20;
/// The most tokens of a text: they and the tree made of them are held in memory at once.
pub const MAX_TOKENS: usize = 400_000;

#[derive(Debug, Clone, PartialEq)]
pub enum Token<'a> {
    /// A keyword, a key's name, or a literal such as `true` or `1e5`: the parser knows by the place.
    Word(&'a str),
    /// A name in back-quotes, without them.
    Quoted(String),
    /// A string with its quotes.
    Text(&'a str),
    /// A number, or a bare date or timestamp.
    Literal(Value),
    Compare(CompareOp),
    Open,
    Close,
    Comma,
    End,
}

/// A token and the byte that it begins at.
#[derive(Debug, Clone, PartialEq)]
pub struct Spanned<'a> {
    pub token: Token<'a>,
    pub at: usize,
}

/// The tokens of a text; the last is [`Token::End`].
pub fn tokens(text: &str) -> Result<Vec<Spanned<'_>>> {
    if text.len() > MAX_TEXT {
        let what = format!("the filter of {} bytes is longer than {MAX_TEXT} bytes", text.len());
        return Err(error(text, text.floor_char_boundary(MAX_TEXT), &what));
    }
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.skip(|c| matches!(c, ' ' | '\t' | '\r' | '\n'));
        let at = lexer.at;
        let token = lexer.token()?;
        let end = token == Token::End;
        tokens.push(Spanned { token, at });
        if end {
            return Ok(tokens);
        }
        if tokens.len() > MAX_TOKENS {
            return Err(error(text, at, &format!("the filter has more than {MAX_TOKENS} words")));
        }
    }
}

/// A syntax error at a byte of the text.
pub fn error(text: &str, at: usize, what: &str) -> Error {
    Error::meta(format!("Error parsing partition filter at character {}: {what}", character(text, at)))
}

/// The number of the character that begins at a byte; the first is 1.
pub fn character(text: &str, at: usize) -> usize {
    text.get(..at).map_or(0, |before| before.chars().count()) + 1
}

pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    /// Passes over characters of a kind and gives them.
    fn skip(&mut self, kind: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !kind(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    fn token(&mut self) -> Result<Token<'a>> {
        let rest = self.rest();
        let Some(first) = rest.chars().next() else { return Ok(Token::End) };
        let second_is = |kind: fn(char) -> bool| rest.chars().nth(1).is_some_and(kind);
        match first {
            '(' => Ok(self.symbol(1, Token::Open)),
            ')' => Ok(self.symbol(1, Token::Close)),
            ',' => Ok(self.symbol(1, Token::Comma)),
            '=' | '<' | '>' | '!' => self.operator(),
            '"' | '\'' => self.quoted_text(first),
            '`' => self.quoted_name(),
            '0'..='9' => self.digits(),
            '.' if second_is(is_digit) => self.number(self.at),
            '-' if second_is(|c| is_digit(c) || c == '.') => {
                let start = self.at;
                self.at += 1;
                self.number(start)
            }
            c if is_word(c) => Ok(Token::Word(self.skip(is_word))),
            c => Err(error(self.text, self.at, &format!("unexpected {c:?}"))),
        }
    }

    fn symbol(&mut self, length: usize, token: Token<'a>) -> Token<'a> {
        self.at += length;
        token
    }

    fn operator(&mut self) -> Result<Token<'a>> {
        // Longer ones first.
        const OPERATORS: [(&str, CompareOp); 9] = [
            ("<=>", CompareOp::NullSafeEqual),
            ("==", CompareOp::Equal),
            ("<>", CompareOp::NotEqual),
            ("!=", CompareOp::NotEqual),
            ("<=", CompareOp::LessOrEqual),
            (">=", CompareOp::GreaterOrEqual),
            ("=", CompareOp::Equal),
            ("<", CompareOp::Less),
            (">", CompareOp::Greater),
        ];
        let found = OPERATORS.into_iter().find(|(symbol, _)| self.rest().starts_with(symbol));
        let Some((symbol, op)) = found else {
            return Err(error(self.text, self.at, "unexpected '!': the operator is != or <>"));
        };
        Ok(self.symbol(symbol.len(), Token::Compare(op)))
    }

    /// A string: up to the next such quote that no backslash precedes. Hive keeps backslashes, so they are not read.
    fn quoted_text(&mut self, quote: char) -> Result<Token<'a>> {
        let rest = self.rest();
        let mut escaped = true; // the opening quote
        for (at, c) in rest.char_indices() {
            if escaped {
                escaped = false;
            } else if c == '\\' {
                escaped = true;
            } else if c == quote {
                self.at += at + 1;
                return Ok(Token::Text(&rest[..=at]));
            }
        }
        Err(error(self.text, self.at, &format!("the string is not closed by {quote}")))
    }

    fn quoted_name(&mut self) -> Result<Token<'a>> {
        let start = self.at;
        let mut name = String::new();
        loop {
            self.at += 1;
            name.push_str(self.skip(|c| c != '`'));
            if self.at >= self.text.len() {
                return Err(error(self.text, start, "the name is not closed by `"));
            }
            self.at += 1;
            if self.peek() != Some('`') {
                return Ok(Token::Quoted(name));
            }
            name.push('`');
        }
    }

    /// What begins with a digit: a date, a timestamp, a number or a name.
    fn digits(&mut self) -> Result<Token<'a>> {
        let start = self.at;
        if has_form(self.rest(), "dddd-dd-dd") {
            return self.date();
        }
        let word = self.skip(is_word);
        let integral = word.chars().all(is_digit);
        let exponent = word.strip_suffix(['e', 'E']).is_some_and(|mantissa| mantissa.chars().all(is_digit));
        let signed = exponent && self.rest().starts_with(['+', '-']);
        if !integral && !signed {
            return Ok(Token::Word(word));
        }
        self.at = start;
        self.number(start)
    }

    /// A bare date or timestamp.
    fn date(&mut self) -> Result<Token<'a>> {
        let (start, rest) = (self.at, self.rest());
        let (date, time) = rest.split_at(10);
        self.at += 10;
        let value = if has_form(time, " dd:dd:dd") {
            self.at += 9;
            if self.peek() == Some('.') {
                self.at += 1;
                self.skip(is_digit);
            }
            let timestamp = calendar::parse_timestamp(&self.text[start..self.at]);
            timestamp.map(|(seconds, nanos)| Value::Timestamp { seconds, nanos })
        } else {
            calendar::parse_date(date).map(Value::Date)
        };
        if self.peek().is_some_and(|c| is_word(c) || c == '-') {
            return Err(error(self.text, start, "a bare date is yyyy-mm-dd, a bare timestamp yyyy-mm-dd hh:mm:ss"));
        }
        let bad_date = || error(self.text, start, &format!("{:?} is not in the calendar", &self.text[start..self.at]));
        value.map(Token::Literal).ok_or_else(bad_date)
    }

    /// `digits[.digits][e[+-]digits]` from here on; a sign may precede at `start`.
    fn number(&mut self, start: usize) -> Result<Token<'a>> {
        self.skip(is_digit);
        if self.peek() == Some('.') {
            self.at += 1;
            self.skip(is_digit);
        }
        if self.rest().starts_with(['e', 'E']) {
            self.at += 1;
            if self.rest().starts_with(['+', '-']) {
                self.at += 1;
            }
            self.skip(is_digit);
        }
        let text = &self.text[start..self.at];
        let value = written_number(text).filter(|_| !self.peek().is_some_and(is_word));
        value.map(Token::Literal).ok_or_else(|| error(self.text, start, &format!("{text:?} does not begin a number")))
    }
}

/// A number as a filter may write it: one that a double holds.
pub fn written_number(text: &str) -> Option<Value> {
    Value::parse_number(text).filter(|value| !matches!(value, Value::Double(double) if double.is_infinite()))
}

/// Whether a text begins like `form`, where `d` is any digit.
fn has_form(text: &str, form: &str) -> bool {
    let bytes = text.as_bytes();
    let fits = |(at, expected): (usize, u8)| {
        bytes.get(at).is_some_and(|byte| if expected == b'd' { byte.is_ascii_digit() } else { *byte == expected })
    };
    form.bytes().enumerate().all(fits)
}
