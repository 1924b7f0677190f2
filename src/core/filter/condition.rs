//! One condition of a filter text: what stands between AND and OR.

use super::ast::{CompareOp, Expr, LikeDialect, Value};
use super::lex::{self, Spanned, Token, written_number};
use super::parse::Parsed;
use crate::types::calendar;
use crate::{Error, Result};

/// A place in the tokens of a text, and the recursion-free part of the grammar.
pub struct Cursor<'a> {
    text: &'a str,
    tokens: &'a [Spanned<'a>],
    at: usize,
}

/// A side of a comparison before it is known which side is the key.
enum Side<'a> {
    /// A key, or a literal such as `true`.
    Word(&'a str),
    Key(String),
    Literal(Value),
}

impl<'a> Cursor<'a> {
    /// `tokens` are those of `text`, ended by [`Token::End`].
    pub fn new(text: &'a str, tokens: &'a [Spanned<'a>]) -> Self {
        Self { text, tokens, at: 0 }
    }

    /// The token some places ahead; beyond the end it is the end.
    pub fn peek(&self, ahead: usize) -> &'a Token<'a> {
        self.tokens.get(self.at + ahead).map_or(&Token::End, |spanned| &spanned.token)
    }

    pub fn advance(&mut self) {
        self.at += 1;
    }

    /// An error at the next token.
    pub fn error(&self, what: &str) -> Error {
        lex::error(self.text, self.tokens.get(self.at).map_or(self.text.len(), |spanned| spanned.at), what)
    }

    pub fn expected(&self, what: &str) -> Error {
        let found = if *self.peek(0) == Token::End {
            "the end".to_owned()
        } else {
            let start = self.tokens.get(self.at).map_or(0, |spanned| spanned.at);
            let end = self.tokens.get(self.at + 1).map_or(self.text.len(), |spanned| spanned.at);
            let shown: String = self.text[start..end].trim_end().chars().take(40).collect();
            format!("{shown:?}")
        };
        self.error(&format!("expected {what}, found {found}"))
    }

    fn is_word(&self, ahead: usize, keyword: &str) -> bool {
        matches!(self.peek(ahead), Token::Word(word) if word.eq_ignore_ascii_case(keyword))
    }

    pub fn eat_word(&mut self, keyword: &str) -> bool {
        let found = self.is_word(0, keyword);
        self.at += usize::from(found);
        found
    }

    fn eat(&mut self, token: &Token<'_>, name: &str) -> Result<()> {
        if self.peek(0) != token {
            return Err(self.expected(name));
        }
        self.advance();
        Ok(())
    }

    /// A NOT before a condition, and not a key that is called so.
    pub fn eat_not(&mut self) -> bool {
        let operand = matches!(self.peek(1), Token::Compare(_))
            || ["in", "is", "like", "between"].into_iter().any(|keyword| self.is_word(1, keyword));
        !operand && self.eat_word("not")
    }

    /// Whether a parenthesis opens a group, and not `(key) in` or `(struct(…)) in`.
    pub fn at_group(&self) -> bool {
        let key = matches!(self.peek(1), Token::Word(_) | Token::Quoted(_)) && *self.peek(2) == Token::Close;
        let list = self.is_word(1, "struct") && *self.peek(2) == Token::Open;
        *self.peek(0) == Token::Open && !key && !list
    }

    /// Reads a condition; its key is on the left in what comes back.
    pub fn condition(&mut self) -> Result<Parsed> {
        let bracketed = *self.peek(0) == Token::Open;
        self.at += usize::from(bracketed);
        if self.is_word(0, "struct") && *self.peek(1) == Token::Open {
            return self.struct_in(bracketed);
        }
        let side = self.side("a partition key, a literal, not, (")?;
        if bracketed {
            self.eat(&Token::Close, ")")?;
        }
        if let Token::Compare(op) = *self.peek(0) {
            self.advance();
            return self.comparison(op, side);
        }
        let key = match side {
            Side::Word(word) => Expr::Key(word.to_owned()),
            Side::Key(name) => Expr::Key(name),
            Side::Literal(_) => return Err(self.expected("a comparison (= != < <= > >=)")),
        };
        let negated = self.eat_word("not");
        let test = self.test(key, negated)?;
        Ok(if negated { test.negate() } else { test })
    }

    /// What follows a key that no comparison sign follows.
    fn test(&mut self, key: Parsed, negated: bool) -> Result<Parsed> {
        if self.eat_word("in") {
            return Ok(Expr::In { operands: vec![key], rows: self.list(|cursor| Ok(vec![cursor.constant()?]))? });
        }
        if self.eat_word("between") {
            let low = self.constant()?;
            if !self.eat_word("and") {
                return Err(self.expected("and"));
            }
            return Ok(Expr::Between { operand: Box::new(key), low: Box::new(low), high: Box::new(self.constant()?) });
        }
        if self.eat_word("like") {
            let Some(pattern) = self.string() else { return Err(self.expected("a string")) };
            return Ok(Expr::Like { operand: Box::new(key), pattern, dialect: LikeDialect::Either });
        }
        if !negated && self.eat_word("is") {
            let not_null = self.eat_word("not");
            if !self.eat_word("null") {
                return Err(self.expected("null"));
            }
            let test = Expr::IsNull(Box::new(key));
            return Ok(if not_null { test.negate() } else { test });
        }
        let wanted = "an operator (= != < <= > >= like, between, in, is null, not like, not between, not in)";
        Err(self.expected(if negated { "like, between, in" } else { wanted }))
    }

    fn comparison(&mut self, op: CompareOp, left: Side<'_>) -> Result<Parsed> {
        let at = self.at;
        let right = self.side("a literal")?;
        let compare = |op, key: &str, value| Ok(Expr::compare(op, Expr::Key(key.to_owned()), Expr::Literal(value)));
        match (left, right) {
            (Side::Word(key), Side::Literal(value)) => compare(op, key, value),
            (Side::Key(key), Side::Literal(value)) => compare(op, &key, value),
            (Side::Literal(value), Side::Word(key)) => compare(op.mirrored(), key, value),
            (Side::Literal(value), Side::Key(key)) => compare(op.mirrored(), &key, value),
            (Side::Word(left), Side::Word(right)) => match (word_literal(left), word_literal(right)) {
                (_, Some(value)) => compare(op, left, value),
                (Some(value), None) => compare(op.mirrored(), right, value),
                (None, None) => Err(self.expected_at(at, "a literal")),
            },
            (Side::Key(key), Side::Word(word)) if word_literal(word).is_some() => {
                compare(op, &key, word_literal(word).unwrap_or(Value::Null))
            }
            (Side::Word(word), Side::Key(key)) if word_literal(word).is_some() => {
                compare(op.mirrored(), &key, word_literal(word).unwrap_or(Value::Null))
            }
            (Side::Word(_) | Side::Key(_), Side::Word(_) | Side::Key(_)) => Err(self.expected_at(at, "a literal")),
            (Side::Literal(_), Side::Literal(_)) => Err(self.expected_at(at, "a partition key")),
        }
    }

    fn expected_at(&mut self, at: usize, what: &str) -> Error {
        self.at = at;
        self.expected(what)
    }

    /// `struct(k, …)) [not] in ([const] struct(c, …), …)`, after an opening parenthesis if `bracketed`.
    fn struct_in(&mut self, bracketed: bool) -> Result<Parsed> {
        self.advance();
        let operands = self.list(|cursor| match cursor.side("a partition key")? {
            Side::Word(word) => Ok(Expr::Key(word.to_owned())),
            Side::Key(name) => Ok(Expr::Key(name)),
            Side::Literal(_) => Err(cursor.expected("a partition key before this")),
        })?;
        if bracketed {
            self.eat(&Token::Close, ")")?;
        }
        let negated = self.eat_word("not");
        if !self.eat_word("in") {
            return Err(self.expected(if negated { "in" } else { "in, not in" }));
        }
        let width = operands.len();
        let rows = self.list(|cursor| {
            cursor.eat_word("const");
            if !cursor.eat_word("struct") {
                return Err(cursor.expected("struct"));
            }
            let row = cursor.list(Self::constant)?;
            if row.len() == width {
                Ok(row)
            } else {
                Err(cursor.error(&format!("the struct before this has {} values for {width} keys", row.len())))
            }
        })?;
        let test = Expr::In { operands, rows };
        Ok(if negated { test.negate() } else { test })
    }

    /// `(item, …)`, at least one.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        self.eat(&Token::Open, "(")?;
        let mut items = Vec::new();
        loop {
            items.push(item(self)?);
            if *self.peek(0) != Token::Comma {
                self.eat(&Token::Close, ", or )")?;
                return Ok(items);
            }
            self.advance();
        }
    }

