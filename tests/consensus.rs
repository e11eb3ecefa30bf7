//! Consensus against what the peers computed, the textbook, and crowds made to order.
//!
//! `cargo test --test consensus -- --nocapture` prints the tables.

#![cfg(not(target_arch = "wasm32"))]

#[path = "consensus/hostile.rs"]
mod hostile;
#[path = "consensus/live.rs"]
mod live;
#[path = "consensus/peers.rs"]
mod peers;
mod support;
#[path = "consensus/synthetic.rs"]
mod synthetic;
#[path = "consensus/textbook.rs"]
mod textbook;
