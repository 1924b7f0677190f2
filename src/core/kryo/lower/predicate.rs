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
        match (self.cast(operand, KeyType::Text), pattern) {
            (_, Constant::Value(Value::Null)) | (Operand::Null, _) => Expr::Literal(Value::Null),
            (Operand::Typed(expr, _), Constant::Value(Value::Text(pattern))) => {
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
            // Hive looks at the lower bound first, and is done where it is NULL.
            (Expr::Compare { right, .. }, _) if is_null_literal(&right) => Expr::Literal(Value::Null),
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
        membership(self.operand(operand), items.iter().map(|item| self.operand(item)).collect())
    }

    /// Hive compares structs part by part, NULL with NULL too: a NULL inside makes the row different, not the answer NULL.
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
    match expr {
        expr if !needs_cast => expr,
        Expr::Literal(value) => value.cast(common).map_or_else(|| unknown("a constant's cast"), Expr::Literal),
        expr => Expr::Cast { operand: Box::new(expr), to: common },
    }
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

/// `operand IN (items)`: Hive converts all of them to one type.
fn membership(operand: Operand, items: Vec<Operand>) -> Expr {
    let (expr, own_type) = match operand {
        Operand::Typed(expr, own_type) => (expr, own_type),
        Operand::Null => return Expr::Literal(Value::Null),
        Operand::Between(..) | Operand::Unknown(_) => return operand.into_expr(),
    };
    if items.iter().any(|item| matches!(item, Operand::Between(..))) {
        let operand = Operand::Typed(expr, own_type);
        return Expr::Or(items.into_iter().map(|item| compare(CompareOp::Equal, operand.clone(), item)).collect());
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
        Operand::Typed(expr, item_type) => vec![convert(expr, item_type, common)],
        other => vec![other.into_expr()],
    };
    let rows = items.into_iter().map(row).collect();
    let converted = convert(expr.clone(), own_type, common);
    if converted == expr {
        return Expr::In { operands: vec![converted], rows };
    }
    // What cannot be converted is in no list, though it is not NULL.
    let is_convertible = Expr::IsNull(Box::new(converted.clone())).negate();
    let guard = Expr::Or(vec![Expr::IsNull(Box::new(expr)), is_convertible]);
    Expr::And(vec![Expr::In { operands: vec![converted], rows }, guard])
}

fn is_null_literal(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(Value::Null))
}
