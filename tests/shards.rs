//! The index of sharded BOMs: what it says against a plain set, and the threats that it must resist, each
//! by its name.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod support;

use std::collections::BTreeSet;

use base64ct::{Base64, Encoding};
use labelgate::bom::shards::{
    BuildSettings, KeyForm, Lookup, MAX_PROOF_BYTES, Manifest, Read, Shards,
};
use labelgate::digest::{Algorithm, Digest, Hasher};
use labelgate::merkle::{self, Hash};
use proptest::prelude::*;
use support::storage::Index;

fn digest(n: u64) -> Digest {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(&n.to_be_bytes());
    hasher.finish()
}

fn key(n: u64) -> Hash {
    KeyForm::Digest.key("", &digest(n)).unwrap()
}

fn settings() -> BuildSettings {
    BuildSettings { slots_per_file: 8, ..BuildSettings::new("pets") }
}

fn index(items: u64) -> Index {
    Index::of((0..items).map(key), settings()).unwrap()
}

fn loaded(index: &Index, keys: impl IntoIterator<Item = Hash>) -> Shards {
    let mut shards = index.open();
    for key in keys {
        if let Some(read) = shards.wanted(&key) {
            shards.take(read.shard, index.bytes(&read)).unwrap();
        }
    }
    shards
}

/// Every way in which a few bytes of an input can be wrong.
fn altered(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for at in (0..bytes.len()).step_by(7).chain(0..bytes.len().min(80)) {
        let mut flipped = bytes.to_vec();
        flipped[at] ^= 1 << (at % 8);
        all.push(flipped);
    }
    all.push(Vec::new());
    for cut in [1, 4, 31, 32, 33, 64] {
        all.push(bytes[..bytes.len().saturating_sub(cut)].to_vec());
        all.push(bytes[cut.min(bytes.len())..].to_vec());
        all.push([bytes, &vec![0; cut]].concat());
        all.push([&vec![0; cut], bytes].concat());
        all.push([bytes, &bytes[bytes.len().saturating_sub(cut)..]].concat());
    }
    all
}

#[test]
fn every_item_is_listed_and_every_other_key_is_proved_absent() {
    for items in [1, 2, 3, 336, 337, 5_000, 20_000] {
        let index = index(items);
        let manifest = &index.built.manifest;
        assert_eq!(manifest.items, items);
        assert_eq!(index.files.len(), manifest.file_count() as usize);
        let mut shards = index.open();
        for n in 0..items + 500 {
            let key = key(n);
            let read = shards.locate(&key);
            if shards.look_up(&key) == Lookup::NotLoaded(read) {
                assert_eq!(shards.wanted(&key), Some(read));
                shards.take(read.shard, index.bytes(&read)).unwrap();
            }
            let expected = if n < items { Lookup::Listed } else { Lookup::Absent };
            assert_eq!(shards.look_up(&key), expected, "{n} of {items}");
            assert_eq!(shards.wanted(&key), None);
        }
    }
}

#[test]
fn every_item_has_a_proof_that_needs_no_shard_and_no_other_key_has_one() {
    for items in [1, 2, 700, 5_000] {
        let index = index(items);
        let shards = index.open();
        for n in (0..items).step_by(13) {
            let bytes = index.bytes(&shards.locate(&key(n)));
            let proof = shards.prove(&key(n), bytes).unwrap().unwrap();
            assert!(proof.len() <= MAX_PROOF_BYTES);
            assert!(shards.is_proven(&key(n), &proof));
            assert!(shards.is_proven_by_text(&key(n), &Base64::encode_string(&proof)));
            assert!(!shards.is_proven(&key(n + 1), &proof));
            assert!(!shards.is_proven(&key(items + n), &proof));
        }
        let other = key(items + 1);
        assert_eq!(shards.prove(&other, index.bytes(&shards.locate(&other))), Ok(None));
    }
}

