//! Named types.

use skep_core::table::Column;
use skep_core::{Error, Result};
use skep_thrift::types as t;

use super::common::column_out;
use crate::catalog::NamedType;

/// A null name is a MetaException. Unlike columns, fields keep the case of their names.
pub fn type_in(named: t::Type) -> Result<NamedType> {
    let field =
        |f: t::FieldSchema| Column { name: f.name.unwrap_or_default(), type_name: f.r#type, comment: f.comment };
    Ok(NamedType {
        name: named.name.ok_or_else(|| Error::meta("the type's name is null"))?,
        type1: named.type1,
        type2: named.type2,
        fields: named.fields.unwrap_or_default().into_iter().map(field).collect(),
    })
}

/// Fields are always a list, maybe empty.
pub fn type_out(named: NamedType) -> t::Type {
    t::Type {
        fields: Some(named.fields.iter().map(column_out).collect()),
        name: Some(named.name),
        type1: named.type1,
        type2: named.type2,
    }
}
