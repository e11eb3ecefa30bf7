//! `cargo xtask demo --smoke`: pastes the three printed lines into a shell, as a reader would, and checks what
//! came back and what the collector kept.

use std::fmt::Display;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::demo::{Demo, OPERATOR_SECRET, curl_lines};
use crate::server::request;
use crate::workspace::Workspace;

/// The most labels that the collector lists at once; the demo has fewer.
const PAGE: u32 = 1000;
/// Whose stream `edge/dist/demo/bot.ndjson` is; an annotator's view does not repeat the name.
const BOT: &str = "bot-1";

/// Checks a demo that runs, from outside.
pub fn run(workspace: &Workspace, demo: &Demo) -> Result<()> {
    let lines = curl_lines(workspace, demo.edge.url())?;
    let commands: Vec<&str> = lines.lines().filter(|line| line.starts_with("curl ")).collect();
    let [good, altered, bot] = commands[..] else {
        bail!("expected three curl lines, found {}:\n{lines}", commands.len());
    };

    let page = request(ureq::get(demo.edge.url()))?;
    ensure!(page.contains("<html"), "the page at {} is no HTML", demo.edge.url());
    passed("the page is served");

    let answer = paste(workspace, good)?;
    check_good(&answer).with_context(|| format!("of the good submission: {answer}"))?;
    let kept = kept(demo)?;
    let file = fs::read_to_string(workspace.join("edge/dist/demo/good.json"))?;
    ensure!(kept == [parse(&file)?], "the collector keeps {kept:?} and not the good submission");
    passed("a good submission is accepted, and is in the collector's database");

    let answer = paste(workspace, altered)?;
    let digests =
        check_altered(&answer).with_context(|| format!("of the altered item: {answer}"))?;
    passed(format!("an altered item is rejected: {digests}"));

    let answers = paste(workspace, bot)?;
    let held = check_bot(&answers).with_context(|| format!("of the bot's stream:\n{answers}"))?;
    passed(format!(
        "a bot's stream is held as too-fast from answer {} on, without a word about wealth",
        held.first
    ));

    let url = format!("{}/v1/verdicts/{}?annotator={BOT}", demo.edge.url(), held.submission);
    let full =
        request(ureq::get(url).header("authorization", format!("Bearer {OPERATOR_SECRET}")))?;
    let wealth = check_full(&full).with_context(|| format!("of the full view: {full}"))?;
    passed(format!("the operator sees the wealth: {wealth}"));

    let kept = self::kept(demo)?;
    let at_most = 1 + held.accepted;
    ensure!(kept.len() == at_most, "{at_most} were accepted, but the collector has {}", kept.len());
    ensure!(
        kept.iter().all(|label| label["id"] != "altered-1" && label["id"] != held.submission),
        "the collector has what was not accepted: {kept:?}"
    );
    passed("the collector has what was accepted and nothing else");
    Ok(())
}

/// What a bot's stream led to.
#[derive(Debug, PartialEq)]
struct Held {
    /// The number of the first answer that was held, counting from 1.
    first: usize,
    accepted: usize,
    /// The last answer that was held.
    submission: String,
}

fn check_good(answer: &str) -> Result<()> {
    let view = parse(answer)?;
    ensure!(view["decision"] == "accept", "not accepted");
    Ok(())
}

fn check_altered(answer: &str) -> Result<String> {
    let view = parse(answer)?;
    ensure!(view["decision"] == "reject", "not rejected");
    let reason = reason(&view, "item-altered")?;
    let digest = |member: &str| -> Result<String> {
        let value = reason[member]["value"].as_str().unwrap_or_default();
        ensure!(value.starts_with("sha256:") && value.len() == 71, "`{member}` is no digest");
        Ok(value.to_string())
    };
    let (measured, expected) = (digest("measured")?, digest("expected")?);
    ensure!(measured != expected, "measured and expected are the same");
    Ok(format!("measured {}…, expected {}…", &measured[..15], &expected[..15]))
}

fn check_bot(answers: &str) -> Result<Held> {
    let lower = answers.to_lowercase();
    for word in ["wealth", "threshold", "measured", "evidence"] {
        ensure!(!lower.contains(word), "the annotator is told `{word}`");
    }
    let views =
        answers.lines().filter(|line| !line.is_empty()).map(parse).collect::<Result<Vec<_>>>()?;
    let is_held = |view: &Value| view["decision"] == "review" && reason(view, "too-fast").is_ok();
    let first = views.iter().position(is_held).context("never held as too-fast")?;
    let last = views.last().filter(|view| is_held(view)).context("not held at the end")?;
    let submission =
        last["submission"].as_str().context("a view without its submission")?.to_string();
    ensure!(views.iter().all(|view| view["decision"] != "reject"), "speed alone rejected somebody");
    let accepted = views.iter().filter(|view| view["decision"] == "accept").count();
    Ok(Held { first: first + 1, accepted, submission })
}

