//! Names of partitions. The whole list of a table is what engines ask for most often, and it only changes with the
//! table: who asks for it again gets the bytes of the time before.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use bytes::Bytes;
use skep_core::recent::Recent;
use skep_core::{Error, Kind, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;
use skep_thrift::wire::Protocol;

use super::partition_reply::{names_reply, protocol};
use super::partitions_read::{limit, prefix, stream};
use crate::catalog::{PartitionPick, PartitionReading, RequestScope, TableRef};
use crate::hms::context::{Cx, given};
use crate::hms::convert::partition_encode::{Frame, PartitionSource};
use crate::hms::reply::{Encoded, Filled, Source as _};
use crate::hms::routes::{Answer, Routes};

pub fn routes() -> Routes {
    let kept = Arc::new(NameLists::default());
    let of_req = Arc::clone(&kept);
    Routes::default()
        .on_encoded::<m::GetPartitionNames>(move |cx, args| names(cx, args, Arc::clone(&kept)))
        .on_encoded::<m::FetchPartitionNamesReq>(move |cx, args| names_req(cx, args, Arc::clone(&of_req)))
        .on_encoded::<m::GetPartitionNamesPs>(names_ps)
        .on_encoded::<m::GetPartitionNamesPsReq>(names_ps_req)
}

/// The lists of all names that somebody asked for twice, encoded, bounded ([`Metastore::table_cache_max`]).
///
/// [`Metastore::table_cache_max`]: crate::catalog::Metastore::table_cache_max
#[derive(Debug, Default)]
struct NameLists(OnceLock<Lists>);

#[derive(Debug)]
struct Lists {
    all: Mutex<Recent<Key, (Version, Kept)>>,
    /// A longer one is made while it is sent, each time.
    list_max: usize,
}

/// Of a table, and whether in Compact; each is kept with the version that it is of.
type Key = (i64, bool);
/// Of which history of the database, and which version of the table.
type Version = (u64, i64);

#[derive(Debug, Clone)]
enum Kept {
    /// It was asked for once.
    Asked,
    List(Bytes),
    TooLong,
}

impl NameLists {
    /// The answer, which is all partitions of the table. A list that changes between any two questions stays a stream.
    fn reply(&self, cx: &Cx, reading: PartitionReading) -> Result<Answer<Vec<String>>> {
        let protocol = protocol(cx)?;
        let lists = self.0.get_or_init(|| Lists::new(cx.metastore().table_cache_max()));
        let key = (reading.table().id, protocol == Protocol::Compact);
        let version = (cx.metastore().store().moves(), reading.table().version);
        let is_held = matches!(reading, PartitionReading::Held(_));
        let mut source = PartitionSource::names(protocol, reading, Frame::Bare);
        match lists.get(key, version) {
            Some(Kept::List(bytes)) => return Ok(Answer::Encoded(Encoded { parts: vec![bytes] })),
            Some(Kept::Asked) if is_held => {
                if let Some(bytes) = encoded(&mut source, lists.list_max) {
                    lists.put(key, version, Kept::List(bytes.clone()));
                    return Ok(Answer::Encoded(Encoded { parts: vec![bytes] }));
                }
                lists.put(key, version, Kept::TooLong);
            }
            Some(_) => {}
            None => lists.put(key, version, Kept::Asked),
        }
        Ok(Answer::Streamed(Box::new(source)))
    }
}

/// What a list weighs beside its bytes: its place in a map that may be half empty, and an allocation.
const OVERHEAD: usize = 2 * (size_of::<(Key, Version, Kept, usize)>() + 1) + 32;

impl Lists {
    fn new(budget: u64) -> Self {
        let budget = usize::try_from(budget).unwrap_or(usize::MAX);
        Self { all: Mutex::new(Recent::new(budget)), list_max: (budget / 2).saturating_sub(OVERHEAD) }
    }

    fn get(&self, key: Key, version: Version) -> Option<Kept> {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(&key).filter(|(of, _)| *of == version).map(|(_, kept)| kept.clone())
    }

    fn put(&self, key: Key, version: Version, kept: Kept) {
        let bytes = if let Kept::List(bytes) = &kept { bytes.len() } else { 0 };
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.put(key, (version, kept), OVERHEAD + bytes);
    }
}

/// All of a list that is held in memory; None, with the source at its beginning, where it is longer than this.
fn encoded(source: &mut PartitionSource, list_max: usize) -> Option<Bytes> {
    let mut bytes = Vec::new();
    loop {
        let filled = source.fill(&mut bytes);
        if bytes.len() > list_max {
            source.rewind();
            return None;
        }
        if filled != Filled::Piece {
            bytes.shrink_to_fit();
            return Some(bytes.into());
        }
    }
}

/// All names. Hive 4 answers none for a table that is not there, and an error for one that has no name.
async fn names_of(cx: &Cx, at: TableRef, limit: Option<usize>, kept: &NameLists) -> Result<Answer<Vec<String>>> {
    if at.database.is_empty() || at.table.is_empty() {
        return Err(Error::meta("the name of the database or of the table is empty"));
    }
    match stream(cx, at, PartitionPick::All, limit, RequestScope::Unlimited).await {
        Ok(answer) if limit.is_none_or(|limit| answer.len() < limit) => kept.reply(cx, answer),
        Ok(answer) => names_reply(cx, answer, Frame::Bare),
        Err(error) if error.kind == Kind::NotFound => Ok(Answer::Value(Vec::new())),
        Err(error) => Err(error),
    }
}

async fn names(cx: Cx, args: m::GetPartitionNamesArgs, kept: Arc<NameLists>) -> Result<Answer<Vec<String>>> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    names_of(&cx, at, limit(args.max_parts), &kept).await
}

async fn names_req(cx: Cx, args: m::FetchPartitionNamesReqArgs, kept: Arc<NameLists>) -> Result<Answer<Vec<String>>> {
    let request = given(args.partition_req, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    names_of(&cx, at, limit(request.max_parts), &kept).await
}

async fn names_ps(cx: Cx, args: m::GetPartitionNamesPsArgs) -> Result<Answer<Vec<String>>> {
    let at = cx.table(None, args.db_name.as_deref(), args.tbl_name.as_deref())?;
    let answer = stream(&cx, at, prefix(args.part_vals)?, limit(args.max_parts), RequestScope::Unlimited).await?;
    names_reply(&cx, answer, Frame::Bare)
}

async fn names_ps_req(cx: Cx, args: m::GetPartitionNamesPsReqArgs) -> Result<Answer<t::GetPartitionNamesPsResponse>> {
    let request = given(args.req, "the request")?;
    let at = cx.table(request.cat_name.as_deref(), Some(&request.db_name), Some(&request.tbl_name))?;
    let pick = prefix(request.part_values)?;
    let answer = stream(&cx, at, pick, limit(request.max_parts), RequestScope::Unlimited).await?;
    names_reply(&cx, answer, Frame::Struct)
}
