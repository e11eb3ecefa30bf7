//! NDJSON: one submission a line, the same verdict as anywhere else.

use labelgate::{Gate, Memory, Policy};

use crate::run::{Folder, submission};

/// What the library says of these lines, at the time that each names.
fn verdicts(policy: &str, lines: &[(&str, Option<i64>)]) -> String {
    let gate = Gate::new(Policy::from_json(policy.as_bytes()).unwrap(), None);
    let mut memory = Memory::new();
    let mut text = String::new();
    for (line, at_ms) in lines {
        let verdict = gate.check(&mut memory, line.as_bytes(), *at_ms);
        text.push_str(std::str::from_utf8(&verdict.to_json()).unwrap());
        text.push('\n');
    }
    text
}

#[test]
fn verdicts_are_those_of_the_library_to_the_byte() {
    let lines = [
        (submission("1", "a", "i", "x"), None),
        (submission("1", "a", "i", "x"), None),
        ("{\"id\":\"2\"}\n".to_owned(), None),
        ("\u{feff}{}\n".to_owned(), None),
        (
            r#"{"id":"3","annotator":"b","item":{"id":"i"},"label":{"rating":4},"started_at":"2026-11-23T10:00:00Z","submitted_at":"2026-11-23T10:00:00.400Z","platform":{"x":[1]}}"#
                .to_owned()
                + "\r\n",
            Some(1_795_428_000_400),
        ),
    ];
    let folder = Folder::new();
    let text: String = lines.iter().map(|(line, _)| line.as_str()).collect();
    folder.write("s.ndjson", &text);
    let lines: Vec<(&str, Option<i64>)> =
        lines.iter().map(|(line, at)| (line.strip_suffix('\n').unwrap(), *at)).collect();
    let run = folder.labelgate(&["check", "--no-bom", "--json", "s.ndjson"]);
    assert_eq!(run.out, verdicts(r#"{"bom":{"trust":"none"}}"#, &lines));
    assert_eq!(
        run.decisions(),
        ["accept", "reject replayed", "reject malformed", "reject malformed", "accept"]
    );
}

#[test]
fn a_line_over_the_bound_gets_the_verdict_of_the_library() {
    let policy = r#"{"max_bytes":100,"bom":{"trust":"none"}}"#;
    let folder = Folder::new();
    folder.write("policy.json", policy);
    let long = submission("1", &"a".repeat(100), "i", "x");
    let short = submission("2", "a", "i", "x");
    folder.write("s.ndjson", format!("{long}{short}"));
    let run = folder.labelgate(&["check", "--policy", "policy.json", "--json", "s.ndjson"]);
    let lines = [(long.trim_end(), None), (short.trim_end(), None)];
    assert_eq!(run.out, verdicts(policy, &lines));
    assert_eq!(run.decisions(), ["reject too-large", "accept"]);
}

#[test]
fn empty_lines_are_passed_over_and_the_last_needs_no_end() {
    let folder = Folder::new();
    let text =
        format!("\n  \r\n{}\n{}", submission("1", "a", "i", "x"), submission("2", "b", "i", "x"));
    folder.write("s.ndjson", text.trim_end());
    let run = folder.labelgate(&["check", "--no-bom", "--json", "s.ndjson"]);
    assert_eq!(run.decisions(), ["accept", "accept"]);
}

#[test]
fn the_format_is_found_by_name_then_by_the_first_character() {
    let folder = Folder::new();
    let (json, csv) = (submission("1", "a", "i", "x"), "task,worker,label\ni,b,x\n");
    let decisions = |arguments: &[&str], input: &str| {
        let run = folder.labelgate_on(
            &[&["check", "--no-bom", "--json"], arguments].concat(),
            input.as_bytes(),
        );
        run.decisions()
    };
    assert_eq!(decisions(&["-"], &json), ["accept"]);
    assert_eq!(decisions(&["-"], &format!("\n {json}")), ["accept"]);
    assert_eq!(decisions(&["-"], csv), ["accept"]);
    folder.write("export.CSV", csv);
    folder.write("export.jsonl", &json);
    folder.write("export", csv);
    folder.write("wrong.csv", &json);
    assert_eq!(decisions(&["export.CSV", "export.jsonl"], ""), ["accept", "accept"]);
    assert_eq!(decisions(&["export"], ""), ["accept"]);
    assert_eq!(decisions(&["--format", "labelgate", "wrong.csv"], ""), ["accept"]);
    assert_eq!(decisions(&["--format", "csv", "-"], csv), ["accept"]);
    assert!(
        folder
            .labelgate(&["check", "--no-bom", "wrong.csv"])
            .failure()
            .starts_with("`wrong.csv`: expected a header")
    );
}

#[test]
fn several_files_and_standard_input_share_one_memory() {
    let folder = Folder::new();
    folder.write("a.ndjson", submission("1", "a", "i", "x"));
    let run = folder.labelgate_on(
        &["check", "--no-bom", "--json", "a.ndjson", "-"],
        submission("2", "a", "i", "y").as_bytes(),
    );
    assert_eq!(run.decisions(), ["accept", "reject duplicate"]);
}

#[test]
fn gold_from_json_or_csv_counts() {
    let folder = Folder::new();
    let text: String =
        (0..30).map(|n| submission(&n.to_string(), "a", &format!("i{n}"), "wrong")).collect();
    folder.write("s.ndjson", text);
    let entries: Vec<String> =
        (0..30).map(|n| format!("\"i{n}\":[{{\"class\":\"right\"}}]")).collect();
    folder.write("gold.json", format!("{{{}}}", entries.join(",")));
    let rows: String = (0..30).map(|n| format!("i{n},right|also right\n")).collect();
    folder.write("gold.csv", format!("task,label\n{rows}"));
    for gold in ["gold.json", "gold.csv"] {
        let run = folder.labelgate(&["check", "--no-bom", "--json", "--gold", gold, "s.ndjson"]);
        let last = run.json().pop().unwrap();
        assert_eq!(last["reasons"][0]["code"], "gold-missed", "{gold}");
        assert_eq!(last["evidence"][0]["events"], 30);
        assert_eq!(run.code, Some(1));
    }
    folder.write("bad.csv", "task,label\ni1,\n");
    let run = folder.labelgate(&["check", "--no-bom", "--gold", "bad.csv", "s.ndjson"]);
    assert!(run.failure().starts_with("`bad.csv`: expected a class name"), "{run:?}");
    assert!(run.failure().ends_with("at line 2"), "{run:?}");
}
