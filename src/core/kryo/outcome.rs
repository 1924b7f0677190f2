//! What becomes of a partition once its expression has an answer.

use crate::filter::Truth;

/// What a request's answer says of a partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It is part of the answer.
    Keep,
    Drop,
    /// It is part of the answer, which says that it has unknown partitions, so that the client filters again. A drop
    /// by expression is refused.
    KeepUnknown,
}

/// Hive's rule (semantics §8). `has_default_value`: any of the partition's values is the default partition's name;
/// Hive drops such a partition where the answer is NULL. What could not be evaluated is not NULL: it may be true.
pub fn prune_outcome(truth: Truth, has_default_value: bool) -> Outcome {
    match truth {
        Truth::True => Outcome::Keep,
        Truth::False => Outcome::Drop,
        Truth::Null if has_default_value => Outcome::Drop,
        Truth::Null | Truth::Unknown => Outcome::KeepUnknown,
    }
}
