//! Filters of tables (get_table_names_by_filter): the partition filters' grammar over a table's own facts, semantics §4.

use super::ast::{CompareOp, Expr, LikeDialect, Value};
use super::bind::Typing;
use super::eval::{Reading, Scope, Truth, truth};
use super::parse::parse;
use super::pattern::Patterns;
use crate::table::Table;
use crate::types::{IntegerWidth, KeyType};
use crate::{Error, Result};

const OWNER: &str = "hive_filter_field_owner__";
const LAST_ACCESS: &str = "hive_filter_field_last_access__";
const PARAMETERS: &str = "hive_filter_field_params__";
const TABLE_NAME: &str = "hive_filter_field_tableName__";
const TABLE_TYPE: &str = "hive_filter_field_tableType__";

/// What a key of such a filter names.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Field {
    Owner,
    LastAccess,
    TableName,
    TableType,
    Parameter(String),
}

/// A filter of tables. LIKE is a Java regular expression here, as Hive reads it. What a table does not have (an owner,
/// a parameter) is NULL, so no comparison keeps the table, `!=` neither.
#[derive(Debug)]
pub struct TableFilter {
    expr: Expr,
    fields: Vec<Field>,
    patterns: Patterns,
}

impl TableFilter {
    /// Reads a filter; a blank one keeps every table. Errors are of kind Meta: bad syntax, other keys than the five, an
    /// operator that the key does not have.
    pub fn parse(text: &str) -> Result<Self> {
        let mut fields: Vec<Field> = Vec::new();
        let named = parse(text)?;
        let expr = named.map_keys(&mut |name: String| {
            let field = field(&name)?;
            let known = fields.iter().position(|known| *known == field);
            Ok(known.unwrap_or_else(|| {
                fields.push(field);
                fields.len() - 1
            }))
        })?;
        check(&expr, &fields)?;
        let expr = Typing { types: &types(&fields), null_texts: &[], coerce: true }.bound(textual(expr, &fields))?;
        Ok(Self { patterns: Patterns::of(&expr)?, expr, fields })
    }

    pub fn matches(&self, table: &Table) -> bool {
        let values: Vec<Value> = self.fields.iter().map(|field| field.value(table)).collect();
        let values: Vec<&Value> = values.iter().collect();
        let scope = Scope { values: &values, reading: Reading::JavaRegex, patterns: &self.patterns };
        truth(&self.expr, scope) == Truth::True
    }
}

impl Field {
    fn value(&self, table: &Table) -> Value {
        let text = |text: Option<&str>| text.map_or(Value::Null, |text| Value::Text(text.to_owned()));
        match self {
            Self::Owner => text(table.owner.as_deref()),
            Self::LastAccess => Value::Integer(i64::from(table.last_access_time)),
            Self::TableName => text(Some(&table.name)),
            Self::TableType => text(Some(table.table_type.as_str())),
            Self::Parameter(name) => text(table.parameters.get(name).map(String::as_str)),
        }
    }

    fn key_type(&self) -> KeyType {
        match self {
            Self::LastAccess => KeyType::Integer(IntegerWidth::Int),
            Self::Owner | Self::TableName | Self::TableType | Self::Parameter(_) => KeyType::Text,
        }
    }
}

fn types(fields: &[Field]) -> Vec<KeyType> {
    fields.iter().map(Field::key_type).collect()
}

fn field(name: &str) -> Result<Field> {
    let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
    if is(OWNER) {
        return Ok(Field::Owner);
    }
    if is(LAST_ACCESS) {
        return Ok(Field::LastAccess);
    }
    if is(TABLE_NAME) {
        return Ok(Field::TableName);
    }
    if is(TABLE_TYPE) {
        return Ok(Field::TableType);
    }
    match name.split_at_checked(PARAMETERS.len()) {
        Some((prefix, parameter)) if prefix.eq_ignore_ascii_case(PARAMETERS) && !parameter.is_empty() => {
            Ok(Field::Parameter(parameter.to_owned()))
        }
        Some(_) | None => Err(Error::meta(format!(
            "Invalid key name in filter: {name}. Allowed are {OWNER}, {LAST_ACCESS}, {TABLE_NAME}, {TABLE_TYPE}, {PARAMETERS}NAME"
        ))),
    }
}

/// Hive's restrictions: parameters have =, != and LIKE only; the last access has no LIKE.
fn check(expr: &Expr, fields: &[Field]) -> Result<()> {
    let mut result = Ok(());
    expr.visit(&mut |node| {
        let (operands, allowed_of_parameters) = match node {
            Expr::Call { call, .. } => {
                result = Err(Error::meta(format!("A filter of tables has no functions, so no {}", call.name())));
                return;
            }
            Expr::Compare { op, left, .. } => {
                (std::slice::from_ref(&**left), matches!(op, CompareOp::Equal | CompareOp::NotEqual))
            }
            Expr::Between { operand, .. } => (std::slice::from_ref(&**operand), false),
            Expr::Like { operand, .. } | Expr::IsNull(operand) => (std::slice::from_ref(&**operand), true),
            // An IN is a list of equalities.
            Expr::In { operands, .. } => (operands.as_slice(), true),
            Expr::Literal(_) | Expr::Key(_) | Expr::And(_) | Expr::Or(_) | Expr::Not(_) | Expr::Unknown(_) => return,
        };
        for operand in operands {
            let Expr::Key(key) = operand else { continue };
            match fields.get(*key) {
                Some(Field::Parameter(_)) if !allowed_of_parameters => {
                    result = Err(Error::meta(format!("Only =, <>, != and LIKE are supported for {PARAMETERS}")));
                }
                Some(Field::LastAccess) if matches!(node, Expr::Like { .. }) => {
                    result = Err(Error::meta(format!("LIKE is not supported for {LAST_ACCESS}")));
                }
                Some(_) | None => {}
            }
        }
    });
    result
}

/// Literals beside text fields are text (parameters are stored so), LIKE is Java's.
fn textual(expr: Expr, fields: &[Field]) -> Expr {
    let boxed = |expr: Box<Expr>| Box::new(textual(*expr, fields));
    let all = |exprs: Vec<Expr>| exprs.into_iter().map(|expr| textual(expr, fields)).collect();
    let beside = |operand: &Expr, expr: Expr| match (operand, expr) {
        (Expr::Key(key), Expr::Literal(value)) if fields.get(*key) != Some(&Field::LastAccess) => {
            Expr::Literal(value.to_text().map_or(Value::Null, Value::Text))
        }
        (_, expr) => expr,
    };
    match expr {
        Expr::Compare { op, left, right } => {
            let right = beside(&left, *right);
            Expr::Compare { op, left, right: Box::new(right) }
        }
        Expr::And(children) => Expr::And(all(children)),
        Expr::Or(children) => Expr::Or(all(children)),
        Expr::Not(inner) => Expr::Not(boxed(inner)),
        Expr::In { operands, rows } => {
            let rows = rows.into_iter().map(|row| {
                let pairs = operands.iter().zip(row);
                pairs.map(|(operand, item)| beside(operand, item)).collect()
            });
            Expr::In { rows: rows.collect(), operands }
        }
        Expr::Between { operand, low, high } => {
            let (low, high) = (Box::new(beside(&operand, *low)), Box::new(beside(&operand, *high)));
            Expr::Between { operand, low, high }
        }
        Expr::Like { operand, pattern, dialect: _ } => Expr::Like { operand, pattern, dialect: LikeDialect::JavaRegex },
        Expr::Literal(_) | Expr::Key(_) | Expr::Call { .. } | Expr::IsNull(_) | Expr::Unknown(_) => expr,
    }
}
