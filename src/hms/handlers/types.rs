//! Named types.

use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::hms::context::{Cx, given};
use crate::hms::convert::named_type::{type_in, type_out};
use crate::hms::routes::Routes;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::CreateType>(create)
        .on::<m::GetType>(get)
        .on::<m::GetTypeAll>(get_all)
        .on::<m::DropType>(drop)
}

async fn create(cx: Cx, args: m::CreateTypeArgs) -> Result<bool> {
    cx.metastore().type_create(type_in(given(args.r#type, "the type")?)?).await?;
    Ok(true)
}

async fn get(cx: Cx, args: m::GetTypeArgs) -> Result<t::Type> {
    Ok(type_out(cx.metastore().type_get(&given(args.name, "the type's name")?).await?))
}

/// What it would answer was never said: every release of Hive throws just this.
async fn get_all(_: Cx, _: m::GetTypeAllArgs) -> Result<Vec<(String, t::Type)>> {
    Err(Error::meta("Not yet implemented: no release of Hive has get_type_all; ask get_type for one type"))
}

/// True for a type that was not there, too, as in Hive.
async fn drop(cx: Cx, args: m::DropTypeArgs) -> Result<bool> {
    cx.metastore().type_drop(&given(args.r#type, "the type's name")?).await?;
    Ok(true)
}
