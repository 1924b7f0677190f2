//! Long output: as it comes, until nobody wants it.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use skep_proto::admin::v1 as p;

use super::command;
use crate::grpc::fixture::{self, at, partition};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_pipe_ends_a_list_quietly() {
    let field = fixture::sqlite().await;
    let mut table = fixture::table("t");
    table.storage.as_mut().unwrap().location = Some("hdfs://nowhere/t".to_owned());
    let create = p::CreateTableRequest { table: Some(table), ..Default::default() };
    field.tables().create_table(create).await.unwrap();
    let partitions = (0..20_000).map(|at| partition(&[&format!("a rather long value, {at:05}"), "1"])).collect();
    let add = p::AddPartitionsRequest { table: at("t"), partitions, ..Default::default() };
    field.partitions().add_partitions(add).await.unwrap();
    for form in ["table", "csv", "json"] {
        let endpoint = format!("http://{}", field.server.api);
        let mut process = command(&["partitions", "list", "d.t", "--output", form, "--endpoint", &endpoint])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = String::new();
        let mut out = BufReader::new(process.stdout.take().unwrap());
        out.read_line(&mut first).unwrap();
        assert!(!first.is_empty());
        drop(out);
        let mut told = String::new();
        process.stderr.take().unwrap().read_to_string(&mut told).unwrap();
        let status = process.wait().unwrap();
        assert_eq!((status.code(), told.as_str()), (Some(0), ""), "{form}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changes_are_followed_until_the_reader_goes() {
    let field = fixture::sqlite().await;
    let endpoint = format!("http://{}", field.server.api);
    let mut process = command(&["changes", "--follow", "--from", "0", "-o", "json", "--endpoint", &endpoint])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map(Result::unwrap);
    // What was there, then what comes: each line is there at once.
    let named = |line: String| serde_json::from_str::<serde_json::Value>(&line).unwrap()["type"].to_string();
    let line = lines.by_ref().find(|line| line.contains("\"d\"")).unwrap();
    assert_eq!(named(line), "\"CREATE_DATABASE\"");
    field.table("t").await;
    assert_eq!(named(lines.next().unwrap()), "\"CREATE_TABLE\"");
    process.kill().unwrap();
    process.wait().unwrap();
}
