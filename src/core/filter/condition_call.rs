//! Functions in a filter text: `name(argument, …)` in the place of a key.

use super::ast::{CompareOp, Expr, Value};
use super::call;
use super::condition::{Cursor, OPERATORS, Side, word_literal};
use super::lex::Token;
use super::parse::Parsed;
use crate::Result;
use crate::function::names_like;

/// Calls within calls.
const MAX_CALLS_NESTED: usize = 32;

impl Cursor<'_, '_> {
    /// Whether an operator follows that is a word.
    pub(super) fn at_test(&self) -> bool {
        OPERATORS.into_iter().chain(["not"]).any(|word| self.is_word(0, word))
    }

    /// Whether what stands in a parenthesis is a function's answer, which an operator follows.
    pub(super) fn at_bracketed_call(&self) -> bool {
        if !matches!(self.peek(1), Token::Word(_)) || *self.peek(2) != Token::Open {
            return false;
        }
        let (mut ahead, mut open) = (2, 0_usize);
        loop {
            match self.peek(ahead) {
                Token::Open => open += 1,
                Token::Close => open -= 1,
                Token::End => return false,
                _ => {}
            }
            ahead += 1;
            if open == 0 {
                break;
            }
        }
        let is_operator = |token: &Token<'_>| match token {
            Token::Compare(_) => true,
            Token::Word(word) => OPERATORS.into_iter().chain(["not"]).any(|known| word.eq_ignore_ascii_case(known)),
            _ => false,
        };
        *self.peek(ahead) == Token::Close && is_operator(self.peek(ahead + 1))
    }

    /// A comparison of a function's answer with a literal, a key or another one. The function is on the left in what comes
    /// back.
    pub(super) fn call_comparison(
        &mut self,
        op: CompareOp,
        left: (Side<'_>, usize),
        right: (Side<'_>, usize),
    ) -> Result<Parsed> {
        let ((call, (other, at)), op) = match (left, right) {
            ((Side::Call(call), _), right) => ((call, right), op),
            (left, (Side::Call(call), _)) => ((call, left), op.mirrored()),
            _ => return Err(self.expected("a function")),
        };
        let other = match other {
            Side::Call(other) => other,
            Side::Key(_) => {
                self.told(Some(at), None);
                other.key().unwrap_or(Expr::Literal(Value::Null))
            }
            Side::Word(word) if word_literal(word).is_none() => {
                self.told(Some(at), None);
                Expr::Key(word.to_owned())
            }
            other => {
                self.told(None, Some(at));
                Expr::Literal(other.literal().unwrap_or(Value::Null))
            }
        };
        Ok(Expr::compare(op, call, other))
    }

    /// `name(argument, …)`.
    pub(super) fn call(&mut self, name: &str, depth: usize) -> Result<Parsed> {
        if depth > MAX_CALLS_NESTED {
            return Err(self.error(&format!("functions are nested more than {MAX_CALLS_NESTED} deep")));
        }
        if call::named::<String>(name, Vec::new()).is_none() {
            let known = names_like(name);
            return Err(self.error(&format!("there is no function `{name}` here; there are {known}")));
        }
        self.advance();
        let arguments = self.list(|cursor| cursor.argument(depth))?;
        call::named(name, arguments).ok_or_else(|| self.expected("a function"))
    }

    /// A key, a literal or a call.
    fn argument(&mut self, depth: usize) -> Result<Parsed> {
        if let (Token::Word(name), Token::Open) = (self.peek(0), self.peek(1)) {
            return self.call(name, depth + 1);
        }
        let at = self.at;
        match self.side("a partition key, a literal, a function")? {
            Side::Literal(value) => Ok(Expr::Literal(value)),
            Side::Call(call) => Ok(call),
            Side::Word(word) if word.eq_ignore_ascii_case("null") => Ok(Expr::Literal(Value::Null)),
            Side::Word(word) => Ok(word_literal(word).map_or_else(
                || {
                    self.told(Some(at), None);
                    Expr::Key(word.to_owned())
                },
                Expr::Literal,
            )),
            Side::Key(name) => {
                self.told(Some(at), None);
                Ok(Expr::Key(name))
            }
        }
    }
}
