//! Truth values: comparisons and logic.

use super::operand::Operand;
use super::{Lowering, unknown};
use crate::filter::ast::{CompareOp, Expr, LikeDialect};
use crate::kryo::common_type::common_type;
use crate::kryo::node::{Constant, Function, Node};
use crate::types::{KeyType, Value};

impl Lowering<'_> {
    pub(super) fn predicate(&self, node: &Node) -> Expr {
        match node {
            Node::Function { function, children, .. } => self.call(function, children, node),
            Node::Column { name, .. } => match self.operand(node) {
                Operand::Typed(expr, KeyType::Boolean) => truth_of(expr, true),
                _ => unknown(name),
            },
            Node::Constant { value: Constant::Value(value @ (Value::Boolean(_) | Value::Null)), .. } => {
                Expr::Literal(value.clone())
            }
            Node::Constant { .. } => unknown("a constant that is not a boolean"),
            Node::Other(what) => unknown(what),
        }
    }

    fn call(&self, function: &Function, children: &[Node], node: &Node) -> Expr {
        let Function::Generic(class) = function else { return self.bridged(function, children, node) };
        if let Some(op) = compare_op(class) {
            let [left, right] = children else { return unknown(class) };
            return self.comparison(op, left, right);
        }
        match (class.as_str(), children) {
            ("GenericUDFOPNotEqualNS", [left, right]) => {
                self.comparison(CompareOp::NullSafeEqual, left, right).negate()
            }
            ("GenericUDFOPAnd", _) => Expr::And(self.flat(children, |expr| match expr {
                Expr::And(inner) => Ok(inner),
                other => Err(other),
            })),
            ("GenericUDFOPOr", _) => Expr::Or(self.flat(children, |expr| match expr {
                Expr::Or(inner) => Ok(inner),
                other => Err(other),
            })),
            ("GenericUDFOPNot", [operand]) => self.predicate(operand).negate(),
            ("GenericUDFOPNull", [operand]) => self.is_null(operand),
            ("GenericUDFOPNotNull", [operand]) => self.is_null(operand).negate(),
            ("GenericUDFOPTrue", [operand]) => null_safe_truth(self.predicate(operand), true),
            ("GenericUDFOPFalse", [operand]) => null_safe_truth(self.predicate(operand), false),
            ("GenericUDFOPNotTrue", [operand]) => null_safe_truth(self.predicate(operand), true).negate(),
            ("GenericUDFOPNotFalse", [operand]) => null_safe_truth(self.predicate(operand), false).negate(),
            ("GenericUDFIn", [operand, items @ ..]) => self.membership(operand, items),
            ("GenericUDFBetween", [invert, operand, low, high]) => self.between(invert, operand, low, high),
            _ => unknown(class),
        }
    }

    fn bridged(&self, function: &Function, children: &[Node], node: &Node) -> Expr {
        match (function.hive_class(), children) {
            (Some("UDFLike"), [operand, Node::Constant { value, .. }]) => self.like(operand, value),
            (Some("UDFToBoolean"), [_]) => match self.operand(node) {
                Operand::Typed(expr, KeyType::Boolean) => truth_of(expr, true),
                other => other.into_expr(),
            },
            _ => unknown(function.name()),
        }
    }

    /// AND of ANDs (and OR of ORs) is one: Hive chains them pairwise, and depth is bounded.
    fn flat(&self, children: &[Node], inner: impl Fn(Expr) -> Result<Vec<Expr>, Expr>) -> Vec<Expr> {
        let mut exprs = Vec::with_capacity(children.len());
        for child in children {
            match inner(self.predicate(child)) {
                Ok(nested) => exprs.extend(nested),
                Err(expr) => exprs.push(expr),
            }
        }
        exprs
    }

    fn is_null(&self, node: &Node) -> Expr {
        Expr::IsNull(Box::new(match self.operand(node) {
            // Whichever of the values it is, it is one.
            Operand::Between(first, ..) => Expr::Literal(first),
            other => other.into_expr(),
        }))
    }

    fn comparison(&self, op: CompareOp, left: &Node, right: &Node) -> Expr {
        if let Some(key) = self.compared_with_default(left, right).or_else(|| self.compared_with_default(right, left)) {
            match op {
                CompareOp::Equal => return Expr::IsNull(Box::new(key)),
                CompareOp::NotEqual => return Expr::IsNull(Box::new(key)).negate(),
                _ => {}
            }
        }
        compare(op, self.operand(left), self.operand(right))
    }

    /// `key = '__HIVE_DEFAULT_PARTITION__'`: the key.
    fn compared_with_default(&self, column: &Node, constant: &Node) -> Option<Expr> {
        let (Node::Column { name, .. }, Node::Constant { value: Constant::Value(Value::Text(text)), .. }) =
            (column, constant)
        else {
            return None;
        };
        let (place, _) = self.key(name)?;
        self.is_default_partition(text).then_some(Expr::Key(place))
    }

    fn like(&self, operand: &Node, pattern: &Constant) -> Expr {
        match (self.operand(operand), pattern) {
            (_, Constant::Value(Value::Null)) | (Operand::Null, _) => Expr::Literal(Value::Null),
            (Operand::Typed(expr, key_type), Constant::Value(Value::Text(pattern))) if key_type.is_text() => {
                Expr::Like { operand: Box::new(expr), pattern: pattern.clone(), dialect: LikeDialect::Sql }
            }
            (Operand::Unknown(what), _) => unknown(&what),
            _ => unknown("like"),
        }
    }

    /// Hive computes both bounds, each in its own type.
    fn between(&self, invert: &Node, operand: &Node, low: &Node, high: &Node) -> Expr {
        let Node::Constant { value: Constant::Value(Value::Boolean(invert)), .. } = invert else {
            return unknown("between");
        };
        let operand = self.operand(operand);
        let low = compare(CompareOp::GreaterOrEqual, operand.clone(), self.operand(low));
        let high = compare(CompareOp::LessOrEqual, operand, self.operand(high));
        let inside = match (low, high) {
            (Expr::Compare { left, right: low, .. }, Expr::Compare { left: same, right: high, .. }) if left == same => {
                Expr::Between { operand: left, low, high }
            }
            (low, high) => Expr::And(vec![low, high]),
        };
        if *invert { inside.negate() } else { inside }
    }

    fn membership(&self, operand: &Node, items: &[Node]) -> Expr {
        if let Some(operands) = self.struct_parts(operand) {
            return self.struct_membership(&operands, items);
        }
        let operand = self.operand(operand);
        let tests = items.iter().map(|item| compare(CompareOp::Equal, operand.clone(), self.operand(item))).collect();
        in_row(tests)
    }

    /// Hive compares structs by their texts and values: a NULL inside makes the row different, not the answer NULL.
    fn struct_membership(&self, operands: &[Operand], items: &[Node]) -> Expr {
        let mut rows = Vec::with_capacity(items.len());
        for item in items {
            let Some(parts) = self.struct_parts(item).filter(|parts| parts.len() == operands.len()) else {
                return unknown("an IN of structs");
            };
            let equal = |(left, right): (&Operand, Operand)| compare(CompareOp::NullSafeEqual, left.clone(), right);
            rows.push(Expr::And(operands.iter().zip(parts).map(equal).collect()));
        }
        Expr::Or(rows)
    }

    /// The parts of a struct, called or constant.
    fn struct_parts(&self, node: &Node) -> Option<Vec<Operand>> {
        match node {
            Node::Function { function: Function::Generic(class), children, .. } if class == "GenericUDFStruct" => {
                Some(children.iter().map(|child| self.operand(child)).collect())
            }
            Node::Constant { value: Constant::List(items), node_type } if node_type.0.starts_with("struct<") => {
                Some(items.iter().map(|item| self.constant(item, None)).collect())
            }
            _ => None,
        }
    }
}

