//! Functions.

use skep_core::table::{Function, ResourceUri};
use skep_core::{Error, Result};
use skep_thrift::types as t;

use super::common::{principal_in, principal_out};

/// `catalog` and `database` are where it belongs; null names are MetaExceptions.
pub fn function_in(function: t::Function, catalog: String, database: String) -> Result<Function> {
    let resource = |r: t::ResourceUri| ResourceUri {
        resource_type: r.resource_type.unwrap_or(t::ResourceType::JAR).0,
        uri: r.uri,
    };
    Ok(Function {
        catalog,
        database,
        name: function.function_name.ok_or_else(|| Error::meta("Function name cannot be null."))?,
        class_name: function.class_name,
        owner: function.owner_name,
        owner_type: function.owner_type.map(principal_in),
        create_time: function.create_time,
        function_type: function.function_type.map(|f| f.0),
        resources: function.resource_uris.map(|all| all.into_iter().map(resource).collect()),
    })
}

/// Resources are always a list, maybe empty.
pub fn function_out(function: Function) -> t::Function {
    let resource =
        |r: ResourceUri| t::ResourceUri { resource_type: Some(t::ResourceType(r.resource_type)), uri: r.uri };
    t::Function {
        function_name: Some(function.name),
        db_name: Some(function.database),
        class_name: function.class_name,
        owner_name: function.owner,
        owner_type: function.owner_type.map(principal_out),
        create_time: function.create_time,
        function_type: function.function_type.map(t::FunctionType),
        resource_uris: Some(function.resources.unwrap_or_default().into_iter().map(resource).collect()),
        cat_name: Some(function.catalog),
    }
}
