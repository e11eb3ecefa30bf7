//! Signatures: who signed a document, by keys that were pinned beforehand.
//!
//! Part of the instruments: useful alone, knows nothing of BOMs, gates or policies. Formats:
//!
//! - [`jsf`]: a signature inside a JSON document, as CycloneDX 1.4 to 1.7 has it;
//! - [`dsse`]: an envelope around bytes of any type;
//! - [`note`]: a text with lines of signatures under it, and [`checkpoint`]: such a text that names the
//!   head of a log and the BOM in force;
//! - [`sigstore`]: bundles, as far as a pinned key goes, and [`oms`]: the signed list of files in them.
//!
//! Three rules hold for all of them. Trust comes from [pinned keys](Threshold) alone: a key, a name or a
//! certificate inside a signature only helps to find one of them. The algorithm is fixed by the pinned
//! key. What is not accepted has a [named reason](Refusal).
//!
//! Nothing here calls a host. What this build cannot check (ES256 and ES384 without feature `ecdsa`;
//! ES512, RS256 to PS512 always) is handed out as open [`Check`]s, and the answers are taken back.

mod algorithm;
pub(crate) mod base64;

pub mod checkpoint;
pub mod dsse;
mod encoding;
pub mod jsf;
pub mod note;
pub mod oms;
#[cfg(feature = "sign")]
mod private_key;
mod public_key;
mod refusal;
pub mod sigstore;
mod threshold;
mod verifier;

pub use algorithm::Algorithm;
#[cfg(feature = "sign")]
pub use private_key::PrivateKey;
pub use public_key::PublicKey;
pub use refusal::Refusal;
pub use threshold::{Threshold, Verification};
pub use verifier::{Check, Outcome, of_digest};
