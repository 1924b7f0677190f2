//! What can be wrong with a configuration: always something that the administrator can mend.

/// A configuration that the server does not start with. The text names the key or file and what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl ConfigError {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}
