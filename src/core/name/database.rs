//! Catalogs inside database names, semantics §2: calls with a plain database string carry the catalog as `@CAT#DB`.

use super::identifier::normalize;
use crate::{Error, Result};

/// A database name with its catalog, both in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DbName {
    pub catalog: String,
    /// None where the caller sent no name (null, or `@CAT#`); empty where it sent an empty one (`@CAT#!`).
    pub database: Option<String>,
}

/// Reads what a client sent as a database name, or as a pattern of such (Hive lower-cases patterns too):
/// null, `DB`, `@CAT#DB`, `@CAT#` (no database) or `@CAT#!` (empty database). Without a catalog it is
/// `default_catalog`.
///
/// # Errors
/// Meta where the marker `@` comes without `#`.
pub fn parse_db_name(text: Option<&str>, default_catalog: &str) -> Result<DbName> {
    let Some(text) = text else {
        return Ok(DbName { catalog: normalize(default_catalog), database: None });
    };
    let Some(marked) = text.strip_prefix('@') else {
        return Ok(DbName { catalog: normalize(default_catalog), database: Some(normalize(text)) });
    };
    let Some((catalog, database)) = marked.split_once('#') else {
        return Err(Error::meta(format!(
            "{text} is prepended with the catalog marker but does not appear to have a catalog name in it: \
             expected @catalog#database"
        )));
    };
    let database = match database {
        "" => None,
        "!" => Some(String::new()),
        name => Some(normalize(name)),
    };
    Ok(DbName { catalog: normalize(catalog), database })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Kind;

    fn parsed(text: &str) -> (String, Option<String>) {
        let name = parse_db_name(Some(text), "hive").unwrap();
        (name.catalog, name.database)
    }

    #[test]
    fn every_form() {
        let is = |catalog: &str, database: Option<&str>| (catalog.to_owned(), database.map(str::to_owned));
        assert_eq!(parsed("Sales"), is("hive", Some("sales")));
        assert_eq!(parsed(""), is("hive", Some("")));
        assert_eq!(parsed("@Spark#Sales"), is("spark", Some("sales")));
        assert_eq!(parsed("@spark#"), is("spark", None));
        assert_eq!(parsed("@spark#!"), is("spark", Some("")));
        assert_eq!(parsed("@spark#x!"), is("spark", Some("x!")));
        assert_eq!(parsed("@spark#a#b"), is("spark", Some("a#b")));
        assert_eq!(parsed("a@b#c"), is("hive", Some("a@b#c")));
        assert_eq!(parse_db_name(None, "Hive").unwrap(), DbName { catalog: "hive".into(), database: None });
        for bad in ["@", "@spark", "@!", "@spark!"] {
            assert_eq!(parse_db_name(Some(bad), "hive").unwrap_err().kind, Kind::Meta, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in ".*") {
            let _ = parse_db_name(Some(&text), "hive");
            let _ = parse_db_name(Some(&format!("@{text}")), "hive");
        }

        #[test]
        fn prefixed_names_come_back(catalog in "[a-z0-9_]{1,8}", database in "[a-z0-9_]{1,8}") {
            let name = parse_db_name(Some(&format!("@{catalog}#{database}")), "hive").unwrap();
            prop_assert_eq!(name, DbName { catalog, database: Some(database) });
        }
    }
}
