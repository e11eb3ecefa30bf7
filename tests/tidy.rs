//! The rules of the house that no compiler knows, checked by reading the tree.
//!
//! Each rule is one test whose name is the rule. A failure names file and line, and what was expected.

#![cfg(not(target_arch = "wasm32"))]

#[path = "tidy/codes.rs"]
mod codes;
#[path = "tidy/dependencies.rs"]
mod dependencies;
#[path = "tidy/documents.rs"]
mod documents;
#[path = "tidy/files.rs"]
mod files;
#[path = "tidy/floors.rs"]
mod floors;
#[path = "tidy/paths.rs"]
mod paths;
#[path = "tidy/threats.rs"]
mod threats;
#[path = "tidy/thresholds.rs"]
mod thresholds;
#[path = "tidy/tree.rs"]
mod tree;
#[path = "tidy/world.rs"]
mod world;