fn compare_op(class: &str) -> Option<CompareOp> {
    Some(match class {
        "GenericUDFOPEqual" => CompareOp::Equal,
        "GenericUDFOPEqualNS" => CompareOp::NullSafeEqual,
        "GenericUDFOPNotEqual" => CompareOp::NotEqual,
        "GenericUDFOPLessThan" => CompareOp::Less,
        "GenericUDFOPGreaterThan" => CompareOp::Greater,
        "GenericUDFOPEqualOrLessThan" => CompareOp::LessOrEqual,
        "GenericUDFOPEqualOrGreaterThan" => CompareOp::GreaterOrEqual,
        _ => return None,
    })
}

fn truth_of(expr: Expr, wanted: bool) -> Expr {
    Expr::compare(CompareOp::Equal, expr, Expr::Literal(Value::Boolean(wanted)))
}

fn null_safe_truth(expr: Expr, wanted: bool) -> Expr {
    Expr::compare(CompareOp::NullSafeEqual, expr, Expr::Literal(Value::Boolean(wanted)))
}

/// A comparison in the type that Hive takes for it.
fn compare(op: CompareOp, left: Operand, right: Operand) -> Expr {
    match (left, right) {
        (Operand::Unknown(what), _) | (_, Operand::Unknown(what)) => unknown(&what),
        (Operand::Null, other) | (other, Operand::Null) => {
            Expr::compare(op, other.into_expr(), Expr::Literal(Value::Null))
        }
        (Operand::Typed(left, left_type), Operand::Typed(right, right_type)) => {
            match common_type(left_type, right_type) {
                None => unknown("a comparison of types that have none"),
                Some(common) => Expr::compare(op, convert(left, left_type, common), convert(right, right_type, common)),
            }
        }
        (Operand::Typed(expr, key_type), Operand::Between(first, last, range_type)) => {
            match common_type(key_type, range_type) {
                None => unknown("a comparison of types that have none"),
                Some(common) => compare_range(op, &convert(expr, key_type, common), &first, &last),
            }
        }
        (range @ Operand::Between(..), typed @ Operand::Typed(..)) => compare(op.mirrored(), typed, range),
        (Operand::Between(..), Operand::Between(..)) => unknown("constants of an unknown time zone"),
    }
}

