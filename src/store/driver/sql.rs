//! A named SQL statement. Its text is `'static`: nothing that a client sends can become part of it.

/// One statement with a text per dialect, the same where they agree.
#[derive(Debug)]
pub struct Sql {
    /// `noun_verb`, for spans and for the test that prepares all of them.
    pub name: &'static str,
    pub postgres: &'static str,
    pub sqlite: &'static str,
}

impl Sql {
    /// One text for both dialects.
    pub const fn both(name: &'static str, text: &'static str) -> Self {
        Self { name, postgres: text, sqlite: text }
    }
    pub const fn per_dialect(name: &'static str, postgres: &'static str, sqlite: &'static str) -> Self {
        Self { name, postgres, sqlite }
    }
}
