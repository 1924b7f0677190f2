//! Chaos with real files: clients create, rename, exchange, truncate, drop and share tables and partitions while nodes, Postgres
//! and the object store fail. Every file has a content of its own and is written only after an acknowledgement. At each
//! quiet point every live object's directory holds exactly the files that were written to it, and nothing is left of what
//! was dropped.
//!
//! **Identity.** A table or partition carries the number of its object in the parameter `chaos.id`. Who lives, and where,
//! is asked of the metastore; the model knows only which file was written to which object. So an outcome that got lost
//! with a killed node needs no guess.
//!
//! **Families.** A family is a fixed set of table names. Objects never leave their family: calls that change definitions
//! (group `Ddl` of [`locks`]) race with each other within it and with all others, but never with a writer of files in
//! the same family, since engines have locks of their own for that. A call whose answer is lost keeps its lock until its node has
//! restarted.
//!
//! **What is judged strictly.** A file of a live object must lie at the object's place, whatever else happens. A file of a
//! dropped object must be gone unless its place may have been shared or its data is external. Where a race leaves open
//! which object a call met (a truncation beside a rename), its files may be there or not, but nowhere else.
//!
//! `SKEP_CHAOS_OPERATIONS` says how many operations (300), `SKEP_CHAOS_KILLS` how many kills (one per 1,000 operations),
//! `SKEP_CHAOS_SEED` repeats the choices of a run, `SKEP_CHAOS_MIX` names the operations (`full`, `safe`, or a list).

mod actor;
mod calls;
mod check;
mod commits;
mod families;
mod judge;
#[cfg(test)]
mod judge_test;
mod lakes;
mod locks;
mod logs;
mod mix;
mod model;
mod nemesis;
mod nodes;
mod partitions;
mod places;
mod random;
mod restores;
mod runner;
mod tables;
mod world;
