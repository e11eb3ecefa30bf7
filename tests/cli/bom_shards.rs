//! `labelgate bom build --shards`, `bom lookup` and `bom prove`.

use labelgate::bom::Bom;
use labelgate::bom::shards::Shards;
use labelgate::digest::{Algorithm, Hasher};

use crate::run::{Folder, Run};

fn done(folder: &Folder, arguments: &[&str]) -> Run {
    let run = folder.labelgate(arguments);
    assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
    run
}

fn folder() -> Folder {
    let folder = Folder::new();
    for number in 0..2_000 {
        folder.write(&format!("data/{number:04}.txt"), format!("content of {number}"));
    }
    done(&folder, &["bom", "build", "data", "--shards", "public/items", "-o", "public/bom.json"]);
    folder
}

fn open(folder: &Folder) -> (Bom, Shards) {
    let bom = Bom::from_slice(&folder.read("public/bom.json")).unwrap();
    let manifest = folder.read(&format!("public/{}", bom.index().unwrap().url));
    let shards = Shards::of(bom.index().unwrap(), &manifest).unwrap();
    (bom, shards)
}

#[test]
fn a_small_root_names_an_index_that_answers_for_every_item() {
    let folder = folder();
    let (bom, shards) = open(&folder);
    assert!(folder.read("public/bom.json").len() < 2_000);
    assert_eq!((bom.len(), shards.manifest().items), (0, 2_000));
    assert!(bom.is_complete() && shards.binds_names());
    let files = std::fs::read_dir(folder.path("public/items")).unwrap();
    assert_eq!(files.count(), 2, "the manifest and one file");
    let look_up = |file: &str, name: &str| {
        let run = folder.labelgate(&["bom", "lookup", "public/bom.json", file, "--name", name]);
        (run.code, run.out)
    };
    assert_eq!(look_up("data/0007.txt", "0007.txt"), (Some(0), "listed\n".to_owned()));
    assert_eq!(look_up("data/0007.txt", "0008.txt"), (Some(1), "not listed\n".to_owned()));
    folder.write("data/0007.txt", "poison");
    assert_eq!(look_up("data/0007.txt", "0007.txt"), (Some(1), "not listed\n".to_owned()));
}

#[test]
fn a_proof_convinces_whoever_has_the_manifest() {
    let folder = folder();
    let (_, shards) = open(&folder);
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(b"content of 42");
    let digest = hasher.finish();
    let run = done(&folder, &["bom", "prove", "public/bom.json", "data/0042.txt"]);
    let by_digest = ["bom", "prove", "public/bom.json", &digest.to_string(), "--name", "0042.txt"];
    assert_eq!(done(&folder, &by_digest).out, run.out);
    let key = |name: &str| shards.manifest().key.key(name, &digest).unwrap();
    assert!(shards.is_proven_by_text(&key("0042.txt"), run.out.trim()));
    assert!(!shards.is_proven_by_text(&key("0043.txt"), run.out.trim()));
    let run =
        folder.labelgate(&["bom", "prove", "public/bom.json", "data/0042.txt", "--name", "x"]);
    assert_eq!((run.code, run.out.as_str()), (Some(1), ""));
}

#[test]
fn files_are_verified_against_the_index_and_a_forged_index_is_found_out() {
    let folder = folder();
    done(&folder, &["bom", "keygen", "--out", "key.jwk"]);
    let sign = ["bom", "sign", "public/bom.json", "--key", "key.jwk", "-o", "public/signed.json"];
    done(&folder, &sign);
    let verify = || {
        let run = ["bom", "verify", "public/signed.json", "--key", "key.pub.jwk", "--json", "data"];
        folder.labelgate(&run)
    };
    assert_eq!(verify().json()[0]["files"]["matched"], 2_000);
    folder.write("data/0007.txt", "poison");
    let run = verify();
    assert_eq!((run.code, &run.json()[0]["files"]["matched"]), (Some(1), &1_999.into()));
    assert_eq!(run.json()[0]["differences"][0]["path"], "0007.txt");
    // Another index under the same signed root.
    folder.write("other/a", "poison");
    done(
        &folder,
        &["bom", "build", "other", "--shards", "public/items", "-o", "public/other.json"],
    );
    let failure = verify().failure().to_owned();
    assert!(
        failure.contains("expected the index manifest that the BOM names by its digest"),
        "{failure}"
    );
    let run = folder.labelgate(&[
        "bom",
        "build",
        "other",
        "--shards",
        "elsewhere",
        "-o",
        "public/x.json",
    ]);
    assert!(run.failure().contains("below the folder of the BOM"), "{run:?}");
    assert!(!folder.path("public/x.json").exists());
}
