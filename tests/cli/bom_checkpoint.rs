//! `labelgate bom checkpoint`, and what `bom verify` makes of it; BOMs in DSSE envelopes.

use serde_json::Value;

use crate::run::{Folder, Run};

fn done(folder: &Folder, arguments: &[&str]) -> Run {
    let run = folder.labelgate(arguments);
    assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
    run
}

/// Versions 1 and 2 of a signed BOM of `data`, which is as version 2 has it.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("data/a", "first");
    done(&folder, &["bom", "keygen", "--out", "key.jwk", "--origin", "pets.example/bom"]);
    done(&folder, &["bom", "build", "data", "-o", "bom-1.json"]);
    folder.write("data/a", "second");
    done(&folder, &["bom", "update", "bom-1.json", "data", "-o", "bom-2.json"]);
    for version in ["1", "2"] {
        let (bom, signed) = (format!("bom-{version}.json"), format!("signed-{version}.json"));
        done(&folder, &["bom", "sign", &bom, "--key", "key.jwk", "-o", &signed]);
    }
    folder
}

fn checkpoint(folder: &Folder, bom: &str, more: &[&str]) -> Run {
    let arguments = [
        "bom",
        "checkpoint",
        bom,
        "--key",
        "key.jwk",
        "--origin",
        "pets.example/bom",
        "--log",
        "pets.log",
        "-o",
        "checkpoint",
    ];
    folder.labelgate(&[&arguments[..], more].concat())
}

fn freshness(folder: &Folder, bom: &str, more: &[&str]) -> Value {
    let arguments =
        ["bom", "verify", "--json", bom, "--key", "key.pub.jwk", "--checkpoint", "checkpoint"];
    let run = folder.labelgate(&[&arguments[..], more].concat());
    let report = run.json().pop().unwrap_or_else(|| panic!("{run:?}"));
    assert_eq!(run.code, Some(if report["freshness"]["state"] == "good" { 0 } else { 1 }));
    report["freshness"].clone()
}

#[test]
fn a_checkpoint_says_which_version_is_in_force_and_until_when() {
    let folder = folder();
    let run = checkpoint(&folder, "signed-1.json", &["--expires", "30d"]);
    assert!(run.err.ends_with("number 1 in the log\n"), "{run:?}");
    assert_eq!(freshness(&folder, "signed-1.json", &[])["state"], "good");
    let report = freshness(&folder, "signed-2.json", &[]);
    assert_eq!(report["code"], "checkpoint-of-another-bom");

    let run = checkpoint(&folder, "signed-2.json", &["--expires", "2100-01-01"]);
    assert!(
        run.err.contains("version 2 is in force until 2100-01-01T00:00:00Z; number 2"),
        "{run:?}"
    );
    assert_eq!(freshness(&folder, "signed-2.json", &["data"])["state"], "good");
    let report = freshness(&folder, "signed-1.json", &[]);
    assert_eq!(report["code"], "bom-rollback");
    assert_eq!(report["message"], "it is version 1, and the checkpoint is of version 2");
    let report = freshness(&folder, "signed-2.json", &["--at", "2100-01-01T00:00:00Z"]);
    assert_eq!(report["code"], "bom-expired");
    assert_eq!(report["message"], "the checkpoint lapsed at 2100-01-01T00:00:00Z");

    // A new expiry for the same version keeps its place; an older version is not published again.
    let root = |folder: &Folder| {
        let text = String::from_utf8(folder.read("checkpoint")).unwrap();
        text.lines().skip(1).take(2).map(str::to_owned).collect::<Vec<_>>()
    };
    let before = root(&folder);
    assert_eq!(checkpoint(&folder, "signed-2.json", &["--expires", "12h"]).code, Some(0));
    assert_eq!(root(&folder), before);
    let log = String::from_utf8(folder.read("pets.log")).unwrap();
    assert_eq!(
        log.lines().map(|line| line.split(' ').next().unwrap()).collect::<Vec<_>>(),
        ["1", "2"]
    );
    let again = checkpoint(&folder, "signed-1.json", &["--expires", "30d"]);
    assert!(again.failure().contains("expected a version after 2"), "{again:?}");
    let past = checkpoint(&folder, "signed-2.json", &["--expires", "2020-01-01"]);
    assert_eq!(past.failure(), "expected `--expires` in the future, got `2020-01-01`");
}

#[test]
fn the_root_of_the_log_is_that_of_rfc_6962() {
    let folder = folder();
    for bom in ["signed-1.json", "signed-2.json"] {
        assert_eq!(checkpoint(&folder, bom, &["--expires", "1d"]).code, Some(0));
    }
    let hash = |parts: &[&[u8]]| {
        let mut hasher = labelgate::digest::Hasher::new(labelgate::digest::Algorithm::Sha256);
        parts.iter().for_each(|part| hasher.update(part));
        hasher.finish().as_bytes().to_vec()
    };
    let log = folder.read("pets.log");
    let lines: Vec<&[u8]> = log.split(|byte| *byte == b'\n').collect();
    let root = hash(&[&[1], &hash(&[&[0], lines[0]]), &hash(&[&[0], lines[1]])]);
    let text = String::from_utf8(folder.read("checkpoint")).unwrap();
    let written = text.lines().nth(2).unwrap();
    use base64ct::{Base64, Encoding};
    assert_eq!(written, Base64::encode_string(&root));
}

