//! RFC 6962 proofs: the vectors of transparency-dev/merkle, and the crate `ct-merkle` as a second opinion.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use base64ct::{Base64, Encoding};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use labelgate::merkle::{self, Hash, Subtree, Tree};
use proptest::prelude::*;
use serde_json::Value;
use sha2::Sha256;

/// Files of each kind in the corpus.
const KINDS: [(&str, usize); 4] =
    [("consistency", 66), ("inclusion", 73), ("subtreeconsistency", 84), ("subtreeinclusion", 142)];

#[test]
fn every_file_of_the_corpus_gets_its_verdict() {
    let Some(folder) = support::shared("data/bom/merkle-rfc6962") else { return };
    let mut wrong = Vec::new();
    for (kind, expected) in KINDS {
        let mut files = Vec::new();
        collect(&folder.join(kind), &mut files);
        assert_eq!(files.len(), expected, "files of {kind}");
        for path in files {
            let case: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            let wants_error = case["wantErr"].as_bool().unwrap();
            if is_proven(kind, &case) == wants_error {
                wrong.push(format!("{} ({})", path.display(), case["desc"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn is_proven(kind: &str, case: &Value) -> bool {
    let number = |name: &str| case[name].as_u64().unwrap();
    let proof: Vec<Hash> = match &case["proof"] {
        Value::Null => Vec::new(),
        proof => proof.as_array().unwrap().iter().map(hash).collect(),
    };
    // A leaf of another length cannot be handed over: our types say no.
    if kind.ends_with("inclusion") && bytes(&case["leafHash"]).len() != 32 {
        return false;
    }
    let subtree = || Subtree { start: number("start"), end: number("end") };
    match kind {
        "inclusion" => {
            let (index, size) = (number("leafIdx"), number("treeSize"));
            let root = hash(&case["root"]);
            merkle::root_of_path(index, size, hash(&case["leafHash"]), &proof) == Some(root)
        }
        "subtreeinclusion" => {
            let root = hash(&case["root"]);
            let leaf = hash(&case["leafHash"]);
            subtree().root_of_path(number("leafIdx"), leaf, &proof) == Some(root)
        }
        "consistency" => {
            let (earlier, size) = (number("size1"), number("size2"));
            let (root1, root2) = (hash(&case["root1"]), hash(&case["root2"]));
            merkle::is_consistent(earlier, &root1, size, &root2, &proof)
        }
        _ => {
            let (root1, root2) = (hash(&case["root1"]), hash(&case["root2"]));
            subtree().is_in(&root1, number("size"), &root2, &proof)
        }
    }
}

/// A few files have roots of another length, of which it only counts whether they are equal. Our types
/// cannot say that; a hash of the value stands for it.
fn hash(text: &Value) -> Hash {
    let bytes = bytes(text);
    Hash::try_from(&*bytes).unwrap_or_else(|_| merkle::leaf(&[b"no hash", &bytes]))
}

fn bytes(text: &Value) -> Vec<u8> {
    text.as_str().map(|text| Base64::decode_vec(text).unwrap()).unwrap_or_default()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
}

fn flat(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

proptest! {
    #[test]
    fn another_implementation_makes_and_takes_the_same_proofs(
        size in 1_usize..200, index in 0_usize..200, earlier in 1_usize..200,
        altered in proptest::option::of((0_usize..8, 0_usize..256)),
    ) {
        let (index, earlier) = (index % size, earlier % size + 1);
        let entries: Vec<Vec<u8>> = (0..size).map(|n| format!("entry {n}").into_bytes()).collect();
        let leaves: Vec<Hash> = entries.iter().map(|entry| merkle::leaf(&[entry])).collect();
        let tree = Tree::new(leaves.clone());
        let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        let mut earlier_root = None;
        for (n, entry) in entries.iter().enumerate() {
            theirs.push(entry.clone());
            if n + 1 == earlier {
                earlier_root = Some(theirs.root());
            }
        }
        prop_assert_eq!(theirs.root().as_bytes().to_vec(), tree.root().to_vec());
        let mut path = tree.inclusion(index).unwrap();
        let their_path = theirs.prove_inclusion(index);
        prop_assert_eq!(their_path.as_bytes(), flat(&path));
        let mut proof = tree.consistency(earlier).unwrap();
        if earlier < size {
            let their_proof = theirs_consistency(&theirs, earlier);
            prop_assert_eq!(their_proof, flat(&proof));
        }
        // The same verdict on an altered proof, too.
        if let Some((at, bit)) = altered {
            for hashes in [&mut path, &mut proof] {
                if let Some(hash) = hashes.get_mut(at) {
                    hash[bit / 8] ^= 1 << (bit % 8);
                }
            }
        }
        let root: RootHash<Sha256> = theirs.root();
        let ours = merkle::root_of_path(index as u64, size as u64, leaves[index], &path);
        let their = InclusionProof::from_bytes(flat(&path));
        prop_assert_eq!(
            ours == Some(tree.root()),
            root.verify_inclusion(&entries[index], index as u64, &their).is_ok()
        );
        let earlier_root = earlier_root.unwrap();
        let before: Hash = earlier_root.as_bytes().as_slice().try_into().unwrap();
        let ours =
            merkle::is_consistent(earlier as u64, &before, size as u64, &tree.root(), &proof);
        if earlier < size && let Ok(their) = ConsistencyProof::try_from_bytes(flat(&proof)) {
            prop_assert_eq!(ours, root.verify_consistency(&earlier_root, &their).is_ok());
        }
    }
}

fn theirs_consistency(tree: &MemoryBackedTree<Sha256, Vec<u8>>, earlier: usize) -> Vec<u8> {
    tree.prove_consistency(tree.items().len() - earlier).as_bytes().to_vec()
}
