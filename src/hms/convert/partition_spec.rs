//! Partitions grouped by what they share: one storage descriptor for many partitions of a table's directory, and a list
//! of those that lie elsewhere (semantics §7).

use skep_core::table::{Shape, Table};
use skep_thrift::types as t;

use super::partition_list::{PartitionForm, Storages, answer_out, view_out, view_parameters, view_values};
use super::partition_projection::Projection;
use crate::catalog::{PartitionAnswer, PartitionView};

/// The table's parameter that asks for groups where a plain list is usual.
const GROUPING: &str = "hive.hcatalog.partition.spec.grouping.enabled";

/// What get_partitions_pspec and get_part_specs_by_filter answer: one list, or groups if the table says so.
pub fn specs_out(answer: &PartitionAnswer, form: &PartitionForm) -> Vec<t::PartitionSpec> {
    let table = answer.table();
    if table.flag(GROUPING) {
        return specs_grouped(answer, form, &Projection::default());
    }
    let list = t::PartitionListComposingSpec { partitions: Some(answer_out(answer, form)) };
    vec![t::PartitionSpec {
        root_path: table.location().map(str::to_owned),
        partition_list: Some(list),
        ..spec_of(table)
    }]
}

fn spec_of(table: &Table) -> t::PartitionSpec {
    t::PartitionSpec {
        db_name: Some(table.database.clone()),
        table_name: Some(table.name.clone()),
        cat_name: Some(table.catalog.clone()),
        ..t::PartitionSpec::default()
    }
}

/// Partitions of one storage descriptor and one root.
struct Group {
    storage: Option<t::StorageDescriptor>,
    partitions: Vec<t::PartitionWithoutSD>,
}

/// Where a partition goes.
enum Place<'a> {
    /// Into the group of its storage descriptor, with the table's directory as root and this path below it.
    Below(&'a str),
    /// Into that group without a root: no location is wanted or there is none.
    Rootless,
    /// Into the list.
    Outside,
}

/// Groups in the order in which their first partitions come; then those outside of the table's directory.
pub fn specs_grouped(answer: &PartitionAnswer, form: &PartitionForm, wanted: &Projection) -> Vec<t::PartitionSpec> {
    let table = answer.table();
    let root = table.location().unwrap_or_default().trim_end_matches('/');
    let buckets = answer.rows().next().and_then(|row| row.shape()).map(|shape| shape.buckets);
    let mut storages = Storages::new(form);
    let mut groups: Vec<Group> = Vec::new();
    let mut places: Vec<(Option<i64>, bool, usize)> = Vec::new();
    let mut outside = Vec::new();
    for row in answer.rows() {
        let location = row.location().filter(|_| wanted.has("sd.location")).map(|location| location.to_string());
        let relative = match place(&row, location.as_deref(), root, buckets, wanted) {
            Place::Outside => {
                let mut partition = view_out(&row, table, form, &mut storages);
                wanted.partition(&mut partition);
                outside.push(partition);
                continue;
            }
            Place::Below(path) => Some(path),
            Place::Rootless => None,
        };
        let slot = row.slot().filter(|_| wanted.touches("sd"));
        let has_root = relative.is_some();
        let known = places.iter().find(|(s, r, _)| (*s, *r) == (slot, has_root)).map(|(_, _, at)| *at);
        let at = known.unwrap_or_else(|| {
            let storage = slot.and_then(|_| storages.shared(&row)).map(|shared| {
                let mut storage = shared.clone();
                wanted.storage(&mut storage);
                storage.location = has_root.then(|| table.location().unwrap_or_default().to_owned());
                storage
            });
            let at = group_of(&mut groups, storage);
            places.push((slot, has_root, at));
            at
        });
        if let Some(group) = groups.get_mut(at) {
            group.partitions.push(without_storage(&row, relative, form, wanted));
        }
    }
    specs_of(table, groups, outside)
}

/// The group of a storage descriptor; slots whose descriptors look alike share one.
fn group_of(groups: &mut Vec<Group>, storage: Option<t::StorageDescriptor>) -> usize {
    groups.iter().position(|group| group.storage == storage).unwrap_or_else(|| {
        groups.push(Group { storage, partitions: Vec::new() });
        groups.len() - 1
    })
}

fn place<'a>(
    row: &PartitionView<'_>,
    location: Option<&'a str>,
    root: &str,
    buckets: Option<i32>,
    wanted: &Projection,
) -> Place<'a> {
    let Some(shape) = row.shape().filter(|_| wanted.touches("sd")) else { return Place::Rootless };
    let is_apart = is_skewed(shape) || Some(shape.buckets) != buckets;
    let below = location
        .and_then(|location| location.strip_prefix(root))
        .filter(|rest| !root.is_empty() && (rest.is_empty() || rest.starts_with('/')));
    match (location, below) {
        (None, _) => Place::Rootless,
        (Some(_), Some(path)) if !is_apart => Place::Below(path),
        (Some(_), _) => Place::Outside,
    }
}

fn is_skewed(shape: &Shape) -> bool {
    shape.skewed.as_ref().is_some_and(|skewed| !skewed.columns.is_empty())
}

fn without_storage(
    row: &PartitionView<'_>,
    relative: Option<&str>,
    form: &PartitionForm,
    wanted: &Projection,
) -> t::PartitionWithoutSD {
    let number = |field: &str, value: i32| if wanted.has(field) { value } else { 0 };
    t::PartitionWithoutSD {
        values: wanted.has("values").then(|| view_values(row)),
        create_time: number("createTime", row.create_time()),
        last_access_time: number("lastAccessTime", row.last_access_time()),
        relative_path: relative.map(str::to_owned),
        parameters: wanted.has("parameters").then(|| view_parameters(row, form)),
        privileges: form.privileges(row).filter(|_| wanted.has("privileges")),
    }
}

fn specs_of(table: &Table, groups: Vec<Group>, outside: Vec<t::Partition>) -> Vec<t::PartitionSpec> {
    let mut specs: Vec<t::PartitionSpec> = groups
        .into_iter()
        .map(|group| {
            let storage = group.storage.unwrap_or_default();
            t::PartitionSpec {
                root_path: storage.location.clone(),
                shared_sd_partition_spec: Some(t::PartitionSpecWithSharedSD {
                    partitions: Some(group.partitions),
                    sd: Some(storage),
                }),
                ..spec_of(table)
            }
        })
        .collect();
    if !outside.is_empty() {
        let list = t::PartitionListComposingSpec { partitions: Some(outside) };
        specs.push(t::PartitionSpec { partition_list: Some(list), ..spec_of(table) });
    }
    specs
}
