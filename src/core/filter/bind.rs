//! From a parsed filter to one over a table's keys: names resolved, literals brought to their key's type, the default
//! partition's name turned into NULL tests, equalities of a key gathered into one IN.

use super::ast::{CompareOp, Expr, Value};
use super::call::literal_type;
use super::merge::merged;
use super::parse::Parsed;
use crate::function::{Call, Generation, Type, convert};
use crate::name::DEFAULT_PARTITION;
use crate::table::Column;
use crate::types::{KeyType, calendar};
use crate::{Error, Result};

/// What the keys are, for bringing an expression into its bound form.
pub struct Typing<'a> {
    pub types: &'a [KeyType],
    /// Texts that mean NULL when a key is equal to them.
    pub null_texts: &'a [&'a str],
    /// Filter text: its literals take their key's type, and nonsense (a date key and a number) is an error. Serialised
    /// expressions carry their own casts and are left as they are.
    pub coerce: bool,
}

/// Resolves names without case.
pub fn resolve(parsed: Parsed, partition_keys: &[Column]) -> Result<Expr> {
    parsed.map_keys(&mut |name: String| {
        key_number(&name, partition_keys).ok_or_else(|| {
            let keys: Vec<&str> = partition_keys.iter().take(KEYS_SHOWN).map(|key| key.name.as_str()).collect();
            let more = if partition_keys.len() > KEYS_SHOWN { ", …" } else { "" };
            Error::meta(format!(
                "Specified key <{name}> is not a partitioning key for the table: expected one of [{}{more}]",
                keys.join(", ")
            ))
        })
    })
}

/// How many of a table's keys a message names.
const KEYS_SHOWN: usize = 16;

/// The number of a key by its name, without case.
pub fn key_number(name: &str, partition_keys: &[Column]) -> Option<usize> {
    let lower = name.to_lowercase();
    partition_keys.iter().position(|key| key.name.to_lowercase() == lower)
}

/// The types of a table's keys.
pub fn key_types(partition_keys: &[Column]) -> Vec<KeyType> {
    partition_keys.iter().map(|key| KeyType::parse(key.type_name.as_deref().unwrap_or_default())).collect()
}

/// The null texts of a request.
pub fn null_texts(default_partition: &str) -> [&str; 2] {
    [DEFAULT_PARTITION, default_partition]
}

