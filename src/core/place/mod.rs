//! Where data lies: locations as clients write them, and the keys by which two of them are compared.

mod key;
mod location;

pub use key::{PlaceKey, Relation};
pub use location::Location;
