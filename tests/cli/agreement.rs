//! `labelgate agreement`: answers in, coefficients out.

use std::io::Write as _;

use serde_json::Value;

use crate::run::Folder;

/// Krippendorff 2011, section C, as a table of answers.
const FOUR_OBSERVERS: [&str; 4] =
    ["123321412---", "123322412 5-3", "-33323422 51-", "123324412 51-"];

fn four_observers() -> String {
    let mut csv = "task,worker,label\n".to_owned();
    for (worker, row) in FOUR_OBSERVERS.iter().enumerate() {
        for (task, label) in row.chars().filter(|label| *label != ' ').enumerate() {
            let label = if label == '-' { String::new() } else { label.to_string() };
            csv.push_str(&format!("t{task},w{worker},{label}\n"));
        }
    }
    csv
}

fn value(report: &Value, name: &str) -> f64 {
    report["coefficients"][name]["value"].as_f64().unwrap_or_else(|| panic!("{name}: {report}"))
}

#[test]
fn the_published_example_has_its_published_values() {
    let folder = Folder::new();
    folder.write("answers.csv", four_observers());
    for (kind, alpha) in [
        ("class", 0.743_421),
        ("ordinal", 0.815_388),
        ("interval", 0.849_107),
        ("ratio", 0.797_403),
    ] {
        let run = folder.labelgate(&["agreement", "--kind", kind, "--json", "answers.csv"]);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""), "{kind}");
        let [report] = &run.json()[..] else { panic!("one object a run") };
        assert!((value(report, "krippendorff_alpha") - alpha).abs() < 1e-6, "{kind}");
        assert!((value(report, "gwet_ac1") - 0.775_44).abs() < 1e-5);
        assert_eq!(
            (report["answers"].as_u64(), report["annotators"].as_u64()),
            (Some(41), Some(4))
        );
    }
}

#[test]
fn a_coefficient_without_a_value_says_why() {
    let folder = Folder::new();
    folder.write("one.csv", "task,worker,label\n1,a,x\n1,b,x\n2,a,x\n2,b,x\n");
    let run = folder.labelgate(&["agreement", "--json", "one.csv"]);
    let alpha = &run.json()[0]["coefficients"]["krippendorff_alpha"];
    assert_eq!((&alpha["value"], alpha["reason"].as_str()), (&Value::Null, Some("one-label")));
    // Where others might have been given, full agreement is one.
    let run = folder.labelgate(&["agreement", "--labels", "x,y", "--json", "one.csv"]);
    assert!((value(&run.json()[0], "gwet_ac1") - 1.0).abs() < 1e-12);
    let table = folder.labelgate(&["agreement", "one.csv"]);
    assert_eq!(table.code, Some(0));
    assert!(table.out.contains("chance would agree fully too"), "{}", table.out);
}

