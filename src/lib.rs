//! labelgate: a gate between a crowd and a data set.

pub mod bom;
pub mod digest;
pub mod error;
pub mod evidence;
pub mod json;
pub mod label;
pub mod policy;
pub mod submission;
pub mod timestamp;
pub mod verdict;

pub use error::{Error, ErrorCode};
