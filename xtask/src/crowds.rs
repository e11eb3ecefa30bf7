//! `cargo xtask bench --crowds`: consensus and agreement beside the packages of their peers.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::package;
use crate::tools;
use crate::workspace::Workspace;

/// One case: ours by the name of `benches/crowd.rs`, the peer's by that of its script, and the goals.
struct Case {
    ours: &'static str,
    peer: Option<&'static str>,
    answers: u64,
    /// At most this share of the peer's CPU time.
    share: f64,
    /// At most so much memory beyond the packed answers.
    mib: u64,
    in_wasm: bool,
}

const fn case(ours: &'static str, peer: &'static str, answers: u64, share: f64) -> Case {
    Case { ours, peer: Some(peer), answers, share, mib: 64, in_wasm: true }
}

const fn alpha(ours: &'static str, peer: &'static str) -> Case {
    Case { in_wasm: false, ..case(ours, peer, 5_000_000, 1.0 / 3.0) }
}

const CASES: [Case; 12] = [
    case("majority-vote", "crowdkit.MajorityVote", 1_000_000, 0.1),
    case("wawa", "crowdkit.Wawa", 1_000_000, 0.1),
    case("dawid-skene-10", "crowdkit.DawidSkene.10iter", 1_000_000, 0.1),
    case("one-coin-dawid-skene-10", "crowdkit.OneCoinDawidSkene.10iter", 1_000_000, 0.05),
    case("mace-1-50", "crowdkit.MACE.1restart_50iter", 1_000_000, 0.05),
    // The peer takes half an hour for 10^6.
    case("glad", "crowdkit.GLAD.default", 100_000, 0.05),
    alpha("alpha-nominal", "krippendorff.nominal.1000000x5"),
    alpha("alpha-ordinal", "krippendorff.ordinal.1000000x5"),
    alpha("alpha-interval", "krippendorff.interval.1000000x5"),
    Case { peer: None, in_wasm: false, ..case("alpha-free", "", 2_000_000, 1.0) },
    Case { peer: None, mib: 400, in_wasm: false, ..case("majority-vote", "", 10_000_000, 1.0) },
    Case { peer: None, mib: 400, in_wasm: false, ..case("dawid-skene-10", "", 10_000_000, 1.0) },
];

/// At most this many times the native CPU time.
const WASM_GOAL: f64 = 2.5;

/// What one run of a case says.
struct Run {
    cpu_s: f64,
    grown_mib: Option<u64>,
    result: Option<f64>,
}

/// Runs every case, each in a process of its own, one after the other.
pub fn run(workspace: &Workspace) -> Result<()> {
    package::make(workspace)?;
    tools::node()?;
    let peers = peers(workspace);
    if peers.is_none() {
        println!(
            "  the peers are left out: name a Python that has them by PEERS_PYTHON (crowd-kit 1.4.2, krippendorff 0.9.0,\n  \
             scikit-learn 1.5.2), and have their script at ../shared/bench/peers/agreement/bench.py"
        );
    }
    println!(
        "  {:<26} {:>10} {:>10} {:>10} {:>8} {:>8} {:>10} {:>8}  result",
        "case", "answers", "CPU s", "peer's", "ratio", "MiB", "wasm", "ratio"
    );
    for case in &CASES {
        let ours = native(workspace, case)?;
        let peer = match (&peers, case.peer) {
            (Some((python, script)), Some(name)) => {
                Some(peer_run(python, script, name, case.answers)?)
            }
            _ => None,
        };
        let wasm = if case.in_wasm { Some(in_node(workspace, case)?) } else { None };
        print(case, &ours, peer.as_ref(), wasm.as_ref());
    }
    Ok(())
}

fn print(case: &Case, ours: &Run, peer: Option<&Run>, wasm: Option<&Run>) {
    let seconds = |run: Option<&Run>| run.map_or("-".to_owned(), |run| format!("{:.3}", run.cpu_s));
    let against = |value: Option<f64>, goal: f64| {
        value.map_or("-".to_owned(), |value| {
            format!("{value:.2}{}", if value <= goal { '✓' } else { '✗' })
        })
    };
    let grown = ours.grown_mib.unwrap_or_default();
    let result = |run: Option<&Run>| {
        run.and_then(|run| run.result).map_or("-".to_owned(), |result| format!("{result:.4}"))
    };
    println!(
        "  {:<26} {:>10} {:>10.3} {:>10} {:>8} {:>8} {:>10} {:>8}  {} (peer {})",
        case.ours,
        case.answers,
        ours.cpu_s,
        seconds(peer),
        against(peer.map(|peer| ours.cpu_s / peer.cpu_s), case.share),
        format!("{grown}{}", if grown <= case.mib { '✓' } else { '✗' }),
        seconds(wasm),
        against(wasm.map(|wasm| wasm.cpu_s / ours.cpu_s), WASM_GOAL),
        result(Some(ours)),
        result(peer),
    );
}

fn native(workspace: &Workspace, case: &Case) -> Result<Run> {
    let mut command = Command::new("cargo");
    command.current_dir(workspace.root());
    command.args(["bench", "--quiet", "--package", "labelgate", "--bench", "crowd", "--"]);
    read(command.args([case.ours, &case.answers.to_string()]), case.ours)
}

fn in_node(workspace: &Workspace, case: &Case) -> Result<Run> {
    let mut command = Command::new("node");
    command.arg(workspace.join("benches/wasm/crowd.mjs"));
    read(command.args([case.ours, &case.answers.to_string()]), case.ours)
}

fn peer_run(python: &PathBuf, script: &PathBuf, name: &str, answers: u64) -> Result<Run> {
    let mut command = Command::new(python);
    command.arg(script).arg(name);
    read(command.args(["--answers", &answers.to_string(), "--repeat", "3"]), name)
}

/// The Python that has the peers, and the script that runs them.
fn peers(workspace: &Workspace) -> Option<(PathBuf, PathBuf)> {
    let python = PathBuf::from(std::env::var_os("PEERS_PYTHON")?);
    let script = workspace.join("../shared/bench/peers/agreement/bench.py");
    (python.is_file() && script.is_file()).then_some((python, script))
}

/// The last line of what a case prints.
fn read(command: &mut Command, case: &str) -> Result<Run> {
    let output = command.output().with_context(|| format!("cannot run the case `{case}`"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "the case `{case}` failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let line = text.lines().last().unwrap_or_default();
    let found: Value = serde_json::from_str(line)
        .with_context(|| format!("expected JSON of the case `{case}`, found `{line}`"))?;
    let result = ["accuracy", "alpha"].into_iter().find_map(|name| {
        found.get(name).or_else(|| found.get("result")?.get(name)).and_then(Value::as_f64)
    });
    Ok(Run {
        cpu_s: found["cpu_s"].as_f64().context("no CPU seconds")?,
        grown_mib: found["grown_mib"].as_u64(),
        result,
    })
}
