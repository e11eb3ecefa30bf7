//! RFC 6962 proofs beside another implementation, the crate `ct-merkle`.

use ct_merkle::mem_backed_tree::MemoryBackedTree;
use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use labelgate::merkle::{self, Hash, Tree};
use proptest::prelude::*;
use sha2::Sha256;

use crate::holds;

#[test]
fn another_implementation_makes_and_takes_the_same_proofs() {
    let altered = proptest::option::of((0_usize..8, 0_usize..256));
    let cases = (1_usize..200, 0_usize..200, 1_usize..200, altered);
    holds(256, cases, |(size, index, earlier, altered)| {
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
        if earlier < size
            && let Ok(their) = ConsistencyProof::try_from_bytes(flat(&proof))
        {
            prop_assert_eq!(ours, root.verify_consistency(&earlier_root, &their).is_ok());
        }
        Ok(())
    });
}

fn flat(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

fn theirs_consistency(tree: &MemoryBackedTree<Sha256, Vec<u8>>, earlier: usize) -> Vec<u8> {
    tree.prove_consistency(tree.items().len() - earlier).as_bytes().to_vec()
}
