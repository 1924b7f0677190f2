//! Hive's type texts as trees: `struct<a:int,b:array<decimal(10,2)>>`.

use std::fmt;

/// The type of what holds nothing but nulls.
const VOID: &str = "void";
/// Deeper types are not read.
const DEPTH_MAX: usize = 64;

/// A type. Names of structs' fields are in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum HiveType {
    /// `int`, `varchar(10)`: in lower case, without blanks.
    Primitive(String),
    Decimal {
        precision: u8,
        scale: u8,
    },
    List(Box<Self>),
    Map(Box<Self>, Box<Self>),
    Struct(Vec<(String, Self)>),
}

impl HiveType {
    /// None for what is not of Hive's form, for unions, and for what is nested too deep.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parser = Parser { rest: text.trim() };
        let read = parser.read(0)?;
        parser.rest.trim().is_empty().then_some(read)
    }

    /// Leaves out what is known to be null and nothing else (`void`, at any depth): writers make it of columns without
    /// a value, and no reader can use it. None where nothing is left.
    pub fn known(&self) -> Option<Self> {
        match self {
            Self::Primitive(name) if name == VOID => None,
            Self::Primitive(_) | Self::Decimal { .. } => Some(self.clone()),
            Self::List(element) => Some(Self::List(Box::new(element.known()?))),
            Self::Map(key, value) => Some(Self::Map(Box::new(key.known()?), Box::new(value.known()?))),
            Self::Struct(fields) => {
                let known = fields.iter().filter_map(|(name, field)| Some((name.clone(), field.known()?)));
                let known: Vec<(String, Self)> = known.collect();
                (!known.is_empty()).then_some(Self::Struct(known))
            }
        }
    }

    /// Tells whether no part of it is void.
    pub fn is_known(&self) -> bool {
        self.known().as_ref() == Some(self)
    }
}

struct Parser<'a> {
    rest: &'a str,
}

impl<'a> Parser<'a> {
    fn eat(&mut self, token: char) -> Option<()> {
        self.rest = self.rest.trim_start().strip_prefix(token)?.trim_start();
        Some(())
    }

    fn until(&mut self, ends: &[char]) -> &'a str {
        let end = self.rest.find(ends).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        word.trim()
    }

    fn read(&mut self, depth: usize) -> Option<HiveType> {
        if depth > DEPTH_MAX {
            return None;
        }
        let word = self.until(&['<', '>', '(', ')', ',', ':']).to_ascii_lowercase();
        match word.as_str() {
            "" | "uniontype" => None,
            "array" => {
                self.eat('<')?;
                let element = self.read(depth + 1)?;
                self.eat('>')?;
                Some(HiveType::List(Box::new(element)))
            }
            "map" => {
                self.eat('<')?;
                let key = self.read(depth + 1)?;
                self.eat(',')?;
                let value = self.read(depth + 1)?;
                self.eat('>')?;
                Some(HiveType::Map(Box::new(key), Box::new(value)))
            }
            "struct" => self.fields(depth),
            _ => self.primitive(word),
        }
    }

    fn fields(&mut self, depth: usize) -> Option<HiveType> {
        self.eat('<')?;
        let mut fields = Vec::new();
        loop {
            let name = self.until(&[':', '<', '>', ',']).trim_matches('`').to_lowercase();
            if name.is_empty() {
                return None;
            }
            self.eat(':')?;
            fields.push((name, self.read(depth + 1)?));
            if self.eat(',').is_none() {
                break;
            }
        }
        self.eat('>')?;
        Some(HiveType::Struct(fields))
    }

    fn primitive(&mut self, word: String) -> Option<HiveType> {
        let arguments: String = if self.eat('(').is_some() {
            let inner = self.until(&[')']).chars().filter(|c| !c.is_whitespace()).collect();
            self.eat(')')?;
            inner
        } else {
            String::new()
        };
        Some(match word.as_str() {
            "decimal" | "numeric" | "dec" => {
                let (precision, scale) = match arguments.split_once(',') {
                    Some((precision, scale)) => (precision.parse().ok()?, scale.parse().ok()?),
                    None if arguments.is_empty() => (10, 0),
                    None => (arguments.parse().ok()?, 0),
                };
                HiveType::Decimal { precision, scale }
            }
            "integer" => HiveType::Primitive("int".to_owned()),
            _ if arguments.is_empty() => HiveType::Primitive(word),
            _ => HiveType::Primitive(format!("{word}({arguments})")),
        })
    }
}

impl fmt::Display for HiveType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Primitive(name) => f.write_str(name),
            Self::Decimal { precision, scale } => write!(f, "decimal({precision},{scale})"),
            Self::List(element) => write!(f, "array<{element}>"),
            Self::Map(key, value) => write!(f, "map<{key},{value}>"),
            Self::Struct(fields) => {
                f.write_str("struct<")?;
                for (n, (name, field)) in fields.iter().enumerate() {
                    let comma = if n == 0 { "" } else { "," };
                    write!(f, "{comma}{name}:{field}")?;
                }
                f.write_str(">")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_hive_and_spark_write() {
        for (text, shown) in [
            ("INT", "int"),
            (" integer ", "int"),
            ("decimal", "decimal(10,0)"),
            ("Decimal( 12 , 3 )", "decimal(12,3)"),
            ("varchar(10)", "varchar(10)"),
            ("timestamp with local time zone", "timestamp with local time zone"),
            ("struct<A:int,b:array<map<string,decimal(3,1)>>>", "struct<a:int,b:array<map<string,decimal(3,1)>>>"),
            ("struct<`a b`: int , c : string>", "struct<a b:int,c:string>"),
        ] {
            assert_eq!(HiveType::parse(text).unwrap().to_string(), shown, "{text}");
        }
        let deep = "array<".repeat(100) + "int" + &">".repeat(100);
        for bad in ["", "array<int", "array<>", "map<int>", "struct<>", "struct<a>", "int>", "decimal(x)", &deep] {
            assert_eq!(HiveType::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn void_is_left_out_at_any_depth() {
        let known = |text: &str| HiveType::parse(text).unwrap().known().map(|known| known.to_string());
        for (text, left) in [
            ("int", Some("int")),
            ("void", None),
            ("array<void>", None),
            ("array<array<void>>", None),
            ("map<string,void>", None),
            ("map<void,int>", None),
            ("struct<a:void>", None),
            ("struct<a:struct<b:void>,c:int>", Some("struct<c:int>")),
            ("struct<a:int,b:void,c:array<void>>", Some("struct<a:int>")),
            ("array<struct<a:int,b:void>>", Some("array<struct<a:int>>")),
            ("map<string,struct<a:void,b:map<string,int>>>", Some("map<string,struct<b:map<string,int>>>")),
        ] {
            assert_eq!(known(text).as_deref(), left, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_left_is_known(text in "(array<|map<string,|struct<a:|struct<b:int,c:){0,4}(void|int)>{0,4}") {
            if let Some(known) = HiveType::parse(&text).and_then(|read| read.known()) {
                prop_assert!(known.is_known() && !known.to_string().contains("void"));
            }
        }

        #[test]
        fn no_text_panics(text in "(array<|map<|struct<|[a-z]{1,3}|:|,|>|\\(|\\)|[0-9]{1,4}|é| ){0,20}") {
            if let Some(read) = HiveType::parse(&text) {
                prop_assert_eq!(HiveType::parse(&read.to_string()), Some(read));
            }
        }
    }
}
