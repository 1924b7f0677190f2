//! Words of a view's definition.

use crate::name::normalize;
use crate::{Error, Result};

/// The longest definition, in bytes.
pub const TEXT_MAX: usize = 64 << 10;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A keyword or a bare name, in lower case.
    Word(String),
    /// A name in backticks or double quotes, in lower case.
    Name(String),
    /// What stands between single quotes.
    Text(String),
    Number(String),
    /// `(`, `<=`, …
    Sign(&'static str),
    End,
}

/// A token and the byte that it begins at.
#[derive(Debug, Clone)]
pub(super) struct Spanned {
    pub token: Token,
    pub at: usize,
}

/// The longer ones first.
const SIGNS: [&str; 17] = ["<>", "!=", "<=", ">=", "||", "(", ")", ",", ".", "*", "/", "%", "+", "-", "=", "<", ">"];

/// An error at a byte of the text.
pub(super) fn error(text: &str, at: usize, what: &str) -> Error {
    let before = text.get(..at).unwrap_or(text);
    let character = before.chars().count() + 1;
    Error::invalid_object(format!("view definition, character {character}: {what}"))
}

/// The tokens of a text; the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<Spanned>> {
    if text.len() > TEXT_MAX {
        return Err(error(text, 0, &format!("{} bytes; a definition has at most {TEXT_MAX}", text.len())));
    }
    let (mut tokens, mut at) = (Vec::new(), 0);
    loop {
        at = skip(text, at)?;
        let begin = at;
        let token = token(text, &mut at)?;
        let is_end = token == Token::End;
        tokens.push(Spanned { token, at: begin });
        if is_end {
            return Ok(tokens);
        }
    }
}

/// Behind blanks and comments.
fn skip(text: &str, mut at: usize) -> Result<usize> {
    loop {
        let rest = &text[at..];
        let blank = rest.len() - rest.trim_start().len();
        if blank > 0 {
            at += blank;
        } else if rest.starts_with("--") {
            at += rest.find('\n').unwrap_or(rest.len());
        } else if rest.starts_with("/*") {
            at += 2 + rest.find("*/").ok_or_else(|| error(text, at, "this comment has no end"))?;
        } else {
            return Ok(at);
        }
    }
}

fn token(text: &str, at: &mut usize) -> Result<Token> {
    let begin = *at;
    let rest = &text[begin..];
    let Some(first) = rest.chars().next() else { return Ok(Token::End) };
    let run = |is: fn(char) -> bool| rest.find(|c| !is(c)).unwrap_or(rest.len());
    if let '\'' | '`' | '"' = first {
        let (inside, end) = quoted(rest, first).ok_or_else(|| error(text, begin, "this quote has no end"))?;
        *at += end;
        return Ok(if first == '\'' { Token::Text(inside) } else { Token::Name(normalize(&inside)) });
    }
    if first.is_ascii_digit() {
        let whole = run(|c| c.is_ascii_digit());
        let fraction = rest[whole..].strip_prefix('.').map_or(0, |f| {
            let digits = f.find(|c: char| !c.is_ascii_digit()).unwrap_or(f.len());
            if digits == 0 { 0 } else { digits + 1 }
        });
        let length = whole + fraction;
        if rest[length..].starts_with(|c: char| c.is_alphanumeric() || c == '_') {
            let what =
                "numbers are written as 12 or 1.5; one with an exponent or a suffix is not the same in all engines";
            return Err(error(text, begin, what));
        }
        *at += length;
        return Ok(Token::Number(rest[..length].to_owned()));
    }
    if first.is_alphabetic() || first == '_' {
        let length = run(|c| c.is_alphanumeric() || c == '_');
        *at += length;
        return Ok(Token::Word(normalize(&rest[..length])));
    }
    let sign = SIGNS.into_iter().find(|sign| rest.starts_with(sign));
    let sign = sign.ok_or_else(|| error(text, begin, &format!("{first:?} has no meaning here")))?;
    *at += sign.len();
    Ok(Token::Sign(sign))
}

/// What stands in quotes, a doubled one is one; and where the text goes on.
fn quoted(rest: &str, quote: char) -> Option<(String, usize)> {
    let mut inside = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != quote {
            inside.push(c);
        } else if chars.next_if(|(_, next)| *next == quote).is_some() {
            inside.push(quote);
        } else {
            return Some((inside, at + quote.len_utf8()));
        }
    }
    None
}
