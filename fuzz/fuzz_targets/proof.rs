//! Proofs of any bytes: none proves a key that is not listed, and a listed key has one proof and no other. The
//! same for the plain proofs of Merkle trees.
#![no_main]

use std::sync::LazyLock;

use labelgate::bom::shards::{BuildSettings, Shards};
use labelgate::merkle::{self, Hash, Subtree, Tree};
use libfuzzer_sys::fuzz_target;
use storage::Index;

#[path = "../../tests/support/storage.rs"]
mod storage;

const KEYS: u64 = 1_500;

fn key(n: u64) -> Hash {
    merkle::leaf(&[&n.to_be_bytes()])
}

static INDEX: LazyLock<(Shards, Vec<Vec<u8>>, Tree)> = LazyLock::new(|| {
    let index = Index::of((0..KEYS).map(key), BuildSettings::new("pets")).unwrap();
    let shards = index.open();
    let proof = |n| {
        let slot = index.bytes(&shards.locate(&key(n)));
        shards.prove(&key(n), slot).unwrap().unwrap()
    };
    let proofs = (0..256).map(proof).collect();
    (shards, proofs, Tree::new((0..100).map(key).collect()))
});

fuzz_target!(|input: &[u8]| {
    let (shards, proofs, tree) = &*INDEX;
    let Some((&which, rest)) = input.split_first() else { return };
    let unlisted = key(KEYS + u64::from(which));
    assert!(!shards.is_proven(&unlisted, rest));
    if let Ok(text) = std::str::from_utf8(rest) {
        assert!(!shards.is_proven_by_text(&unlisted, text));
    }
    // A true proof, changed at the places that the input says.
    let good = &proofs[usize::from(which)];
    let mut proof = good.clone();
    for change in rest.chunks_exact(3) {
        let place = usize::from(u16::from_be_bytes([change[0], change[1]]));
        match proof.get_mut(place) {
            Some(byte) => *byte = change[2],
            None if place % 2 == 0 => proof.push(change[2]),
            None => drop(proof.pop()),
        }
    }
    assert_eq!(shards.is_proven(&key(which.into()), &proof), proof == *good);
    assert!(!shards.is_proven(&unlisted, &proof));

    let path = rest.as_chunks::<32>().0;
    let [a, b, c] = [0, 1, 2].map(|n| u64::from(rest.get(n).copied().unwrap_or_default()));
    let forged = merkle::root_of_path(a, 100, unlisted, path);
    assert_ne!(forged, Some(tree.root()));
    let subtree = Subtree { start: a, end: b };
    assert!(a == b || !subtree.is_in(&unlisted, 100, &tree.root(), path));
    let _ = subtree.root_of_path(c, unlisted, path);
    assert!(!merkle::is_consistent(a, &unlisted, 100, &tree.root(), path));
});
