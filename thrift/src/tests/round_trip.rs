use super::{PROTOCOLS, written};
use crate::call::{Answer, read_answer, write_call};
use crate::method::{throw_id, write_exception, write_reply};
use crate::methods::{self, GetTable};
use crate::sample::{Sample, Source};
use crate::samples::TYPES;
use crate::types::{Partition, Table};
use crate::wire::Slot;
use crate::wire::message::read_head;
use crate::{Exception, Limits, Method, Protocol, Reader, Writer};

/// Every struct: what was read is what was written, byte for byte, and nothing is left over.
#[test]
fn every_struct() {
    for protocol in PROTOCOLS {
        for item in TYPES {
            for seed in 0..12 {
                let bytes = written(protocol, |w| (item.encode)(&mut Source::new(seed), w));
                let mut r = Reader::new(protocol, &bytes, Limits::default());
                let again = written(protocol, |w| (item.recode)(&mut r, w).unwrap());
                assert_eq!(r.position(), bytes.len(), "{} {seed}", item.name);
                assert_eq!(again, bytes, "{} {protocol:?} {seed}", item.name);
            }
        }
    }
}

/// Bytes may agree although values do not; so the two largest types are compared as values too.
#[test]
fn values() {
    for protocol in PROTOCOLS {
        for seed in 0..50 {
            let mut source = Source::new(seed);
            let args = methods::AlterPartitionsArgs {
                db_name: Option::sample(&mut source),
                tbl_name: Some("t".to_owned()),
                new_parts: Some(vec![Partition::sample(&mut source), Partition::default()]),
            };
            let bytes = written(protocol, |w| write_call::<methods::AlterPartitions>(w, 7, &args));
            let mut r = Reader::new(protocol, &bytes, Limits::default());
            assert_eq!(read_head(&mut r).unwrap().name, "alter_partitions");
            assert_eq!(<methods::AlterPartitionsArgs as crate::wire::Decode>::decode(&mut r).unwrap(), args);

            let table = Table::sample(&mut source);
            assert_eq!(answer::<GetTable>(protocol, |w| write_reply(w, "get_table", 1, &table)), Answer::Reply(table));
        }
    }
}

fn answer<M: Method>(protocol: Protocol, write: impl FnOnce(&mut Writer)) -> Answer<M::Reply> {
    let bytes = written(protocol, write);
    let mut r = Reader::new(protocol, &bytes, Limits::default());
    let head = read_head(&mut r).unwrap();
    let answer = read_answer::<M>(&mut r, &head).unwrap();
    assert_eq!(r.position(), bytes.len());
    answer
}

#[test]
fn answers() {
    for protocol in PROTOCOLS {
        let id = throw_id(GetTable::THROWS, Exception::NoSuchObject).unwrap();
        assert_eq!(id, 2);
        assert_eq!(
            answer::<GetTable>(protocol, |w| write_exception(w, "get_table", 1, id, "gone")),
            Answer::Exception(Some(Exception::NoSuchObject), "gone".to_owned())
        );
        assert_eq!(answer::<GetTable>(protocol, |w| write_reply(w, "get_table", 1, &())), Answer::Missing);
        assert_eq!(
            answer::<methods::GetConfigValue>(protocol, |w| write_reply(w, "get_config_value", 1, &None::<String>)),
            Answer::Reply(None)
        );
        assert_eq!(answer::<methods::DropTable>(protocol, |w| write_reply(w, "drop_table", 1, &())), Answer::Reply(()));
    }
    assert_eq!(throw_id(GetTable::THROWS, Exception::AlreadyExists), None);
}

/// Fields encoded before and spliced in give the bytes that encoding gives; in Compact too, whose field heads depend
/// on the field before.
#[test]
fn splice() {
    let fields = |w: &mut Writer, ids: std::ops::Range<i16>| ids.for_each(|id| Slot::put(&i32::from(id), w, id * 3));
    for protocol in PROTOCOLS {
        let whole = written(protocol, |w| {
            let outer = w.struct_begin();
            fields(w, 1..9);
            w.struct_end(outer);
        });
        let middle = written(protocol, |w| {
            w.field_last(6);
            fields(w, 3..7);
        });
        let spliced = written(protocol, |w| {
            let outer = w.struct_begin();
            fields(w, 1..3);
            w.raw(&middle);
            w.field_last(18);
            fields(w, 7..9);
            w.struct_end(outer);
        });
        assert_eq!(spliced, whole);
    }
}

/// A decoded value has its defaults where nothing came; one made by us says them only where Java would.
#[test]
fn defaults() {
    use crate::types::{AddPartitionsRequest, PrincipalType};
    let table = Table::default();
    assert_eq!((table.owner_type, table.write_id), (PrincipalType::USER, None));
    assert!(AddPartitionsRequest::default().need_result);
    let bytes = written(Protocol::Binary, |w| crate::wire::Encode::encode(&table, w));
    // createTime, lastAccessTime, retention; ownerType (an object in Java, set by its constructor); not writeId.
    let number = |id: u8, value: u8| [8, 0, id, 0, 0, 0, value];
    assert_eq!(bytes, [&number(4, 0)[..], &number(5, 0), &number(6, 0), &number(18, 1), &[0]].concat());
}
