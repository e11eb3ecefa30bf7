//! All that is said of a crowd's agreement, in one form for the command line and for JavaScript.

use crate::error::{Error, ErrorCode};
use crate::json::Writer;
use crate::label::{self, Label};

use super::comparison::paired_counts;
use super::kind::has_table;
use super::summary::weights;
use super::{
    Agreement, AnnotatorAgreement, Coefficient, Comparison, Crowd, Distance, Kind, Level, Measure,
    PairAgreement, Resampled, Scale, Undefined,
};

/// What a crowd's agreement is, and that of its parts.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// What the labels are.
    pub kind: Kind,
    /// The coefficients of the whole crowd.
    pub agreement: Agreement,
    /// Of labels too many for all of them to be compared: with how many answers each was, for what chance gives.
    pub references: Option<usize>,
    /// The parts that were asked for.
    pub parts: Option<Parts>,
    /// What [`Report::resample`] says of some coefficients.
    pub resampled: Option<ResampledReport>,
}

/// Coefficients by the bootstrap: alpha by the distance of the kind, the others with labels as the same or not.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ResampledReport {
    /// How often the tasks were drawn again.
    pub replicates: u32,
    /// Which draws those were.
    pub seed: u32,
    /// The coefficients with their names; none where fewer than half of the replicates have a value.
    pub coefficients: [(&'static str, Option<Resampled>); 5],
}

/// How labels are compared within parts: by the weights of AC2, so that the farthest are at distance 1.
fn of_parts(
    by: By,
    labels: &[Label],
    scale: Option<&Scale>,
    measure: &Measure,
) -> Result<Distance, Error> {
    if by == By::Class {
        return Ok(Distance::nominal(labels.len()));
    }
    let distance = match scale.map(|scale| (scale.level(), scale)) {
        None => measure.table(labels),
        Some((Level::Nominal, _)) => Ok(Distance::nominal(labels.len())),
        Some((Level::Circular, scale)) => Distance::circular(scale.values(), scale.period()),
        Some((Level::Ratio, scale)) => Distance::ratio(scale.values()),
        Some((level, scale)) => weights(level).distance(scale.values()),
    };
    // The labels are checked already: there are too many.
    distance.map_err(|failed| {
        let message = format!("agreement of annotators and pairs: {}", failed.message());
        Error::new(ErrorCode::Answers, message)
    })
}

/// Of what agreement is told beside the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By {
    /// Each annotator against the rest.
    Annotator,
    /// Each label against all others.
    Class,
    /// Each pair of annotators with ten common tasks or more.
    Pair,
}

/// The parts of a crowd and their agreement.
#[derive(Clone, Debug, PartialEq)]
pub enum Parts {
    /// Each annotator against the rest; none when there are too many answers to compare.
    Annotators(Result<Vec<AnnotatorAgreement>, Undefined>),
    /// Fleiss' kappa of each label against all others, by number of the label.
    Classes(Vec<Coefficient>),
    /// Each pair of annotators; none when there are too many.
    Pairs(Result<Vec<PairAgreement>, Undefined>),
}

impl Report {
    /// Works out the agreement of a crowd. `period` is that of circular labels, and `distance` is in place of the
    /// kind's own.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when the labels are not of this kind, more of them meet in tasks than can be compared, or
    /// there are too many different ones for the agreement of annotators or pairs: [`Distance::MAX_TABLE_LABELS`], and
    /// [`Distance::MAX_RATIO_LABELS`] of a ratio scale, but for classes, intervals and circular numbers.
    pub fn of(
        crowd: &Crowd,
        kind: Kind,
        period: Option<f64>,
        distance: Option<label::Distance>,
        by: Option<By>,
    ) -> Result<Self, Error> {
        kind.require_distance(distance)?;
        let answers = &crowd.answers;
        let labels = &crowd.labels;
        let scale = kind.scale(labels, period)?.filter(|_| distance.is_none());
        let measure = Measure::of(kind, labels, period, distance);
        // Before what takes long.
        let by = by.map(|by| Ok((by, of_parts(by, labels, scale.as_ref(), &measure)?)));
        let by = by.transpose()?;
        let mut references = None;
        let agreement = if let Some(scale) = scale {
            Agreement::of(answers, &scale)?
        } else {
            let distance = if has_table(labels) {
                measure.table(labels)?
            } else {
                measure.sampled(answers, labels)?
            };
            references = distance.references();
            Agreement::by(answers, &distance)?
        };
        let parts = match by {
            None => None,
            Some((by, distance)) => {
                let comparison = Comparison::new(answers, &distance)?;
                Some(match by {
                    By::Annotator => Parts::Annotators(comparison.annotators()),
                    By::Class => Parts::Classes(comparison.category_kappas()),
                    By::Pair => Parts::Pairs(comparison.pairs(Comparison::LEAST_COMMON_TASKS)),
                })
            }
        };
        Ok(Self { kind, agreement, references, parts, resampled: None })
    }

