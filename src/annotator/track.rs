//! One e-process and whether it has ever crossed its threshold.

use crate::state::{Loader, Saver, State};

/// An e-process with its latch. The bound is about *ever* crossing, so one crossing holds until a
/// person releases the annotator; later good answers cannot undo it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Track<P> {
    pub(crate) process: P,
    /// The answer, counted from 1, at which the threshold was first reached.
    pub(crate) held_since: Option<u32>,
    /// The greatest wealth so far; what a held annotator is shown to have had.
    pub(crate) peak: f64,
}

impl<P> Track<P> {
    /// Notes the wealth after an answer.
    pub(crate) fn note(&mut self, wealth: f64, threshold: f64, answer: u32) {
        self.peak = self.peak.max(wealth);
        if self.held_since.is_none() && wealth >= threshold {
            self.held_since = Some(answer);
        }
    }

    /// The answer, counted from 1, at which the threshold was first reached.
    #[must_use]
    pub fn held_since(&self) -> Option<u32> {
        self.held_since
    }
}

impl<P: State> State for Track<P> {
    fn save_to(&self, out: &mut Saver) {
        self.process.save_to(out);
        self.held_since.save_to(out);
        self.peak.save_to(out);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        let (process, held_since, peak) = (input.take()?, input.take()?, input.take()?);
        Some(Self { process, held_since, peak })
    }
}
