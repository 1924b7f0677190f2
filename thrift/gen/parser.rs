//! Tokens to what they say: the part of the Thrift IDL that `thrift/idl` uses.

use crate::ast::{Constant, Document, Enum, EnumValue, Field, Literal, Method, Need, Struct, Type};
use crate::lexer::{Token, tokens};

type Result<T> = std::result::Result<T, String>;

/// Reads one file of the interface.
pub fn parse(noun: &str, text: &str) -> Result<Document> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    parser.document(noun).map_err(|error| format!("{noun}.thrift:{}: {error}", parser.line()))
}

struct Parser {
    tokens: Vec<(usize, Token)>,
    at: usize,
}

impl Parser {
    fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |(line, _)| *line)
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn next(&mut self) -> Result<Token> {
        let token = self.peek().cloned().ok_or("the file ends too early")?;
        self.at += 1;
        Ok(token)
    }

    fn is_symbol(&mut self, symbol: char) -> bool {
        let is = self.peek() == Some(&Token::Symbol(symbol));
        self.at += usize::from(is);
        is
    }

    fn symbol(&mut self, symbol: char) -> Result<()> {
        if self.is_symbol(symbol) { Ok(()) } else { Err(format!("expected `{symbol}`, found {:?}", self.peek())) }
    }

    fn is_word(&mut self, word: &str) -> bool {
        let is = matches!(self.peek(), Some(Token::Word(found)) if found == word);
        self.at += usize::from(is);
        is
    }

    fn word(&mut self) -> Result<String> {
        match self.next()? {
            Token::Word(word) => Ok(word),
            other => Err(format!("expected a word, found {other:?}")),
        }
    }

    fn number(&mut self) -> Result<i64> {
        match self.next()? {
            Token::Number(number) => Ok(number),
            other => Err(format!("expected a number, found {other:?}")),
        }
    }

    /// The comments on lines of their own before an item.
    fn docs(&mut self) -> Vec<String> {
        let mut docs = Vec::new();
        while let Some(Token::Comment { text, .. }) = self.peek() {
            docs.push(text.clone());
            self.at += 1;
        }
        docs
    }

    /// A comma, then the comment behind it.
    fn item_end(&mut self, docs: &mut Vec<String>) {
        self.is_symbol(',');
        if let Some(Token::Comment { text, own_line: false }) = self.peek() {
            docs.push(text.clone());
            self.at += 1;
        }
    }

    fn document(&mut self, noun: &str) -> Result<Document> {
        let Token::Comment { text: title, .. } = self.next()? else {
            return Err("the file does not start with a comment that says what it is about".to_owned());
        };
        let (constants, enums, structs, methods) = Default::default();
        let mut out = Document { noun: noun.to_owned(), title, constants, enums, structs, methods };
        loop {
            let docs = self.docs();
            if self.peek().is_none() {
                return Ok(out);
            }
            match self.word()?.as_str() {
                "const" => out.constants.push(self.constant()?),
                "enum" => out.enums.push(self.enumeration(docs)?),
                "service" => self.service(&mut out.methods)?,
                word @ ("struct" | "union" | "exception") => {
                    let name = self.word()?;
                    self.symbol('{')?;
                    let fields = self.fields('}')?;
                    out.structs.push(Struct { name, is_exception: word == "exception", docs, fields });
                }
                other => return Err(format!("`{other}` is not a definition")),
            }
        }
    }

    fn constant(&mut self) -> Result<Constant> {
        self.word()?;
        let name = self.word()?;
        self.symbol('=')?;
        Ok(Constant { name, value: self.literal()? })
    }

    fn enumeration(&mut self, docs: Vec<String>) -> Result<Enum> {
        let mut out = Enum { name: self.word()?, docs, values: Vec::new() };
        self.symbol('{')?;
        while !self.is_symbol('}') {
            let mut docs = self.docs();
            let name = self.word()?;
            self.symbol('=')?;
            let value = self.number()?;
            self.item_end(&mut docs);
            out.values.push(EnumValue { name, value, docs });
        }
        Ok(out)
    }

    fn service(&mut self, methods: &mut Vec<Method>) -> Result<()> {
        self.word()?;
        self.symbol('{')?;
        while !self.is_symbol('}') {
            let method = self.method()?;
            methods.push(method);
        }
        Ok(())
    }

    fn method(&mut self) -> Result<Method> {
        let docs = self.docs();
        let oneway = self.is_word("oneway");
        let returns = if self.is_word("void") { None } else { Some(self.kind()?) };
        let name = self.word()?;
        self.symbol('(')?;
        let args = self.fields(')')?;
        let mut throws = Vec::new();
        if self.is_word("throws") {
            self.symbol('(')?;
            for field in self.fields(')')? {
                match field.kind {
                    Type::Named(exception) => throws.push((field.id, exception)),
                    _ => return Err(format!("{name} throws what is no exception")),
                }
            }
        }
        let notes = self.annotations()?;
        let note = |key| notes.iter().find(|(name, _)| name == key).map(|(_, value)| value.clone());
        let since = note("since").ok_or_else(|| format!("{name} does not say since when"))?;
        let (until, nullable) = (note("until"), note("nullable").is_some());
        Ok(Method { name, docs, oneway, returns, nullable, args, throws, since, until })
    }

    fn fields(&mut self, end: char) -> Result<Vec<Field>> {
        let mut fields = Vec::new();
        loop {
            let docs = self.docs();
            if self.is_symbol(end) {
                return Ok(fields);
            }
            let field = self.field(docs)?;
            fields.push(field);
        }
    }

    fn field(&mut self, docs: Vec<String>) -> Result<Field> {
        let id = i16::try_from(self.number()?).map_err(|error| error.to_string())?;
        self.symbol(':')?;
        let need = if self.is_word("required") {
            Need::Required
        } else if self.is_word("optional") {
            Need::Optional
        } else {
            Need::Default
        };
        let (kind, name) = (self.kind()?, self.word()?);
        let default = if self.is_symbol('=') { Some(self.literal()?) } else { None };
        let mut also = None;
        for (key, value) in self.annotations()? {
            if key != "also" {
                return Err(format!("no annotation `{key}` on a field"));
            }
            let mut parser = Self { tokens: tokens(&value)?, at: 0 };
            also = Some((parser.kind()?, parser.word()?));
        }
        let mut field = Field { id, name, kind, need, default, also, docs };
        self.item_end(&mut field.docs);
        Ok(field)
    }

    fn annotations(&mut self) -> Result<Vec<(String, String)>> {
        let mut out = Vec::new();
        if !self.is_symbol('(') {
            return Ok(out);
        }
        while !self.is_symbol(')') {
            let key = self.word()?;
            self.symbol('=')?;
            match self.next()? {
                Token::Text(value) => out.push((key, value)),
                other => return Err(format!("expected a text, found {other:?}")),
            }
            self.is_symbol(',');
        }
        Ok(out)
    }

    fn kind(&mut self) -> Result<Type> {
        let word = self.word()?;
        if !matches!(word.as_str(), "list" | "set" | "map") {
            return Ok(Type::Named(word));
        }
        self.symbol('<')?;
        let first = Box::new(self.kind()?);
        let kind = match word.as_str() {
            "list" => Type::List(first),
            "set" => Type::Set(first),
            _ => {
                self.symbol(',')?;
                Type::Map(first, Box::new(self.kind()?))
            }
        };
        self.symbol('>')?;
        Ok(kind)
    }

    fn literal(&mut self) -> Result<Literal> {
        Ok(match self.next()? {
            Token::Number(number) => Literal::Number(number),
            Token::Text(text) => Literal::Text(text),
            Token::Word(word) => Literal::Word(word),
            other => return Err(format!("expected a value, found {other:?}")),
        })
    }
}
