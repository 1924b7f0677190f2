//! Blocks of files: plans and statistics are as if every file had been looked at, and few are.

use std::collections::BTreeMap;

use skep_proto::admin::v1 as a;
use skep_proto::etl::v1 as p;
use sqlx::Executor as _;
use tonic::Code;

use super::plan::{ask, planned};
use super::register::register;
use super::restore::ids;
use crate::backend;
use crate::grpc::fixture::{self, Field, at};
use crate::store_suite::lease::raw;

/// A file that nobody opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Told {
    size: i64,
    low: i64,
    high: i64,
    /// It has one more column than others.
    is_wide: bool,
}

/// By partition and path, all files of a table.
type Model = BTreeMap<String, BTreeMap<String, Told>>;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn told(&mut self) -> Told {
        let low = self.roll(1_000) as i64;
        Told {
            size: 1_000 + self.roll(1_000_000) as i64,
            low,
            high: low + self.roll(20) as i64,
            is_wide: self.roll(3) == 0,
        }
    }
}

fn known(partition: &str, path: &str, file: Told) -> p::KnownFile {
    let column = |name: &str, low: i64, high: i64| p::KnownColumn {
        name: name.into(),
        r#type: "bigint".into(),
        nulls: Some(0),
        min: Some(low.to_string()),
        max: Some(high.to_string()),
        distinct: None,
    };
    let mut columns = vec![column("id", file.low, file.high)];
    columns.extend(file.is_wide.then(|| column("extra", 7, 8)));
    let separator = if partition.is_empty() { "" } else { "/" };
    p::KnownFile {
        uri: format!("file:/nowhere/lake/{partition}{separator}{path}"),
        size: file.size,
        modified_at_ms: 1,
        rows: 10,
        columns,
        ..Default::default()
    }
}

async fn registered(field: &Field, mode: p::RegisterMode, files: Vec<p::KnownFile>) -> p::RegisterReport {
    let base = "file:/nowhere/lake".into();
    let request =
        p::RegisterRequest { table: at("people"), files, base, create: true, mode: mode.into(), ..Default::default() };
    let report = register(field, request).await.unwrap();
    assert!(!matches!(report.outcome(), p::RegisterOutcome::Refused), "{:?}", report.findings);
    report
}

/// Some change of a partition, of the table and of its model.
async fn change(field: &Field, dice: &mut Dice, model: &mut Model, step: u64) {
    let partition = format!("dt={}", dice.roll(3));
    let there = model.entry(partition.clone()).or_default();
    let mut files: BTreeMap<String, Told> = BTreeMap::new();
    let mut mode = p::RegisterMode::Append;
    match dice.roll(10) {
        0 => {
            let names = vec![partition.clone()];
            let drop = a::DropPartitionsRequest { table: at("people"), names, if_exists: true, ..Default::default() };
            field.partitions().drop_partitions(drop).await.unwrap();
            model.remove(&partition);
            return;
        }
        1 | 2 => {
            mode = p::RegisterMode::Replace;
            files.extend(there.iter().filter(|_| dice.roll(4) > 0).map(|(path, file)| (path.clone(), *file)));
            there.clear();
        }
        // Some are other files by now.
        3 | 4 => {
            for path in there.keys() {
                if dice.roll(8) == 0 {
                    files.insert(path.clone(), dice.told());
                }
            }
        }
        _ => {}
    }
    let most = [3, 40, 300][dice.roll(3) as usize];
    for n in 0..=dice.roll(most) {
        files.insert(format!("part-{step:03}-{n:04}.parquet"), dice.told());
    }
    let told = files.iter().map(|(path, file)| known(&partition, path, *file)).collect();
    registered(field, mode, told).await;
    there.append(&mut files);
}

/// What a plan has to find, as partition and path.
fn wanted(model: &Model, low: i64, high: i64) -> Vec<String> {
    let of = |(partition, files): (&String, &BTreeMap<String, Told>)| {
        let kept = files.iter().filter(|(_, file)| file.low <= high && file.high >= low);
        kept.map(|(path, _)| format!("{partition}/{path}")).collect::<Vec<_>>()
    };
    model.iter().flat_map(of).collect()
}

async fn plan_check(field: &Field, dice: &mut Dice, model: &Model, version: Option<i64>) {
    let (low, narrow) = (dice.roll(1_000) as i64, dice.roll(2) == 0);
    let high = low + if narrow { 3 } else { 300 };
    let as_of = version.map(|version| a::AsOf { state: Some(a::as_of::State::Version(version)) });
    let request = p::PlanRequest { as_of, ..ask("people", &format!("id between {low} and {high}")) };
    let found = planned(&field.channel, request).await.unwrap();
    let mut names: Vec<&str> = found.names();
    names.sort_unstable();
    assert_eq!(names, wanted(model, low, high), "{low} to {high} as of {version:?}");
    let files: usize = model.values().map(BTreeMap::len).sum();
    assert_eq!(found.summary.files, files as i64);
}

