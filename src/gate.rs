//! The one place where checks meet and a decision is made.
//!
//! One submission goes through four pure steps: [`Gate::screen`] (needs no memory),
//! [`Gate::admit`] (reads the annotator), [`Item::observe`] and [`Gate::conclude`] (writes the
//! annotator). A host that keeps annotators and items apart calls them one by one;
//! [`Gate::check`] runs them over one [`Memory`].

use std::borrow::Cow;

use crate::annotator::{Annotator, EvidenceSettings};
use crate::bom::shards::Read;
use crate::bom::{Backing, Bom, Publication, Rollback, Seen};
use crate::check;
use crate::check::listing::{Listing, Published};
use crate::error::Error;
use crate::fingerprint::Fingerprint;
use crate::gold::Gold;
use crate::id::Id;
use crate::item::{AnswerStanding, Item, LateScore, Observation, Observed};
use crate::memory::Memory;
use crate::policy::Policy;
use crate::pool::Pool;
use crate::submission::Submission;
use crate::verdict::{BomTrust, Decision, Finding, ReasonCode, Standing, Verdict};

/// A gate: a policy, the published BOM, and the gold answers. It remembers nothing by itself.
#[derive(Debug)]
pub struct Gate {
    policy: Policy,
    policy_digest: String,
    settings: EvidenceSettings,
    bom: Option<Bom>,
    backing: Option<Backing>,
    /// Found by [`Gate::meet_bom`].
    rollback: Option<Rollback>,
    gold: Gold,
}

/// A submission that the stateless checks let through, with what they found on the way.
#[derive(Clone, Debug, PartialEq)]
pub struct Screened<'a> {
    /// The submission.
    pub submission: Submission<'a>,
    /// The item by which memory and gold know it: as the BOM names it, or else the submission's id.
    subject: Subject<'a>,
    /// Findings that do not reject.
    findings: Vec<Finding>,
}

/// What an answer is about, in the gate's own words.
#[derive(Clone, Debug, PartialEq)]
struct Subject<'a> {
    key: Id<'a>,
    /// The name in the BOM, when the key is another.
    name: Option<Id<'a>>,
}

impl<'a> Screened<'a> {
    /// The id under which the item's memory is to be kept: what the BOM calls the item, or else the
    /// submission's own id for it.
    #[must_use]
    pub fn item_key(&self) -> &Id<'a> {
        &self.subject.key
    }
}

impl Gate {
    /// A gate with this policy, and the BOM that items are checked against.
    ///
    /// Without a BOM every submission is refused as `bom-untrusted`, unless the policy says
    /// `bom.trust: "none"`; then items are not checked, and every verdict says so.
    #[must_use]
    pub fn new(policy: Policy, bom: Option<Bom>) -> Self {
        let policy_digest = policy.digest();
        let settings = EvidenceSettings::of(&policy);
        let backing = bom.as_ref().map(|_| Backing::unsigned());
        let (rollback, gold) = (None, Gold::new());
        Self { policy, policy_digest, settings, bom, backing, rollback, gold }
    }

    /// The same gate with these gold answers.
    #[must_use]
    pub fn with_gold(self, gold: Gold) -> Self {
        Self { gold, ..self }
    }

    /// Replaces the BOM by one whose signatures nobody looked at.
    pub fn set_bom(&mut self, bom: Option<Bom>) {
        self.backing = bom.as_ref().map(|_| Backing::unsigned());
        self.bom = bom;
        self.rollback = None;
    }

    /// Replaces the BOM by one whose signatures and checkpoint were looked at. There is none when it came
    /// in an envelope that was refused.
    pub fn set_judged_bom(&mut self, bom: Option<Bom>, backing: Backing) {
        self.bom = bom;
        self.backing = Some(backing);
        self.rollback = None;
    }

    /// Compares the BOM with those that were in force before and remembers it, for hosts that call the
    /// steps one by one: once after each [`Gate::set_judged_bom`]. [`Gate::check`] does so by itself.
    pub fn meet_bom(&mut self, seen: &mut Seen) {
        self.rollback = self.rollback_of(seen);
    }

    /// What stands behind the BOM; none without one.
    #[must_use]
    pub fn backing(&self) -> Option<&Backing> {
        self.backing.as_ref()
    }

