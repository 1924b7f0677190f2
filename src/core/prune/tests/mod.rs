//! Tests of pruning as a whole: an index must say what a look at each row says.

mod agreement;
mod expressions;
mod look_up;
mod samples;
