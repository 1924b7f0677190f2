pub mod hms;