    /// Adds standard errors and intervals by the bootstrap over tasks ([`Comparison::bootstrap`]) to the report of this
    /// very crowd. `period` and `distance` are those of the report.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] for fewer than 2 replicates or over [`Report::MAX_REPLICATES`], for replicates that would
    /// take minutes, and for too many different labels, as in [`Report::of`].
    pub fn resample(
        &mut self,
        crowd: &Crowd,
        period: Option<f64>,
        distance: Option<label::Distance>,
        replicates: u32,
        seed: u32,
    ) -> Result<(), Error> {
        if !(2..=Self::MAX_REPLICATES).contains(&replicates) {
            let message =
                format!("expected 2 to {} replicates, found {replicates}", Self::MAX_REPLICATES);
            return Err(Error::new(ErrorCode::Answers, message));
        }
        let (answers, labels) = (&crowd.answers, &crowd.labels);
        let nominal = Distance::nominal(labels.len());
        let by_kind = match self.kind.scale(labels, period)?.filter(|_| distance.is_none()) {
            Some(scale) => Distance::of_scale(&scale, labels.len(), &paired_counts(answers))
                .map_err(|_| {
                    let most = Distance::MAX_RATIO_LABELS;
                    Error::new(
                        ErrorCode::Answers,
                        format!("bootstrap: expected at most {most} labels"),
                    )
                })?,
            None => Measure::of(self.kind, labels, period, distance).table(labels).map_err(
                |failed| Error::new(ErrorCode::Answers, format!("bootstrap: {}", failed.message())),
            )?,
        };
        let each = answers.len() as u64 + answers.task_count() as u64 + labels.len() as u64;
        let each = 2 * each + 2 * by_kind.cost(labels.len(), labels.len());
        let most = MOST_RESAMPLED / each.max(1);
        if u64::from(replicates) > most {
            return Err(Error::new(
                ErrorCode::Answers,
                format!(
                    "expected at most {most} replicates of so many answers and labels, found {replicates}"
                ),
            ));
        }
        let seed_of_draws = u64::from(seed);
        let plain = Comparison::new(answers, &nominal)?.bootstrap(replicates, seed_of_draws);
        let alpha = if by_kind == nominal {
            plain.krippendorff_alpha
        } else {
            Comparison::new(answers, &by_kind)?
                .bootstrap(replicates, seed_of_draws)
                .krippendorff_alpha
        };
        let coefficients = [
            ("krippendorff_alpha", alpha),
            ("percent_agreement", plain.percent_agreement),
            ("fleiss_kappa", plain.fleiss_kappa),
            ("gwet_ac1", plain.gwet_ac),
            ("brennan_prediger", plain.brennan_prediger),
        ];
        self.resampled = Some(ResampledReport { replicates, seed, coefficients });
        Ok(())
    }

    /// The most replicates of [`Report::resample`]. Chosen: more change no digit that is read.
    pub const MAX_REPLICATES: u32 = 10_000;

