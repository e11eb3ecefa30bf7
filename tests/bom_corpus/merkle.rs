//! RFC 6962 proofs: the vectors of transparency-dev/merkle.

use base64ct::{Base64, Encoding};
use labelgate::merkle::{self, Hash, Subtree};
use serde_json::Value;

use crate::decision::Decision;
use crate::manifest::Case;

pub fn verdict(case: &Case) -> Decision {
    let vector = case.json();
    let is_refused = case.expect == "reject";
    assert_eq!(vector["wantErr"].as_bool().unwrap(), is_refused, "{}", case.path);
    let kind = case.path.split('/').nth(1).unwrap();
    let is_proven = is_proven(kind, &vector);
    Decision::agrees_if(is_proven != is_refused, if is_proven { "proven" } else { "not proven" })
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
        "subtreeconsistency" => {
            let (root1, root2) = (hash(&case["root1"]), hash(&case["root2"]));
            subtree().is_in(&root1, number("size"), &root2, &proof)
        }
        other => panic!("{other} is no kind of proof"),
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