impl Typing<'_> {
    /// Brings an expression into its bound form.
    pub fn bound(&self, expr: Expr) -> Result<Expr> {
        Ok(match expr {
            Expr::Key(key) if key >= self.types.len() => {
                return Err(Error::meta(format!("The table has no partition key number {}", key + 1)));
            }
            Expr::Literal(_) | Expr::Key(_) | Expr::Unknown(_) => expr,
            Expr::Call { call, arguments } => self.call(call, self.all(arguments)?)?,
            Expr::Compare { op, left, right } => self.comparison(op, self.bound(*left)?, self.bound(*right)?)?,
            Expr::And(children) => merged(self.conditions(children)?, true),
            Expr::Or(children) => merged(self.conditions(children)?, false),
            Expr::Not(inner) => self.condition(*inner)?.negate(),
            Expr::IsNull(inner) => Expr::IsNull(self.boxed(*inner)?),
            Expr::In { operands, rows } => self.membership(self.all(operands)?, rows)?,
            Expr::Between { operand, low, high } => {
                let operand = self.bound(*operand)?;
                let low = self.beside(&operand, self.bound(*low)?)?;
                let high = self.beside(&operand, self.bound(*high)?)?;
                Expr::Between { operand: Box::new(operand), low: Box::new(low), high: Box::new(high) }
            }
            Expr::Like { operand, pattern, dialect } => Expr::Like { operand: self.boxed(*operand)?, pattern, dialect },
        })
    }

    /// Brings a condition into its bound form; a function that answers something else is none.
    pub fn condition(&self, expr: Expr) -> Result<Expr> {
        let expr = self.bound(expr)?;
        match &expr {
            Expr::Call { call, .. } if self.coerce && call.result() != Some(KeyType::Boolean) => {
                let (name, own) = (call.name(), call.result().map_or("NULL", KeyType::describe));
                Err(Error::meta(format!("{name} answers a {own}, which is no condition: compare it with something")))
            }
            _ => Ok(expr),
        }
    }

    fn conditions(&self, exprs: Vec<Expr>) -> Result<Vec<Expr>> {
        exprs.into_iter().map(|expr| self.condition(expr)).collect()
    }

    /// A call whose arguments are bound. In a filter text they have no types before.
    fn call(&self, call: Call, arguments: Vec<Expr>) -> Result<Expr> {
        if call.result().is_some() {
            return Ok(Expr::Call { call, arguments });
        }
        let typed = arguments.into_iter().map(|argument| {
            let own = self.type_of(&argument);
            (argument, own)
        });
        let called = Expr::call(call.function(), Generation::Hive4, typed.collect(), None);
        called.map(|(expr, _)| expr).map_err(|what| Error::meta(format!("The filter's call does not fit: {what}")))
    }

    fn type_of(&self, expr: &Expr) -> Type {
        match expr {
            Expr::Literal(value) => literal_type(value),
            Expr::Key(key) => self.types.get(*key).copied(),
            Expr::Call { call, .. } => call.result(),
            Expr::Compare { .. }
            | Expr::And(_)
            | Expr::Or(_)
            | Expr::Not(_)
            | Expr::IsNull(_)
            | Expr::In { .. }
            | Expr::Between { .. }
            | Expr::Like { .. }
            | Expr::Unknown(_) => Some(KeyType::Boolean),
        }
    }

    fn boxed(&self, expr: Expr) -> Result<Box<Expr>> {
        Ok(Box::new(self.bound(expr)?))
    }

    fn all(&self, exprs: Vec<Expr>) -> Result<Vec<Expr>> {
        exprs.into_iter().map(|expr| self.bound(expr)).collect()
    }

    /// A comparison of bound sides.
    fn comparison(&self, op: CompareOp, left: Expr, right: Expr) -> Result<Expr> {
        match op {
            CompareOp::Equal | CompareOp::NullSafeEqual if self.is_null_test(&left, &right) => {
                Ok(null_test(left, right))
            }
            CompareOp::NotEqual if self.is_null_test(&left, &right) => Ok(null_test(left, right).negate()),
            CompareOp::Equal
            | CompareOp::NotEqual
            | CompareOp::Less
            | CompareOp::LessOrEqual
            | CompareOp::Greater
            | CompareOp::GreaterOrEqual
            | CompareOp::NullSafeEqual => {
                let right = self.beside(&left, right)?;
                let left = self.beside(&right, left)?;
                Ok(Expr::compare(op, left, right))
            }
        }
    }

    /// Whether two sides are a key and the default partition's name.
    fn is_null_test(&self, left: &Expr, right: &Expr) -> bool {
        let names_null = |expr: &Expr| matches!(expr, Expr::Literal(Value::Text(text)) if self.is_null_text(text));
        let is_key = |expr: &Expr| matches!(expr, Expr::Key(_));
        (is_key(left) && names_null(right)) || (names_null(left) && is_key(right))
    }

    pub fn is_null_text(&self, text: &str) -> bool {
        self.null_texts.contains(&text)
    }

    /// `IN`, with each row that names the default partition as conditions of its own: equality with it is IS NULL.
    fn membership(&self, operands: Vec<Expr>, rows: Vec<Vec<Expr>>) -> Result<Expr> {
        let mut plain = Vec::with_capacity(rows.len());
        let mut conditions = Vec::new();
        for row in rows {
            let row = self.all(row)?;
            if operands.iter().zip(&row).any(|(operand, item)| self.is_null_test(operand, item)) {
                let pairs = operands.iter().cloned().zip(row);
                let tests = pairs.map(|(operand, item)| self.comparison(CompareOp::Equal, operand, item));
                conditions.push(merged(tests.collect::<Result<_>>()?, true));
            } else {
                let pairs = operands.iter().zip(row);
                plain.push(pairs.map(|(operand, item)| self.beside(operand, item)).collect::<Result<_>>()?);
            }
        }
        if !plain.is_empty() || conditions.is_empty() {
            conditions.insert(0, Expr::In { operands, rows: plain });
        }
        Ok(merged(conditions, false))
    }

    /// A bound expression that stands beside another bound one: a literal takes the type of a key.
    fn beside(&self, other: &Expr, expr: Expr) -> Result<Expr> {
        let (Expr::Key(key), Expr::Literal(value)) = (other, &expr) else { return Ok(expr) };
        let Some(key_type) = self.types.get(*key).copied() else { return Ok(expr) };
        if !self.coerce {
            return Ok(match (key_type, value) {
                (KeyType::Char(_), Value::Text(text)) => Expr::Literal(Value::Text(without_blanks(text))),
                _ => expr,
            });
        }
        let mismatch = || {
            Error::meta(format!(
                "Filtering is supported only on partition keys of type string, or by a value of the key's type: \
                 a key of type {} cannot be compared with {}: expected {}",
                key_type.describe(),
                value.describe(),
                expected(key_type)
            ))
        };
        literal_for(value, key_type).map(Expr::Literal).ok_or_else(mismatch)
    }
}

