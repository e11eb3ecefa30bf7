//! Incremental strict JSON.
