//! Values that repeat in a message are held once, and are what they would be if each were read.

use crate::types::{FieldSchema, StorageDescriptor};
use crate::wire::{Decode as _, Encode as _, Limits, Protocol, Reader, Shared, Writer};

fn columns(names: &[&str]) -> Shared<Vec<FieldSchema>> {
    let column = |name: &&str| FieldSchema { name: Some((*name).to_owned()), ..FieldSchema::default() };
    names.iter().map(column).collect::<Vec<_>>().into()
}

#[test]
fn equal_neighbours_are_one_and_others_are_not() {
    // Neither do those that begin alike count as one, nor those that come again later.
    let sent: Vec<StorageDescriptor> = [&["a", "b"][..], &["a", "b"], &["a"], &["a", "b", "c"], &[], &[], &["a", "b"]]
        .iter()
        .enumerate()
        .map(|(at, names)| StorageDescriptor {
            cols: Some(columns(names)),
            location: Some(format!("file:/{at}")),
            ..StorageDescriptor::default()
        })
        .collect();
    for protocol in [Protocol::Binary, Protocol::Compact] {
        let mut writer = Writer::new(protocol);
        sent.encode(&mut writer);
        let bytes = writer.into_bytes();
        let mut reader = Reader::new(protocol, &bytes, Limits::default());
        let came = Vec::<StorageDescriptor>::decode(&mut reader).unwrap();
        assert_eq!(reader.position(), bytes.len());
        assert_eq!(came, sent);
        let is_same = |pair: &[StorageDescriptor]| {
            let [left, right] = pair else { panic!() };
            let at = |sd: &StorageDescriptor| std::ptr::from_ref::<Vec<FieldSchema>>(sd.cols.as_deref().unwrap());
            at(left) == at(right)
        };
        assert_eq!(came.windows(2).map(is_same).collect::<Vec<_>>(), [true, false, false, false, true, false]);
    }
}

#[test]
fn one_is_changed_without_the_others() {
    let mut first = columns(&["a"]);
    let second = first.clone();
    first.make_mut().push(FieldSchema::default());
    assert_eq!((first.len(), second.len()), (2, 1));
    assert_ne!(first, second);
    assert_eq!(second.clone().into_inner(), *second);
}
