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
    assert!(fails(&[]).starts_with("expected `--bom FILE --unsigned`"));
    assert!(fails(&["--policy", "pinned.json"]).starts_with("expected `--bom FILE --unsigned`"));
    assert!(fails(&["--bom", "bom.json"]).starts_with("expected `--key FILE` or `--unsigned`"));
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
fn a_key_is_taken_and_told_that_it_cannot_be_used_yet() {
    let run = folder().labelgate(&["check", "--bom", "bom.json", "--key", "key.pem", "s.ndjson"]);
    assert_eq!(
        run.failure(),
        "signatures cannot be verified by this version yet; for development, use `--unsigned` in \
         place of `--key` to check against the BOM as it is"
    );
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
