//! Data connectors.

use skep_core::{Error, Result};
use skep_thrift::types as t;

use super::common::{parameters_in, parameters_out, principal_in, principal_out};
use crate::catalog::DataConnector;

/// Name, type and URL must be given (null is a MetaException).
pub fn connector_in(connector: t::DataConnector) -> Result<DataConnector> {
    let given = |value: Option<String>, what: &str| {
        value.ok_or_else(|| Error::meta(format!("Data connector {what} cannot be null.")))
    };
    Ok(DataConnector {
        name: given(connector.name, "name")?,
        connector_type: given(connector.r#type, "type")?,
        url: given(connector.url, "URL")?,
        description: connector.description,
        parameters: parameters_in(connector.parameters),
        owner: connector.owner_name,
        owner_type: connector.owner_type.map(principal_in),
        create_time: connector.create_time.unwrap_or_default(),
    })
}

pub fn connector_out(connector: DataConnector) -> t::DataConnector {
    t::DataConnector {
        name: Some(connector.name),
        r#type: Some(connector.connector_type),
        url: Some(connector.url),
        description: connector.description,
        parameters: parameters_out(&connector.parameters),
        owner_name: connector.owner,
        owner_type: connector.owner_type.map(principal_out),
        create_time: Some(connector.create_time),
    }
}
