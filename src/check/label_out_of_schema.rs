//! `label-out-of-schema`: the label is not one that the task allows.

use crate::label::{Label, LabelSchema};
use crate::verdict::{Finding, ReasonCode};

pub(crate) fn check(label: &Label, schema: Option<&LabelSchema>) -> Option<Finding> {
    let complaint = schema?.complaint(label)?;
    let message = format!("the task does not allow this label: {complaint}");
    Some(Finding::new(ReasonCode::LabelOutOfSchema, &message))
}
