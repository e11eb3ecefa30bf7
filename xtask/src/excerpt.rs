//! The part of a long output that says what went wrong.

/// Where nothing is known to be wrong, the end tells most.
const TAIL_LINES: usize = 40;
/// More than this nobody reads on a terminal; the log has the rest.
const MOST_LINES: usize = 150;

/// The reports of failed tests when there are, else the end.
pub fn of_failure(output: &str) -> Vec<&str> {
    let lines: Vec<&str> = output.lines().collect();
    let mut reports = of_node(&lines);
    if reports.is_empty() {
        reports = of_cargo(&lines);
    }
    if reports.is_empty() {
        reports = of_compiler(&lines);
    }
    if reports.is_empty() {
        return lines[lines.len().saturating_sub(TAIL_LINES)..].to_vec();
    }
    reports.truncate(MOST_LINES);
    reports
}

/// `node --test` repeats every failure at the end.
fn of_node<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    lines.iter().skip_while(|line| !line.ends_with("failing tests:")).copied().collect()
}

/// `cargo test` repeats the failures of each binary between `failures:` and its result.
fn of_cargo<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let mut reports = Vec::new();
    let mut inside = false;
    for line in lines {
        inside |= *line == "failures:";
        if inside {
            reports.push(*line);
        }
        inside &= !line.starts_with("test result: ");
    }
    reports
}

/// The compiler stops soon after its first error, with much said before it.
fn of_compiler<'a>(lines: &[&'a str]) -> Vec<&'a str> {
    let is_error = |line: &&&str| line.starts_with("error: ") || line.starts_with("error[");
    lines.iter().skip_while(|line| !is_error(line)).copied().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn node_failures_are_found_before_a_long_end() {
        let end = "  at somewhere\n".repeat(60);
        let output = format!("✔ one\n✖ two\nℹ tests 2\n\n✖ failing tests:\n\n✖ two\n{end}");
        let lines = of_failure(&output);
        assert_eq!(lines[..3], ["✖ failing tests:", "", "✖ two"]);
        assert_eq!(lines.len(), 63);
    }

    #[test]
    fn cargo_failures_of_every_binary_are_found() {
        let passed = "test fine ... ok\n".repeat(50);
        let output = format!(
            "running 1 test\nfailures:\n\n---- a stdout ----\nboom a\n\nfailures:\n    a\n\ntest result: FAILED. 0 passed; 1 failed\n\
             {passed}test result: ok. 50 passed; 0 failed\nfailures:\n---- b stdout ----\nboom b\ntest result: FAILED. 0 passed; 1 failed\n{passed}"
        );
        let lines = of_failure(&output);
        assert!(lines.contains(&"boom a") && lines.contains(&"boom b"));
        assert!(!lines.contains(&"test fine ... ok"));
    }

    #[test]
    fn compiler_errors_are_shown_from_the_first_on() {
        let output = "   Compiling one\nerror[E0425]: first\n  --> src/lib.rs\nerror: could not compile `one`\n";
        assert_eq!(of_failure(output)[0], "error[E0425]: first");
        assert_eq!(of_failure(output).len(), 3);
    }

    #[test]
    fn without_failed_tests_the_end_is_shown() {
        let output: String = (1..=100).map(|number| format!("line {number}\n")).collect();
        let lines = of_failure(&output);
        assert_eq!((lines.len(), lines[0]), (TAIL_LINES, "line 61"));
        assert_eq!(of_failure("only"), ["only"]);
    }
}
