//! `skep partitions …`.

use clap::Subcommand;
use serde_json::{Value, json};
use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::list_partitions_response::Item;
use skep_proto::admin::v1::partition_service_client::PartitionServiceClient;

use super::ask::{confirm, progress};
use super::client::{ClientArgs, client};
use super::failure::Failure;
use super::kept::{kept_field, kept_tell};
use super::moment::{Moment, as_of};
use super::output::{Format, visible};
use super::partition_stats::{self, StatsArgs};
use super::table_arg::{TableArg, pair};
use super::tables::Acting;

#[derive(Debug, Subcommand)]
pub enum PartitionsCommand {
    /// List the partitions of a table, as they come
    List(ListArgs),
    /// Show one partition
    #[command(after_help = "Examples:\n  skep partitions show web.clicks dt=2024-01-01/hour=05\n  \
skep partitions show web.clicks dt=2024-01-01/hour=05 --as-of 17")]
    Show {
        /// DATABASE.TABLE
        table: TableArg,
        /// Its name, KEY=VALUE/KEY=VALUE
        partition: String,
        /// As it was: the number of a version, or a time in UTC
        #[arg(long, value_name = "VERSION|TIME", value_parser = as_of)]
        as_of: Option<p::AsOf>,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Add partitions, all or none
    #[command(
        after_help = "Examples:\n  skep partitions add web.clicks dt=2024-01-01/hour=05 dt=2024-01-01/hour=06\n  \
skep partitions add web.clicks dt=2024-01-01/hour=05 --location s3://lake/elsewhere"
    )]
    Add {
        /// DATABASE.TABLE
        table: TableArg,
        /// Their names, KEY=VALUE/KEY=VALUE
        #[arg(required = true)]
        partitions: Vec<String>,
        /// Where the data of the one partition lies [default: below the table]
        #[arg(long, value_name = "URI")]
        location: Option<String>,
        /// Property of each; may be given several times
        #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
        property: Vec<(String, String)>,
        /// Leave out those that are there already
        #[arg(long)]
        if_not_exists: bool,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Drop partitions, all or none
    #[command(after_help = "Examples:\n  skep partitions drop web.clicks dt=2024-01-01/hour=05\n  \
skep partitions drop web.clicks --filter \"dt < '2023-01-01'\" --delete-data")]
    Drop {
        /// DATABASE.TABLE
        table: TableArg,
        /// Their names, KEY=VALUE/KEY=VALUE
        #[arg(required_unless_present = "filter", conflicts_with = "filter")]
        partitions: Vec<String>,
        /// Those that this keeps, instead of names
        #[arg(long)]
        filter: Option<String>,
        /// The data of a managed table goes, too
        #[arg(long)]
        delete_data: bool,
        /// Past the trash
        #[arg(long)]
        purge: bool,
        /// What is not there is no error
        #[arg(long)]
        if_exists: bool,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
        #[command(flatten)]
        acting: Acting,
        #[command(flatten)]
        client: ClientArgs,
    },
    /// Show how fresh a table is, its gaps, small files and skew, by day and hour
    Stats(StatsArgs),
}

#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  skep partitions list web.clicks --filter \"dt >= '2024-01-01' and hour = 5\"\n  \
skep partitions list web.clicks --order 'dt desc' --limit 10\n  \
skep partitions list web.clicks --as-of '2024-01-02 06:00'\n  \
skep partitions list web.clicks --output csv > clicks.csv")]
pub struct ListArgs {
    /// DATABASE.TABLE
    table: TableArg,
    /// Those that this keeps, in Hive's filter language
    #[arg(long)]
    filter: Option<String>,
    /// At most so many
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(i64).range(1..))]
    limit: Option<i64>,
    /// Sorted by keys: 'dt desc, hour' [default: by name]
    #[arg(long, value_name = "KEYS")]
    order: Option<String>,
    /// As they were: the number of a version, or a time in UTC
    #[arg(long, alias = "version", value_name = "VERSION|TIME", value_parser = as_of)]
    as_of: Option<p::AsOf>,
    /// Names only
    #[arg(long)]
    names: bool,
    #[command(flatten)]
    client: ClientArgs,
}

