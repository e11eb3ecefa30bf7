//! How many tests passed, read from what the test runners print.

/// Tests of one or more runners.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Counts {
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
}

impl Counts {
    /// Adds up every `test result:` line of `cargo test`, whose form wasm-bindgen's runner shares.
    pub fn from_cargo(output: &str) -> Self {
        let mut counts = Self::default();
        for line in output.lines() {
            let Some(result) = line.strip_prefix("test result: ") else { continue };
            // `ok. 3 passed; 0 failed; 1 ignored; …`: the word before the first number is the verdict.
            for part in result.split([';', '.']) {
                let Some((number, word)) = part.trim().split_once(' ') else { continue };
                let Ok(number) = number.parse::<u64>() else { continue };
                match word {
                    "passed" => counts.passed += number,
                    "failed" => counts.failed += number,
                    "ignored" => counts.skipped += number,
                    _ => {}
                }
            }
        }
        counts
    }

    /// Adds up every summary of `node --test`: `# pass 3` of its TAP reporter, `ℹ pass 3` of its spec reporter.
    pub fn from_node(output: &str) -> Self {
        let mut counts = Self::default();
        let mut in_summary = false;
        for line in output.lines() {
            let Some((word, number)) = node_summary_line(line) else {
                in_summary = false;
                continue;
            };
            // A test may print `# pass 3` itself; the summary is the block that begins with `# tests`.
            in_summary |= word == "tests";
            if !in_summary {
                continue;
            }
            match word {
                "pass" => counts.passed += number,
                // Cancelled tests did not run to their end, which is no success either.
                "fail" | "cancelled" => counts.failed += number,
                "skipped" | "todo" => counts.skipped += number,
                _ => {}
            }
        }
        counts
    }

    pub fn ran(self) -> u64 {
        self.passed + self.failed
    }

    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// `12 passed, 0 failed`, and `, 1 skipped` when some were: the last line of every run.
    pub fn summary(self) -> String {
        let mut text = format!("{} passed, {} failed", self.passed, self.failed);
        if self.skipped > 0 {
            text.push_str(&format!(", {} skipped", self.skipped));
        }
        text
    }
}

fn node_summary_line(line: &str) -> Option<(&str, u64)> {
    let rest = line.strip_prefix("# ").or_else(|| line.strip_prefix("ℹ "))?;
    let (word, number) = rest.split_once(' ')?;
    // `duration_ms` has a fraction and ends the block, which is as good.
    Some((word, number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargo_test_lines_add_up_over_binaries_and_doc_tests() {
        let output = "\
running 3 tests
test gate::tests::accepts ... ok
test gate::tests::slow ... ignored
test gate::tests::fails ... FAILED

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s

   Doc-tests labelgate

test result: ok. 41 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 1.20s; merged doctests compilation took 0.80s
";
        assert_eq!(Counts::from_cargo(output), Counts { passed: 42, failed: 1, skipped: 1 });
    }

    #[test]
    fn wasm_bindgen_lines_are_read_like_cargos() {
        let output = "\
running 2 tests
test check_answers ... ok
test hasher_matches ... ok

test result: ok. 2 passed; 0 failed; 0 ignored; 0 filtered out; finished in 0.02s
";
        assert_eq!(Counts::from_cargo(output), Counts { passed: 2, failed: 0, skipped: 0 });
    }

    #[test]
    fn a_build_that_failed_counts_nothing() {
        let output = "error: could not compile `labelgate` (lib) due to 1 previous error\n";
        assert_eq!(Counts::from_cargo(output), Counts::default());
        assert_eq!(Counts::from_node("no tests to run!\n").ran(), 0);
    }

    #[test]
    fn both_reporters_of_node_are_read() {
        let tap = "TAP version 13\n# Subtest: gate\nok 1 - gate\n1..1\n# tests 7\n# suites 1\n# pass 3\n# fail 1\n\
                   # cancelled 1\n# skipped 1\n# todo 1\n# duration_ms 61.5\n";
        let spec = tap.replace("# ", "ℹ ");
        let expected = Counts { passed: 3, failed: 2, skipped: 2 };
        assert_eq!(Counts::from_node(tap), expected);
        assert_eq!(Counts::from_node(&spec), expected);
        let twice = format!("{tap}\n> labelgate@0.1.0 test:types\n\n{tap}");
        assert_eq!(Counts::from_node(&twice), Counts { passed: 6, failed: 4, skipped: 4 });
    }

    #[test]
    fn what_a_test_prints_is_no_summary() {
        let output = "# pass 900\nok 1 - prints\n# tests 1\n# suites 0\n# pass 1\n# fail 0\n";
        assert_eq!(Counts::from_node(output), Counts { passed: 1, failed: 0, skipped: 0 });
    }

    #[test]
    fn the_last_line_names_skipped_tests_only_when_there_are() {
        let counts = Counts { passed: 12, failed: 0, skipped: 0 };
        assert_eq!(counts.summary(), "12 passed, 0 failed");
        assert_eq!(Counts { skipped: 2, ..counts }.summary(), "12 passed, 0 failed, 2 skipped");
    }
}