    /// Writes the report of this very crowd as one JSON object.
    pub fn write(&self, crowd: &Crowd, writer: &mut Writer) {
        writer.open_object();
        writer.string_member("kind", self.kind.as_str());
        let answers = &crowd.answers;
        count(writer, "answers", answers.len());
        count(writer, "tasks", answers.task_count());
        count(writer, "annotators", answers.annotator_count());
        count(writer, "labels", answers.label_count());
        count(writer, "replaced", answers.replaced());
        writer.name("rules");
        writer.open_object();
        writer.word_member("duplicates", "last");
        writer.word_member("missing", "left-out");
        if let Some(references) = self.references {
            count(writer, "references", references);
        }
        writer.close_object();
        writer.name("coefficients");
        writer.open_object();
        for (name, coefficient) in self.agreement.coefficients() {
            writer.name(name);
            coefficient.write(writer);
        }
        writer.close_object();
        if let Some(resampled) = &self.resampled {
            resampled.write(writer);
        }
        if let Some(parts) = &self.parts {
            parts.write(crowd, writer);
        }
        writer.close_object();
    }
}

/// Answers, tasks and labels that all replicates together may go through. Chosen: some tens of seconds.
const MOST_RESAMPLED: u64 = 4_000_000_000;

impl ResampledReport {
    fn write(&self, writer: &mut Writer) {
        writer.name("bootstrap");
        writer.open_object();
        writer.integer_member("replicates", i64::from(self.replicates));
        writer.integer_member("seed", i64::from(self.seed));
        for (name, resampled) in self.coefficients {
            writer.name(name);
            match resampled {
                Some(Resampled { se, ci95 }) => {
                    writer.open_object();
                    writer.number_member("se", se);
                    writer.name("ci95");
                    write_ends(ci95, writer);
                    writer.close_object();
                }
                None => writer.null(),
            }
        }
        writer.close_object();
    }
}

impl Parts {
    fn write(&self, crowd: &Crowd, writer: &mut Writer) {
        match self {
            Self::Annotators(found) => {
                list(writer, "by_annotator", found, |writer, annotator| {
                    name(writer, "annotator", &crowd.annotators, annotator.annotator);
                    count(writer, "answers", annotator.answers);
                    count(writer, "compared", annotator.compared);
                    member(writer, "percent_agreement", &annotator.percent_agreement);
                    member(writer, "kappa", &annotator.kappa);
                });
            }
            Self::Classes(kappas) => {
                writer.name("by_class");
                writer.open_array();
                for (label, kappa) in crowd.labels.iter().zip(kappas) {
                    writer.open_object();
                    writer.name("label");
                    label.write(writer);
                    member(writer, "kappa", kappa);
                    writer.close_object();
                }
                writer.close_array();
            }
            Self::Pairs(found) => {
                list(writer, "by_pair", found, |writer, pair| {
                    writer.name("annotators");
                    writer.open_array();
                    for annotator in pair.annotators {
                        writer.string(named(&crowd.annotators, annotator));
                    }
                    writer.close_array();
                    count(writer, "tasks", pair.tasks);
                    writer.number_member("percent_agreement", pair.percent_agreement);
                    member(writer, "cohen_kappa", &pair.cohen_kappa);
                });
            }
        }
    }
}

impl Coefficient {
    /// Writes the coefficient as a JSON object: `value`, `se`, `ci95` and `reason`, each `null` where there is none.
    pub fn write(&self, writer: &mut Writer) {
        writer.open_object();
        for (name, number) in [("value", self.value), ("se", self.se)] {
            writer.name(name);
            match number {
                Some(number) => writer.number(number),
                None => writer.null(),
            }
        }
        writer.name("ci95");
        match self.ci95 {
            Some(ends) => write_ends(ends, writer),
            None => writer.null(),
        }
        writer.name("reason");
        match self.reason {
            Some(reason) => writer.string(reason.as_str()),
            None => writer.null(),
        }
        writer.close_object();
    }
}

fn write_ends(ends: [f64; 2], writer: &mut Writer) {
    writer.open_array();
    ends.into_iter().for_each(|end| writer.number(end));
    writer.close_array();
}

/// A list of objects, or the reason why there is none in its place.
fn list<T>(
    writer: &mut Writer,
    name: &'static str,
    found: &Result<Vec<T>, Undefined>,
    write: impl Fn(&mut Writer, &T),
) {
    writer.name(name);
    match found {
        Ok(parts) => {
            writer.open_array();
            for part in parts {
                writer.open_object();
                write(writer, part);
                writer.close_object();
            }
            writer.close_array();
        }
        Err(reason) => {
            writer.open_object();
            writer.string_member("reason", reason.as_str());
            writer.close_object();
        }
    }
}