#[test]
fn the_same_keys_make_the_same_files_whatever_order_and_memory_and_however_often_they_come() {
    let expected = index(100_000);
    assert_eq!(expected.built.duplicates, 0);
    // 1 MiB, the least, has room for 32,768 keys: several runs are merged.
    let small = BuildSettings { memory_bytes: 0, ..settings() };
    let backwards = (0..100_000).rev().chain((0..100_000).step_by(3)).map(key);
    let again = Index::of(backwards, small).unwrap();
    assert_eq!(again.built.duplicates, 33_334);
    assert_eq!(again.built.manifest, expected.built.manifest);
    assert_eq!(again.files, expected.files);
}

/// Threat: mix and match of shards from two versions.
#[test]
fn a_shard_of_another_version_of_the_list_is_refused() {
    let (old, new) = (index(5_000), index(5_001));
    let (removed, mut shards) = (key(4_999), new.open());
    assert_eq!(old.built.manifest.slot_bytes(), new.built.manifest.slot_bytes(), "else too easy");
    let mut refused = 0;
    for n in 0..5_001 {
        let read = shards.locate(&key(n));
        let (ours, theirs) = (new.bytes(&read), old.bytes(&read));
        assert!(shards.take(read.shard, theirs).is_err(), "the old shard of {n}");
        // The rows of one version with the proof of the other.
        let head = 36 + 32 * new.built.manifest.shards().trailing_zeros() as usize;
        let mixed = [&ours[..head], &theirs[head..]].concat();
        if mixed != ours {
            assert!(shards.take(read.shard, &mixed).is_err());
            refused += 1;
        }
        let mixed = [&theirs[..head], &ours[head..]].concat();
        assert!(shards.take(read.shard, &mixed).is_err());
    }
    assert!(refused > 0, "no shard differs");
    assert!(matches!(shards.look_up(&removed), Lookup::NotLoaded(_)));
    let proof = old.open().prove(&removed, old.bytes(&old.open().locate(&removed))).unwrap();
    assert!(!shards.is_proven(&removed, &proof.unwrap()));
    let manifest = old.built.manifest.to_json();
    assert!(Shards::open(&manifest, &new.built.digest()).is_err());
}

/// Threat: the shard of another place, whose absence of a key says nothing.
#[test]
fn a_shard_in_the_place_of_another_is_refused() {
    let index = index(5_000);
    let mut shards = index.open();
    let count = index.built.manifest.shards();
    assert!(count >= 8);
    let reads: Vec<Read> = (0..5_000).map(|n| shards.locate(&key(n))).collect();
    for at in &reads[..50] {
        for from in &reads[..50] {
            let taken = shards.take(at.shard, index.bytes(from));
            assert_eq!(taken.is_ok(), at.shard == from.shard);
        }
        for shard in [count, u32::MAX] {
            assert!(shards.take(shard, index.bytes(at)).is_err());
        }
    }
}

#[test]
fn a_shard_with_anything_altered_in_it_is_refused() {
    let index = index(3_000);
    let mut shards = index.open();
    let read = shards.locate(&key(7));
    let good = index.bytes(&read);
    let head = 36 + 32 * index.built.manifest.shards().trailing_zeros() as usize;
    let count = u32::from_be_bytes(good[..4].try_into().unwrap()) as usize;
    let looked_at = head + 32 * count;
    for bad in altered(good) {
        // Nobody looks at the padding, and it says nothing.
        let is_same = bad.len() == good.len() && bad[..looked_at] == good[..looked_at];
        assert_eq!(shards.take(read.shard, &bad).is_ok(), is_same);
    }
    // A count that hides rows, or adds padding to them, or is as large as it gets.
    for count in (0..400).chain([u32::MAX, u32::MAX / 32, 1 << 27]) {
        let mut bad = good.to_vec();
        bad[..4].copy_from_slice(&count.to_be_bytes());
        assert_eq!(shards.take(read.shard, &bad).is_ok(), bad == good);
    }
}

