//! `labelgate bom verify`, over folders that were built and signed by the commands themselves.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::run::{Folder, Run};

/// A folder `data` of so many files, its signed BOM `signed.json`, and keys `key` and `other`.
fn signed(files: usize) -> Folder {
    let folder = Folder::new();
    for number in 0..files {
        folder.write(&name(number), format!("content of file {number}"));
    }
    done(&folder, &["bom", "keygen", "--out", "key.jwk"]);
    done(&folder, &["bom", "keygen", "--algorithm", "es256", "--out", "other.jwk"]);
    done(&folder, &["bom", "build", "data", "-o", "bom.json"]);
    done(&folder, &["bom", "sign", "bom.json", "--key", "key.jwk", "-o", "signed.json"]);
    folder
}

fn name(number: usize) -> String {
    format!("data/part-{:02}/{number:06}.txt", number % 40)
}

fn done(folder: &Folder, arguments: &[&str]) -> Run {
    let run = folder.labelgate(arguments);
    assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
    run
}

/// The report of a run, whose exit code must say the same as it.
fn verify(folder: &Folder, more: &[&str]) -> Value {
    let run = folder.labelgate(&[&["bom", "verify", "--json"], more].concat());
    let report = run.json().pop().unwrap_or_else(|| panic!("{run:?}"));
    assert_eq!(run.code, Some(if report["verified"] == true { 0 } else { 1 }), "{run:?}");
    report
}

/// The paths of the differences, by kind.
fn differences(report: &Value) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    for difference in report["differences"].as_array().unwrap() {
        let paths = [text(&difference["path"]), text(&difference["other"])];
        let kind = text(&difference["kind"]).unwrap();
        all.entry(kind).or_default().extend(paths.into_iter().flatten());
    }
    all
}

fn below(name: &str) -> String {
    name.strip_prefix("data/").unwrap().to_owned()
}

/// Everything that can be done to a published folder, one after the other, each undone before the next.
fn every_change_is_named(files: usize) {
    let folder = signed(files);
    let key = ["signed.json", "--key", "key.pub.jwk", "data"];
    let report = verify(&folder, &key);
    assert_eq!(report["verified"], true, "{report}");
    assert_eq!(report["files"]["matched"], files);
    let expect = |what: &str, paths: &[String]| {
        let report = verify(&folder, &key);
        assert_eq!(report["verified"], false);
        let expected = BTreeMap::from([(what.to_owned(), paths.to_vec())]);
        assert_eq!(differences(&report), expected);
        assert_eq!(report["signature"]["state"], "good");
        report
    };

    // One bit of one byte.
    let flipped = name(files / 2);
    let content = folder.read(&flipped);
    let mut other = content.clone();
    other[3] ^= 1;
    folder.write(&flipped, &other);
    let report = expect("altered", &[below(&flipped)]);
    let hashes = &report["differences"][0];
    assert_eq!(hashes["expected"][0], sha256(&content));
    assert_eq!(hashes["measured"][0], sha256(&other));
    folder.write(&flipped, &content);

    folder.write("data/part-00/added.txt", "nobody published this");
    expect("extra", &["part-00/added.txt".to_owned()]);
    std::fs::remove_file(folder.path("data/part-00/added.txt")).unwrap();

    let removed = name(files - 1);
    let content = folder.read(&removed);
    std::fs::remove_file(folder.path(&removed)).unwrap();
    expect("missing", &[below(&removed)]);
    // Under another name.
    folder.write("data/renamed.txt", &content);
    expect("moved", &[below(&removed), "renamed.txt".to_owned()]);
    std::fs::remove_file(folder.path("data/renamed.txt")).unwrap();
    folder.write(&removed, &content);

    let (one, two) = (name(3), name(7));
    let (of_one, of_two) = (folder.read(&one), folder.read(&two));
    folder.write(&one, &of_two);
    folder.write(&two, &of_one);
    let report = expect("swapped", &[below(&one), below(&two)]);
    assert_eq!(report["files"]["swapped"], 2);
    // Not a swap: one of them has the other's bytes, and the other its own.
    folder.write(&two, &of_two);
    let report = expect("altered", &[below(&one), below(&two)]);
    assert_eq!(report["files"]["altered"], 1);
    folder.write(&one, &of_one);

    // A key swapped: somebody else signed the same BOM.
    done(&folder, &["bom", "sign", "bom.json", "--key", "other.jwk", "-o", "forged.json"]);
    let report = verify(&folder, &["forged.json", "--key", "key.pub.jwk", "data"]);
    assert_eq!(report["verified"], false);
    assert_eq!(report["signature"]["state"], "refused");
    assert_eq!(report["signature"]["code"], "key-not-pinned");
    assert_eq!(
        verify(&folder, &["forged.json", "--key", "other.pub.jwk", "data"])["verified"],
        true
    );

    // The signature stripped.
    let report = verify(&folder, &["bom.json", "--key", "key.pub.jwk", "data"]);
    assert_eq!(report["signature"]["code"], "no-signature");
    assert_eq!(report["verified"], false);

    // One digit of the signed BOM.
    let signed = String::from_utf8(folder.read("signed.json")).unwrap();
    let digest = sha256(&of_one).split_off("sha256:".len());
    folder.write("changed.json", signed.replace(&digest, &sha256(b"poison")["sha256:".len()..]));
    let report = verify(&folder, &["changed.json", "--key", "key.pub.jwk", "data"]);
    assert_eq!(report["signature"]["code"], "bad-signature");
    assert_eq!(report["differences"][0]["path"], below(&one));

    // The BOM replayed at an older version.
    folder.write(&one, "the second version");
    done(&folder, &["bom", "update", "signed.json", "data", "-o", "bom-2.json"]);
    done(&folder, &["bom", "sign", "bom-2.json", "--key", "key.jwk", "-o", "signed-2.json"]);
    let with_state = |bom: &str| {
        verify(&folder, &[bom, "--key", "key.pub.jwk", "--state", "newest.state", "data"])
    };
    assert_eq!(with_state("signed-2.json")["verified"], true);
    folder.write(&one, &of_one);
    let report = with_state("signed.json");
    assert_eq!(report["freshness"]["code"], "bom-rollback");
    assert_eq!(report["freshness"]["message"], "it is version 1, and version 2 was seen before");
    assert_eq!(
        (&report["verified"], &report["files"]["altered"]),
        (&Value::from(false), &0.into())
    );
}

