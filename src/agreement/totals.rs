//! Totals: sums over tasks from which every coefficient can be worked out, and which can be added.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::error::{Error, ErrorCode};
use crate::state::{self, Kind, fields};

/// Sums over tasks, in whole numbers. Each task is counted once: of two totals that are merged, no task is in both.
///
/// Tasks with the same number of answers are one group, because a coefficient divides by that number alone. So merging
/// is adding whole numbers: in any order and grouping the totals are the same to the bit.
///
/// Memory grows with the distinct numbers of answers a task has, times the labels (with the pairs of labels that met
/// in a task for a scale that is not nominal), with the labels of each annotator, and with the pairs of annotators if
/// they are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Totals {
    /// By how many answers a task has, from 1.
    pub(super) groups: BTreeMap<u32, Group>,
    /// How often each annotator gave each label.
    pub(super) annotators: BTreeMap<u32, BTreeMap<u32, u64>>,
    /// For two annotators, the lower number first: how often they gave these labels to the same task.
    pub(super) pairs: Option<BTreeMap<(u32, u32), Confusion>>,
    /// Whether the labels that meet in a task are kept.
    pub(super) keeps_joint: bool,
}

/// How often two annotators gave two labels, in their order.
pub(super) type Confusion = BTreeMap<(u32, u32), u64>;

/// Tasks with the same number of answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    pub(super) tasks: u64,
    /// Over tasks and labels, the squares of how often the label was given.
    pub(super) same: u64,
    /// How often each label was given.
    pub(super) labels: BTreeMap<u32, u64>,
    /// For two labels, the lower number first: how many pairs of answers to a task have them.
    pub(super) joint: BTreeMap<(u32, u32), u64>,
}

/// Whether something is counted or taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    Add,
    Remove,
}

const KIND: Kind = Kind { magic: *b"LGTO", noun: "totals" };

fields!(Totals { groups, annotators, pairs, keeps_joint });
fields!(Group { tasks, same, labels, joint });

