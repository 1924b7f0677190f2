//! `skep serve` and `skep migrate`: opens everything by the configuration, wires the fronts, waits for the signal,
//! drains. The only room that knows all others.

mod background;
mod node;
mod observer;
mod signal;
mod wiring;

pub use node::{migrate, serve};
pub use wiring::{settings, store_options, warehouse_config};
