//! A run that is continued is one run.

use crate::run::{Folder, submission};

/// A crowd with something of everything: gold, disagreement, speed, duplicates, malformed rows.
fn crowd() -> Vec<String> {
    let mut rows = Vec::new();
    for n in 0..400_u32 {
        let worker = n % 7;
        let label = if worker == 3 { "odd" } else { ["x", "y"][(n / 7 % 2) as usize] };
        let gold = if n % 5 == 0 { "x" } else { "" };
        let sent = f64::from(n) * if worker == 6 { 0.02 } else { 0.6 };
        let (item, sent) = (n / 7, format!("{:.3}", 1_795_428_000.0 + sent));
        rows.push(match n {
            100 => "not,enough\n".to_owned(),
            200 => format!("i{item},w0,x,{sent},300,\n"),
            _ => format!("i{item},w{worker},{label},{sent},{},{gold}\n", 200 + worker * 1000),
        });
    }
    rows
}

const HEADER: &str = "task,worker,label,submitted_at,elapsed_ms,gold\n";
const CHECK: [&str; 3] = ["check", "--no-bom", "--json"];

#[test]
fn two_runs_with_a_memory_say_what_one_run_says() {
    let folder = Folder::new();
    let rows = crowd();
    // The same name and the same lines: ids that are made differ only by what they are made of.
    let (first, second) = rows.split_at(170);
    folder.write("whole/s.csv", format!("{HEADER}{}", rows.concat()));
    folder.write("first/s.csv", format!("{HEADER}{}", first.concat()));
    let gap = "\n".repeat(first.len());
    folder.write("second/s.csv", format!("{HEADER}{gap}{}", second.concat()));
    // Gold comes with its rows, so the second half needs it from a file as well.
    let gold: String = (0..400 / 7 + 1)
        .filter(|item| (0..7).any(|w| (item * 7 + w) % 5 == 0))
        .map(|item| format!("i{item},x\n"))
        .collect();
    folder.write("gold.csv", format!("task,label\n{gold}"));
    let check = |more: &[&str]| {
        folder.labelgate(&[&CHECK, ["--gold", "gold.csv"].as_slice(), more].concat())
    };
    let whole = check(&["whole/s.csv"]);
    let parts = [
        check(&["--memory", "m", "first/s.csv"]).out,
        check(&["--memory", "m", "second/s.csv"]).out,
    ];
    assert_eq!(whole.out, parts.concat());
    for code in ["too-fast", "rate-burst", "disagrees", "duplicate", "malformed"] {
        assert!(whole.out.contains(&format!("\"code\":\"{code}\"")), "{code} is in the crowd");
    }
    let again = check(&["--memory", "m", "second/s.csv"]);
    assert!(!again.out.contains("\"decision\":\"accept\""), "all of it was taken before");
}

#[test]
fn the_same_run_leaves_the_same_memory() {
    let folder = Folder::new();
    folder.write("s.csv", format!("{HEADER}{}", crowd().concat()));
    for memory in ["a", "b"] {
        folder.labelgate(&[&CHECK, ["--memory", memory, "s.csv"].as_slice()].concat());
    }
    assert!(!folder.read("a").is_empty());
    assert_eq!(folder.read("a"), folder.read("b"));
    let names: Vec<_> = std::fs::read_dir(folder.path("")).unwrap().collect();
    assert_eq!(names.len(), 3, "no temporary file is left");
}

#[test]
fn a_run_that_fails_leaves_the_memory_as_it_was() {
    let folder = Folder::new();
    folder.write("good.ndjson", submission("1", "a", "i", "x"));
    folder.write("bad.csv", "task\n");
    let check =
        |more: &[&str]| folder.labelgate(&[&CHECK, ["--memory", "m"].as_slice(), more].concat());
    check(&["bad.csv"]).failure();
    assert!(!folder.path("m").exists());
    check(&["good.ndjson"]);
    let before = folder.read("m");
    folder.write("more.ndjson", submission("2", "a", "j", "x"));
    let run = check(&["more.ndjson", "bad.csv"]);
    assert_eq!(run.code, Some(2));
    assert_eq!(folder.read("m"), before);
}

#[test]
fn a_memory_that_cannot_be_used_is_told_before_anything_is_read() {
    let folder = Folder::new();
    folder.write("s.ndjson", submission("1", "a", "i", "x"));
    folder.labelgate(&["check", "--no-bom", "--memory", "m", "s.ndjson"]);
    let good = folder.read("m");
    folder.write("cut", &good[..good.len() - 1]);
    let mut newer = good.clone();
    newer[4] = 0xFF;
    folder.write("newer", newer);
    folder.write("other", "no memory at all");
    let fails = |memory: &str| {
        let run = folder.labelgate(&[&CHECK, ["--memory", memory, "s.ndjson"].as_slice()].concat());
        assert!(run.out.is_empty());
        run.failure().to_owned()
    };
    assert!(fails("cut").starts_with("`cut`: expected a whole saved memory"), "{}", fails("cut"));
    assert!(fails("newer").contains("version"), "{}", fails("newer"));
    assert!(
        fails("other").starts_with("`other`: expected a saved memory, got bytes of another kind"),
        "{}",
        fails("other")
    );
    assert_eq!(fails("no/such/m"), "expected a folder `no/such` for the memory file");
    assert_eq!(folder.read("m"), good);
}