fn member(writer: &mut Writer, name: &'static str, coefficient: &Coefficient) {
    writer.name(name);
    coefficient.write(writer);
}

fn count(writer: &mut Writer, name: &'static str, count: usize) {
    writer.integer_member(name, i64::try_from(count).unwrap_or(i64::MAX));
}

fn name(writer: &mut Writer, member: &'static str, names: &[String], number: u32) {
    writer.string_member(member, named(names, number));
}

fn named(names: &[String], number: u32) -> &str {
    names.get(number as usize).map_or("", String::as_str)
}

#[cfg(test)]
mod tests {
    use super::super::CrowdBuilder;
    use super::*;
    use crate::label::BoundingBox;
    use crate::splitmix::mix;

    /// Two annotators, whose labels of each task are near one another and never the same.
    fn crowd(tasks: u32, label: impl Fn(f64) -> Label) -> Crowd {
        let mut crowd = CrowdBuilder::new();
        for task in 0..tasks {
            let truth = (mix(u64::from(task)) % 1_000) as f64;
            for annotator in 0..2_u32 {
                let off = f64::from(annotator) * 0.5 + f64::from(task) / 1e6;
                crowd.add(&task.to_string(), &annotator.to_string(), label(truth + off)).unwrap();
            }
        }
        crowd.build().unwrap()
    }

    fn one_box(x: f64) -> Label {
        let drawn = BoundingBox { class: None, x, y: 0.0, width: 20.0, height: 20.0 };
        Label::boxes(vec![drawn]).unwrap()
    }

    fn many_boxes() -> Crowd {
        crowd(1_100, one_box)
    }

    #[test]
    fn annotators_who_nearly_agree_are_told_so_by_the_distance_of_the_kind() {
        let cases = [
            (Kind::Interval, crowd(200, Label::Number)),
            (Kind::Ordinal, crowd(200, Label::Number)),
            (Kind::Ratio, crowd(200, |x| Label::Number(x + 10.0))),
            (Kind::Boxes, crowd(200, one_box)),
        ];
        for (kind, crowd) in cases {
            let parts = |by| Report::of(&crowd, kind, None, None, Some(by)).unwrap().parts.unwrap();
            let Parts::Annotators(Ok(annotators)) = parts(By::Annotator) else { panic!() };
            let Parts::Pairs(Ok(pairs)) = parts(By::Pair) else { panic!() };
            for kappa in [annotators[0].kappa.value, pairs[0].cohen_kappa.value] {
                assert!(kappa.unwrap() > 0.9, "{kind:?} {kappa:?}");
            }
            assert!((0.9..=1.0).contains(&pairs[0].percent_agreement), "{kind:?}");
        }
    }

    #[test]
    fn too_many_different_labels_for_parts_are_refused() {
        let many = many_boxes();
        let parts = |by| Report::of(&many, Kind::Boxes, None, None, Some(by));
        let refused = parts(By::Pair).unwrap_err();
        assert!(refused.message().contains("2048"), "{refused}");
        assert!(parts(By::Class).is_ok());
    }

    #[test]
    fn the_bootstrap_is_bounded_and_says_nearly_what_the_linearisation_says() {
        let crowd = crowd(300, |x| Label::Number(x + (mix(x.to_bits()) % 400) as f64));
        let mut report = Report::of(&crowd, Kind::Interval, None, None, None).unwrap();
        report.resample(&crowd, None, None, 1_000, 7).unwrap();
        let resampled = report.resampled.unwrap();
        let (name, alpha) = resampled.coefficients[0];
        let linear = report.agreement.krippendorff_alpha.se.unwrap();
        assert_eq!((name, resampled.replicates), ("krippendorff_alpha", 1_000));
        assert!((alpha.unwrap().se / linear - 1.0).abs() < 0.2, "{alpha:?} {linear}");
        for replicates in [0, 1, 10_001, u32::MAX] {
            assert!(report.resample(&crowd, None, None, replicates, 7).is_err());
        }
        let many = many_boxes();
        let mut report = Report::of(&many, Kind::Boxes, None, None, None).unwrap();
        let refused = report.resample(&many, None, None, 10, 0).unwrap_err();
        assert!(refused.message().contains("2048"), "{refused}");
    }
}
