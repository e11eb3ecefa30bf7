//! Any method on any crowd: one result for all of them.

use std::sync::Arc;

use crate::agreement::{Crowd, Kind, Measure, value};
use crate::error::{Error, ErrorCode};
use crate::label::{BoundingBox, Distance, Label, Span};
use crate::splitmix::mix;

use super::bradley_terry::{Comparison, MOST_PRIOR, Preferred};
use super::wawa::wawa_after;
use super::{
    AnnotatorEstimate, BoxVote, BradleyTerry, Consensus, DawidSkene, Glad, Kos, MMsr, Mace, Medoid,
    Method, NoisyBradleyTerry, OneCoinDawidSkene, Rover, SetVote, SpanVote, TaskEstimate,
    ZeroBasedSkill, crowdlab, majority_vote, number_estimate, rank_vote,
};

/// What a method says of a crowd.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// By task, in the order of the crowd.
    pub tasks: Vec<Decided>,
    /// By annotator, in the order of the crowd.
    pub annotators: Vec<AnnotatorEstimate>,
    /// Items by strength, the strongest first, of methods that rank items and say nothing of tasks.
    pub items: Vec<(String, f64)>,
    /// For how many tasks the majority vote names another label, of methods for classes.
    pub departures: Option<usize>,
    /// How many iterations were made, and whether nothing changed any more, of methods that iterate.
    pub iterations: Option<(usize, bool)>,
}

/// What a task's label is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Decided {
    /// The label; none for a task without answers. Shared by all tasks that got it, where a method chooses among
    /// labels that were given.
    pub label: Option<Arc<Label>>,
    /// How probable it is, or how far the annotators agree with it, 0 to 1, where the method says.
    pub probability: Option<f64>,
    /// How much more probable it is than the next, 0 to 1, where the method says.
    pub margin: Option<f64>,
    /// How many labels were the best: of tied ones the first in the order of labels is named.
    pub tied: u32,
}

/// What some methods are told beside the answers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Options {
    /// Tasks whose label is known, as numbers of task and label, for [`Method::DawidSkene`],
    /// [`Method::FastDawidSkene`] and [`Method::OneCoinDawidSkene`].
    pub gold: Vec<(u32, u32)>,
    /// The share of annotators that a class, a character or a box needs, for [`Method::SetVote`], [`Method::SpanVote`]
    /// and [`Method::BoxVote`]; none for each method's own.
    pub share: Option<f64>,
    /// Which random starts [`Method::Mace`] makes.
    pub seed: u64,
    /// How many starts it makes; none for its own number.
    pub restarts: Option<usize>,
    /// How much spam of each label [`Method::Mace`] thinks that each annotator gave before; none for its own number.
    pub strategy: Option<f64>,
    /// Most iterations; none for each method's own number.
    pub iterations: Option<usize>,
    /// When [`Method::OneCoinDawidSkene`], [`Method::DawidSkene`], [`Method::FastDawidSkene`] and [`Method::Glad`] stop;
    /// none for each method's own tolerance, below 0 for after the last iteration.
    pub tolerance: Option<f64>,
    /// The answers that each annotator is thought to have given before, for [`Method::DawidSkene`] and
    /// [`Method::FastDawidSkene`].
    pub smoothing: f64,
    /// A model's probability of each label of each task, task after task, for [`Method::Crowdlab`].
    pub probabilities: Vec<f64>,
    /// How labels are compared by [`Method::Medoid`] and [`Method::WeightedMedoid`]; none for the kind's own way.
    pub distance: Option<Distance>,
    /// The period of circular labels.
    pub period: Option<f64>,
}

impl Decided {
    /// A label that was made for one task.
    fn of(label: Option<Label>, probability: Option<f64>) -> Self {
        Self { label: label.map(Arc::new), probability, margin: None, tied: 1 }
    }
}