    fn constant(&mut self) -> Result<Parsed> {
        let at = self.at;
        let value = match self.side("a literal")? {
            Side::Literal(value) => Some(value),
            Side::Word(word) => word_literal(word),
            Side::Key(_) => None,
        };
        value.map(Expr::Literal).ok_or_else(|| self.expected_at(at, "a literal"))
    }

    fn side(&mut self, wanted: &str) -> Result<Side<'a>> {
        if matches!(self.peek(1), Token::Text(_)) && (self.is_word(0, "date") || self.is_word(0, "timestamp")) {
            return self.dated();
        }
        if let Some(text) = self.string() {
            return Ok(Side::Literal(Value::Text(text)));
        }
        let side = match self.peek(0) {
            Token::Word(word) => Side::Word(word),
            Token::Quoted(name) => Side::Key(name.clone()),
            Token::Literal(value) => Side::Literal(value.clone()),
            Token::Text(_) | Token::Compare(_) | Token::Open | Token::Close | Token::Comma | Token::End => {
                return Err(self.expected(wanted));
            }
        };
        self.advance();
        Ok(side)
    }

    /// `date '…'` or `timestamp '…'`.
    fn dated(&mut self) -> Result<Side<'a>> {
        let is_date = self.eat_word("date");
        self.at += usize::from(!is_date);
        let at = self.at;
        let text = self.string().unwrap_or_default();
        let value = if is_date {
            calendar::parse_date(&text).map(Value::Date)
        } else {
            calendar::parse_timestamp(&text).map(|(seconds, nanos)| Value::Timestamp { seconds, nanos })
        };
        let form = if is_date { "a date as yyyy-mm-dd" } else { "a timestamp as yyyy-mm-dd hh:mm:ss[.fffffffff]" };
        value.map(Side::Literal).ok_or_else(|| self.expected_at(at, form))
    }

    /// A string literal. As in Hive, neighbouring strings are one, only the outermost quotes are cut, and backslashes
    /// stay.
    fn string(&mut self) -> Option<String> {
        let mut whole = String::new();
        while let Token::Text(text) = self.peek(0) {
            whole.push_str(text);
            self.advance();
        }
        // Quotes are single bytes, and each token has two.
        whole.get(1..whole.len().saturating_sub(1)).map(str::to_owned)
    }
}

/// Words that are literals where a literal is wanted: `true`, `false`, `1e5`.
fn word_literal(word: &str) -> Option<Value> {
    if word.eq_ignore_ascii_case("true") {
        Some(Value::Boolean(true))
    } else if word.eq_ignore_ascii_case("false") {
        Some(Value::Boolean(false))
    } else if word.starts_with(|c: char| c.is_ascii_digit()) {
        written_number(word)
    } else {
        None
    }
}
