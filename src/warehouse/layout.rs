//! Where databases, tables and partitions lie when nobody says so (semantics §3, §4).

use skep_core::Location;
use skep_core::name::directory_name;

/// The roots of a warehouse.
#[derive(Debug, Clone)]
pub struct Layout {
    managed_root: Location,
    external_root: Location,
}

/// What the place of a table depends on in its database.
#[derive(Debug, Clone)]
pub struct DatabasePlace<'a> {
    pub name: &'a str,
    /// Whether the database belongs to the catalog `hive`.
    pub in_default_catalog: bool,
    pub location: Location,
    pub managed_location: Option<Location>,
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
        match &database.managed_location {
            Some(location) => location.clone(),
            None if database.in_default_catalog => self.database_below(&self.managed_root, database),
            None => database.location.clone(),
        }
    }

    /// Where external tables of a database go. A database whose location lies in the managed root keeps its external
    /// tables out of there if there is a root for them.
    pub fn external_database_location(&self, database: &DatabasePlace<'_>) -> Location {
        let apart = !self.external_root.same_place(&self.managed_root);
        if apart && database.location.is_within(&self.managed_root) && !database.location.is_within(&self.external_root)
        {
            return self.database_below(&self.external_root, database);
        }
        database.location.clone()
    }

    /// The directory of a database below a root. One that got its default place when databases only had their slashes
    /// replaced is called below every root as it is called there.
    fn database_below(&self, root: &Location, database: &DatabasePlace<'_>) -> Location {
        let earlier = database_directory_earlier(database.name);
        let is_earlier = |root: &Location| database.location.same_place(&root.join(&earlier));
        let differs = earlier != database_directory(database.name);
        if differs && (is_earlier(&self.external_root) || is_earlier(&self.managed_root)) {
            return root.join(&earlier);
        }
        database_below(root, database.name)
    }

    /// Location of a new table that names none.
    pub fn table_location(&self, database: &DatabasePlace<'_>, table: &str, external: bool) -> Location {
        let base =
            if external { self.external_database_location(database) } else { self.managed_database_location(database) };
        base.join(&table_directory(table))
    }
}

/// The directory of a database: like that of a table, and `.db`, which no table's directory ends in.
fn database_directory(name: &str) -> String {
    format!("{}.db", table_directory(name))
}

/// What the directory was before different names had different ones: `a/b` and `a-47-b` shared theirs.
fn database_directory_earlier(name: &str) -> String {
    format!("{}.db", name.to_lowercase().replace('/', "-47-"))
}

fn database_below(root: &Location, name: &str) -> Location {
    if name.eq_ignore_ascii_case("default") { root.clone() } else { root.join(&database_directory(name)) }
}

/// The directory of a table: its name in lower case, all but letters, digits and `_` as `-CODE-`. Different names in
/// lower case have different ones.
fn table_directory(name: &str) -> String {
    directory_name(&name.to_lowercase())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

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
        assert_eq!(layout.database_location(None, "../../x").to_string(), "s3://b/ext/-46--46--47--46--46--47-x.db");
    }

    #[test]
    fn tables_managed_and_external() {
        let layout = Layout::new(at("/wh"), Some(at("/ext")));
        let (ext, inside, own, cat) = (at("/ext/d.db"), at("/wh/custom"), at("/m"), at("/cat/d.db"));
        let place = |location: &Location, managed_location: Option<&Location>, in_default_catalog| DatabasePlace {
            name: "d",
            in_default_catalog,
            location: location.clone(),
            managed_location: managed_location.cloned(),
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

    #[test]
    fn plain_databases_lie_where_hive_has_them() {
        for (name, directory) in [
            ("Sales_2", "sales_2.db"),
            ("a/b", "a-47-b.db"),
            ("a-47-b", "a-45-47-45-b.db"),
            ("a.db", "a-46-db.db"),
            ("..", "-46--46-.db"),
        ] {
            assert_eq!(database_directory(name), directory);
        }
    }

    /// A database that is called by what was its directory before keeps it: for its managed tables, and when it is
    /// dropped.
    #[test]
    fn databases_made_before_keep_their_place() {
        let layout = Layout::new(at("/wh"), Some(at("/ext")));
        let managed = |name: &str, location: &str| {
            let place =
                DatabasePlace { name, in_default_catalog: true, location: at(location), managed_location: None };
            (
                layout.managed_database_location(&place).to_string(),
                layout.external_database_location(&place).to_string(),
            )
        };
        let of = |managed: &str, external: &str| (format!("file:{managed}"), format!("file:{external}"));
        assert_eq!(managed("a-b", "/ext/a-b.db"), of("/wh/a-b.db", "/ext/a-b.db"));
        assert_eq!(managed("a-b", "/wh/a-b.db"), of("/wh/a-b.db", "/ext/a-b.db"));
        assert_eq!(managed("a-b", "/ext/a-45-b.db"), of("/wh/a-45-b.db", "/ext/a-45-b.db"));
        assert_eq!(managed("a-b", "/mnt/a-b.db"), of("/wh/a-45-b.db", "/mnt/a-b.db"));
        assert_eq!(managed("plain", "/ext/plain.db"), of("/wh/plain.db", "/ext/plain.db"));
        assert_eq!(managed("default", "/ext"), of("/wh", "/ext"));
        assert_eq!(managed("default", "/wh"), of("/wh", "/ext"));
        assert_eq!(managed("default", "/ext/default.db"), of("/wh", "/ext/default.db"));
    }

    /// Names that are near each other's encodings.
    fn names() -> impl Strategy<Value = String> {
        prop_oneof!["[-0-9a./_ %é😀İΣ]{1,6}", "(a|-|/|-47-|-45-|47|45|46|\\.db){1,5}"]
    }

    proptest! {
        #[test]
        fn no_directory_is_of_two_names(one in names(), other in names()) {
            let (one, other) = (one.to_lowercase(), other.to_lowercase());
            prop_assert_eq!(database_directory(&one) == database_directory(&other), one == other);
            prop_assert_eq!(table_directory(&one) == table_directory(&other), one == other);
            // Tables of the database `default` lie beside databases.
            prop_assert_ne!(table_directory(&one), database_directory(&other));
        }
        #[test]
        fn directories_are_one_component(name in names()) {
            for directory in [database_directory(&name), table_directory(&name)] {
                prop_assert!(!directory.contains(['/', '\\', '%']) && !directory.starts_with('.'), "{}", directory);
            }
        }
        #[test]
        fn plain_names_are_kept(name in "[a-z0-9_]{1,20}") {
            prop_assert_eq!(database_directory(&name), format!("{name}.db"));
            prop_assert_eq!(database_directory_earlier(&name), format!("{name}.db"));
            prop_assert_eq!(table_directory(&name), name);
        }
    }

    /// All names of up to four of these, so that near ones surely meet.
    #[test]
    fn short_names_all_differ() {
        let mut names = vec![String::new()];
        let mut directories = HashSet::new();
        for _ in 0..4 {
            names = names.iter().flat_map(|name| "a-/.457_b".chars().map(move |c| format!("{name}{c}"))).collect();
            for name in &names {
                assert!(
                    directories.insert(database_directory(name)) && directories.insert(table_directory(name)),
                    "{name}"
                );
            }
        }
    }
}
