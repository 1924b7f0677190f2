//! What a metastore has besides, and no copy takes along: counted, so that nothing is dropped in silence.

use skep_thrift::methods as m;
use skep_thrift::types as t;

use super::endpoint::{CATALOG, Endpoint};
use super::error::CallError;
use super::report::Recorder;

impl Recorder {
    pub async fn left_out_of(&self, source: &Endpoint) -> Result<(), CallError> {
        let count = |answer: Result<usize, CallError>| match answer {
            Ok(count) => Ok(Some(Some(count as u64))),
            Err(error) if error.is_fatal() => Err(error),
            Err(error) if error.is_unknown() => Ok(None),
            Err(_) => Ok(Some(None)),
        };
        let mut found = Vec::new();
        let open = source.call::<m::GetOpenTxns>(&m::GetOpenTxnsArgs {}).await;
        let open =
            open.map(|all| all.open_txns.map_or(0, |all| all.len()) + all.open_txns_v2.map_or(0, |all| all.0.len()));
        found.push(("open and aborted transactions, with their locks", count(open)?, STATE));
        let tokens = source.call::<m::GetAllTokenIdentifiers>(&m::GetAllTokenIdentifiersArgs {}).await;
        found.push(("delegation tokens", count(tokens.map(|all| all.len()))?, SECRET));
        let keys = source.call::<m::GetMasterKeys>(&m::GetMasterKeysArgs {}).await;
        found.push(("master keys", count(keys.map(|all| all.len()))?, SECRET));
        let request = Some(t::WMGetAllResourcePlanRequest::default());
        let plans = source.call::<m::GetAllResourcePlans>(&m::GetAllResourcePlansArgs { request }).await;
        let plans = plans.map(|all| all.resource_plans.unwrap_or_default().len());
        found.push(("resource plans of the workload manager", count(plans)?, HIVE_SERVER));
        let request = t::ListStoredProcedureRequest { cat_name: CATALOG.to_owned(), ..Default::default() };
        let args = m::GetAllStoredProceduresArgs { request: Some(request) };
        let procedures = source.call::<m::GetAllStoredProcedures>(&args).await.map(|all| all.len());
        found.push(("stored procedures", count(procedures)?, HIVE_SERVER));
        let request = t::ListPackageRequest { cat_name: CATALOG.to_owned(), ..Default::default() };
        let args = m::GetAllPackagesArgs { request: Some(request) };
        let packages = source.call::<m::GetAllPackages>(&args).await.map(|all| all.len());
        found.push(("packages of stored procedures", count(packages)?, HIVE_SERVER));
        let last = source.call::<m::GetCurrentNotificationEventId>(&m::GetCurrentNotificationEventIdArgs {}).await;
        found.push(("notification events", count(last.map(|last| last.event_id.max(0) as usize))?, HISTORY));
        for (what, count, why) in found {
            match count {
                None | Some(Some(0)) => {}
                Some(count) => self.left_out(what, count, why),
            }
        }
        let name = source.call::<m::GetName>(&m::GetNameArgs {}).await;
        if name.is_ok_and(|name| name == "skep") {
            let why = "they are promises of that server; the tables and partitions are copied";
            self.left_out("registrations of files, event logs and earlier versions", None, why);
        }
        self.left_out("schema registry entries and scheduled queries", None, "no call lists them");
        self.left_out("write ids and compactions of transactional tables", None, STATE);
        Ok(())
    }
}

const STATE: &str = "they are the state of a running system, not its metadata";
const SECRET: &str = "they are secrets of the old server, and worth nothing to another";
const HIVE_SERVER: &str = "they belong to HiveServer2";
const HISTORY: &str = "the target has a history of its own; the count is of all events ever";