impl Outcome {
    /// Runs a method on a crowd whose labels are of this kind.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when the method does not work with this kind, or with these answers.
    pub fn of(crowd: &Crowd, kind: Kind, method: Method, options: &Options) -> Result<Self, Error> {
        if !method.takes(kind) {
            return Err(error(format!(
                "expected labels of another kind than `{}` for the method `{}`",
                kind.as_str(),
                method.as_str()
            )));
        }
        kind.require_distance(options.distance)?;
        match method {
            Method::BoxVote => boxes(crowd, options),
            Method::BradleyTerry | Method::NoisyBradleyTerry => strengths(crowd, method, options),
            Method::Mean | Method::Median => numbers(crowd, method),
            Method::Medoid | Method::WeightedMedoid => medoids(crowd, kind, method, options),
            Method::RankVote => rankings(crowd),
            Method::Rover => texts(crowd),
            Method::SetVote => sets(crowd, options),
            Method::SpanVote => spans(crowd, options),
            _ => classes(crowd, method, options),
        }
    }
}

/// Methods that see of labels only which are the same.
fn classes(crowd: &Crowd, method: Method, options: &Options) -> Result<Outcome, Error> {
    let answers = &crowd.answers;
    let floor = majority_vote(answers);
    if method == Method::MajorityVote {
        return Ok(named(crowd, floor, 0));
    }
    let most = |usual: usize| options.iterations.unwrap_or(usual);
    let consensus = match method {
        Method::Wawa => wawa_after(answers, &floor),
        Method::ZeroBasedSkill => {
            let usual = ZeroBasedSkill::default();
            ZeroBasedSkill { iterations: most(usual.iterations), ..usual }.infer(answers)
        }
        Method::OneCoinDawidSkene => {
            let usual = OneCoinDawidSkene::default();
            let tolerance = options.tolerance.unwrap_or(usual.tolerance);
            OneCoinDawidSkene { iterations: most(usual.iterations), tolerance, ..usual }
                .infer(answers, &options.gold)?
        }
        Method::DawidSkene | Method::FastDawidSkene => {
            let usual = DawidSkene::default();
            let hard = method == Method::FastDawidSkene;
            let tolerance = options.tolerance.unwrap_or(usual.tolerance);
            let smoothing = options.smoothing;
            DawidSkene { iterations: most(usual.iterations), tolerance, hard, smoothing, ..usual }
                .infer(answers, &options.gold)?
        }
        Method::Glad => {
            let usual = Glad::default();
            let tolerance = options.tolerance.unwrap_or(usual.tolerance);
            Glad { iterations: most(usual.iterations), tolerance, ..usual }.infer(answers)?
        }
        Method::Mace => {
            let usual = Mace::default();
            let restarts = options.restarts.unwrap_or(usual.restarts);
            let strategy = options.strategy.unwrap_or(usual.strategy);
            let (iterations, seed) = (most(usual.iterations), options.seed);
            Mace { iterations, restarts, seed, strategy, ..usual }.infer(answers)?
        }
        Method::Kos => {
            let usual = Kos::default();
            Kos { iterations: most(usual.iterations), ..usual }.infer(answers)?
        }
        Method::MMsr => {
            let usual = MMsr::default();
            MMsr { iterations: most(usual.iterations), ..usual }.infer(answers)?
        }
        Method::Crowdlab => crowdlab(answers, &options.probabilities)?.consensus,
        _ => {
            let name = method.as_str();
            return Err(error(format!("expected a method for classes, found `{name}`")));
        }
    };
    let departures = consensus.departures(&floor).count();
    Ok(named(crowd, consensus, departures))
}

/// The same with labels in place of their numbers.
fn named(crowd: &Crowd, consensus: Consensus, departures: usize) -> Outcome {
    let Consensus { tasks, annotators, iterations, converged, .. } = consensus;
    let labels: Vec<Arc<Label>> = crowd.labels.iter().cloned().map(Arc::new).collect();
    Outcome {
        tasks: tasks.iter().map(|task| decided(&labels, task)).collect(),
        annotators,
        departures: Some(departures),
        iterations: Some((iterations, converged)),
        ..Outcome::default()
    }
}

fn decided(labels: &[Arc<Label>], task: &TaskEstimate) -> Decided {
    let label = task.label.and_then(|number| labels.get(number as usize)).cloned();
    let known = |number: f64| label.is_some().then_some(number);
    Decided {
        probability: known(task.probability),
        margin: known(task.margin),
        tied: task.tied,
        label,
    }
}

/// The labels that were given to each task.
fn given(crowd: &Crowd) -> impl Iterator<Item = Vec<&Label>> {
    crowd.answers.units().map(|unit| {
        unit.labels.iter().filter_map(|number| crowd.labels.get(*number as usize)).collect()
    })
}

