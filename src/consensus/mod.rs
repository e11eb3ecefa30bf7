//! Consensus: what the answers of a crowd say is true, and how far each annotator can be trusted.
//!
//! Part of the instruments: useful alone, knows nothing of gates. Every method is a function of
//! [`Answers`](crate::agreement::Answers); the majority vote is the floor that all others are reported beside
//! ([`Consensus::departures`]).

mod candidates;
mod confusion;
mod dawid_skene;
mod glad;
mod gold;
mod live_one_coin;
mod mace;
mod majority_vote;
mod one_coin_dawid_skene;
mod pairs;
mod posterior;
mod product;
mod result;
mod wawa;
mod zero_based_skill;

pub use confusion::{Confusion, spammer_score};
pub use dawid_skene::DawidSkene;
pub use glad::Glad;
pub use live_one_coin::{LiveAnnotator, LiveOneCoin, LiveTask};
pub use mace::Mace;
pub use majority_vote::{leaders, majority_vote, weighted_majority_vote};
pub use one_coin_dawid_skene::OneCoinDawidSkene;
pub use result::{AnnotatorEstimate, Consensus, Departure, Posteriors, TaskEstimate};
pub use wawa::wawa;
pub use zero_based_skill::ZeroBasedSkill;
