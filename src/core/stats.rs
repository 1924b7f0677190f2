//! Column statistics: their stored form, merging and aggregation.
