//! One condition of a filter text: what stands between AND and OR.

use super::ast::{CompareOp, Expr, LikeDialect, Value};
use super::call;
use super::lex::{self, Spanned, Token, written_number};
use super::parse::Parsed;
use crate::types::calendar;
use crate::{Error, Result};

/// Operators that are words.
pub(super) const OPERATORS: [&str; 6] = ["in", "is", "like", "rlike", "regexp", "between"];

/// The bytes where keys and literals begin, each in the order of the text; not those of literals within calls.
#[derive(Default)]
pub struct Places {
    pub keys: Vec<usize>,
    pub literals: Vec<usize>,
}

/// A place in the tokens of a text, and the recursion-free part of the grammar.
pub struct Cursor<'a, 'p> {
    text: &'a str,
    tokens: &'a [Spanned<'a>],
    pub(super) at: usize,
    places: Option<&'p mut Places>,
}

/// A side of a comparison before it is known which side is the key.
pub(super) enum Side<'a> {
    /// A key, or a literal such as `true`.
    Word(&'a str),
    Key(String),
    Literal(Value),
    Call(Parsed),
}

impl Side<'_> {
    /// The key or call that it is where one is wanted.
    pub(super) fn key(self) -> Option<Parsed> {
        match self {
            Self::Word(word) => Some(Expr::Key(word.to_owned())),
            Self::Key(name) => Some(Expr::Key(name)),
            Self::Call(call) => Some(call),
            Self::Literal(_) => None,
        }
    }

    /// The literal that it is where a literal is wanted.
    pub(super) fn literal(self) -> Option<Value> {
        match self {
            Self::Word(word) => word_literal(word),
            Self::Key(_) | Self::Call(_) => None,
            Self::Literal(value) => Some(value),
        }
    }
}

