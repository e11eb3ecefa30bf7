//! One thing to do by one program: its output goes to a log, and one live line shows how far it is.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use indicatif::{ProgressBar, ProgressStyle};

use crate::children::Group;
use crate::excerpt;
use crate::workspace::Workspace;

/// Nothing here takes this long; what does, hangs.
const LIMIT: Duration = Duration::from_secs(30 * 60);
/// Nothing here is silent for so long; a runner that waits for a leftover helper is.
const SILENCE: Duration = Duration::from_secs(10 * 60);
/// Without a terminal, one line this often shows that we are alive.
const REMINDER: Duration = Duration::from_secs(30);
/// How long a helper may hold the output open after the program itself has ended.
const DRAIN: Duration = Duration::from_secs(2);

/// A program to run, and how it is called in the progress line and in `target/xtask/logs`.
#[derive(Debug)]
pub struct Step {
    title: String,
    command: Command,
    log: PathBuf,
    limit: Duration,
    silence: Duration,
}

/// What a step left behind.
#[derive(Debug)]
pub struct Finished {
    pub success: bool,
    /// Both streams, in the order they came, without colours.
    pub output: String,
    pub log: PathBuf,
    /// Why it failed, when the program's own output cannot tell.
    pub note: Option<String>,
}

impl Step {
    pub fn new(workspace: &Workspace, name: &str, title: &str, mut command: Command) -> Self {
        command.env("NO_COLOR", "1").env_remove("FORCE_COLOR").stdin(Stdio::null());
        if command.get_current_dir().is_none() {
            command.current_dir(workspace.root());
        }
        Self {
            title: title.to_string(),
            command,
            log: workspace.log(name),
            limit: LIMIT,
            silence: SILENCE,
        }
    }

    /// Runs it and fails when it does.
    pub fn run_or_fail(self) -> Result<Finished> {
        let title = self.title.clone();
        let finished = self.run()?;
        if !finished.success {
            bail!("{title} failed\n{}", finished.explain());
        }
        Ok(finished)
    }

    /// Runs it to its end, whatever that is; an error only when it cannot be started or logged.
    pub fn run(mut self) -> Result<Finished> {
        fs::create_dir_all(self.log.parent().context("a log needs a folder")?)?;
        let mut log = File::create(&self.log)
            .with_context(|| format!("cannot write `{}`", self.log.display()))?;
        writeln!(log, "$ {}", shown(&self.command))?;

        let (reader, writer) = std::io::pipe()?;
        self.command.stdout(writer.try_clone()?).stderr(writer);
        let start = Instant::now();
        let mut group = Group::spawn(&mut self.command)?;
        // The command still holds the writing ends; the reader would wait for them for ever.
        drop(self.command);

        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut reader = BufReader::new(reader);
            let mut bytes = Vec::new();
            while reader.read_until(b'\n', &mut bytes).is_ok_and(|length| length > 0) {
                let line = without_colours(&String::from_utf8_lossy(&bytes));
                if sender.send(line).is_err() {
                    return;
                }
                bytes.clear();
            }
        });

        let live = Live::start(&self.title);
        let mut output = String::new();
        let mut note = None;
        let mut ended: Option<(Instant, bool)> = None;
        let mut reminded = start;
        let mut heard = start;
        loop {
            match lines.recv_timeout(Duration::from_millis(50)) {
                Ok(line) => {
                    log.write_all(line.as_bytes())?;
                    live.show(&line);
                    heard = Instant::now();
                    output.push_str(&line);
                }
                Err(RecvTimeoutError::Disconnected) if ended.is_some() => break,
                // The program closed its output and goes on working.
                Err(RecvTimeoutError::Disconnected) => thread::sleep(Duration::from_millis(50)),
                Err(RecvTimeoutError::Timeout) => {}
            }
            if ended.is_none() {
                ended = group.try_wait()?.map(|status| (Instant::now(), status.success()));
            }
            if ended.is_some_and(|(at, _)| at.elapsed() > DRAIN) {
                break;
            }
            if ended.is_none() && start.elapsed() > self.limit {
                note = Some(format!("stopped: not done after {}", minutes(self.limit)));
                break;
            }
            if ended.is_none() && heard.elapsed() > self.silence {
                note = Some(format!("stopped: no output for {}", minutes(self.silence)));
                break;
            }
            if reminded.elapsed() > REMINDER {
                reminded = Instant::now();
                live.remind(start.elapsed(), &output);
            }
        }
        drop(group);
        log.flush()?;
        let success = note.is_none() && ended.is_some_and(|(_, success)| success);
        live.finish(success, start.elapsed());
        Ok(Finished { success, output, log: self.log, note })
    }
}

impl Finished {
    /// The telling part of the output, and where the rest is.
    pub fn explain(&self) -> String {
        let mut text = String::new();
        for line in excerpt::of_failure(&self.output) {
            text.push_str("  | ");
            text.push_str(line);
            text.push('\n');
        }
        if let Some(note) = &self.note {
            text.push_str(&format!("  {note}\n"));
        }
        text.push_str(&format!("  full log: {}", self.log.display()));
        text
    }
}

