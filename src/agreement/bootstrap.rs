//! The Poisson bootstrap over tasks, with weights that anybody can work out again.

// INVARIANT: label numbers are below the number of labels, and there are as many weights as tasks.
#![allow(clippy::indexing_slicing)]

use crate::splitmix::mix;

use super::Comparison;

/// Standard error and 95 % interval of a coefficient, from replicates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Resampled {
    /// The standard deviation of the replicates.
    pub se: f64,
    /// Their 2.5 % and 97.5 % quantiles.
    pub ci95: [f64; 2],
}

/// What the bootstrap says of each coefficient; none where fewer than half of the replicates have a value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// Of Krippendorff's alpha, the distance as given.
    pub krippendorff_alpha: Option<Resampled>,
    /// Of percent agreement.
    pub percent_agreement: Option<Resampled>,
    /// Of Fleiss' kappa.
    pub fleiss_kappa: Option<Resampled>,
    /// Of Gwet's AC1 or AC2.
    pub gwet_ac: Option<Resampled>,
    /// Of the coefficient of Brennan and Prediger.
    pub brennan_prediger: Option<Resampled>,
}

impl Comparison<'_> {
    /// Draws the tasks again, `replicates` times: in each, a task counts as often as a Poisson variable of mean 1 says.
    ///
    /// How often is hashed from seed, replicate and number of the task, so the same seed and the same answers in the
    /// same order give the same bits everywhere. Time is that of the answers times the replicates. With fewer than two
    /// replicates, or nothing to compare, there is none of anything.
    #[must_use]
    pub fn bootstrap(&self, replicates: u32, seed: u64) -> Bootstrap {
        let mut values: [Vec<f64>; 5] = Default::default();
        if self.nothing.is_none() {
            let labels = self.answers.label_count();
            let spread = self.distance.spread(&vec![1.0; labels]);
            let mut weights = vec![0.0; self.disagreement.len()];
            for replicate in 0..replicates {
                let stream = mix(seed ^ mix(u64::from(replicate)));
                for (task, weight) in (0_u64..).zip(&mut weights) {
                    *weight = poisson(mix(stream ^ task));
                }
                let replicate = self.replicate(&weights, spread);
                for (values, value) in values.iter_mut().zip(replicate) {
                    if value.is_finite() {
                        values.push(value);
                    }
                }
            }
        }
        let [alpha, percent, fleiss, gwet, brennan] =
            values.map(|values| resampled(values, replicates));
        Bootstrap {
            krippendorff_alpha: alpha,
            percent_agreement: percent,
            fleiss_kappa: fleiss,
            gwet_ac: gwet,
            brennan_prediger: brennan,
        }
    }

    /// The coefficients when each task counts by its weight; not finite where they are undefined.
    fn replicate(&self, weights: &[f64], spread: f64) -> [f64; 5] {
        let labels = self.answers.label_count() as f64;
        let mut shares = vec![0.0; self.answers.label_count()];
        let mut counts = shares.clone();
        let (mut tasks, mut paired, mut disagreement, mut observed) = (0.0, 0.0, 0.0, 0.0);
        for ((unit, weight), far) in self.answers.units().zip(weights).zip(&self.disagreement) {
            if unit.is_empty() || *weight == 0.0 {
                continue;
            }
            tasks += weight;
            let share = weight / unit.len() as f64;
            let pairs = unit.len() > 1;
            for label in unit.labels {
                shares[*label as usize] += share;
                counts[*label as usize] += if pairs { *weight } else { 0.0 };
            }
            if pairs {
                paired += weight;
                disagreement += weight * far;
                observed += weight * far * unit.len() as f64;
            }
        }
        shares.iter_mut().for_each(|share| *share /= tasks);
        let disagreement = disagreement / paired;
        let kappa = |expected: f64| {
            if expected > 0.0 { 1.0 - disagreement / expected } else { f64::NAN }
        };
        let chance: f64 = shares.iter().map(|share| share * (1.0 - share)).sum();
        let slope = (labels * labels - spread) / (labels * (labels - 1.0));
        let total: f64 = counts.iter().sum();
        let expected = self.distance.spread(&counts) / (total * (total - 1.0));
        let alpha = if expected > 0.0 { 1.0 - observed / total / expected } else { f64::NAN };
        [
            alpha,
            1.0 - disagreement,
            kappa(self.distance.spread(&shares)),
            kappa(1.0 - slope * chance),
            kappa(spread / (labels * labels)),
        ]
    }
}

