//! What `bom verify` says.

use std::io::{self, Write};

use labelgate::digest::Digest;
use labelgate::json::Writer;

use super::super::document::Document;
use super::super::summary;
use super::files::{Comparison, Difference, Kind};
use crate::failure::Failure;
use crate::terminal::printable;

/// What came of one thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub state: State,
    /// A stable code when it is refused.
    pub code: Option<&'static str>,
    /// For people.
    pub sentence: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Good,
    NotChecked,
    Refused,
}

impl State {
    fn as_str(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::NotChecked => "not-checked",
            Self::Refused => "refused",
        }
    }
}

impl Finding {
    pub fn good(sentence: String) -> Self {
        Self { state: State::Good, code: None, sentence }
    }

    pub fn not_checked(sentence: &str) -> Self {
        Self { state: State::NotChecked, code: None, sentence: sentence.to_owned() }
    }

    pub fn refused(code: &'static str, sentence: impl Into<String>) -> Self {
        Self { state: State::Refused, code: Some(code), sentence: sentence.into() }
    }
}

/// All that was looked at.
pub struct Report<'a> {
    /// None when it is in an envelope that is not trusted.
    pub document: Option<&'a Document>,
    pub signature: Finding,
    pub freshness: Finding,
    /// None when no path was given.
    pub files: Option<Comparison>,
    /// Whether files that are not listed are no reason to fail.
    pub allows_extra: bool,
}

impl Report<'_> {
    /// Whether everything matches.
    pub fn is_good(&self) -> bool {
        let is_refused = |finding: &Finding| finding.state == State::Refused;
        let fails = |difference: &Difference| {
            difference.kind != Kind::Extra || !self.allows_extra || difference.other.is_some()
        };
        let differs = self.files.as_ref().is_some_and(|files| files.differences.iter().any(fails));
        !is_refused(&self.signature) && !is_refused(&self.freshness) && !differs
    }

    pub fn write_text(&self, out: &mut impl Write) -> Result<(), Failure> {
        self.text(out).map_err(|error| Failure::of_output(&error))
    }

    fn text(&self, out: &mut impl Write) -> io::Result<()> {
        match self.document.map(|document| document.bom.summary()) {
            Some(summary) => writeln!(
                out,
                "BOM         version {} of {}, {} items, {}",
                summary.version,
                summary.serial_number.as_deref().unwrap_or("no serial number"),
                summary.items,
                if summary.complete { "complete" } else { "not complete" }
            )?,
            None => writeln!(out, "BOM         not read, because its envelope is not trusted")?,
        }
        for (name, finding) in [("signature", &self.signature), ("freshness", &self.freshness)] {
            let code = finding.code.map_or(String::new(), |code| format!("{code}: "));
            let state = match finding.state {
                State::Good => "good",
                State::NotChecked => "NOT CHECKED",
                State::Refused => "REFUSED",
            };
            writeln!(out, "{name:<10}  {state}, {code}{}", printable(&finding.sentence))?;
        }
        let Some(files) = &self.files else {
            return match self.document {
                Some(_) => writeln!(out, "files       not checked, because no PATH was given"),
                None => writeln!(out, "files       not checked, because the BOM is not trusted"),
            };
        };
        let mut counts = format!("{} matched", files.matched);
        for kind in Kind::ALL {
            let count = files.count(kind);
            // The three that everybody asks for are always told.
            if count > 0 || matches!(kind, Kind::Altered | Kind::Missing | Kind::Extra) {
                counts.push_str(&format!(", {count} {}", kind.as_str()));
            }
        }
        writeln!(out, "files       {counts}")?;
        if !files.differences.is_empty() {
            writeln!(out)?;
        }
        for difference in &files.differences {
            difference_text(out, difference)?;
        }
        Ok(())
    }

    pub fn to_json(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.open_object();
        writer.name("verified");
        writer.boolean(self.is_good());
        writer.name("bom");
        match self.document {
            Some(document) => {
                writer.open_object();
                summary::members(&mut writer, &document.bom.summary());
                writer.close_object();
            }
            None => writer.null(),
        }
        for (name, finding) in [("signature", &self.signature), ("freshness", &self.freshness)] {
            writer.name(name);
            writer.open_object();
            writer.word_member("state", finding.state.as_str());
            if let Some(code) = finding.code {
                writer.word_member("code", code);
            }
            writer.string_member("message", &finding.sentence);
            writer.close_object();
        }
        if let Some(files) = &self.files {
            write_files(&mut writer, files);
        }
        writer.close_object();
        writer.end_line();
        writer.into_bytes()
    }
}

fn difference_text(out: &mut impl Write, difference: &Difference) -> io::Result<()> {
    let kind = difference.kind.as_str();
    let path = printable(&difference.path);
    let other = difference.other.as_deref().map(printable).unwrap_or_default();
    match difference.kind {
        Kind::Swapped => {
            writeln!(out, "{kind:<10}  {path} and {other}: each has the bytes of the other")?;
        }
        Kind::Moved => {
            writeln!(out, "{kind:<10}  {path}: its bytes are in {other}, which is not listed")?
        }
        Kind::Altered | Kind::Extra if !other.is_empty() => {
            writeln!(out, "{kind:<10}  {path}: it has the bytes of {other}")?;
        }
        _ => writeln!(out, "{kind:<10}  {path}")?,
    }
    if difference.kind != Kind::Extra {
        writeln!(out, "            expected {}", texts(&difference.expected, "a strong digest"))?;
    }
    if !difference.measured.is_empty() || difference.kind == Kind::Altered {
        writeln!(
            out,
            "            measured {}",
            texts(&difference.measured, "content that has not the canonical form")
        )?;
    }
    Ok(())
}

fn texts(digests: &[Digest], none: &str) -> String {
    if digests.is_empty() {
        return none.to_owned();
    }
    digests.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn write_files(writer: &mut Writer, files: &Comparison) {
    let whole = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    writer.name("files");
    writer.open_object();
    writer.integer_member("matched", i64::try_from(files.matched).unwrap_or(i64::MAX));
    for kind in Kind::ALL {
        writer.integer_member(kind.as_str(), whole(files.count(kind)));
    }
    writer.close_object();
    writer.name("differences");
    writer.open_array();
    for difference in &files.differences {
        writer.open_object();
        writer.word_member("kind", difference.kind.as_str());
        writer.string_member("path", &difference.path);
        if let Some(other) = &difference.other {
            writer.string_member("other", other);
        }
        for (name, digests) in
            [("expected", &difference.expected), ("measured", &difference.measured)]
        {
            writer.name(name);
            writer.open_array();
            for digest in digests {
                writer.word(&digest.to_string());
            }
            writer.close_array();
        }
        writer.close_object();
    }
    writer.close_array();
}