    /// The BOM as it was published; none when pinned keys do not stand behind it, or need not.
    #[must_use]
    pub fn publication(&self) -> Option<Publication<'_>> {
        let backing = self.backing().filter(|backing| backing.is_trusted())?;
        if self.policy.bom.trust != BomTrust::PinnedKey {
            return None;
        }
        let bom = self.bom.as_ref()?;
        Some(Publication {
            serial_number: bom.serial_number().unwrap_or_default(),
            version: bom.version(),
            log_size: backing.log_size(),
            digest: bom.digest(),
        })
    }

    fn rollback_of(&self, seen: &mut Seen) -> Option<Rollback> {
        seen.meet(&self.publication()?).err()
    }

    /// Replaces the gold answers.
    pub fn set_gold(&mut self, gold: Gold) {
        self.gold = gold;
    }

    /// The gold answers, to add some while a file is read.
    pub fn gold_mut(&mut self) -> &mut Gold {
        &mut self.gold
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The BOM, if there is one.
    #[must_use]
    pub fn bom(&self) -> Option<&Bom> {
        self.bom.as_ref()
    }

    /// The BOM, to open its index and to load parts of it.
    pub fn bom_mut(&mut self) -> Option<&mut Bom> {
        self.bom.as_mut()
    }

    /// What the host is to read from the index of the BOM before it has this submission checked; nothing
    /// when it is loaded, when the submission proves by itself that the index has its item, or when no
    /// index is asked. Without it the submission is held as `unchecked`.
    pub fn wanted(&mut self, input: &[u8]) -> Option<Read> {
        if self.policy.bom.trust == BomTrust::None || input.len() > self.policy.max_bytes {
            return None;
        }
        let index = self.bom.as_mut()?.shards_mut()?;
        check::listing::wanted(&Submission::from_json(input).ok()?.item, index)
    }

    /// Where the part of the index lies that could list the item of this submission, loaded or not; none
    /// when no index is open or the item has no SHA-256.
    #[must_use]
    pub fn locate(&self, input: &[u8]) -> Option<Read> {
        let index = self.bom.as_ref()?.shards()?;
        check::listing::locate(&Submission::from_json(input).ok()?.item, index)
    }

    /// The proof that the index lists the item of this submission, in Base64, for its member `item.proof`,
    /// from what was read [there](Gate::locate). None when it is not listed or cannot be asked about.
    ///
    /// # Errors
    /// [`ErrorCode::Bom`](crate::ErrorCode::Bom) when something else was read.
    pub fn prove(&self, input: &[u8], read: &[u8]) -> Result<Option<String>, Error> {
        let Some(index) = self.bom.as_ref().and_then(Bom::shards) else { return Ok(None) };
        match Submission::from_json(input) {
            Ok(submission) => check::listing::prove(&submission.item, index, read),
            Err(_) => Ok(None),
        }
    }

    /// Runs all steps over one memory: bytes in, full verdict out. Works at any size of memory; the
    /// cost grows with the logarithm of the numbers of annotators and items.
    ///
    /// `at_ms` is the host's own clock (Unix ms) when the submission arrived. None is for files that
    /// do not tell, and switches the checks off that need it.
    pub fn check<'a>(
        &'a self,
        memory: &mut Memory,
        input: &'a [u8],
        at_ms: Option<i64>,
    ) -> Verdict<'a> {
        if let Some(verdict) = self.too_large(input.len()) {
            return verdict;
        }
        match Submission::from_json(input) {
            Ok(submission) => self.check_submission(memory, submission, at_ms),
            Err(error) => self.unreadable(&error),
        }
    }

    /// Runs the checks over a submission that was made, not read: for callers with a format of
    /// their own.
    pub fn check_submission<'a>(
        &'a self,
        memory: &mut Memory,
        submission: Submission<'a>,
        at_ms: Option<i64>,
    ) -> Verdict<'a> {
        let rollback = self.rollback_of(&mut memory.boms);
        let (subject, mut findings) = self.screening(&submission, rollback);
        if self.rejects(&findings) {
            return self.verdict(Some(submission), findings, None);
        }
        // Only an annotator whose submission passed is remembered, so refused ones cost no memory.
        let known = memory.annotators.place(submission.annotator.print());
        let unknown;
        let annotator = match known.and_then(|place| memory.annotators.at(place)) {
            Some(annotator) => annotator,
            None => {
                unknown = Annotator::new();
                &unknown
            }
        };
        self.admission(&submission, annotator, at_ms, &mut findings);
        if self.rejects(&findings) {
            return self.verdict(Some(submission), findings, None);
        }
        let weight = annotator.weight();
        let item = memory.items.place(subject.key.print()).and_then(|at| memory.items.at_mut(at));
        let pool = &mut memory.pool;
        let Observed { observation, late } = match item {
            Some(item) => self.observed(item, pool, &submission, &subject, weight),
            None => {
                let mut item = Item::new();
                let observed = self.observed(&mut item, pool, &submission, &subject, weight);
                memory.items.insert(&subject.key, item);
                observed
            }
        };
        for late in late {
            let place = memory.annotators.place(Fingerprint::of(&late.annotator));
            if let Some(other) = place.and_then(|place| memory.annotators.at_mut(place)) {
                self.hear(other, &late);
            }
        }
        if observation.standing == AnswerStanding::Repeat {
            // One process never crashes between its steps, so this is no retry.
            findings.push(check::replayed::finding());
            return self.verdict(Some(submission), findings, None);
        }
        if let Some(annotator) = known.and_then(|place| memory.annotators.at_mut(place)) {
            return self.conclusion(annotator, submission, findings, &observation, at_ms);
        }
        let id = submission.annotator.clone();
        let mut annotator = Annotator::new();
        let verdict = self.conclusion(&mut annotator, submission, findings, &observation, at_ms);
        memory.annotators.insert(&id, annotator);
        verdict
    }

    /// The stateless checks: size, form, BOM, item, own times, label.
    ///
    /// # Errors
    /// The final verdict, when one of them rejects. Nothing is to be remembered then.
    pub fn screen<'a>(&'a self, input: &'a [u8]) -> Result<Screened<'a>, Box<Verdict<'a>>> {
        if let Some(verdict) = self.too_large(input.len()) {
            return Err(Box::new(verdict));
        }
        let submission = Submission::from_json(input);
        self.screen_submission(submission.map_err(|error| Box::new(self.unreadable(&error)))?)
    }

    /// [`Gate::screen`] of a submission that was made, not read.
    ///
    /// # Errors
    /// The final verdict, when a check rejects. Nothing is to be remembered then.
    pub fn screen_submission<'a>(
        &'a self,
        submission: Submission<'a>,
    ) -> Result<Screened<'a>, Box<Verdict<'a>>> {
        let (subject, findings) = self.screening(&submission, self.rollback);
        if self.rejects(&findings) {
            return Err(Box::new(self.verdict(Some(submission), findings, None)));
        }
        Ok(Screened { submission, subject, findings })
    }

    /// The checks that read the annotator: replay and the session's clock. Answers what the
    /// annotator's word counts, for [`Item::observe`].
    ///
    /// # Errors
    /// The final verdict, when one of them rejects. Nothing is to be remembered then.
    pub fn admit<'a>(
        &'a self,
        annotator: &Annotator,
        mut screened: Screened<'a>,
        at_ms: Option<i64>,
    ) -> Result<(Screened<'a>, f32), Box<Verdict<'a>>> {
        self.admission(&screened.submission, annotator, at_ms, &mut screened.findings);
        if self.rejects(&screened.findings) {
            return Err(Box::new(self.verdict(Some(screened.submission), screened.findings, None)));
        }
        Ok((screened, annotator.weight()))
    }

    /// [`Item::observe`] with this gate's gold and policy. `pool` is kept with the item.
    ///
    /// What it gives beside the observation is for other annotators: each to be
    /// [heard](Gate::hear) once, in the order in which they came, at any later time.
    pub fn observe(
        &self,
        item: &mut Item,
        pool: &mut Pool,
        screened: &Screened<'_>,
        weight: f32,
    ) -> Observed {
        self.observed(item, pool, &screened.submission, &screened.subject, weight)
    }

    /// [`Annotator::hear`] with this gate's policy.
    pub fn hear(&self, annotator: &mut Annotator, late: &LateScore) {
        annotator.hear(late, &self.settings);
    }

    /// The last step: lets the annotator's evidence see the answer, and decides.
    ///
    /// An observation that says [`AnswerStanding::Repeat`] is taken as a retry of a step that was
    /// lost: the host answers for its having forgotten the submission, by a durable table of ids.
    pub fn conclude<'a>(
        &'a self,
        annotator: &mut Annotator,
        screened: Screened<'a>,
        observation: &Observation,
        at_ms: Option<i64>,
    ) -> Verdict<'a> {
        let Screened { submission, findings, .. } = screened;
        self.conclusion(annotator, submission, findings, observation, at_ms)
    }

    /// The verdict on a submission that no check could look at, because something around the gate
    /// failed: held as `unchecked`.
    #[must_use]
    pub fn unchecked<'a>(&'a self, screened: Screened<'a>, why: &str) -> Verdict<'a> {
        let mut findings = screened.findings;
        findings.push(Finding::new(ReasonCode::Unchecked, why));
        self.verdict(Some(screened.submission), findings, None)
    }

    /// The verdict on input of another format that cannot be read: what was expected, and where.
    #[must_use]
    pub fn malformed(&self, expected: &str, at: &str) -> Verdict<'_> {
        let finding = Finding::new(ReasonCode::Malformed, expected).with_place(at);
        self.verdict(None, vec![finding], None)
    }

    /// The verdict on input that is over the policy's bound, for a host that did not keep it whole.
    /// None when so many bytes are allowed.
    #[must_use]
    pub fn too_large(&self, bytes: usize) -> Option<Verdict<'_>> {
        let finding = check::too_large::check(bytes, self.policy.max_bytes)?;
        Some(self.verdict(None, vec![finding], None))
    }

    fn unreadable(&self, error: &Error) -> Verdict<'_> {
        self.verdict(None, vec![check::malformed::finding(error)], None)
    }

    /// What the checks of [`Gate::screen_submission`] find.
    fn screening<'a>(
        &'a self,
        submission: &Submission<'a>,
        rollback: Option<Rollback>,
    ) -> (Subject<'a>, Vec<Finding>) {
        let mut findings = Vec::new();
        let mut published = None;
        findings.extend(check::bom_untrusted::check(
            self.policy.bom.trust,
            self.bom.is_some(),
            self.backing(),
        ));
        findings.extend(rollback.map(check::bom_rollback::finding));
        let mut absence_is_proof = true;
        if let (Some(bom), true) = (&self.bom, self.policy.bom.trust != BomTrust::None) {
            absence_is_proof = bom.is_complete();
            let listing = Listing::of(&submission.item, bom, self.policy.bom.names);
            findings.extend(check::item_altered::check(&listing));
            findings.extend(check::weak_digest::check(&listing));
            findings.extend(check::unchecked::of_listing(&listing));
            let unlisted = &submission.item;
            findings.extend(check::item_unlisted::check(&listing, unlisted, absence_is_proof));
            if let Listing::Listed(as_published) = listing {
                published = Some(as_published);
            }
        }
        findings.extend(check::impossible_clock::alone(submission));
        findings.extend(check::label_out_of_schema::check(
            &submission.label,
            self.policy.label.as_ref(),
        ));
        if !absence_is_proof && self.policy.bom.unlisted_in_incomplete == Decision::Accept {
            findings.retain(|finding| finding.code != ReasonCode::ItemUnlisted);
        }
        let subject = match published {
            None => Subject { key: submission.item.id.clone(), name: None },
            Some(Published { name, key: Cow::Borrowed(key) }) if name == key => {
                Subject { key: Id::new(key), name: None }
            }
            Some(Published { name, key }) => {
                Subject { key: Id::new(key), name: Some(Id::new(name)) }
            }
        };
        (subject, findings)
    }

    /// Adds what the checks of [`Gate::admit`] find.
    fn admission(
        &self,
        submission: &Submission<'_>,
        annotator: &Annotator,
        at_ms: Option<i64>,
        findings: &mut Vec<Finding>,
    ) {
        let backing = self.backing().filter(|_| self.policy.bom.trust == BomTrust::PinnedKey);
        findings.extend(at_ms.and_then(|at_ms| check::bom_expired::check(backing, at_ms)));
        findings.extend(check::replayed::check(submission, annotator));
        findings.extend(at_ms.and_then(|at_ms| {
            check::impossible_clock::in_session(submission, annotator, at_ms, &self.policy.clock)
        }));
    }

    fn observed(
        &self,
        item: &mut Item,
        pool: &mut Pool,
        submission: &Submission<'_>,
        subject: &Subject<'_>,
        weight: f32,
    ) -> Observed {
        // What the BOM says first: the id is the sender's word.
        let ids = [Some(&subject.key), subject.name.as_ref(), Some(&submission.item.id)];
        let mut judged = ids.into_iter().flatten();
        let gold_right = judged.find_map(|id| self.gold.judge(id, &submission.label));
        item.observe(pool, submission, weight, gold_right, &self.policy)
    }

    fn conclusion<'a>(
        &'a self,
        annotator: &mut Annotator,
        submission: Submission<'a>,
        mut findings: Vec<Finding>,
        observation: &Observation,
        at_ms: Option<i64>,
    ) -> Verdict<'a> {
        if let Some(finding) = check::duplicate::check(observation) {
            findings.push(finding);
            if self.rejects(&findings) {
                return self.verdict(Some(submission), findings, None);
            }
        }
        annotator.observe(&submission, observation, &self.policy, &self.settings, at_ms);
        let threshold = |code| self.policy.threshold(code);
        findings.extend(check::unchecked::check(observation));
        findings.extend(check::too_fast::check(annotator, threshold(ReasonCode::TooFast)));
        findings.extend(check::rate_burst::check(annotator, threshold(ReasonCode::RateBurst)));
        findings.extend(check::gold_missed::check(annotator, threshold(ReasonCode::GoldMissed)));
        findings.extend(check::disagrees::check(annotator, threshold(ReasonCode::Disagrees)));
        let verdict = self.verdict(Some(submission), findings, Some(annotator));
        Verdict { consensus: observation.consensus, ..verdict }
    }

    fn rejects(&self, findings: &[Finding]) -> bool {
        self.decision(findings) == Decision::Reject
    }

    fn decision(&self, findings: &[Finding]) -> Decision {
        findings.iter().map(|finding| self.action(finding)).max().unwrap_or(Decision::Accept)
    }

    fn action(&self, finding: &Finding) -> Decision {
        let absence_is_proof = self.bom.as_ref().is_none_or(Bom::is_complete);
        if finding.code == ReasonCode::ItemUnlisted && !absence_is_proof {
            return self.policy.bom.unlisted_in_incomplete;
        }
        self.policy.action(finding.code)
    }

    fn verdict<'a>(
        &'a self,
        submission: Option<Submission<'a>>,
        reasons: Vec<Finding>,
        annotator: Option<&Annotator>,
    ) -> Verdict<'a> {
        let decision = self.decision(&reasons);
        let (id, annotator_id, item) = match submission {
            Some(submission) => {
                let ids = [submission.id, submission.annotator, submission.item.id];
                let [id, annotator, item] = ids.map(Id::into_text);
                (Some(id), Some(annotator), Some(item))
            }
            None => (None, None, None),
        };
        Verdict {
            decision,
            submission: id,
            annotator: annotator_id,
            item,
            reasons,
            evidence: annotator.map(|known| self.standings(known)).unwrap_or_default(),
            consensus: None,
            bom: self.policy.bom.trust,
            policy: Cow::Borrowed(&self.policy_digest),
            gate: env!("CARGO_PKG_VERSION"),
        }
    }

    /// Where each evidence check stands that has observed anything.
    #[must_use]
    pub fn standings(&self, annotator: &Annotator) -> Vec<Standing> {
        let standing = |check, wealth, answers, events, mean| Standing {
            check,
            wealth,
            threshold: self.policy.threshold(check),
            answers,
            events,
            mean,
            floor: None,
        };
        let fast = &annotator.too_fast.process;
        let rate = &annotator.rate_burst.process;
        let gold = &annotator.gold_missed.process;
        let peers = &annotator.disagrees.process;
        let mut standings = Vec::with_capacity(4);
        if fast.observations() > 0 {
            let (answers, events) = (fast.observations(), Some(fast.events()));
            standings.push(standing(ReasonCode::TooFast, fast.wealth(), answers, events, None));
        }
        if rate.arrivals() > 0 {
            let (wealth, answers) = (rate.wealth(), rate.arrivals());
            standings.push(standing(ReasonCode::RateBurst, wealth, answers, None, None));
        }
        if gold.observations() > 0 {
            let (answers, events) = (gold.observations(), Some(gold.events()));
            standings.push(standing(ReasonCode::GoldMissed, gold.wealth(), answers, events, None));
        }
        if peers.observations() > 0 {
            let (wealth, answers) = (peers.wealth(), peers.observations());
            let mean = peers.mean();
            let floor = peers.mean_floor();
            let standing = standing(ReasonCode::Disagrees, wealth, answers, None, mean);
            standings.push(Standing { floor, ..standing });
        }
        // A check without a share of alpha is switched off.
        standings.retain(|standing| standing.threshold.is_finite());
        standings
    }
}
