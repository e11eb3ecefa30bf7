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
        ("submission", without_defaults(of::<Submission<'static>>())),
        ("verdict", of::<Verdict<'static>>()),
    ]
}

fn of<T: JsonSchema>() -> serde_json::Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().to_value()
}

/// The same schema without default values: an optional member of a submission is left out, not null.
fn without_defaults(mut schema: serde_json::Value) -> serde_json::Value {
    strip_defaults(&mut schema);
    schema
}

fn strip_defaults(schema: &mut serde_json::Value) {
    match schema {
        serde_json::Value::Object(members) => {
            members.remove("default");
            members.values_mut().for_each(strip_defaults);
        }
        serde_json::Value::Array(elements) => elements.iter_mut().for_each(strip_defaults),
        _ => {}
    }
}
