//! `labelgate bom collect`: the ML-BOM of the labels that were collected.

use std::collections::BTreeMap;
use std::io::{self};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::HumanBytes;
use labelgate::Submission;
use labelgate::bom::{Canonical, SourceBom, Workflow};
use labelgate::json::{Kind, Reader};

use super::build::{About, require_time};
use super::document::{self, Document};
use super::found::Origin;
use super::inputs::{Inputs, is_stdin};
use super::keys;
use super::publish::Publication;
use super::submissions::{self, at_line};
use crate::failure::{Failure, Outcome};
use crate::terminal;
use crate::whole_file;

/// Write the ML-BOM of collected labels: every accepted submission with the SHA-256 of its bytes
///
/// So that the next one in the chain can check what came through this gate. Each accepted submission is
/// an item, named by its id, with the digest of its line as the collector has it. The BOM that the
/// labelled items were checked against is named by its BOM-Link and proven by its digest. How the labels
/// were checked stands in `formulation`: versions of the gate, digests of the policies, what stood
/// behind the BOM, and how many submissions were accepted, held and rejected.
///
/// Verdicts are those that `labelgate check --json` or the edge wrote for the same submissions, in the
/// same order; each must name its submission. What was held or rejected is counted and not listed.
#[derive(Debug, Args)]
#[command(after_long_help = AFTER)]
pub struct CollectArguments {
    /// Submissions as NDJSON, read one after the other; `-` is standard input
    #[arg(value_name = "SUBMISSIONS", required = true)]
    submissions: Vec<PathBuf>,

    /// Their verdicts as NDJSON; `-` is standard input
    #[arg(long, value_name = "FILE", required = true)]
    verdicts: PathBuf,

    /// The BOM that items were checked against
    #[arg(long, value_name = "FILE")]
    bom: Option<PathBuf>,

    /// A public key that must have signed that BOM
    #[arg(long = "key", value_name = "FILE", requires = "bom")]
    keys: Vec<PathBuf>,

    #[command(flatten)]
    about: About,

    /// When the BOM was made: RFC 3339, such as 2026-11-23T10:00:00Z
    #[arg(long, value_name = "TIME")]
    timestamp: Option<String>,

    /// Where to write the BOM; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
}

const AFTER: &str = "\
Examples:
  labelgate check --no-bom --json labels.ndjson > verdicts.ndjson
  labelgate bom collect labels.ndjson --verdicts verdicts.ndjson --name pet-labels -o labels.json
  labelgate bom sign labels.json --key key.jwk -o labels.signed.json
  labelgate bom verify labels.signed.json --key key.pub.jwk --submissions accepted.ndjson

Exit codes:
  0  the BOM was written
  2  wrong usage, submissions and verdicts that do not belong together, or a file that cannot be
     read or written; nothing was written";

/// Most different policies, or versions of the gate, in one collection.
const MAX_DIFFERENT: usize = 64;
const MAX_DEPTH: usize = 64;

pub fn run(arguments: &CollectArguments) -> Result<Outcome, Failure> {
    require_time(arguments.timestamp.as_deref())?;
    let inputs = arguments.submissions.iter().chain([&arguments.verdicts]);
    if inputs.filter(|path| is_stdin(path)).count() > 1 {
        return Err(Failure::new("expected `-` once: standard input can be read only once"));
    }
    let source = arguments.bom.as_deref().map(|path| source(path, arguments)).transpose()?;
    let mut counts = Counts::default();
    let mut inputs = Inputs::gather(|list| {
        let mut verdicts = submissions::lines(&arguments.verdicts)?;
        for path in &arguments.submissions {
            let mut lines = submissions::lines(path)?;
            while let Some((number, line)) = submissions::next(&mut lines, path)? {
                let verdict = submissions::next(&mut verdicts, &arguments.verdicts)?;
                let Some((verdict_number, Some(verdict))) = verdict else {
                    return Err(at_line(path, number, "expected a verdict of the submission"));
                };
                let verdict = Verdict::from_json(&verdict).map_err(|error| {
                    at_line(&arguments.verdicts, verdict_number, error.message())
                })?;
                let submission = line.as_deref().and_then(|line| Submission::from_json(line).ok());
                let id = submission.as_ref().map(|submission| submission.id.as_ref());
                if verdict.submission.as_deref() != id {
                    let expected = "expected the verdict in the same place to be of the submission";
                    return Err(at_line(path, number, expected));
                }
                counts.take(&verdict)?;
                if let (true, Some(id), Some(line)) =
                    (verdict.decision == "accept", id, line.as_deref())
                {
                    list.totals.bytes += u64::try_from(line.len()).unwrap_or_default();
                    list.push(id, &Origin::Listed(vec![submissions::digest(line)]))?;
                }
            }
        }
        match submissions::next(&mut verdicts, &arguments.verdicts)? {
            Some((number, _)) => Err(at_line(
                &arguments.verdicts,
                number,
                "expected no verdict without a submission",
            )),
            None => Ok(()),
        }
    })?;
    if inputs.totals.items == 0 {
        return Err(Failure::new("expected at least one accepted submission"));
    }
    let sources: Vec<SourceBom> = source.into_iter().collect();
    let name = arguments.about.name.as_deref().unwrap_or("labels");
    let workflow = counts.workflow(name);
    let publication = Publication {
        name,
        set_version: arguments.about.version.as_deref(),
        license: arguments.about.license.as_deref(),
        supplier: arguments.about.supplier.as_deref(),
        canonical: Canonical::RawBytes,
        timestamp: arguments.timestamp.as_deref(),
        serial_number: None,
        version: 1,
        sources: &sources,
        workflow: Some(&workflow),
    };
    if is_stdin(&arguments.output) {
        publication.write_to_stdout(&mut inputs)?;
    } else {
        let path = &arguments.output;
        let unwritable = |error: &io::Error| Failure::unwritable(path, error);
        whole_file::write(path, |out| {
            publication.write(&mut inputs, None, out, &unwritable, |_, _| {})
        })?;
    }
    let (accepted, bytes) = (inputs.totals.items, HumanBytes(inputs.totals.bytes));
    terminal::tell(&format!("{accepted} accepted submissions, {bytes}; {} in all", counts.all()));
    Ok(Outcome::AllAccepted)
}

