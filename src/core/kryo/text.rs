//! Nodes as Hive prints them (ExprNodeDesc.getExprString), for messages and logs.

use std::fmt::{self, Display, Formatter};

use super::node::{Constant, Function, Node, NodeType};
use crate::function;
use crate::types::Value;

/// Whose text form of constants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Hive 2 and 3: `5`, `2020-01-02`.
    Bare,
    /// Hive 4: `5L`, `DATE'2020-01-02'`.
    Marked,
}

impl Display for Node {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.print(Style::Marked))
    }
}

impl Node {
    /// The node's text in a style.
    pub fn print(&self, style: Style) -> String {
        match self {
            Self::Column { name, .. } => name.clone(),
            Self::Constant { value, node_type } => value.print(node_type, style),
            Self::Function { function, children, node_type } => {
                let children: Vec<_> = children.iter().map(|child| child.print(style)).collect();
                function.print(&children, node_type)
            }
            Self::Other(what) => what.clone(),
        }
    }
}

impl Function {
    /// The operator between the operands, where Hive prints it so.
    fn infix(&self) -> Option<&str> {
        Some(match self {
            Self::Bridge { name, is_operator: true, .. } => name,
            Self::Bridge { .. } => return None,
            Self::Generic(class) => match class.as_str() {
                "GenericUDFOPEqual" => "=",
                "GenericUDFOPEqualNS" => "IS NOT DISTINCT FROM",
                "GenericUDFOPNotEqualNS" => "IS DISTINCT FROM",
                "GenericUDFOPNotEqual" => "<>",
                "GenericUDFOPLessThan" => "<",
                "GenericUDFOPGreaterThan" => ">",
                "GenericUDFOPEqualOrLessThan" => "<=",
                "GenericUDFOPEqualOrGreaterThan" => ">=",
                "GenericUDFOPAnd" => "and",
                "GenericUDFOPOr" => "or",
                "GenericUDFOPPlus" => "+",
                "GenericUDFOPMinus" => "-",
                "GenericUDFOPMultiply" => "*",
                "GenericUDFOPDivide" => "/",
                "GenericUDFOPMod" => "%",
                _ => return None,
            },
        })
    }

    fn print(&self, children: &[String], node_type: &NodeType) -> String {
        if let Some(infix) = self.infix().filter(|_| children.len() > 1) {
            return format!("({})", children.join(&format!(" {infix} ")));
        }
        let (name, separator) = match self {
            Self::Bridge { name, .. } => (name.as_str(), ", "),
            Self::Generic(class) => match (class.as_str(), children) {
                ("GenericUDFOPNot", [operand]) => return format!("(not {operand})"),
                ("GenericUDFOPNull", [operand]) => return format!("{operand} is null"),
                ("GenericUDFOPNotNull", [operand]) => return format!("{operand} is not null"),
                ("GenericUDFOPTrue", [operand]) => return format!("{operand} is true"),
                ("GenericUDFOPFalse", [operand]) => return format!("{operand} is false"),
                ("GenericUDFOPNotTrue", [operand]) => return format!("{operand} is not true"),
                ("GenericUDFOPNotFalse", [operand]) => return format!("{operand} is not false"),
                ("GenericUDFIn", [operand, items @ ..]) => return format!("({operand}) IN ({})", items.join(", ")),
                ("GenericUDFBetween", [invert, operand, low, high]) => {
                    let not = if invert == "true" { "NOT " } else { "" };
                    return format!("{operand} {not}BETWEEN {low} AND {high}");
                }
                ("GenericUDFStruct", _) => ("struct", ","),
                ("GenericUDFCoalesce", _) => ("COALESCE", ","),
                ("GenericUDFNvl", _) => ("NVL", ","),
                ("GenericUDFWhen", branches) => return format!("CASE {}", print_branches(branches)),
                ("GenericUDFCase", [value, branches @ ..]) => {
                    return format!("CASE ({value}) {}", print_branches(branches));
                }
                ("GenericUDFDate", _) => ("to_date", ", "),
                (_, [operand]) if class.starts_with("GenericUDFTo") || class == "GenericUDFTimestamp" => {
                    return format!("CAST( {operand} AS {})", cast_type(&node_type.0));
                }
                _ => (function::by_class(class).map_or(class.as_str(), |function| function.name), ", "),
            },
        };
        format!("{name}({})", children.join(separator))
    }
}

impl Constant {
    fn print(&self, node_type: &NodeType, style: Style) -> String {
        let type_name = node_type.0.as_str();
        let marked = style == Style::Marked;
        match self {
            Self::Value(Value::Null) => "null".to_owned(),
            Self::Value(Value::Boolean(b)) => b.to_string(),
            Self::Value(Value::Text(text)) => format!("'{text}'"),
            Self::Value(Value::Double(f)) if type_name == "float" => format!("{:?}", *f as f32),
            Self::Value(value) => {
                let text = value.to_text().unwrap_or_default();
                match type_name {
                    "bigint" if marked => format!("{text}L"),
                    "smallint" if marked => format!("{text}S"),
                    "tinyint" if marked => format!("{text}Y"),
                    "double" if marked => format!("{text}D"),
                    "date" if marked => format!("DATE'{text}'"),
                    "timestamp" if marked => format!("TIMESTAMP'{text}'"),
                    _ => text,
                }
            }
            Self::LocalDate { millis } => {
                Value::Date(millis.div_euclid(86_400_000) as i32).to_text().unwrap_or_default()
            }
            Self::LocalTimestamp { millis, nanos } => {
                let value = Value::Timestamp { seconds: millis.div_euclid(1000), nanos: *nanos };
                let text = value.to_text().unwrap_or_default();
                if *nanos == 0 { format!("{text}.0") } else { text }
            }
            Self::List(items) => {
                let untyped = NodeType(String::new());
                let items: Vec<_> = items.iter().map(|item| item.print(&untyped, style)).collect();
                format!("const struct({})", items.join(","))
            }
            Self::Other => "?".to_owned(),
        }
    }
}

/// What follows CASE.
fn print_branches(branches: &[String]) -> String {
    let parts = branches.chunks(2).map(|branch| match branch {
        [condition, value] => format!("WHEN ({condition}) THEN ({value}) "),
        rest => format!("ELSE ({}) ", rest.concat()),
    });
    parts.collect::<Vec<_>>().concat() + "END"
}

/// Hive prints most types of casts in capitals.
fn cast_type(type_name: &str) -> String {
    if type_name.starts_with("varchar") || type_name.starts_with("decimal") {
        type_name.to_owned()
    } else {
        type_name.to_ascii_uppercase()
    }
}
