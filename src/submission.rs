//! One annotator's label of one item.

use std::borrow::Cow;

use crate::bom::shards::MAX_PROOF_TEXT_BYTES;
use crate::digest::{Algorithm, Digest};
use crate::error::Error;
use crate::id::Id;
use crate::json::{Reader, shortened};
use crate::label::Label;
use crate::timestamp;

/// One annotator's answer to one item, as it came; well-formed by construction.
///
/// Text is borrowed from the input bytes where it holds no escape. Times and durations are what the
/// sender claims; the gate compares them with its own clock.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct Submission<'a> {
    /// Names this submission, once and for ever; 1 to 128 bytes. Chosen by the sender.
    #[cfg_attr(feature = "schema", schemars(with = "String", length(min = 1, max = 128)))]
    pub id: Id<'a>,
    /// The account that answers: an opaque id, never a person's name; 1 to 128 bytes.
    #[cfg_attr(feature = "schema", schemars(with = "String", length(min = 1, max = 128)))]
    pub annotator: Id<'a>,
    /// What was labelled.
    pub item: ItemReference<'a>,
    /// The answer.
    pub label: Label,
    /// When the annotator was first shown the item: RFC 3339. Claimed.
    #[cfg_attr(
        feature = "schema",
        schemars(rename = "started_at", with = "String", default, extend("format" = "date-time"))
    )]
    pub started_at_ms: Option<i64>,
    /// When the annotator sent the answer: RFC 3339. Claimed.
    #[cfg_attr(
        feature = "schema",
        schemars(rename = "submitted_at", with = "String", default, extend("format" = "date-time"))
    )]
    pub submitted_at_ms: Option<i64>,
    /// Time the annotator spent on the item, in milliseconds, when the platform measures it.
    /// Claimed. At most 2^32 - 1 (49 days).
    #[cfg_attr(feature = "schema", schemars(with = "u32", default))]
    pub elapsed_ms: Option<u32>,
    /// Names one run of one browser tab, so that its clock can be compared with itself; 1 to 128
    /// bytes.
    #[cfg_attr(feature = "schema", schemars(with = "String", default, length(min = 1, max = 128)))]
    pub session: Option<Id<'a>>,
    /// Anything the platform adds. Checked as JSON, kept in the original bytes, never interpreted.
    #[cfg_attr(
        feature = "schema",
        schemars(rename = "platform", with = "serde_json::Value", default)
    )]
    pub has_platform: bool,
}

/// Which item, and what its bytes hashed to where it was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(deny_unknown_fields))]
pub struct ItemReference<'a> {
    /// The platform's id of the item; 1 to 128 bytes.
    #[cfg_attr(feature = "schema", schemars(with = "String", length(min = 1, max = 128)))]
    pub id: Id<'a>,
    /// The item's name in the BOM, when it is not the id; 1 to 1,024 bytes.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", default, length(min = 1, max = 1024))
    )]
    pub name: Option<Cow<'a, str>>,
    /// Digests of the bytes that were shown: algorithm to hexadecimal text, e.g.
    /// `{"sha256":"…"}`. An algorithm that is not accepted is named in the verdict.
    #[cfg_attr(
        feature = "schema",
        schemars(rename = "digest", with = "std::collections::BTreeMap<String, String>", default)
    )]
    pub digests: Vec<Digest>,
    /// Names of algorithms in `digest` that prove nothing (MD5, SHA-1, unknown ones).
    #[cfg_attr(feature = "schema", schemars(skip))]
    pub weak_algorithms: Vec<Cow<'a, str>>,
    /// Proof that the index of the published list has the item, in Base64: for lists so large that only an
    /// index of them is published, where the gate cannot ask it. At most 1,592 bytes. Without it, or if it
    /// proves nothing, the index is asked.
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", default, length(min = 1, max = 1592), extend("contentEncoding" = "base64"))
    )]
    pub proof: Option<Cow<'a, str>>,
}

/// Longest id, in bytes. Chosen: a UUID has 36, a Label Studio or MTurk id at most 64.
pub const MAX_ID_BYTES: usize = 128;
/// Longest item name, in bytes. Chosen: file paths in published sets stay under 300.
pub const MAX_NAME_BYTES: usize = 1024;
/// Most digests of one item. Chosen: one of each accepted algorithm, and room for weak ones.
pub const MAX_DIGESTS: usize = 16;
/// Deepest nesting of arrays and objects in a submission. Chosen: the platform payloads read need 12.
pub const MAX_DEPTH: usize = 32;