impl Totals {
    /// The totals as bytes, for another process to [`restore`](Self::restore) and [`merge`](Self::merge). The same totals
    /// are the same bytes.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        state::save(KIND, self)
    }

    /// Totals that were saved.
    ///
    /// # Errors
    /// [`ErrorCode::State`] when the bytes are of another kind or version, or damaged; also when a count is over 2^48,
    /// which no crowd has.
    pub fn restore(bytes: &[u8]) -> Result<Self, Error> {
        let totals: Self = state::restore(KIND, bytes)?;
        if totals.counts().any(|count| count > MOST) {
            return Err(Error::new(
                ErrorCode::State,
                "expected totals whose counts are at most 2^48",
            ));
        }
        Ok(totals)
    }

    /// All counts.
    fn counts(&self) -> impl Iterator<Item = u64> {
        let of_groups = self.groups.values().flat_map(|group| {
            let labels = group.labels.values().chain(group.joint.values()).copied();
            labels.chain([group.tasks, group.same])
        });
        let of_annotators = self.annotators.values().flat_map(BTreeMap::values).copied();
        let of_pairs = self.pairs.iter().flat_map(BTreeMap::values).flat_map(BTreeMap::values);
        of_groups.chain(of_annotators).chain(of_pairs.copied())
    }

    /// The greatest number of a label, wherever it is counted.
    pub(super) fn greatest_label(&self) -> Option<u32> {
        let of_groups = self.groups.values().flat_map(|group| {
            let joint = group.joint.keys().map(|(a, b)| *a.max(b));
            group.labels.keys().copied().chain(joint)
        });
        let of_annotators = self.annotators.values().flat_map(BTreeMap::keys).copied();
        let of_pairs = self.pairs.iter().flat_map(BTreeMap::values).flat_map(BTreeMap::keys);
        of_groups.chain(of_annotators).chain(of_pairs.map(|(a, b)| *a.max(b))).max()
    }

    pub(super) fn new(keeps_joint: bool, keeps_pairs: bool) -> Self {
        Self {
            groups: BTreeMap::new(),
            annotators: BTreeMap::new(),
            pairs: keeps_pairs.then(BTreeMap::new),
            keeps_joint,
        }
    }

    /// Adds the totals of other tasks, for instance of another edge.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when one of the two keeps more than the other.
    pub fn merge(&mut self, other: &Self) -> Result<(), Error> {
        if self.keeps_joint != other.keeps_joint || self.pairs.is_some() != other.pairs.is_some() {
            return Err(Error::new(
                ErrorCode::Answers,
                "expected totals that keep the same for the same kind of scale",
            ));
        }
        for (size, group) in &other.groups {
            let sum = self.groups.entry(*size).or_default();
            sum.tasks += group.tasks;
            sum.same += group.same;
            add_all(&mut sum.labels, &group.labels);
            add_all(&mut sum.joint, &group.joint);
        }
        for (annotator, labels) in &other.annotators {
            add_all(self.annotators.entry(*annotator).or_default(), labels);
        }
        if let (Some(pairs), Some(other)) = (&mut self.pairs, &other.pairs) {
            for (pair, confusion) in other {
                add_all(pairs.entry(*pair).or_default(), confusion);
            }
        }
        Ok(())
    }

    /// Counts a task, or takes it back: the labels of its answers and how often each was given, in their order.
    pub(super) fn task(&mut self, counts: &[(u32, u32)], step: Step) {
        let size: u32 = counts.iter().map(|(_, count)| count).sum();
        if size == 0 {
            return;
        }
        let group = self.groups.entry(size).or_default();
        change(&mut group.tasks, 1, step);
        for (at, (label, count)) in counts.iter().enumerate() {
            let count = u64::from(*count);
            change(&mut group.same, count * count, step);
            change_in(&mut group.labels, *label, count, step);
            if self.keeps_joint {
                for (other, others) in counts.get(at + 1..).unwrap_or_default() {
                    change_in(&mut group.joint, (*label, *other), count * u64::from(*others), step);
                }
            }
        }
        if group.tasks == 0 {
            self.groups.remove(&size);
        }
    }

    /// Counts an answer of an annotator to a task that has `others`, or takes it back.
    pub(super) fn answer(&mut self, answer: (u32, u32), others: &[(u32, u32)], step: Step) {
        let (annotator, label) = answer;
        let labels = self.annotators.entry(annotator).or_default();
        change_in(labels, label, 1, step);
        if labels.is_empty() {
            self.annotators.remove(&annotator);
        }
        let Some(pairs) = &mut self.pairs else { return };
        for (other, others_label) in others {
            if *other == annotator {
                continue;
            }
            let lower = annotator < *other;
            let pair = if lower { (annotator, *other) } else { (*other, annotator) };
            let both = if lower { (label, *others_label) } else { (*others_label, label) };
            let confusion = pairs.entry(pair).or_default();
            change_in(confusion, both, 1, step);
            if confusion.is_empty() {
                pairs.remove(&pair);
            }
        }
    }
}

/// Most of any count that is restored: so many can be merged that sums stay below 2^64.
const MOST: u64 = 1 << 48;

fn change(sum: &mut u64, by: u64, step: Step) {
    match step {
        Step::Add => *sum += by,
        // Only what was added is taken back.
        Step::Remove => *sum = sum.saturating_sub(by),
    }
}

/// Entries of 0 are left out, so that equal totals are equal.
fn change_in<K: Ord>(sums: &mut BTreeMap<K, u64>, key: K, by: u64, step: Step) {
    match sums.entry(key) {
        Entry::Vacant(entry) => {
            if step == Step::Add {
                entry.insert(by);
            }
        }
        Entry::Occupied(mut entry) => {
            change(entry.get_mut(), by, step);
            if *entry.get() == 0 {
                entry.remove();
            }
        }
    }
}

fn add_all<K: Ord + Copy>(sums: &mut BTreeMap<K, u64>, others: &BTreeMap<K, u64>) {
    for (key, other) in others {
        *sums.entry(*key).or_default() += other;
    }
}
