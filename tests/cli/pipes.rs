//! Standard input and output as pipes.

use std::io::{BufRead, BufReader, Read, Write};

use crate::run::{Folder, submission};

#[test]
fn a_verdict_comes_before_the_next_submission_is_waited_for() {
    for format in [["check", "--no-bom", "--json", "-"].as_slice(), &["check", "--no-bom", "-"]] {
        let folder = Folder::new();
        let mut child = folder.start(format);
        let mut input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        for id in ["1", "2", "3"] {
            input.write_all(submission(id, "a", id, "x").as_bytes()).unwrap();
            assert!(output.next().unwrap().unwrap().contains("accept"));
        }
        drop(input);
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let folder = Folder::new();
    let lines: String =
        (0..20_000).map(|n| submission(&n.to_string(), "a", &n.to_string(), "x")).collect();
    folder.write("s.ndjson", lines);
    let arguments = ["check", "--no-bom", "--json", "--memory", "m", "s.ndjson"];
    let mut child = folder.start(&arguments);
    let mut first = String::new();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut first).unwrap();
    assert!(first.contains("accept"));
    drop(output);
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(told, "");
    assert_eq!(child.wait().unwrap().code(), Some(2), "not all of it was looked at");
    assert!(!folder.path("m").exists());
}

#[test]
fn a_closed_pipe_ends_the_other_commands_quietly() {
    let folder = Folder::new();
    for n in 0..2000 {
        folder.write(&format!("data/{n:0100}"), "");
    }
    let mut child = folder.start(&["bom", "build", "data"]);
    drop(child.stdout.take());
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert_eq!(told, "");
    assert_eq!(child.wait().unwrap().code(), Some(2));
}

#[test]
fn nobody_listening_for_messages_is_no_failure() {
    let folder = Folder::new();
    folder.write("s.csv", "task,worker,label,note\ni,a,x,y\n");
    let mut child = folder.start(&["check", "--no-bom", "s.csv"]);
    drop(child.stderr.take());
    assert_eq!(child.wait_with_output().unwrap().status.code(), Some(0));
    let mut child = folder.start(&["check", "--no-bom", "missing.csv"]);
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(2));
}
