//! Reading expressions, from comparisons down.

use super::ast::{Expr, Node, Sign};
use super::lex::Token;
use super::parse::Parser;
use super::sql_type::SqlType;
use crate::Result;

impl Parser<'_> {
    pub fn predicate(&mut self) -> Result<Expr> {
        let of = self.sum()?;
        let at = of.at;
        if let Token::Sign(sign @ ("=" | "<>" | "!=" | "<" | "<=" | ">" | ">=")) = *self.peek() {
            self.step();
            let right = self.sum()?;
            let sign = if sign == "!=" { "<>" } else { sign };
            return Ok(Expr { at, node: Node::Compare(sign, Box::new(of), Box::new(right)) });
        }
        let of = Box::new(of);
        if self.take_word("is") {
            let is_not = self.take_word("not");
            self.need_word("null")?;
            return Ok(Expr { at, node: Node::IsNull { of, is_not } });
        }
        let is_not = self.take_word("not");
        let node = if self.take_word("between") {
            let low = Box::new(self.sum()?);
            self.need_word("and")?;
            Node::Between { of, low, high: Box::new(self.sum()?), is_not }
        } else if self.take_word("in") {
            self.need_sign("(")?;
            if self.is_word("select") {
                return Err(self.wrong("IN takes a list of values; for a query, join it"));
            }
            let mut among = vec![self.expr()?];
            while self.take_sign(",") {
                among.push(self.expr()?);
            }
            self.need_sign(")")?;
            Node::In { of, among, is_not }
        } else if self.take_word("like") {
            let Token::Text(pattern) = self.peek().clone() else { return Err(self.wrong("LIKE takes a text")) };
            if pattern.contains('\\') {
                return Err(self.wrong("a backslash in a pattern is not the same in all engines"));
            }
            self.step();
            Node::Like { of, pattern, is_not }
        } else if is_not {
            return Err(self.wrong("BETWEEN, IN or LIKE is expected after NOT"));
        } else {
            return Ok(*of);
        };
        Ok(Expr { at, node })
    }

    fn sum(&mut self) -> Result<Expr> {
        self.chain(&[("+", Sign::Add), ("-", Sign::Subtract), ("||", Sign::Concat)], Self::product)
    }

    fn product(&mut self) -> Result<Expr> {
        self.chain(&[("*", Sign::Multiply), ("/", Sign::Divide), ("%", Sign::Modulo)], Self::unary)
    }

    fn chain(&mut self, signs: &[(&str, Sign)], next: fn(&mut Self) -> Result<Expr>) -> Result<Expr> {
        let mut left = next(self)?;
        while let Some((_, sign)) = signs.iter().find(|(sign, _)| self.take_sign(sign)) {
            let right = next(self)?;
            left = Expr { at: left.at, node: Node::Math(*sign, Box::new(left), Box::new(right)) };
            self.operator_count()?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Expr> {
        let at = self.at();
        if self.take_sign("-") {
            let of = self.deeper(Self::unary)?;
            return Ok(Expr { at, node: Node::Negate(Box::new(of)) });
        }
        self.primary()
    }

    fn primary(&mut self) -> Result<Expr> {
        let at = self.at();
        let node = match self.peek().clone() {
            Token::Sign("(") => {
                self.step();
                if self.is_word("select") {
                    return Err(self.wrong("queries stand in FROM only"));
                }
                let inside = self.expr()?;
                self.need_sign(")")?;
                return Ok(inside);
            }
            Token::Number(number) => {
                self.step();
                if number.contains('.') { Node::Decimal(number) } else { Node::Integer(number) }
            }
            Token::Text(text) => {
                self.step();
                Node::Text(text)
            }
            Token::Word(word) => return self.word(&word),
            Token::Name(_) => self.column()?,
            Token::Sign(_) | Token::End => return Err(self.wrong("an expression is expected")),
        };
        Ok(Expr { at, node })
    }

    fn word(&mut self, word: &str) -> Result<Expr> {
        let at = self.at();
        let node = match word {
            "null" => Node::Null,
            "true" => Node::Boolean(true),
            "false" => Node::Boolean(false),
            "case" => return self.deeper(Self::case),
            "cast" => return self.deeper(Self::cast),
            _ => {
                return match self.literal_or_call(word)? {
                    Some(node) => Ok(Expr { at, node }),
                    None => Ok(Expr { at, node: self.column()? }),
                };
            }
        };
        self.step();
        Ok(Expr { at, node })
    }

    /// `DATE '…'`, `TIMESTAMP '…'`, `name(…)`.
    fn literal_or_call(&mut self, word: &str) -> Result<Option<Node>> {
        let after = self.after();
        match (word, after) {
            ("date" | "timestamp", Some(Token::Text(text))) => {
                let text = text.clone();
                self.step();
                self.step();
                Ok(Some(if word == "date" { Node::Date(text) } else { Node::Timestamp(text) }))
            }
            (_, Some(Token::Sign("("))) => {
                self.step();
                self.step();
                self.deeper(|within| within.call(word)).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn call(&mut self, name: &str) -> Result<Node> {
        if name == "count" && self.take_sign("*") {
            self.need_sign(")")?;
            return self.no_window(Node::CountAll);
        }
        let is_distinct = self.take_word("distinct");
        let mut arguments = Vec::new();
        if !self.take_sign(")") {
            arguments.push(self.expr()?);
            while self.take_sign(",") {
                arguments.push(self.expr()?);
            }
            self.need_sign(")")?;
        }
        self.no_window(Node::Call { name: name.to_owned(), is_distinct, arguments })
    }

    fn no_window(&self, node: Node) -> Result<Node> {
        if self.is_word("over") {
            return Err(
                self.wrong("windows sort NULL differently in the engines; the final view of an event log has one")
            );
        }
        Ok(node)
    }

    fn column(&mut self) -> Result<Node> {
        let first = self.name()?;
        if !self.take_sign(".") {
            return Ok(Node::Column { of: None, name: first });
        }
        let name = self.name()?;
        if self.take_sign(".") {
            return Err(
                self.wrong("a column is named `source.column`; give a table of another database a name in FROM")
            );
        }
        Ok(Node::Column { of: Some(first), name })
    }

    fn case(&mut self) -> Result<Expr> {
        let at = self.at();
        self.step();
        let of = if self.is_word("when") { None } else { Some(Box::new(self.expr()?)) };
        let mut branches = Vec::new();
        while self.take_word("when") {
            let condition = self.expr()?;
            self.need_word("then")?;
            branches.push((condition, self.expr()?));
        }
        if branches.is_empty() {
            return Err(self.wrong("WHEN is expected"));
        }
        let otherwise = if self.take_word("else") { Some(Box::new(self.expr()?)) } else { None };
        self.need_word("end")?;
        Ok(Expr { at, node: Node::Case { of, branches, otherwise } })
    }

    fn cast(&mut self) -> Result<Expr> {
        let at = self.at();
        self.step();
        self.need_sign("(")?;
        let of = self.expr()?;
        self.need_word("as")?;
        let begin = self.at();
        let mut words = String::new();
        let mut open = 0_usize;
        loop {
            match self.peek() {
                Token::Sign(")") if open == 0 => break,
                Token::Word(word) | Token::Number(word) => words.push_str(word),
                Token::Sign(sign @ ("(" | "," | ")")) => {
                    open = if *sign == "(" { open + 1 } else { open - usize::from(*sign == ")") };
                    words.push_str(sign);
                }
                _ => return Err(self.wrong("a type is expected")),
            }
            self.step();
        }
        self.need_sign(")")?;
        match SqlType::parse(&words) {
            SqlType::Other(_) => Err(super::lex::error(
                self.text,
                begin,
                "a CAST goes to smallint, int, bigint, double, decimal(p,s), string, varchar(n), date or timestamp",
            )),
            to => Ok(Expr { at, node: Node::Cast(Box::new(of), to) }),
        }
    }
}
