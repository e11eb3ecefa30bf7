//! Lines for people, the annotator's view, and the summary.

use crate::run::{Folder, submission};

/// A bot that is held from its third answer on, an honest annotator, a duplicate, and rubbish.
fn folder() -> Folder {
    let folder = Folder::new();
    let mut rows = String::from("task,worker,label,elapsed_ms\n");
    for n in 0..6 {
        rows.push_str(&format!("i{n},bot,x,200\ni{n},ann,x,9000\n"));
    }
    rows.push_str("i0,ann,y,9000\nrubbish\n");
    folder.write("s.csv", rows);
    folder
}

#[test]
fn each_verdict_is_one_line_that_says_why() {
    let run = folder().labelgate(&["check", "--no-bom", "s.csv"]);
    let lines: Vec<&str> = run.out.lines().collect();
    assert_eq!(lines.len(), 14);
    assert_eq!(lines[0], "accept  bot           i0");
    assert_eq!(
        lines[10],
        "review  bot           i5                    too-fast: 6 of 6 pages were answered in less \
         than their floor time; held since answer 3"
    );
    assert_eq!(
        lines[12],
        "reject  ann           i0                    duplicate: your answer to this item was \
         already taken"
    );
    assert_eq!(
        lines[13],
        "reject  s.csv:15                            malformed: expected 4 fields, found 1 at line 15"
    );
    assert_eq!(run.err, "14 submissions: 8 accepted, 4 held, 2 rejected\n");
}

#[test]
fn what_is_not_a_terminal_gets_no_colours_and_no_bar() {
    for arguments in
        [["check", "--no-bom", "s.csv"].as_slice(), &["check", "--no-bom", "--summary", "s.csv"]]
    {
        let run = folder().labelgate(arguments);
        assert!(!run.out.contains('\u{1b}') && !run.err.contains('\u{1b}'), "{run:?}");
        assert!(!run.err.contains("checking"), "{run:?}");
    }
}

#[test]
fn ids_cannot_give_orders_to_a_terminal() {
    let folder = Folder::new();
    let evil = r"\u001b[2J\u001b]0;owned\u0007\r\u202egnp.exe";
    folder.write("s.ndjson", submission("1", evil, evil, "x").repeat(2));
    for arguments in [
        ["check", "--no-bom", "s.ndjson"].as_slice(),
        &["check", "--no-bom", "--summary", "s.ndjson"],
    ] {
        let run = folder.labelgate(arguments);
        assert!(run.out.contains("[2J"), "{run:?}");
        for order in ['\u{1b}', '\u{7}', '\r', '\u{202e}'] {
            assert!(!run.out.contains(order), "{run:?}");
        }
    }
}

#[test]
fn the_annotators_view_keeps_the_secrets() {
    let run = folder().labelgate(&["check", "--no-bom", "--annotator-view", "s.csv"]);
    assert_eq!(run.json().len(), 14);
    assert!(run.out.contains("\"code\":\"too-fast\""));
    for secret in ["wealth", "threshold", "evidence", "400"] {
        assert!(!run.out.contains(secret), "{secret}");
    }
    let with_json =
        folder().labelgate(&["check", "--no-bom", "--annotator-view", "--json", "s.csv"]);
    let ids_differ_not = |text: &str| text.replace("s.csv", "");
    assert_eq!(ids_differ_not(&run.out), ids_differ_not(&with_json.out));
    folder().labelgate(&["check", "--no-bom", "--annotator-view", "--summary", "s.csv"]).failure();
}

#[test]
fn json_is_verdicts_and_nothing_else() {
    let run = folder().labelgate(&["check", "--no-bom", "--json", "s.csv"]);
    assert_eq!(run.json().len(), 14);
    assert_eq!(run.err, "");
}

#[test]
fn the_summary_is_a_table_of_annotators() {
    let run = folder().labelgate(&["check", "--no-bom", "--summary", "s.csv"]);
    let rows: Vec<Vec<&str>> =
        run.out.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(
        rows[0],
        [
            "annotator",
            "answers",
            "accepted",
            "held",
            "rejected",
            "disagrees",
            "gold-missed",
            "rate-burst",
            "too-fast",
            "decision",
            "held",
            "at"
        ]
    );
    assert_eq!(rows[1][..5], ["ann", "6", "6", "0", "1"]);
    assert_eq!(rows[1][9..], ["accept"]);
    assert_eq!(rows[2][..5], ["bot", "6", "2", "4", "0"]);
    assert_eq!(rows[2][9..], ["review", "3", "(too-fast)"]);
    assert_eq!(rows[3], ["(unreadable)", "0", "0", "0", "1", "-", "-", "-", "-", "accept"]);
    assert_eq!(rows.len(), 4);
    assert_eq!(run.err, "14 submissions: 8 accepted, 4 held, 2 rejected\n");
    assert_eq!(run.code, Some(1));
}

#[test]
fn the_summary_as_json_has_a_line_for_each_annotator() {
    let run = folder().labelgate(&["check", "--no-bom", "--summary", "--json", "s.csv"]);
    let lines = run.json();
    assert_eq!(lines.len(), 3);
    let bot = &lines[1];
    assert_eq!(bot["annotator"], "bot");
    assert_eq!(bot["answers"], 6);
    assert_eq!(bot["accepted"], 2);
    assert_eq!(bot["held"], 4);
    assert_eq!(bot["rejected"], 0);
    assert_eq!(bot["decision"], "review");
    assert_eq!(bot["held_at"], 3);
    assert_eq!(bot["held_by"], serde_json::json!([{"check": "too-fast", "answer": 3}]));
    assert_eq!(bot["evidence"][0]["check"], "too-fast");
    assert_eq!(bot["evidence"][0]["events"], 6);
    assert!(bot["evidence"][0]["wealth"].as_f64().unwrap() > 400.0);
    assert_eq!(lines[0]["held_by"], serde_json::json!([]));
    assert_eq!(lines[0].get("held_at"), None);
    assert_eq!(lines[2].get("annotator"), None);
    assert_eq!(run.err, "");
}

#[test]
fn the_summary_knows_what_the_memory_knows() {
    let folder = folder();
    let check = |more: &[&str]| {
        folder.labelgate(
            &[&["check", "--no-bom", "--memory", "m", "--summary", "--json"], more].concat(),
        )
    };
    check(&["s.csv"]);
    folder.write("more.csv", "task,worker,label,elapsed_ms\ni9,bot,x,9000\n");
    let lines = check(&["more.csv"]).json();
    assert_eq!(lines.len(), 1, "annotators of this run");
    assert_eq!((&lines[0]["answers"], &lines[0]["held_at"]), (&7.into(), &3.into()));
}
