//! Both views as JSON, members in the order of the types.

use crate::json::Writer;

use super::{
    Amount, AnnotatorReason, AnnotatorVerdict, Consensus, Finding, Standing, Value, Verdict,
};

pub(crate) fn full(writer: &mut Writer, verdict: &Verdict<'_>) {
    writer.open_object();
    writer.word_member("decision", verdict.decision.as_str());
    let ids = [
        ("submission", &verdict.submission),
        ("annotator", &verdict.annotator),
        ("item", &verdict.item),
    ];
    for (name, id) in ids {
        optional_text(writer, name, id.as_deref());
    }
    writer.name("reasons");
    writer.open_array();
    for reason in &verdict.reasons {
        finding(writer, reason);
    }
    writer.close_array();
    if !verdict.evidence.is_empty() {
        writer.name("evidence");
        writer.open_array();
        for each in &verdict.evidence {
            standing(writer, each);
        }
        writer.close_array();
    }
    if let Some(known) = &verdict.consensus {
        writer.name("consensus");
        consensus(writer, known);
    }
    writer.word_member("bom", verdict.bom.as_str());
    writer.word_member("policy", &verdict.policy);
    writer.word_member("gate", verdict.gate);
    writer.close_object();
}

pub(crate) fn annotator_view(writer: &mut Writer, view: &AnnotatorVerdict<'_>) {
    writer.open_object();
    writer.word_member("decision", view.decision.as_str());
    optional_text(writer, "submission", view.submission.as_deref());
    writer.name("reasons");
    writer.open_array();
    for reason in &view.reasons {
        annotator_reason(writer, reason);
    }
    writer.close_array();
    writer.close_object();
}

fn annotator_reason(writer: &mut Writer, reason: &AnnotatorReason<'_>) {
    writer.open_object();
    writer.word_member("code", reason.code);
    writer.string_member("message", &reason.message);
    optional_amount(writer, "measured", reason.measured);
    optional_amount(writer, "expected", reason.expected);
    optional_text(writer, "at", reason.at);
    writer.close_object();
}

fn finding(writer: &mut Writer, finding: &Finding) {
    writer.open_object();
    writer.word_member("code", finding.code.as_str());
    writer.word_member("kind", finding.kind.as_str());
    writer.string_member("message", &finding.message);
    optional_amount(writer, "measured", finding.measured.as_ref());
    optional_amount(writer, "threshold", finding.threshold.as_ref());
    optional_text(writer, "at", finding.at.as_deref());
    writer.close_object();
}

fn standing(writer: &mut Writer, standing: &Standing) {
    writer.open_object();
    writer.word_member("check", standing.check.as_str());
    writer.measure_member("wealth", standing.wealth);
    writer.measure_member("threshold", standing.threshold);
    writer.integer_member("answers", i64::from(standing.answers));
    if let Some(events) = standing.events {
        writer.integer_member("events", i64::from(events));
    }
    if let Some(mean) = standing.mean {
        writer.measure_member("mean", mean);
    }
    if let Some(floor) = standing.floor {
        writer.measure_member("floor", floor);
    }
    writer.close_object();
}

fn consensus(writer: &mut Writer, consensus: &Consensus) {
    writer.open_object();
    writer.integer_member("answers", i64::from(consensus.answers));
    writer.measure_member("probability", consensus.probability);
    writer.measure_member("margin", consensus.margin);
    writer.name("enough");
    writer.boolean(consensus.enough);
    writer.close_object();
}

fn optional_text(writer: &mut Writer, name: &'static str, text: Option<&str>) {
    if let Some(text) = text {
        writer.string_member(name, text);
    }
}

fn optional_amount(writer: &mut Writer, name: &'static str, amount: Option<&Amount>) {
    let Some(amount) = amount else { return };
    writer.name(name);
    writer.open_object();
    writer.name("value");
    match &amount.value {
        Value::Integer(value) => writer.integer(*value),
        Value::Number(value) => writer.measure(*value),
        Value::Text(value) => writer.string(value),
    }
    writer.word_member("unit", amount.unit);
    writer.close_object();
}
