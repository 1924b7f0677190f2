//! The URL of the store: `sqlite:PATH` or `postgres://…`. Its password is never printed.

use std::fmt;
use std::path::Path;

use toml::Value;

use super::secret::MASK;
use super::setting::Setting;

/// Which database a store URL names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreKind {
    Sqlite,
    Postgres,
}

impl StoreKind {
    /// The word for logs, metrics and the status call.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// A store URL. `Display` and `Debug` mask the password; only [`StoreUrl::expose`] shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct StoreUrl {
    kind: StoreKind,
    text: String,
}

impl StoreUrl {
    pub fn kind(&self) -> StoreKind {
        self.kind
    }

    /// The URL with its password, for the database driver and nobody else.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The file of a SQLite store, as given; relative to the working directory.
    pub fn sqlite_path(&self) -> Option<&Path> {
        let path = self.text.strip_prefix("sqlite:")?;
        let path = path.strip_prefix("//").unwrap_or(path);
        Some(Path::new(path.split_once('?').map_or(path, |(path, _)| path)))
    }

    fn masked(&self) -> String {
        if self.kind == StoreKind::Sqlite {
            return self.text.clone();
        }
        let (scheme, rest) = self.text.split_once("://").unwrap_or(("", &self.text));
        // A raw `@`, `/` or `?` in a password makes the URL ambiguous: all before the last `@` counts as the login.
        let (login, host) = rest.rsplit_once('@').map_or((None, rest), |(login, host)| (Some(login), host));
        let login = match login.map(|login| login.split_once([':', '?']).ok_or(login)) {
            None => String::new(),
            Some(Ok((user, _))) => format!("{user}:{MASK}@"),
            Some(Err(user)) => format!("{user}@"),
        };
        match host.split_once('?') {
            Some((host, query)) => format!("{scheme}://{login}{host}?{}", masked_query(query)),
            None => format!("{scheme}://{login}{host}"),
        }
    }
}

fn masked_query(query: &str) -> String {
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("password") => format!("{name}={MASK}"),
        _ => pair.to_owned(),
    });
    pairs.collect::<Vec<_>>().join("&")
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.masked())
    }
}

impl Setting for StoreUrl {
    fn parse(text: &str) -> Result<Self, String> {
        let (scheme, rest) = text.split_once(':').unwrap_or((text, ""));
        let kind = match scheme {
            "sqlite" if !rest.trim_start_matches('/').is_empty() => StoreKind::Sqlite,
            "postgres" | "postgresql" if rest.starts_with("//") && rest.len() > 2 => StoreKind::Postgres,
            // The text may hold a password, so it is not repeated.
            _ => return Err("a store is sqlite:PATH or postgres://USER:PASSWORD@HOST:PORT/DATABASE".to_owned()),
        };
        Ok(Self { kind, text: text.to_owned() })
    }
    fn print(&self) -> Option<Value> {
        Some(Value::String(self.masked()))
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use proptest::prelude::proptest;

    use super::{Setting, StoreKind, StoreUrl};

    fn masked(text: &str) -> String {
        StoreUrl::parse(text).unwrap().to_string()
    }

    #[test]
    fn passwords_are_masked() {
        assert_eq!(masked("postgres://u:hush@db:5432/m?sslmode=require"), "postgres://u:***@db:5432/m?sslmode=require");
        assert_eq!(masked("postgresql://db/m?user=u&password=hush"), "postgresql://db/m?user=u&password=***");
        assert_eq!(masked("postgres://u:hu@sh/hush@db/m"), "postgres://u:***@db/m");
        assert_eq!(masked("postgres://u:hu?sh@db/m"), "postgres://u:***@db/m");
        assert_eq!(masked("postgres://db/m?user=u&password=hu@sh"), "postgres://db/m:***@sh");
        assert_eq!(masked("postgres://u@db/m"), "postgres://u@db/m");
        assert_eq!(masked("sqlite:skep-data/skep.db"), "sqlite:skep-data/skep.db");
    }

    #[test]
    fn both_kinds_are_told_apart_and_others_refused() {
        let file = StoreUrl::parse("sqlite:///var/lib/skep/skep.db?mode=rwc").unwrap();
        assert_eq!(file.kind(), StoreKind::Sqlite);
        assert_eq!(file.sqlite_path(), Some(Path::new("/var/lib/skep/skep.db")));
        let server = StoreUrl::parse("postgresql://db/m").unwrap();
        assert_eq!((server.kind(), server.sqlite_path()), (StoreKind::Postgres, None));
        for wrong in ["", "sqlite:", "sqlite://", "postgres:", "postgres://", "mysql://u:hush@db/m", "skep.db"] {
            assert!(StoreUrl::parse(wrong).is_err_and(|error| !error.contains("hush")), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_password_is_ever_printed(word in "[A-Z]{4}", tail in "[a-z@/:?&=%]{0,6}") {
            let url = StoreUrl::parse(&format!("postgres://u:{word}{tail}@db/m?sslmode=require&password={word}")).unwrap();
            assert!(!url.to_string().contains(&word), "{url}");
            assert!(!format!("{url:?}").contains(&word));
            assert!(!format!("{:?}", url.print()).contains(&word));
        }
    }
}
