//! What stands behind a BOM: the outcome of its signatures and its checkpoint.

use std::borrow::Cow;

use crate::json::Writer;
use crate::state::{Loader, Saver, State, fields};

/// What stands behind a BOM, once its signatures and its checkpoint were looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backing {
    /// Why nothing that is pinned stands behind it; none when it is trusted.
    refusal: Option<BackingRefusal>,
    /// When the checkpoint lapses: Unix milliseconds. None without a checkpoint.
    expires_at_ms: Option<i64>,
    /// How many publications the checkpoint counts.
    log_size: Option<u64>,
}

/// Why a BOM is not trusted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackingRefusal {
    /// Stable, in kebab-case: a code of [`signature::Refusal`](crate::signature::Refusal), or one of
    /// `not-verified`, `no-pinned-key`, `no-serial-number`, `other-serial-number`, `no-checkpoint`,
    /// `checkpoint-malformed`, `checkpoint-untrusted`, `checkpoint-unwitnessed`, `checkpoint-of-other-bom`.
    pub code: Cow<'static, str>,
    /// One sentence for people: lower case, without a final stop.
    pub sentence: String,
}

fields!(Backing { refusal, expires_at_ms, log_size });

impl State for BackingRefusal {
    fn save_to(&self, out: &mut Saver) {
        out.text(&self.code);
        out.text(&self.sentence);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        Some(Self { code: input.text()?.into(), sentence: input.text()? })
    }
}

impl Backing {
    /// Nobody looked at signatures: trusted only where the policy asks for none.
    #[must_use]
    pub fn unsigned() -> Self {
        Self::refused("not-verified", "nobody has looked at its signature")
    }

    /// There is nobody to trust.
    pub(super) fn no_pinned_key() -> Self {
        Self::refused("no-pinned-key", "the policy pins no key")
    }

    /// Looked at, and refused.
    #[must_use]
    pub fn refused(code: impl Into<Cow<'static, str>>, sentence: impl Into<String>) -> Self {
        let refusal = Some(BackingRefusal { code: code.into(), sentence: sentence.into() });
        Self { refusal, expires_at_ms: None, log_size: None }
    }

    /// Signed by pinned keys as the settings ask, without a checkpoint.
    #[must_use]
    pub fn trusted() -> Self {
        Self { refusal: None, expires_at_ms: None, log_size: None }
    }

    /// The same, with a checkpoint that lapses at this time and counts so many publications.
    #[must_use]
    pub fn with_checkpoint(self, expires_at_ms: Option<i64>, log_size: u64) -> Self {
        Self { expires_at_ms, log_size: Some(log_size), ..self }
    }

    /// Whether pinned keys stand behind it.
    #[must_use]
    pub fn is_trusted(&self) -> bool {
        self.refusal.is_none()
    }

    /// Why they do not.
    #[must_use]
    pub fn refusal(&self) -> Option<&BackingRefusal> {
        self.refusal.as_ref()
    }

    /// When the checkpoint lapses: Unix milliseconds.
    #[must_use]
    pub fn expires_at_ms(&self) -> Option<i64> {
        self.expires_at_ms
    }

    /// How many publications the checkpoint counts.
    #[must_use]
    pub fn log_size(&self) -> Option<u64> {
        self.log_size
    }

    /// One JSON object: what is known of a BOM in an envelope that is refused.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.open_object();
        self.write_members(&mut writer);
        writer.close_object();
        writer.into_bytes()
    }

    pub(super) fn write_members(&self, writer: &mut Writer) {
        writer.name("trusted");
        writer.boolean(self.is_trusted());
        if let Some(refusal) = &self.refusal {
            writer.word_member("refusal", &refusal.code);
            writer.string_member("why", &refusal.sentence);
        }
        if let Some(expires_at_ms) = self.expires_at_ms {
            writer.integer_member("expires_at_ms", expires_at_ms);
        }
        if let Some(log_size) = self.log_size {
            writer.integer_member("publications", i64::try_from(log_size).unwrap_or(i64::MAX));
        }
    }
}
