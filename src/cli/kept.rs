//! What a drop left where it lies, since something else refers to it.

use serde_json::{Value, json};
use skep_proto::admin::v1::KeptPlace;

/// Gives the places for the answer of a program, if there are any.
pub fn kept_field(kept: &[KeptPlace]) -> Option<(&'static str, Value)> {
    let places = || kept.iter().map(|one| json!({"location": one.location, "holder": one.holder})).collect();
    (!kept.is_empty()).then(|| ("kept", places()))
}

/// Tells a person on standard error, a line a place.
pub fn kept_tell(kept: &[KeptPlace]) {
    for one in kept {
        eprintln!("kept: {} belongs to {}, too", one.location, one.holder);
    }
}