/// Names and proves the BOM of the items.
fn source(path: &Path, arguments: &CollectArguments) -> Result<SourceBom, Failure> {
    let keys = keys::threshold(&arguments.keys, None)?;
    let refused = |refused: &document::Refused| {
        let path = crate::failure::quoted(path);
        Failure::new(format!("{path}: {}", refused.refusal.sentence()))
    };
    let document = Document::read_signed(path, keys.as_ref())?.map_err(|error| refused(&error))?;
    if let Some(Err(error)) = &document.signature {
        return Err(refused(error));
    }
    let bom = &document.bom;
    let serial_number = bom.serial_number().and_then(|urn| urn.strip_prefix("urn:uuid:"));
    let Some(uuid) = serial_number else {
        let path = crate::failure::quoted(path);
        return Err(Failure::new(format!("{path}: expected a BOM with a serial number")));
    };
    Ok(SourceBom { link: format!("urn:cdx:{uuid}/{}", bom.version()), digest: bom.digest() })
}

/// What is read of a verdict.
#[derive(Default)]
struct Verdict {
    decision: String,
    submission: Option<String>,
    bom: String,
    policy: String,
    gate: String,
}

impl Verdict {
    fn from_json(line: &[u8]) -> Result<Self, labelgate::Error> {
        let mut verdict = Self::default();
        let mut reader = Reader::new(line, MAX_DEPTH)?;
        reader.object(&mut |reader, member| {
            let slot = match member {
                "decision" => &mut verdict.decision,
                "bom" => &mut verdict.bom,
                "policy" => &mut verdict.policy,
                "gate" => &mut verdict.gate,
                "submission" if reader.kind()? == Kind::String => {
                    verdict.submission = Some(reader.string()?.into_owned());
                    return Ok(());
                }
                _ => return reader.skip(),
            };
            *slot = reader.string()?.into_owned();
            Ok(())
        })?;
        if verdict.policy.is_empty() || verdict.gate.is_empty() {
            return Err(reader.error("expected a full verdict with `policy` and `gate`"));
        }
        reader.finish()?;
        Ok(verdict)
    }
}

/// What the verdicts say together.
#[derive(Default)]
struct Counts {
    decisions: BTreeMap<&'static str, u64>,
    /// How many verdicts name each gate, policy and state of the BOM.
    makers: BTreeMap<(&'static str, String), u64>,
}

impl Counts {
    fn take(&mut self, verdict: &Verdict) -> Result<(), Failure> {
        let decision = match verdict.decision.as_str() {
            "accept" => "accepted",
            "review" => "held",
            "reject" => "rejected",
            _ => return Err(Failure::new("expected `decision` to be accept, review or reject")),
        };
        *self.decisions.entry(decision).or_default() += 1;
        for (name, value) in
            [("bom", &verdict.bom), ("gate", &verdict.gate), ("policy", &verdict.policy)]
        {
            *self.makers.entry((name, value.clone())).or_default() += 1;
        }
        if self.makers.len() > MAX_DIFFERENT {
            return Err(Failure::new(format!(
                "expected verdicts of at most {MAX_DIFFERENT} different gates and policies"
            )));
        }
        Ok(())
    }

    fn all(&self) -> u64 {
        self.decisions.values().sum()
    }

    fn workflow(&self, name: &str) -> Workflow {
        let mut properties = Vec::new();
        for (what, value) in self.makers.keys() {
            properties.push((format!("labelgate:{what}"), value.clone()));
        }
        for decision in ["accepted", "held", "rejected"] {
            let count = self.decisions.get(decision).copied().unwrap_or_default();
            properties.push((format!("labelgate:{decision}"), count.to_string()));
        }
        Workflow {
            uid: "labelgate-check".to_owned(),
            name: format!("{name}: labels checked"),
            properties,
        }
    }
}
