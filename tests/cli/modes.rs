//! What stands behind the items must be chosen; and exit codes.

use crate::run::{Folder, submission};

const EMPTY_BOM: &str = r#"{"bomFormat":"CycloneDX","specVersion":"1.7"}"#;

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("s.ndjson", submission("1", "a", "i", "x"));
    folder.write("bom.json", EMPTY_BOM);
    folder.write("none.json", r#"{"bom":{"trust":"none"}}"#);
    folder.write("unsigned.json", r#"{"bom":{"trust":"unsigned-for-development"}}"#);
    folder.write("pinned.json", r#"{"bom":{"trust":"pinned-key"}}"#);
    folder.write("key.pem", "");
    folder
}

#[test]
fn one_way_must_be_chosen() {
    let folder = folder();
    let fails = |arguments: &[&str]| {
        let run = folder.labelgate(&[&["check"], arguments, &["s.ndjson"]].concat());
        assert!(run.out.is_empty(), "{run:?}");
        run.failure().to_owned()
    };
    assert!(fails(&[]).starts_with("expected `--bom FILE` and `--key FILE`"));
    assert!(fails(&["--policy", "pinned.json"]).starts_with("expected `--bom FILE` and"));
    assert!(fails(&["--bom", "bom.json"]).starts_with("expected `--key FILE` with `--bom`"));
    assert!(fails(&["--no-bom", "--bom", "bom.json"]).contains("cannot be used with"));
    assert!(fails(&["--unsigned"]).contains("--bom <FILE>"));
    assert!(fails(&["--items", "."]).contains("--bom <FILE>"));
    for option in [["--unsigned"].as_slice(), &["--items", "."], &["--key", "key.pem"]] {
        assert!(fails(&[&["--no-bom"], option].concat()).contains("cannot be used with"));
    }
    assert!(
        fails(&["--bom", "bom.json", "--unsigned", "--key", "key.pem"])
            .contains("cannot be used with")
    );
    assert!(fails(&["--policy", "unsigned.json"]).starts_with("expected `--bom FILE`"));
    assert!(
        fails(&["--policy", "none.json", "--bom", "bom.json"])
            .contains("the policy says `none` for `bom.trust`")
    );
}

#[test]
fn a_signed_bom_is_taken_by_its_key_and_by_no_other() {
    let folder = folder();
    folder.write("data/cat.txt", "cat");
    folder.write("s.ndjson", submission("1", "a", "cat.txt", "x"));
    for command in [
        ["bom", "keygen", "--out", "key.jwk"].as_slice(),
        &["bom", "keygen", "--out", "other.jwk"],
        &["bom", "build", "data", "-o", "bom.json"],
        &["bom", "sign", "bom.json", "--key", "key.jwk", "-o", "signed.json"],
    ] {
        assert_eq!(folder.labelgate(command).code, Some(0), "{command:?}");
    }
    let check = |bom: &str, key: &str| {
        let arguments =
            ["check", "--bom", bom, "--key", key, "--items", "data", "--json", "s.ndjson"];
        folder.labelgate(&arguments).json().remove(0)
    };
    assert_eq!(check("signed.json", "key.pub.jwk")["decision"], "accept");
    for (bom, key, refusal) in [
        ("signed.json", "other.pub.jwk", "key-not-pinned"),
        ("bom.json", "key.pub.jwk", "no-signature"),
    ] {
        let verdict = check(bom, key);
        assert_eq!(verdict["reasons"][0]["code"], "bom-untrusted");
        assert_eq!(verdict["reasons"][0]["measured"]["value"], refusal);
    }
    let private =
        folder.labelgate(&["check", "--bom", "signed.json", "--key", "key.jwk", "s.ndjson"]);
    assert!(private.failure().contains("private"), "{private:?}");
}

#[test]
fn an_older_bom_is_refused_by_a_memory_that_has_seen_a_newer_one() {
    let folder = folder();
    folder.write("data/cat.txt", "cat");
    folder.write("s.ndjson", submission("1", "a", "cat.txt", "x"));
    for command in [
        ["bom", "keygen", "--out", "key.jwk"].as_slice(),
        &["bom", "build", "data", "-o", "1.json"],
        &["bom", "update", "1.json", "data", "--force", "-o", "2.json"],
        &["bom", "sign", "1.json", "--key", "key.jwk", "-o", "signed-1.json"],
        &["bom", "sign", "2.json", "--key", "key.jwk", "-o", "signed-2.json"],
    ] {
        let run = folder.labelgate(command);
        assert_eq!(run.code, Some(0), "{command:?} {run:?}");
    }
    let check = |bom: &str| {
        let run = folder.labelgate(&[
            "check",
            "--bom",
            bom,
            "--key",
            "key.pub.jwk",
            "--items",
            "data",
            "--memory",
            "m",
            "--json",
            "s.ndjson",
        ]);
        run.json().remove(0)
    };
    assert_eq!(check("signed-2.json")["decision"], "accept");
    assert_eq!(check("signed-1.json")["reasons"][0]["code"], "bom-rollback");
}

#[test]
fn every_verdict_says_what_stands_behind_the_items() {
    let folder = folder();
    for (arguments, trust) in [
        (["--no-bom", "--json"].as_slice(), "none"),
        (&["--policy", "none.json", "--json"], "none"),
        (&["--no-bom", "--policy", "pinned.json", "--json"], "none"),
        (&["--bom", "bom.json", "--unsigned", "--json"], "unsigned-for-development"),
        (&["--bom", "bom.json", "--policy", "unsigned.json", "--json"], "unsigned-for-development"),
    ] {
        let run = folder.labelgate(&[&["check"], arguments, &["s.ndjson"]].concat());
        assert_eq!(run.json()[0]["bom"], trust, "{run:?}");
    }
}

#[test]
fn exit_codes_tell_accepted_from_held_from_unreadable() {
    let folder = folder();
    folder.write("twice.ndjson", submission("1", "a", "i", "x").repeat(2));
    let code = |arguments: &[&str]| folder.labelgate(arguments).code;
    assert_eq!(code(&["check", "--no-bom", "s.ndjson"]), Some(0));
    assert_eq!(code(&["check", "--no-bom", "twice.ndjson"]), Some(1));
    assert_eq!(code(&["check", "--no-bom", "--summary", "twice.ndjson"]), Some(1));
    assert_eq!(code(&["check", "--no-bom", "missing.ndjson"]), Some(2));
    assert_eq!(code(&["check", "--no-bom"]), Some(2));
    assert_eq!(code(&["check", "--no-bom", "--no-such-option", "s.ndjson"]), Some(2));
    assert_eq!(code(&[]), Some(2));
}

#[test]
fn what_cannot_be_read_is_named_with_what_was_expected() {
    let folder = folder();
    folder.write("bad-policy.json", r#"{"alfa":1}"#);
    folder.write("bad-bom.json", "{\"bomFormat\":\n\"SPDX\"}");
    folder.write("bad-gold.json", r#"{"i":[]}"#);
    folder.write("gold.txt", "");
    let fails = |arguments: &[&str]| {
        folder.labelgate(&[&["check"], arguments].concat()).failure().to_owned()
    };
    let no_bom = |more: &[&str]| fails(&[&["--no-bom"], more].concat());
    assert_eq!(no_bom(&["no.ndjson"]), "cannot read `no.ndjson`: no such file or directory");
    assert_eq!(no_bom(&["s.ndjson", "."]), "cannot read `.`: is a directory");
    assert!(no_bom(&["-", "-"]).starts_with("expected `-` once"));
    let policy = no_bom(&["--policy", "bad-policy.json", "s.ndjson"]);
    assert!(policy.contains("`bad-policy.json`") && policy.contains("alfa"), "{policy}");
    let bom = fails(&["--unsigned", "--bom", "bad-bom.json", "s.ndjson"]);
    assert!(bom.contains("`bad-bom.json`: expected") && bom.contains("line 2"), "{bom}");
    let missing = fails(&["--unsigned", "--bom", "no.json", "s.ndjson"]);
    assert_eq!(missing, "cannot read `no.json`: no such file or directory");
    let gold = no_bom(&["--gold", "bad-gold.json", "s.ndjson"]);
    assert!(gold.contains("expected at least one accepted label"), "{gold}");
    assert!(no_bom(&["--gold", "gold.txt", "s.ndjson"]).contains("ends in `.json` or `.csv`"));
    let items = fails(&["--unsigned", "--bom", "bom.json", "--items", "no", "s.ndjson"]);
    assert_eq!(items, "cannot read `no`: no such file or directory");
}

#[test]
fn an_empty_file_is_told_and_is_no_failure() {
    let folder = Folder::new();
    folder.write("empty.ndjson", "\n\n");
    let run = folder.labelgate(&["check", "--no-bom", "--json", "empty.ndjson"]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""));
    assert_eq!(run.err, "labelgate: no submission in `empty.ndjson`\n");
}