/// Casts where values would not compare in the common type by themselves: integers, decimals and texts do among
/// themselves, any number does with a double, dates with timestamps.
fn convert(expr: Expr, from: KeyType, common: KeyType) -> Expr {
    let needs_cast = from != common
        && match common {
            KeyType::Float => true,
            KeyType::Text | KeyType::Varchar(_) | KeyType::Char(_) => !from.is_text(),
            _ => from.is_text(),
        };
    if needs_cast { Expr::Cast { operand: Box::new(expr), to: common } } else { expr }
}

/// Compares with a constant that is some value from `first` to `last`: sure where all of them agree.
fn compare_range(op: CompareOp, expr: &Expr, first: &Value, last: &Value) -> Expr {
    let test = |op, bound: &Value| Expr::compare(op, expr.clone(), Expr::Literal(bound.clone()));
    let perhaps = |exprs: Vec<Expr>| {
        Expr::And(exprs.into_iter().chain([unknown("a constant of an unknown time zone")]).collect())
    };
    let equal = || perhaps(vec![test(CompareOp::GreaterOrEqual, first), test(CompareOp::LessOrEqual, last)]);
    match op {
        CompareOp::Equal => equal(),
        CompareOp::NotEqual => equal().negate(),
        CompareOp::NullSafeEqual => Expr::And(vec![Expr::IsNull(Box::new(expr.clone())).negate(), equal()]),
        CompareOp::Less | CompareOp::LessOrEqual => Expr::Or(vec![test(op, first), perhaps(vec![test(op, last)])]),
        CompareOp::Greater | CompareOp::GreaterOrEqual => {
            Expr::Or(vec![test(op, last), perhaps(vec![test(op, first)])])
        }
    }
}

/// One operand against many values: an IN where every test is a plain equality of it.
fn in_row(tests: Vec<Expr>) -> Expr {
    let first = match tests.first() {
        Some(Expr::Compare { op: CompareOp::Equal, left, .. }) => left.clone(),
        _ => return Expr::Or(tests),
    };
    let is_plain = |test: &Expr| matches!(test, Expr::Compare { op: CompareOp::Equal, left, .. } if *left == first);
    if !tests.iter().all(is_plain) {
        return Expr::Or(tests);
    }
    let rows = tests.into_iter().filter_map(|test| match test {
        Expr::Compare { right, .. } => Some(vec![*right]),
        _ => None,
    });
    Expr::In { rows: rows.collect(), operands: vec![*first] }
}
