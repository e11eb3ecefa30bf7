//! Attackers, made from a fixed seed and put among a real crowd.

use std::collections::{BTreeMap, BTreeSet};

use crate::random::{Random, named, pick};
use crate::set::{Answer, Set, Times};

/// What an attacker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attack {
    /// A label drawn evenly from the set's labels, at times drawn from the real crowd.
    RandomAnswers,
    /// One label for all items, every so many milliseconds.
    FixedInterval { interval_ms: i64 },
}

/// A page of the real crowd: how many answers, how long, and how long until the next one.
#[derive(Clone, Copy)]
struct Page {
    answers: usize,
    spent_ms: i64,
    pause_ms: i64,
}

pub const ATTACKERS: usize = 20;
const LEAST_ANSWERS: usize = 100;
/// Longer pauses are ends of a session, not part of one.
const LONGEST_PAUSE_MS: i64 = 600_000;
/// From sending to arrival, where the set knows the server's time.
const TRAVEL_MS: i64 = 300;

impl Attack {
    pub const ALL: [Self; 4] = [
        Self::RandomAnswers,
        Self::FixedInterval { interval_ms: 500 },
        Self::FixedInterval { interval_ms: 2000 },
        Self::FixedInterval { interval_ms: 5000 },
    ];

    pub fn title(self) -> String {
        match self {
            Self::RandomAnswers => "Random answers at honest times".to_owned(),
            Self::FixedInterval { interval_ms } => {
                format!("One answer every {} s", interval_ms as f64 / 1000.0)
            }
        }
    }

    /// Without any time in the set, all intervals are the same attack; it is run once.
    pub fn is_run_on(self, set: &Set) -> bool {
        let slower = Self::FixedInterval { interval_ms: 500 };
        set.times != Times::None || self == Self::RandomAnswers || self == slower
    }
}

/// How many answers each attacker gives: as many as the median annotator, but at least 100 where the
/// set has so many items.
pub fn answers_each(set: &Set) -> usize {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for answer in set.answers.iter().filter(|answer| !set.marked.contains(&answer.worker)) {
        *counts.entry(&answer.worker).or_default() += 1;
    }
    let mut counts: Vec<usize> = counts.into_values().collect();
    counts.sort_unstable();
    counts[counts.len() / 2].max(LEAST_ANSWERS).min(tasks(set))
}

pub fn worker_name(number: usize) -> String {
    format!("attacker-{number}")
}

/// The crowd with the attackers in it, in order of arrival.
pub fn inject(set: &Set, attack: Attack, seed: u64) -> Vec<Answer> {
    let mut random = named(seed, &format!("{}/{attack:?}", set.name));
    let (labels, count) = (labels(set), answers_each(set));
    let pages = pages(set);
    let spent: Vec<u32> = set.answers.iter().filter_map(|answer| answer.elapsed_ms).collect();
    let mut forged: Vec<Answer> = Vec::new();
    for number in 0..ATTACKERS {
        let constant = pick(&mut random, &labels).clone();
        let mut answers: Vec<Answer> = items(set, count, &mut random)
            .into_iter()
            .map(|task| Answer {
                task,
                worker: worker_name(number),
                label: match attack {
                    Attack::RandomAnswers => pick(&mut random, &labels).clone(),
                    Attack::FixedInterval { .. } => constant.clone(),
                },
                ..Answer::default()
            })
            .collect();
        match (set.times, attack) {
            (Times::None, _) => {}
            (Times::Spent, Attack::RandomAnswers) => {
                for answer in &mut answers {
                    answer.elapsed_ms = Some(*pick(&mut random, &spent));
                }
            }
            (Times::Spent, Attack::FixedInterval { interval_ms }) => {
                for answer in &mut answers {
                    answer.elapsed_ms = u32::try_from(interval_ms - 1).ok();
                }
            }
            (Times::Stamps, Attack::RandomAnswers) => {
                stamp(set, &mut answers, &mut random, |random| *pick(random, &pages));
            }
            (Times::Stamps, Attack::FixedInterval { interval_ms }) => {
                let page = Page { answers: 1, spent_ms: interval_ms - 1, pause_ms: 1 };
                stamp(set, &mut answers, &mut random, |_| page);
            }
        }
        forged.extend(answers);
    }
    match set.times {
        Times::Stamps => merge_by_time(set, forged),
        Times::None | Times::Spent => merge_by_item(set, forged, &mut random),
    }
}