fn check_full(full: &str) -> Result<String> {
    let verdict = parse(full)?;
    let reason = reason(&verdict, "too-fast")?;
    ensure!(reason["measured"]["unit"] == "wealth", "the unit is not wealth");
    let number =
        |member: &str| reason[member]["value"].as_f64().with_context(|| format!("no {member}"));
    let (wealth, threshold) = (number("measured")?, number("threshold")?);
    ensure!(
        wealth >= threshold,
        "held with a wealth of {wealth}, under the threshold of {threshold}"
    );
    Ok(format!("{wealth:.1}, threshold {threshold}"))
}

fn reason<'a>(view: &'a Value, code: &str) -> Result<&'a Value> {
    let reasons = view["reasons"].as_array().context("no reasons")?;
    reasons
        .iter()
        .find(|reason| reason["code"] == code)
        .with_context(|| format!("no reason `{code}`"))
}

fn parse(text: &str) -> Result<Value> {
    serde_json::from_str(text).with_context(|| format!("not JSON: {text}"))
}

/// Runs a line in a shell at the root of the repository, where the printed lines are meant for.
fn paste(workspace: &Workspace, line: &str) -> Result<String> {
    let output = Command::new("sh").current_dir(workspace.root()).args(["-c", line]).output()?;
    ensure!(
        output.status.success(),
        "`{line}` failed: {} (is curl installed?)",
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8(output.stdout)?.trim().to_string())
}

/// The labels in the collector's database, as they were sent.
fn kept(demo: &Demo) -> Result<Vec<Value>> {
    let list = request(ureq::get(format!("{}/v1/labels?limit={PAGE}", demo.collector.url())))?;
    let list = parse(&list)?;
    let labels = list["labels"].as_array().context("the collector lists no labels")?;
    labels.iter().map(|label| parse(label["body"].as_str().unwrap_or_default())).collect()
}

fn passed(what: impl Display) {
    println!("  ✓ {what}");
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCEPT: &str = r#"{"decision":"accept","submission":"bot-1"}"#;
    const REVIEW: &str = r#"{"decision":"review","submission":"bot-2","reasons":[{"code":"too-fast","message":"slow down"}]}"#;

    #[test]
    fn a_bot_must_be_held_and_told_nothing() {
        let held = check_bot(&format!("{ACCEPT}\n{REVIEW}\n{REVIEW}\n")).unwrap();
        assert_eq!((held.first, held.accepted, held.submission.as_str()), (2, 1, "bot-2"));
        assert!(check_bot(ACCEPT).is_err());
        assert!(check_bot(&format!("{REVIEW}\n{ACCEPT}")).is_err());
        assert!(check_bot(&REVIEW.replace("slow down", "your wealth is 7")).is_err());
        assert!(check_bot(&format!("{}\n{REVIEW}", REVIEW.replace("review", "reject"))).is_err());
    }

    #[test]
    fn an_altered_item_needs_two_different_digests() {
        let answer = |measured: &str, expected: &str| {
            format!(
                r#"{{"decision":"reject","reasons":[{{"code":"item-altered","measured":{{"value":"sha256:{measured}"}},"expected":{{"value":"sha256:{expected}"}}}}]}}"#
            )
        };
        let (one, two) = ("1".repeat(64), "2".repeat(64));
        assert!(check_altered(&answer(&one, &two)).is_ok());
        assert!(check_altered(&answer(&one, &one)).is_err());
        assert!(check_altered(&answer(&one, "22")).is_err());
        assert!(check_altered(REVIEW).is_err());
    }

    #[test]
    fn the_full_view_must_show_a_wealth_over_its_threshold() {
        let full = |wealth: f64| {
            format!(
                r#"{{"reasons":[{{"code":"too-fast","measured":{{"value":{wealth},"unit":"wealth"}},"threshold":{{"value":400,"unit":"wealth"}}}}]}}"#
            )
        };
        assert_eq!(check_full(&full(812.4)).unwrap(), "812.4, threshold 400");
        assert!(check_full(&full(399.0)).is_err());
        assert!(check_full(REVIEW).is_err());
    }
}
