//! Items measured under a folder.

use std::io::{BufRead, BufReader, Write};

use crate::run::{Folder, Run, decision, submission};

fn folder() -> Folder {
    let folder = Folder::new();
    folder.write("data/a.png", "pixels of a");
    folder.write("data/deep/b.png", "pixels of b");
    folder.write("secret.txt", "outside");
    let run = folder.labelgate(&["bom", "build", "data", "-o", "bom.json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    folder
}

fn check(folder: &Folder, lines: &str) -> Run {
    folder.write("s.ndjson", lines);
    let bom = ["--bom", "bom.json", "--unsigned", "--items", "data"];
    folder.labelgate(&[&["check", "--json"], bom.as_slice(), &["s.ndjson"]].concat())
}

#[test]
fn what_was_built_is_accepted_and_what_was_changed_is_refused() {
    let folder = folder();
    let lines = submission("1", "a", "a.png", "x") + &submission("2", "a", "deep/b.png", "x");
    let run = check(&folder, &lines);
    assert_eq!(run.decisions(), ["accept", "accept"]);
    assert_eq!(run.code, Some(0));
    folder.write("data/a.png", "other pixels");
    let run = check(&folder, &lines);
    assert_eq!(run.decisions(), ["reject item-altered", "accept"]);
    let reason = &run.json()[0]["reasons"][0];
    // printf 'other pixels' | sha256sum; printf 'pixels of a' | sha256sum
    assert_eq!(
        reason["measured"]["value"],
        "sha256:0bb6de8237e3afd2c19546f25cec9176c09c74b464d1254793058f396d512bed"
    );
    assert_eq!(
        reason["threshold"]["value"],
        "sha256:b687023eb3d46e585ded36b9ca411198b1a1b6b8c4f32829392db3ab057868ac"
    );
}

#[test]
fn the_file_counts_and_not_what_the_sender_claims() {
    let folder = folder();
    let claims = |digest: &str| {
        format!(
            "{{\"id\":\"1\",\"annotator\":\"a\",\"item\":{{\"id\":\"7\",\"name\":\"a.png\",\
             \"digest\":{{{digest}}}}},\"label\":{{\"class\":\"x\"}}}}\n"
        )
    };
    let wrong = format!("\"sha256\":\"{}\"", "0".repeat(64));
    assert_eq!(check(&folder, &claims(&wrong)).decisions(), ["accept"]);
    assert_eq!(check(&folder, &claims("\"md5\":\"x\"")).decisions(), ["accept"]);
    folder.write("data/a.png", "other pixels");
    // The digest that was published, for bytes that are no longer those.
    let bom: serde_json::Value = serde_json::from_slice(&folder.read("bom.json")).unwrap();
    let published = &bom["components"][0]["components"][0]["hashes"][0]["content"];
    let right = format!("\"sha256\":{published}");
    assert_eq!(check(&folder, &claims(&right)).decisions(), ["reject item-altered"]);
}

#[test]
fn names_that_lead_out_of_the_folder_are_held() {
    let folder = folder();
    let outside = folder.path("secret.txt");
    for name in ["../secret.txt", "deep/../../secret.txt", outside.to_str().unwrap()] {
        let run = check(&folder, &submission("1", "a", name, "x"));
        assert_eq!(run.decisions(), ["review unchecked"], "{name}");
        let message = &run.json()[0]["reasons"][0]["message"];
        assert_eq!(*message, "the item's name leads out of the folder of items", "{name}");
    }
}

#[cfg(unix)]
#[test]
fn a_symbolic_link_leads_nowhere_else_either() {
    let folder = folder();
    std::os::unix::fs::symlink(folder.path("secret.txt"), folder.path("data/link.png")).unwrap();
    std::os::unix::fs::symlink("a.png", folder.path("data/inside.png")).unwrap();
    let lines = submission("1", "a", "link.png", "x") + &submission("2", "a", "inside.png", "x");
    let run = check(&folder, &lines);
    // The second has the bytes of a listed item; its own name is not listed.
    assert_eq!(run.decisions(), ["review unchecked", "accept"]);
}

#[test]
fn an_item_that_cannot_be_read_is_held_unless_something_is_proven() {
    let folder = folder();
    let bad_times = r#"{"id":"3","annotator":"a","item":{"id":"deep"},"label":{"class":"x"},"started_at":"2026-11-23T10:00:01Z","submitted_at":"2026-11-23T10:00:00Z"}"#;
    let lines = submission("1", "a", "gone.png", "x") + &submission("2", "a", "deep", "x");
    let run = check(&folder, &format!("{lines}{bad_times}\n"));
    assert_eq!(run.decisions()[..2], ["review unchecked", "review unchecked"]);
    assert_eq!(
        run.json()[0]["reasons"][0]["message"],
        "the item's file cannot be read: no such file or directory"
    );
    assert_eq!(
        run.json()[1]["reasons"][0]["message"],
        "the item's file cannot be read: it is not a file"
    );
    assert_eq!(run.json()[2]["decision"], "reject");
    assert!(run.out.contains("impossible-clock"));
}

#[test]
fn each_file_is_hashed_once() {
    let folder = folder();
    let bom = ["--bom", "bom.json", "--unsigned", "--items", "data"];
    let mut child = folder.start(&[&["check", "--json"], bom.as_slice(), &["-"]].concat());
    let mut input = child.stdin.take().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut ask = |id: &str, annotator: &str| {
        input.write_all(submission(id, annotator, "a.png", "x").as_bytes()).unwrap();
        let line = output.next().unwrap().unwrap();
        decision(&serde_json::from_str(&line).unwrap())
    };
    assert_eq!(ask("1", "a"), "accept");
    folder.write("data/a.png", "changed while the run goes on");
    assert_eq!(ask("2", "b"), "accept");
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
