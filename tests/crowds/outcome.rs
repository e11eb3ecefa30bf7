//! What happened to the honest, to the marked, and to the attackers of one crowd.

use std::collections::{BTreeMap, BTreeSet};

use crate::attack::{self, Attack};
use crate::population::{self, Line};
use crate::set::Set;

/// A check of evidence, and the floor that an honest annotator meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bar {
    TooFast,
    RateBurst,
    GoldMissed,
    Disagrees,
}

/// A crowd with all its runs.
pub struct Studied {
    pub set: Set,
    pub honest: Honest,
    pub attacks: Vec<Attacked>,
}

/// The crowd alone.
pub struct Honest {
    pub lines: BTreeMap<String, Line>,
    marked: BTreeSet<String>,
    /// Who is under the floor of which check, by their own record.
    below: BTreeSet<(Bar, String)>,
}

/// The crowd with attackers.
pub struct Attacked {
    pub attack: Attack,
    pub attackers: Vec<Line>,
    /// Annotators who are not marked, meet the floor of the check, and are held in this run.
    pub held: BTreeMap<Bar, usize>,
}

/// Some of a crowd.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub held: usize,
    pub annotators: usize,
}

impl Bar {
    pub const ALL: [Self; 4] = [Self::TooFast, Self::RateBurst, Self::GoldMissed, Self::Disagrees];

    pub fn code(self) -> &'static str {
        match self {
            Self::TooFast => "too-fast",
            Self::RateBurst => "rate-burst",
            Self::GoldMissed => "gold-missed",
            Self::Disagrees => "disagrees",
        }
    }

    /// Whether the check had anything to look at.
    fn has_seen(self, line: &Line) -> bool {
        line.standing(self.code()).is_some()
    }

    /// The nulls of the default policy, on the whole record of an annotator.
    fn is_missed(self, line: &Line, set: &Set) -> bool {
        match self {
            Self::TooFast => line.standing("too-fast").is_some_and(|pages| {
                f64::from(pages.events.unwrap_or(0)) > 0.05 * f64::from(pages.answers)
            }),
            Self::RateBurst => most_pages_in_ten_minutes(set, &line.annotator) > 1200 / 6,
            Self::GoldMissed => set.accuracy(&line.annotator).is_some_and(|share| share < 0.7),
            Self::Disagrees => line
                .standing("disagrees")
                .and_then(|others| others.mean.zip(others.floor))
                .is_some_and(|(mean, floor)| mean < floor),
        }
    }
}

/// Runs a crowd alone and with each kind of attacker.
pub fn study(set: Set, seed: u64) -> Studied {
    let lines = population::check(&set, &set.answers);
    assert_eq!(lines.len(), set.workers().len(), "{}", set.name);
    let mut below = BTreeSet::new();
    for line in lines.values() {
        for bar in Bar::ALL.into_iter().filter(|bar| bar.is_missed(line, &set)) {
            below.insert((bar, line.annotator.clone()));
        }
    }
    let honest = Honest { lines, marked: set.marked.clone(), below };
    let runs = Attack::ALL.into_iter().filter(|attack| attack.is_run_on(&set));
    let attacks = runs
        .map(|attack| {
            let answers = attack::inject(&set, attack, seed);
            let mut lines = population::check(&set, &answers);
            let attackers = (0..attack::ATTACKERS)
                .map(|number| lines.remove(&attack::worker_name(number)).unwrap())
                .collect();
            let tally = |bar: Bar| (bar, honest.tally_of(&lines, bar, true).held);
            Attacked { attack, attackers, held: Bar::ALL.into_iter().map(tally).collect() }
        })
        .collect();
    Studied { set, honest, attacks }
}

impl Honest {
    /// Annotators who are not marked, of whom the check saw something, and who meet its floor or do
    /// not.
    pub fn tally(&self, bar: Bar, meets: bool) -> Tally {
        self.tally_of(&self.lines, bar, meets)
    }

