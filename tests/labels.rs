//! Labels of every kind: their distances against what the peers computed of published crowds, and what must hold of
//! any two.

#![cfg(not(target_arch = "wasm32"))]

mod support;

#[path = "labels/any.rs"]
mod any;
#[path = "labels/bounds.rs"]
mod bounds;
#[path = "labels/published.rs"]
mod published;
