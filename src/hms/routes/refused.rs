//! Methods of Hive's interface that Skep leaves out, each with its reason.

/// (method, why). They are answered like a method that does not exist, which clients take for an older server.
pub const REFUSED: &[(&str, &str)] = &[];

/// Why the method is refused; None if it is not.
pub fn refused_why(method: &str) -> Option<&'static str> {
    REFUSED.iter().find(|(name, _)| *name == method).map(|(_, why)| *why)
}
