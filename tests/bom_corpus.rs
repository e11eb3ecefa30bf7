//! The stream parser and the BOM reader against files that others wrote: the JSON parsing corpus of
//! JSONTestSuite and the test BOMs of the CycloneDX specification.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use labelgate::Error;
use labelgate::bom::{Bom, BomLimits, BomReader};
use labelgate::digest::{Algorithm, Digest};
use labelgate::json::stream::{Stream, StreamLimits};
use proptest::prelude::*;
use serde_json::Value;

/// JSON texts that the corpus wants accepted and we refuse on purpose.
const REFUSED_JSON: &[(&str, &str)] = &[(
    "y_object_duplicated_key.json",
    "I-JSON (RFC 7493, section 2.3) forbids duplicate member names: two readers would see two documents",
)];

/// JSON texts on which the corpus takes no side and that we accept; every other one is refused.
const ACCEPTED_JSON: &[&str] = &[];

/// CycloneDX files that are valid for their schema and that we refuse on purpose, with the reason. The
/// rule that could put one here is the length of a hash, which the schema does not tie to its
/// algorithm; no official file makes use of that.
const REFUSED_BOMS: &[(&str, &str)] = &[];

/// Families of CycloneDX files that break their schema and that we refuse too; the others break it
/// where the gate does not read.
const REFUSED_INVALID_BOMS: &[&str] =
    &["invalid-bomformat-", "invalid-hash-", "invalid-serialnumber-"];

fn parse(input: &[u8], piece_bytes: usize) -> Result<(), Error> {
    let mut stream = Stream::new(StreamLimits {
        max_bytes: 1 << 20,
        max_depth: 64,
        max_open_names: 1_000,
        max_string_bytes: 10_000,
    });
    for mut piece in input.chunks(piece_bytes) {
        while stream.next(&mut piece, true)?.is_some() {}
    }
    stream.finish().map(|_| ())
}

fn read(input: &[u8], piece_bytes: usize) -> Result<Bom, Error> {
    let mut reader = BomReader::new(BomLimits::default());
    for piece in input.chunks(piece_bytes) {
        reader.push(piece)?;
    }
    reader.finish()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn file_name(path: &Path) -> &str {
    path.file_name().unwrap().to_str().unwrap()
}

#[test]
fn the_json_parsing_corpus_gets_its_verdicts_however_it_is_cut() {
    let Some(folder) = support::shared("data/bom") else { return };
    let manifest = fs::read_to_string(folder.join("MANIFEST.tsv")).unwrap();
    let mut checked = 0;
    for line in manifest.lines().filter(|line| line.starts_with("json-parsing/")) {
        let fields: Vec<&str> = line.split('\t').collect();
        let input = fs::read(folder.join(fields[0])).unwrap();
        let name = file_name(Path::new(fields[0]));
        let verdict = parse(&input, input.len().max(1));
        for piece_bytes in 1..=3 {
            assert_eq!(parse(&input, piece_bytes), verdict, "{name} in pieces of {piece_bytes}");
        }
        let expected = match fields[3] {
            "accept" => !REFUSED_JSON.iter().any(|(refused, _)| *refused == name),
            "reject" => false,
            "either" => ACCEPTED_JSON.contains(&name),
            other => panic!("{other} is not a verdict of the manifest"),
        };
        assert_eq!(verdict.is_ok(), expected, "{name}: {verdict:?}");
        checked += 1;
    }
    assert!(checked > 200, "{checked} files are not the corpus");
}

/// Every strong digest of every component in the data set, by the slowest obvious way.
fn walk(document: &Value) -> BTreeSet<(Algorithm, String)> {
    fn hashes(of: &Value, found: &mut BTreeSet<(Algorithm, String)>) {
        for hash in of["hashes"].as_array().into_iter().flatten() {
            if let (Some(name), Some(content)) = (hash["alg"].as_str(), hash["content"].as_str())
                && let Some(algorithm) = Algorithm::from_cyclonedx(name)
            {
                found.insert((algorithm, content.to_lowercase()));
            }
        }
    }
    fn component(component: &Value, found: &mut BTreeSet<(Algorithm, String)>) {
        hashes(component, found);
        for reference in component["externalReferences"].as_array().into_iter().flatten() {
            hashes(reference, found);
        }
        components(component, found);
    }
    fn components(of: &Value, found: &mut BTreeSet<(Algorithm, String)>) {
        for part in of["components"].as_array().into_iter().flatten() {
            component(part, found);
        }
    }
    let mut found = BTreeSet::new();
    components(document, &mut found);
    component(&document["metadata"]["component"], &mut found);
    found
}

fn collected(bom: &Bom) -> BTreeSet<(Algorithm, String)> {
    bom.entries()
        .flat_map(|entry| entry.digests())
        .map(|digest| (digest.algorithm(), digest.to_hex()))
        .collect()
}

#[test]
fn cyclonedx_files_give_exactly_the_digests_that_are_in_them() {
    let Some(folder) = support::shared("data/bom/cyclonedx") else { return };
    let (mut read_boms, mut digests) = (0, 0);
    for path in ["1.5", "1.6", "1.7"].iter().flat_map(|version| files(&folder.join(version))) {
        let name = file_name(&path);
        let input = fs::read(&path).unwrap();
        let result = read(&input, input.len());
        for piece_bytes in [1, 7, 4_096] {
            assert_eq!(read(&input, piece_bytes), result, "{name} in pieces of {piece_bytes}");
        }
        let refused = match name.starts_with("valid-") {
            true => REFUSED_BOMS.iter().any(|(refused, _)| *refused == name),
            false => REFUSED_INVALID_BOMS.iter().any(|family| name.starts_with(family)),
        };
        assert_eq!(result.is_err(), refused, "{name}: {result:?}");
        let Ok(bom) = result else { continue };
        let document: Value = serde_json::from_slice(&input).unwrap();
        let expected = walk(&document);
        assert_eq!(collected(&bom), expected, "{name}");
        for (algorithm, hex) in &expected {
            assert!(bom.contains(&Digest::from_hex(*algorithm, hex).unwrap()), "{name}");
        }
        read_boms += 1;
        digests += expected.len();
    }
    assert!(read_boms > 100 && digests > 10, "{read_boms} BOMs with {digests} digests");
}

#[test]
fn cyclonedx_1_4_and_2_0_are_refused_by_version() {
    let Some(folder) = support::shared("data/bom/cyclonedx") else { return };
    for (version, words) in [("1.4", "found `1.4`"), ("2.0", "found a draft of 2.0")] {
        for path in files(&folder.join(version)) {
            let name = file_name(&path);
            let error = read(&fs::read(&path).unwrap(), 512).unwrap_err();
            let by_format = name.starts_with("invalid-bomformat-1.4");
            assert!(by_format || error.message().contains(words), "{name}: {error}");
        }
    }
}

#[test]
fn ml_boms_of_real_models_are_read() {
    let Some(folder) = support::shared("data/bom/ml-bom") else { return };
    for path in
        files(&folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == "json"))
    {
        let input = fs::read(&path).unwrap();
        let bom = read(&input, 1_000).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(collected(&bom), walk(&serde_json::from_slice(&input).unwrap()));
        assert!(!bom.is_complete(), "{}", path.display());
    }
}

