//! What stands behind a BOM: the outcome of its signatures and its checkpoint.

/// What stands behind a BOM, once its signatures and its checkpoint were looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backing {
    /// Why nothing that is pinned stands behind it; none when it is trusted.
    refusal: Option<String>,
    /// When the checkpoint lapses: Unix milliseconds. None without a checkpoint.
    expires_at_ms: Option<i64>,
    /// How many publications the checkpoint counts.
    log_size: Option<u64>,
}

impl Backing {
    /// Nobody looked at signatures: trusted only where the policy asks for none.
    #[must_use]
    pub fn unsigned() -> Self {
        Self::refused("carries no signature that this gate can trust")
    }

    /// Looked at, and refused. `why` goes on after "the list of published items".
    #[must_use]
    pub fn refused(why: impl Into<String>) -> Self {
        Self { refusal: Some(why.into()), expires_at_ms: None, log_size: None }
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
    pub fn refusal(&self) -> Option<&str> {
        self.refusal.as_deref()
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
}
