//! What an item answers to a submission.

use crate::error::{Error, ErrorCode};
use crate::state::{self, Kind, Loader, Saver, State};
use crate::verdict::Consensus;

/// What the others said about an item, as one answer met it. Never counts the annotator's own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Observation {
    /// How the answer stands to what the item already had.
    pub standing: AnswerStanding,
    /// Whether the answer is right on gold; none when the item is no gold.
    pub gold_right: Option<bool>,
    /// The others' weighted mean similarity with the answer, 0..1; none when nobody with any weight
    /// has answered.
    pub agreement: Option<f64>,
    /// The floor that the agreement is to be held against, strictly between 0 and 1: what it was
    /// before this answer. None when the answer is not to be scored now: it waits for others, was
    /// scored before, or no floor is known yet.
    pub floor: Option<f64>,
    /// How many others have answered with any weight.
    pub others: u32,
    /// Median time spent by the others, in ms; none under the policy's `min_times`.
    pub median_spent_ms: Option<u32>,
    /// How sure the item's answers are, this one among them; none as [`Item::consensus`](crate::Item::consensus) says.
    pub consensus: Option<Consensus>,
}

/// What an item answers to a submission: an observation for its annotator, and scores for earlier ones.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Observed {
    /// For the annotator of this submission.
    pub observation: Observation,
    /// For annotators whose answers had to wait for others. Mostly empty.
    pub late: Vec<LateScore>,
}

/// The score of an earlier answer, for [`Annotator::hear`](crate::Annotator::hear).
///
/// Each answer is scored once: as it comes, or so when it had to wait.
#[derive(Clone, Debug, PartialEq)]
pub struct LateScore {
    /// Id of the annotator whom it concerns.
    pub annotator: String,
    /// The others' weighted mean similarity with the answer, 0..1.
    pub agreement: f64,
    /// The floor that the agreement is to be held against, strictly between 0 and 1.
    pub floor: f64,
}

/// How an answer stands to what the item already had.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AnswerStanding {
    /// The annotator has answered this item before, in another submission. Nothing was recorded.
    Duplicate,
    /// No room for another label. Nothing was recorded.
    Full,
    /// The annotator's first answer to this item; it was recorded.
    #[default]
    New,
    /// The very same submission, with the same label, is already recorded: a retry after a crash, or a
    /// replay. Nothing was recorded twice.
    Repeat,
}

state::fields!(Observation {
    standing,
    gold_right,
    agreement,
    floor,
    others,
    median_spent_ms,
    consensus,
});
state::fields!(LateScore { annotator, agreement, floor });
state::fields!(Consensus { answers, probability, margin, enough });

impl State for AnswerStanding {
    fn save_to(&self, out: &mut Saver) {
        let mark: u8 = match self {
            Self::New => 0,
            Self::Repeat => 1,
            Self::Duplicate => 2,
            Self::Full => 3,
        };
        mark.save_to(out);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        let all = [Self::New, Self::Repeat, Self::Duplicate, Self::Full];
        all.get(usize::from(input.take::<u8>()?)).copied()
    }
}

impl Observation {
    /// Saves the observation in the binary form of [`state`], to be sent from item to annotator.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        state::save(OBSERVATION, self)
    }

    /// Restores a saved observation, bit for bit.
    ///
    /// # Errors
    /// [`ErrorCode::State`] when the bytes are of another kind or version, or damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, Error> {
        let observation: Self = state::restore(OBSERVATION, bytes)?;
        let shares = observation.agreement.is_none_or(is_share)
            && observation.floor.is_none_or(is_floor)
            && observation
                .consensus
                .is_none_or(|known| is_share(known.probability) && is_share(known.margin));
        if shares { Ok(observation) } else { Err(no_share()) }
    }
}

impl LateScore {
    /// Saves the score in the binary form of [`state`], to be sent from item to annotator.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        state::save(LATE_SCORE, self)
    }

    /// Restores a saved score, bit for bit.
    ///
    /// # Errors
    /// [`ErrorCode::State`] when the bytes are of another kind or version, or damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, Error> {
        let late: Self = state::restore(LATE_SCORE, bytes)?;
        if is_share(late.agreement) && is_floor(late.floor) { Ok(late) } else { Err(no_share()) }
    }
}

const OBSERVATION: Kind = Kind { magic: *b"LGOB", noun: "observation" };
const LATE_SCORE: Kind = Kind { magic: *b"LGLS", noun: "late score" };

fn is_share(value: f64) -> bool {
    (0.0..=1.0).contains(&value)
}

fn is_floor(value: f64) -> bool {
    value > 0.0 && value < 1.0
}

fn no_share() -> Error {
    Error::new(ErrorCode::State, "expected saved shares from 0 to 1")
}
