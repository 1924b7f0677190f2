//! Which files and row groups a filter can need. Nothing is opened; what is not registered is listed.

mod files;
mod listing;
mod scan;

pub use scan::{Plan, PlanRefusal, PlanRequest, PlanSummary, PlannedFile, PlannedPartition, PlannedRowGroup};