/// What is done to each task on its own.
fn each_task(
    crowd: &Crowd,
    mut decide: impl FnMut(&[&Label]) -> Result<Decided, Error>,
) -> Result<Outcome, Error> {
    let mut tasks = Vec::with_capacity(crowd.answers.task_count());
    for (at, labels) in given(crowd).enumerate() {
        let decided = if labels.is_empty() { Ok(Decided::default()) } else { decide(&labels) };
        tasks.push(decided.map_err(|failed| {
            let name = crowd.tasks.get(at).filter(|name| !name.is_empty());
            let task = name.map_or_else(|| format!("number {at}"), |name| format!("`{name}`"));
            error(format!("task {task}: {}", failed.message()))
        })?);
    }
    Ok(Outcome { tasks, annotators: counted(crowd), ..Outcome::default() })
}

/// Annotators of whom a method says nothing.
fn counted(crowd: &Crowd) -> Vec<AnnotatorEstimate> {
    let answered = crowd.answers.answered().into_iter();
    answered.map(|answers| AnnotatorEstimate { answers, ..AnnotatorEstimate::default() }).collect()
}

fn boxes(crowd: &Crowd, options: &Options) -> Result<Outcome, Error> {
    let usual = BoxVote::default();
    let vote = BoxVote { quorum: options.share.unwrap_or(usual.quorum), ..usual };
    each_task(crowd, |labels| {
        let answers: Vec<&[BoundingBox]> = labels
            .iter()
            .filter_map(|label| match label {
                Label::Boxes(boxes) => Some(boxes.as_slice()),
                _ => None,
            })
            .collect();
        let agreed = vote.infer(&answers)?;
        let probability = mean(agreed.iter().map(|one| one.share * one.iou));
        let label = Label::boxes(agreed.into_iter().map(|one| one.median).collect());
        Ok(Decided::of(label, probability))
    })
}

fn numbers(crowd: &Crowd, method: Method) -> Result<Outcome, Error> {
    each_task(crowd, |labels| {
        let numbers: Vec<f64> = labels.iter().filter_map(|label| value(label)).collect();
        let number = number_estimate(&numbers)?
            .map(|found| if method == Method::Mean { found.mean } else { found.median });
        // Minus zero and zero are one label.
        let label = number.map(|number| Label::Number(number + 0.0));
        Ok(Decided::of(label, None))
    })
}

fn rankings(crowd: &Crowd) -> Result<Outcome, Error> {
    each_task(crowd, |labels| {
        let voted = rank_vote(&tiers(labels))?;
        let probability = Some(voted.agreement);
        Ok(Decided::of(Label::ranking(voted.tiers), probability))
    })
}

fn tiers<'a>(labels: &[&'a Label]) -> Vec<&'a [Vec<String>]> {
    let tiers = labels.iter().filter_map(|label| match label {
        Label::Ranking(tiers) => Some(tiers.as_slice()),
        _ => None,
    });
    tiers.collect()
}

fn texts(crowd: &Crowd) -> Result<Outcome, Error> {
    each_task(crowd, |labels| {
        let words: Vec<Vec<&str>> = labels
            .iter()
            .filter_map(|label| match label {
                Label::Text(text) => Some(text.split_whitespace().collect()),
                _ => None,
            })
            .collect();
        let words: Vec<&[&str]> = words.iter().map(Vec::as_slice).collect();
        let voted = Rover.infer(&words)?;
        let probability = mean(voted.shares.iter().copied());
        Ok(Decided::of(Label::text(voted.words.join(" ")), probability))
    })
}

fn sets(crowd: &Crowd, options: &Options) -> Result<Outcome, Error> {
    let vote = options.share.map_or_else(SetVote::default, |share| SetVote { share });
    each_task(crowd, |labels| {
        let answers: Vec<&[String]> = labels
            .iter()
            .filter_map(|label| match label {
                Label::Classes(classes) => Some(classes.as_slice()),
                _ => None,
            })
            .collect();
        let voted = vote.infer(&answers)?;
        // How many annotators are on the side of the consensus, class by class.
        let probability = mean(voted.shares.iter().map(|(class, share)| {
            if voted.classes.contains(class) { *share } else { 1.0 - share }
        }));
        Ok(Decided::of(Label::class_set(voted.classes), probability))
    })
}

