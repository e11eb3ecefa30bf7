//! Gold: items whose answer the gate knows and the annotator does not.

use crate::error::{Error, ErrorCode};
use crate::id::Id;
use crate::json::Reader;
use crate::label::Label;
use crate::table::Table;

/// The accepted answers of each gold item, by item id. A secret: it never reaches a browser.
///
/// Where a BOM is in force, the id should be the item's name in it: other ids are the sender's word, and
/// whoever invents one is not seen to answer gold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Gold {
    answers: Table<Vec<Label>>,
}

/// Deepest nesting of the gold document.
const MAX_DEPTH: usize = 8;

impl Gold {
    /// No gold at all.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads `{"item id": [label, …], …}`; each list holds the accepted answers.
    ///
    /// # Errors
    /// [`ErrorCode::Gold`] with the place, when it is not strict JSON of this form or a list is
    /// empty.
    pub fn from_json(input: &[u8]) -> Result<Self, Error> {
        Self::read(input).map_err(|error| error.with_code(ErrorCode::Gold))
    }

    fn read(input: &[u8]) -> Result<Self, Error> {
        let mut reader = Reader::new(input, MAX_DEPTH)?;
        let mut gold = Self::new();
        reader.object(&mut |reader, item| {
            let at = reader.offset();
            let mut labels = Vec::new();
            reader.array(&mut |reader| {
                labels.push(Label::read(reader)?);
                Ok(())
            })?;
            if labels.is_empty() {
                return Err(reader.error_from(at, "expected at least one accepted label"));
            }
            gold.insert(item, labels);
            Ok(())
        })?;
        reader.finish()?;
        Ok(gold)
    }

    /// Makes `item` a gold item with these accepted answers; an empty list makes it none.
    pub fn insert(&mut self, item: &str, accepted: Vec<Label>) {
        self.answers.insert(&item.into(), accepted);
    }

    /// Whether `label` is an accepted answer to `item`; none when the item is no gold.
    #[must_use]
    pub fn judge(&self, item: &Id<'_>, label: &Label) -> Option<bool> {
        let accepted = self.answers.get(item).filter(|accepted| !accepted.is_empty())?;
        Some(accepted.contains(label))
    }

    /// How many gold items there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.answers.len()
    }

    /// Whether there is no gold item.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_accepted_answer_is_right() {
        let gold = Gold::from_json(br#"{"i":[{"class":"a"},{"class":"b"}]}"#).unwrap();
        assert_eq!(gold.judge(&"i".into(), &Label::Class("b".into())), Some(true));
        assert_eq!(gold.judge(&"i".into(), &Label::Class("c".into())), Some(false));
        assert_eq!(gold.judge(&"j".into(), &Label::Class("a".into())), None);
    }

    #[test]
    fn an_item_without_answers_or_listed_twice_is_refused() {
        for bad in [r#"{"i":[]}"#, r#"{"i":[{"class":"a"}],"i":[{"class":"b"}]}"#, r#"{"i":"a"}"#] {
            assert_eq!(Gold::from_json(bad.as_bytes()).unwrap_err().code(), ErrorCode::Gold);
        }
    }
}