#[test]
fn csv_ndjson_gzip_and_standard_input_give_the_same() {
    let folder = Folder::new();
    let csv = four_observers();
    folder.write("answers.csv", &csv);
    let mut ndjson = String::new();
    for row in csv.lines().skip(1) {
        let cells: Vec<&str> = row.split(',').collect();
        ndjson.push_str(&format!(
            "{{\"item\":{{\"id\":\"{}\"}},\"annotator\":\"{}\",\"label\":{}}}\n",
            cells[0],
            cells[1],
            if cells[2].is_empty() { "null".into() } else { format!("\"{}\"", cells[2]) }
        ));
    }
    folder.write("answers.ndjson", &ndjson);
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(csv.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    folder.write("answers.csv.gz", &gzip);
    let plain = folder.labelgate(&["agreement", "--json", "answers.csv"]).out;
    for file in ["answers.ndjson", "answers.csv.gz"] {
        assert_eq!(folder.labelgate(&["agreement", "--json", file]).out, plain, "{file}");
    }
    assert_eq!(folder.labelgate_on(&["agreement", "--json", "-"], csv.as_bytes()).out, plain);
    assert_eq!(folder.labelgate_on(&["agreement", "--json", "-"], &gzip).out, plain);
}

#[test]
fn parts_are_told_of_annotators_pairs_and_classes() {
    let folder = Folder::new();
    folder.write("answers.csv", four_observers());
    let by = |part: &str| {
        let run = folder.labelgate(&["agreement", "--by", part, "--json", "answers.csv"]);
        run.json()[0][format!("by_{part}")].as_array().unwrap().len()
    };
    assert_eq!((by("annotator"), by("class")), (4, 5));
    // Two pairs have ten common tasks.
    assert_eq!(by("pair"), 2);
    let table = folder.labelgate(&["agreement", "--by", "annotator", "answers.csv"]);
    assert!(table.out.lines().any(|line| line.trim_start().starts_with("w3 ")), "{}", table.out);
}

#[test]
fn the_bootstrap_is_told_with_its_seed() {
    let folder = Folder::new();
    folder.write("answers.csv", four_observers());
    let arguments = ["agreement", "--bootstrap", "200", "--seed", "7", "answers.csv"];
    let run = folder.labelgate(&[&arguments[..], &["--json"]].concat());
    let drawn = &run.json()[0]["bootstrap"];
    assert_eq!((drawn["replicates"].as_u64(), drawn["seed"].as_u64()), (Some(200), Some(7)));
    assert!(drawn["krippendorff_alpha"]["se"].as_f64().unwrap() > 0.0);
    assert_eq!(drawn["krippendorff_alpha"]["ci95"].as_array().unwrap().len(), 2);
    let table = folder.labelgate(&arguments).out;
    assert!(table.contains("bootstrap: 200 draws of the tasks, seed 7"), "{table}");
    let refused = folder.labelgate(&["agreement", "--bootstrap", "10001", "answers.csv"]);
    assert_eq!(refused.code, Some(2));
}

#[test]
fn typed_labels_say_their_kind_and_must_all_be_of_it() {
    let folder = Folder::new();
    let row = |task: u32, worker: &str, label: &str| {
        format!("{{\"task\":{task},\"worker\":\"{worker}\",\"label\":{label}}}\n")
    };
    let sets = row(1, "a", r#"{"classes":["x","y"]}"#) + &row(1, "b", r#"{"classes":["x"]}"#);
    folder.write("sets.ndjson", &sets);
    let run = folder.labelgate(&["agreement", "--json", "sets.ndjson"]);
    assert_eq!(run.json()[0]["kind"], "set");
    folder.write("mixed.ndjson", sets + &row(2, "a", r#"{"rating":1}"#));
    let run = folder.labelgate(&["agreement", "mixed.ndjson"]);
    assert_eq!(run.failure(), "`mixed.ndjson`, line 3: expected labels of one kind, `set`");
}

#[test]
fn look_alikes_are_told_and_not_joined() {
    let folder = Folder::new();
    folder.write("answers.csv", "task,worker,label\n1,a,cat\n1,b,c\u{430}t\n2,a,dog\n2,b,dog\n");
    let run = folder.labelgate(&["agreement", "--json", "answers.csv"]);
    assert_eq!(run.json()[0]["labels"], 3);
    assert_eq!(run.err, "labelgate: `cat`, `c\\u{430}t` look alike and count as 2 labels\n");
}

#[test]
fn bad_rows_are_named() {
    let folder = Folder::new();
    for (csv, arguments, expected) in [
        (
            "task,label\n1,x\n",
            &[][..],
            "line 1: expected a column `annotator` or `worker`, found task, label",
        ),
        (
            "task,worker,label\n1,a,NaN\n",
            &["--kind", "interval"],
            "line 2: column `label`: expected a number",
        ),
        (
            "task,worker,label\n1,a,-1\n",
            &["--kind", "ratio"],
            "line 2: column `label`: expected a number of at least 0",
        ),
        ("task,worker,label\n1,a\n", &[], "line 2: expected 3 fields, found 2"),
        ("task,worker,label\n,a,x\n", &[], "line 2: column `task`: expected 1 to 128 bytes"),
        (
            "task,worker,label\n1,a,4-2\n",
            &["--kind", "spans"],
            "line 2: column `label`: expected spans",
        ),
    ] {
        folder.write("bad.csv", csv);
        let run = folder.labelgate(&[&["agreement", "bad.csv"], arguments].concat());
        let failure = run.failure();
        assert!(failure.starts_with(&format!("`bad.csv`, {expected}")), "{failure}");
    }
    let run =
        folder.labelgate(&["agreement", "--missing", "NaN", "--kind", "interval", "--json", "-"]);
    assert_eq!(run.code, Some(0));
}

#[test]
fn alpha_of_more_texts_than_a_table_holds_is_told_from_a_sample_that_is_named() {
    let folder = Folder::new();
    let mut csv = "task,worker,label\n".to_owned();
    for task in 0..1_200 {
        for worker in 0..3 {
            // Three texts that differ in one word of four, and nothing in common with other tasks.
            csv.push_str(&format!("{task},w{worker},item {task} word{worker} {}\n", task * 7919));
        }
    }
    folder.write("texts.csv", csv);
    let run = folder.labelgate(&["agreement", "--kind", "text", "--json", "texts.csv"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let [report] = &run.json()[..] else { panic!("one object a run") };
    assert_eq!(report["labels"], 3_600);
    assert_eq!(report["rules"]["references"], 1_024);
    assert!((0.8..0.95).contains(&value(report, "krippendorff_alpha")), "{report}");
    assert!(report["coefficients"]["krippendorff_alpha"]["se"].as_f64().unwrap() > 0.0);
    assert_eq!(report["coefficients"]["gwet_ac2"]["reason"], "too-many");
    let table = folder.labelgate(&["agreement", "--kind", "text", "texts.csv"]);
    assert!(table.out.contains("compared with 1024 answers"), "{}", table.out);
}
