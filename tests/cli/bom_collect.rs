//! `labelgate bom collect`.

use labelgate::bom::Bom;
use serde_json::{Value, json};

use crate::run::{Folder, Run, submission};

fn done(folder: &Folder, arguments: &[&str]) -> Run {
    let run = folder.labelgate(arguments);
    assert_eq!(run.code, Some(0), "{arguments:?}: {run:?}");
    run
}

/// Items with a signed BOM, three submissions of which one is of bytes that nobody published, and their
/// verdicts.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("items/cat.png", "cat");
    folder.write("items/dog.png", "dog");
    done(&folder, &["bom", "keygen", "--out", "key.jwk"]);
    done(&folder, &["bom", "build", "items", "-o", "bom.json"]);
    done(&folder, &["bom", "sign", "bom.json", "--key", "key.jwk", "-o", "signed.json"]);
    folder.write("items/dog.png", "wolf");
    let lines = [("s-2", "cat.png"), ("s-1", "cat.png"), ("s-3", "dog.png")];
    let lines: String = lines
        .iter()
        .zip(1..)
        .map(|((id, item), n)| submission(id, &format!("ann-{n}"), item, "cat"))
        .collect();
    folder.write("labels.ndjson", lines);
    let check = ["check", "--bom", "bom.json", "--unsigned", "--items", "items", "--json"];
    let run = folder.labelgate(&[&check[..], &["labels.ndjson"]].concat());
    assert_eq!(run.code, Some(1), "{run:?}");
    folder.write("verdicts.ndjson", run.out);
    folder
}

#[test]
fn accepted_labels_are_listed_with_where_they_come_from() {
    let folder = folder();
    let arguments = [
        "bom",
        "collect",
        "labels.ndjson",
        "--verdicts",
        "verdicts.ndjson",
        "--bom",
        "signed.json",
        "--key",
        "key.pub.jwk",
        "--name",
        "pet-labels",
        "-o",
        "labels.json",
    ];
    let run = done(&folder, &arguments);
    assert!(run.err.starts_with("2 accepted submissions, "), "{run:?}");
    let bytes = folder.read("labels.json");
    let bom = Bom::from_slice(&bytes).unwrap();
    let names: Vec<&str> = bom.entries().map(|entry| entry.name()).collect();
    assert_eq!((names, bom.is_complete()), (vec!["s-1", "s-2"], true));
    let document: Value = serde_json::from_slice(&bytes).unwrap();
    let source = Bom::from_slice(&folder.read("signed.json")).unwrap();
    let uuid = source.serial_number().unwrap().strip_prefix("urn:uuid:").unwrap();
    assert_eq!(
        document["externalReferences"],
        json!([{
            "hashes": [{"alg": "SHA-256", "content": source.digest().to_hex()}],
            "type": "bom",
            "url": format!("urn:cdx:{uuid}/1"),
        }])
    );
    let workflow = &document["formulation"][0]["workflows"][0];
    let property = |name: &str| {
        let mut all = workflow["properties"].as_array().unwrap().iter();
        all.find(|property| property["name"] == name).unwrap()["value"].clone()
    };
    assert_eq!(property("labelgate:accepted"), "2");
    assert_eq!(property("labelgate:rejected"), "1");
    assert_eq!(property("labelgate:gate"), env!("CARGO_PKG_VERSION"));
    assert_eq!(property("labelgate:bom"), "unsigned-for-development");
    let policy = property("labelgate:policy");
    let verdicts = String::from_utf8(folder.read("verdicts.ndjson")).unwrap();
    assert!(verdicts.contains(policy.as_str().unwrap()));

    // The next one in the chain checks what it got.
    done(&folder, &["bom", "sign", "labels.json", "--key", "key.jwk", "-o", "labels.signed.json"]);
    let verify = |lines: &str| {
        folder.labelgate(&[
            "bom",
            "verify",
            "labels.signed.json",
            "--key",
            "key.pub.jwk",
            "--submissions",
            "--json",
            lines,
        ])
    };
    let labels = String::from_utf8(folder.read("labels.ndjson")).unwrap();
    let accepted: Vec<&str> = labels.lines().take(2).collect();
    folder.write("accepted.ndjson", accepted.join("\n\n"));
    assert_eq!(verify("accepted.ndjson").code, Some(0));
    folder.write("accepted.ndjson", accepted.join("\n").replacen("\"cat\"", "\"dog\"", 1));
    let run = verify("accepted.ndjson");
    assert_eq!((run.code, &run.json()[0]["differences"][0]["path"]), (Some(1), &json!("s-2")));
    let run = verify("labels.ndjson");
    assert_eq!((run.code, &run.json()[0]["files"]["extra"]), (Some(1), &json!(1)));
}

#[test]
fn verdicts_of_other_submissions_are_refused() {
    let folder = folder();
    let collect = |verdicts: &str| {
        folder.write("other.ndjson", verdicts);
        let run = folder.labelgate(&[
            "bom",
            "collect",
            "labels.ndjson",
            "--verdicts",
            "other.ndjson",
            "-o",
            "x.json",
        ]);
        assert!(!folder.path("x.json").exists());
        run.failure().to_owned()
    };
    let verdicts = String::from_utf8(folder.read("verdicts.ndjson")).unwrap();
    let lines: Vec<&str> = verdicts.lines().collect();
    let swapped = [lines[1], lines[0], lines[2]].join("\n");
    assert!(collect(&swapped).contains("expected the verdict in the same place"));
    assert!(
        collect(&lines[..2].join("\n")).contains("expected a verdict of the submission in line 3")
    );
    let more = format!("{verdicts}{}\n", lines[0]);
    assert!(collect(&more).contains("expected no verdict without a submission in line 4"));
    assert!(collect("{\"decision\":\"accept\"}").contains("expected a full verdict"));
    assert!(collect(&verdicts.replace("accept", "reject")).contains("at least one accepted"));
    // One id, two answers.
    let labels = String::from_utf8(folder.read("labels.ndjson")).unwrap();
    folder.write("labels.ndjson", labels.replace("s-2", "s-1"));
    assert!(
        collect(&verdicts.replace("s-2", "s-1"))
            .contains("expected each name once, found `s-1` again")
    );
    // A BOM that somebody else signed.
    done(&folder, &["bom", "keygen", "--out", "eve.jwk"]);
    let run = folder.labelgate(&[
        "bom",
        "collect",
        "labels.ndjson",
        "--verdicts",
        "verdicts.ndjson",
        "--bom",
        "signed.json",
        "--key",
        "eve.pub.jwk",
    ]);
    assert!(run.failure().contains("no signature is by a pinned key"), "{run:?}");
}
