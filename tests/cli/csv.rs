//! CSV: what each column means, and what a bad row leads to.

use crate::run::{Folder, Run};

const HEADER: &str =
    "task,worker,label,started_at,submitted_at,received_at,elapsed_ms,session,id\n";

fn check(csv: &str, more: &[&str]) -> Run {
    let folder = Folder::new();
    folder.write("s.csv", csv);
    folder.labelgate(&[&["check", "--no-bom", "--json"], more, &["s.csv"]].concat())
}

fn check_with_policy(csv: &str, policy: &str) -> Run {
    let folder = Folder::new();
    folder.write("s.csv", csv);
    folder.write("policy.json", policy);
    folder.labelgate(&["check", "--no-bom", "--json", "--policy", "policy.json", "s.csv"])
}

#[test]
fn a_full_row_is_the_same_submission_as_in_json() {
    let folder = Folder::new();
    folder
        .write("s.csv", format!("{HEADER}i,a,x,2026-11-23T10:00:00Z,1795428000.9,,300,tab,s-1\n"));
    folder.write(
        "s.ndjson",
        r#"{"id":"s-1","annotator":"a","item":{"id":"i"},"label":{"class":"x"},"started_at":"2026-11-23T10:00:00Z","submitted_at":"2026-11-23T10:00:00.900Z","elapsed_ms":300,"session":"tab"}"#,
    );
    let run = |file| folder.labelgate(&["check", "--no-bom", "--json", file]);
    let (csv, json) = (run("s.csv"), run("s.ndjson"));
    assert_eq!(csv.out, json.out);
    assert_eq!(csv.json()[0]["evidence"][0]["events"], 1, "300 ms is under the floor");
}

#[test]
fn columns_come_in_any_order_and_others_are_named_once() {
    let run =
        check("\u{feff}label,note, task ,worker,colour\r\nx,\"a,\nb\",i,a,\r\ny,,i,b,\r\n", &[]);
    assert_eq!(run.decisions(), ["accept", "accept"]);
    assert_eq!(run.err, "labelgate: `s.csv`: columns not read: `note`, `colour`\n");
}

#[test]
fn a_header_that_lacks_a_column_or_has_one_twice_ends_the_run() {
    for (csv, expected) in [
        ("task,worker\ni,a\n", "expected a header with the column `label`, found `task`, `worker`"),
        (
            "task;worker;label\n",
            "expected a header with the column `task`, found `task;worker;label`",
        ),
        ("task,worker,label,task\n", "expected the column `task` once"),
        ("", "expected a header with the columns `task`, `worker` and `label`"),
    ] {
        assert_eq!(check(csv, &[]).failure(), format!("`s.csv`: {expected}"));
    }
}

#[test]
fn a_bad_row_is_malformed_at_its_line_and_the_next_is_read() {
    let rows = [
        "i1,a,x,,,,,,\n",
        "i2,a,x\n",
        "\n",
        "i3,a,,,,,,,\n",
        ",a,x,,,,,,\n",
        "i4,a,x,soon,,,,,\n",
        "i5,a,x,,,,-1,,\n",
        "i6,a,x,,1795428000000,,,,\n",
        "\"i\n7\",a,\"x\ny\",,,,,,\n",
        "i8,a,x,,,,,,\n",
    ];
    let run = check(&format!("{HEADER}{}", rows.concat()), &[]);
    let at: Vec<(String, String)> = run
        .json()
        .iter()
        .map(|verdict| {
            let reason = &verdict["reasons"][0];
            let text = |name: &str| reason[name].as_str().unwrap_or_default().to_owned();
            (text("message"), text("at"))
        })
        .collect();
    let at: Vec<(&str, &str)> = at.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        at,
        [
            ("", ""),
            ("expected 9 fields, found 3", "line 3"),
            ("expected a class name of 1 to 256 bytes", "line 5, column `label`"),
            ("expected 1 to 128 bytes", "line 6, column `task`"),
            ("expected an RFC 3339 time or Unix seconds", "line 7, column `started_at`"),
            ("expected milliseconds from 0 to 4294967295", "line 8, column `elapsed_ms`"),
            (
                "expected Unix seconds before the year 10000, not milliseconds",
                "line 9, column `submitted_at`"
            ),
            ("", ""),
            ("", ""),
        ]
    );
    assert_eq!(run.code, Some(1));
}

#[test]
fn a_row_that_is_not_utf8_is_malformed() {
    let folder = Folder::new();
    folder.write("s.csv", b"task,worker,label,note\ni,a,\xff,\nj,a,x,\xff\n");
    let run = folder.labelgate(&["check", "--no-bom", "--json", "s.csv"]);
    assert_eq!(run.decisions(), ["reject malformed", "accept"]);
    assert_eq!(run.json()[0]["reasons"][0]["at"], "line 2, column `label`");
}

