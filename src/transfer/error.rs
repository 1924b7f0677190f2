//! Why a call of another metastore gave nothing.

use skep_thrift::{Exception, WireError};

use super::address::Address;

#[derive(Debug, Clone, thiserror::Error)]
pub enum CallError {
    /// An exception that the method declares.
    #[error("{method}: {}{text}", said(exception.as_ref()))]
    Declared { method: &'static str, exception: Option<Exception>, text: String },
    /// The server is of a release that lacks the method.
    #[error("{0}: the server does not know this method")]
    Unknown(&'static str),
    /// An error that the method does not declare: its number and text.
    #[error("{method}: error {code}: {text}")]
    Failed { method: &'static str, code: i32, text: String },
    /// A null where a value was due.
    #[error("{0}: the server answered without a value")]
    Missing(&'static str),
    /// The connection, or what came over it.
    #[error("{address}: {why}")]
    Broken { address: Address, why: String },
}

fn said(exception: Option<&Exception>) -> String {
    exception.map_or_else(String::new, |exception| format!("{}: ", exception.name()))
}

impl CallError {
    /// The release of the server lacks the method.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Unknown(_))
    }
    /// The thing asked for is not there.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Declared { exception: Some(Exception::NoSuchObject | Exception::UnknownDB), .. })
    }
    /// Nothing more can be asked of this server.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Broken { .. })
    }
    pub(super) fn wire(address: &Address, error: WireError) -> Self {
        Self::Broken { address: address.clone(), why: format!("its message cannot be read: {error}") }
    }
}
