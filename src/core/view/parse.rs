//! Reading a definition: SELECT … FROM … JOIN … WHERE … GROUP BY … HAVING, UNION ALL, and queries in FROM.

use super::ast::{Expr, Item, Join, JoinKind, Node, Query, Select, Source, SourceKind};
use super::lex::{Spanned, Token, error, tokens};
use crate::Result;

/// Parentheses, subqueries and operators in each other.
const DEPTH_MAX: usize = 48;
/// Operators that can stand in a row, in all of the text.
const OPERATORS_MAX: usize = 200;
/// Words that end an expression or a source, and so name nothing without quotes.
const RESERVED: [&str; 43] = [
    "all",
    "and",
    "as",
    "between",
    "by",
    "case",
    "cast",
    "cross",
    "distinct",
    "else",
    "end",
    "except",
    "exists",
    "false",
    "from",
    "full",
    "group",
    "having",
    "in",
    "inner",
    "intersect",
    "is",
    "join",
    "lateral",
    "left",
    "like",
    "limit",
    "natural",
    "not",
    "null",
    "on",
    "or",
    "order",
    "outer",
    "over",
    "right",
    "select",
    "then",
    "true",
    "union",
    "using",
    "when",
    "where",
];

pub(super) struct Parser<'t> {
    pub text: &'t str,
    tokens: Vec<Spanned>,
    next: usize,
    depth: usize,
    operators: usize,
}

/// Parses a whole definition.
pub(super) fn parse(text: &str) -> Result<Query> {
    let mut parser = Parser { text, tokens: tokens(text)?, next: 0, depth: 0, operators: 0 };
    let query = parser.query()?;
    match parser.peek() {
        Token::End => Ok(query),
        Token::Word(word) if word == "order" || word == "limit" => {
            Err(parser.wrong("a view has no order and no limit: its readers sort"))
        }
        _ => Err(parser.wrong("nothing is expected here")),
    }
}

