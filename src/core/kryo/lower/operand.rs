//! Values: columns, constants, casts.

use super::lowering::{Lowering, known_type, unknown};
use crate::filter::ast::Expr;
use crate::kryo::node::{Constant, Function, Node};
use crate::types::{IntegerWidth, KeyType, Value};

/// An operand of a comparison.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    /// SQL's untyped NULL.
    Null,
    Typed(Expr, KeyType),
    /// A constant that is one of several values, from the first to the last.
    Between(Value, Value, KeyType),
    /// What has no value here, with what it was.
    Unknown(String),
}

impl Operand {
    fn unknown(what: &str) -> Self {
        Self::Unknown(what.to_owned())
    }

    /// As an expression of its own.
    pub(super) fn into_expr(self) -> Expr {
        match self {
            Self::Null => Expr::Literal(Value::Null),
            Self::Typed(expr, _) => expr,
            Self::Between(..) => unknown("a constant of an unknown time zone"),
            Self::Unknown(what) => unknown(&what),
        }
    }
}

impl Lowering<'_> {
    pub(super) fn operand(&self, node: &Node) -> Operand {
        match node {
            Node::Column { name, .. } => match self.key(name) {
                None => Operand::unknown(name),
                Some((place, key)) => {
                    let type_name = key.type_name.as_deref().unwrap_or_default();
                    let key_type = known_type(type_name);
                    key_type.map_or_else(|| Operand::unknown(type_name), |t| Operand::Typed(Expr::Key(place), t))
                }
            },
            Node::Constant { value, node_type } => self.constant(value, known_type(&node_type.0)),
            Node::Function { function, children, node_type } => {
                self.function_value(node, function, children, &node_type.0)
            }
            Node::Other(what) => Operand::unknown(what),
        }
    }

    fn function_value(&self, node: &Node, function: &Function, children: &[Node], type_name: &str) -> Operand {
        if let Some(value) = self.builtin(function, children, type_name) {
            return value;
        }
        match known_type(type_name) {
            Some(KeyType::Boolean) => Operand::Typed(self.predicate(node), KeyType::Boolean),
            _ => Operand::unknown(function.name()),
        }
    }

    /// A constant by its type, which is none inside of a list.
    pub(super) fn constant(&self, constant: &Constant, key_type: Option<KeyType>) -> Operand {
        let range = match constant {
            Constant::Value(Value::Null) => return Operand::Null,
            Constant::Value(value) => {
                let own = natural_type(value);
                return match (own, key_type) {
                    (Some(own), None) => literal(value, own),
                    (Some(own), Some(declared)) if is_same_kind(own, declared) => literal(value, declared),
                    _ => Operand::unknown("a constant of another type than it says"),
                };
            }
            Constant::LocalDate { millis } => self.zone.days(*millis).map(|range| (range, KeyType::Date)),
            Constant::LocalTimestamp { millis, nanos } => {
                self.zone.timestamps(*millis, *nanos).map(|range| (range, KeyType::Timestamp))
            }
            Constant::List(_) => return Operand::unknown("a list of constants"),
            Constant::Other => return Operand::unknown("a constant"),
        };
        match range {
            Some(((first, last), key_type)) if first == last => Operand::Typed(Expr::Literal(first), key_type),
            Some(((first, last), key_type)) => Operand::Between(first, last, key_type),
            None => Operand::unknown("a date outside of the calendar"),
        }
    }
}

fn literal(value: &Value, key_type: KeyType) -> Operand {
    let value = match (value, key_type) {
        (Value::Text(text), KeyType::Char(_)) => Value::Text(text.trim_end_matches(' ').to_owned()),
        _ => value.clone(),
    };
    Operand::Typed(Expr::Literal(value), key_type)
}

fn natural_type(value: &Value) -> Option<KeyType> {
    Some(match value {
        Value::Null => return None,
        Value::Boolean(_) => KeyType::Boolean,
        Value::Integer(_) => KeyType::Integer(IntegerWidth::Big),
        Value::Double(_) => KeyType::Double,
        Value::Decimal { scale, .. } => KeyType::Decimal { precision: 38, scale: *scale },
        Value::Text(_) => KeyType::Text,
        Value::Date(_) => KeyType::Date,
        Value::Timestamp { .. } => KeyType::Timestamp,
    })
}

fn is_same_kind(own: KeyType, declared: KeyType) -> bool {
    match own {
        KeyType::Text => declared.is_text(),
        KeyType::Integer(_) => matches!(declared, KeyType::Integer(_)),
        KeyType::Double => matches!(declared, KeyType::Double | KeyType::Float),
        KeyType::Decimal { .. } => matches!(declared, KeyType::Decimal { .. }),
        _ => own == declared,
    }
}
