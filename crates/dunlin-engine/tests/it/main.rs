//! The engine's output, in full, as snapshots: `INSTA_UPDATE=always cargo test -p dunlin-engine` writes
//! them anew.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod catalogue;
mod generate;
mod graph;
mod graph_vectors;
mod plan;