/// Threat: Merkle second preimage. A node shown as a key, with the path from there.
#[test]
fn a_node_of_the_tree_is_not_a_key() {
    let index = index(900);
    let shards = index.open();
    let key = key(5);
    let proof = shards.prove(&key, index.bytes(&shards.locate(&key))).unwrap().unwrap();
    let count = u32::from_be_bytes(proof[..4].try_into().unwrap());
    let position = u32::from_be_bytes(proof[4..8].try_into().unwrap());
    let path: Vec<Hash> = proof[40..].as_chunks::<32>().0.to_vec();
    let mut node = merkle::leaf(&[&key]);
    for level in 0..path.len() {
        for claimed_count in [count >> level, (count >> level) + 1, count] {
            for claimed_position in [position >> level, position] {
                let mut forged = proof[..40].to_vec();
                forged[..4].copy_from_slice(&claimed_count.to_be_bytes());
                forged[4..8].copy_from_slice(&claimed_position.to_be_bytes());
                forged.extend_from_slice(path[level..].as_flattened());
                assert!(!shards.is_proven(&node, &forged), "level {level}");
            }
        }
        let (left, right) =
            if position >> level & 1 == 1 { (path[level], node) } else { (node, path[level]) };
        node = merkle::node(&left, &right);
    }
}

/// Threat: proof malleability. One key has one proof.
#[test]
fn a_proof_that_was_cut_extended_swapped_or_altered_proves_nothing() {
    let index = index(3_000);
    let shards = index.open();
    let key = key(7);
    let good = shards.prove(&key, index.bytes(&shards.locate(&key))).unwrap().unwrap();
    for bad in altered(&good) {
        assert!(!shards.is_proven(&key, &bad));
    }
    let hashes = (good.len() - 40) / 32;
    for a in 0..hashes {
        for b in a + 1..hashes {
            let mut swapped = good.clone();
            for byte in 0..32 {
                swapped.swap(40 + 32 * a + byte, 40 + 32 * b + byte);
            }
            assert!(!shards.is_proven(&key, &swapped), "{a} and {b}");
        }
    }
    for value in [0, 1, 2, 1 << 12, 1 << 31, u32::MAX] {
        for at in [0, 4] {
            let mut bad = good.clone();
            bad[at..at + 4].copy_from_slice(&value.to_be_bytes());
            assert_eq!(shards.is_proven(&key, &bad), bad == good, "{value} at {at}");
        }
    }
    let text = Base64::encode_string(&good);
    for bad in [
        text.trim_end_matches('=').to_owned() + "A",
        format!("{text}="),
        format!(" {text}"),
        format!("{text}\n"),
        text.replace('+', "-").replace('/', "_") + "-",
        "A".repeat(100_000),
        String::new(),
    ] {
        assert!(!shards.is_proven_by_text(&key, &bad));
    }
}

/// Threat: filter false positives that an attacker grinds out. There is no filter: nothing but the key
/// itself in a verified shard is an acceptance.
#[test]
fn keys_that_share_all_but_their_last_bits_with_a_listed_one_are_absent() {
    let index = index(2_000);
    for n in 0..200 {
        let listed = key(n);
        let shards = loaded(&index, [listed]);
        for bit in (0..256).step_by(3) {
            let mut near = listed;
            near[bit / 8] ^= 1 << (bit % 8);
            assert_ne!(shards.look_up(&near), Lookup::Listed);
        }
        let empty = index.open();
        assert_eq!(empty.look_up(&listed), Lookup::NotLoaded(empty.locate(&listed)));
    }
}

/// Threat: items ground out to crowd one shard, so that every slot of the publisher grows.
#[test]
fn a_crowded_shard_is_named_and_not_built() {
    let crowd = (0..3_000).map(|n| {
        let mut key = key(n);
        key[..2].copy_from_slice(&[0xAB, 0xCD]);
        key
    });
    let error = Index::of((0..40_000).map(key).chain(crowd), settings()).err().unwrap();
    assert!(error.message().contains("keys in shard 0x55 of 2^7"), "{error}");
}

