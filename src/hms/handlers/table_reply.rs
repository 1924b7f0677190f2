//! Tables as replies: a hot one's bytes are kept, so that making its structs and encoding them is not done each time.

use std::sync::{Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use skep_core::recent::Recent;
use skep_core::table::Table;
use skep_core::{Error, Result};
use skep_thrift::Writer;
use skep_thrift::wire::{Encode as _, Kind, Protocol};

use crate::hms::context::Cx;
use crate::hms::convert::table::table_out;
use crate::hms::reply::Encoded;

/// The tables of one front, encoded, bounded.
#[derive(Debug, Default)]
pub struct TableReplies(OnceLock<Mutex<Kept>>);

/// By table and whether in Compact; each with the version that it is, and of which history of the database.
type Kept = Recent<(i64, bool), ((u64, i64), Bytes)>;

impl TableReplies {
    /// The table as the value of a reply.
    pub fn bare(&self, cx: &Cx, table: &Table) -> Result<Encoded> {
        Ok(Encoded { parts: vec![self.bytes(cx, protocol(cx)?, table)] })
    }

    /// A struct with the table as its field 1, and nothing else.
    pub fn in_struct(&self, cx: &Cx, table: &Table) -> Result<Encoded> {
        let protocol = protocol(cx)?;
        let mut w = Writer::new(protocol);
        w.struct_begin();
        w.field_begin(Kind::Struct, 1);
        // A struct's end, in both protocols.
        let parts = vec![w.into_bytes().into(), self.bytes(cx, protocol, table), Bytes::from_static(&[0])];
        Ok(Encoded { parts })
    }

    fn bytes(&self, cx: &Cx, protocol: Protocol, table: &Table) -> Bytes {
        let budget = || usize::try_from(cx.metastore().table_cache_max()).unwrap_or(usize::MAX);
        let kept = self.0.get_or_init(|| Mutex::new(Recent::new(budget())));
        let lock = || kept.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (table.id, protocol == Protocol::Compact);
        let current = (cx.metastore().store().moves(), table.version);
        if let Some((version, bytes)) = lock().get(&key)
            && *version == current
        {
            return bytes.clone();
        }
        let mut w = Writer::new(protocol);
        table_out(table).encode(&mut w);
        let mut bytes = w.into_bytes();
        bytes.shrink_to_fit();
        let bytes = Bytes::from(bytes);
        lock().put(key, (current, bytes.clone()), size_of::<(Kept, Bytes)>() + bytes.len());
        bytes
    }
}

fn protocol(cx: &Cx) -> Result<Protocol> {
    let wire = cx.session.wire().ok_or_else(|| Error::internal("a call came in no protocol"))?;
    Ok(wire.protocol)
}
