//! Truth values: comparisons and logic.

use super::lowering::{Lowering, unknown};
use super::operand::Operand;
use crate::filter::ast::{CompareOp, Expr, LikeDialect};
use crate::kryo::node::{Constant, Function, Node};
use crate::types::{KeyType, Value};

impl Lowering<'_> {
    pub(super) fn predicate(&self, node: &Node) -> Expr {
        match node {
            Node::Function { function, children, .. } => self.function(function, children, node),
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

    fn function(&self, function: &Function, children: &[Node], node: &Node) -> Expr {
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
            _ => self.condition_of(function, children, node),
        }
    }

    /// The truth of a function's answer.
    fn condition_of(&self, function: &Function, children: &[Node], node: &Node) -> Expr {
        let Node::Function { node_type, .. } = node else { return unknown(function.name()) };
        match self.builtin(function, children, &node_type.0) {
            Some(Operand::Typed(expr, KeyType::Boolean)) => truth_of(expr, true),
            Some(Operand::Unknown(what)) => unknown(&what),
            _ => unknown(function.name()),
        }
    }

    fn bridged(&self, function: &Function, children: &[Node], node: &Node) -> Expr {
        match (function.hive_class(), children) {
            (Some("UDFLike"), [operand, Node::Constant { value, .. }]) => self.like(operand, value),
            _ => self.condition_of(function, children, node),
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
        self.compare(op, self.operand(left), self.operand(right))
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
            (Operand::Typed(expr, own), Constant::Value(Value::Text(pattern))) => {
                let operand = Box::new(expr.cast(own, KeyType::Text, self.generation));
                Expr::Like { operand, pattern: pattern.clone(), dialect: LikeDialect::Sql }
            }
            (Operand::Unknown(what), _) => unknown(&what),
            _ => unknown("like"),
        }
    }

    /// Hive computes both bounds, each in its own type, the lower one first: where that is NULL, so is the answer.
    fn between(&self, invert: &Node, operand: &Node, low: &Node, high: &Node) -> Expr {
        let Node::Constant { value: Constant::Value(Value::Boolean(invert)), .. } = invert else {
            return unknown("between");
        };
        let operand = self.operand(operand);
        let low = self.compare(CompareOp::GreaterOrEqual, operand.clone(), self.operand(low));
        let high = self.compare(CompareOp::LessOrEqual, operand, self.operand(high));
        let inside = match (low, high) {
            (Expr::Compare { right, .. }, _) if is_null_literal(&right) => Expr::Literal(Value::Null),
            (Expr::Compare { left, right: low, .. }, Expr::Compare { left: same, right: high, .. }) if left == same => {
                Expr::Between { operand: left, low, high }
            }
            (low, high) if low.is_small() => {
                let low_is_null = Expr::IsNull(Box::new(low.clone()));
                Expr::And(vec![low, Expr::Or(vec![low_is_null, high])])
            }
            _ => unknown("between"),
        };
        if *invert { inside.negate() } else { inside }
    }

    fn membership(&self, operand: &Node, items: &[Node]) -> Expr {
        if let Some(operands) = self.struct_parts(operand) {
            return self.struct_membership(&operands, items);
        }
        self.items_membership(self.operand(operand), items.iter().map(|item| self.operand(item)).collect())
    }

    /// Hive compares structs part by part, NULL with NULL too: a NULL inside makes the row different, not the answer NULL.
    fn struct_membership(&self, operands: &[Operand], items: &[Node]) -> Expr {
        if operands.iter().any(|operand| matches!(operand, Operand::Typed(expr, _) if !expr.is_small())) {
            return unknown("an IN of computed structs");
        }
        let mut rows = Vec::with_capacity(items.len());
        for item in items {
            let Some(parts) = self.struct_parts(item).filter(|parts| parts.len() == operands.len()) else {
                return unknown("an IN of structs");
            };
            let equal =
                |(left, right): (&Operand, Operand)| self.compare(CompareOp::NullSafeEqual, left.clone(), right);
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

fn is_null_literal(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(Value::Null))
}
