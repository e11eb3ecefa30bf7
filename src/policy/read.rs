//! Reads a policy document through the strict reader: one rule for all JSON that the gate takes.

use crate::error::Error;
use crate::json::{Kind, Reader};
use crate::label::LabelSchema;
use crate::verdict::{Decision, ReasonCode};

use super::sections::{
    ClockPolicy, DisagreesPolicy, GoldMissedPolicy, ItemPolicy, RateBurstPolicy, TooFastPolicy,
};
use super::{Actions, Policy};

/// Deepest nesting of a policy document.
const MAX_DEPTH: usize = 8;

pub(super) fn policy(input: &[u8]) -> Result<Policy, Error> {
    let mut reader = Reader::new(input, MAX_DEPTH)?;
    let mut policy = Policy::default();
    reader.object(&mut |reader, member| {
        match member {
            "version" => policy.version = whole(reader)?,
            "alpha" => policy.alpha = reader.number()?,
            "max_bytes" => policy.max_bytes = whole(reader)?,
            "bom" => reader.object(&mut |reader, member| policy.bom.read(reader, member))?,
            "label" => policy.label = label(reader)?,
            "clock" => reader.object(&mut |reader, member| policy.clock.read(reader, member))?,
            "item" => reader.object(&mut |reader, member| policy.item.read(reader, member))?,
            "too_fast" => {
                reader.object(&mut |reader, member| policy.too_fast.read(reader, member))?;
            }
            "rate_burst" => {
                reader.object(&mut |reader, member| policy.rate_burst.read(reader, member))?;
            }
            "gold_missed" => {
                reader.object(&mut |reader, member| policy.gold_missed.read(reader, member))?;
            }
            "disagrees" => {
                reader.object(&mut |reader, member| policy.disagrees.read(reader, member))?;
            }
            "actions" => {
                policy.actions = Actions::default();
                reader.object(&mut |reader, code| action(&mut policy.actions, reader, code))?;
            }
            _ => return unknown(reader, member),
        }
        Ok(())
    })?;
    reader.finish()?;
    Ok(policy)
}

/// A section that stands alone.
pub(super) fn section(
    input: &[u8],
    read: &mut dyn FnMut(&mut Reader<'_>, &str) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut reader = Reader::new(input, MAX_DEPTH)?;
    reader.object(&mut |reader, member| read(reader, member))?;
    reader.finish()
}

impl ClockPolicy {
    fn read(&mut self, reader: &mut Reader<'_>, member: &str) -> Result<(), Error> {
        match member {
            "max_ahead_ms" => self.max_ahead_ms = reader.integer()?,
            "max_jump_ms" => self.max_jump_ms = reader.integer()?,
            _ => return unknown(reader, member),
        }
        Ok(())
    }
}

impl ItemPolicy {
    fn read(&mut self, reader: &mut Reader<'_>, member: &str) -> Result<(), Error> {
        match member {
            "max_labels" => self.max_labels = whole(reader)?,
            "enough_probability" => self.enough_probability = reader.number()?,
            "max_bytes" => self.max_bytes = whole(reader)?,
            "min_answers" => self.min_answers = whole(reader)?,
            _ => return unknown(reader, member),
        }
        Ok(())
    }
}

impl TooFastPolicy {
    fn read(&mut self, reader: &mut Reader<'_>, member: &str) -> Result<(), Error> {
        match member {
            "floor_ms" => self.floor_ms = whole(reader)?,
            "floor_share" => self.floor_share = reader.number()?,
            "min_times" => self.min_times = whole(reader)?,
            "honest_share" => self.honest_share = reader.number()?,
            "alpha_share" => self.alpha_share = reader.number()?,
            _ => return unknown(reader, member),
        }
        Ok(())
    }
}

impl RateBurstPolicy {
    fn read(&mut self, reader: &mut Reader<'_>, member: &str) -> Result<(), Error> {
        match member {
            "per_hour" => self.per_hour = reader.number()?,
            "alpha_share" => self.alpha_share = reader.number()?,
            _ => return unknown(reader, member),
        }
        Ok(())
    }
}

impl GoldMissedPolicy {
    fn read(&mut self, reader: &mut Reader<'_>, member: &str) -> Result<(), Error> {
        match member {
            "floor" => self.floor = reader.number()?,
            "alpha_share" => self.alpha_share = reader.number()?,
            _ => return unknown(reader, member),
        }
        Ok(())
    }
}

impl DisagreesPolicy {
    fn read(&mut self, reader: &mut Reader<'_>, member: &str) -> Result<(), Error> {
        match member {
            "floor" => self.floor = optional_number(reader)?,
            "pool_share" => self.pool_share = reader.number()?,
            "min_pool" => self.min_pool = whole(reader)?,
            "min_others" => self.min_others = whole(reader)?,
            "alpha_share" => self.alpha_share = reader.number()?,
            _ => return unknown(reader, member),
        }
        Ok(())
    }
}

fn optional_number(reader: &mut Reader<'_>) -> Result<Option<f64>, Error> {
    if reader.kind()? == Kind::Null && reader.null() {
        return Ok(None);
    }
    reader.number().map(Some)
}

fn label(reader: &mut Reader<'_>) -> Result<Option<LabelSchema>, Error> {
    if reader.kind()? == Kind::Null && reader.null() {
        return Ok(None);
    }
    LabelSchema::read(reader).map(Some)
}

fn action(actions: &mut Actions, reader: &mut Reader<'_>, code: &str) -> Result<(), Error> {
    let Some(code) = ReasonCode::ALL.into_iter().find(|known| known.as_str() == code) else {
        return Err(reader.error(&format!("expected a reason code, got `{code}`")));
    };
    let choices =
        [("accept", Decision::Accept), ("review", Decision::Review), ("reject", Decision::Reject)];
    actions.insert(code, choice(reader, &choices)?);
    Ok(())
}

pub(super) fn unknown(reader: &Reader<'_>, member: &str) -> Result<(), Error> {
    Err(reader.error(&format!("expected no member `{member}`")))
}

/// A whole number that is not negative and fits its type.
pub(super) fn whole<T: TryFrom<i64>>(reader: &mut Reader<'_>) -> Result<T, Error> {
    let at = reader.offset();
    let value = reader.integer()?;
    T::try_from(value).map_err(|_| reader.error_from(at, "expected a whole number in range"))
}

/// One of a few words.
pub(super) fn choice<T: Copy>(reader: &mut Reader<'_>, choices: &[(&str, T)]) -> Result<T, Error> {
    let at = reader.offset();
    let word = reader.string()?;
    match choices.iter().find(|(name, _)| *name == word) {
        Some((_, value)) => Ok(*value),
        None => {
            let mut names = String::new();
            for (name, _) in choices {
                names.push_str(if names.is_empty() { "`" } else { " or `" });
                names.push_str(name);
                names.push('`');
            }
            Err(reader.error_from(at, &format!("expected {names}")))
        }
    }
}