fn resampled(mut values: Vec<f64>, replicates: u32) -> Option<Resampled> {
    if values.len() < 2 || values.len() < replicates as usize / 2 {
        return None;
    }
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len() - 1;
    let tail = (values.len() / 40).min(last);
    Some(Resampled {
        se: (squares / (count - 1.0)).sqrt(),
        ci95: [values[tail], values[last - tail]],
    })
}

/// How often a Poisson variable of mean 1 is at most 0, 1, 2 and so on.
const AT_MOST: [f64; 12] = [
    0.367_879_441_171_442_33,
    0.735_758_882_342_884_6,
    0.919_698_602_928_605_8,
    0.981_011_843_123_846_2,
    0.996_340_153_172_656_3,
    0.999_405_815_182_418_3,
    0.999_916_758_850_711_9,
    0.999_989_750_803_325_3,
    0.999_998_874_797_402,
    0.999_999_888_574_521_7,
    0.999_999_989_952_233_6,
    0.999_999_999_168_389_4,
];

fn poisson(bits: u64) -> f64 {
    let share = (bits >> 11) as f64 / (1_u64 << 53) as f64;
    AT_MOST.iter().take_while(|most| share >= **most).count() as f64
}

#[cfg(test)]
mod tests {
    use super::super::{Answer, Answers, Distance};
    use super::*;

    fn answers(tasks: u32) -> Answers {
        let mut answers = Vec::new();
        for task in 0..tasks {
            for annotator in 0..4 {
                let random = mix(u64::from(task * 4 + annotator));
                let label =
                    if random.is_multiple_of(3) { u32::from(random & 8 > 0) } else { task % 2 };
                answers.push(Answer { task, annotator, label });
            }
        }
        Answers::new(tasks as usize, 4, 2, &answers).unwrap()
    }

    #[test]
    fn weights_are_those_of_a_poisson_variable() {
        let draws: Vec<f64> = (0..100_000).map(|n| poisson(mix(n))).collect();
        let mean = draws.iter().sum::<f64>() / 1e5;
        let variance = draws.iter().map(|n| (n - 1.0) * (n - 1.0)).sum::<f64>() / 1e5;
        // Five standard errors.
        assert!((mean - 1.0).abs() < 0.016 && (variance - 1.0).abs() < 0.03, "{mean} {variance}");
    }

    #[test]
    fn both_standard_errors_are_near_each_other() {
        let (answers, distance) = (answers(400), Distance::nominal(2));
        let comparison = Comparison::new(&answers, &distance).unwrap();
        let bootstrap = comparison.bootstrap(1000, 7);
        for (linear, resampled) in [
            (comparison.krippendorff_alpha(), bootstrap.krippendorff_alpha),
            (comparison.percent_agreement(), bootstrap.percent_agreement),
            (comparison.fleiss_kappa(), bootstrap.fleiss_kappa),
            (comparison.gwet_ac(), bootstrap.gwet_ac),
            (comparison.brennan_prediger(), bootstrap.brennan_prediger),
        ] {
            let (se, resampled) = (linear.se.unwrap(), resampled.unwrap());
            assert!((resampled.se / se - 1.0).abs() < 0.15, "{linear:?} {resampled:?}");
            assert!(resampled.ci95[0] < linear.value.unwrap());
            assert!(resampled.ci95[1] > linear.value.unwrap());
        }
        assert_eq!(comparison.bootstrap(50, 7), comparison.bootstrap(50, 7));
        assert_ne!(comparison.bootstrap(50, 7), comparison.bootstrap(50, 8));
    }

    #[test]
    fn nothing_to_compare_gives_nothing() {
        let (answers, distance) = (answers(0), Distance::nominal(2));
        let bootstrap = Comparison::new(&answers, &distance).unwrap().bootstrap(10, 0);
        assert_eq!((bootstrap.percent_agreement, bootstrap.fleiss_kappa), (None, None));
    }
}
