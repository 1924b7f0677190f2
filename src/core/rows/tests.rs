//! Versions made step by step against versions made at once, and against what was put in.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::name::partition_name;
use crate::partition::Partition;
use crate::prune::Rows;
use crate::table::{Column, Shape, Storage, Table};

fn table(version: i64) -> Arc<Table> {
    let key = |name: &str, kind: &str| Column { name: name.into(), type_name: Some(kind.into()), comment: None };
    let storage = Storage { location: Some("file:/w/t".into()), ..Storage::default() };
    let partition_keys = vec![key("Dt", "string"), key("n", "int")];
    Arc::new(Table { id: 1, version, partition_keys, storage: Some(storage), ..Table::default() })
}

fn shapes() -> Vec<(i64, Arc<Shape>)> {
    (0..3).map(|slot| (slot, Arc::new(Shape { buckets: slot as i32, ..Shape::default() }))).collect()
}

fn partition() -> impl Strategy<Value = Came> {
    let value = prop_oneof!["[a-c]{0,2}", "[a/=% é!]{1,2}", Just("__HIVE_DEFAULT_PARTITION__".to_owned())];
    let values = (value, prop_oneof!["[0-9]{1,2}", Just(String::new())]).prop_map(|(dt, n)| vec![dt, n]);
    let place = prop_oneof![
        Just(Some(None)),
        Just(None),
        "[a-z]{0,3}".prop_map(|place| Some(Some(format!("file:/elsewhere/{place}"))))
    ];
    let parameters = prop::collection::btree_map("[a-c]{1,2}", "[x-zé]{0,200}", 0..4);
    let odd = prop::sample::select(vec![false, false, false, true]);
    let numbers = (0..3_i64, 0..3_i32, prop::option::of(0..5_i64));
    (values, place, parameters, odd, numbers).prop_map(|(values, place, parameters, odd, (slot, time, write_id))| {
        let plain = partition_name(&table(1).partition_keys, &values).unwrap();
        let name = if odd { format!("{plain}/odd") } else { plain };
        let location = |own: Option<String>| Some(own.unwrap_or_else(|| format!("file:/w/t/{name}")));
        let shape = Arc::clone(&shapes()[slot as usize].1);
        let storage = place.map(|own| Storage { shape, location: location(own) });
        let slot = storage.is_some().then_some(slot);
        let mut values = values;
        if odd {
            values.truncate(1);
        }
        let partition = Partition {
            id: 0,
            values,
            name,
            create_time: time * 7,
            last_access_time: time,
            storage,
            parameters,
            write_id,
        };
        (partition, slot)
    })
}

fn at_once(rows: &BTreeMap<String, Came>, version: i64) -> TablePartitions {
    let table = table(version);
    let mut builder = SegmentBuilder::new(&table);
    for (partition, slot) in rows.values() {
        builder.push_partition(partition, *slot).unwrap();
    }
    TablePartitions::new(table, shapes(), builder.finish())
}

