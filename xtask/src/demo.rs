//! `cargo xtask demo`: the collector, the gate in front of it and the page, on this machine alone.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::children;
use crate::npm;
use crate::package;
use crate::server::Server;
use crate::smoke;
use crate::step::Step;
use crate::workspace::Workspace;

/// Where the collector of a demo listens. A smoke run takes a free port, to stay out of a demo's way.
const COLLECTOR: &str = "127.0.0.1:8788";
/// Everybody on this machine may see the full view of the demo's made-up answers.
pub const OPERATOR_SECRET: &str = "only-for-this-demo";
const WATCH: Duration = Duration::from_millis(200);

/// What runs, from the backend to the page.
#[derive(Debug)]
pub struct Demo {
    /// Ends first: fields are dropped in their order, and the gate needs the collector.
    pub edge: Server,
    pub collector: Server,
}

/// Runs the demo until Ctrl-C; with `smoke`, checks it from outside and ends.
pub fn run(workspace: &Workspace, port: u16, smoke: bool) -> Result<()> {
    println!("\n[1/3] build");
    package::make(workspace)?;
    page(workspace)?;
    let collector = collector(workspace)?;
    npm::install(workspace, "edge", "workerd runs the gate as it runs at the edge")?;

    println!("\n[2/3] start");
    let folder = workspace.join(if smoke { "target/demo-smoke" } else { "target/demo" });
    let alone = File::create(folder.with_extension("lock"))?;
    ensure!(alone.try_lock().is_ok(), "another demo of this checkout runs; end it first");
    // Every demo begins with an empty memory, else its examples would be replays of the last one.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).with_context(|| format!("cannot create `{}`", folder.display()))?;
    let mut command = Command::new(collector);
    command
        .args(["--listen", if smoke { "127.0.0.1:0" } else { COLLECTOR }])
        .arg("--database")
        .arg(folder.join("labels.sqlite"));
    let collector = Server::start(workspace, "collector", command)?;
    println!("  ✓ collector  {}", collector.url());
    let mut command = Command::new("node");
    command
        .arg(workspace.join("edge/dev.mjs"))
        .arg(format!("--port={}", if smoke { 0 } else { port }))
        .arg(format!("--backend={}/v1/labels", collector.url()))
        .args(["--operator-secret", OPERATOR_SECRET])
        .arg("--persist")
        .arg(folder.join("edge"));
    let edge = Server::start(workspace, "edge", command)?;
    println!("  ✓ edge       {}", edge.url());
    let mut demo = Demo { edge, collector };

    if smoke {
        println!("\n[3/3] check");
        return smoke::run(workspace, &demo);
    }
    println!("\n[3/3] open {} or paste one of these:\n", demo.edge.url());
    println!("{}", curl_lines(workspace, demo.edge.url())?);
    println!("\nWhat was let through: {}/v1/labels", demo.collector.url());
    println!(
        "The full view, as the operator sees it: add -H 'authorization: Bearer {OPERATOR_SECRET}'"
    );
    println!("Ctrl-C ends the demo.");
    children::interrupt_is_success();
    loop {
        demo.edge.still_runs()?;
        demo.collector.still_runs()?;
        thread::sleep(WATCH);
    }
}

/// Three lines for a shell: a good submission, one of an altered item, and a bot's stream.
pub fn curl_lines(workspace: &Workspace, url: &str) -> Result<String> {
    let output = Command::new("node")
        .current_dir(workspace.root())
        .arg(workspace.join("edge/demo/make.mjs"))
        .args(["--print-curl", url])
        .output()
        .context("cannot run node")?;
    ensure!(
        output.status.success(),
        "`edge/demo/make.mjs --print-curl` failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(String::from_utf8(output.stdout)?.trim_end().to_string())
}

fn page(workspace: &Workspace) -> Result<()> {
    let mut command = npm::npm(workspace, "www");
    command.args(["run", "build"]);
    Step::new(workspace, "page-build", "build the page", command).run_or_fail()?;
    Ok(())
}

fn collector(workspace: &Workspace) -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command.args(["build", "--package", "collector", "--release"]);
    let title = "build the collector, the backend that labels are kept in";
    Step::new(workspace, "collector-build", title, command).run_or_fail()?;
    Ok(workspace.cargo_target().join("release/collector"))
}
