//! Text to tokens.

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// Letters, digits, `_` and `.`.
    Word(String),
    Number(i64),
    Text(String),
    Symbol(char),
    /// A `//` comment; `own_line` if nothing stands before it.
    Comment {
        text: String,
        own_line: bool,
    },
}

/// The tokens of `text`, each with its line.
pub fn tokens(text: &str) -> Result<Vec<(usize, Token)>, String> {
    let mut out = Vec::new();
    for (at, line) in text.lines().enumerate() {
        line_tokens(line, at + 1, &mut out)?;
    }
    Ok(out)
}

fn line_tokens(line: &str, number: usize, out: &mut Vec<(usize, Token)>) -> Result<(), String> {
    let mut rest = line.trim_start();
    let mut own_line = true;
    while let Some(first) = rest.chars().next() {
        let (token, len) = match first {
            '/' if rest.starts_with("//") => {
                let text = rest[2..].trim().to_owned();
                (Token::Comment { text, own_line }, rest.len())
            }
            '"' => {
                let len = rest[1..].find('"').ok_or_else(|| format!("line {number}: the text has no end"))?;
                (Token::Text(rest[1..=len].to_owned()), len + 2)
            }
            '-' | '0'..='9' => {
                let len = 1 + rest[1..].find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len() - 1);
                let value = rest[..len].parse().map_err(|e| format!("line {number}: {e}"))?;
                (Token::Number(value), len)
            }
            c if c.is_ascii_alphabetic() || c == '_' => {
                let end = |c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.'));
                let len = rest.find(end).unwrap_or(rest.len());
                (Token::Word(rest[..len].to_owned()), len)
            }
            c => (Token::Symbol(c), c.len_utf8()),
        };
        out.push((number, token));
        own_line = false;
        rest = rest[len..].trim_start();
    }
    Ok(())
}