    fn tally_of(&self, lines: &BTreeMap<String, Line>, bar: Bar, meets: bool) -> Tally {
        let chosen = lines.values().filter(|line| {
            let is_below = self.below.contains(&(bar, line.annotator.clone()));
            !self.marked.contains(&line.annotator) && bar.has_seen(line) && is_below != meets
        });
        Tally::of(chosen, |line| line.is_held_by(bar.code()))
    }

    /// Annotators who are not marked and meet all floors.
    pub fn tally_all(&self) -> Tally {
        let chosen = self.lines.values().filter(|line| {
            let is_below =
                Bar::ALL.into_iter().any(|bar| self.below.contains(&(bar, line.annotator.clone())));
            !self.marked.contains(&line.annotator) && !is_below
        });
        Tally::of(chosen, |line| !line.held_by.is_empty())
    }

    /// Annotators whom the source marks as bad; by a check, or by any.
    pub fn tally_marked(&self, bar: Option<Bar>) -> Tally {
        let chosen = self.lines.values().filter(|line| {
            let is_seen = bar.is_none_or(|bar| bar.has_seen(line));
            self.marked.contains(&line.annotator) && is_seen
        });
        Tally::of(chosen, |line| match bar {
            Some(bar) => line.is_held_by(bar.code()),
            None => !line.held_by.is_empty(),
        })
    }
}

impl Tally {
    fn of<'a>(lines: impl Iterator<Item = &'a Line>, is_held: impl Fn(&Line) -> bool) -> Self {
        let mut tally = Self::default();
        for line in lines {
            tally.annotators += 1;
            tally.held += usize::from(is_held(line));
        }
        tally
    }
}

impl Attacked {
    pub fn caught(&self) -> usize {
        self.attackers.iter().filter(|line| line.first_held().is_some()).count()
    }

    /// How many were first caught by each check.
    pub fn first_by(&self) -> BTreeMap<String, usize> {
        let mut by = BTreeMap::new();
        for held in self.attackers.iter().filter_map(Line::first_held) {
            *by.entry(held.check.clone()).or_default() += 1;
        }
        by
    }

    /// Median of the answer at which those who were caught were caught; none without any.
    pub fn median_answers(&self) -> Option<u32> {
        let mut answers: Vec<u32> =
            self.attackers.iter().filter_map(Line::first_held).map(|held| held.answer).collect();
        answers.sort_unstable();
        answers.get(answers.len().saturating_sub(1) / 2).copied()
    }

    /// Answers that a check compared, over all attackers, and how they did: right on gold, or
    /// agreement with others.
    pub fn compared(&self, bar: Bar) -> Option<(f64, f64)> {
        let standings: Vec<_> =
            self.attackers.iter().filter_map(|line| line.standing(bar.code())).collect();
        let answers: f64 = standings.iter().map(|found| f64::from(found.answers)).sum();
        let good: f64 = standings
            .iter()
            .map(|found| match (found.events, found.mean) {
                (Some(events), _) => f64::from(found.answers - events),
                (None, mean) => f64::from(found.answers) * mean.unwrap_or(0.0),
            })
            .sum();
        (answers > 0.0).then(|| (answers / self.attackers.len() as f64, good / answers))
    }
}

/// Pages are answers with the same times; without times of arrival there are none.
fn most_pages_in_ten_minutes(set: &Set, worker: &str) -> usize {
    const TEN_MINUTES_MS: i64 = 600_000;
    let own = set.answers.iter().filter(|answer| answer.worker == worker);
    let pages: BTreeSet<(i64, i64)> =
        own.filter_map(|answer| answer.arrived_ms().zip(answer.started_ms)).collect();
    let arrivals: Vec<i64> = pages.into_iter().map(|(arrived, _)| arrived).collect();
    let within = |from: i64| {
        let window = from..from + TEN_MINUTES_MS;
        arrivals.iter().filter(|at| window.contains(at)).count()
    };
    arrivals.iter().map(|from| within(*from)).max().unwrap_or(0)
}

/// Rows that were refused: answers to an item that the annotator had answered before.
pub fn refused(lines: &BTreeMap<String, Line>) -> u64 {
    lines.values().map(|line| line.rejected).sum()
}
