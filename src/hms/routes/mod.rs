//! Which handler answers which method. One line a method; a method is routed, refused with a reason, or a test fails.

mod fates;
mod refused;
mod route;
mod table;

pub use fates::{Fates, fates};
pub use refused::{REFUSED, refused_why};
pub use route::{Answer, Handler, Routes, Row};
pub use table::routes;
