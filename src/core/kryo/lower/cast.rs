//! Hive's conversion functions, as far as all its releases convert alike.

use super::operand::Operand;
use super::{Lowering, known_type};
use crate::filter::ast::Expr;
use crate::kryo::node::{Function, Node};
use crate::types::KeyType;

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

    /// The type that a conversion function makes.
    pub(super) fn cast_target(&self, type_name: &str) -> Option<KeyType> {
        let is_cast = match self {
            Self::Generic(class) => matches!(
                class.as_str(),
                "GenericUDFToVarchar"
                    | "GenericUDFToChar"
                    | "GenericUDFToDate"
                    | "GenericUDFDate"
                    | "GenericUDFToDecimal"
                    | "GenericUDFTimestamp"
                    | "GenericUDFToString"
            ),
            Self::Bridge { .. } => self.hive_class().is_some_and(|class| {
                matches!(
                    class,
                    "UDFToByte"
                        | "UDFToShort"
                        | "UDFToInteger"
                        | "UDFToLong"
                        | "UDFToFloat"
                        | "UDFToDouble"
                        | "UDFToString"
                        | "UDFToBoolean"
                )
            }),
        };
        if is_cast { known_type(type_name) } else { None }
    }
}

impl Lowering<'_> {
    pub(super) fn cast(&self, operand: &Node, to: KeyType) -> Operand {
        match self.operand(operand) {
            Operand::Typed(expr, from) if from == to || from.is_text() && to == KeyType::Text => {
                Operand::Typed(expr, to)
            }
            Operand::Typed(expr, from) if is_alike(from, to) => {
                Operand::Typed(Expr::Cast { operand: Box::new(expr), to }, to)
            }
            Operand::Typed(..) => Operand::Unknown(format!("a cast to {}", to.describe())),
            Operand::Between(..) => Operand::Unknown("a cast of a constant of an unknown time zone".to_owned()),
            other => other,
        }
    }
}

/// Whether Hive's releases convert alike, in every time zone. They differ in texts as booleans and in the texts of
/// decimals and doubles; numbers as timestamps depend on the zone.
fn is_alike(from: KeyType, to: KeyType) -> bool {
    use KeyType::{Boolean, Date, Decimal, Double, Float, Integer, Timestamp};
    let is_number = |t| matches!(t, Integer(_) | Float | Double | Decimal { .. });
    match to {
        _ if from.is_text() => to != Boolean,
        Boolean => is_number(from),
        Integer(_) | Float | Double | Decimal { .. } => is_number(from) || from == Boolean,
        Date => from == Timestamp,
        Timestamp => from == Date,
        _ => matches!(from, Integer(_) | Boolean | Date | Timestamp),
    }
}