/// The line that shows what is going on.
#[derive(Debug)]
enum Live {
    Terminal { spinner: ProgressBar, title: String },
    Plain { title: String },
}

impl Live {
    fn start(title: &str) -> Self {
        let title = title.to_string();
        if !std::io::stdout().is_terminal() || !std::io::stderr().is_terminal() {
            println!("  … {title}");
            return Self::Plain { title };
        }
        let style = ProgressStyle::with_template("  {spinner} {prefix} {elapsed} {wide_msg:.dim}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let spinner = ProgressBar::new_spinner().with_style(style).with_prefix(title.clone());
        spinner.enable_steady_tick(Duration::from_millis(120));
        Self::Terminal { spinner, title }
    }

    fn show(&self, line: &str) {
        if let Self::Terminal { spinner, .. } = self
            && says_something(line)
        {
            spinner.set_message(line.trim().replace('\t', " "));
        }
    }

    fn remind(&self, elapsed: Duration, output: &str) {
        if let Self::Plain { title } = self {
            let last = output.lines().rev().find(|line| says_something(line)).unwrap_or("");
            let last: String = last.trim().chars().take(100).collect();
            println!("  … {title}, {}: {last}", seconds(elapsed));
        }
    }

    fn finish(self, success: bool, elapsed: Duration) {
        let sign = if success { "✓" } else { "✗" };
        let (Self::Terminal { title, .. } | Self::Plain { title }) = &self;
        if let Self::Terminal { spinner, .. } = &self {
            spinner.finish_and_clear();
        }
        println!("  {sign} {title} ({})", seconds(elapsed));
    }
}

/// Whether a line is worth showing as progress: brackets and dots are not.
fn says_something(line: &str) -> bool {
    line.chars().any(char::is_alphanumeric)
}

/// `12.3 s`, or `4 min 05 s` from two minutes on.
pub fn seconds(elapsed: Duration) -> String {
    if elapsed < Duration::from_secs(120) {
        format!("{:.1} s", elapsed.as_secs_f64())
    } else {
        format!("{} min {:02} s", elapsed.as_secs() / 60, elapsed.as_secs() % 60)
    }
}

fn minutes(limit: Duration) -> String {
    format!("{} minutes", limit.as_secs() / 60)
}

/// The command as a reader would type it, for the log's first line.
fn shown(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().into_owned();
    for argument in command.get_args() {
        text.push(' ');
        text.push_str(&argument.to_string_lossy());
    }
    text
}

/// Drops terminal escape sequences: `ESC [ … letter`.
fn without_colours(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character != '\u{1b}' {
            text.push(character);
        } else if characters.next() == Some('[') {
            characters.by_ref().find(char::is_ascii_alphabetic);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Step {
        let workspace = Workspace::find().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        // Tests run side by side, so each has its own log.
        let name = format!("self-test-{:?}", thread::current().id());
        Step::new(&workspace, &name, "self test", command)
    }

    #[test]
    fn both_streams_are_kept_and_logged() {
        let finished =
            shell("echo out; echo err >&2; printf '\\033[31mred\\033[0m'").run().unwrap();
        assert!(finished.success);
        assert_eq!(finished.output, "out\nerr\nred");
        let log = fs::read_to_string(&finished.log).unwrap();
        assert!(log.ends_with("out\nerr\nred"), "{log}");
        fs::remove_file(finished.log).unwrap();
    }

    #[test]
    fn a_failure_shows_the_end_of_the_output_and_the_log() {
        let error = shell("seq 1 100; exit 3").run_or_fail().unwrap_err().to_string();
        assert!(error.contains("| 100\n") && !error.contains("| 60\n"), "{error}");
        let log = error.rsplit("full log: ").next().unwrap();
        assert!(fs::read_to_string(log).unwrap().contains("\n60\n"));
        fs::remove_file(log).unwrap();
    }

    #[test]
    fn a_helper_that_keeps_the_output_open_does_not_hold_us() {
        let start = Instant::now();
        let finished = shell("sleep 300 & echo done").run().unwrap();
        assert!(finished.success);
        assert_eq!(finished.output, "done\n");
        assert!(start.elapsed() < Duration::from_secs(60));
        fs::remove_file(finished.log).unwrap();
    }

    #[test]
    fn what_hangs_is_stopped_and_says_so() {
        let mut step = shell("sleep 300");
        step.limit = Duration::ZERO;
        let finished = step.run().unwrap();
        assert!(!finished.success);
        assert!(finished.note.unwrap().starts_with("stopped"));
        fs::remove_file(finished.log).unwrap();
    }

    #[test]
    fn what_falls_silent_is_stopped_and_says_so() {
        let mut step = shell("echo one; sleep 300");
        step.silence = Duration::from_millis(100);
        let finished = step.run().unwrap();
        assert!(!finished.success);
        assert!(finished.note.unwrap().contains("no output"));
        fs::remove_file(finished.log).unwrap();
    }

    #[test]
    fn elapsed_time_reads_well() {
        assert_eq!(seconds(Duration::from_millis(1234)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(245)), "4 min 05 s");
    }
}