fn sha256(bytes: &[u8]) -> String {
    let mut hasher = labelgate::digest::Hasher::new(labelgate::digest::Algorithm::Sha256);
    hasher.update(bytes);
    hasher.finish().to_string()
}

#[test]
fn every_change_to_a_published_folder_is_named() {
    every_change_is_named(2_000);
}

#[test]
#[ignore = "writes 100,000 files; run by `cargo test --test cli -- --ignored`"]
fn every_change_to_a_published_folder_of_100_000_files_is_named() {
    every_change_is_named(100_000);
}

#[test]
fn the_text_names_each_path_with_what_was_expected_and_measured() {
    let folder = signed(3);
    folder.write(&name(1), "poison");
    let run = folder.labelgate(&["bom", "verify", "signed.json", "--key", "key.pub.jwk", "data"]);
    assert_eq!((run.code, run.err.as_str()), (Some(1), ""));
    assert!(run.out.contains("files       2 matched, 1 altered, 0 missing, 0 extra"), "{run:?}");
    assert!(run.out.contains("altered     part-01/000001.txt\n            expected sha256:"));
    assert!(run.out.contains(&format!("            measured {}\n", sha256(b"poison"))), "{run:?}");
    let run = folder.labelgate(&["bom", "verify", "signed.json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert_eq!(run.err, "labelgate: no signature was checked; give `--key FILE`\n");
    assert!(run.out.contains("signature   NOT CHECKED"), "{run:?}");
    assert!(run.out.contains("files       not checked"), "{run:?}");
}

#[test]
fn a_threshold_counts_different_pinned_keys() {
    let folder = signed(2);
    done(&folder, &["bom", "keygen", "--algorithm", "es384", "--out", "third.jwk"]);
    for mode in ["--signers", "--chain"] {
        let keys = ["--key", "key.jwk", "--key", "other.jwk"];
        done(&folder, &[&["bom", "sign", "bom.json", mode, "-o", "two.json"], &keys[..]].concat());
        let verify = |keys: &[&str], threshold: &str| {
            let keys: Vec<&str> = keys.iter().flat_map(|key| ["--key", key]).collect();
            verify(&folder, &[&["two.json", "--threshold", threshold, "data"], &keys[..]].concat())
        };
        let (key, other, third) = ("key.pub.jwk", "other.pub.jwk", "third.pub.jwk");
        assert_eq!(verify(&[key, other], "2")["verified"], true, "{mode}");
        assert_eq!(verify(&[third, other], "1")["verified"], true, "{mode}");
        let report = verify(&[key, third], "2");
        assert_eq!(report["signature"]["code"], "threshold-not-met", "{mode}");
        assert!(report["signature"]["message"].as_str().unwrap().contains("good is that by"));
    }
}

#[test]
fn keys_are_not_mixed_up_and_a_wrong_call_says_what_was_expected() {
    let folder = signed(1);
    let fails = |arguments: &[&str]| {
        folder
            .labelgate(&[&["bom", "verify", "signed.json"], arguments].concat())
            .failure()
            .to_owned()
    };
    assert!(fails(&["--key", "key.jwk"]).ends_with("give the file that ends in `.pub.jwk`"));
    let twice = ["--key", "key.pub.jwk", "--key", "key.pub.jwk"];
    assert_eq!(fails(&twice), "expected each pinned key once");
    assert!(
        fails(&["--key", "key.pub.jwk", "--threshold", "2"]).starts_with("expected a threshold")
    );
    assert!(fails(&["--state", "x"]).contains("--key"));
    assert!(fails(&["--key", "key.pub.jwk", "nowhere"]).starts_with("cannot read `nowhere`"));
    assert!(!folder.path("x").exists());
}

#[test]
fn nothing_unsigned_is_remembered_as_the_newest() {
    let folder = signed(1);
    let report = verify(&folder, &["bom.json", "--key", "key.pub.jwk", "--state", "newest.state"]);
    assert_eq!(report["signature"]["code"], "no-signature");
    assert!(!folder.path("newest.state").exists());
}

#[test]
fn a_text_in_another_normal_form_is_the_same_item_only_where_the_bom_says_so() {
    let folder = Folder::new();
    folder.write("data/a.txt", "caf\u{e9}\r\n");
    done(&folder, &["bom", "build", "data", "--canonical", "utf8-nfc", "-o", "nfc.json"]);
    done(&folder, &["bom", "build", "data", "-o", "raw.json"]);
    folder.write("data/a.txt", "cafe\u{301}\r\n");
    assert_eq!(verify(&folder, &["nfc.json", "data"])["verified"], true);
    assert_eq!(verify(&folder, &["raw.json", "data"])["files"]["altered"], 1);
    folder.write("data/a.txt", "cafe\u{301}\n");
    assert_eq!(verify(&folder, &["nfc.json", "data"])["files"]["altered"], 1);
    folder.write("data/a.txt", b"\xff");
    assert_eq!(verify(&folder, &["nfc.json", "data"])["files"]["altered"], 1);
    let run =
        folder.labelgate(&["bom", "build", "data", "--canonical", "utf8-nfc", "-o", "x.json"]);
    assert_eq!(run.failure(), "cannot read `data/a.txt`: expected UTF-8 for `utf8-nfc`");
    folder.write("data/a.txt", "{ \"b\": 1.0, \"a\": [] }");
    done(&folder, &["bom", "build", "data", "--canonical", "jcs-json", "-o", "jcs.json"]);
    folder.write("data/a.txt", "{\"a\":[],\"b\":1}");
    assert_eq!(verify(&folder, &["jcs.json", "data"])["verified"], true);
    folder.write("data/a.txt", "{\"a\":[],\"a\":1}");
    assert_eq!(verify(&folder, &["jcs.json", "data"])["files"]["altered"], 1);
}

#[test]
fn all_strong_digests_of_an_item_must_match_and_weak_ones_prove_nothing() {
    let folder = Folder::new();
    folder.write("data/a", "abc");
    let good = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let sha512 = "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a\
                  2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";
    let check = |hashes: &[(&str, &str)]| {
        let hashes: Vec<String> = hashes
            .iter()
            .map(|(alg, content)| format!(r#"{{"alg":"{alg}","content":"{content}"}}"#))
            .collect();
        let hashes = hashes.join(",");
        folder.write("bom.json", format!(
            r#"{{"bomFormat":"CycloneDX","specVersion":"1.7","components":[{{"type":"file","name":"a","hashes":[{hashes}]}}]}}"#
        ));
        differences(&verify(&folder, &["bom.json", "data"])).into_keys().collect::<Vec<_>>()
    };
    assert!(check(&[("SHA-256", good), ("SHA-512", sha512)]).is_empty());
    assert_eq!(check(&[("SHA-256", good), ("SHA-512", &"0".repeat(128))]), ["altered"]);
    assert_eq!(check(&[("MD5", "900150983cd24fb0d6963f7d28e17f72")]), ["unproven"]);
}

#[cfg(unix)]
#[test]
fn a_listed_file_that_became_a_symbolic_link_is_missing() {
    let folder = signed(2);
    let content = folder.read(&name(0));
    folder.write("elsewhere.txt", content);
    std::fs::remove_file(folder.path(&name(0))).unwrap();
    std::os::unix::fs::symlink(folder.path("elsewhere.txt"), folder.path(&name(0))).unwrap();
    let report = verify(&folder, &["signed.json", "--key", "key.pub.jwk", "data"]);
    assert_eq!(differences(&report).into_keys().collect::<Vec<_>>(), ["missing"]);
}

#[test]
fn files_beside_the_data_are_told_and_may_be_allowed_unless_they_hold_listed_bytes() {
    let folder = signed(2);
    folder.write("data/notes.md", "mine");
    let allow = ["signed.json", "--key", "key.pub.jwk", "--allow-extra", "data"];
    let report = verify(&folder, &allow);
    assert_eq!((&report["verified"], &report["files"]["extra"]), (&Value::from(true), &1.into()));
    folder.write("data/copy", folder.read(&name(0)));
    assert_eq!(verify(&folder, &allow)["verified"], false);
}
