//! The binary as a script sees it.

use std::process::{Command, Output};

use crate::golden;

fn skep(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_skep"));
    command.args(args).env_clear().current_dir(env!("CARGO_TARGET_TMPDIR")).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

#[test]
fn help_is_golden() {
    for (name, args) in [
        ("help/skep.txt", &["--help"][..]),
        ("help/serve.txt", &["serve", "--help"]),
        ("help/config.txt", &["config", "--help"]),
        ("help/status.txt", &["status", "--help"]),
        ("help/databases.txt", &["databases", "--help"]),
        ("help/databases-create.txt", &["databases", "create", "--help"]),
        ("help/tables.txt", &["tables", "--help"]),
        ("help/tables-create.txt", &["tables", "create", "--help"]),
        ("help/tables-alter.txt", &["tables", "alter", "--help"]),
        ("help/partitions.txt", &["partitions", "--help"]),
        ("help/partitions-list.txt", &["partitions", "list", "--help"]),
        ("help/partitions-add.txt", &["partitions", "add", "--help"]),
        ("help/partitions-drop.txt", &["partitions", "drop", "--help"]),
        ("help/partitions-stats.txt", &["partitions", "stats", "--help"]),
        ("help/versions.txt", &["versions", "--help"]),
        ("help/versions-diff.txt", &["versions", "diff", "--help"]),
        ("help/versions-restore.txt", &["versions", "restore", "--help"]),
        ("help/versions-expired.txt", &["versions", "expired", "--help"]),
        ("help/views.txt", &["views", "--help"]),
        ("help/views-create.txt", &["views", "create", "--help"]),
        ("help/plan.txt", &["plan", "--help"]),
        ("help/logs.txt", &["logs", "--help"]),
        ("help/logs-create.txt", &["logs", "create", "--help"]),
        ("help/snapshots.txt", &["snapshots", "--help"]),
        ("help/snapshots-expire.txt", &["snapshots", "expire", "--help"]),
        ("help/compaction.txt", &["compaction", "--help"]),
        ("help/compaction-begin.txt", &["compaction", "begin", "--help"]),
        ("help/compaction-commit.txt", &["compaction", "commit", "--help"]),
        ("help/changes.txt", &["changes", "--help"]),
        ("help/discover.txt", &["discover", "--help"]),
        ("help/register-dump.txt", &["register-dump", "--help"]),
        ("help/completion.txt", &["completion", "--help"]),
        ("help/import.txt", &["import", "--help"]),
        ("help/export.txt", &["export", "--help"]),
    ] {
        let output = skep(args);
        assert!(output.status.success());
        golden::check(name, text(&output.stdout));
    }
}

#[test]
fn version_is_the_packages() {
    for args in [["version"], ["--version"]] {
        assert_eq!(text(&skep(&args).stdout), concat!("skep ", env!("CARGO_PKG_VERSION"), "\n"));
    }
}

#[test]
fn config_print_shows_where_a_value_came_from() {
    let output = skep(&["config", "print", "--store", "postgres://u:hush@db/m", "--api-listen", "[::1]:0"]);
    let printed = text(&output.stdout);
    assert!(printed.contains("url = \"postgres://u:***@db/m\" # --store\n"), "{printed}");
    assert!(printed.contains("api_listen = \"[::1]:0\" # --api-listen\n"), "{printed}");
}

#[test]
fn an_open_port_without_an_agreement_does_not_start() {
    let output = skep(&["serve", "--thrift-listen", "0.0.0.0:0", "--api-listen", "127.0.0.1:0"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "");
    let told = text(&output.stderr);
    assert!(told.starts_with("skep: server.thrift_listen = 0.0.0.0:0 (--thrift-listen)"), "{told}");
    assert!(told.contains("--allow-unauthenticated") && told.lines().count() == 1, "{told}");
}

#[test]
fn a_store_of_another_kind_is_told_without_its_password() {
    let output = skep(&["config", "print", "--store", "mysql://u:hush@db/m"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("store.url (--store)") && !text(&output.stderr).contains("hush"));
}