fn spans(crowd: &Crowd, options: &Options) -> Result<Outcome, Error> {
    let vote = options.share.map_or_else(SpanVote::default, |share| SpanVote { share });
    each_task(crowd, |labels| {
        let answers: Vec<&[Span]> = labels
            .iter()
            .filter_map(|label| match label {
                Label::Spans(spans) => Some(spans.as_slice()),
                _ => None,
            })
            .collect();
        let voted = vote.infer(&answers)?;
        let probability = mean(voted.iter().map(|one| one.share));
        let label = Label::spans(voted.into_iter().map(|one| one.span).collect());
        Ok(Decided::of(label, probability))
    })
}

fn medoids(crowd: &Crowd, kind: Kind, method: Method, options: &Options) -> Result<Outcome, Error> {
    const ITERATIONS: usize = 20;
    let usual = if method == Method::WeightedMedoid { ITERATIONS } else { 0 };
    let medoid = Medoid { iterations: options.iterations.unwrap_or(usual), ..Medoid::default() };
    let answers = &crowd.answers;
    let measure = Measure::of(kind, &crowd.labels, options.period, options.distance);
    // By label, so that of tied answers the first is that of the first label, whoever gave it and when.
    let sorted: Vec<Vec<(u32, u32)>> = answers
        .units()
        .map(|unit| {
            let labels = unit.labels.iter().copied();
            let mut pairs: Vec<_> = labels.zip(unit.annotators.iter().copied()).collect();
            pairs.sort_unstable();
            pairs
        })
        .collect();
    let annotators: Vec<Vec<u32>> = sorted
        .iter()
        .map(|pairs| pairs.iter().map(|(_, annotator)| *annotator).collect())
        .collect();
    let tasks: Vec<&[u32]> = annotators.iter().map(Vec::as_slice).collect();
    let label = |task: usize, place: usize| {
        let (number, _) = sorted.get(task)?.get(place)?;
        crowd.labels.get(*number as usize)
    };
    let found = medoid.infer(answers.annotator_count(), &tasks, |task, one, other| {
        match (label(task, one), label(task, other)) {
            (Some(one), Some(other)) => measure.between(one, other),
            _ => 1.0,
        }
    })?;
    let tasks = found
        .tasks
        .iter()
        .enumerate()
        .map(|(task, chosen)| {
            chosen.map_or_else(Decided::default, |chosen| Decided {
                label: label(task, chosen.place).cloned().map(Arc::new),
                probability: Some(1.0 - chosen.distance),
                margin: None,
                tied: u32::try_from(chosen.tied).unwrap_or(u32::MAX),
            })
        })
        .collect();
    let mut annotators = counted(crowd);
    for (estimate, closeness) in annotators.iter_mut().zip(found.closeness) {
        estimate.skill = closeness;
    }
    Ok(Outcome { tasks, annotators, ..Outcome::default() })
}

/// Items by strength: every ranking is what it says of each two of its items.
fn strengths(crowd: &Crowd, method: Method, options: &Options) -> Result<Outcome, Error> {
    let mut names: Vec<&str> = Vec::new();
    for label in &crowd.labels {
        if let Label::Ranking(tiers) = label {
            names.extend(tiers.iter().flatten().map(String::as_str));
        }
    }
    names.sort_unstable();
    names.dedup();
    let mut comparisons = Vec::new();
    for unit in crowd.answers.units() {
        for (annotator, number) in unit.annotators.iter().zip(unit.labels) {
            let Some(Label::Ranking(tiers)) = crowd.labels.get(*number as usize) else { continue };
            compare(*annotator, tiers, &names, &mut comparisons)?;
        }
    }
    let annotators = crowd.answers.annotator_count();
    let mut estimates = counted(crowd);
    let scores = if method == Method::BradleyTerry {
        let usual = BradleyTerry::default();
        let iterations = options.iterations.unwrap_or(usual.iterations);
        BradleyTerry { iterations, ..usual }.infer(names.len(), &comparisons)?
    } else {
        let usual = NoisyBradleyTerry::default();
        let iterations = options.iterations.unwrap_or(usual.iterations);
        // A ranking has no sides to favour: who does not look answers by the throw of a coin.
        let model = NoisyBradleyTerry { iterations, bias_prior: MOST_PRIOR, ..usual };
        let found = model.infer(names.len(), annotators, &comparisons)?;
        for (estimate, skill) in estimates.iter_mut().zip(found.skills) {
            estimate.skill = skill;
        }
        found.items
    };
    let strength = |item: u32| {
        let item = item as usize;
        Some(((*names.get(item)?).to_owned(), *scores.strengths.get(item)?))
    };
    Ok(Outcome {
        items: scores.ranking().into_iter().filter_map(strength).collect(),
        annotators: estimates,
        iterations: Some((scores.iterations, scores.converged)),
        ..Outcome::default()
    })
}

