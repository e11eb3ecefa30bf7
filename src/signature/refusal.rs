//! Why a signed thing is not trusted.

/// Why signatures do not make a document, an envelope or a note trusted. Each has a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Refusal {
    /// The algorithm is not that of the pinned key.
    AlgorithmNotOfKey,
    /// No signature by a pinned key is good.
    BadSignature,
    /// The value is an ASN.1 DER sequence.
    DerValue,
    /// The signature leaves members of the document out.
    Excludes,
    /// The signature has extensions.
    Extensions,
    /// A MAC with a shared secret.
    Hmac,
    /// The value is a JWS, whose payload nobody compares with the document.
    JwsValue,
    /// The document has the `signatures` of CycloneDX 2.0.
    JssSignatures,
    /// No pinned key is named or fits.
    KeyNotPinned,
    /// A whole number beyond 2^53 - 1 has no canonical form.
    LargeInteger,
    /// The signature is not what its format says.
    Malformed,
    /// A long document stops being in canonical order.
    MembersOutOfOrder,
    /// The algorithm is `none`.
    NoneAlgorithm,
    /// There is no signature.
    NoSignature,
    /// The list of signers is empty.
    NoSigners,
    /// The value is not base64.
    NotBase64,
    /// The checkpoint is not of the log that its key is for.
    OriginNotOfKey,
    /// The payload is of another type than the pinned one.
    PayloadType,
    /// The signature covers the document without the signature object.
    SignatureLeftOut,
    /// Fewer pinned keys than the threshold signed.
    ThresholdNotMet,
    /// The document is longer than what is kept until its signature is known.
    TooLong,
    /// More signers than anybody needs.
    TooManySigners,
    /// This build cannot check the algorithm, and no host has answered.
    Undecided,
    /// The algorithm has no name that we know.
    UnknownAlgorithm,
    /// The value has not the length of a signature by the key.
    WrongLength,
}

impl Refusal {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.code_and_sentence().0
    }

    /// One sentence for people: lower case, without a final stop.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        self.code_and_sentence().1
    }

    fn code_and_sentence(self) -> (&'static str, &'static str) {
        match self {
            Self::AlgorithmNotOfKey => (
                "algorithm-not-of-key",
                "the signature names another algorithm than its pinned key has",
            ),
            Self::BadSignature => ("bad-signature", "no signature by a pinned key is good"),
            Self::DerValue => (
                "der-value",
                "the signature value is ASN.1 DER; JSF wants the two numbers as they are",
            ),
            Self::Excludes => ("excludes", "the signature leaves members of the document unsigned"),
            Self::Extensions => {
                ("extensions", "the signature has extensions, which CycloneDX does not allow")
            }
            Self::Hmac => ("hmac", "the signature is a MAC: whoever can check it can make it"),
            Self::JwsValue => {
                ("jws-value", "the signature value is a JWS; its payload is not the document")
            }
            Self::JssSignatures => (
                "jss-signatures",
                "the document is signed as CycloneDX 2.0 has it, which is not released",
            ),
            Self::KeyNotPinned => ("key-not-pinned", "no signature is by a pinned key"),
            Self::LargeInteger => (
                "large-integer",
                "the document holds a whole number beyond 2^53 - 1, whose canonical form is not its own",
            ),
            Self::Malformed => ("malformed-signature", "the signature is not what its format says"),
            Self::MembersOutOfOrder => (
                "members-out-of-order",
                "the document is long and its members stop being in canonical order",
            ),
            Self::NoneAlgorithm => ("none-algorithm", "the signature names the algorithm `none`"),
            Self::NoSignature => ("no-signature", "there is no signature"),
            Self::NoSigners => ("no-signers", "the list of signers is empty"),
            Self::NotBase64 => ("not-base64", "the signature value is not base64"),
            Self::OriginNotOfKey => (
                "origin-not-of-key",
                "the checkpoint names another log than the key that signed it",
            ),
            Self::PayloadType => ("payload-type", "the payload is of another type than expected"),
            Self::SignatureLeftOut => (
                "signature-left-out",
                "the signature covers the document without its signature object, as cdxgen signs; JSF covers both",
            ),
            Self::ThresholdNotMet => {
                ("threshold-not-met", "fewer pinned keys signed than are needed")
            }
            Self::TooLong => (
                "too-long",
                "the document is too long to be kept until its signature comes; write `signature` first",
            ),
            Self::TooManySigners => {
                ("too-many-signers", "there are more signatures than are looked at")
            }
            Self::Undecided => {
                ("undecided", "this build cannot check the algorithm and no host has answered")
            }
            Self::UnknownAlgorithm => {
                ("unknown-algorithm", "the signature names an algorithm that is not known")
            }
            Self::WrongLength => {
                ("wrong-length", "the signature value has not the length of a signature by its key")
            }
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.sentence())
    }
}

impl std::error::Error for Refusal {}
