//! labelgate: a gate between a crowd and a data set.

pub mod annotator;
pub mod bom;
pub mod digest;
pub mod error;
pub mod evidence;
mod fingerprint;
pub mod gold;
pub mod item;
pub mod json;
pub mod label;
pub mod policy;
pub mod state;
pub mod submission;
pub mod timestamp;
pub mod verdict;

pub use error::{Error, ErrorCode};
