//! JSON Schemas of the public documents, generated from the Rust types.

use schemars::{JsonSchema, generate::SchemaSettings};

use crate::policy::Policy;
use crate::submission::Submission;
use crate::verdict::{AnnotatorVerdict, Verdict};

/// The schemas by file name: `policy`, `submission`, `verdict`, `annotator-verdict`; draft 2020-12.
#[must_use]
pub fn all() -> [(&'static str, serde_json::Value); 4] {
    [
        ("annotator-verdict", of::<AnnotatorVerdict<'static>>()),
        ("policy", of::<Policy>()),
        ("submission", of::<Submission<'static>>()),
        ("verdict", of::<Verdict<'static>>()),
    ]
}

fn of<T: JsonSchema>() -> serde_json::Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value()
}
