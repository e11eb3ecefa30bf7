//! The module that reads a published list: the BOM as it comes, its signatures, and files against it.
//!
//! Built from the same crate with the feature `bom`, which leaves out the gate. What it has read goes to a gate in the
//! main module, block by block, or stays here for files to be compared with.

mod arrays;
mod base;
mod incoming;
mod js;
mod list;

pub use list::{JsComparison, JsList};