impl Parser<'_> {
    pub fn peek(&self) -> &Token {
        // The last token is End, and nothing steps over it.
        self.tokens.get(self.next).map_or(&Token::End, |one| &one.token)
    }

    pub fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.text.len(), |one| one.at)
    }

    /// The token behind the next one.
    pub fn after(&self) -> Option<&Token> {
        self.tokens.get(self.next + 1).map(|one| &one.token)
    }

    pub fn step(&mut self) -> Token {
        let token = self.peek().clone();
        self.next += 1;
        token
    }

    /// What is wrong with the next token.
    pub fn wrong(&self, what: &str) -> crate::Error {
        let found = match self.peek() {
            Token::End => "the end".to_owned(),
            Token::Word(word) | Token::Name(word) | Token::Number(word) => format!("`{word}`"),
            Token::Text(text) => format!("'{}'", text.chars().take(40).collect::<String>()),
            Token::Sign(sign) => format!("`{sign}`"),
        };
        error(self.text, self.at(), &format!("{what}; found {found}"))
    }

    pub fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Token::Word(found) if found == word)
    }

    pub fn take_word(&mut self, word: &str) -> bool {
        let is = self.is_word(word);
        self.next += usize::from(is);
        is
    }

    pub fn take_sign(&mut self, sign: &str) -> bool {
        let is = matches!(self.peek(), Token::Sign(found) if *found == sign);
        self.next += usize::from(is);
        is
    }

    pub fn need_word(&mut self, word: &str) -> Result<()> {
        if self.take_word(word) { Ok(()) } else { Err(self.wrong(&format!("{} is expected", word.to_uppercase()))) }
    }

    pub fn need_sign(&mut self, sign: &str) -> Result<()> {
        if self.take_sign(sign) { Ok(()) } else { Err(self.wrong(&format!("`{sign}` is expected"))) }
    }

    /// A name: one in quotes, or a word that has no other meaning.
    pub fn name(&mut self) -> Result<String> {
        match self.name_if() {
            Some(name) => Ok(name),
            None => Err(self.wrong("a name is expected (keywords as names stand in double quotes or backticks)")),
        }
    }

    fn name_if(&mut self) -> Option<String> {
        let name = match self.peek() {
            Token::Name(name) if !name.is_empty() => name.clone(),
            Token::Word(word) if !RESERVED.contains(&word.as_str()) => word.clone(),
            _ => return None,
        };
        self.next += 1;
        Some(name)
    }

    /// Runs what may contain itself.
    pub fn deeper<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.depth == DEPTH_MAX {
            return Err(self.wrong(&format!("more than {DEPTH_MAX} levels")));
        }
        self.depth += 1;
        let done = work(self);
        self.depth -= 1;
        done
    }

    fn query(&mut self) -> Result<Query> {
        let mut branches = vec![self.select()?];
        while self.take_word("union") {
            if !self.take_word("all") {
                return Err(self.wrong("UNION ALL is expected; for UNION, select DISTINCT from it"));
            }
            branches.push(self.select()?);
        }
        Ok(Query { branches })
    }

    fn select(&mut self) -> Result<Select> {
        let at = self.at();
        self.need_word("select")?;
        let is_distinct = self.take_word("distinct");
        let mut items = vec![self.item()?];
        while self.take_sign(",") {
            items.push(self.item()?);
        }
        self.need_word("from")?;
        let from = self.source()?;
        let mut joins = Vec::new();
        while let Some(join) = self.join()? {
            joins.push(join);
        }
        if self.take_sign(",") {
            return Err(self.wrong("tables are joined by JOIN … ON or CROSS JOIN, not by a comma"));
        }
        let filter = if self.take_word("where") { Some(self.expr()?) } else { None };
        let mut group = Vec::new();
        if self.take_word("group") {
            self.need_word("by")?;
            group.push(self.expr()?);
            while self.take_sign(",") {
                group.push(self.expr()?);
            }
        }
        let having = if self.take_word("having") { Some(self.expr()?) } else { None };
        Ok(Select { at, is_distinct, items, from, joins, filter, group, having })
    }

    fn item(&mut self) -> Result<Item> {
        let at = self.at();
        if self.take_sign("*") {
            return Ok(Item::All { at, of: None });
        }
        let begin = self.next;
        if let Some(of) = self.name_if()
            && self.take_sign(".")
            && self.take_sign("*")
        {
            return Ok(Item::All { at, of: Some(of) });
        }
        self.next = begin;
        let expr = self.expr()?;
        let name = if self.take_word("as") { Some(self.name()?) } else { self.name_if() };
        Ok(Item::Expr { expr, name })
    }

    fn source(&mut self) -> Result<Source> {
        let at = self.at();
        let what = if self.take_sign("(") {
            let query = self.deeper(Self::query)?;
            self.need_sign(")")?;
            SourceKind::Query(Box::new(query))
        } else {
            let first = self.name()?;
            if self.take_sign(".") {
                SourceKind::Table { database: Some(first), table: self.name()? }
            } else {
                SourceKind::Table { database: None, table: first }
            }
        };
        let alias = if self.take_word("as") { Some(self.name()?) } else { self.name_if() };
        if alias.is_none() && matches!(what, SourceKind::Query(_)) {
            return Err(self.wrong("a query in FROM needs a name"));
        }
        Ok(Source { at, what, alias })
    }

    fn join(&mut self) -> Result<Option<Join>> {
        let kind = match self.peek() {
            Token::Word(word) => match word.as_str() {
                "join" | "inner" => JoinKind::Inner,
                "left" => JoinKind::Left,
                "right" => JoinKind::Right,
                "full" => JoinKind::Full,
                "cross" => JoinKind::Cross,
                _ => return Ok(None),
            },
            _ => return Ok(None),
        };
        if !self.take_word("join") {
            self.step();
            if matches!(kind, JoinKind::Left | JoinKind::Right | JoinKind::Full) {
                self.take_word("outer");
            }
            self.need_word("join")?;
        }
        let source = self.source()?;
        let on = if kind == JoinKind::Cross {
            None
        } else {
            self.need_word("on")?;
            Some(self.expr()?)
        };
        Ok(Some(Join { kind, source, on }))
    }

    pub fn expr(&mut self) -> Result<Expr> {
        self.deeper(Self::any)
    }

    fn any(&mut self) -> Result<Expr> {
        let mut left = self.all()?;
        while self.take_word("or") {
            left = self.pair(left, Self::all, Node::Or)?;
            self.operator_count()?;
        }
        Ok(left)
    }

    fn all(&mut self) -> Result<Expr> {
        let mut left = self.not()?;
        while self.take_word("and") {
            left = self.pair(left, Self::not, Node::And)?;
            self.operator_count()?;
        }
        Ok(left)
    }

    /// Each operator in a row makes the tree a level deeper.
    pub fn operator_count(&mut self) -> Result<()> {
        self.operators += 1;
        if self.operators <= OPERATORS_MAX {
            return Ok(());
        }
        Err(self.wrong(&format!("more than {OPERATORS_MAX} operators (AND, OR, +, …); IN takes many values")))
    }

    fn pair(
        &mut self,
        left: Expr,
        next: impl FnOnce(&mut Self) -> Result<Expr>,
        node: fn(Box<Expr>, Box<Expr>) -> Node,
    ) -> Result<Expr> {
        let right = next(self)?;
        Ok(Expr { at: left.at, node: node(Box::new(left), Box::new(right)) })
    }

    fn not(&mut self) -> Result<Expr> {
        let at = self.at();
        if self.take_word("not") {
            let of = self.deeper(Self::not)?;
            return Ok(Expr { at, node: Node::Not(Box::new(of)) });
        }
        self.predicate()
    }
}
