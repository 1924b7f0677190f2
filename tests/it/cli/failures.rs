//! How commands fail.

use super::{command, skep, text};
use crate::grpc::fixture;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_failure_has_its_code() {
    let field = fixture::sqlite().await;
    for (args, code, words) in [
        (&["tables", "show", "d.none"][..], 1, "hive.d.none table not found"),
        (&["partitions", "list", "d.none", "--filter", "x = 1"], 1, "none"),
        (&["databases", "create", "d"], 1, "already exists"),
        (&["tables", "show", "none"], 2, "DATABASE.TABLE"),
        (&["tables", "create", "d.x", "--columns", "id"], 2, "NAME TYPE"),
        (&["status", "--endpoint", "https://localhost"], 2, "can be spoken to"),
        (&["partitions", "drop", "d.t"], 2, "required"),
        (&["no-such-command"], 2, "unrecognized"),
        (&["status", "--endpoint", "127.0.0.1:1"], 3, "no server at 127.0.0.1:1"),
    ] {
        let output = skep(&field, args);
        let told = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {told}");
        assert!(told.contains(words), "{args:?}: {told}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn completions_name_the_commands() {
    for shell in ["bash", "zsh", "fish"] {
        let output = command(&["completion", shell]).output().unwrap();
        assert!(output.status.success());
        let script = text(&output.stdout);
        assert!(script.contains("partitions") && script.contains("endpoint"), "{shell}");
    }
}
