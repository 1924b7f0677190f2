//! Calls of functions within a tree.

use super::ast::{Expr, Value};
use crate::function::{self, Call, Function, Generation, Type};
use crate::types::{KeyType, decimal};

impl<K> Expr<K> {
    /// Calls a function with arguments of these types, each converted as the function wants it. Errors tell what the
    /// function does not take.
    pub(crate) fn call(
        function: &'static Function,
        generation: Generation,
        arguments: Vec<(Self, Type)>,
        declared: Type,
    ) -> Result<(Self, KeyType), String> {
        let types: Vec<Type> = arguments.iter().map(|(_, own)| *own).collect();
        let resolved = function::call(function, generation, &types, declared)?;
        let converted =
            arguments.into_iter().zip(resolved.conversions).map(|((argument, _), conversion)| match conversion {
                Some(call) => Self::Call { call, arguments: vec![argument] },
                None => argument,
            });
        Ok((Self::Call { call: resolved.call, arguments: converted.collect() }, resolved.result))
    }

    /// Converts a value from its type to another.
    #[must_use]
    pub(crate) fn cast(self, from: KeyType, to: KeyType, generation: Generation) -> Self {
        match function::cast(from, to, generation) {
            Some(call) => Self::Call { call, arguments: vec![self] },
            None => self,
        }
    }

    /// Whether the tree has at most so many nodes; it may then be repeated.
    pub(crate) fn is_small(&self) -> bool {
        const SMALL: usize = 16;
        fn counted<K>(expr: &Expr<K>, left: usize) -> Option<usize> {
            expr.children().into_iter().try_fold(left.checked_sub(1)?, |left, child| counted(child, left))
        }
        counted(self, SMALL).is_some()
    }
}

/// The type that a literal of a filter text has.
pub(super) fn literal_type(value: &Value) -> Type {
    Some(match value {
        Value::Null => return None,
        Value::Boolean(_) => KeyType::Boolean,
        Value::Integer(n) => function::integer_type(*n),
        Value::Double(_) => KeyType::Double,
        Value::Decimal { digits, scale } => {
            KeyType::Decimal { precision: decimal::count(*digits).max(*scale).max(1), scale: *scale }
        }
        Value::Text(_) => KeyType::Text,
        Value::Date(_) => KeyType::Date,
        Value::Timestamp { .. } => KeyType::Timestamp,
    })
}

/// The most calls in one filter: with the longest text that one makes, the work that a partition may cost.
pub(super) const MAX_CALLS: usize = 1024;

/// How many calls a tree has.
pub(super) fn count(expr: &Expr) -> usize {
    let mut calls = 0;
    expr.visit(&mut |node| calls += usize::from(matches!(node, Expr::Call { .. })));
    calls
}

/// A call that was read from a text: its function by its name.
pub(super) fn named<K>(name: &str, arguments: Vec<Expr<K>>) -> Option<Expr<K>> {
    function::by_name(name).map(|function| Expr::Call { call: Call::named(function), arguments })
}
