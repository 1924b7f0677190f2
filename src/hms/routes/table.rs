//! The table: every method that Skep answers, a block a family.

use super::route::Routes;

/// All routes of the Thrift front. Panics if a method stands here twice: a mistake that no start survives.
pub fn routes() -> Routes {
    Routes::default()
}
