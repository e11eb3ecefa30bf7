//! Agreement and consensus against what the peers computed of published crowds.

#![cfg(not(target_arch = "wasm32"))]

mod support;

#[path = "agreement/crowds.rs"]
mod crowds;
#[path = "agreement/live.rs"]
mod live;
#[path = "agreement/matrix.rs"]
mod matrix;
#[path = "agreement/textbook.rs"]
mod textbook;

use support::published;

#[test]
fn every_published_crowd_is_read() {
    let Some(names) = published::names() else { return };
    for name in names {
        let crowd = published::crowd(&name).unwrap();
        assert!(crowd.answers.len() > 100, "{name}");
    }
}
