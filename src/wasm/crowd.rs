//! The module for whole crowds, loaded on demand: agreement and consensus.
//!
//! Built from the same crate with the feature `crowd`, which leaves out the gate. Names of tasks and annotators stay in
//! JavaScript; what crosses are their numbers, and the labels once each.

mod base;
mod js;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::agreement::{Answer, By, Crowd, Kind, Measure, Report};
use crate::consensus::{Method, Options, Outcome, Score, write_plain};
use crate::json::{self, Reader, Writer};
use crate::label::{Distance, Label, MAX_CLASS_BYTES};
use crate::{Error, ErrorCode};

use base::thrown;

/// The answers of a crowd.
#[wasm_bindgen(js_name = Crowd)]
pub struct JsCrowd {
    crowd: Crowd,
    kind: Kind,
    period: Option<f64>,
    distance: Option<Distance>,
    outcome: Outcome,
}

const MAX_DEPTH: usize = 16;

#[wasm_bindgen(js_class = Crowd)]
impl JsCrowd {
    /// Answers as numbers of tasks, annotators and labels, one each an answer; `names` is
    /// `{"tasks":COUNT,"annotators":[…],"labels":[…]}` as JSON bytes, the names and labels by number. Throws an error
    /// with `code: "answers"` or `"json"`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        tasks: &[u32],
        annotators: &[u32],
        labels: &[u32],
        names: &[u8],
        kind: &str,
        period: Option<f64>,
        distance: Option<String>,
    ) -> Result<JsCrowd, JsValue> {
        let kind = Kind::from_name(kind).ok_or_else(|| unknown("kind", kind)).map_err(thrown)?;
        let names = Names::read(names, kind).map_err(thrown)?;
        let distance = distance
            .map(|name| Distance::from_name(&name).ok_or_else(|| unknown("distance", &name)))
            .transpose()
            .map_err(thrown)?;
        let answers: Vec<Answer> = tasks
            .iter()
            .zip(annotators)
            .zip(labels)
            .map(|((task, annotator), label)| Answer {
                task: *task,
                annotator: *annotator,
                label: *label,
            })
            .collect();
        let crowd = Crowd::of_numbers(names.tasks, names.annotators, names.labels, answers)
            .map_err(thrown)?;
        if !crowd.labels.iter().all(|label| kind.takes(label)) {
            let message = format!("expected labels of one kind, `{}`", kind.as_str());
            return Err(thrown(Error::new(ErrorCode::Answers, message)));
        }
        Ok(Self { crowd, kind, period, distance, outcome: Outcome::default() })
    }

    /// The agreement as JSON bytes; `by` is empty, `annotator`, `class` or `pair`, and `replicates` is 0 for no bootstrap.
    pub fn agreement(&self, by: &str, replicates: u32, seed: u32) -> Result<Vec<u8>, JsValue> {
        let by = match by {
            "annotator" => Some(By::Annotator),
            "class" => Some(By::Class),
            "pair" => Some(By::Pair),
            _ => None,
        };
        let (crowd, period, distance) = (&self.crowd, self.period, self.distance);
        let mut report = Report::of(crowd, self.kind, period, distance, by).map_err(thrown)?;
        if replicates > 0 {
            report.resample(crowd, period, distance, replicates, seed).map_err(thrown)?;
        }
        let mut writer = Writer::new();
        report.write(crowd, &mut writer);
        Ok(writer.into_bytes())
    }

    /// Infers the labels. Returns what is said of all tasks and of the annotators as JSON bytes; the tasks are taken by
    /// the calls below. `options` is an object of numbers and `probabilities` those of `crowdlab`.
    pub fn consensus(
        &mut self,
        method: &str,
        options: &[u8],
        probabilities: Vec<f64>,
    ) -> Result<Vec<u8>, JsValue> {
        let method = match method {
            "" => Method::usual(self.kind),
            name => {
                Method::from_name(name).ok_or_else(|| unknown("method", name)).map_err(thrown)?
            }
        };
        let mut asked = Asked::read(options, self.kind).map_err(thrown)?;
        asked.options.probabilities = probabilities;
        asked.options.period = self.period;
        asked.options.distance = self.distance;
        let labels = &self.crowd.labels;
        let gold = asked.gold.iter().filter_map(|(task, label)| {
            let label = labels.binary_search(label).ok().and_then(|at| u32::try_from(at).ok())?;
            Some((*task, label))
        });
        asked.options.gold = gold.collect();
        self.outcome =
            Outcome::of(&self.crowd, self.kind, method, &asked.options).map_err(thrown)?;
        let score = asked.truth.as_ref().and_then(|truth| {
            let measure = Measure::of(self.kind, labels, self.period, self.distance);
            let truth = truth.iter().map(|(task, label)| (*task as usize, label.clone())).collect();
            Score::of(&self.outcome, method, &self.crowd, &measure, &truth, &asked.options.gold)
        });
        let mut writer = Writer::new();
        writer.open_object();
        writer.string_member("method", method.as_str());
        self.outcome.write_summary(method, score.as_ref(), &mut writer);
        self.outcome.write_annotators(&self.crowd.annotators, &mut writer);
        writer.close_object();
        Ok(writer.into_bytes())
    }

    /// The labels of the tasks as a JSON array, `null` where there is none.
    pub fn labels(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.open_array();
        for task in &self.outcome.tasks {
            match &task.label {
                Some(label) => write_plain(label, &mut writer),
                None => writer.null(),
            }
        }
        writer.close_array();
        writer.into_bytes()
    }

    /// How probable they are; NaN where the method does not say.
    pub fn probabilities(&self) -> Vec<f64> {
        self.numbers(|task| task.probability)
    }

    /// How much more probable they are than the next; NaN where the method does not say.
    pub fn margins(&self) -> Vec<f64> {
        self.numbers(|task| task.margin)
    }

    /// How many labels were the best.
    pub fn tied(&self) -> Vec<u32> {
        self.outcome.tasks.iter().map(|task| task.tied).collect()
    }
}

