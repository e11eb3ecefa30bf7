//! E-processes: evidence that may be looked at after every answer, for ever.
//!
//! Each value here is a non-negative process that starts at 1 and whose expectation never grows
//! while its null holds (a test supermartingale). By Ville's inequality the chance that it *ever*
//! reaches `1/alpha` is at most `alpha`, however long it runs and however often it is looked at.
//! Sources: Ville 1939; Ramdas, Grünwald, Vovk, Shafer, arXiv 2210.01948; Waudby-Smith and Ramdas,
//! arXiv 2010.09686.
//!
//! | null | type |
//! |---|---|
//! | an event has probability at most p, given the past | [`Events`] |
//! | a score in 0..1 has expectation at least m_t, given the past, which fixes m_t | [`Scores`] |
//! | arrivals have conditional intensity at most λ | [`Arrivals`] |
//!
//! All three are mixtures: the capital is split over a fixed set of bets, and each part is
//! multiplied by its own factor. It is also split over the observation at which betting starts: at
//! observation k a share of 1/(k(k+1)) is bet, and 1/(k+1) is kept as cash for later starts, so that
//! neither a long honest past nor a long pause makes anybody immune. The shares sum to 1, so the
//! bound for life stands (Shin, Ramdas and Rinaldo, arXiv 2203.03532; Volkhonskiy et al., arXiv
//! 1706.03415). They only add, multiply and divide, so the bits are the same in every runtime;
//! [`Arrivals`] needs one `exp`, from `libm` for the same reason.
//!
//! Part of the instruments: useful alone, knows nothing of gates or policies.

mod arrivals;
mod events;
mod mixture;
mod scores;

pub use arrivals::{Arrivals, ArrivalsSettings};
pub use events::{Events, EventsSettings};
pub use scores::Scores;
