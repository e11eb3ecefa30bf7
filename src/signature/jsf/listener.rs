//! Follows the events of a document and checks its signature.

use crate::json::canonical::{self, Canonical, NoForm};
use crate::json::stream::Event;

use super::super::threshold::{Signer, Try};
use super::super::{Check, Outcome, Refusal, Threshold, Verification};
use super::Settings;
use super::object::{Form, SignatureObject};

/// Checks the signature of a document that somebody else reads: a
/// [`canonical::Listener`].
///
/// Nothing that it finds stops the reading: the answer comes with [`Listener::finish`].
pub struct Listener {
    threshold: Threshold,
    settings: Settings,
    /// The document without its signature.
    form: Canonical,
    /// The value of the signature, while it is read.
    signature: Canonical,
    /// How many arrays and objects are open.
    depth: usize,
    in_signature: bool,
    has_jss: bool,
    refusal: Option<Refusal>,
    object: Option<SignatureObject>,
    /// Where the signature stands in the finished form.
    place: Option<usize>,
    runs: Vec<Run>,
    is_streaming: bool,
    is_placed: bool,
    /// How long the form in memory must be before the next look at what is settled.
    next_look: usize,
}

/// A check that is fed with the message.
struct Run {
    signer: usize,
    key: usize,
    check: Check,
    /// The signature object as this signer signed it.
    object: Vec<u8>,
}

/// Objects up to this length may have their members in any order while the rest is hashed as it comes.
const WINDOW_BYTES: usize = 1 << 20;

/// Longest signature object, in bytes: sixteen signers with a chain of certificates each. Chosen.
const MAX_SIGNATURE_BYTES: usize = 256 << 10;

/// Most pairs of a signature and a pinned key that are tried. Chosen: each is one more hash over the
/// document.
const MAX_RUNS: usize = 32;

impl Listener {
    /// A listener at the start of a document.
    #[must_use]
    pub fn new(threshold: &Threshold, settings: Settings) -> Self {
        Self {
            threshold: threshold.clone(),
            settings,
            form: Canonical::default(),
            signature: Canonical::default(),
            depth: 0,
            in_signature: false,
            has_jss: false,
            refusal: None,
            object: None,
            place: None,
            runs: Vec::new(),
            is_streaming: false,
            is_placed: false,
            next_look: 2 * WINDOW_BYTES,
        }
    }

    /// Ends the document: what is known of its signatures, or why they are not looked at.
    ///
    /// # Errors
    /// The [`Refusal`] of the document as a whole.
    pub fn finish(mut self) -> Result<Verification, Refusal> {
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        let Some(object) = self.object.take() else {
            let jss = self.has_jss;
            return Err(if jss { Refusal::JssSignatures } else { Refusal::NoSignature });
        };
        if !self.is_streaming {
            self.begin_runs(&object, true)?;
        }
        self.feed(self.form.as_bytes().len());
        let mut signers: Vec<Signer> = object
            .parts
            .iter()
            .map(|part| Signer {
                refusal: part.candidates(&self.threshold).err().unwrap_or(Refusal::BadSignature),
                tries: Vec::new(),
            })
            .collect();
        for run in std::mem::take(&mut self.runs) {
            let signature = run.check.signature().to_vec();
            let tried = Try::run(run.key, run.check);
            if let Some(signer) = signers.get_mut(run.signer) {
                if tried.outcome == Outcome::Bad
                    && object.form == Form::Single
                    && self.covers_the_rest_alone(tried.key, &signature)
                {
                    signer.refusal = Refusal::SignatureLeftOut;
                }
                signer.tries.push(tried);
            }
        }
        Ok(Verification::new(&self.threshold, signers))
    }

    /// Remembers the first reason not to look at the signatures.
    fn note(&mut self, followed: Result<(), Refusal>) {
        if let Err(refusal) = followed {
            self.refusal = Some(refusal);
            // What was kept is of no use any more.
            self.form = Canonical::default();
        }
    }

    fn follow(&mut self, event: Event<'_>) -> Result<(), Refusal> {
        let is_start = matches!(event, Event::ObjectStart | Event::ArrayStart);
        let is_end = matches!(event, Event::ObjectEnd | Event::ArrayEnd);
        if self.depth == 0 && event != Event::ObjectStart {
            return Err(Refusal::NoSignature);
        }
        self.depth = if is_end { self.depth.saturating_sub(1) } else { self.depth };
        if self.in_signature {
            self.signature.take(event).map_err(refusal_of)?;
            if self.signature.as_bytes().len() > MAX_SIGNATURE_BYTES {
                return Err(Refusal::Malformed);
            }
            self.depth += usize::from(is_start);
            if self.depth == 1 {
                self.in_signature = false;
                self.end_signature()?;
            }
            return Ok(());
        }
        if self.depth == 1
            && let Event::Name(name) = event
        {
            self.has_jss |= name == "signatures";
            if name == self.settings.member {
                self.in_signature = true;
                return Ok(());
            }
        }
        if is_end && self.depth == 0 {
            self.form.sort();
            self.place = self.form.place_in_root(self.settings.member);
        }
        self.form.take(event).map_err(refusal_of)?;
        self.depth += usize::from(is_start);
        self.look_if_due()
    }

