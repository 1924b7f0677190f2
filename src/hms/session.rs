//! What the server remembers of one connection, from its first byte to its end.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock};

use skep_core::{Error, Result};
use tokio_util::sync::CancellationToken;

use super::transport::Wire;

/// Bounds of what a client can make its session hold; far above any real user database.
const NAME_BYTES_MAX: usize = 1024;
const GROUPS_MAX: usize = 4096;
const META_CONF_MAX: usize = 64;
const META_CONF_VALUE_BYTES_MAX: usize = 16 * 1024;

/// Who a connection acts for, as it said itself with `set_ugi`: a claim, not a proof.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    pub user: String,
    pub groups: Vec<String>,
}

/// One connection's state. Handlers of one connection run one after the other, so a lock is never waited for.
#[derive(Debug)]
pub struct Session {
    id: u64,
    peer: SocketAddr,
    wire: OnceLock<Wire>,
    ended: AtomicBool,
    gone: CancellationToken,
    said: RwLock<Said>,
}

/// What the client told us by calls.
#[derive(Debug, Default)]
struct Said {
    identity: Option<Identity>,
    meta_conf: BTreeMap<String, String>,
    generation: Option<Generation>,
}

/// The client library's age as its calls betray it: no handshake says so (semantics §1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Generation {
    Hive2,
    Hive3,
    Hive4,
}

impl Generation {
    /// The clients that a method came with, by the release that had it first (`4.0.1`); None if all have it.
    pub fn since(release: &str) -> Option<Self> {
        match release.as_bytes() {
            [b'2', ..] => None,
            [b'3', ..] => Some(Self::Hive3),
            _ => Some(Self::Hive4),
        }
    }
}

impl Session {
    pub fn new(id: u64, peer: SocketAddr) -> Self {
        let (ended, gone) = (AtomicBool::new(false), CancellationToken::new());
        Self { id, peer, wire: OnceLock::new(), ended, gone, said: RwLock::default() }
    }
    /// Number of this connection, unique in the life of this process; for logs.
    pub fn id(&self) -> u64 {
        self.id
    }
    pub fn peer(&self) -> SocketAddr {
        self.peer
    }
    /// How the client speaks; None until its first bytes were seen.
    pub fn wire(&self) -> Option<Wire> {
        self.wire.get().copied()
    }
    pub(super) fn wire_settle(&self, wire: Wire) {
        // Only the first message settles it; the reader asks once.
        let _ = self.wire.set(wire);
    }

    /// `set_ugi`: from now on the connection acts as this user. A second call replaces the first (Java breaks the
    /// connection then; nothing is gained by it).
    pub fn identity_set(&self, user: String, groups: Vec<String>) -> Result<()> {
        if user.len() > NAME_BYTES_MAX || groups.iter().any(|g| g.len() > NAME_BYTES_MAX) {
            return Err(Error::meta(format!("set_ugi: a user or group name has more than {NAME_BYTES_MAX} bytes")));
        }
        if groups.len() > GROUPS_MAX {
            return Err(Error::meta(format!("set_ugi: {} groups, at most {GROUPS_MAX} are allowed", groups.len())));
        }
        self.write(|said| said.identity = Some(Identity { user, groups }));
        Ok(())
    }
    /// The user of `set_ugi`, if it was called with one that is not empty.
    pub fn user(&self) -> Option<String> {
        self.read(|said| said.identity.as_ref().map(|i| i.user.clone())).filter(|user| !user.is_empty())
    }
    pub fn identity(&self) -> Option<Identity> {
        self.read(|said| said.identity.clone())
    }

    /// `setMetaConf`: holds for this connection and ends with it. The handler checks that the key exists.
    pub fn meta_conf_set(&self, key: &str, value: &str) -> Result<()> {
        if key.len() > NAME_BYTES_MAX || value.len() > META_CONF_VALUE_BYTES_MAX {
            return Err(Error::meta(format!(
                "setMetaConf: a key has at most {NAME_BYTES_MAX} bytes, a value {META_CONF_VALUE_BYTES_MAX}"
            )));
        }
        self.write(|said| {
            if said.meta_conf.len() >= META_CONF_MAX && !said.meta_conf.contains_key(key) {
                return Err(Error::meta(format!("setMetaConf: at most {META_CONF_MAX} keys for one connection")));
            }
            said.meta_conf.insert(key.to_owned(), value.to_owned());
            Ok(())
        })
    }
    /// What this connection set for the key; None where the server's own value holds.
    pub fn meta_conf(&self, key: &str) -> Option<String> {
        self.read(|said| said.meta_conf.get(key).cloned())
    }

    /// Notes that a call or a field was seen that only this generation of clients (or a later one) sends.
    pub fn generation_hint(&self, at_least: Generation) {
        if self.generation() < Some(at_least) {
            self.write(|said| said.generation = said.generation.max(Some(at_least)));
        }
    }
    /// The youngest generation the client has shown so far; None as long as all of them could have sent its calls.
    pub fn generation(&self) -> Option<Generation> {
        self.read(|said| said.generation)
    }

    /// Asks for the connection to be closed after the running call (fb303's `shutdown`, which every Java client
    /// sends when it closes and which must end nothing else).
    pub fn end(&self) {
        self.ended.store(true, Ordering::Release);
    }
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Cancelled when the client has closed the connection, though a call may still run.
    pub fn gone(&self) -> &CancellationToken {
        &self.gone
    }

    fn read<T>(&self, look: impl FnOnce(&Said) -> T) -> T {
        look(&self.said.read().unwrap_or_else(PoisonError::into_inner))
    }
    fn write<T>(&self, change: impl FnOnce(&mut Said) -> T) -> T {
        change(&mut self.said.write().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session() -> Session {
        Session::new(1, ([127, 0, 0, 1], 9083).into())
    }

    #[test]
    fn the_last_set_ugi_counts() {
        let session = session();
        assert_eq!(session.user(), None);
        session.identity_set("ann".into(), vec!["staff".into()]).unwrap();
        session.identity_set("bob".into(), vec![]).unwrap();
        assert_eq!(session.identity(), Some(Identity { user: "bob".into(), groups: vec![] }));
        session.identity_set(String::new(), vec![]).unwrap();
        assert_eq!(session.user(), None);
    }

    #[test]
    fn a_client_cannot_make_its_session_large() {
        let session = session();
        let long = "x".repeat(NAME_BYTES_MAX + 1);
        session.identity_set(long.clone(), vec![]).unwrap_err();
        session.identity_set("ann".into(), vec![long.clone()]).unwrap_err();
        session.identity_set("ann".into(), vec![String::new(); GROUPS_MAX + 1]).unwrap_err();
        assert_eq!(session.identity(), None);
        session.meta_conf_set(&long, "").unwrap_err();
        session.meta_conf_set("key", &"x".repeat(META_CONF_VALUE_BYTES_MAX + 1)).unwrap_err();
        for i in 0..META_CONF_MAX {
            session.meta_conf_set(&format!("key{i}"), "first").unwrap();
        }
        session.meta_conf_set("one more", "").unwrap_err();
        session.meta_conf_set("key0", "second").unwrap();
        assert_eq!(session.meta_conf("key0").as_deref(), Some("second"));
        assert_eq!(session.meta_conf("one more"), None);
    }

    #[test]
    fn hints_only_make_a_client_younger() {
        let session = session();
        assert_eq!(session.generation(), None);
        session.generation_hint(Generation::Hive3);
        session.generation_hint(Generation::Hive2);
        assert_eq!(session.generation(), Some(Generation::Hive3));
    }
}
