//! What all structs share: parameters, columns, principals.

use skep_core::table::{Column, Parameters, PrincipalType};
use skep_thrift::types as t;

/// A thrift map; null is empty.
pub fn parameters_in(map: Option<Vec<(String, String)>>) -> Parameters {
    map.unwrap_or_default().into_iter().collect()
}
#[expect(clippy::unnecessary_wraps, reason = "Thrift's fields are optional; a map is never null on its way out")]
pub fn parameters_out(map: &Parameters) -> Option<Vec<(String, String)>> {
    Some(map.iter().map(|(k, v)| (k.clone(), v.clone())).collect())
}
/// The properties of a call's environment context.
pub fn environment_in(context: Option<t::EnvironmentContext>) -> Parameters {
    parameters_in(context.and_then(|c| c.properties))
}

pub fn column_in(column: t::FieldSchema) -> Column {
    Column { name: column.name.unwrap_or_default().to_lowercase(), type_name: column.r#type, comment: column.comment }
}
pub fn columns_in(columns: Vec<t::FieldSchema>) -> Vec<Column> {
    columns.into_iter().map(column_in).collect()
}
pub fn column_out(column: &Column) -> t::FieldSchema {
    t::FieldSchema {
        name: Some(column.name.clone()),
        r#type: column.type_name.clone(),
        comment: column.comment.clone(),
    }
}
pub fn columns_out(columns: &[Column]) -> Vec<t::FieldSchema> {
    columns.iter().map(column_out).collect()
}

pub fn principal_in(principal: t::PrincipalType) -> PrincipalType {
    match principal {
        t::PrincipalType::ROLE => PrincipalType::Role,
        t::PrincipalType::GROUP => PrincipalType::Group,
        _ => PrincipalType::User,
    }
}
pub fn principal_out(principal: PrincipalType) -> t::PrincipalType {
    match principal {
        PrincipalType::User => t::PrincipalType::USER,
        PrincipalType::Role => t::PrincipalType::ROLE,
        PrincipalType::Group => t::PrincipalType::GROUP,
    }
}
