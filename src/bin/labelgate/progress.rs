//! Progress on standard error, when a person is looking.

use std::io::{IsTerminal, Read};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};

use crate::terminal;

/// A bar of bytes read: of how many, and how fast. Draws nothing unless standard error is a
/// terminal.
#[derive(Clone, Debug)]
pub struct Progress {
    bar: ProgressBar,
}

const KNOWN: &str = "{msg} [{wide_bar}] {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left";
const UNKNOWN: &str = "{msg} {spinner} {bytes}, {bytes_per_sec}";
const COUNTED: &str = "{msg} {spinner} {human_pos} names";
const REDRAW: Duration = Duration::from_millis(100);

impl Progress {
    /// A bar for `total_bytes`, or without an end when nobody knows.
    pub fn new(what: &'static str, total_bytes: Option<u64>) -> Self {
        // It goes away also when the work ends in a failure that is to be told.
        let bar = ProgressBar::with_draw_target(total_bytes, ProgressDrawTarget::stderr())
            .with_finish(ProgressFinish::AndClear);
        let template = if total_bytes.is_some() { KNOWN } else { UNKNOWN };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(what);
        if std::io::stderr().is_terminal() {
            bar.enable_steady_tick(REDRAW);
        }
        Self { bar }
    }

    /// A count without an end.
    pub fn counting(what: &'static str) -> Self {
        let progress = Self::new(what, None);
        if let Ok(style) = ProgressStyle::with_template(COUNTED) {
            progress.bar.set_style(style);
        }
        progress
    }

    /// How much was counted so far.
    pub fn count(&self, count: u64) {
        self.bar.set_position(count);
    }

    /// Bytes that were not read, because they were known.
    pub fn skip(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    /// What is being done, and how far it is.
    pub fn say(&self, what: String) {
        self.bar.set_message(what);
    }

    /// No bar at all.
    pub fn none() -> Self {
        Self { bar: ProgressBar::hidden() }
    }

    /// A reader that moves the bar.
    pub fn watch<R: Read>(&self, reader: R) -> impl Read + use<R> {
        self.bar.wrap_read(reader)
    }

    /// Says something without breaking the bar.
    pub fn tell(&self, line: &str) {
        self.bar.suspend(|| terminal::tell(&format!("labelgate: {line}")));
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