pub async fn run(command: PartitionsCommand) -> Result<(), Failure> {
    match command {
        PartitionsCommand::List(args) => list(args).await,
        PartitionsCommand::Show { table, partition, as_of, client } => show(table, partition, as_of, client).await,
        PartitionsCommand::Add { table, partitions, location, property, if_not_exists, acting, client } => {
            if location.is_some() && partitions.len() > 1 {
                return Err(Failure::usage("--location is for one partition"));
            }
            let mut calls = client!(PartitionServiceClient, client.connect().await?);
            let keys = keys(&mut calls, &table).await?;
            let storage = location.map(|location| p::Storage { location: Some(location), ..p::Storage::default() });
            let partition = |name: &String| {
                Ok(p::Partition {
                    values: values(name, &keys)?,
                    storage: storage.clone(),
                    parameters: property.iter().cloned().collect(),
                    ..p::Partition::default()
                })
            };
            let request = p::AddPartitionsRequest {
                table: Some(table.name()),
                partitions: partitions.iter().map(partition).collect::<Result<_, Failure>>()?,
                if_not_exists,
                request_id: acting.request_id(),
                user: acting.user(),
            };
            let done = calls.add_partitions(request).await?.into_inner();
            Ok(client.output().record(&[("added", json!(done.added)), ("version", json!(done.version))])?)
        }
        PartitionsCommand::Drop { table, partitions, filter, delete_data, purge, if_exists, yes, acting, client } => {
            let mut calls = client!(PartitionServiceClient, client.connect().await?);
            if delete_data && !yes {
                let count = match &filter {
                    Some(filter) => count(&mut calls, &table, filter).await?,
                    None => partitions.len() as i64,
                };
                confirm(&format!("Drop {count} partitions of {table} and delete their data?"), yes)?;
            }
            let request = p::DropPartitionsRequest {
                table: Some(table.name()),
                names: partitions,
                filter: filter.unwrap_or_default(),
                delete_data,
                purge,
                if_exists,
                request_id: acting.request_id(),
                user: acting.user(),
            };
            let done = calls.drop_partitions(request).await?.into_inner();
            kept_tell(&done.kept);
            let mut fields = vec![("dropped", json!(done.dropped)), ("version", json!(done.version))];
            fields.extend(kept_field(&done.kept));
            Ok(client.output().record(&fields)?)
        }
        PartitionsCommand::Stats(args) => partition_stats::run(args).await,
    }
}

type Calls = PartitionServiceClient<tonic::transport::Channel>;

async fn count(calls: &mut Calls, table: &TableArg, filter: &str) -> Result<i64, Failure> {
    let request = p::CountPartitionsRequest { table: Some(table.name()), filter: filter.to_owned() };
    Ok(calls.count_partitions(request).await?.into_inner().count)
}

/// The names of the table's partition keys.
async fn keys(calls: &mut Calls, table: &TableArg) -> Result<Vec<String>, Failure> {
    let request = p::ListPartitionsRequest {
        table: Some(table.name()),
        view: p::PartitionView::Names.into(),
        limit: 1,
        ..p::ListPartitionsRequest::default()
    };
    let mut stream = calls.list_partitions(request).await?.into_inner();
    match stream.message().await?.and_then(|message| message.item) {
        Some(Item::Head(head)) => Ok(head.partition_keys.into_iter().map(|key| key.name).collect()),
        _ => Err(Failure::new(Failure::SERVER, "the server's list of partitions has no head")),
    }
}

/// The values of a partition that is named on the command line.
pub(super) async fn partition_values(
    channel: &tonic::transport::Channel,
    table: &TableArg,
    name: &str,
) -> Result<Vec<String>, Failure> {
    let mut calls = client!(PartitionServiceClient, channel.clone());
    values(name, &keys(&mut calls, table).await?)
}

/// The values of a name, in the order of the keys; `%XX` is a character, as in Hive's names.
fn values(name: &str, keys: &[String]) -> Result<Vec<String>, Failure> {
    let expected = || keys.iter().map(|key| format!("{key}=…")).collect::<Vec<_>>().join("/");
    let wrong = || Failure::usage(format!("partition {name:?}: it is written {}", expected()));
    let mut values = vec![None; keys.len()];
    for part in name.split('/').filter(|part| !part.is_empty()) {
        let (key, value) = part.split_once('=').ok_or_else(wrong)?;
        let place = keys.iter().position(|known| known.eq_ignore_ascii_case(key)).ok_or_else(wrong)?;
        let value = percent_encoding::percent_decode_str(value).decode_utf8().map_err(|_| wrong())?;
        if values[place].replace(value.into_owned()).is_some() {
            return Err(wrong());
        }
    }
    values.into_iter().collect::<Option<Vec<_>>>().ok_or_else(wrong)
}

fn number(parameters: &std::collections::BTreeMap<String, String>, key: &str) -> Value {
    json!(parameters.get(key).and_then(|text| text.parse::<i64>().ok()).filter(|number| *number >= 0))
}