#[test]
fn a_publisher_whose_rows_are_out_of_order_is_refused() {
    // The root is over what is in the slot, so only the order can be wrong: one shard, made by hand.
    let keys = [key(1), key(2), key(3)];
    let good = Index::of(keys, settings()).unwrap();
    let mut sorted = keys;
    sorted.sort_unstable();
    for order in [[0, 1, 2], [1, 0, 2], [0, 2, 1], [0, 0, 1], [2, 1, 0]] {
        let keys = order.map(|at| sorted[at]);
        let tree = merkle::Tree::new(keys.iter().map(|key| merkle::leaf(&[key])).collect());
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(keys.as_flattened());
        let rows = hasher.finish();
        let count = 3_u32.to_be_bytes();
        let root = merkle::leaf(&[&[0; 4], &count, rows.as_bytes(), &tree.root()]);
        let slot = [&count[..], &tree.root(), keys.as_flattened()].concat();
        let text = String::from_utf8(good.built.manifest.to_json()).unwrap();
        let hex = |root: Hash| Digest::from_bytes(Algorithm::Sha256, &root).unwrap().to_hex();
        let text = text.replace(&hex(good.built.manifest.root), &hex(root));
        let mut hasher = Hasher::new(Algorithm::Sha256);
        hasher.update(text.as_bytes());
        let mut shards = Shards::open(text.as_bytes(), &hasher.finish()).unwrap();
        let read = shards.locate(&keys[0]);
        assert_eq!(shards.take(read.shard, &slot).is_ok(), order == [0, 1, 2], "{order:?}");
    }
}

#[test]
fn a_name_is_bound_where_the_keys_say_so() {
    let settings = BuildSettings { key: KeyForm::NamedDigest, ..settings() };
    let named = |name: &str, n| KeyForm::NamedDigest.key(name, &digest(n)).unwrap();
    let keys = (0..1_000).map(|n| named(&format!("{n}.png"), n));
    let index = Index::of(keys, settings).unwrap();
    let form = index.built.manifest.key;
    let look_up = |name: &str, n| {
        let key = form.key(name, &digest(n)).unwrap();
        loaded(&index, [key]).look_up(&key)
    };
    assert_eq!(look_up("7.png", 7), Lookup::Listed);
    assert_eq!(look_up("8.png", 7), Lookup::Absent);
    assert_eq!(form.key("7.png", &Hasher::new(Algorithm::Sha512).finish()), None);
}

