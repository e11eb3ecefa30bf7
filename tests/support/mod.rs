//! What several tests share.
#![allow(dead_code)] // each test binary uses its part

use std::path::PathBuf;

pub mod counting;
pub mod peak;
pub mod pieces;
#[cfg(not(target_arch = "wasm32"))]
pub mod published;
pub mod random;
pub mod storage;
#[cfg(not(target_arch = "wasm32"))]
pub mod synthetic;
pub mod vector;
pub mod vector_list;

/// A file or folder of the shared test data beside the checkout; none, with one line that says so,
/// where that folder is missing.
pub fn shared(path: &str) -> Option<PathBuf> {
    let found = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared").join(path);
    if found.exists() {
        return Some(found);
    }
    println!("skipped: ../shared/{path} is not beside this checkout");
    None
}
