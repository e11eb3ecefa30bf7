//! The real command line, over files that the tests write.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod agreement;
mod bom_build;
mod bom_checkpoint;
mod bom_collect;
mod bom_diff;
mod bom_keygen;
mod bom_shards;
mod bom_verify;
mod bounds;
mod consensus;
mod csv;
mod help;
mod items;
mod memory;
mod modes;
mod ndjson;
mod output;
mod pipes;
mod policy;
mod run;