/// JSON that often looks like a BOM, and sometimes is broken.
fn documents() -> impl Strategy<Value = Vec<u8>> {
    let leaf = prop_oneof![
        Just(r#""CycloneDX""#.to_owned()),
        Just("\"sha\\u0000\\ud83d\\ude00é\"".to_owned()),
        Just("1e5".to_owned()),
        Just("null".to_owned()),
        Just(format!(r#"[{{"alg":"SHA-256","content":"{}"}}]"#, "a1".repeat(32))),
        Just(r#"[{"alg":"MD5","content":"00"}]"#.to_owned()),
        "[ -~]{0,6}",
    ];
    let names = prop::sample::select(vec![
        "components",
        "component",
        "metadata",
        "hashes",
        "externalReferences",
        "name",
        "bom-ref",
        "compositions",
        "assemblies",
        "aggregate",
        "type",
        "x",
    ]);
    let value = leaf.prop_recursive(5, 40, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4)
                .prop_map(|all| format!("[{}]", all.join(", "))),
            prop::collection::vec((names.clone(), inner), 0..4).prop_map(|all| {
                let members: Vec<String> =
                    all.iter().map(|(name, value)| format!("\"{name}\" :\n{value}")).collect();
                format!("{{{}}}", members.join(","))
            }),
        ]
    });
    value.prop_map(|value| {
        format!(r#"{{"bomFormat":"CycloneDX","specVersion":"1.7","components":{value}}}"#)
            .into_bytes()
    })
}

proptest! {
    #[test]
    fn cutting_never_changes_the_result(document in documents(), cuts in prop::collection::vec(1_usize..40, 1..20)) {
        let whole = read(&document, document.len());
        let mut reader = BomReader::new(BomLimits::default());
        let mut rest = document.as_slice();
        let mut pushed = Ok(());
        for cut in cuts.iter().cycle() {
            let (piece, after) = rest.split_at((*cut).min(rest.len()));
            pushed = reader.push(piece);
            rest = after;
            if rest.is_empty() || pushed.is_err() {
                break;
            }
        }
        prop_assert_eq!(pushed.and_then(|()| reader.finish()), whole);
    }

    #[test]
    fn bytes_of_any_kind_never_panic_and_agree_with_serde_json(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..40),
            prop::collection::vec(prop::sample::select(b"{}[]\",:\\u0d8n1.e-t \n\xC3\xA9".to_vec()), 0..40),
        ],
    ) {
        let strict = parse(&bytes, 3);
        let _ = read(&bytes, 3);
        if strict.is_ok() {
            prop_assert!(serde_json::from_slice::<Value>(&bytes).is_ok(), "accepted what serde_json refuses");
        }
    }
}
