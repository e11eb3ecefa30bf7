//! Orders of preference.

use crate::error::Error;
use crate::json::{Kind, Reader, Writer};

/// Most items in one ranking. Chosen; keeps a comparison of all pairs bounded.
pub const MAX_RANKED: usize = 256;

/// A ranking in JSON: best first, ties as an array. Only for the schema.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(untagged)]
#[allow(dead_code)] // never made
pub(super) enum Tier {
    /// One item.
    One(String),
    /// Items as good as each other.
    Tied(Vec<String>),
}

/// Reads a ranking as it is written; see [`canonical`].
pub(super) fn read(reader: &mut Reader<'_>) -> Result<Vec<Vec<String>>, Error> {
    let mut tiers = Vec::new();
    let mut count = 0;
    reader.array(&mut |reader| {
        let mut tier = Vec::new();
        let mut item = |reader: &mut Reader<'_>| {
            count += 1;
            if count > MAX_RANKED {
                return Err(reader.error(&format!("expected at most {MAX_RANKED} ranked items")));
            }
            tier.push(super::class(reader)?);
            Ok(())
        };
        if reader.kind()? == Kind::Array {
            reader.array(&mut item)?;
        } else {
            item(reader)?;
        }
        tiers.push(tier);
        Ok(())
    })?;
    Ok(tiers)
}

/// Brings each tier into order. None when nothing is ranked, a tier is empty, an item comes twice or is no name.
pub(super) fn canonical(mut tiers: Vec<Vec<String>>) -> Option<Vec<Vec<String>>> {
    let count = |tiers: &[Vec<String>]| tiers.iter().map(Vec::len).sum::<usize>();
    let sent = count(&tiers);
    tiers.iter_mut().for_each(super::shape::into_order);
    (count(&tiers) == sent && is_canonical(&tiers)).then_some(tiers)
}

pub(super) fn is_canonical(tiers: &[Vec<String>]) -> bool {
    let mut all: Vec<&str> = tiers.iter().flatten().map(String::as_str).collect();
    let count = all.len();
    if count > MAX_RANKED || count == 0 || !all.iter().all(|item| super::is_class(item)) {
        return false;
    }
    super::shape::into_order(&mut all);
    all.len() == count && tiers.iter().all(|tier| !tier.is_empty() && super::shape::in_order(tier))
}

pub(super) fn write(tiers: &[Vec<String>], writer: &mut Writer) {
    writer.open_array();
    for tier in tiers {
        match tier.as_slice() {
            [item] => writer.string(item),
            tied => super::write_strings(writer, tied),
        }
    }
    writer.close_array();
}
