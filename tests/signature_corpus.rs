//! Canonical JSON, signatures and envelopes against files that others wrote. Prints what each file was
//! to give and gave, and what is not decided here and why; any difference fails.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod support;

#[path = "signature_corpus/bundles.rs"]
mod bundles;
#[path = "signature_corpus/jsf.rs"]
mod jsf;
#[path = "signature_corpus/notes.rs"]
mod notes;
#[path = "signature_corpus/table.rs"]
mod table;
#[path = "signature_corpus/vectors.rs"]
mod vectors;
