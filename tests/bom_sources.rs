//! The readers of manifests against files that others wrote.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use labelgate::bom::{Manifest, ManifestFormat};
use labelgate::digest::{Algorithm, Hasher};
use proptest::prelude::*;
use serde_json::Value;

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    files
}

/// How many `FileObject`s have 64 hexadecimal digits in `sha256`, and how many entries have not.
fn count(document: &Value) -> (usize, usize) {
    let entries = document["distribution"].as_array().unwrap();
    let is_proven = |entry: &&Value| {
        entry["@type"].as_str().unwrap().ends_with("FileObject")
            && entry["sha256"].as_str().is_some_and(|value| {
                value.len() == 64 && value.bytes().all(|byte| byte.is_ascii_hexdigit())
            })
    };
    let proven = entries.iter().filter(is_proven).count();
    (proven, entries.len() - proven)
}

#[test]
fn croissant_gives_the_true_hashes_and_names_every_other_entry() {
    let Some(folder) = support::shared("data/bom/croissant") else { return };
    let (mut read, mut proven, mut reasons) = (0, 0, BTreeMap::new());
    for version in ["1.0", "1.1"] {
        for path in files(&folder.join(version)) {
            let bytes = fs::read(&path).unwrap();
            let manifest = Manifest::from_json(&bytes);
            let manifest = manifest.unwrap_or_else(|e| panic!("{}: {e}", path.display())).unwrap();
            let document: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(manifest.format, ManifestFormat::Croissant);
            assert_eq!(manifest.name.as_deref(), document["name"].as_str());
            let found = (manifest.items.len(), manifest.left_out.len());
            assert_eq!(found, count(&document), "{}: {manifest:?}", path.display());
            assert_eq!(manifest.is_complete, manifest.left_out.is_empty());
            read += 1;
            proven += found.0;
            for left in manifest.left_out {
                *reasons.entry(left.why).or_insert(0) += 1;
            }
        }
    }
    assert!(read > 15 && proven > 8, "{read} documents with {proven} hashes");
    println!("{read} documents, {proven} hashes that count; left out: {reasons:#?}");
    let expected = "expected 64 hexadecimal digits of `sha256`, found `sha256`";
    assert!(reasons.contains_key(expected), "{reasons:?}");
    for path in files(&folder.join("0.8")) {
        let error = Manifest::from_json(&fs::read(&path).unwrap()).unwrap_err();
        assert!(error.message().contains("expected Croissant 1.0 or 1.1"), "{error}");
    }
}

#[test]
fn bundles_of_model_signing_list_the_files_beside_them() {
    let Some(folder) = support::shared("data/bom/oms") else { return };
    let mut checked = 0;
    for entry in fs::read_dir(folder.join("model-transparency")).unwrap() {
        let folder = entry.unwrap().path();
        let Ok(bundle) = fs::read(folder.join("model.sig")) else { continue };
        let manifest = Manifest::from_json(&bundle).unwrap().unwrap();
        assert_eq!(manifest.format, ManifestFormat::ModelSigning);
        assert!(!manifest.items.is_empty() && manifest.left_out.is_empty(), "{manifest:?}");
        for item in &manifest.items {
            let mut hasher = Hasher::new(Algorithm::Sha256);
            hasher.update(&fs::read(folder.join(&item.name)).unwrap());
            assert_eq!(item.digests, [hasher.finish()], "{}", folder.display());
            checked += 1;
        }
        // The newest ones say which paths they pass over.
        let name = folder.file_name().unwrap().to_str().unwrap();
        assert_eq!(manifest.is_complete, !name.starts_with("v1.1.0"), "{name}");
    }
    assert!(checked > 15, "{checked} files");
}

#[test]
fn the_example_of_spdx_gives_nothing_that_is_not_a_hash() {
    let Some(folder) = support::shared("data/bom/spdx3") else { return };
    for path in files(&folder) {
        let bytes = fs::read(&path).unwrap();
        let manifest = Manifest::from_json(&bytes).unwrap().unwrap();
        assert_eq!(manifest.format, ManifestFormat::Spdx);
        let text = String::from_utf8(bytes).unwrap();
        let names =
            |all: &mut dyn Iterator<Item = &String>| all.cloned().collect::<Vec<_>>().join(", ");
        println!(
            "items: {}; left out: {:?}",
            names(&mut manifest.items.iter().map(|item| &item.name)),
            manifest.left_out
        );
        for item in &manifest.items {
            assert!(item.digests.iter().all(|digest| text.contains(&digest.to_hex())));
        }
        let files: Vec<&str> = manifest.left_out.iter().map(|left| left.name.as_str()).collect();
        assert!(files.contains(&"data.csv") && files.contains(&"codebook.csv"), "{files:?}");
        assert!(!manifest.is_complete);
    }
}

#[test]
fn cyclonedx_is_no_manifest() {
    let Some(folder) = support::shared("data/bom/cyclonedx/1.7") else { return };
    for path in files(&folder) {
        let read = Manifest::from_json(&fs::read(&path).unwrap());
        assert!(matches!(read, Ok(None) | Err(_)), "{}", path.display());
    }
}

proptest! {
    #[test]
    fn bytes_of_any_kind_never_panic(
        bytes in prop::collection::vec(any::<u8>(), 0..60),
        members in prop::collection::vec(
            (prop::sample::select(vec!["@context", "@type", "@graph", "distribution", "conformsTo", "dsseEnvelope", "name"]),
             prop::sample::select(vec!["1", "null", "[]", "{}", "\"sc:Dataset\"", "[{\"@type\":[1]}]", "\"https://spdx.org/rdf/3\"", "{\"payload\":\"e30=\",\"payloadType\":\"application/vnd.in-toto+json\"}"])),
            0..5,
        ),
    ) {
        let _ = Manifest::from_json(&bytes);
        let members: Vec<String> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
        let _ = Manifest::from_json(format!("{{{}}}", members.join(",")).as_bytes());
    }
}
