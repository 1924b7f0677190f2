//! Where databases, tables and partitions lie when nobody says so (semantics §3, §4).

use skep_core::Location;
use std::fmt::Write;

/// The roots of a warehouse.
#[derive(Debug, Clone)]
pub struct Layout {
    managed_root: Location,
    external_root: Location,
}

/// What the place of a table depends on in its database.
#[derive(Debug, Clone, Copy)]
pub struct DatabasePlace<'a> {
    pub name: &'a str,
    /// Whether the database belongs to the catalog `hive`.
    pub in_default_catalog: bool,
    pub location: &'a Location,
    pub managed_location: Option<&'a Location>,
}

impl Layout {
    /// Without an external root, external data lies in the managed one.
    pub fn new(managed_root: Location, external_root: Option<Location>) -> Self {
        let external_root = external_root.unwrap_or_else(|| managed_root.clone());
        Self { managed_root, external_root }
    }

    pub fn managed_root(&self) -> &Location {
        &self.managed_root
    }

    pub fn external_root(&self) -> &Location {
        &self.external_root
    }

    /// Location of a new database. `catalog` is the catalog's location, none for the catalog `hive`, whose `default`
    /// database is the root itself.
    pub fn database_location(&self, catalog: Option<&Location>, name: &str) -> Location {
        match catalog {
            Some(catalog) => catalog.join(&database_directory(name)),
            None => database_below(&self.external_root, name),
        }
    }

    /// Where managed tables of a database go that has no managed location of its own.
    pub fn managed_database_location(&self, database: &DatabasePlace<'_>) -> Location {
        match database.managed_location {
            Some(location) => location.clone(),
            None if database.in_default_catalog => database_below(&self.managed_root, database.name),
            None => database.location.clone(),
        }
    }

    /// Where external tables of a database go. A database whose location lies in the managed root keeps its external
    /// tables out of there if there is a root for them.
    pub fn external_database_location(&self, database: &DatabasePlace<'_>) -> Location {
        let apart = !self.external_root.same_place(&self.managed_root);
        if apart && database.location.is_within(&self.managed_root) && !database.location.is_within(&self.external_root)
        {
            return database_below(&self.external_root, database.name);
        }
        database.location.clone()
    }

    /// Location of a new table that names none.
    pub fn table_location(&self, database: &DatabasePlace<'_>, table: &str, external: bool) -> Location {
        let base =
            if external { self.external_database_location(database) } else { self.managed_database_location(database) };
        base.join(&table_directory(table))
    }
}

/// `name` in lower case and `.db`; a slash is no path.
fn database_directory(name: &str) -> String {
    format!("{}.db", name.to_lowercase().replace('/', "-47-"))
}

fn database_below(root: &Location, name: &str) -> Location {
    if name.eq_ignore_ascii_case("default") { root.clone() } else { root.join(&database_directory(name)) }
}

/// The directory of a table: its name in lower case, characters other than letters, digits and `_` as `-CODE-` (of
/// each UTF-16 unit, as Java has it).
fn table_directory(name: &str) -> String {
    let mut directory = String::with_capacity(name.len());
    for c in name.to_lowercase().chars() {
        if c == '_' || (c.is_alphanumeric() && c.len_utf16() == 1) {
            directory.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // writing to a String can't fail
            let _ = write!(directory, "-{unit}-");
        }
    }
    directory
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Location {
        Location::parse(text).unwrap()
    }

    #[test]
    fn databases() {
        let layout = Layout::new(at("/wh"), Some(at("s3://b/ext")));
        assert_eq!(layout.database_location(None, "Sales").to_string(), "s3://b/ext/sales.db");
        assert_eq!(layout.database_location(None, "DEFAULT").to_string(), "s3://b/ext");
        assert_eq!(layout.database_location(Some(&at("/cat")), "default").to_string(), "file:/cat/default.db");
        assert_eq!(Layout::new(at("/wh"), None).database_location(None, "d").to_string(), "file:/wh/d.db");
        assert_eq!(layout.database_location(None, "../../x").to_string(), "s3://b/ext/..-47-..-47-x.db");
    }

    #[test]
    fn tables_managed_and_external() {
        let layout = Layout::new(at("/wh"), Some(at("/ext")));
        let (ext, inside, own, cat) = (at("/ext/d.db"), at("/wh/custom"), at("/m"), at("/cat/d.db"));
        let place = |location, managed_location, in_default_catalog| DatabasePlace {
            name: "d",
            in_default_catalog,
            location,
            managed_location,
        };
        let table = |place: &DatabasePlace<'_>, external| layout.table_location(place, "T", external).to_string();
        assert_eq!(table(&place(&ext, None, true), true), "file:/ext/d.db/t");
        assert_eq!(table(&place(&ext, None, true), false), "file:/wh/d.db/t");
        assert_eq!(table(&place(&inside, None, true), true), "file:/ext/d.db/t");
        assert_eq!(table(&place(&ext, Some(&own), true), false), "file:/m/t");
        assert_eq!(table(&place(&cat, None, false), false), "file:/cat/d.db/t");
        let one = Layout::new(at("/wh"), None);
        assert_eq!(one.table_location(&place(&inside, None, true), "t", true).to_string(), "file:/wh/custom/t");
        let default = DatabasePlace { name: "default", ..place(&ext, None, true) };
        assert_eq!(layout.table_location(&default, "t", false).to_string(), "file:/wh/t");
    }

    #[test]
    fn table_names_are_encoded() {
        for (name, directory) in [
            ("Web_Logs1", "web_logs1"),
            ("a b", "a-32-b"),
            ("a-b", "a-45-b"),
            ("../x", "-46--46--47-x"),
            ("é", "é"),
            ("😀", "-55357--56832-"),
        ] {
            assert_eq!(table_directory(name), directory);
        }
    }
}
