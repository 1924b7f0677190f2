//! x

/// x
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exception {
    Meta,
    NoSuchObject,
}
