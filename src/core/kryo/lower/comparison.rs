//! Comparisons, in the type that Hive takes for them.

use super::lowering::{Lowering, unknown};
use super::operand::Operand;
use crate::filter::ast::{CompareOp, Expr};
use crate::function::{self, common_type};
use crate::types::{KeyType, Value};

impl Lowering<'_> {
    /// A comparison in the type that Hive takes for it.
    pub(super) fn compare(&self, op: CompareOp, left: Operand, right: Operand) -> Expr {
        match (left, right) {
            (Operand::Unknown(what), _) | (_, Operand::Unknown(what)) => unknown(&what),
            (Operand::Null, other) | (other, Operand::Null) => {
                Expr::compare(op, other.into_expr(), Expr::Literal(Value::Null))
            }
            (Operand::Typed(left, left_type), Operand::Typed(right, right_type)) => {
                match common_type(left_type, right_type) {
                    None => unknown("a comparison of types that have none"),
                    Some(common) => Expr::compare(
                        op,
                        self.convert(left, left_type, common),
                        self.convert(right, right_type, common),
                    ),
                }
            }
            (Operand::Typed(expr, key_type), Operand::Between(first, last, range_type)) => {
                match common_type(key_type, range_type) {
                    None => unknown("a comparison of types that have none"),
                    Some(_) if !expr.is_small() => unknown("a constant of an unknown time zone"),
                    Some(common) => compare_range(op, &self.convert(expr, key_type, common), &first, &last),
                }
            }
            (range @ Operand::Between(..), typed @ Operand::Typed(..)) => self.compare(op.mirrored(), typed, range),
            (Operand::Between(..), Operand::Between(..)) => unknown("constants of an unknown time zone"),
        }
    }

    /// Casts where values would not compare in the common type by themselves: integers, decimals and texts do among
    /// themselves, any number does with a double, dates with timestamps.
    fn convert(&self, expr: Expr, from: KeyType, common: KeyType) -> Expr {
        let needs_cast = from != common
            && match common {
                KeyType::Float => true,
                // The filter language trims what it compares with a char, Hive does not.
                KeyType::Text => !from.is_text() || matches!(from, KeyType::Char(_)),
                KeyType::Varchar(_) | KeyType::Char(_) => !from.is_text(),
                _ => from.is_text(),
            };
        match expr {
            expr if !needs_cast => expr,
            Expr::Literal(value) => function::convert(&value, from, common, self.generation)
                .map_or_else(|| unknown("a constant's cast"), Expr::Literal),
            expr => expr.cast(from, common, self.generation),
        }
    }

    /// `operand IN (items)`: Hive converts all of them to one type.
    pub(super) fn items_membership(&self, operand: Operand, items: Vec<Operand>) -> Expr {
        let (expr, own_type) = match operand {
            Operand::Typed(expr, own_type) => (expr, own_type),
            Operand::Null => return Expr::Literal(Value::Null),
            Operand::Between(..) | Operand::Unknown(_) => return operand.into_expr(),
        };
        if items.iter().any(|item| matches!(item, Operand::Between(..))) {
            if !expr.is_small() {
                return unknown("an IN of a computed value");
            }
            let operand = Operand::Typed(expr, own_type);
            return Expr::Or(
                items.into_iter().map(|item| self.compare(CompareOp::Equal, operand.clone(), item)).collect(),
            );
        }
        let mut common = own_type;
        for item in &items {
            match item {
                Operand::Typed(_, item_type) => match common_type(common, *item_type) {
                    Some(wider) => common = wider,
                    None => return unknown("an IN of types that have none in common"),
                },
                Operand::Unknown(what) => return unknown(what),
                Operand::Null | Operand::Between(..) => {}
            }
        }
        let row = |item| match item {
            Operand::Typed(expr, item_type) => vec![self.convert(expr, item_type, common)],
            other => vec![other.into_expr()],
        };
        let rows = items.into_iter().map(row).collect();
        let converted = self.convert(expr.clone(), own_type, common);
        if converted == expr {
            return Expr::In { operands: vec![converted], rows };
        }
        if !expr.is_small() {
            return unknown("an IN of a computed value");
        }
        // What cannot be converted is in no list, though it is not NULL.
        let is_convertible = Expr::IsNull(Box::new(converted.clone())).negate();
        let guard = Expr::Or(vec![Expr::IsNull(Box::new(expr)), is_convertible]);
        Expr::And(vec![Expr::In { operands: vec![converted], rows }, guard])
    }
}

/// Compares with a constant that is some value from `first` to `last`: sure where all of them agree.
fn compare_range(op: CompareOp, expr: &Expr, first: &Value, last: &Value) -> Expr {
    let test = |op, bound: &Value| Expr::compare(op, expr.clone(), Expr::Literal(bound.clone()));
    // NULL stays NULL.
    let is_null = || Expr::IsNull(Box::new(expr.clone()));
    let either = || Expr::Or(vec![is_null(), unknown("a constant of an unknown time zone")]);
    let perhaps = |exprs: Vec<Expr>| Expr::And(exprs.into_iter().chain([either()]).collect());
    let equal = || perhaps(vec![test(CompareOp::GreaterOrEqual, first), test(CompareOp::LessOrEqual, last)]);
    match op {
        CompareOp::Equal => equal(),
        CompareOp::NotEqual => equal().negate(),
        CompareOp::NullSafeEqual => Expr::And(vec![is_null().negate(), equal()]),
        CompareOp::Less | CompareOp::LessOrEqual => Expr::Or(vec![test(op, first), perhaps(vec![test(op, last)])]),
        CompareOp::Greater | CompareOp::GreaterOrEqual => {
            Expr::Or(vec![test(op, last), perhaps(vec![test(op, first)])])
        }
    }
}
