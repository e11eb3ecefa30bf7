//! labelgate: a gate between a crowd and a data set.
//!
//! It checks every crowdsourced label against a published ML-BOM, against the annotator's own rate
//! and history, and against other annotators, before anything reaches the collection backend.
//!
//! ```
//! use labelgate::{Decision, Gate, Memory, Policy};
//!
//! let policy = Policy::from_json(br#"{"bom":{"trust":"none"}}"#)?;
//! let (gate, mut memory) = (Gate::new(policy, None), Memory::new());
//! let submission = br#"{"id":"s-1","annotator":"ann-7","item":{"id":"img-1"},"label":{"class":"cat"}}"#;
//! let verdict = gate.check(&mut memory, submission, Some(1_795_428_000_000));
//! assert_eq!(verdict.decision, Decision::Accept);
//! # Ok::<(), labelgate::Error>(())
//! ```
//!
//! What it does not do: it does not judge the content of items, it verifies no signatures yet, and
//! it cannot see poison in labels that are as good as honest ones.
//!
//! The instruments ([`bom`], [`digest`], [`evidence`], [`json`], [`label`]) are useful alone.

pub mod annotator;
pub mod bom;
mod check;
pub mod digest;
pub mod error;
pub mod evidence;
mod fingerprint;
pub mod gate;
pub mod gold;
pub mod item;
pub mod json;
pub mod label;
pub mod memory;
pub mod policy;
#[cfg(feature = "schema")]
pub mod schema;
mod sort;
pub mod state;
pub mod submission;
mod table;
pub mod timestamp;
pub mod verdict;
// Public for `tests/wasm.rs` alone: the boundary's users are in JavaScript.
#[cfg(target_arch = "wasm32")]
#[doc(hidden)]
pub mod wasm;

pub use annotator::Annotator;
pub use bom::Bom;
pub use error::{Error, ErrorCode};
pub use gate::Gate;
pub use gold::Gold;
pub use item::Item;
pub use label::Label;
pub use memory::Memory;
pub use policy::Policy;
pub use submission::Submission;
pub use verdict::{AnnotatorVerdict, Decision, ReasonCode, Verdict};