impl<'a> Submission<'a> {
    /// Reads one submission. Unknown members are refused, except inside `platform`.
    ///
    /// # Errors
    /// With the place, for everything that the [strict reader](crate::json) or a bound of a member
    /// refuses.
    pub fn from_json(input: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(input, MAX_DEPTH)?;
        let mut draft = Draft::default();
        let start = reader.offset();
        reader.object(&mut |reader, member| draft.read(reader, member))?;
        let missing =
            |name: &str| reader.error_from(start, &format!("expected the member `{name}`"));
        let submission = Self {
            id: draft.id.ok_or_else(|| missing("id"))?,
            annotator: draft.annotator.ok_or_else(|| missing("annotator"))?,
            item: draft.item.ok_or_else(|| missing("item"))?,
            label: draft.label.ok_or_else(|| missing("label"))?,
            started_at_ms: draft.started_at_ms,
            submitted_at_ms: draft.submitted_at_ms,
            elapsed_ms: draft.elapsed_ms,
            session: draft.session,
            has_platform: draft.has_platform,
        };
        reader.finish()?;
        Ok(submission)
    }

    /// The time spent on the answer, in milliseconds: what the platform measured or the distance of
    /// the two times, whichever is shorter. None when neither is there, or when it ended before it
    /// started.
    #[must_use]
    #[inline]
    pub fn spent_ms(&self) -> Option<u32> {
        let between = match (self.started_at_ms, self.submitted_at_ms) {
            (Some(start), Some(end)) if end >= start => {
                Some(u32::try_from(end.saturating_sub(start)).unwrap_or(u32::MAX))
            }
            _ => None,
        };
        match (self.elapsed_ms, between) {
            (Some(measured), Some(between)) => Some(measured.min(between)),
            (measured, between) => measured.or(between),
        }
    }
}

impl ItemReference<'_> {
    /// The name under which the BOM lists the item: its own name, or else its id.
    #[must_use]
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

#[derive(Default)]
struct Draft<'a> {
    id: Option<Id<'a>>,
    annotator: Option<Id<'a>>,
    item: Option<ItemReference<'a>>,
    label: Option<Label>,
    started_at_ms: Option<i64>,
    submitted_at_ms: Option<i64>,
    elapsed_ms: Option<u32>,
    session: Option<Id<'a>>,
    has_platform: bool,
}

impl<'a> Draft<'a> {
    fn read(&mut self, reader: &mut Reader<'a>, member: &str) -> Result<(), Error> {
        match member {
            "id" => self.id = Some(id(reader)?),
            "annotator" => self.annotator = Some(id(reader)?),
            "item" => self.item = Some(item(reader)?),
            "label" => self.label = Some(Label::read(reader)?),
            "started_at" => self.started_at_ms = Some(time(reader)?),
            "submitted_at" => self.submitted_at_ms = Some(time(reader)?),
            "elapsed_ms" => {
                let at = reader.offset();
                let ms = u32::try_from(reader.integer()?);
                self.elapsed_ms = Some(ms.map_err(|_| {
                    reader.error_from(at, "expected milliseconds from 0 to 4294967295")
                })?);
            }
            "session" => self.session = Some(id(reader)?),
            "platform" => {
                self.has_platform = true;
                reader.skip()?;
            }
            _ => {
                return Err(reader.error(&format!("expected no member `{}`", shortened(member))));
            }
        }
        Ok(())
    }
}

fn item<'a>(reader: &mut Reader<'a>) -> Result<ItemReference<'a>, Error> {
    let start = reader.offset();
    let mut own_id = None;
    let mut name = None;
    let mut digests = Vec::new();
    let mut weak_algorithms = Vec::new();
    let mut proof = None;
    reader.object(&mut |reader, member| {
        match member {
            "id" => own_id = Some(id(reader)?),
            "name" => name = Some(text(reader, MAX_NAME_BYTES)?),
            "proof" => proof = Some(text(reader, MAX_PROOF_TEXT_BYTES)?),
            "digest" => reader.object(&mut |reader, key| {
                let at = reader.offset();
                if digests.len() + weak_algorithms.len() == MAX_DIGESTS {
                    return Err(reader.error(&format!("expected at most {MAX_DIGESTS} digests")));
                }
                let hex = reader.string()?;
                match Algorithm::from_key(key) {
                    Some(algorithm) => digests.push(
                        Digest::from_hex(algorithm, &hex)
                            .map_err(|error| reader.error_from(at, error.message()))?,
                    ),
                    None => weak_algorithms.push(Cow::Owned(shortened(key))),
                }
                Ok(())
            })?,
            _ => return Err(reader.error(&format!("expected no member `{}`", shortened(member)))),
        }
        Ok(())
    })?;
    let id =
        own_id.ok_or_else(|| reader.error_from(start, "expected the member `id` of the item"))?;
    Ok(ItemReference { id, name, digests, weak_algorithms, proof })
}