async fn statistics_check(field: &Field, model: &Model) {
    for (partition, files) in model.iter().filter(|(_, files)| !files.is_empty()) {
        let day = partition.trim_start_matches("dt=");
        let parameters = field.partition("people", &[day]).await;
        let bytes: i64 = files.values().map(|file| file.size).sum();
        let told = ["numFiles", "totalSize", "numRows"].map(|name| parameters[name].parse::<i64>().unwrap());
        assert_eq!(told, [files.len() as i64, bytes, files.len() as i64 * 10], "{partition}");
        let (low, high) = (files.values().map(|f| f.low).min(), files.values().map(|f| f.high).max());
        assert_eq!(ids(field, partition), Some((low, high)), "{partition}");
    }
}

grpc_cases! {
    async fn any_history_reads_as_if_there_were_none(field: &Field) {
        let mut dice = Dice(20_261_130);
        let (mut model, mut history) = (Model::new(), Vec::<(i64, Model)>::new());
        registered(field, p::RegisterMode::Append, vec![known("dt=0", "first.parquet", dice.told())]).await;
        let first = Dice(20_261_130).told();
        model.entry("dt=0".into()).or_default().insert("first.parquet".into(), first);
        for step in 0..60 {
            if step % 15 == 14 {
                let (version, then) = history[dice.roll(history.len() as u64) as usize].clone();
                let as_of = Some(a::AsOf { state: Some(a::as_of::State::Version(version)) });
                let restore = a::RestoreVersionRequest { table: at("people"), as_of, skip_files: true, ..Default::default() };
                field.versions().restore_version(restore).await.unwrap();
                model = then;
            } else {
                change(field, &mut dice, &mut model, step).await;
            }
            plan_check(field, &mut dice, &model, None).await;
            statistics_check(field, &model).await;
            let get = a::GetTableRequest { name: at("people"), as_of: None };
            let version = field.tables().get_table(get).await.unwrap().into_inner().table.unwrap().version;
            history.push((version, model.clone()));
            let (version, then) = history[dice.roll(history.len() as u64) as usize].clone();
            plan_check(field, &mut dice, &then, Some(version)).await;
        }
    }
}

/// Facts of files that nobody needs are broken behind the server's back: nobody notices until they are needed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn few_of_many_files_are_looked_at() {
    let options = backend::postgres_options().await;
    let schema = options.schema.clone().unwrap();
    let field =
        fixture::field(tempfile::tempdir().unwrap(), &options.url, &[("SKEP_STORE_SCHEMA", schema.as_str())]).await;
    let told = |n: i64| known("", &format!("{n:04}.parquet"), Told { size: 1_000, low: n, high: n, is_wide: false });
    registered(&field, p::RegisterMode::Append, (0..1_000).map(told).collect()).await;
    let mut conn = raw(&options).await;
    conn.execute("update file set facts = 'damaged' where block < 4").await.unwrap();

    let found = planned(&field.channel, ask("people", "id = 900")).await.unwrap();
    assert_eq!((found.files.len(), found.summary.files), (1, 1_000));
    let refused = planned(&field.channel, ask("people", "id = 5")).await.unwrap_err();
    assert_eq!(refused.code(), Code::DataLoss, "the damage is seen where it matters: {refused}");
    // A thousand more, and one that is another file now.
    let more = registered(&field, p::RegisterMode::Append, (998..2_000).map(told).collect()).await;
    assert_eq!((more.files_added, more.files_unchanged), (1_000, 2));
    let other = known("", "0999.parquet", Told { size: 2_000, low: -5, high: 999, is_wide: false });
    let other = registered(&field, p::RegisterMode::Append, vec![other]).await;
    assert_eq!((other.files_added, other.files_removed), (1, 1));
    let get = a::GetTableRequest { name: at("people"), as_of: None };
    let table = field.tables().get_table(get).await.unwrap().into_inner().table.unwrap();
    let parameters = ["numFiles", "totalSize", "numRows"].map(|name| table.parameters[name].as_str());
    assert_eq!(parameters, ["2000", "2001000", "20000"]);
    let found = planned(&field.channel, ask("people", "id between 995 and 1002 or id < 0")).await.unwrap();
    assert_eq!(found.names().len(), 8);
}

/// Rows of what is gone would stay for ever: nobody purges what no version has removed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_go_with_their_partition() {
    let options = backend::postgres_options().await;
    let schema = options.schema.clone().unwrap();
    let field =
        fixture::field(tempfile::tempdir().unwrap(), &options.url, &[("SKEP_STORE_SCHEMA", schema.as_str())]).await;
    let mut dice = Dice(7);
    let files = (0..20).map(|n| known(&format!("dt={}", n % 2), &format!("{n}.parquet"), dice.told()));
    registered(&field, p::RegisterMode::Append, files.collect()).await;
    let drop = a::DropPartitionsRequest { table: at("people"), names: vec!["dt=1".into()], ..Default::default() };
    field.partitions().drop_partitions(drop).await.unwrap();
    let mut conn = raw(&options).await;
    let counts = "select partition, count(*) from file where removed is null group by partition";
    let left: Vec<(String, i64)> = sqlx::query_as(counts).fetch_all(&mut conn).await.unwrap();
    assert_eq!(left, [("dt=0".to_owned(), 10)]);
    let whole: Vec<(String,)> = sqlx::query_as("select distinct partition from file_block where broken is null")
        .fetch_all(&mut conn)
        .await
        .unwrap();
    assert_eq!(whole, [("dt=0".to_owned(),)]);
}