fn holds(made: &TablePartitions, rows: &BTreeMap<String, Came>) {
    let wanted: Vec<&Partition> = rows.values().map(|(partition, _)| partition).collect();
    let views = made.rows();
    let got: Vec<Partition> = views.iter().map(RowView::partition).collect();
    assert_eq!(got.iter().collect::<Vec<_>>(), wanted);
    assert_eq!(made.len(), rows.len());
    assert_eq!(made.is_empty(), rows.is_empty());
    for (view, (partition, slot)) in views.iter().zip(rows.values()) {
        assert_eq!(view.slot(), *slot);
        assert_eq!(view.location_text(), partition.location().map(str::to_owned));
        assert_eq!(view.parameter_count(), partition.parameters.len());
        assert_eq!(view.value_count(), partition.values.len());
        let number = made.find(&partition.name).expect("its name is known");
        assert_eq!(made.row(number).map(|row| row.name()).as_ref(), Some(&partition.name));
    }
    assert!(made.find("no=such").is_none() && made.find("").is_none() && made.find("dt=a/n=999").is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn versions_made_step_by_step_are_what_was_put_in(
        first in prop::collection::vec(partition(), 0..30),
        steps in prop::collection::vec((prop::collection::vec(partition(), 0..8), any::<prop::sample::Index>(), 0..6_usize), 0..6),
        limit in 0..40_usize,
    ) {
        let mut rows: BTreeMap<String, Came> = first.into_iter().map(|row| (row.0.name.clone(), row)).collect();
        let mut made = at_once(&rows, 1);
        holds(&made, &rows);
        // The same in one step, by changes that were kept until then.
        let (from, mut kept) = (at_once(&rows, 1), Vec::new());
        for (version, (came, merge, drops)) in (2..).zip(steps) {
            let came: BTreeMap<String, Came> = came.into_iter().map(|row| (row.0.name.clone(), row)).collect();
            // What changes goes and comes; some go for good.
            let mut gone: Vec<String> = came.keys().filter(|name| rows.contains_key(*name)).cloned().collect();
            gone.extend(rows.keys().filter(|name| !came.contains_key(*name)).take(drops).cloned());
            rows.retain(|name, _| !gone.contains(name));
            let list: Vec<Came> = came.values().cloned().collect();
            rows.extend(came);
            let later: Vec<(&Partition, Option<i64>)> = list.iter().rev().map(|(partition, slot)| (partition, *slot)).collect();
            kept.push(Arc::new(Later::new(table(version), gone.clone(), later).unwrap()));
            let after = from.after(&kept).unwrap().expect("the keys are the same");
            prop_assert_eq!(after.table().version, version);
            holds(&after, &rows);
            made = made.successor(table(version), shapes(), &gone, &list).unwrap().expect("the keys are the same");
            holds(&made, &rows);
            if merge.index(3) == 0 {
                made = made.merged().unwrap();
                holds(&made, &rows);
            }
        }
        // A walk in pieces is the walk at once, and a list of the first so many is its beginning.
        let all = made.all();
        prop_assert_eq!(all.len(), rows.len());
        prop_assert_eq!(all.is_empty(), rows.is_empty());
        let (mut cursor, mut names) = (Cursor::default(), Vec::new());
        loop {
            let before = names.len();
            names.extend(all.walk(&made, &mut cursor).take(3).map(|row| row.name()));
            if names.len() == before {
                break;
            }
        }
        prop_assert_eq!(&names, &rows.keys().cloned().collect::<Vec<_>>());
        // Made one after the other, in whatever order, they are the same.
        let mut composed = Names::default();
        for row in made.rows().iter().chain(made.rows().iter().rev().step_by(2)) {
            prop_assert_eq!(composed.name(row), row.name());
        }
        let first = all.first(&made, limit);
        let listed = first.listed(&made).into_iter().filter_map(|n| made.row(n)).map(|row| row.name());
        prop_assert!(listed.eq(names.iter().take(limit).cloned()));
        prop_assert_eq!(first.len(), names.len().min(limit));
        // By names: in name order, each once, whatever was asked.
        let mut asked: Vec<String> = names.iter().rev().step_by(2).cloned().collect();
        asked.extend(["no=such".to_owned()].into_iter().chain(names.first().cloned()));
        // Names that only look like those that are there.
        let cut = |name: &String| name.rsplit_once('/').map(|(head, tail)| format!("{tail}/{head}"));
        let close: Vec<String> = names.iter().flat_map(|name| [Some(format!("{name}/")), cut(name)]).flatten().collect();
        asked.extend(close.into_iter().filter(|name| !rows.contains_key(name)));
        asked.extend(names.iter().filter_map(|name| Some(name.get(..name.rfind('=')? + 1)?.to_owned())));
        let named: Vec<String> = made.named(&asked).walk(&made, &mut Cursor::default()).map(|row| row.name()).collect();
        prop_assert!(named.iter().eq(names.iter().filter(|name| asked.contains(name))));
    }
}

#[test]
fn a_merge_is_due_after_many_changes_and_done_at_once_after_too_many() {
    let rows = |range: std::ops::Range<usize>| -> BTreeMap<String, Came> {
        let row = |n: usize| {
            let values = vec![format!("{n:06}"), "1".to_owned()];
            let name = partition_name(&table(1).partition_keys, &values).unwrap();
            (name.clone(), (Partition { values, name, ..Partition::default() }, None))
        };
        range.map(row).collect()
    };
    let base = at_once(&rows(0..10), 1);
    let next = |from: &TablePartitions, count: usize| {
        let came: Vec<Came> = rows(10..10 + count).into_values().collect();
        from.successor(table(2), shapes(), &[], &came).unwrap().unwrap()
    };
    assert!(!next(&base, 4000).is_merge_due());
    let due = next(&base, 5000);
    assert!(due.is_merge_due() && !due.merged().unwrap().is_merge_due());
    assert!(!next(&base, 20_000).is_merge_due(), "it was merged before use");
    assert_eq!(next(&base, 20_000).len(), 20_010);
}

#[test]
fn other_keys_are_read_anew() {
    let base = at_once(&BTreeMap::new(), 1);
    let mut other = Table::clone(&table(2));
    other.partition_keys[1].type_name = Some("bigint".into());
    let other = Arc::new(other);
    assert!(base.successor(Arc::clone(&other), shapes(), &[], &[]).unwrap().is_none());
    let later = Later::new(other, Vec::new(), Vec::new()).unwrap();
    assert!(base.after(&[Arc::new(later)]).unwrap().is_none());
    assert!(base.after(&[]).unwrap().is_none());
}

#[test]
fn a_selection_is_of_both_segments() {
    let row = |dt: &str, n: &str| {
        let values = vec![dt.to_owned(), n.to_owned()];
        let name = partition_name(&table(1).partition_keys, &values).unwrap();
        (name.clone(), (Partition { values, name, ..Partition::default() }, None))
    };
    let base = at_once(&[row("a", "1"), row("b", "1"), row("c", "2")].into(), 1);
    let came = [row("a", "2").1, row("bb", "1").1];
    let next = base.successor(table(2), shapes(), &["dt=b/n=1".to_owned()], &came).unwrap().unwrap();
    let ones = next.select(|set| (0..set.len() as u32).filter(|at| set.value(*at, 1) == Some("1")).collect::<Rows>());
    let names: Vec<String> = ones.walk(&next, &mut Cursor::default()).map(|row| row.name()).collect();
    assert_eq!(names, ["dt=a/n=1", "dt=bb/n=1"]);
}
