//! What several nouns share.

use skep_core::table::PrincipalType;
use skep_proto::admin::v1 as p;

use crate::catalog::PlaceKept;
use crate::rpc::error::{Answer, refused_field};

/// UNSPECIFIED is none.
pub fn principal_in(given: i32, field: &str) -> Answer<Option<PrincipalType>> {
    match p::PrincipalType::try_from(given) {
        Ok(p::PrincipalType::Unspecified) => Ok(None),
        Ok(p::PrincipalType::User) => Ok(Some(PrincipalType::User)),
        Ok(p::PrincipalType::Role) => Ok(Some(PrincipalType::Role)),
        Ok(p::PrincipalType::Group) => Ok(Some(PrincipalType::Group)),
        Err(_) => Err(refused_field(field, format!("{given} is no principal type"))),
    }
}

pub fn principal_out(principal: PrincipalType) -> i32 {
    let principal = match principal {
        PrincipalType::User => p::PrincipalType::User,
        PrincipalType::Role => p::PrincipalType::Role,
        PrincipalType::Group => p::PrincipalType::Group,
    };
    principal.into()
}

/// A time, of which Hive keeps 32 bits.
pub fn seconds_in(given: i64, field: &str) -> Answer<i32> {
    i32::try_from(given).map_err(|_| refused_field(field, format!("{given} s are beyond what Hive keeps (32 bits)")))
}

pub fn seconds_out(seconds: i32) -> i64 {
    i64::from(seconds)
}

/// Places whose data stays.
pub fn kept_out(kept: Vec<PlaceKept>) -> Vec<p::KeptPlace> {
    kept.into_iter().map(|one| p::KeptPlace { location: one.location, holder: one.holder }).collect()
}
