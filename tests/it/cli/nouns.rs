//! What each command does, and in which form it says so.

use serde_json::{Value, json as value};

use super::{json, said, skep};

grpc_cases! {
    async fn databases_and_tables(field: &Field) {
        let run = |args: &[&str]| skep(field, args);
        said(run(&["databases", "create", "web", "--comment", "Clicks, mostly", "--property", "a=b=c"]));
        let shown = json(run(&["databases", "show", "web", "-o", "json"]));
        assert_eq!((&shown["comment"], &shown["properties"]), (&value!("Clicks, mostly"), &value!({"a": "b=c"})));
        said(run(&["databases", "alter", "web", "--unset", "a", "--owner", "etl"]));
        let shown = json(run(&["databases", "show", "web", "--output", "json"]));
        assert_eq!((&shown["owner"], &shown["properties"]), (&value!("etl"), &value!({})));
        let csv = said(run(&["databases", "list", "w*", "-o", "csv"]));
        let lines: Vec<_> = csv.split("\r\n").collect();
        assert_eq!(lines[0], "catalog,database,owner,location,comment");
        assert!(lines[1].starts_with("hive,web,etl,file:") && lines[1].ends_with("/web.db,\"Clicks, mostly\""), "{csv}");

        let made = json(run(&[
            "tables", "create", "web.clicks", "--columns", "id bigint, who struct<a:int,b:string>", "--partition-by",
            "dt string, hour int", "--external", "--comment", "raw", "--user", "ann", "-o", "json",
        ]));
        assert_eq!(made["version"], 1);
        let listed = said(run(&["tables", "list", "web"]));
        let lines: Vec<_> = listed.lines().collect();
        assert!(lines[0].starts_with("CATALOG  DATABASE  TABLE   TYPE      OWNER  COMMENT"), "{listed}");
        assert_eq!(lines[1], "hive     web       clicks  external  ann    raw");
        said(run(&["tables", "alter", "web.clicks", "--add-columns", "at timestamp", "--property", "k=v"]));
        let shown = said(run(&["tables", "show", "web.clicks"]));
        for line in ["format          parquet", "  who  struct<a:int,b:string>", "  at   timestamp", "  hour  int", "  k = v"] {
            assert!(shown.lines().any(|found| found == line), "{line:?} in\n{shown}");
        }
        let before = json(run(&["tables", "show", "hive.web.clicks", "--version", "1", "-o", "json"]));
        assert_eq!(before["columns"].as_array().unwrap().len(), 2);
        assert_eq!(before["partition_keys"][1], value!({"name": "hour", "type": "int", "comment": null}));
        said(run(&["tables", "alter", "web.clicks", "--rename", "web.raw"]));
        assert_eq!(json(run(&["tables", "drop", "web.raw", "-o", "json"])), value!({"dropped": true}));
        said(run(&["databases", "drop", "web", "--delete-data", "--yes"]));
        assert_eq!(said(run(&["databases", "list", "web", "--output", "json"])), "[]\n");
    }

    async fn partitions_versions_and_changes(field: &Field) {
        let run = |args: &[&str]| skep(field, args);
        field.table("t").await;
        let added = run(&["partitions", "add", "d.t", "dt=2024-01-01/hour=5", "hour=7/dt=2024-01-01", "--property",
            "numRows=3", "--property", "numFiles=2", "--property", "totalSize=1000", "-o", "json"]);
        assert_eq!(json(added), value!({"added": 2, "version": 2}));
        let list = json(run(&["partitions", "list", "d.t", "--filter", "hour > 5", "-o", "json"]));
        let one = &list.as_array().unwrap()[0];
        assert_eq!((&one["partition"], &one["rows"], &one["bytes"]), (&value!("dt=2024-01-01/hour=7"), &value!(3), &value!(1000)));
        let names = said(run(&["partitions", "list", "d.t", "--names", "-o", "csv", "--order", "hour desc", "--limit", "1"]));
        assert_eq!(names, "partition\r\ndt=2024-01-01/hour=7\r\n");
        let shown = json(run(&["partitions", "show", "d.t", "hour=5/dt=2024-01-01", "-o", "json"]));
        assert_eq!((&shown["values"], &shown["table_version"]), (&value!(["2024-01-01", "5"]), &value!(2)));

        let stats = json(run(&["partitions", "stats", "d.t", "-o", "json"]));
        assert_eq!((&stats["partitions"], &stats["bytes"], &stats["missing"]), (&value!(2), &value!(2000), &value!(1)));
        assert_eq!(stats["newest"], 1_704_092_400);
        assert!(stats["lag_seconds"].as_i64().unwrap() > 0);
        let picture = said(run(&["partitions", "stats", "d.t"]));
        assert!(picture.contains("2024-01-01  ··· ··█ ·█· ··· ··· ··· ··· ···"), "{picture}");
        assert!(picture.contains("1 hour missing: 2024-01-01 06"), "{picture}");

        let dropped = run(&["partitions", "drop", "d.t", "--filter", "hour = 5", "--request-id", "r1", "-o", "json"]);
        assert_eq!(json(dropped), value!({"dropped": 1, "version": 3}));
        let again = run(&["partitions", "drop", "d.t", "--filter", "hour = 5", "--request-id", "r1", "-o", "json"]);
        assert_eq!(json(again), value!({"dropped": 1, "version": 3}), "the first answer again");
        let before = run(&["partitions", "list", "d.t", "--version", "2", "--names", "-o", "json"]);
        assert_eq!(json(before).as_array().unwrap().len(), 2);

        let versions = json(run(&["versions", "list", "d.t", "-o", "json", "--limit", "2"]));
        let told: Vec<_> = versions.as_array().unwrap().iter().map(|one| (&one["version"], &one["operation"])).collect();
        assert_eq!(told, [(&value!(3), &value!("drop_partitions")), (&value!(2), &value!("add_partitions"))]);
        assert_eq!(versions[0]["request_id"], "r1");
        let diff = json(run(&["versions", "diff", "d.t", "2", "3", "-o", "json"]));
        let went = value!([{"change": "went", "what": "dt=2024-01-01/hour=5", "before": null, "after": null}]);
        assert_eq!(diff, went);
        assert!(said(run(&["versions", "show", "d.t", "2"])).starts_with("made            add_partitions"));

        let changes = said(run(&["changes", "--database", "d", "-o", "json"]));
        let changes: Vec<Value> = changes.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let kinds: Vec<_> = changes.iter().map(|one| one["type"].as_str().unwrap()).collect();
        assert_eq!(kinds.last(), Some(&"DROP_PARTITION"));
        let cursor = changes.last().unwrap()["cursor"].to_string();
        assert_eq!(said(run(&["changes", "--from", &cursor, "-o", "json"])), "");
        let status = json(run(&["status", "-o", "json"]));
        assert_eq!((&status["ready"], &status["thrift_address"]), (&value!(true), &value!(field.server.address.to_string())));
    }
}
