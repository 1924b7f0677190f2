//! Notifications: reading the log, firing events, marking partitions.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use skep_core::{Error, Result};
use skep_thrift::methods as m;
use skep_thrift::types as t;

use crate::catalog::{EventCount, EventFire, EventQuery, Fired, TableRef};
use crate::hms::context::{Cx, given};
use crate::hms::convert::common::parameters_in;
use crate::hms::convert::event::event_out;
use crate::hms::routes::Routes;

/// An answer ends with the event that makes it so large: the reader asks for the rest.
const ANSWER_BYTES: usize = 64 << 20;

pub fn routes() -> Routes {
    Routes::default()
        .on::<m::GetCurrentNotificationEventId>(last)
        .on::<m::GetNextNotification>(next)
        .on::<m::GetNotificationEventsCount>(count)
        .on::<m::FireListenerEvent>(fire)
        .on::<m::MarkPartitionForEvent>(mark)
        .on::<m::IsPartitionMarkedForEvent>(is_marked)
}

async fn last(cx: Cx, _: m::GetCurrentNotificationEventIdArgs) -> Result<t::CurrentNotificationEventId> {
    Ok(t::CurrentNotificationEventId { event_id: cx.metastore().event_last().await? })
}

async fn next(cx: Cx, args: m::GetNextNotificationArgs) -> Result<t::NotificationEventResponse> {
    let request = given(args.rqst, "the request")?;
    let (catalog, database) = match request.db_name.as_deref() {
        None => (request.cat_name, None),
        Some(name) => {
            let (catalog, database) = cx.database_maybe(request.cat_name.as_deref(), Some(name))?;
            (Some(catalog), database)
        }
    };
    let query = EventQuery {
        after: request.last_event,
        limit: request.max_events.map_or(0, i64::from),
        only: request.event_type_list.unwrap_or_default(),
        skip: request.event_type_skip_list.unwrap_or_default(),
        catalog,
        database,
        tables: request.table_names.unwrap_or_default(),
    };
    let (mut events, mut bytes) = (Vec::new(), 0);
    cx.metastore()
        .event_list(&query, |event| {
            let event = event_out(event);
            bytes += event.message.len();
            events.push(event);
            if bytes < ANSWER_BYTES { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
        .await?;
    Ok(t::NotificationEventResponse { events })
}

async fn count(cx: Cx, args: m::GetNotificationEventsCountArgs) -> Result<t::NotificationEventsCountResponse> {
    let request = given(args.rqst, "the request")?;
    let (catalog, database) = cx.database(request.cat_name.as_deref(), Some(&request.db_name))?;
    let query = EventCount {
        after: request.from_event_id,
        up_to: request.to_event_id,
        catalog,
        database,
        tables: request.table_names.unwrap_or_default(),
        limit: request.limit.unwrap_or_default(),
    };
    Ok(t::NotificationEventsCountResponse { events_count: cx.metastore().event_count(&query).await? })
}

/// Hive's form of a file that was added: `URI#CHECKSUM#ARCHIVE#DIRECTORY`. There is no archive of changed files here,
/// and without one Hive leaves the checksum out too.
fn files_in(data: &t::InsertEventRequestData) -> Vec<String> {
    let directories = data.sub_directory_list.as_deref().unwrap_or_default();
    // 2.3 sends the files as field 1, where later releases have a flag.
    let files = data.files_added_v2.as_deref().or(data.files_added.as_deref()).unwrap_or_default();
    let one = |(at, file): (usize, &String)| match directories.get(at).filter(|d| !d.is_empty()) {
        Some(directory) => format!("{file}###{directory}"),
        None => format!("{file}###"),
    };
    files.iter().enumerate().map(one).collect()
}

fn events_in(at: &TableRef, request: t::FireEventRequest) -> Result<Vec<EventFire>> {
    let table_parameters = parameters_in(request.tbl_params);
    let event = |partition_values: Option<Vec<String>>, fired: Fired| EventFire {
        at: at.clone(),
        partition_values: partition_values.filter(|values| !values.is_empty()),
        fired: Fired { table_parameters: table_parameters.clone(), ..fired },
    };
    let inserted = |data: &t::InsertEventRequestData| Fired {
        // Hive's default: an insert that does not say replaces.
        replace: data.replace.unwrap_or(data.files_added_v2.is_none()),
        files: files_in(data),
        ..Fired::default()
    };
    let data = request.data;
    if let Some(insert) = &data.insert_data {
        return Ok(vec![event(request.partition_vals, inserted(insert))]);
    }
    if let Some(inserts) = data.insert_datas {
        let one = |insert: t::InsertEventRequestData| match &insert.partition_val {
            Some(values) if !values.is_empty() => Ok(event(Some(values.clone()), inserted(&insert))),
            _ => Err(Error::meta("Partition values must be set when firing multi-insert event")),
        };
        return inserts.into_iter().map(one).collect();
    }
    let Some(refresh) = data.refresh_event else {
        return Err(Error::meta("an event to fire is of an insert or of a refresh; this one is of neither"));
    };
    let fired = Fired { refresh: Some(refresh), ..Fired::default() };
    Ok(match request.batch_partition_vals_for_refresh.filter(|all| !all.is_empty()) {
        Some(all) => all.into_iter().map(|values| event(Some(values), fired.clone())).collect(),
        None => vec![event(request.partition_vals, fired)],
    })
}

async fn fire(cx: Cx, args: m::FireListenerEventArgs) -> Result<t::FireEventResponse> {
    let request = given(args.rqst, "the request")?;
    let (catalog, database) = (request.cat_name.as_deref(), request.db_name.as_deref());
    let at = cx.table(catalog, database, request.table_name.as_deref())?;
    // Only what succeeded is told.
    if !request.successful {
        return Ok(t::FireEventResponse { event_ids: Some(Vec::new()) });
    }
    let events = events_in(&at, request)?;
    Ok(t::FireEventResponse { event_ids: Some(cx.metastore().event_fire(&events).await?) })
}

type Marked = (TableRef, BTreeMap<String, String>, i32);

fn marked(
    cx: &Cx,
    database: Option<&str>,
    table: Option<&str>,
    values: Option<Vec<(String, String)>>,
    kind: Option<t::PartitionEventType>,
) -> Result<Marked> {
    let at = cx.table(None, database, table)?;
    let values = given(values, "the map of partition values")?.into_iter().collect();
    Ok((at, values, given(kind, "the event type")?.0))
}

async fn mark(cx: Cx, args: m::MarkPartitionForEventArgs) -> Result<()> {
    let names = (args.db_name.as_deref(), args.tbl_name.as_deref());
    let (at, values, kind) = marked(&cx, names.0, names.1, args.part_vals, args.event_type)?;
    cx.metastore().partition_mark(&at, &values, kind).await
}

async fn is_marked(cx: Cx, args: m::IsPartitionMarkedForEventArgs) -> Result<bool> {
    let names = (args.db_name.as_deref(), args.tbl_name.as_deref());
    let (at, values, kind) = marked(&cx, names.0, names.1, args.part_vals, args.event_type)?;
    cx.metastore().partition_is_marked(&at, &values, kind).await
}
