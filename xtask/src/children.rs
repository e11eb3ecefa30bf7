//! The processes that we started, so that none outlives us.
//!
//! Each runs in a process group of its own: a browser or a worker starts helpers, and they must end with it.

use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill, killpg};
use nix::unistd::Pid;

/// How long a process may take to end by itself once asked.
const GRACE: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(25);

/// The groups that are alive now, in the order they were started.
static GROUPS: Mutex<Vec<Pid>> = Mutex::new(Vec::new());
/// What we exit with when interrupted: 130 by custom, 0 where Ctrl-C is the normal end.
static INTERRUPT_STATUS: AtomicI32 = AtomicI32::new(130);

/// Set once the user or the system wants us to end: children that end from then on did so because of it.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// A child in its own process group. Dropping it ends the whole group.
#[derive(Debug)]
pub struct Group {
    child: Child,
    id: Pid,
}

impl Group {
    pub fn spawn(command: &mut Command) -> Result<Self> {
        let program = command.get_program().to_string_lossy().into_owned();
        // Once interrupted, the list is read and what starts would outlive us; so nothing starts any more.
        let mut groups = groups();
        while INTERRUPTED.load(Ordering::SeqCst) {
            drop(groups);
            thread::sleep(POLL);
            groups = self::groups();
        }
        let child = command
            .process_group(0)
            .spawn()
            .with_context(|| format!("cannot start `{program}`; is it installed?"))?;
        let id = Pid::from_raw(child.id().cast_signed());
        groups.push(id);
        Ok(Self { child, id })
    }

    /// The exit status once it has ended.
    pub fn try_wait(&mut self) -> io::Result<Option<ExitStatus>> {
        self.child.try_wait()
    }

    /// Waits for the end, but no longer than `limit`.
    pub fn wait(&mut self, limit: Duration) -> io::Result<Option<ExitStatus>> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(Some(status));
            }
            if start.elapsed() >= limit {
                return Ok(None);
            }
            thread::sleep(POLL);
        }
    }

    pub fn wait_for_ever(&mut self) -> io::Result<ExitStatus> {
        self.child.wait()
    }

    /// Asks the process to end, waits a little, and ends by force what is left of its group.
    pub fn end(&mut self) {
        // Asking the leader alone lets it shut its helpers down in order.
        if self.try_wait().is_ok_and(|status| status.is_none()) {
            let _ = kill(self.id, Signal::SIGTERM);
            let _ = self.wait(GRACE);
        }
        let _ = killpg(self.id, Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.end();
        groups().retain(|id| *id != self.id);
    }
}

/// Ends every group when the user interrupts or the system stops us.
pub fn end_with_us() -> Result<()> {
    ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        let groups: Vec<Pid> = groups().iter().rev().copied().collect();
        for id in &groups {
            let _ = kill(*id, Signal::SIGTERM);
        }
        let start = Instant::now();
        // The main thread reaps its children; a group without members answers ESRCH.
        while start.elapsed() < GRACE
            && groups.iter().any(|id| killpg(*id, None) != Err(Errno::ESRCH))
        {
            thread::sleep(POLL);
        }
        for id in &groups {
            let _ = killpg(*id, Signal::SIGKILL);
        }
        std::process::exit(INTERRUPT_STATUS.load(Ordering::SeqCst));
    })
    .context("cannot listen for Ctrl-C")
}

/// From now on Ctrl-C is how the user ends us, and no failure.
pub fn interrupt_is_success() {
    INTERRUPT_STATUS.store(0, Ordering::SeqCst);
}

/// Returns at once, except when we are being ended: then the status is not ours to give, and this waits.
pub fn leave_to_interrupt() {
    while INTERRUPTED.load(Ordering::SeqCst) {
        thread::sleep(POLL);
    }
}

fn groups() -> std::sync::MutexGuard<'static, Vec<Pid>> {
    GROUPS.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn helpers_of_a_child_end_with_it() {
        // The shell starts a helper that ignores the polite request, and prints the helper's id.
        let mut command = Command::new("sh");
        command
            .args(["-c", "sh -c 'trap \"\" TERM; echo $$; exec sleep 600' & wait"])
            .stdout(std::process::Stdio::piped());
        let mut group = Group::spawn(&mut command).unwrap();
        let mut line = String::new();
        let output = group.child.stdout.take().unwrap();
        io::BufRead::read_line(&mut io::BufReader::new(output), &mut line).unwrap();
        let helper = Pid::from_raw(line.trim().parse().unwrap());
        let leader = group.id;
        drop(group);
        assert!(killed(helper), "the helper is still alive");
        assert!(!groups().contains(&leader));
    }

    /// Nobody may have reaped the orphan yet, so a zombie counts as ended.
    fn killed(id: Pid) -> bool {
        let state = || {
            let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            stat.rsplit(')').next()?.trim().chars().next()
        };
        (0..200).any(|_| {
            let ended = matches!(state(), None | Some('Z' | 'X'));
            if !ended {
                thread::sleep(POLL);
            }
            ended
        })
    }
}
