//! Who calls, as far as rules depend on it.

/// The user that a connection acts as (`set_ugi`; a claim, not a proof), none before it says so.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    pub user: Option<String>,
    pub groups: Vec<String>,
    /// Copies what another metastore has: times and parameters are kept as they are given, no directory is made or
    /// moved, none is listed for statistics, and nothing is translated. Said by a connection, for itself.
    pub imports: bool,
}

impl Caller {
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }
}
