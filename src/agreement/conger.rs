//! Conger's kappa.

// INVARIANT: numbers of annotators and labels are below their counts, and `cells` has one entry an answer.
#![allow(clippy::indexing_slicing)]

use super::{Answers, Coefficient, Comparison, Distance};

impl Comparison<'_> {
    /// Conger's kappa: chance takes the labels of two annotators as often as each of them gives them.
    ///
    /// A. J. Conger, Integration and generalization of kappas for multiple raters, 1980; for missing answers and
    /// weights as Gwet generalises it (irrCAC). It is Cohen's kappa for two annotators who answer everything. At most
    /// 1. Undefined when all answers are the same.
    #[must_use]
    pub fn conger_kappa(&self) -> Coefficient {
        let habits = Habits::new(self.answers);
        let chance = Chance::new(&habits, self.answers.label_count(), self.distance);
        let annotators = habits.annotators() as f64;
        let pairs = annotators * (annotators - 1.0);
        let starts = self.answers.starts();
        let who = self.answers.annotators();
        let mut expected_of = |task: usize, labels: &[u32]| {
            let start = starts[task] as usize;
            let answers = start..start + labels.len();
            let mut sum = chance.total;
            for (annotator, cell) in who[answers.clone()].iter().zip(&habits.cell_of[answers]) {
                let annotator = *annotator as usize;
                let part = chance.to_others[*cell as usize] - chance.of[annotator];
                sum += part * self.tasks as f64 / habits.given[annotator];
            }
            sum / pairs
        };
        self.kappa(chance.total / pairs, self.one_label, Some(&mut expected_of))
    }
}

/// How often each annotator gave each label, for those that they gave.
pub(super) struct Habits {
    /// Where the cells of each annotator begin, and at last their number.
    pub(super) starts: Vec<u32>,
    /// Label, and its share of the annotator's answers; by label.
    pub(super) cells: Vec<(u32, f64)>,
    /// The cell that each answer is in.
    pub(super) cell_of: Vec<u32>,
    /// How many answers each annotator gave.
    pub(super) given: Vec<f64>,
}

impl Habits {
    pub(super) fn new(answers: &Answers) -> Self {
        let key = |at: u32| {
            u64::from(answers.annotators()[at as usize]) << 32
                | u64::from(answers.labels()[at as usize])
        };
        let mut order: Vec<u32> = (0_u32..).take(answers.len()).collect();
        order.sort_unstable_by_key(|at| key(*at));
        let mut starts = vec![0_u32; answers.annotator_count() + 1];
        let mut given = vec![0.0; answers.annotator_count()];
        let mut cells: Vec<(u32, f64)> = Vec::new();
        let mut cell_of = vec![0; answers.len()];
        for (cell, same) in (0_u32..).zip(order.chunk_by(|a, b| key(*a) == key(*b))) {
            let annotator = answers.annotators()[same[0] as usize] as usize;
            cells.push((answers.labels()[same[0] as usize], same.len() as f64));
            given[annotator] += same.len() as f64;
            starts[annotator + 1] = cell + 1;
            for at in same {
                cell_of[*at as usize] = cell;
            }
        }
        let mut end = 0;
        for start in &mut starts {
            end = end.max(*start);
            *start = end;
        }
        for (bounds, given) in starts.windows(2).zip(&given) {
            for (_, share) in &mut cells[bounds[0] as usize..bounds[1] as usize] {
                *share /= given;
            }
        }
        Self { starts, cells, cell_of, given }
    }

    /// How many annotators gave an answer.
    fn annotators(&self) -> usize {
        self.given.iter().filter(|given| **given > 0.0).count()
    }
}

/// Disagreement by chance between annotators.
struct Chance {
    /// Between each annotator and all others, summed.
    of: Vec<f64>,
    /// Between the label of each cell and all others than its annotator, summed.
    to_others: Vec<f64>,
    /// Over all ordered pairs of annotators, summed.
    total: f64,
}

impl Chance {
    fn new(habits: &Habits, labels: usize, distance: &Distance) -> Self {
        let mut sum = vec![0.0; labels];
        for (label, share) in &habits.cells {
            sum[*label as usize] += share;
        }
        let to_all = distance.to_all(&sum);
        let mut to_others = Vec::with_capacity(habits.cells.len());
        let mut of = Vec::with_capacity(habits.given.len());
        for bounds in habits.starts.windows(2) {
            let own = &habits.cells[bounds[0] as usize..bounds[1] as usize];
            let mut far = 0.0;
            for ((label, share), own) in own.iter().zip(distance.among(own)) {
                to_others.push(to_all[*label as usize] - own);
                far += share * (to_all[*label as usize] - own);
            }
            of.push(far);
        }
        let total = of.iter().sum();
        Self { of, to_others, total }
    }
}