#[test]
fn a_manifest_is_read_back_and_every_other_form_of_it_is_refused() {
    let index = index(5_000);
    let manifest = &index.built.manifest;
    let text = String::from_utf8(manifest.to_json()).unwrap();
    assert_eq!(Manifest::from_json(text.as_bytes()).unwrap(), *manifest);
    let members: serde_json::Map<_, _> = serde_json::from_str(&text).unwrap();
    let refuse = |changed: String| {
        let error = Manifest::from_json(changed.as_bytes()).err();
        assert!(error.is_some_and(|error| error.code().as_str() == "bom"), "{changed}");
    };
    for name in members.keys() {
        let mut fewer = members.clone();
        fewer.remove(name);
        refuse(serde_json::to_string(&fewer).unwrap());
        let wrong = [
            "null",
            "-1",
            "0.5",
            "1e3",
            "9007199254740991",
            "4294967296",
            "[]",
            "{}",
            "\"\"",
            "true",
        ];
        for value in wrong {
            let mut changed = members.clone();
            changed[name] = serde_json::from_str(value).unwrap();
            refuse(serde_json::to_string(&changed).unwrap().replace("1000.0", "1e3"));
        }
    }
    refuse(text.replacen('{', "{\"version\":1,", 1));
    refuse(text.replacen('{', "{\"unknown\":1,", 1));
    refuse(text.trim_end().trim_end_matches('}').to_owned());
    for (name, value) in [
        ("files", "../{}.bin"),
        ("files", "https://example.org/{}"),
        ("files", "a/{}.bin"),
        ("files", "a\\\\{}.bin"),
        ("files", ".{}"),
        ("files", "%2e%2e{}"),
        ("files", "{}{}"),
        ("files", "shards.bin"),
        ("format", "another"),
        ("algorithm", "SHA-1"),
        ("algorithm", "MD5"),
        ("key", "name"),
        ("canonical", "pixel"),
    ] {
        let old = members[name].to_string();
        refuse(text.replacen(&format!("\"{name}\":{old}"), &format!("\"{name}\":\"{value}\""), 1));
    }
    for (name, value) in [
        ("version", 2),
        ("prefix_bits", 25),
        ("slot_bytes", 65_537),
        ("slot_bytes", 100),
        ("slots_per_file", 0),
        ("slots_per_file", (1 << 24) + 1),
        ("items", 0),
    ] {
        let old = members[name].to_string();
        refuse(text.replacen(&format!("\"{name}\":{old}"), &format!("\"{name}\":{value}"), 1));
    }
    let long = text.replace("pets", &"p".repeat(4_000));
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(long.as_bytes());
    assert!(Shards::open(long.as_bytes(), &hasher.finish()).is_err());
}

#[test]
fn settings_out_of_their_range_and_an_empty_list_are_refused() {
    let build = |settings| Index::of([key(1)], settings).err().map(|error| error.to_string());
    assert_eq!(build(settings()), None);
    for slots_per_file in [0, (1 << 24) + 1] {
        assert!(build(BuildSettings { slots_per_file, ..settings() }).is_some());
    }
    assert!(build(BuildSettings::new("")).is_some());
    assert!(build(BuildSettings::new("x".repeat(1025))).is_some());
    assert!(Index::of([], settings()).is_err());
}

#[test]
fn little_memory_means_more_reads_and_the_same_answers() {
    let index = index(5_000);
    let mut shards = index.open().with_cache_bytes(20_000);
    let mut reads = 0;
    for n in 0..3_000 {
        let key = key(n * 2);
        if let Some(read) = shards.wanted(&key) {
            reads += 1;
            shards.take(read.shard, index.bytes(&read)).unwrap();
        }
        assert_eq!(shards.look_up(&key) == Lookup::Listed, n * 2 < 5_000);
        assert!(shards.cached_bytes() <= 20_000);
    }
    assert!(reads > 1_000, "{reads}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Against a plain set, with keys that crowd the ends of ranges.
    #[test]
    fn an_index_says_what_a_set_says(
        numbers in proptest::collection::vec(0_u64..3_000, 1..3_000),
        ends in proptest::collection::vec((0_u8..4, any::<u8>()), 0..40),
    ) {
        let edge = |&(kind, byte): &(u8, u8)| {
            let mut key = [if kind % 2 == 0 { 0 } else { 0xFF }; 32];
            key[if kind < 2 { 31 } else { 1 }] = byte;
            key
        };
        let set: BTreeSet<Hash> =
            numbers.iter().map(|n| key(*n)).chain(ends.iter().map(edge)).collect();
        let given = numbers.iter().map(|n| key(*n)).chain(ends.iter().map(edge));
        let index = Index::of(given, settings()).unwrap();
        prop_assert_eq!(index.built.manifest.items, set.len() as u64);
        let others = (0..3_000).map(key).chain((0..4).map(|kind| edge(&(kind, 0x5A))));
        for key in set.iter().copied().chain(others) {
            let shards = loaded(&index, [key]);
            let is_listed = shards.look_up(&key) == Lookup::Listed;
            prop_assert_eq!(is_listed, set.contains(&key));
        }
    }
}