#[inline]
fn id<'a>(reader: &mut Reader<'a>) -> Result<Id<'a>, Error> {
    text(reader, MAX_ID_BYTES).map(Id::new)
}

fn text<'a>(reader: &mut Reader<'a>, max_bytes: usize) -> Result<Cow<'a, str>, Error> {
    let at = reader.offset();
    let text = reader.string()?;
    if text.is_empty() || text.len() > max_bytes {
        return Err(reader.error_from(at, &format!("expected a string of 1 to {max_bytes} bytes")));
    }
    Ok(text)
}

fn time(reader: &mut Reader<'_>) -> Result<i64, Error> {
    let at = reader.offset();
    let text = reader.string()?;
    timestamp::from_rfc3339(&text).ok_or_else(|| {
        reader.error_from(at, "expected an RFC 3339 time such as 2026-11-23T10:00:07.250Z")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"{"id":"s-1","annotator":"ann-7",
        "item":{"id":"img-1","name":"data/img-1.png","digest":{
            "sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","md5":"x"}},
        "label":{"class":"cat"},"started_at":"2026-11-23T10:00:00Z",
        "submitted_at":"2026-11-23T10:00:07.250Z","elapsed_ms":7000,"session":"tab-1",
        "platform":{"anything":[1,{"deep":true}]}}"#;

    #[test]
    fn a_full_submission_is_read() {
        let submission = Submission::from_json(FULL.as_bytes()).unwrap();
        assert_eq!(submission.id, "s-1");
        assert_eq!(submission.item.name.as_deref(), Some("data/img-1.png"));
        assert_eq!(submission.item.digests.len(), 1);
        assert_eq!(submission.item.weak_algorithms, ["md5"]);
        assert_eq!(submission.label, Label::Class("cat".into()));
        assert_eq!(submission.spent_ms(), Some(7000));
        assert!(submission.has_platform);
        assert!(matches!(submission.annotator.into_text(), Cow::Borrowed(_)));
    }

    #[test]
    fn a_proof_is_borrowed_and_bounded() {
        let with =
            |proof: &str| FULL.replacen("\"name\"", &format!("\"proof\":\"{proof}\",\"name\""), 1);
        let longest = with(&"A".repeat(MAX_PROOF_TEXT_BYTES));
        let submission = Submission::from_json(longest.as_bytes()).unwrap();
        assert!(matches!(submission.item.proof, Some(Cow::Borrowed(_))));
        for proof in [String::new(), "A".repeat(MAX_PROOF_TEXT_BYTES + 1)] {
            let error = Submission::from_json(with(&proof).as_bytes()).unwrap_err();
            assert!(error.message().starts_with("expected a string of 1 to 1592 bytes"));
        }
    }

    #[test]
    fn each_missing_member_is_named() {
        for name in ["id", "annotator", "item", "label"] {
            let mut value: serde_json::Value = serde_json::from_str(FULL).unwrap();
            value.as_object_mut().unwrap().remove(name);
            let text = value.to_string();
            let error = Submission::from_json(text.as_bytes()).unwrap_err();
            assert!(error.message().starts_with(&format!("expected the member `{name}`")));
        }
    }

    #[test]
    fn an_unknown_member_is_refused_with_its_name_and_place() {
        let error = Submission::from_json(br#"{"id":"s","trusted":true}"#).unwrap_err();
        assert_eq!(error.message(), "expected no member `trusted` at byte 20 (line 1, column 21)");
    }

    #[test]
    fn the_shorter_claim_counts_as_time_spent() {
        let with = |start: Option<i64>, end: Option<i64>, elapsed: Option<u32>| {
            let mut submission = Submission::from_json(FULL.as_bytes()).unwrap();
            submission.started_at_ms = start;
            submission.submitted_at_ms = end;
            submission.elapsed_ms = elapsed;
            submission.spent_ms()
        };
        assert_eq!(with(Some(0), Some(900), Some(5000)), Some(900));
        assert_eq!(with(Some(0), Some(9000), Some(5000)), Some(5000));
        assert_eq!(with(Some(0), None, None), None);
        assert_eq!(with(Some(10), Some(5), None), None);
        assert_eq!(with(Some(i64::MIN), Some(i64::MAX), None), Some(u32::MAX));
    }
}
