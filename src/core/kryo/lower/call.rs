//! Calls of Hive's functions.

use super::lowering::{Lowering, known_type};
use super::operand::Operand;
use crate::filter::ast::{CompareOp, Expr};
use crate::function::{self, CASE, Type};
use crate::kryo::node::{Function, Node};
use crate::types::{KeyType, Value};

/// The package of Hive's simple functions: a user's class of the same name is not Hive's.
const HIVE_UDF: &str = "org.apache.hadoop.hive.ql.udf.";

impl Function {
    /// What it is called, for messages.
    pub(super) fn name(&self) -> &str {
        match self {
            Self::Generic(class) => class,
            Self::Bridge { name, .. } => name,
        }
    }

    /// Hive's own simple function behind the bridge, by its class.
    pub(super) fn hive_class(&self) -> Option<&str> {
        match self {
            Self::Generic(_) => None,
            Self::Bridge { class, .. } => class.strip_prefix(HIVE_UDF),
        }
    }

    fn builtin(&self) -> Option<&'static function::Function> {
        match self {
            Self::Generic(class) => function::by_class(class),
            Self::Bridge { .. } => function::by_class(self.hive_class()?),
        }
    }
}

impl Lowering<'_> {
    /// The value of a call, if it is of a function that has one here. `type_name` is what the expression says of it.
    pub(super) fn builtin(&self, function: &Function, children: &[Node], type_name: &str) -> Option<Operand> {
        let declared = known_type(type_name);
        match function {
            Function::Generic(class) if class == "GenericUDFCase" => Some(self.case(children, declared)),
            Function::Generic(class) if class == "GenericUDFWhen" => Some(self.when(children, declared)),
            Function::Generic(class) if class == "GenericUDFIndex" => self.split_part(children),
            _ => {
                let builtin = function.builtin()?;
                let arguments = children.iter().enumerate().map(|(at, child)| {
                    let is_condition = builtin.name == "if" && at == 0;
                    if is_condition {
                        Operand::Typed(self.predicate(child), KeyType::Boolean)
                    } else {
                        self.operand(child)
                    }
                });
                Some(self.call(builtin, arguments.collect(), declared))
            }
        }
    }

    pub(super) fn call(
        &self,
        builtin: &'static function::Function,
        arguments: Vec<Operand>,
        declared: Type,
    ) -> Operand {
        let Some(declared) = declared else { return Operand::Unknown(builtin.name.to_owned()) };
        let mut typed = Vec::with_capacity(arguments.len());
        for argument in arguments {
            typed.push(match argument {
                Operand::Typed(expr, own) => (expr, Some(own)),
                Operand::Null => (Expr::Literal(Value::Null), None),
                // Functions that choose may need it or not.
                other => (other.into_expr(), None),
            });
        }
        match Expr::call(builtin, self.generation, typed, Some(declared)) {
            Ok((expr, result)) => Operand::Typed(expr, result),
            Err(what) => Operand::Unknown(what),
        }
    }

    /// `CASE WHEN condition THEN value … [ELSE value] END`.
    fn when(&self, children: &[Node], declared: Type) -> Operand {
        let branches = children.iter().enumerate().map(|(at, child)| {
            let is_condition = at % 2 == 0 && at + 1 < children.len();
            if is_condition { Operand::Typed(self.predicate(child), KeyType::Boolean) } else { self.operand(child) }
        });
        self.call(&CASE, branches.collect(), declared)
    }

    /// `CASE value WHEN other THEN value … [ELSE value] END`.
    fn case(&self, children: &[Node], declared: Type) -> Operand {
        let Some((value, branches)) = children.split_first() else { return Operand::Unknown("case".to_owned()) };
        let value = self.operand(value);
        if matches!(&value, Operand::Typed(expr, _) if !expr.is_small()) {
            return Operand::Unknown("a case of a long expression".to_owned());
        }
        let branches = branches.iter().enumerate().map(|(at, branch)| {
            let is_condition = at % 2 == 0 && at + 1 < branches.len();
            let branch = self.operand(branch);
            if !is_condition {
                return branch;
            }
            Operand::Typed(self.compare(CompareOp::Equal, value.clone(), branch), KeyType::Boolean)
        });
        self.call(&CASE, branches.collect(), declared)
    }

    /// `split(text, pattern)[place]`.
    fn split_part(&self, children: &[Node]) -> Option<Operand> {
        let [Node::Function { function: Function::Generic(class), children: split, .. }, place] = children else {
            return None;
        };
        let ([text, pattern], "GenericUDFSplit") = (split.as_slice(), class.as_str()) else { return None };
        let builtin = function::by_name("split_part_regexp")?;
        let arguments = [text, pattern, place].map(|argument| self.operand(argument));
        Some(self.call(builtin, arguments.into(), Some(KeyType::Text)))
    }
}
