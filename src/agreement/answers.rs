//! Who answered what: tasks, annotators and labels as numbers from 0, packed.

use crate::error::{Error, ErrorCode};

/// One answer: this annotator gave this label to this task. Each is a number from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Number of the task.
    pub task: u32,
    /// Number of the annotator.
    pub annotator: u32,
    /// Number of the label.
    pub label: u32,
}

/// Answers by task: 8 bytes an answer and 4 a task.
///
/// Of several answers of one annotator to one task the last counts, as in the peers' data frames.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Where the answers of each task begin, and at last how many answers there are.
    starts: Vec<u32>,
    annotators: Vec<u32>,
    labels: Vec<u32>,
    annotator_count: usize,
    label_count: usize,
    replaced: usize,
}

/// The answers to one task, in the order they came: annotator and label by place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit<'a> {
    /// Who answered; each once.
    pub annotators: &'a [u32],
    /// What they answered, at the same places.
    pub labels: &'a [u32],
}

impl Unit<'_> {
    /// How many answers the task has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether nobody answered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }
}

impl Answers {
    /// Packs answers that come in any order. Empty input is fine.
    ///
    /// `tasks`, `annotators` and `labels` are how many of each there are. Time and memory grow with the answers and
    /// these counts alone.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] when a number is not below its count, or there are 2^32 answers or more.
    pub fn new(
        tasks: usize,
        annotators: usize,
        labels: usize,
        answers: &[Answer],
    ) -> Result<Self, Error> {
        let mut starts = vec![0_u32; tasks + 1];
        if u32::try_from(answers.len()).is_err() {
            return Err(error("expected fewer than 2^32 answers".into()));
        }
        for answer in answers {
            let within = |number: u32, count: usize| (number as usize) < count;
            if !within(answer.annotator, annotators) || !within(answer.label, labels) {
                return Err(error(format!(
                    "expected annotators below {annotators} and labels below {labels}, found {answer:?}"
                )));
            }
            match starts.get_mut(answer.task as usize + 1) {
                Some(count) if within(answer.task, tasks) => *count += 1,
                _ => {
                    return Err(error(format!("expected tasks below {tasks}, found {answer:?}")));
                }
            }
        }
        let mut sum = 0;
        for start in &mut starts {
            sum += *start;
            *start = sum;
        }
        let mut packed = Self {
            starts,
            annotators: vec![0; answers.len()],
            labels: vec![0; answers.len()],
            annotator_count: annotators,
            label_count: labels,
            replaced: 0,
        };
        packed.place(answers);
        packed.keep_last();
        Ok(packed)
    }

    /// Puts every answer behind the others of its task. `starts` holds the beginnings, and does again afterwards.
    fn place(&mut self, answers: &[Answer]) {
        for answer in answers {
            let Some(next) = self.starts.get_mut(answer.task as usize) else { continue };
            let at = *next as usize;
            *next += 1;
            if let (Some(annotator), Some(label)) =
                (self.annotators.get_mut(at), self.labels.get_mut(at))
            {
                (*annotator, *label) = (answer.annotator, answer.label);
            }
        }
        // Each start has moved to its end, which is the next one's start.
        self.starts.rotate_right(1);
        if let Some(first) = self.starts.first_mut() {
            *first = 0;
        }
    }

    /// Of repeated answers of one annotator to one task, keeps the last, in the place of the last.
    fn keep_last(&mut self) {
        // The task in which an annotator was met last, from the end; tasks count from 1 here.
        let mut met = vec![0_u32; self.annotator_count];
        let mut repeats = Vec::new();
        for (task, bounds) in (1_u32..).zip(self.starts.windows(2)) {
            let [start, end] = *bounds else { continue };
            for at in (start..end).rev() {
                let Some(annotator) = self.annotators.get(at as usize) else { continue };
                let Some(last) = met.get_mut(*annotator as usize) else { continue };
                if *last == task {
                    repeats.push(at);
                }
                *last = task;
            }
        }
        if repeats.is_empty() {
            return;
        }
        repeats.sort_unstable();
        self.replaced = repeats.len();
        let mut next = repeats.iter().peekable();
        let mut kept = 0;
        let mut starts = self.starts.iter_mut().peekable();
        for at in 0..self.annotators.len() {
            while let Some(start) = starts.next_if(|start| **start as usize <= at) {
                *start = u32::try_from(kept).unwrap_or(u32::MAX);
            }
            if next.next_if(|repeat| **repeat as usize == at).is_none() {
                self.annotators.swap(kept, at);
                self.labels.swap(kept, at);
                kept += 1;
            }
        }
        for start in starts {
            *start = u32::try_from(kept).unwrap_or(u32::MAX);
        }
        self.annotators.truncate(kept);
        self.labels.truncate(kept);
    }

