//! `skep versions` as a script sees it: the undo, the refusal, pins.

use std::fs;

use serde_json::{Value, json as value};

use super::{json, said, skep};
use crate::etl::files::people;

fn counts(report: &Value) -> Vec<i64> {
    ["came", "went", "changed", "left"].iter().map(|name| report[*name].as_i64().unwrap()).collect()
}

grpc_cases! {
    async fn a_bad_job_is_undone(field: &Field) {
        let run = |args: &[&str]| skep(field, args);
        let lake = field.folder.path().join("lake");
        for day in 1..4 {
            people(&lake.join(format!("dt={day}/a.parquet")), day * 100, 5);
        }
        let uri = format!("file:{}/", lake.display());
        said(run(&["register", &uri, "--table", "d.people", "--create"]));
        said(run(&["partitions", "drop", "d.people", "dt=1", "dt=2", "--user", "job"]));
        assert_eq!(said(run(&["partitions", "list", "d.people", "--as-of", "2", "--names", "-o", "csv"])).lines().count(), 4);
        let shown = json(run(&["partitions", "show", "d.people", "dt=2", "--as-of", "2", "-o", "json"]));
        assert_eq!((&shown["rows"], &shown["table_version"]), (&value!(5), &value!(2)));
        let none = run(&["partitions", "show", "d.people", "dt=2", "--as-of", "3"]);
        assert_eq!(none.status.code(), Some(1));

        let dry = json(run(&["versions", "restore", "d.people", "2", "--dry-run", "-o", "json"]));
        assert_eq!((&dry["outcome"], counts(&dry)), (&value!("planned"), vec![2, 0, 0, 0]));
        let done = said(run(&["versions", "restore", "d.people", "2", "--user", "ann"]));
        assert!(done.starts_with("outcome               restored\n") && done.ends_with("+ dt=1\n+ dt=2\n"), "{done}");
        let versions = json(run(&["versions", "list", "d.people", "--limit", "1", "-o", "json"]));
        assert_eq!((&versions[0]["operation"], &versions[0]["user"]), (&value!("restore"), &value!("ann")));

        // A file that is gone: refused, by name, with an exit code that scripts see.
        said(run(&["partitions", "drop", "d.people", "dt=2"]));
        fs::remove_file(lake.join("dt=2/a.parquet")).unwrap();
        let refused = run(&["versions", "restore", "d.people", "2"]);
        let err = String::from_utf8(refused.stderr).unwrap();
        assert_eq!(refused.status.code(), Some(1));
        assert!(err.contains("/dt=2/a.parquet: partition dt=2: the file is not there [missing]"), "{err}");
        let left = json(run(&["versions", "restore", "d.people", "2", "--allow-missing", "-o", "json"]));
        assert_eq!((&left["outcome"], counts(&left), left["findings"][0]["warning"].clone()), (&value!("unchanged"), vec![0, 0, 0, 1], value!(true)));

        said(run(&["versions", "pin", "d.people", "2", "--note", "before the migration"]));
        let versions = json(run(&["versions", "list", "d.people", "-o", "json"]));
        let pinned: Vec<&Value> = versions.as_array().unwrap().iter().filter(|one| one["pinned"] == true).collect();
        assert_eq!((pinned.len(), &pinned[0]["version"], &pinned[0]["note"]), (1, &value!(2), &value!("before the migration")));
        said(run(&["versions", "unpin", "d.people", "2"]));
        assert_eq!(run(&["versions", "unpin", "d.people", "2"]).status.code(), Some(1));
        assert_eq!(json(run(&["versions", "expired", "-o", "json"])), value!([]));
        assert_eq!(json(run(&["versions", "expired", "d.people", "--delete-files", "--yes", "-o", "json"])), value!([]));
    }
}
