//! All coefficients at once.

use crate::error::{Error, ErrorCode};

use super::comparison::paired_counts;
use super::{Answers, Coefficient, Comparison, Distance, Icc, Level, Scale, WeightSet, kendall_w};

/// Every coefficient of agreement of some answers.
///
/// Alpha is by the distance of the scale. Gwet's AC2 has the weights of the scale: identity (nominal), ordinal,
/// quadratic (interval), ratio, circular. The others are unweighted; [`Comparison`] has them with any weights.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// Krippendorff's alpha, by the distance of the scale.
    pub krippendorff_alpha: Coefficient,
    /// The mean share of equal answers.
    pub percent_agreement: Coefficient,
    /// Fleiss' kappa.
    pub fleiss_kappa: Coefficient,
    /// Conger's kappa.
    pub conger_kappa: Coefficient,
    /// Gwet's AC1.
    pub gwet_ac1: Coefficient,
    /// Gwet's AC2, with the weights of the scale.
    pub gwet_ac2: Coefficient,
    /// The mean of Cohen's kappa over pairs of annotators with [`Comparison::LEAST_COMMON_TASKS`] or more.
    pub mean_pairwise_cohen_kappa: Coefficient,
    /// The coefficient of Brennan and Prediger; Randolph's kappa.
    pub brennan_prediger: Coefficient,
    /// Scott's pi.
    pub scott_pi: Coefficient,
    /// The intraclass correlations; of ordinal, interval and ratio scales.
    pub icc: Icc,
    /// Kendall's W; of ordinal, interval and ratio scales.
    pub kendall_w: Coefficient,
}

impl Agreement {
    /// Works out all coefficients. Empty input is fine: each then says so.
    ///
    /// Memory grows with the answers and the numbers of tasks, annotators and labels. What would take too long has
    /// [`super::Undefined::TooMany`] instead of a value: alpha of a ratio scale of more labels than
    /// [`Distance::MAX_RATIO_LABELS`], AC2 of more than [`Distance::MAX_TABLE_LABELS`] but for nominal and interval
    /// scales, and the mean over pairs of annotators beyond [`Comparison::MAX_ANSWER_PAIRS`].
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when the scale does not have one value for each label.
    pub fn of(answers: &Answers, scale: &Scale) -> Result<Self, Error> {
        let labels = answers.label_count();
        let values = scale.values();
        if scale.level() != Level::Nominal && values.len() != labels {
            return Err(Error::new(
                ErrorCode::Answers,
                format!("expected values for {labels} labels, found {}", values.len()),
            ));
        }
        let nominal = Distance::nominal(labels);
        let plain = Comparison::new(answers, &nominal)?;
        let nominal_alpha = || plain.krippendorff_alpha();
        let (krippendorff_alpha, gwet_ac2) = if scale.level() == Level::Nominal {
            (nominal_alpha(), plain.gwet_ac())
        } else {
            let undefined = |reason| Coefficient::undefined(plain.nothing.unwrap_or(reason));
            let alpha = match Distance::of_scale(scale, labels, &paired_counts(answers)) {
                Ok(distance) => Comparison::new(answers, &distance)?.krippendorff_alpha(),
                Err(reason) => undefined(reason),
            };
            let ac2 = match weights(scale.level()).distance(values) {
                Ok(distance) => Comparison::new(answers, &distance)?.gwet_ac(),
                // The scale has checked the values: there are too many.
                Err(_) => undefined(super::Undefined::TooMany),
            };
            (alpha, ac2)
        };
        let ordered = matches!(scale.level(), Level::Ordinal | Level::Interval | Level::Ratio);
        let values = if ordered { values } else { &[] };
        let fleiss_kappa = plain.fleiss_kappa();
        Ok(Self {
            krippendorff_alpha,
            percent_agreement: plain.percent_agreement(),
            fleiss_kappa,
            conger_kappa: plain.conger_kappa(),
            gwet_ac1: plain.gwet_ac(),
            gwet_ac2,
            mean_pairwise_cohen_kappa: plain
                .mean_pairwise_cohen_kappa(Comparison::LEAST_COMMON_TASKS),
            brennan_prediger: plain.brennan_prediger(),
            scott_pi: fleiss_kappa,
            icc: Icc::of(answers, values),
            kendall_w: kendall_w(answers, values),
        })
    }

    /// The same with any distance: alpha and AC2 go by it, the others compare labels as the same or not.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when the distance is for another number of labels.
    pub fn by(answers: &Answers, distance: &Distance) -> Result<Self, Error> {
        let weighted = Comparison::new(answers, distance)?;
        let plain = Self::of(answers, &Scale::nominal())?;
        Ok(Self {
            krippendorff_alpha: weighted.krippendorff_alpha(),
            gwet_ac2: match distance.references() {
                None => weighted.gwet_ac(),
                // It takes every two labels as equally likely.
                Some(_) => Coefficient::undefined(
                    plain.krippendorff_alpha.reason.unwrap_or(super::Undefined::TooMany),
                ),
            },
            ..plain
        })
    }

    /// The coefficients with their names, as in the JSON of the command line.
    #[must_use]
    pub fn coefficients(&self) -> [(&'static str, Coefficient); 16] {
        [
            ("krippendorff_alpha", self.krippendorff_alpha),
            ("percent_agreement", self.percent_agreement),
            ("fleiss_kappa", self.fleiss_kappa),
            ("conger_kappa", self.conger_kappa),
            ("gwet_ac1", self.gwet_ac1),
            ("gwet_ac2", self.gwet_ac2),
            ("mean_pairwise_cohen_kappa", self.mean_pairwise_cohen_kappa),
            ("brennan_prediger", self.brennan_prediger),
            ("scott_pi", self.scott_pi),
            ("icc_1", self.icc.one),
            ("icc_1k", self.icc.one_k),
            ("icc_2", self.icc.two),
            ("icc_2k", self.icc.two_k),
            ("icc_3", self.icc.three),
            ("icc_3k", self.icc.three_k),
            ("kendall_w", self.kendall_w),
        ]
    }
}

/// The weights of AC2 for a scale.
pub(super) fn weights(level: Level) -> WeightSet {
    match level {
        Level::Nominal => WeightSet::Identity,
        Level::Ordinal => WeightSet::Ordinal,
        Level::Interval => WeightSet::Quadratic,
        Level::Ratio => WeightSet::Ratio,
        Level::Circular => WeightSet::Circular,
    }
}
