//! What becomes of a partition once its expression has an answer.

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

/// Hive's rule (semantics §8). `truth` is the predicate's value for the partition, none where it is NULL; a predicate
/// that cannot be evaluated is `evaluated: false`. `has_default_value`: any of the partition's values is the default
/// partition's name; Hive drops such a partition where the answer is NULL.
pub fn prune_outcome(truth: Option<bool>, evaluated: bool, has_default_value: bool) -> Outcome {
    match truth {
        _ if !evaluated => Outcome::KeepUnknown,
        Some(true) => Outcome::Keep,
        Some(false) => Outcome::Drop,
        None if has_default_value => Outcome::Drop,
        None => Outcome::KeepUnknown,
    }
}
