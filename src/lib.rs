#![doc = include_str!("../README.md")]
//!
//! # Where to start
//!
//! [`Gate`] is the one place where checks meet. The instruments ([`agreement`], [`bom`], [`consensus`],
//! [`digest`], [`evidence`], [`json`], [`label`], [`signature`]) are useful alone. Feature `schema` adds JSON Schemas of the public documents;
//! feature `cli` builds the command line and adds nothing to the library.

// Input never panics: what could is denied here, and only in tests allowed (clippy.toml).
#![deny(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used
)]
#![warn(missing_docs)]

pub mod agreement;
pub mod annotator;
pub mod bom;
mod check;
pub mod consensus;
pub mod digest;
pub mod error;
pub mod evidence;
mod fingerprint;
pub mod gate;
pub mod gold;
pub mod id;
pub mod item;
pub mod json;
pub mod label;
pub mod memory;
pub mod merkle;
pub mod policy;
pub mod pool;
#[cfg(feature = "schema")]
pub mod schema;
pub mod signature;
mod sort;
mod splitmix;
pub mod state;
pub mod submission;
mod table;
pub mod timestamp;
pub mod verdict;
// Public for `tests/wasm.rs` alone: the boundary's users are in JavaScript. Four modules are built from it.
#[cfg(all(target_arch = "wasm32", not(any(feature = "bom", feature = "crowd", feature = "more"))))]
#[doc(hidden)]
pub mod wasm;
#[cfg(all(target_arch = "wasm32", feature = "bom", not(any(feature = "crowd", feature = "more"))))]
#[doc(hidden)]
#[path = "wasm/published.rs"]
pub mod wasm;
#[cfg(all(target_arch = "wasm32", feature = "crowd", not(feature = "more")))]
#[doc(hidden)]
#[path = "wasm/crowd.rs"]
pub mod wasm;
#[cfg(all(target_arch = "wasm32", feature = "more"))]
#[doc(hidden)]
#[path = "wasm/more.rs"]
pub mod wasm;

pub use annotator::Annotator;
pub use bom::Bom;
pub use error::{Error, ErrorCode};
pub use gate::Gate;
pub use gold::Gold;
pub use id::Id;
pub use item::Item;
pub use label::Label;
pub use memory::Memory;
pub use policy::Policy;
pub use pool::Pool;
pub use submission::Submission;
pub use verdict::{AnnotatorVerdict, Decision, ReasonCode, Verdict};
