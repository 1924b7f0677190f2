//! `skep import` and `skep export` between two running servers.

mod errors;
mod fixture;
mod old;
mod resume;
mod round_trip;