/// Gives the answers the times of one page after the other, from a random moment of the set on.
fn stamp(
    set: &Set,
    answers: &mut [Answer],
    random: &mut Random,
    mut next_page: impl FnMut(&mut Random) -> Page,
) {
    let arrivals: Vec<i64> = set.answers.iter().filter_map(Answer::arrived_ms).collect();
    let (first, last) = (arrivals[0], arrivals[arrivals.len() - 1]);
    let span = usize::try_from(last - first).unwrap();
    let mut now_ms = first + i64::try_from(random.below(span)).unwrap();
    let knows_server = set.answers.iter().any(|answer| answer.received_ms.is_some());
    let mut rest = answers;
    while !rest.is_empty() {
        let page = next_page(random);
        let (on_page, later) = rest.split_at_mut(page.answers.min(rest.len()));
        let sent_ms = now_ms + page.spent_ms;
        for answer in on_page {
            answer.started_ms = Some(now_ms);
            answer.submitted_ms = Some(sent_ms);
            answer.received_ms = knows_server.then_some(sent_ms + TRAVEL_MS);
        }
        now_ms = sent_ms + page.pause_ms;
        rest = later;
    }
}

fn merge_by_time(set: &Set, forged: Vec<Answer>) -> Vec<Answer> {
    let mut all = set.answers.clone();
    all.extend(forged);
    all.sort_by_key(Answer::arrived_ms);
    all
}

/// Without times the files are in order of the items: an attacker's answer comes at a random place
/// among the answers to its item.
fn merge_by_item(set: &Set, forged: Vec<Answer>, random: &mut Random) -> Vec<Answer> {
    let mut places: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (at, answer) in set.answers.iter().enumerate() {
        places.entry(&answer.task).and_modify(|place| place.1 = at).or_insert((at, at));
    }
    let mut before: BTreeMap<usize, Vec<Answer>> = BTreeMap::new();
    for answer in forged {
        let (first, last) = places[answer.task.as_str()];
        let at = first + random.below(last + 2 - first);
        before.entry(at).or_default().push(answer);
    }
    let mut all = Vec::new();
    for (at, answer) in set.answers.iter().enumerate() {
        all.extend(before.remove(&at).unwrap_or_default());
        all.push(answer.clone());
    }
    all.extend(before.into_values().flatten());
    all
}

/// How many items there are.
fn tasks(set: &Set) -> usize {
    set.answers.iter().map(|answer| &answer.task).collect::<BTreeSet<_>>().len()
}

/// Items as the crowd met them: those of answers drawn at random, each item once. So an item that many
/// were shown, such as gold on some platforms, comes as often to an attacker.
fn items(set: &Set, count: usize, random: &mut Random) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let mut items = Vec::new();
    while items.len() < count {
        let task = &pick(random, &set.answers).task;
        if seen.insert(task) {
            items.push(task.clone());
        }
    }
    items
}

fn labels(set: &Set) -> Vec<String> {
    let labels: BTreeSet<&String> = set.answers.iter().map(|answer| &answer.label).collect();
    labels.into_iter().cloned().collect()
}

/// The pages of the annotators that are not marked.
fn pages(set: &Set) -> Vec<Page> {
    let mut by_worker: BTreeMap<&str, Vec<(i64, i64)>> = BTreeMap::new();
    for answer in set.answers.iter().filter(|answer| !set.marked.contains(&answer.worker)) {
        let times = answer.started_ms.zip(answer.submitted_ms);
        by_worker.entry(&answer.worker).or_default().extend(times);
    }
    let mut pages = Vec::new();
    for mut times in by_worker.into_values() {
        times.sort_unstable();
        let groups: Vec<&[(i64, i64)]> = times.chunk_by(|a, b| a == b).collect();
        for (at, group) in groups.iter().enumerate() {
            let (started, sent) = group[0];
            let pause = groups.get(at + 1).map_or(0, |next| next[0].0 - sent);
            pages.push(Page {
                answers: group.len(),
                spent_ms: (sent - started).max(0),
                pause_ms: pause.clamp(0, LONGEST_PAUSE_MS),
            });
        }
    }
    pages
}
