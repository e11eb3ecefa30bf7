//! `labelgate consensus`: what the answers of a crowd say is true.

mod arguments;
mod probabilities;
mod sheets;

use std::io::{self, BufWriter, Write};
use std::sync::Arc;

use labelgate::agreement::{Crowd, Measure};
use labelgate::consensus::{Method, Options, Outcome, Score};
use labelgate::json::Writer;

use crate::crowd::{self, Answered, CrowdArguments};
use crate::failure::{self, Failure};
use crate::sheet::Form;
use crate::terminal;

pub use arguments::ConsensusArguments;

pub fn run(arguments: &ConsensusArguments) -> Result<failure::Outcome, Failure> {
    let written = [&arguments.output, &arguments.annotators];
    let read = arguments.crowd.files.iter().chain(&arguments.truth).chain(&arguments.gold);
    if let Some(path) = read.chain(written[1]).find(|path| written[0].as_ref() == Some(*path)) {
        let path = failure::quoted(path);
        return Err(Failure::new(format!("expected another file than {path} for the result")));
    }
    let form = arguments.output.as_deref().map(Form::of).transpose()?;
    let annotators_form = arguments.annotators.as_deref().map(Form::of).transpose()?;
    let answered = crowd::read(&arguments.crowd)?;
    let crowd = &answered.crowd;
    let method = arguments.method.unwrap_or_else(|| Method::usual(answered.kind));
    let options = options(arguments, &answered)?;
    let teaches =
        matches!(method, Method::DawidSkene | Method::FastDawidSkene | Method::OneCoinDawidSkene);
    if arguments.gold.is_some() && !teaches {
        return Err(Failure::new(format!(
            "--gold: expected the method `dawid-skene`, `fast-dawid-skene` or `one-coin-dawid-skene`, found `{}`",
            method.as_str()
        )));
    }
    let failed = |error: labelgate::Error| Failure::new(error.to_string());
    let mut outcome = Outcome::of(crowd, answered.kind, method, &options).map_err(failed)?;
    let score = score(arguments, &answered, method, &outcome, &options)?;
    if arguments.truth.is_some() && score.is_none() {
        terminal::tell(
            "labelgate: --truth names no task that was answered, so there is no accuracy",
        );
    }
    for label in outcome.tasks.iter_mut().filter_map(|task| task.label.as_mut()) {
        crowd::name_step(Arc::make_mut(label), answered.kind, &arguments.crowd.labels);
    }

    if let (Some(path), Some(form)) = (&arguments.annotators, annotators_form) {
        sheets::annotators(crowd, &outcome).write_file(path, form)?;
    }
    if let (Some(path), Some(form)) = (&arguments.output, form) {
        sheets::tasks(crowd, &outcome).write_file(path, form)?;
    }
    let mut out = BufWriter::new(io::stdout());
    let written = if arguments.json {
        let mut writer = Writer::new();
        outcome.write(crowd, method, score.as_ref(), &mut writer);
        writer.end_line();
        out.write_all(&writer.into_bytes())
    } else if arguments.output.is_none() {
        sheets::tasks(crowd, &outcome).write_csv(&mut out)
    } else {
        Ok(())
    };
    written.and_then(|()| out.flush()).map_err(|error| Failure::of_output(&error))?;
    for line in told(&answered, method, &outcome, score.as_ref()) {
        terminal::tell(&line);
    }
    Ok(failure::Outcome::AllAccepted)
}

