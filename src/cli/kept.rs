//! What a drop left where it lies, since something else refers to it.

use serde_json::{Value, json};
use skep_proto::admin::v1::KeptPlace;

/// Gives the places for the answer of a program.
pub fn kept_json(kept: &[KeptPlace]) -> Value {
    kept.iter().map(|one| json!({"location": one.location, "holder": one.holder})).collect()
}

/// Tells a person on standard error, a line a place.
pub fn kept_tell(kept: &[KeptPlace]) {
    for one in kept {
        eprintln!("kept: {} belongs to {}, too", one.location, one.holder);
    }
}
