//! The suites of `cargo xtask test`, in the order they run.

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use clap::ValueEnum;

use crate::browser::Browser;
use crate::counts::Counts;
use crate::npm;
use crate::package;
use crate::step::{Finished, Step};
use crate::tools::{self, WASM_TARGET};
use crate::workspace::Workspace;

/// What can be selected by `--only`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub enum Suite {
    /// Formatting, lints and documentation of everything in Rust.
    Style,
    /// Unit, integration and documentation tests, natively.
    Rust,
    /// tests/wasm.rs in Node.
    WasmNode,
    /// tests/wasm.rs in Chromium.
    WasmChromium,
    /// The wasm module in pkg/wasm and its size budget. The three below need it.
    Package,
    /// The npm package, in Node.
    Node,
    /// The demo page, in Chromium.
    Page,
    /// The edge worker, in workerd.
    Edge,
}

/// How a suite went.
#[derive(Debug)]
pub struct Outcome {
    pub suite: Suite,
    pub counts: Counts,
    pub elapsed: Duration,
    /// Why it failed, with the end of its output.
    pub failure: Option<String>,
}

impl Suite {
    pub fn title(self) -> &'static str {
        match self {
            Self::Style => "Style",
            Self::Rust => "Rust",
            Self::WasmNode => "wasm in Node",
            Self::WasmChromium => "wasm in Chromium",
            Self::Package => "wasm package",
            Self::Node => "Node package",
            Self::Page => "page (Chromium)",
            Self::Edge => "edge (workerd)",
        }
    }

    /// Whether it counts tests; the others only pass or fail.
    pub fn has_tests(self) -> bool {
        !matches!(self, Self::Style | Self::Package)
    }

    pub fn needs_package(self) -> bool {
        matches!(self, Self::Node | Self::Page | Self::Edge)
    }

    /// Runs it to its end. Whatever goes wrong is part of the outcome.
    pub fn run(self, workspace: &Workspace) -> Outcome {
        let start = Instant::now();
        let mut counts = Counts::default();
        let result = match self {
            Self::Style => style(workspace),
            Self::Package => package::run(workspace),
            Self::Rust => rust(workspace).and_then(|finished| self.judge(&finished, &mut counts)),
            Self::WasmNode => {
                wasm_node(workspace).and_then(|finished| self.judge(&finished, &mut counts))
            }
            Self::WasmChromium => {
                wasm_chromium(workspace).and_then(|finished| self.judge(&finished, &mut counts))
            }
            Self::Node => {
                npm_test(workspace, "pkg").and_then(|finished| self.judge(&finished, &mut counts))
            }
            // Two of the page's tests talk to the edge worker as the demo serves it.
            Self::Page => {
                npm::install(workspace, "edge", "the page's tests talk to the edge worker")
                    .and_then(|_| npm_test(workspace, "www"))
                    .and_then(|finished| self.judge(&finished, &mut counts))
            }
            Self::Edge => {
                npm_test(workspace, "edge").and_then(|finished| self.judge(&finished, &mut counts))
            }
        };
        let failure = result.err().map(|error| format!("{error:#}"));
        // A suite that failed without a failed test, in its build say, is still one thing that failed.
        if failure.is_some() && counts.failed == 0 {
            counts.failed = 1;
        }
        Outcome { suite: self, counts, elapsed: start.elapsed(), failure }
    }

    fn judge(self, finished: &Finished, counts: &mut Counts) -> Result<()> {
        *counts = match self {
            Self::Node | Self::Page | Self::Edge => Counts::from_node(&finished.output),
            _ => Counts::from_cargo(&finished.output),
        };
        ensure!(finished.success, "{}", finished.explain());
        ensure!(counts.failed == 0, "{} tests failed\n{}", counts.failed, finished.explain());
        ensure!(counts.ran() > 0, "no test ran\n{}", finished.explain());
        Ok(())
    }
}

