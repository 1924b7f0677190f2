//! Discovery and dumps as a script sees them.

use std::fs;

use super::{json, said, skep, text};
use crate::etl::files::people;

grpc_cases! {
    async fn a_lake_is_told_and_mended(field: &Field) {
        let run = |args: &[&str]| skep(field, args);
        let lake = field.folder.path().join("lake");
        people(&lake.join("dt=1/a.parquet"), 1, 2);
        people(&lake.join("dt=2/a.parquet"), 3, 2);
        let place = format!("file:{}", lake.display());
        said(run(&["register", &place, "--table", "d.people", "--create"]));
        fs::remove_dir_all(lake.join("dt=1")).unwrap();
        people(&lake.join("dt=3/a.parquet"), 5, 4);
        let told = said(run(&["discover", "d.people"]));
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], "outcome             unchanged", "{told}");
        assert!(lines.contains(&"+ dt=3") && lines.contains(&"- dt=1"), "{told}");
        let done = json(run(&["discover", "d.people", "--add", "--drop", "--output", "json"]));
        assert_eq!((&done["partitions_added"], &done["partitions_dropped"], &done["rows"]), (&1.into(), &1.into(), &4.into()));
        assert_eq!(done["names"]["new_partitions"][0], "dt=3");
        fs::rename(&lake, field.folder.path().join("away")).unwrap();
        let gone = run(&["discover", "d.people", "--drop"]);
        assert_eq!((gone.status.code(), text(&gone.stdout).as_str()), (Some(1), ""));
        assert!(text(&gone.stderr).contains("is a disk not mounted?"), "{}", text(&gone.stderr));
    }

    async fn a_dump_is_a_line_a_table(field: &Field) {
        let run = |args: &[&str]| skep(field, args);
        let dump = field.folder.path().join("dump");
        people(&dump.join("crm.customers/a.parquet"), 1, 2);
        people(&dump.join("crm/orders/dt=1/a.parquet"), 1, 3);
        let place = format!("file:{}", dump.display());
        let refused = run(&["register-dump", &place, "--into", "nowhere"]);
        assert_eq!(refused.status.code(), Some(1));
        let csv = said(run(&["register-dump", &place, "--create-databases", "-o", "csv"]));
        let lines: Vec<&str> = csv.lines().collect();
        assert!(lines[1].starts_with("crm.customers,registered,") && lines[2].starts_with("crm.orders,registered,"), "{csv}");
        let again = said(run(&["register-dump", &place, "--into", "crm", "-o", "csv"]));
        assert!(again.contains("crm.orders,unchanged,"), "{again}");
    }
}