impl<'a, 'p> Cursor<'a, 'p> {
    /// `tokens` are those of `text`, ended by [`Token::End`]. Where keys and literals stand is told to `places`.
    pub fn new(text: &'a str, tokens: &'a [Spanned<'a>], places: Option<&'p mut Places>) -> Self {
        Self { text, tokens, at: 0, places }
    }

    /// The token some places ahead; beyond the end it is the end.
    pub fn peek(&self, ahead: usize) -> &'a Token<'a> {
        self.tokens.get(self.at + ahead).map_or(&Token::End, |spanned| &spanned.token)
    }

    pub fn advance(&mut self) {
        self.at += 1;
    }

    /// The byte that a token begins at.
    fn byte(&self, token: usize) -> usize {
        self.tokens.get(token).map_or(self.text.len(), |spanned| spanned.at)
    }

    /// Tells where the key and the literal of a comparison are, by their tokens.
    pub(super) fn told(&mut self, key: Option<usize>, literal: Option<usize>) {
        let (key, literal) = (key.map(|token| self.byte(token)), literal.map(|token| self.byte(token)));
        if let Some(places) = &mut self.places {
            places.keys.extend(key);
            places.literals.extend(literal);
        }
    }

    /// An error at the next token.
    pub fn error(&self, what: &str) -> Error {
        lex::error(self.text, self.byte(self.at), what)
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

    pub(super) fn is_word(&self, ahead: usize, keyword: &str) -> bool {
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
        let operand =
            matches!(self.peek(1), Token::Compare(_)) || OPERATORS.into_iter().any(|keyword| self.is_word(1, keyword));
        !operand && self.eat_word("not")
    }

    /// Whether a parenthesis opens a group, and not `(key) in`, `(year(key)) in` or `(struct(…)) in`.
    pub fn at_group(&self) -> bool {
        let key = matches!(self.peek(1), Token::Word(_) | Token::Quoted(_)) && *self.peek(2) == Token::Close;
        let list = self.is_word(1, "struct") && *self.peek(2) == Token::Open;
        *self.peek(0) == Token::Open && !key && !list && !self.at_bracketed_call()
    }

    /// Reads a condition; its key is on the left in what comes back.
    pub fn condition(&mut self) -> Result<Parsed> {
        let bracketed = *self.peek(0) == Token::Open;
        self.at += usize::from(bracketed);
        if self.is_word(0, "struct") && *self.peek(1) == Token::Open {
            return self.struct_in(bracketed);
        }
        let begin = self.at;
        let side = self.side("a partition key, a literal, a function, not, (")?;
        if bracketed {
            self.eat(&Token::Close, ")")?;
        }
        if let Token::Compare(op) = *self.peek(0) {
            self.advance();
            return self.comparison(op, side, begin);
        }
        if let Side::Call(call) = side {
            return if self.at_test() { self.tested(call) } else { Ok(call) };
        }
        self.told(Some(begin), None);
        let Some(key) = side.key() else { return Err(self.expected("a comparison (= != < <= > >=)")) };
        self.tested(key)
    }

    fn tested(&mut self, key: Parsed) -> Result<Parsed> {
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
        if self.eat_word("rlike") || self.eat_word("regexp") {
            let Some(pattern) = self.string() else { return Err(self.expected("a string")) };
            let called = call::named("rlike", vec![key, Expr::Literal(Value::Text(pattern))]);
            return called.ok_or_else(|| self.expected("like"));
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
        let wanted = "an operator (= != < <= > >= like, rlike, between, in, is null, not like, not between, not in)";
        Err(self.expected(if negated { "like, rlike, between, in" } else { wanted }))
    }

    /// A comparison behind its sign; its left side begins at a token.
    fn comparison(&mut self, op: CompareOp, left: Side<'_>, begin: usize) -> Result<Parsed> {
        let at = self.at;
        let right = self.side("a literal, a function")?;
        let is_literal = |side: &Side<'_>| match side {
            Side::Word(word) => word_literal(word).is_some(),
            Side::Key(_) | Side::Call(_) => false,
            Side::Literal(_) => true,
        };
        if matches!(left, Side::Call(_)) || matches!(right, Side::Call(_)) {
            return self.call_comparison(op, (left, begin), (right, at));
        }
        // Of two words that both can be literals, the first is the key.
        let (key, value, op, places) = match (left, right) {
            (Side::Literal(_), Side::Literal(_)) => return Err(self.expected_at(at, "a partition key")),
            (key @ (Side::Word(_) | Side::Key(_)), value) if is_literal(&value) => (key, value, op, (begin, at)),
            (value, key) if is_literal(&value) => (key, value, op.mirrored(), (at, begin)),
            (_, _) => return Err(self.expected_at(at, "a literal")),
        };
        let (Some(key), Some(value)) = (key.key(), value.literal()) else {
            return Err(self.expected_at(at, "a literal"));
        };
        self.told(Some(places.0), Some(places.1));
        Ok(Expr::compare(op, key, Expr::Literal(value)))
    }

    pub(super) fn expected_at(&mut self, at: usize, what: &str) -> Error {
        self.at = at;
        self.expected(what)
    }

    /// `struct(k, …)) [not] in ([const] struct(c, …), …)`, after an opening parenthesis if `bracketed`.
    fn struct_in(&mut self, bracketed: bool) -> Result<Parsed> {
        self.advance();
        let operands = self.list(|cursor| {
            cursor.told(Some(cursor.at), None);
            let side = cursor.side("a partition key")?;
            let key = side.key().filter(|key| key.as_key().is_some());
            key.ok_or_else(|| cursor.expected("a partition key before this"))
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
    pub(super) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
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
        self.told(None, Some(at));
        let value = self.side("a literal")?.literal();
        value.map(Expr::Literal).ok_or_else(|| self.expected_at(at, "a literal"))
    }

    pub(super) fn side(&mut self, wanted: &str) -> Result<Side<'a>> {
        if matches!(self.peek(1), Token::Text(_)) && (self.is_word(0, "date") || self.is_word(0, "timestamp")) {
            return self.dated();
        }
        if let Some(text) = self.string() {
            return Ok(Side::Literal(Value::Text(text)));
        }
        if let (Token::Word(name), Token::Open) = (self.peek(0), self.peek(1)) {
            return self.call(name, 1).map(Side::Call);
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
pub(super) fn word_literal(word: &str) -> Option<Value> {
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