#[test]
fn labels_are_read_by_the_schema_of_the_policy() {
    let says = |csv: &str, schema: &str| {
        let csv = format!("task,worker,label\n{csv}\n");
        let run = check_with_policy(&csv, &format!("{{\"label\":{schema}}}"));
        let verdict = &run.json()[0];
        verdict["reasons"][0]["message"].as_str().unwrap_or("accept").to_owned()
    };
    let classes = r#"{"kind":"classes","classes":["cat","dog"],"min":1}"#;
    assert_eq!(says("i,a,dog|cat", classes), "accept");
    assert!(says("i,a,", classes).contains("expected at least 1 classes"));
    assert!(says("i,a,cow", classes).contains("expected only classes of `cat`, `dog`"));
    assert_eq!(says("i,a,cat|cat", classes), "expected each class once");
    let rating = r#"{"kind":"rating","min":1,"max":5}"#;
    assert_eq!(says("i,a,5", rating), "accept");
    assert!(says("i,a,6", rating).contains("expected a rating from 1 to 5"));
    assert!(says("i,a,4.5", rating).starts_with("expected a rating"));
    let number = r#"{"kind":"number","min":0,"max":1}"#;
    assert_eq!(says("i,a,0.25", number), "accept");
    assert!(says("i,a,1.5", number).contains("expected a number of at most 1"));
    assert_eq!(says("i,a,NaN", number), "expected a number");
    let class = r#"{"kind":"class","classes":["cat|dog"]}"#;
    assert_eq!(says("i,a,cat|dog", class), "accept");
}

#[test]
fn a_gold_cell_counts_from_its_row_on() {
    let rows: String = (0..3).map(|n| format!("i{n},a,wrong,right|also right\n")).collect();
    let run = check(&format!("task,worker,label,gold\ni9,a,x,\n{rows}i0,b,right,\n"), &[]);
    let evidence = |at: usize| run.json()[at]["evidence"][0].clone();
    assert_eq!(
        run.json()[0]["evidence"],
        serde_json::Value::Null,
        "no gold, nobody to compare with"
    );
    assert_eq!((&evidence(3)["check"], &evidence(3)["events"]), (&"gold-missed".into(), &3.into()));
    assert_eq!((&evidence(4)["answers"], &evidence(4)["events"]), (&1.into(), &0.into()));
}

#[test]
fn seconds_are_used_where_there_are_no_milliseconds() {
    let run =
        check("task,worker,label,elapsed_ms,seconds\ni,a,x,300,9\nj,b,x,,0.3\nk,c,x,,9\n", &[]);
    let events: Vec<_> =
        run.json().iter().map(|verdict| verdict["evidence"][0]["events"].clone()).collect();
    assert_eq!(events, [1, 1, 0]);
}

#[test]
fn submissions_without_an_id_are_named_by_place_and_content() {
    let folder = Folder::new();
    folder.write("a.csv", "task,worker,label\ni,a,x\n\nj,a,x\n");
    folder.write("b/a.csv", "task,worker,label\nk,a,x\n");
    let run = folder.labelgate(&["check", "--no-bom", "--json", "a.csv", "b/a.csv", "a.csv"]);
    let ids: Vec<String> = run
        .json()
        .iter()
        .map(|verdict| verdict["submission"].as_str().unwrap().to_owned())
        .collect();
    let starts: Vec<&str> = ids.iter().map(|id| id.split('#').next().unwrap()).collect();
    assert_eq!(starts, ["a.csv:2", "a.csv:4", "a.csv:2", "a.csv:2", "a.csv:4"]);
    assert_ne!(ids[0], ids[2], "another row in the same place of another file");
    assert_eq!(ids[0], ids[3], "the same row again");
    assert_eq!(
        run.decisions(),
        ["accept", "accept", "accept", "reject replayed", "reject replayed"]
    );
    let long = format!("{}é.csv", "n".repeat(120));
    folder.write(&long, "task,worker,label\ni,b,x\n");
    assert_eq!(folder.labelgate(&["check", "--no-bom", &long]).code, Some(0));
}

/// Pages half a second apart, in this order.
fn burst(order: impl Iterator<Item = u32>, column: &str) -> String {
    let rows: String =
        order.map(|n| format!("i{n},a,x,{}.{}\n", 1_795_428_000 + n / 2, n % 2 * 5)).collect();
    format!("task,worker,label,{column}\n{rows}")
}

#[test]
fn the_time_of_arrival_is_received_else_submitted() {
    for column in ["received_at", "submitted_at"] {
        let run = check(&burst(0..200, column), &[]);
        assert_eq!(run.decisions()[199], "review rate-burst", "{column}");
    }
    let run = check(&burst(0..200, "started_at"), &[]);
    assert_eq!(run.code, Some(0), "no time of arrival, no rate");
}

#[test]
fn a_file_that_is_not_in_order_of_arrival_makes_no_burst() {
    // Honest pages, one a minute, latest first.
    let rows: String =
        (0..200).rev().map(|n| format!("i{n},a,x,{}\n", 1_795_428_000 + n * 60)).collect();
    let run = check(&format!("task,worker,label,submitted_at\n{rows}"), &[]);
    assert_eq!(run.code, Some(0));
    assert!(
        run.err.starts_with("labelgate: 199 submissions arrived before an earlier one"),
        "{run:?}"
    );
}
