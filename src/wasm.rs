//! The only place that knows JavaScript: converts and delegates. This is the module that every user loads;
//! `wasm/published.rs`, `wasm/more.rs` and `wasm/crowd.rs` are loaded by those who need them.
//!
//! Bytes go in and out. Text of submissions and verdicts is UTF-8 JSON in `Uint8Array`s, which is
//! several times cheaper than handing objects over, and passes the one strict reader.

mod arrays;
mod base;
mod bom;
mod hashing;
mod js;
mod shards;

use core::arch::wasm32::memory_size;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::bom::Received;
use crate::gate::Screened;
use crate::item::{LateScore, Observation, Observed};
use crate::json::{self, Writer};
use crate::{Annotator, Error, ErrorCode, Gate, Gold, Item, Memory, Policy, Pool, Verdict};

use arrays::{Array, arrays, push};
use base::thrown;
pub use hashing::{JsHasher, JsManyHasher};

/// A gate with its own memory, and the pure steps for hosts that keep the memory themselves.
#[wasm_bindgen(js_name = Gate)]
pub struct JsGate {
    gate: Gate,
    memory: Memory,
    received: Received,
    /// Where the host writes a submission, for [`JsGate::check_written`].
    written: Vec<u8>,
    /// Where its verdict is written.
    verdict: Writer,
    /// Size of the module's memory when it was last looked at.
    pages: usize,
}

#[wasm_bindgen(js_class = Gate)]
impl JsGate {
    /// A gate with this policy (JSON bytes); throws an error with `code: "policy"`.
    #[wasm_bindgen(constructor)]
    pub fn new(policy: &[u8]) -> Result<JsGate, JsValue> {
        let policy = Policy::from_json(policy).map_err(thrown)?;
        Ok(Self {
            gate: Gate::new(policy, None),
            memory: Memory::new(),
            received: Received::default(),
            written: Vec::new(),
            verdict: Writer::new(),
            pages: memory_size::<0>(),
        })
    }

    /// Replaces the gold answers: `{"item id":[label,…]}` as JSON bytes.
    #[wasm_bindgen(js_name = setGold)]
    pub fn set_gold(&mut self, gold: &[u8]) -> Result<(), JsValue> {
        self.gate.set_gold(Gold::from_json(gold).map_err(thrown)?);
        Ok(())
    }

    /// One submission in, the full verdict out, both as JSON bytes.
    pub fn check(&mut self, submission: &[u8], now_ms: f64) -> Vec<u8> {
        let verdict = self.gate.check(&mut self.memory, submission, ms(now_ms)).to_json();
        self.grow_ahead();
        verdict
    }

    /// Makes room for a submission of `length` bytes and says at which address of the module's memory.
    /// Good until the next call; 0 when so many bytes are over the policy's bound.
    #[wasm_bindgen(js_name = roomFor)]
    pub fn room_for(&mut self, length: usize) -> usize {
        if self.gate.too_large(length).is_some() {
            return 0;
        }
        if self.written.len() < length {
            self.written.resize(length, 0);
        }
        self.written.as_ptr().addr()
    }

    /// The full verdict on a submission of so many bytes, which nobody needs to read.
    #[wasm_bindgen(js_name = checkTooLarge)]
    pub fn check_too_large(&self, length: usize) -> Vec<u8> {
        self.gate.too_large(length).map(|verdict| verdict.to_json()).unwrap_or_default()
    }

    /// Checks the first `length` bytes of the room, and says how long the verdict is. Throws when there
    /// is not so much room.
    #[wasm_bindgen(js_name = checkWritten)]
    pub fn check_written(&mut self, length: usize, now_ms: f64) -> Result<usize, JsValue> {
        let submission = self.written.get(..length).ok_or_else(no_room)?;
        let verdict = self.gate.check(&mut self.memory, submission, ms(now_ms));
        self.verdict.clear();
        verdict.write(&mut self.verdict);
        self.grow_ahead();
        Ok(self.verdict.as_bytes().len())
    }

    /// At which address of the module's memory the last of these verdicts is. Good until the next call.
    #[wasm_bindgen(js_name = verdictAt)]
    pub fn verdict_at(&self) -> usize {
        self.verdict.as_bytes().as_ptr().addr()
    }

    /// One submission a line in, one full verdict a line out. Blank lines are skipped.
    #[wasm_bindgen(js_name = checkLines)]
    pub fn check_lines(&mut self, lines: &[u8], now_ms: f64) -> Vec<u8> {
        let mut verdicts = Writer::with_capacity(lines.len());
        for line in json::lines(lines) {
            self.gate.check(&mut self.memory, line, ms(now_ms)).write(&mut verdicts);
            verdicts.end_line();
        }
        self.grow_ahead();
        verdicts.into_bytes()
    }

    /// Saves the gate's own memory.
    pub fn save(&self) -> Vec<u8> {
        self.memory.save()
    }

    /// Restores a saved memory.
    pub fn restore(&mut self, state: &[u8]) -> Result<(), JsValue> {
        self.memory = Memory::restore(state).map_err(thrown)?;
        self.gate.meet_bom(self.memory.boms_mut());
        Ok(())
    }

    /// Step 1: the checks that need no memory.
    pub fn screen(&self, submission: &[u8]) -> Vec<u8> {
        match self.gate.screen(submission) {
            Ok(screened) => passed(&screened),
            Err(verdict) => ended(&verdict),
        }
    }

    /// Step 2: the checks that read the annotator.
    pub fn admit(
        &self,
        annotator: Option<Vec<u8>>,
        submission: &[u8],
        now_ms: f64,
    ) -> Result<Vec<u8>, JsValue> {
        let annotator = restored(annotator, Annotator::restore)?;
        let admission = self
            .gate
            .screen(submission)
            .and_then(|screened| self.gate.admit(&annotator, screened, ms(now_ms)));
        Ok(match admission {
            Ok((_, weight)) => admitted(weight),
            Err(verdict) => ended(&verdict),
        })
    }