fn options(arguments: &ConsensusArguments, answered: &Answered) -> Result<Options, Failure> {
    let crowd = &answered.crowd;
    let CrowdArguments { period, distance, .. } = arguments.crowd;
    let gold = match &arguments.gold {
        Some(path) => {
            let truth = crowd::read_truth(path, answered.kind, &arguments.crowd)?;
            let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
            let mut known = Vec::new();
            for (task, name) in crowd.tasks.iter().enumerate() {
                let Some(label) = truth.get(name) else { continue };
                let at = crowd.labels.binary_search(label).map_err(|_| {
                    Failure::new(format!(
                        "{}: expected labels that somebody gave or `--labels` names, found `{}` for the task `{name}`",
                        failure::quoted(path),
                        crowd::text_of(label)
                    ))
                })?;
                known.push((number(task), number(at)));
            }
            known
        }
        None => Vec::new(),
    };
    let probabilities = match &arguments.probabilities {
        Some(path) => probabilities::read(path, crowd)?,
        None => Vec::new(),
    };
    Ok(Options {
        gold,
        share: arguments.share,
        seed: arguments.seed,
        restarts: arguments.restarts,
        strategy: arguments.strategy,
        iterations: arguments.iterations,
        tolerance: arguments.tolerance,
        smoothing: arguments.smoothing.unwrap_or_default(),
        probabilities,
        distance,
        period,
    })
}

fn score(
    arguments: &ConsensusArguments,
    answered: &Answered,
    method: Method,
    outcome: &Outcome,
    options: &Options,
) -> Result<Option<Score>, Failure> {
    let Some(path) = &arguments.truth else { return Ok(None) };
    let CrowdArguments { period, distance, .. } = arguments.crowd;
    let crowd: &Crowd = &answered.crowd;
    let mut truth = crowd::read_truth(path, answered.kind, &arguments.crowd)?;
    let known = crowd.tasks.iter().enumerate();
    let truth = known.filter_map(|(task, name)| Some((task, truth.remove(name)?))).collect();
    let measure = Measure::of(answered.kind, &crowd.labels, period, distance);
    Ok(Score::of(outcome, method, crowd, &measure, &truth, &options.gold))
}

/// What a person should know of the result.
fn told(
    answered: &Answered,
    method: Method,
    outcome: &Outcome,
    score: Option<&Score>,
) -> Vec<String> {
    let answers = &answered.crowd.answers;
    let mut lines = vec![format!(
        "labelgate: {} of {} answers of {} annotators to {} tasks",
        method.as_str(),
        answers.len(),
        answers.annotator_count(),
        answers.task_count()
    )];
    let tied = outcome.tasks.iter().filter(|task| task.tied > 1).count();
    let named = if method.breaks_ties_by_votes() {
        "that of most votes, else the first in the order of labels"
    } else {
        "the first in the order of labels"
    };
    lines.push(format!("  ties: {named} is named ({tied} tasks tied)"));
    lines.extend(answered.rules().into_iter().map(|rule| format!("  {rule}")));
    if let Some((iterations, converged)) = outcome.iterations.filter(|(made, _)| *made > 1) {
        let end = if converged { "and came to rest" } else { "and could go on" };
        lines.push(format!("  it made {iterations} iterations {end}"));
    }
    let learns_mistakes = matches!(method, Method::DawidSkene | Method::FastDawidSkene);
    let answers_each = answers.len() / answers.annotator_count().max(1);
    if learns_mistakes && answers_each < answers.label_count() {
        lines.push(format!(
            "  annotators gave {answers_each} answers each, fewer than there are labels: too few to learn how they mistake \
             labels for one another; `--method one-coin-dawid-skene` learns less and needs fewer"
        ));
    }
    if let Some(departures) = outcome.departures.filter(|_| method != Method::MajorityVote) {
        lines.push(format!("  it overrules the majority vote in {departures} tasks"));
    }
    if let Some(score) = score {
        let errors = score.error.map_or_else(String::new, |errors| {
            let (absolute, square) = (errors.mean_absolute, errors.root_mean_square);
            format!(", mean absolute error {absolute:.3}, root mean square {square:.3}")
        });
        lines.push(format!(
            "  beside the truth of {} tasks: accuracy {:.4}, similarity {:.4}{errors}",
            score.tasks, score.accuracy, score.similarity
        ));
    }
    lines
}