impl JsCrowd {
    fn numbers(&self, of: fn(&crate::consensus::Decided) -> Option<f64>) -> Vec<f64> {
        self.outcome.tasks.iter().map(|task| of(task).unwrap_or(f64::NAN)).collect()
    }
}

/// Names of tasks and annotators, and labels, by number.
#[derive(Default)]
struct Names {
    tasks: Vec<String>,
    annotators: Vec<String>,
    labels: Vec<Label>,
}

impl Names {
    fn read(input: &[u8], kind: Kind) -> Result<Self, Error> {
        let mut names = Self::default();
        let mut reader = Reader::new(input, MAX_DEPTH)?;
        reader.object(&mut |reader, member| match member {
            // Their names are not needed here.
            "tasks" => {
                names.tasks = vec![String::new(); count(reader)? as usize];
                Ok(())
            }
            "annotators" => list(reader, &mut names.annotators),
            "labels" => reader.array(&mut |reader| {
                names.labels.push(plain(reader, kind)?);
                Ok(())
            }),
            _ => reader.skip(),
        })?;
        reader.finish()?;
        Ok(names)
    }
}

/// What is asked of a method.
#[derive(Default)]
struct Asked {
    options: Options,
    gold: Vec<(u32, Label)>,
    truth: Option<Vec<(u32, Label)>>,
}

impl Asked {
    fn read(input: &[u8], kind: Kind) -> Result<Self, Error> {
        let mut asked = Self::default();
        let options = &mut asked.options;
        let mut reader = Reader::new(input, MAX_DEPTH)?;
        reader.object(&mut |reader, member| {
            match member {
                "share" => options.share = Some(reader.number()?),
                "tolerance" => options.tolerance = Some(reader.number()?),
                "smoothing" => options.smoothing = reader.number()?,
                "seed" => options.seed = u64::from(count(reader)?),
                "strategy" => options.strategy = Some(reader.number()?),
                "restarts" => options.restarts = Some(count(reader)? as usize),
                "iterations" => options.iterations = Some(count(reader)? as usize),
                "gold" => asked.gold = known(reader, kind)?,
                "truth" => asked.truth = Some(known(reader, kind)?),
                _ => return Err(reader.error(&format!("expected no option `{member}`"))),
            }
            Ok(())
        })?;
        reader.finish()?;
        Ok(asked)
    }
}

/// Pairs `[task, label]` of a known label.
fn known(reader: &mut Reader<'_>, kind: Kind) -> Result<Vec<(u32, Label)>, Error> {
    let mut all = Vec::new();
    reader.array(&mut |reader| {
        let (mut task, mut label) = (None, None);
        reader.array(&mut |reader| {
            if task.is_none() {
                task = Some(count(reader)?);
            } else {
                label = Some(plain(reader, kind)?);
            }
            Ok(())
        })?;
        all.extend(task.zip(label));
        Ok(())
    })?;
    Ok(all)
}

fn count(reader: &mut Reader<'_>) -> Result<u32, Error> {
    let at = reader.offset();
    u32::try_from(reader.integer()?)
        .map_err(|_| reader.error_from(at, "expected a whole number from 0, below 2^32"))
}

fn list(reader: &mut Reader<'_>, names: &mut Vec<String>) -> Result<(), Error> {
    reader.array(&mut |reader| {
        names.push(reader.string()?.into_owned());
        Ok(())
    })
}

/// A label: a string is a class or a text, a number a number, a list a set, and an object says its kind.
fn plain(reader: &mut Reader<'_>, kind: Kind) -> Result<Label, Error> {
    let at = reader.offset();
    match reader.kind()? {
        json::Kind::String => {
            let text = reader.string()?.into_owned();
            let label = match kind {
                Kind::Text => Label::text(text),
                _ => Some(Label::Class(text)).filter(|label| {
                    matches!(label, Label::Class(class) if (1..=MAX_CLASS_BYTES).contains(&class.len()))
                }),
            };
            label.ok_or_else(|| reader.error_from(at, "expected a class name or a text in bounds"))
        }
        json::Kind::Number => Ok(Label::Number(reader.number()? + 0.0)),
        json::Kind::Array => {
            let mut classes = Vec::new();
            list(reader, &mut classes)?;
            Label::class_set(classes)
                .ok_or_else(|| reader.error_from(at, "expected each class once"))
        }
        _ => Label::read(reader),
    }
}

fn unknown(what: &str, name: &str) -> Error {
    Error::new(ErrorCode::Answers, format!("expected a {what} that there is, found `{name}`"))
}