/// IS NULL of whichever side is the key.
fn null_test(left: Expr, right: Expr) -> Expr {
    Expr::IsNull(Box::new(if matches!(left, Expr::Key(_)) { left } else { right }))
}

fn without_blanks(text: &str) -> String {
    text.trim_end_matches(' ').to_owned()
}

/// What a literal beside a key of a type may be, for messages.
fn expected(key_type: KeyType) -> &'static str {
    match key_type {
        KeyType::Text | KeyType::Varchar(_) | KeyType::Char(_) => "a string",
        KeyType::Boolean => "true or false",
        KeyType::Integer(_) | KeyType::Decimal { .. } | KeyType::Float | KeyType::Double => "a number",
        KeyType::Date => "a date as yyyy-mm-dd or a timestamp as yyyy-mm-dd hh:mm:ss",
        KeyType::Timestamp => "a timestamp as yyyy-mm-dd hh:mm:ss[.fffffffff] or a date as yyyy-mm-dd",
    }
}

/// A literal as a key's type has it; none where the two have no common ground.
///
/// A text that the type cannot hold is refused, as Hive does: Spark then filters by itself, which `d >= '2024-02'`
/// beside a date needs. Numbers keep their exact value beside integers and decimals (`hr > 2.5` means what it says). Beside a text key, a number stays one and
/// the key's text is read as a number (Hive's SQL; the metastore itself refuses), and a date becomes its text, which is
/// how the metastore compares it.
pub fn literal_for(value: &Value, key_type: KeyType) -> Option<Value> {
    match key_type {
        KeyType::Text | KeyType::Varchar(_) | KeyType::Char(_) => literal_for_text(value, key_type),
        KeyType::Boolean => match value {
            Value::Null => Some(Value::Null),
            Value::Boolean(_) | Value::Integer(0 | 1) => converted(value, key_type),
            Value::Text(text) => Value::parse(text, key_type),
            Value::Integer(_) | Value::Double(_) | Value::Decimal { .. } | Value::Date(_) | Value::Timestamp { .. } => {
                None
            }
        },
        KeyType::Integer(_) | KeyType::Decimal { .. } => match value {
            Value::Null | Value::Integer(_) | Value::Decimal { .. } | Value::Double(_) => Some(value.clone()),
            Value::Text(text) => Value::parse_number(text),
            Value::Boolean(_) | Value::Date(_) | Value::Timestamp { .. } => None,
        },
        KeyType::Float | KeyType::Double => match value {
            Value::Null | Value::Integer(_) | Value::Decimal { .. } | Value::Double(_) => converted(value, key_type),
            Value::Text(text) => Value::parse(text, key_type),
            Value::Boolean(_) | Value::Date(_) | Value::Timestamp { .. } => None,
        },
        KeyType::Date => match value {
            Value::Null | Value::Date(_) | Value::Timestamp { .. } => Some(value.clone()),
            Value::Text(text) => match calendar::parse_date(text) {
                Some(days) => Some(Value::Date(days)),
                None => Value::parse(text, KeyType::Timestamp),
            },
            Value::Boolean(_) | Value::Integer(_) | Value::Double(_) | Value::Decimal { .. } => None,
        },
        KeyType::Timestamp => match value {
            Value::Null | Value::Date(_) | Value::Timestamp { .. } => converted(value, key_type),
            Value::Text(text) => Value::parse(text, key_type),
            Value::Boolean(_) | Value::Integer(_) | Value::Double(_) | Value::Decimal { .. } => None,
        },
    }
}

fn converted(value: &Value, key_type: KeyType) -> Option<Value> {
    let own = literal_type(value).unwrap_or(key_type);
    convert(value, own, key_type, Generation::Hive4)
}

/// A literal beside a key of text, which has common ground with everything.
fn literal_for_text(value: &Value, key_type: KeyType) -> Option<Value> {
    match value {
        Value::Text(text) if matches!(key_type, KeyType::Char(_)) => Some(Value::Text(without_blanks(text))),
        Value::Null | Value::Text(_) | Value::Integer(_) | Value::Double(_) | Value::Decimal { .. } => {
            Some(value.clone())
        }
        Value::Boolean(b) => Some(Value::Text(b.to_string())),
        Value::Date(_) | Value::Timestamp { .. } => value.to_text().map(Value::Text),
    }
}