/// Most comparisons that all rankings may hold: 1 GiB of memory.
const MAX_COMPARISONS: usize = 1 << 24;

fn compare(
    annotator: u32,
    tiers: &[Vec<String>],
    names: &[&str],
    comparisons: &mut Vec<Comparison>,
) -> Result<(), Error> {
    let placed: Vec<(usize, u32)> = tiers
        .iter()
        .enumerate()
        .flat_map(|(tier, items)| items.iter().map(move |item| (tier, item)))
        .filter_map(|(tier, item)| {
            let number = names.binary_search(&item.as_str()).ok()?;
            Some((tier, u32::try_from(number).ok()?))
        })
        .collect();
    for (at, (tier, left)) in placed.iter().enumerate() {
        for (other_tier, right) in placed.iter().skip(at + 1) {
            if comparisons.len() == MAX_COMPARISONS {
                return Err(error(format!("expected at most {MAX_COMPARISONS} comparisons")));
            }
            let preferred = if tier == other_tier { Preferred::Tied } else { Preferred::Left };
            comparisons.push(sided(Comparison {
                annotator,
                left: *left,
                right: *right,
                preferred,
            }));
        }
    }
    Ok(())
}

/// The same comparison with its sides as annotator and items say, whichever won: else "left" would be the winner.
fn sided(comparison: Comparison) -> Comparison {
    let Comparison { annotator, left, right, preferred } = comparison;
    let items = u64::from(left.min(right)) << 32 | u64::from(left.max(right));
    let lesser_is_left = mix(mix(items) ^ u64::from(annotator)).is_multiple_of(2);
    if lesser_is_left == (left < right) {
        return comparison;
    }
    let preferred = match preferred {
        Preferred::Left => Preferred::Right,
        Preferred::Right => Preferred::Left,
        Preferred::Tied => Preferred::Tied,
    };
    Comparison { annotator, left: right, right: left, preferred }
}

fn mean(numbers: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut sum, mut count) = (0.0, 0_u32);
    for number in numbers {
        sum += number;
        count += 1;
    }
    (count > 0).then(|| sum / f64::from(count))
}

fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agreement::CrowdBuilder;

    #[test]
    fn who_ranks_by_the_throw_of_a_coin_is_told_from_who_looks() {
        let mut crowd = CrowdBuilder::new();
        for (better, worse) in (0..10_u64).flat_map(|b| (b + 1..10).map(move |w| (b, w))) {
            for annotator in 0..20_u64 {
                let drawn = mix(annotator << 32 | better << 16 | worse);
                // Fifteen err once in ten times, five always throw a coin.
                let right = if annotator < 15 {
                    !drawn.is_multiple_of(10)
                } else {
                    !drawn.is_multiple_of(2)
                };
                let order = if right { [better, worse] } else { [worse, better] };
                let label = Label::ranking(order.map(|item| vec![format!("item {item}")]).into());
                crowd
                    .add(&format!("{better}/{worse}"), &annotator.to_string(), label.unwrap())
                    .unwrap();
            }
        }
        let crowd = crowd.build().unwrap();
        let options = Options::default();
        let method = Method::NoisyBradleyTerry;
        let found = Outcome::of(&crowd, Kind::Ranking, method, &options).unwrap();
        let order: Vec<&str> = found.items.iter().map(|(name, _)| name.as_str()).collect();
        assert!(order.is_sorted(), "{:?}", found.items);
        let skill = |annotator: usize| found.annotators[annotator].skill.unwrap();
        let least = (0..15).map(skill).fold(1.0, f64::min);
        let most = (15..20).map(skill).fold(0.0, f64::max);
        assert!(least > 0.6 && most < 0.4, "{least} {most}");
    }
}