#[test]
fn a_checkpoint_by_another_key_or_with_a_changed_line_is_refused() {
    let folder = folder();
    assert_eq!(checkpoint(&folder, "signed-2.json", &["--expires", "1d"]).code, Some(0));
    let text = String::from_utf8(folder.read("checkpoint")).unwrap();
    folder.write("checkpoint", text.replace("\nversion 2\n", "\nversion 1\n"));
    assert_eq!(freshness(&folder, "signed-1.json", &[])["code"], "bad-signature");
    let keygen = ["bom", "keygen", "--out", "eve.jwk", "--origin", "pets.example/bom"];
    let told = done(&folder, &[&keygen[..], &["--json"]].concat()).json();
    let forged = checkpoint(&folder, "signed-2.json", &["--expires", "1d"]);
    assert_eq!(forged.code, Some(0));
    let arguments =
        ["bom", "checkpoint", "signed-2.json", "--key", "eve.jwk", "--origin", "pets.example/bom"];
    done(
        &folder,
        &[&arguments[..], &["--expires", "1d", "--log", "x.log", "-o", "checkpoint"]].concat(),
    );
    assert_eq!(freshness(&folder, "signed-2.json", &[])["code"], "key-not-pinned");
    // Unless that key is pinned for checkpoints.
    let line = told[0]["verifier_key"].as_str().unwrap();
    assert_eq!(freshness(&folder, "signed-2.json", &["--checkpoint-key", line])["state"], "good");
    let wants_witness = ["--checkpoint-key", line, "--witness", line, "--witness", "w+2bdd5ec1+AA"];
    assert!(
        folder
            .labelgate(
                &[
                    &[
                        "bom",
                        "verify",
                        "signed-2.json",
                        "--key",
                        "key.pub.jwk",
                        "--checkpoint",
                        "checkpoint"
                    ],
                    &wants_witness[..]
                ]
                .concat()
            )
            .failure()
            .starts_with("`w+")
    );
}

#[test]
fn the_log_only_grows_for_those_who_remember() {
    let folder = folder();
    let with_state = |bom: &str| freshness(&folder, bom, &["--state", "newest.state"]);
    for bom in ["signed-1.json", "signed-2.json"] {
        assert_eq!(checkpoint(&folder, bom, &["--expires", "1d"]).code, Some(0));
        assert_eq!(with_state(bom)["state"], "good");
    }
    // Another log of the same key that never had version 1.
    std::fs::remove_file(folder.path("pets.log")).unwrap();
    assert_eq!(checkpoint(&folder, "signed-2.json", &["--expires", "1d"]).code, Some(0));
    let report = with_state("signed-2.json");
    assert_eq!(report["code"], "bom-rollback");
    assert_eq!(
        report["message"],
        "its checkpoint counts 1 publications, and 2 were counted before"
    );
}

#[test]
fn a_bom_in_an_envelope_is_read_only_after_its_signature() {
    let folder = folder();
    done(&folder, &["bom", "keygen", "--algorithm", "es384", "--out", "other.jwk"]);
    done(&folder, &["bom", "sign", "bom-2.json", "--key", "key.jwk", "--dsse", "-o", "bom.dsse"]);
    let verify = |bom: &str, key: &str| {
        folder.labelgate(&["bom", "verify", "--json", bom, "--key", key, "data"])
    };
    let run = verify("bom.dsse", "key.pub.jwk");
    assert_eq!((run.code, &run.json()[0]["files"]["matched"]), (Some(0), &1.into()), "{run:?}");
    let run = verify("bom.dsse", "other.pub.jwk");
    assert_eq!((run.code, &run.json()[0]["bom"]), (Some(1), &Value::Null), "{run:?}");
    assert_eq!(run.json()[0]["signature"]["state"], "refused");
    assert_eq!(run.json()[0].get("files"), None);
    let envelope = String::from_utf8(folder.read("bom.dsse")).unwrap();
    folder.write("typed.dsse", envelope.replace("vnd.cyclonedx+json", "vnd.in-toto+json"));
    let run = verify("typed.dsse", "key.pub.jwk");
    assert_eq!((run.code, &run.json()[0]["signature"]["code"]), (Some(1), &"payload-type".into()));
    let run = folder.labelgate(&["bom", "show", "bom.dsse"]);
    assert!(run.failure().contains("expected `--key FILE` with a DSSE envelope"), "{run:?}");
}