    fn end_signature(&mut self) -> Result<(), Refusal> {
        let text = std::mem::take(&mut self.signature).into_bytes();
        self.object = Some(SignatureObject::read(text)?);
        Ok(())
    }

    #[inline]
    fn look_if_due(&mut self) -> Result<(), Refusal> {
        if self.form.as_bytes().len() > self.next_look { self.look() } else { Ok(()) }
    }

    /// Hashes what is settled, if the signature is known.
    fn look(&mut self) -> Result<(), Refusal> {
        if !self.is_streaming
            && self.settings.may_stream
            && let Some(object) = self.object.take()
        {
            self.begin_runs(&object, false)?;
            self.object = Some(object);
            // A host must have the message as a whole for what no build of ours checks.
            let hashes = |run: &Run| run.check.can_be_hashed();
            self.is_streaming = !self.runs.is_empty() && self.runs.iter().all(hashes);
            if !self.is_streaming {
                self.runs.clear();
            }
        }
        if self.is_streaming {
            let settled = self.form.settled(WINDOW_BYTES);
            self.feed(settled);
            self.form.drain(settled);
        }
        let kept = self.form.as_bytes().len();
        if kept > self.settings.max_kept_bytes {
            return Err(Refusal::TooLong);
        }
        self.next_look = kept + WINDOW_BYTES;
        Ok(())
    }

    fn begin_runs(&mut self, object: &SignatureObject, keep_message: bool) -> Result<(), Refusal> {
        for (signer, part) in object.parts.iter().enumerate() {
            let Ok((signature, keys)) = part.candidates(&self.threshold) else { continue };
            for key in keys {
                let Some(pinned) = self.threshold.keys().get(key) else { continue };
                if self.runs.len() == MAX_RUNS {
                    return Err(Refusal::TooManySigners);
                }
                self.runs.push(Run {
                    signer,
                    key,
                    check: Check::begin(pinned, &signature, keep_message),
                    object: object.signed_by(signer),
                });
            }
        }
        Ok(())
    }

    /// Feeds the first `bytes` bytes of the form in memory to all checks, and the signature with them
    /// where it has its place.
    fn feed(&mut self, bytes: usize) {
        let form = self.form.as_bytes().get(..bytes).unwrap_or_default();
        let base = self.form.drained();
        let is_last = self.depth == 0;
        let place = match self.place {
            None if is_last => Some((base + bytes).saturating_sub(1)),
            None => self.form.place_in_root(self.settings.member),
            place => place,
        };
        let here = place
            .and_then(|place| place.checked_sub(base))
            .filter(|at| !self.is_placed && (*at < bytes));
        let Some((head, tail)) = here.and_then(|at| form.split_at_checked(at)) else {
            self.runs.iter_mut().for_each(|run| run.check.update(form));
            return;
        };
        self.is_placed = true;
        let name = self.settings.member;
        let is_after_all = tail.len() == 1 && is_last;
        let is_alone = base + bytes == 2 && is_last;
        for run in &mut self.runs {
            run.check.update(head);
            run.check.update(if is_after_all && !is_alone { b",\"" } else { b"\"" });
            run.check.update(name.as_bytes());
            run.check.update(b"\":");
            run.check.update(&run.object);
            run.check.update(if is_after_all { b"" } else { b"," });
            run.check.update(tail);
        }
    }

    /// Whether the signature is good over the document without any signature object, which JSF does
    /// not allow. Only looked at where the document was kept.
    fn covers_the_rest_alone(&self, key: usize, signature: &[u8]) -> bool {
        let key = self.threshold.keys().get(key).filter(|_| self.form.drained() == 0);
        key.is_some_and(|key| {
            let mut check = Check::begin(key, signature, false);
            check.update(self.form.as_bytes());
            check.run() == Outcome::Good
        })
    }
}

impl canonical::Listener for Listener {
    fn event(&mut self, event: Event<'_>) {
        if self.refusal.is_none() {
            let followed = self.follow(event);
            self.note(followed);
        }
    }

    fn canonical_element(&mut self, text: &[u8]) {
        if self.refusal.is_none() {
            self.form.value(text);
            let looked = self.look_if_due();
            self.note(looked);
        }
    }
}

fn refusal_of(no_form: NoForm) -> Refusal {
    match no_form {
        NoForm::LargeInteger => Refusal::LargeInteger,
        NoForm::OutOfOrder => Refusal::MembersOutOfOrder,
    }
}
