//! Consensus: what the answers of a crowd say is true, and how far each annotator can be trusted.
//!
//! Part of the instruments: useful alone, knows nothing of gates. Every method is a function of
//! [`Answers`](crate::agreement::Answers); the majority vote is the floor that all others are reported beside.
