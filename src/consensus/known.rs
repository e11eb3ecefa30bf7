//! Labels that are known beforehand.

use crate::agreement::Answers;
use crate::error::{Error, ErrorCode};

/// The known label of each task; [`UNKNOWN`] where it is not. Empty when none is known.
pub(super) struct Known(Vec<u32>);

impl Known {
    /// From tasks and their labels; of several of one task the last counts.
    pub(super) fn new(gold: &[(u32, u32)], answers: &Answers) -> Result<Self, Error> {
        if gold.is_empty() {
            return Ok(Self(Vec::new()));
        }
        let mut labels = vec![UNKNOWN; answers.task_count()];
        for (task, label) in gold {
            match labels.get_mut(*task as usize) {
                Some(known) if (*label as usize) < answers.label_count() => *known = *label,
                _ => {
                    return Err(Error::new(
                        ErrorCode::Answers,
                        format!(
                            "expected gold answers to tasks below {} with labels below {}, found label {label} of task {task}",
                            answers.task_count(),
                            answers.label_count()
                        ),
                    ));
                }
            }
        }
        Ok(Self(labels))
    }

    pub(super) fn label(&self, task: usize) -> Option<u32> {
        self.0.get(task).copied().filter(|label| *label != UNKNOWN)
    }
}

const UNKNOWN: u32 = u32::MAX;
