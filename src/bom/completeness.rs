//! Whether a BOM claims to list everything: `compositions`.
//!
//! Only then is "not listed" a proof. The rule, in the words of CycloneDX ("references do not cascade
//! to child parts", "assemblies refer to nested relationships"):
//!
//! 1. A component that is outermost (directly in `components`, or `metadata.component`) and holds
//!    items must be named in the `assemblies` of a composition whose aggregate is `complete`.
//! 2. An item that is itself outermost is in a list that only the subject of the BOM can own: either
//!    `metadata.component` or the item itself must be named so.
//! 3. No composition of any other aggregate may name one of these components, or a component between
//!    them and their items, in its `assemblies`.
//! 4. A BOM without items and without an index of items claims nothing. A component with an index holds items.
//!
//! `dependencies` and `vulnerabilities` of a composition speak of other relations and are not read. A
//! composition that names nothing is about nothing.
//!
//! A bom-ref is kept as a fingerprint of 128 bits: who could make two of them meet could as well
//! write the claim itself.

use crate::fingerprint::of_text;
use crate::sort::heap_sort;

use super::items::Items;

/// What the compositions of a BOM say.
#[derive(Default)]
pub(super) struct Completeness {
    complete: Vec<u128>,
    /// Named by a composition with another aggregate.
    otherwise: Vec<u128>,
    /// Of the composition that is being read.
    assemblies: Vec<u128>,
    is_complete: Option<bool>,
    subject: Option<u128>,
}

crate::state::fields!(Completeness { complete, otherwise, assemblies, is_complete, subject });

impl Completeness {
    /// A composition begins.
    pub(super) fn begin(&mut self) {
        self.assemblies.clear();
        self.is_complete = None;
    }

    pub(super) fn aggregate(&mut self, aggregate: &str) {
        self.is_complete = Some(aggregate == "complete");
    }

    pub(super) fn assembly(&mut self, bom_ref: &str, max_references: usize) -> Result<(), String> {
        if self.complete.len() + self.otherwise.len() + self.assemblies.len() >= max_references {
            return Err(format!("expected at most {max_references} references in compositions"));
        }
        self.assemblies.push(of_text(bom_ref.as_bytes()));
        Ok(())
    }

    /// The composition ends.
    pub(super) fn end(&mut self) -> Result<(), String> {
        match self.is_complete {
            Some(true) => self.complete.append(&mut self.assemblies),
            Some(false) => self.otherwise.append(&mut self.assemblies),
            None => return Err("expected an `aggregate` in a composition".to_owned()),
        }
        Ok(())
    }

    /// `metadata.component` has this bom-ref.
    pub(super) fn subject(&mut self, bom_ref: Option<&str>) {
        self.subject = bom_ref.map(|bom_ref| of_text(bom_ref.as_bytes()));
    }

    /// Applies the rule of the [module](self).
    pub(super) fn covers(mut self, items: &Items, has_index: bool) -> bool {
        heap_sort(&mut self.complete, &|a, b| a < b);
        heap_sort(&mut self.otherwise, &|a, b| a < b);
        let is_complete = |print: Option<u128>| {
            print.is_some_and(|print| {
                self.complete.binary_search(&print).is_ok()
                    && self.otherwise.binary_search(&print).is_err()
            })
        };
        let subject_is_complete = is_complete(self.subject);
        let mut any_item = has_index;
        for (_, record) in items.records() {
            let role = record.role();
            any_item |= role.is_item;
            if !role.is_outermost && !role.holds_items {
                continue;
            }
            let print = record.bom_ref().map(of_text);
            let fits = if !role.is_outermost {
                print.is_none_or(|print| self.otherwise.binary_search(&print).is_err())
            } else if role.holds_items {
                is_complete(print)
            } else {
                subject_is_complete || is_complete(print)
            };
            if !fits {
                return false;
            }
        }
        any_item
    }
}
