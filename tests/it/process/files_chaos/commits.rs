//! Commits of several changes by gRPC.

use skep_proto::admin::v1 as p;
use skep_proto::admin::v1::commit_service_client::CommitServiceClient;
use skep_proto::admin::v1::table_change::Change;

use super::actor::{Actor, Done};
use super::calls::{grpc_name, grpc_partition, grpc_table};
use super::families::{Family, Name, partition_name};
use super::locks::Group;
use super::model::{Origin, Sharing};

impl Actor<'_> {
    /// Commits one of several shapes of changes.
    pub fn commit(&mut self) -> bool {
        let family = self.family(|_| true);
        let begun = self.with_lock(&family, Group::Ddl, |me, _| {
            let [one, other, third] = [me.name(&family), me.name(&family), me.name_new(&family)];
            let changes = match me.random.below(if family.is_partitioned { 7 } else { 4 }) {
                // The daily swap.
                0 => vec![me.dropping(&one), me.renaming(&family, &other, &one)],
                // The exchange of names.
                1 => vec![me.renaming(&family, &one, &third), me.renaming(&family, &other, &one)],
                // Another table of the name, in one commit.
                2 => vec![me.dropping(&one), me.creating(&family, &one)],
                3 => {
                    let mut changes = vec![me.creating(&family, &third)];
                    if family.is_partitioned {
                        changes.push(me.adding(&family, &third));
                    }
                    changes
                }
                4 => vec![me.adding(&family, &one), me.adding(&family, &other)],
                // Another partition of the name, in one commit.
                5 => {
                    let values = me.values(&family, &one);
                    vec![dropping_partition(&one, &values), me.adding_one(&family, &one, &values)]
                }
                _ => {
                    let values = me.values(&family, &one);
                    vec![dropping_partition(&one, &values), me.adding(&family, &other)]
                }
            };
            me.commit_changes(&family, changes)
        });
        // What was made is filled.
        if begun {
            let name = self.name(&family);
            self.then(&family, Group::Files, |me, _| me.write(&family, &name));
        }
        begun
    }

    fn dropping(&self, name: &Name) -> Change {
        let _ = self;
        Change::DropTable(p::DropTableRequest { name: grpc_name(name), delete_data: true, ..Default::default() })
    }

    fn renaming(&self, family: &Family, from: &Name, to: &Name) -> Change {
        self.world.model.lock().knowledge[family.number].names.insert(to.clone());
        Change::RenameTable(p::RenameTableRequest {
            name: grpc_name(from),
            new_name: grpc_name(to),
            ..Default::default()
        })
    }

    fn creating(&self, family: &Family, name: &Name) -> Change {
        let object = self.object(family, false, Sharing::Never, Origin::Made);
        self.world.model.lock().knowledge[family.number].names.insert(name.clone());
        let table = Some(grpc_table(name, object, family.kind, family.is_partitioned));
        Change::CreateTable(p::CreateTableRequest { table, ..Default::default() })
    }

    fn adding(&mut self, family: &Family, name: &Name) -> Change {
        let values = self.values(family, name);
        self.adding_one(family, name, &values)
    }

    fn adding_one(&self, family: &Family, name: &Name, values: &[String; 2]) -> Change {
        let object = self.object(family, true, Sharing::Never, Origin::Made);
        let partitions = vec![grpc_partition(object, values)];
        Change::AddPartitions(p::AddPartitionsRequest { table: grpc_name(name), partitions, ..Default::default() })
    }

    fn commit_changes(&mut self, family: &Family, changes: Vec<Change>) -> Done {
        let words: Vec<String> = changes.iter().map(told).collect();
        let changes = changes.into_iter().map(|change| p::TableChange { change: Some(change) }).collect();
        let request = p::CommitRequest { changes, ..Default::default() };
        self.may_end(&[family.number]);
        let caller = self.caller();
        let node = caller.address.node;
        let answered = caller.grpc(|channel| async move { CommitServiceClient::new(channel).commit(request).await });
        self.may_end(&[family.number]);
        self.tell(family, node, &format!("commit [{}]", words.join(", ")), &answered);
        answered.map(drop)
    }
}

fn dropping_partition(name: &Name, values: &[String; 2]) -> Change {
    let names = vec![partition_name(values)];
    Change::DropPartitions(p::DropPartitionsRequest {
        table: grpc_name(name),
        names,
        delete_data: true,
        ..Default::default()
    })
}

/// Tells a change in the words of the history.
fn told(change: &Change) -> String {
    let at = |name: &Option<p::TableName>| {
        name.as_ref().map_or(String::new(), |name| format!("{}.{}", name.database, name.table))
    };
    let objects = |parameters: &std::collections::BTreeMap<String, String>| {
        parameters.get(super::calls::OBJECT).cloned().unwrap_or_default()
    };
    match change {
        Change::CreateTable(it) => {
            let table = it.table.clone().unwrap_or_default();
            format!("create {}, object {}", at(&table.name), objects(&table.parameters))
        }
        Change::RenameTable(it) => format!("rename {} to {}", at(&it.name), at(&it.new_name)),
        Change::DropTable(it) => format!("drop {}", at(&it.name)),
        Change::AddPartitions(it) => {
            let one = |one: &p::Partition| format!("{} object {}", one.values.join("/"), objects(&one.parameters));
            format!("add {} {}", at(&it.table), it.partitions.iter().map(one).collect::<Vec<_>>().join(" "))
        }
        Change::DropPartitions(it) => format!("drop {} {}", at(&it.table), it.names.join(" ")),
        other => format!("{other:?}"),
    }
}
