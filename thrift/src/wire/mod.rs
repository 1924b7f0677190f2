//! The codec: Thrift's Binary and Compact protocols and the TJSON text of notification messages.

mod binary;
mod compact;
mod error;
mod json_read;
mod json_write;
mod kind;
mod limits;
pub(crate) mod macros;
pub mod message;
mod reader;
mod scan;
mod shared;
mod value;
mod writer;

pub use error::WireError;
pub use json_read::from_json;
pub use json_write::to_json;
pub use kind::{Kind, Protocol};
pub use limits::Limits;
pub use reader::{FieldHead, Reader};
pub use scan::{Scan, Scanner};
pub use shared::Shared;
pub use value::{Decode, Encode, Set, Slot};
pub use writer::Writer;