    /// Step 3: shows the answer to the item. Returns the item's new state, an observation, the pool's new
    /// state, and then in turn the annotator's id and the score of each earlier answer that had waited.
    #[wasm_bindgen(js_name = observeItem)]
    pub fn observe_item(
        &self,
        item: Option<Vec<u8>>,
        submission: &[u8],
        weight: f32,
        pool: Option<Vec<u8>>,
    ) -> Result<Array, JsValue> {
        let mut item = restored(item, Item::restore)?;
        let mut pool = restored(pool, Pool::restore)?;
        let screened = self.gate.screen(submission).map_err(|_| out_of_order())?;
        let Observed { observation, late } =
            self.gate.observe(&mut item, &mut pool, &screened, weight);
        let array = arrays(&[&item.save(), &observation.save(), &pool.save()]);
        for late in late {
            push(&array, late.annotator.as_bytes());
            push(&array, &late.save());
        }
        Ok(array)
    }

    /// Beside the steps: tells an annotator the score of an earlier answer. Returns the annotator's new
    /// state.
    pub fn hear(&self, annotator: &[u8], score: &[u8]) -> Result<Vec<u8>, JsValue> {
        let mut annotator = Annotator::restore(annotator).map_err(thrown)?;
        let late = LateScore::restore(score).map_err(thrown)?;
        self.gate.hear(&mut annotator, &late);
        Ok(annotator.save())
    }

    /// Step 4: shows the answer to the annotator and decides. Returns the annotator's new state, the
    /// full verdict and the annotator's view.
    #[wasm_bindgen(js_name = observeAnnotator)]
    pub fn observe_annotator(
        &self,
        annotator: Option<Vec<u8>>,
        submission: &[u8],
        observation: &[u8],
        now_ms: f64,
    ) -> Result<Array, JsValue> {
        let mut annotator = restored(annotator, Annotator::restore)?;
        let observation = Observation::restore(observation).map_err(thrown)?;
        let screened = self.gate.screen(submission).map_err(|_| out_of_order())?;
        let verdict = self.gate.conclude(&mut annotator, screened, &observation, ms(now_ms));
        Ok(arrays(&[&annotator.save(), &verdict.to_json(), &verdict.for_annotator().to_json()]))
    }

    /// Holds a submission that could not be checked: the full verdict and the annotator's view.
    pub fn unchecked(&self, submission: &[u8], why: &str) -> Array {
        match self.gate.screen(submission) {
            Ok(screened) => views(&self.gate.unchecked(screened, why)),
            Err(verdict) => views(&verdict),
        }
    }
}

impl JsGate {
    /// Takes a sixteenth more memory whenever there was need of more. The allocator would ask page by
    /// page, and each time the JavaScript engine makes a new buffer of the whole memory and collects
    /// its garbage: the cost of a check would grow with what is remembered.
    fn grow_ahead(&mut self) {
        const PAGE_BYTES: usize = 65536;
        let pages = memory_size::<0>();
        if pages > self.pages {
            let mut ahead = Vec::<u8>::new();
            // No more to be had is no error yet: what is needed may still fit.
            let _ = ahead.try_reserve_exact(pages / 16 * PAGE_BYTES);
            drop(std::hint::black_box(ahead));
            self.pages = memory_size::<0>();
        }
    }
}

/// The default policy as JSON bytes, every member written out.
#[wasm_bindgen(js_name = defaultPolicy)]
pub fn default_policy() -> Vec<u8> {
    Policy::default().to_json()
}

/// The version of the gate.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

fn no_room() -> JsValue {
    thrown(Error::new(ErrorCode::State, "expected roomFor so many bytes before checkWritten"))
}

fn out_of_order() -> JsValue {
    let message = "expected a submission that screen and admit let through";
    thrown(Error::new(ErrorCode::State, message))
}

/// The host's clock; a NaN or infinite value means that it is not known.
#[allow(clippy::cast_possible_truncation)] // saturates, and a date beyond i64 is refused as a clock
fn ms(now_ms: f64) -> Option<i64> {
    now_ms.is_finite().then_some(now_ms as i64)
}

fn restored<T: Default>(
    state: Option<Vec<u8>>,
    restore: impl Fn(&[u8]) -> Result<T, Error>,
) -> Result<T, JsValue> {
    state.map_or_else(|| Ok(T::default()), |state| restore(&state).map_err(thrown))
}

/// What `screen` says of a submission that goes on.
fn passed(screened: &Screened<'_>) -> Vec<u8> {
    let submission = &screened.submission;
    let mut writer = Writer::new();
    writer.open_object();
    writer.name("submission");
    writer.open_object();
    writer.string_member("id", &submission.id);
    writer.string_member("annotator", &submission.annotator);
    writer.string_member("item", screened.item_key());
    writer.close_object();
    writer.close_object();
    writer.into_bytes()
}

/// What `admit` says of a submission that goes on.
fn admitted(weight: f32) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.open_object();
    writer.number_member("weight", f64::from(weight));
    writer.close_object();
    writer.into_bytes()
}

/// A step that ended with a verdict: both views.
fn ended(verdict: &Verdict<'_>) -> Vec<u8> {
    let mut writer = Writer::new();
    writer.open_object();
    writer.name("verdict");
    verdict.write(&mut writer);
    writer.name("annotator_view");
    verdict.for_annotator().write(&mut writer);
    writer.close_object();
    writer.into_bytes()
}

fn views(verdict: &Verdict<'_>) -> Array {
    arrays(&[&verdict.to_json(), &verdict.for_annotator().to_json()])
}
