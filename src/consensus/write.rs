//! A result as JSON, in one form for the command line and for JavaScript.

use crate::agreement::Crowd;
use crate::json::Writer;
use crate::label::Label;

use super::{AnnotatorEstimate, Decided, Method, Outcome, Score};

impl Outcome {
    /// Writes the result of this method for this very crowd as one JSON object.
    pub fn write(&self, crowd: &Crowd, method: Method, score: Option<&Score>, writer: &mut Writer) {
        writer.open_object();
        writer.string_member("method", method.as_str());
        self.write_summary(method, score, writer);
        writer.name("tasks");
        writer.open_array();
        for (name, decided) in crowd.tasks.iter().zip(&self.tasks) {
            writer.open_object();
            writer.string_member("task", name);
            decided.write(writer);
            writer.close_object();
        }
        writer.close_array();
        self.write_annotators(&crowd.annotators, writer);
        writer.close_object();
    }

    /// Writes the members that are about all tasks together.
    pub fn write_summary(&self, method: Method, score: Option<&Score>, writer: &mut Writer) {
        writer.name("rules");
        writer.open_object();
        writer.word_member(
            "ties",
            if method.breaks_ties_by_votes() { "most-votes" } else { "first" },
        );
        writer.word_member("duplicates", "last");
        writer.word_member("missing", "left-out");
        writer.close_object();
        if let Some((iterations, converged)) = self.iterations {
            count(writer, "iterations", iterations);
            writer.name("converged");
            writer.boolean(converged);
        }
        if let Some(departures) = self.departures {
            count(writer, "departures", departures);
        }
        if let Some(score) = score {
            count(writer, "scored", score.tasks);
            writer.number_member("accuracy", score.accuracy);
            writer.number_member("similarity", score.similarity);
            if let Some(errors) = &score.error {
                writer.number_member("mean_absolute_error", errors.mean_absolute);
                writer.number_member("root_mean_square_error", errors.root_mean_square);
            }
        }
        if !self.items.is_empty() {
            writer.name("items");
            writer.open_array();
            for (item, strength) in &self.items {
                writer.open_object();
                writer.string_member("item", item);
                writer.number_member("strength", *strength);
                writer.close_object();
            }
            writer.close_array();
        }
    }

    /// Writes the member `annotators`, by these names.
    pub fn write_annotators(&self, names: &[String], writer: &mut Writer) {
        writer.name("annotators");
        writer.open_array();
        for (name, estimate) in names.iter().zip(&self.annotators) {
            writer.open_object();
            writer.string_member("annotator", name);
            estimate.write(writer);
            writer.close_object();
        }
        writer.close_array();
    }
}

impl Decided {
    fn write(&self, writer: &mut Writer) {
        writer.name("label");
        match &self.label {
            None => writer.null(),
            Some(label) => write_plain(label, writer),
        }
        number(writer, "probability", self.probability);
        number(writer, "margin", self.margin);
        writer.integer_member("tied", i64::from(self.tied));
    }
}

impl AnnotatorEstimate {
    fn write(&self, writer: &mut Writer) {
        writer.integer_member("answers", i64::from(self.answers));
        number(writer, "skill", self.skill);
        number(writer, "accuracy", self.accuracy);
        number(writer, "spamming", self.spamming);
        number(writer, "spammer_score", self.spammer_score);
    }
}

/// A class or a text as a string, a number as a number, a set as a list, and any other label as the object it is.
pub fn write_plain(label: &Label, writer: &mut Writer) {
    match label {
        Label::Class(text) | Label::Text(text) => writer.string(text),
        Label::Number(number) => writer.number(*number),
        Label::Rating(rating) => writer.integer(i64::from(*rating)),
        Label::Classes(classes) => {
            writer.open_array();
            classes.iter().for_each(|class| writer.string(class));
            writer.close_array();
        }
        other => other.write(writer),
    }
}

fn number(writer: &mut Writer, name: &'static str, number: Option<f64>) {
    writer.name(name);
    match number {
        Some(number) => writer.number(number),
        None => writer.null(),
    }
}

fn count(writer: &mut Writer, name: &'static str, count: usize) {
    writer.integer_member(name, i64::try_from(count).unwrap_or(i64::MAX));
}