async fn list(args: ListArgs) -> Result<(), Failure> {
    let mut calls = client!(PartitionServiceClient, args.client.connect().await?);
    let request = p::ListPartitionsRequest {
        table: Some(args.table.name()),
        filter: args.filter.unwrap_or_default(),
        view: if args.names { p::PartitionView::Names.into() } else { p::PartitionView::Basic.into() },
        limit: args.limit.unwrap_or_default(),
        order: args.order.unwrap_or_default(),
        as_of: args.as_of,
        ..p::ListPartitionsRequest::default()
    };
    let mut stream = calls.list_partitions(request).await?.into_inner();
    let output = args.client.output();
    let is_table = output.format() == Format::Table;
    let all = ["partition", "files", "bytes", "rows", if is_table { "created" } else { "create_time" }, "location"];
    let mut lines = output.list(if args.names { &all[..1] } else { &all });
    let mut bar = None;
    while let Some(message) = stream.message().await? {
        match message.item {
            Some(Item::Head(head)) => bar = Some(list_progress(head.count)),
            Some(Item::Batch(batch)) => {
                let count = batch.names.len() + batch.partitions.len();
                for name in batch.names {
                    lines.row(&[json!(name)])?;
                }
                for one in batch.partitions {
                    let created = Moment::Seconds(one.create_time).cell(is_table);
                    lines.row(&[
                        json!(one.name),
                        number(&one.parameters, "numFiles"),
                        number(&one.parameters, "totalSize"),
                        number(&one.parameters, "numRows"),
                        created,
                        json!(one.storage.and_then(|storage| storage.location)),
                    ])?;
                }
                if let Some(bar) = &bar {
                    bar.inc(count as u64);
                }
            }
            None => {}
        }
    }
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    Ok(lines.end()?)
}

/// A bar only where the list itself does not show that something moves.
fn list_progress(count: Option<i64>) -> indicatif::ProgressBar {
    use std::io::IsTerminal as _;
    if std::io::stdout().is_terminal() {
        return indicatif::ProgressBar::hidden();
    }
    progress("partitions", count.and_then(|count| u64::try_from(count).ok()))
}

/// One partition, and the version of the table that it is of.
async fn find(
    calls: &mut Calls,
    table: &TableArg,
    name: String,
    as_of: Option<p::AsOf>,
) -> Result<(p::Partition, i64), Failure> {
    let Some(as_of) = as_of else {
        let key = Some(p::get_partition_request::Key::Name(name));
        let request = p::GetPartitionRequest { table: Some(table.name()), key };
        let found = calls.get_partition(request).await?.into_inner();
        return Ok((found.partition.unwrap_or_default(), found.version));
    };
    let request = p::ListPartitionsRequest {
        table: Some(table.name()),
        names: vec![name.clone()],
        view: p::PartitionView::Full.into(),
        as_of: Some(as_of),
        ..p::ListPartitionsRequest::default()
    };
    let mut stream = calls.list_partitions(request).await?.into_inner();
    let (mut version, mut found) = (0, None);
    while let Some(message) = stream.message().await? {
        match message.item {
            Some(Item::Head(head)) => version = head.version,
            Some(Item::Batch(batch)) => found = batch.partitions.into_iter().next(),
            None => {}
        }
    }
    let missing = || Failure::new(Failure::SERVER, format!("version {version} of {table} has no partition {name}"));
    Ok((found.ok_or_else(missing)?, version))
}

async fn show(table: TableArg, partition: String, as_of: Option<p::AsOf>, client: ClientArgs) -> Result<(), Failure> {
    let mut calls = client!(PartitionServiceClient, client.connect().await?);
    let (one, version) = find(&mut calls, &table, partition, as_of).await?;
    let storage = one.storage.unwrap_or_default();
    let mut output = client.output();
    let is_table = output.format() == Format::Table;
    let created = Moment::Seconds(one.create_time).cell(is_table);
    output.record(&[
        ("table", json!(table.to_string())),
        ("table_version", json!(version)),
        ("partition", json!(one.name)),
        ("values", json!(one.values)),
        ("location", json!(storage.location)),
        (if is_table { "created" } else { "create_time" }, created),
        ("files", number(&one.parameters, "numFiles")),
        ("bytes", number(&one.parameters, "totalSize")),
        ("rows", number(&one.parameters, "numRows")),
        ("input_format", json!(storage.input_format)),
        ("serde", json!(storage.serde.and_then(|serde| serde.library))),
        ("columns", json!(storage.columns.map(|list| list.columns.len()))),
        ("properties", if is_table { Value::Null } else { json!(one.parameters) }),
    ])?;
    let properties: Vec<_> = one.parameters.iter().map(|(key, value)| visible(&format!("  {key} = {value}"))).collect();
    Ok(output.text(&format!("{}\n", properties.join("\n")))?)
}

#[cfg(test)]
mod tests {
    use super::values;

    #[test]
    fn values_of_names() {
        let keys = ["dt".to_owned(), "hour".to_owned()];
        assert_eq!(values("HOUR=5/dt=a%2Fb", &keys).unwrap(), ["a/b", "5"]);
        for bad in ["dt=1", "dt=1/hour=2/x=3", "dt/hour=2", "dt=1/dt=2", "dt=1/hour=%ff", ""] {
            assert!(values(bad, &keys).is_err(), "{bad}");
        }
        assert!(values("", &[]).unwrap().is_empty());
    }
}
