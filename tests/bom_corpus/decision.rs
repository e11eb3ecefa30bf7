//! What labelgate says of one file, beside what the manifest expects.

/// The answer, and how it stands to what was expected.
pub struct Decision {
    pub given: String,
    pub standing: Standing,
}

pub enum Standing {
    Agrees,
    /// Another verdict than the manifest has, on purpose.
    Differs(&'static str),
    /// Not ours to judge, or not by this build. Nothing is trusted by it.
    NotDecided(&'static str),
    /// Another verdict than expected, for which there is no reason.
    Wrong,
}

impl Decision {
    pub fn agrees(given: impl Into<String>) -> Self {
        Self { given: given.into(), standing: Standing::Agrees }
    }

    pub fn wrong(given: impl Into<String>) -> Self {
        Self { given: given.into(), standing: Standing::Wrong }
    }

    /// `given` says what labelgate does with the file nevertheless: it refuses it, or does not read it.
    pub fn not_decided(given: impl Into<String>, reason: &'static str) -> Self {
        Self { given: given.into(), standing: Standing::NotDecided(reason) }
    }

    pub fn agrees_if(is_as_expected: bool, given: impl Into<String>) -> Self {
        if is_as_expected { Self::agrees(given) } else { Self::wrong(given) }
    }

    /// `reason` is why another verdict than the expected one is right, where there is one. A reason that
    /// is not needed is wrong too.
    pub fn agrees_unless(
        reason: Option<&'static str>,
        is_as_expected: bool,
        given: impl Into<String>,
    ) -> Self {
        match reason {
            None => Self::agrees_if(is_as_expected, given),
            Some(_) if is_as_expected => {
                Self::wrong(format!("{}; listed as another verdict", given.into()))
            }
            Some(reason) => Self { given: given.into(), standing: Standing::Differs(reason) },
        }
    }
}
