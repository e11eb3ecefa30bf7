//! Every file of the corpus that others wrote, what was expected of it and what labelgate says.
//!
//! `cargo test --test bom_corpus -- --nocapture` prints the table, file by file.
//! `UPDATE_CORPUS=1 cargo test --test bom_corpus` writes `docs/bom-corpus.md`: the counts, and each file of
//! which we say something else, or do not decide, with the reason. A file that is neither judged nor listed so
//! fails.

#![cfg(all(not(target_arch = "wasm32"), feature = "all-hashes", feature = "ecdsa"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // a test may fail

mod support;

#[path = "bom_corpus/cyclonedx.rs"]
mod cyclonedx;
#[path = "bom_corpus/decision.rs"]
mod decision;
#[path = "bom_corpus/hashes.rs"]
mod hashes;
#[path = "bom_corpus/hex.rs"]
mod hex;
#[path = "bom_corpus/jcs.rs"]
mod jcs;
#[path = "bom_corpus/jsf.rs"]
mod jsf;
#[path = "bom_corpus/json_parsing.rs"]
mod json_parsing;
#[path = "bom_corpus/manifest.rs"]
mod manifest;
#[path = "bom_corpus/manifests.rs"]
mod manifests;
#[path = "bom_corpus/merkle.rs"]
mod merkle;
#[path = "bom_corpus/notes.rs"]
mod notes;
#[path = "bom_corpus/oms.rs"]
mod oms;
#[path = "bom_corpus/signatures.rs"]
mod signatures;
#[path = "bom_corpus/sigstore.rs"]
mod sigstore;
#[path = "bom_corpus/table.rs"]
mod table;

use std::path::Path;

use decision::{Decision, Standing};
use manifest::{Case, Corpus, Row};

/// Says what labelgate does with a file, and whether that was expected.
type Judge = fn(&Case) -> Decision;

/// Who judges the files of which folder.
const JUDGES: &[(&str, Judge)] = &[
    ("croissant/", manifests::croissant),
    ("cyclonedx/", cyclonedx::verdict),
    ("cyclonedx-schema/", schema),
    ("dsse/", notes::dsse),
    ("ed25519-cctv/", signatures::ed25519),
    ("hashes/", hashes::verdict),
    ("jcs/", jcs::verdict),
    ("jsf/", jsf::verdict),
    ("json-parsing/", json_parsing::verdict),
    ("merkle-rfc6962/", merkle::verdict),
    ("ml-bom/", cyclonedx::ml_bom),
    ("notes/", notes::verdict),
    ("oms/", oms::verdict),
    ("sigstore-conformance/", sigstore::verdict),
    ("spdx3/", manifests::spdx),
    ("wycheproof/", signatures::wycheproof),
];

fn schema(_: &Case) -> Decision {
    Decision::not_decided(
        "not read",
        "a JSON Schema; BOMs are read by rules of labelgate's own, and those it writes are held \
         against the official schemas in the tests of the package",
    )
}

#[test]
fn every_file_of_the_manifest_is_judged_or_listed_as_not_decided() {
    let Some(corpus) = Corpus::open() else { return };
    assert!(corpus.rows.len() > 1_000, "{} rows are not the corpus", corpus.rows.len());
    let judged = table::judge(&corpus, |row| verdict(&corpus, row));
    print!("{}\n{}", table::counts(&judged), table::rows(&judged));
    let wrong = table::wrong(&judged);
    assert!(wrong.is_empty(), "another verdict than expected:\n{}", wrong.join("\n"));
    let strays = corpus.strays();
    assert!(strays.is_empty(), "the folder is not what its manifest says:\n{}", strays.join("\n"));
    compare_document(&document(&judged));
}

fn verdict(corpus: &Corpus, row: &Row) -> Decision {
    match JUDGES.iter().find(|(folder, _)| row.path.starts_with(folder)) {
        Some((_, judge)) => judge(&corpus.case(row)),
        None => Decision::wrong("nobody judges it"),
    }
}

#[test]
fn no_file_is_passed_over() {
    let Some(mut corpus) = Corpus::open() else { return };
    let row = corpus.rows.pop().unwrap();
    assert_eq!(corpus.strays(), [format!("{}: not in MANIFEST.tsv", row.path)]);
    let again = corpus.rows[0].path.clone();
    corpus.rows.push(row);
    corpus.rows.push(Row::new(&again, "accept"));
    assert_eq!(corpus.strays(), [format!("{again}: no such file, or a second row")]);
    let nobody = Row::new("another-folder/file.json", "accept");
    assert!(matches!(verdict(&corpus, &nobody).standing, Standing::Wrong));
}

fn document(judged: &[table::Judged]) -> String {
    let differs = table::by_reason(judged, |standing| match standing {
        Standing::Differs(reason) => Some(reason),
        _ => None,
    });
    let not_decided = table::by_reason(judged, |standing| match standing {
        Standing::NotDecided(reason) => Some(reason),
        _ => None,
    });
    format!(
        "# What labelgate says of files that others wrote\n\n\
         Written by `UPDATE_CORPUS=1 cargo test --test bom_corpus`; the same test without it fails when this\n\
         page is not true any more. `cargo test --test bom_corpus -- --nocapture` prints every file, also those\n\
         that agree. The files are not in this repository: they lie beside the checkout, each with its source\n\
         and what is expected of it.\n\n\
         \"Agree\": the verdict is the expected one. \"Differ\": it is another one, on purpose. \"Not decided\":\n\
         not for labelgate to judge, or not by this build; such a file is never trusted.\n\n\
         {}\n## Where the verdict differs\n{differs}\n## What is not decided\n{not_decided}",
        table::counts(judged)
    )
}

fn compare_document(text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/bom-corpus.md");
    if std::env::var_os("UPDATE_CORPUS").is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == text, "docs/bom-corpus.md is not true: UPDATE_CORPUS=1 writes it anew");
}
