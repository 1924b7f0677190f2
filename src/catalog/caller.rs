//! Who calls, as far as rules depend on it.

/// The user that a connection acts as (`set_ugi`; a claim, not a proof), none before it says so.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    pub user: Option<String>,
    pub groups: Vec<String>,
}

impl Caller {
    pub fn user(&self) -> Option<&str> {
        self.user.as_deref()
    }
}
