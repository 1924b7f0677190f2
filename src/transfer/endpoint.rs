//! A metastore that is read or written: a few connections, and what its release can do.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use skep_thrift::{Method, methods as m};
use tokio::sync::Semaphore;

use super::address::Address;
use super::connection::Connection;
use super::error::CallError;

/// Calls in flight on one side. A Java metastore has a thread and a database connection for each.
pub const CONNECTIONS: usize = 8;
/// The catalog of servers that know none.
pub const CATALOG: &str = "hive";

/// What is asked of a server, which decides what its connections say first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Source,
    Target,
}

pub struct Endpoint {
    pub address: Address,
    side: Side,
    user: Option<String>,
    idle: Mutex<Vec<Connection>>,
    permits: Semaphore,
    /// Methods that it said it does not know.
    lacking: Mutex<BTreeSet<&'static str>>,
    /// What it answers for its release.
    pub version: String,
    /// It knows catalogs: 3.0 and later.
    pub has_catalogs: bool,
    /// It takes times, parameters and places as they are given: Skep.
    pub keeps_all: bool,
}

impl Endpoint {
    pub async fn open(address: &Address, side: Side, user: Option<&str>) -> Result<Self, CallError> {
        let mut endpoint = Self {
            address: address.clone(),
            side,
            user: user.map(str::to_owned),
            idle: Mutex::default(),
            permits: Semaphore::new(CONNECTIONS),
            lacking: Mutex::default(),
            version: String::new(),
            has_catalogs: false,
            keeps_all: false,
        };
        endpoint.version = endpoint.call::<m::GetVersion>(&m::GetVersionArgs {}).await?;
        endpoint.has_catalogs = match endpoint.call::<m::GetCatalogs>(&m::GetCatalogsArgs {}).await {
            Ok(_) => true,
            Err(error) if error.is_unknown() => false,
            Err(error) => return Err(error),
        };
        if side == Side::Target {
            endpoint.keeps_all = match endpoint.call::<m::SetMetaConf>(&import_mark("true")).await {
                Ok(()) => true,
                Err(error) if error.is_fatal() => return Err(error),
                Err(_) => false,
            };
            endpoint.idle.get_mut().unwrap_or_else(PoisonError::into_inner).clear();
        }
        Ok(endpoint)
    }

    /// It is of Hive 4, or speaks as that: statistics of several engines, requests for all.
    pub fn is_hive_4(&self) -> bool {
        self.version.starts_with('4')
    }

    /// A database in calls that have no field for its catalog.
    pub fn database_text(&self, catalog: &str, database: &str) -> String {
        if self.has_catalogs { format!("@{catalog}#{database}") } else { database.to_owned() }
    }

    /// A catalog in fields that old servers do not know.
    pub fn catalog_field(&self, catalog: &str) -> Option<String> {
        self.has_catalogs.then(|| catalog.to_owned())
    }

    /// One call. A method that it said it does not know is not asked for again.
    pub async fn call<M: Method>(&self, args: &M::Args) -> Result<M::Reply, CallError> {
        if self.lock(&self.lacking).contains(M::NAME) {
            return Err(CallError::Unknown(M::NAME));
        }
        let _permit = self.permits.acquire().await;
        let mut connection = self.connection().await?;
        let answer = connection.call::<M>(args).await;
        match &answer {
            Err(error) if error.is_fatal() => return answer,
            Err(CallError::Unknown(method)) => {
                self.lock(&self.lacking).insert(method);
            }
            _ => {}
        }
        self.lock(&self.idle).push(connection);
        answer
    }

    /// A call whose effect carries this time (seconds since the epoch), where the server takes it.
    pub async fn call_at<M: Method>(&self, seconds: i32, args: &M::Args) -> Result<M::Reply, CallError> {
        if !self.keeps_all {
            return self.call::<M>(args).await;
        }
        let _permit = self.permits.acquire().await;
        let mut connection = self.connection().await?;
        let time = |seconds: i32| m::SetMetaConfArgs {
            key: Some("skep.import.time".to_owned()),
            value: Some(seconds.to_string()),
        };
        connection.call::<m::SetMetaConf>(&time(seconds)).await?;
        let reply = connection.call::<M>(args).await?;
        connection.call::<m::SetMetaConf>(&time(0)).await?;
        self.lock(&self.idle).push(connection);
        Ok(reply)
    }

    async fn connection(&self) -> Result<Connection, CallError> {
        if let Some(idle) = self.lock(&self.idle).pop() {
            return Ok(idle);
        }
        let mut new = Connection::open(&self.address).await?;
        if let Some(user) = &self.user {
            let args = m::SetUgiArgs { user_name: Some(user.clone()), group_names: Some(Vec::new()) };
            // Servers may know no users; all clients go on then.
            if let Err(error) = new.call::<m::SetUgi>(&args).await
                && error.is_fatal()
            {
                return Err(error);
            }
        }
        if self.keeps_all && self.side == Side::Target {
            new.call::<m::SetMetaConf>(&import_mark("true")).await?;
        }
        Ok(new)
    }

    #[expect(clippy::unused_self, reason = "reads as what it is: a lock of this endpoint's")]
    fn lock<'a, T>(&self, mutex: &'a Mutex<T>) -> std::sync::MutexGuard<'a, T> {
        mutex.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn import_mark(value: &str) -> m::SetMetaConfArgs {
    m::SetMetaConfArgs { key: Some("skep.import".to_owned()), value: Some(value.to_owned()) }
}
