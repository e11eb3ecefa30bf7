//! A server that we start, wait for, and end.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::children::Group;
use crate::workspace::Workspace;

/// A server that is not ready by then will not be.
const PATIENCE: Duration = Duration::from_secs(60);
const REQUEST: Duration = Duration::from_secs(10);

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub struct Server {
    name: &'static str,
    url: String,
    log: PathBuf,
    group: Group,
}

impl Server {
    /// Starts it, and waits for its line `ready http://…` and then for a healthy `/healthz`.
    pub fn start(workspace: &Workspace, name: &'static str, mut command: Command) -> Result<Self> {
        let log = workspace.log(name);
        fs::create_dir_all(log.parent().context("a log needs a folder")?)?;
        let file =
            File::create(&log).with_context(|| format!("cannot write `{}`", log.display()))?;
        let (reader, writer) = std::io::pipe()?;
        command
            .current_dir(workspace.root())
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stdout(writer.try_clone()?)
            .stderr(writer);
        let group = Group::spawn(&mut command)?;
        // The command holds the writing ends; without it the reader sees when the server ends.
        drop(command);

        let lines = copy_lines(reader, file);
        let mut server = Self { name, url: String::new(), log, group };
        server.url = server.wait_until_ready(&lines)?;
        server.wait_until_healthy()?;
        Ok(server)
    }

    /// Where it listens, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Fails when it has ended, with the end of its log.
    pub fn still_runs(&mut self) -> Result<()> {
        match self.group.try_wait()? {
            None => Ok(()),
            Some(status) => bail!(self.ended(status)),
        }
    }

    fn wait_until_ready(&mut self, lines: &Receiver<String>) -> Result<String> {
        let start = Instant::now();
        while let Some(left) = PATIENCE.checked_sub(start.elapsed()) {
            match lines.recv_timeout(left) {
                Ok(line) => {
                    if let Some(url) = line.trim().strip_prefix("ready ") {
                        return Ok(url.trim_end_matches('/').to_string());
                    }
                }
                Err(RecvTimeoutError::Timeout) => break,
                Err(RecvTimeoutError::Disconnected) => {
                    if let Some(status) = self.group.wait(REQUEST)? {
                        bail!(self.ended(status));
                    }
                    break;
                }
            }
        }
        bail!("{} is not ready after {} s{}", self.name, PATIENCE.as_secs(), self.tail())
    }

    fn wait_until_healthy(&mut self) -> Result<()> {
        let url = format!("{}/healthz", self.url);
        let start = Instant::now();
        loop {
            let Err(error) = request(ureq::get(&url)) else { return Ok(()) };
            self.still_runs()?;
            if start.elapsed() > PATIENCE {
                bail!("{} is not healthy: {error:#}{}", self.name, self.tail());
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn ended(&self, status: ExitStatus) -> String {
        format!("{} ended ({status}){}", self.name, self.tail())
    }

    fn tail(&self) -> String {
        let text = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let mut tail = String::new();
        for line in &lines[lines.len().saturating_sub(20)..] {
            tail.push_str("\n  | ");
            tail.push_str(line);
        }
        format!("{tail}\n  full log: {}", self.log.display())
    }
}

/// Sends a request without a body and returns the body of a good answer.
pub fn request(request: ureq::RequestBuilder<ureq::typestate::WithoutBody>) -> Result<String> {
    let mut answer = request.config().timeout_global(Some(REQUEST)).build().call()?;
    Ok(answer.body_mut().read_to_string()?)
}

/// Writes every line to the log, and hands it on as long as somebody listens.
fn copy_lines(reader: std::io::PipeReader, mut log: File) -> Receiver<String> {
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(reader).lines() {
            let Ok(line) = line else { return };
            if writeln!(log, "{line}").is_err() {
                return;
            }
            // Once the server is ready nobody listens any more, which is fine.
            let _ = sender.send(line);
        }
    });
    lines
}