fn style(workspace: &Workspace) -> Result<()> {
    let steps: [(&str, &[&str]); 5] = [
        ("cargo fmt", &["fmt", "--all", "--check"]),
        (
            "cargo clippy",
            &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"],
        ),
        (
            // The JavaScript boundary exists for this target alone.
            "cargo clippy for wasm",
            &["clippy", "--lib", "--test", "wasm", "--target", WASM_TARGET, "--", "-D", "warnings"],
        ),
        (
            // A workspace of its own, which nothing else builds.
            "cargo check of the fuzz targets",
            &["check", "--manifest-path", "fuzz/Cargo.toml", "--locked"],
        ),
        ("cargo doc", &["doc", "--workspace", "--no-deps", "--all-features"]),
    ];
    tools::wasm_target(workspace)?;
    let mut failures = Vec::new();
    for (title, arguments) in steps {
        let mut command = Command::new("cargo");
        command.args(arguments);
        if title == "cargo doc" {
            command.env("RUSTDOCFLAGS", "-D warnings");
        }
        let finished = Step::new(workspace, &title.replace(' ', "-"), title, command).run()?;
        if !finished.success {
            failures.push(format!("{title} failed\n{}", finished.explain()));
        }
    }
    ensure!(failures.is_empty(), "{}", failures.join("\n"));
    Ok(())
}

fn rust(workspace: &Workspace) -> Result<Finished> {
    let mut command = Command::new("cargo");
    command.args(["test", "--workspace", "--all-features", "--no-fail-fast"]);
    Step::new(workspace, "rust", "cargo test", command).run()
}

fn wasm_node(workspace: &Workspace) -> Result<Finished> {
    tools::node()?;
    let command = wasm_test(workspace)?;
    Step::new(workspace, "wasm-node", "tests/wasm.rs in Node", command).run()
}

fn wasm_chromium(workspace: &Workspace) -> Result<Finished> {
    let browser = Browser::install(workspace)?;
    let mut command = wasm_test(workspace)?;
    browser.name_to(&mut command);
    command
        // The test file names no runtime of its own, so this decides.
        .env("WASM_BINDGEN_USE_BROWSER", "1")
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", browser.webdriver_json(workspace)?)
        // Seconds. A busy machine starts a browser slowly.
        .env("WASM_BINDGEN_TEST_DRIVER_TIMEOUT", "60")
        .env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    // Either of these would win over chromedriver.
    command.env_remove("GECKODRIVER").env_remove("SAFARIDRIVER");
    Step::new(workspace, "wasm-chromium", "tests/wasm.rs in Chromium", command).run()
}

fn wasm_test(workspace: &Workspace) -> Result<Command> {
    tools::wasm_target(workspace)?;
    let programs = tools::wasm_bindgen(workspace)?;
    let mut command = Command::new("cargo");
    command
        .args(["test", "--target", WASM_TARGET, "--test", "wasm"])
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            programs.join("wasm-bindgen-test-runner"),
        )
        .env("PATH", tools::path_with(programs));
    Ok(command)
}

fn npm_test(workspace: &Workspace, folder: &str) -> Result<Finished> {
    tools::node()?;
    ensure!(
        workspace.join(folder).join("package.json").is_file(),
        "`{folder}/package.json` is missing"
    );
    npm::install(workspace, folder, "its tests need them")?;
    let mut command = npm::npm(workspace, folder);
    // The edge's tests need no browser.
    if folder != "edge" {
        Browser::install(workspace)?.name_to(&mut command);
    }
    // Without a terminal, Node before 23 would write TAP, which says nothing while it runs and hides failures.
    let options = env::var("NODE_OPTIONS").unwrap_or_default();
    command.arg("test").env("NODE_OPTIONS", format!("{options} --test-reporter=spec"));
    let title = format!("npm test in {folder}/");
    Step::new(workspace, &format!("npm-test-{folder}"), &title, command).run()
}
