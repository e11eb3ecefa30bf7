//! The threats that a published ML-BOM and those who check against it face. Each test carries one out against the
//! public API, and shows that the honest counterpart passes; SECURITY.md lists them.
//!
//! Not here, because a BOM is no answer to them:
//!
//! - *The gate's module is swapped in the browser.* The browser belongs to whoever sits before it, so it only
//!   advises; the edge decides. `edge/test/submissions.test.mjs` sends what a page
//!   would have refused.
//! - *A wrong label on the right item.* A digest says nothing of a label. Gold, agreement and rates do:
//!   `tests/data/gold_missed`, `tests/data/disagrees`, `tests/crowds`.
//!
//! Two have another half in JavaScript: `time_of_check_to_time_of_use` where bytes are hashed while they are
//! forwarded (`edge/test/hashed.test.mjs`), `ssrf_by_url_fields` where a server sends the edge elsewhere
//! (`edge/test/address.test.mjs`).

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod support;

#[path = "threats/documents.rs"]
mod documents;
#[path = "threats/index.rs"]
mod index;
#[path = "threats/items.rs"]
mod items;
#[path = "threats/publication.rs"]
mod publication;
#[path = "threats/signatures.rs"]
mod signatures;
#[path = "threats/world.rs"]
mod world;