    /// How many answers there are, repeats left out.
    #[must_use]
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there is no answer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// How many tasks there are, with answers or without.
    #[must_use]
    pub fn task_count(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    /// How many annotators there are, with answers or without.
    #[must_use]
    pub fn annotator_count(&self) -> usize {
        self.annotator_count
    }

    /// How many answers each annotator gave, by number, repeats left out.
    #[must_use]
    pub fn answered(&self) -> Vec<u32> {
        let mut counts = vec![0_u32; self.annotator_count];
        for annotator in &self.annotators {
            if let Some(count) = counts.get_mut(*annotator as usize) {
                *count += 1;
            }
        }
        counts
    }

    /// How many labels there are, used or not.
    #[must_use]
    pub fn label_count(&self) -> usize {
        self.label_count
    }

    /// How many answers were left out because the same annotator answered the same task again later.
    #[must_use]
    pub fn replaced(&self) -> usize {
        self.replaced
    }

    /// The answers to each task, by number of the task.
    pub fn units(&self) -> impl ExactSizeIterator<Item = Unit<'_>> + Clone {
        self.starts.windows(2).map(|bounds| match bounds {
            [start, end] => self.between(*start as usize, *end as usize),
            _ => Unit { annotators: &[], labels: &[] },
        })
    }

    /// The answers to one task; none for a task that there is not.
    #[must_use]
    pub fn unit(&self, task: usize) -> Unit<'_> {
        let bound = |at: usize| self.starts.get(at).map_or(0, |start| *start as usize);
        self.between(bound(task), bound(task + 1))
    }

    /// Who gave each answer, task after task.
    #[must_use]
    pub fn annotators(&self) -> &[u32] {
        &self.annotators
    }

    /// What each answer said, at the places of [`Answers::annotators`].
    #[must_use]
    pub fn labels(&self) -> &[u32] {
        &self.labels
    }

    /// Where the answers of each task begin in these two, and at last their number.
    #[must_use]
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }

    fn between(&self, start: usize, end: usize) -> Unit<'_> {
        Unit {
            annotators: self.annotators.get(start..end).unwrap_or_default(),
            labels: self.labels.get(start..end).unwrap_or_default(),
        }
    }
}

fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packed(answers: &[[u32; 3]]) -> Answers {
        let answers: Vec<Answer> = answers
            .iter()
            .map(|[task, annotator, label]| Answer {
                task: *task,
                annotator: *annotator,
                label: *label,
            })
            .collect();
        Answers::new(4, 3, 3, &answers).unwrap()
    }

    #[test]
    fn answers_are_grouped_by_task_in_the_order_they_came() {
        let answers = packed(&[[2, 0, 1], [0, 1, 2], [2, 1, 0], [0, 0, 0]]);
        assert_eq!(answers.unit(0), Unit { annotators: &[1, 0], labels: &[2, 0] });
        assert!(answers.unit(1).is_empty());
        assert_eq!(answers.unit(2), Unit { annotators: &[0, 1], labels: &[1, 0] });
        assert!(answers.unit(3).is_empty() && answers.unit(9).is_empty());
        assert_eq!(answers.units().map(|unit| unit.len()).collect::<Vec<_>>(), [2, 0, 2, 0]);
    }

    #[test]
    fn of_repeated_answers_the_last_counts() {
        let answers =
            packed(&[[0, 0, 0], [1, 0, 0], [0, 0, 1], [0, 1, 2], [0, 0, 2], [3, 2, 1], [3, 2, 2]]);
        assert_eq!(answers.unit(0), Unit { annotators: &[1, 0], labels: &[2, 2] });
        assert_eq!(answers.unit(1), Unit { annotators: &[0], labels: &[0] });
        assert_eq!(answers.unit(3), Unit { annotators: &[2], labels: &[2] });
        assert_eq!((answers.len(), answers.replaced()), (4, 3));
        assert_eq!(answers.answered(), [2, 1, 1]);
        assert_eq!(answers.starts(), [0, 2, 3, 3, 4]);
    }

    #[test]
    fn nothing_is_fine() {
        let answers = Answers::new(0, 0, 0, &[]).unwrap();
        assert!(answers.is_empty() && answers.task_count() == 0);
        assert_eq!(packed(&[]).units().len(), 4);
    }

    #[test]
    fn a_number_that_is_not_below_its_count_is_refused() {
        for bad in [[1, 0, 0], [0, 1, 0], [0, 0, 1], [u32::MAX, 0, 0]] {
            let [task, annotator, label] = bad;
            let error = Answers::new(1, 1, 1, &[Answer { task, annotator, label }]).unwrap_err();
            assert_eq!(error.code(), ErrorCode::Answers);
        }
    }
}
