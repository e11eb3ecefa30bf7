//! Consensus: what the answers of a crowd say is true, and how far each annotator can be trusted.
//!
//! Part of the instruments: useful alone, knows nothing of gates. Every method is a function of
//! [`Answers`](crate::agreement::Answers); the majority vote is the floor that all others are reported beside
//! ([`Consensus::departures`]).

mod bradley_terry;
mod candidates;
mod confusion;
mod crowdlab;
mod dawid_skene;
mod glad;
mod known;
mod kos;
mod live_one_coin;
mod m_msr;
mod mace;
mod majority_vote;
mod median_box;
mod medoid;
mod method;
mod noisy_bradley_terry;
mod numbers;
mod one_coin_dawid_skene;
mod outcome;
mod pairs;
mod posterior;
mod product;
mod rank_vote;
mod result;
mod rover;
mod score;
mod set_vote;
mod span_vote;
mod wawa;
mod write;
mod zero_based_skill;

pub use bradley_terry::{BradleyTerry, Comparison, ItemScores, Preferred};
pub use confusion::{Confusion, spammer_score};
pub use crowdlab::{Crowdlab, crowdlab};
pub use dawid_skene::DawidSkene;
pub use glad::Glad;
pub use kos::Kos;
pub use live_one_coin::{LiveAnnotator, LiveCredit, LiveOneCoin, LiveTask};
pub use m_msr::MMsr;
pub use mace::Mace;
pub use majority_vote::{leaders, majority_vote, weighted_majority_vote};
pub use median_box::{AgreedBox, BoxVote, median_box};
pub use medoid::{Chosen, Medoid, Medoids};
pub use method::Method;
pub use noisy_bradley_terry::{NoisyBradleyTerry, NoisyScores};
pub use numbers::{NumberEstimate, number_estimate};
pub use one_coin_dawid_skene::OneCoinDawidSkene;
pub use outcome::{Decided, Options, Outcome};
pub use rank_vote::{MAX_RANKED_ITEMS, VotedRanking, rank_vote};
pub use result::{AnnotatorEstimate, Consensus, Departure, Posteriors, TaskEstimate};
pub use rover::{Rover, VotedText, word_distance};
pub use score::{Errors, Score};
pub use set_vote::{SetVote, VotedSet};
pub use span_vote::{SpanVote, VotedSpan};
pub use wawa::wawa;
pub use write::write_plain;
pub use zero_based_skill::ZeroBasedSkill;
