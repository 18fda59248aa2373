//! The command as a process of its own.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::lines::Lines;
use super::{PATIENCE, get};

const BINARY: &str = env!("CARGO_BIN_EXE_apigw-gateway");

/// A running command. Ends with this value.
pub(crate) struct Running {
    child: Child,
    /// What it prints.
    pub(crate) said: Lines,
}

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let said = Lines::of(child.stdout.take().unwrap());
        Self { child, said }
    }

    /// The address in the next line that it prints.
    pub(crate) fn address(&mut self) -> SocketAddr {
        let line = self.said.next().unwrap();
        line.split("http://").nth(1).unwrap().trim_end_matches('/').parse().unwrap()
    }

    pub(crate) fn signal(&self, name: &str) {
        assert!(Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status().unwrap().success());
    }

    /// Waits until it has ended, longer than its grace period.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        let start = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            assert!(start.elapsed() < 3 * PATIENCE, "it does not end");
            thread::sleep(Duration::from_millis(10));
        }
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A running gateway, and the file it reads. Both end with this value.
pub(crate) struct Process {
    running: Running,
    pub(crate) file: PathBuf,
    pub(crate) gateway: SocketAddr,
    pub(crate) admin: SocketAddr,
}

impl Process {
    /// Starts it on ports of its own. Without a text there is no file.
    pub(crate) fn start(name: &str, text: Option<&str>, args: &[&str]) -> Self {
        Self::start_by(Command::new(BINARY), name, text, args)
    }

    /// Starts it with no more than so many open files.
    pub(crate) fn with_files(files: u32, name: &str, text: &str) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("ulimit -n {files}; exec \"$@\""), "sh", BINARY]);
        Self::start_by(shell, name, Some(text), &[])
    }

    fn start_by(mut command: Command, name: &str, text: Option<&str>, args: &[&str]) -> Self {
        let file = std::env::temp_dir().join(format!("apigw-{name}-{}.yaml", std::process::id()));
        let _ = fs::remove_file(&file);
        if let Some(text) = text {
            fs::write(&file, text).unwrap();
        }
        command.args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--config"]).arg(&file).args(args);
        let mut running = Running::start(command.stderr(Stdio::null()));
        let (gateway, admin) = (running.address(), running.address());
        Self { running, file, gateway, admin }
    }

    pub(crate) fn signal(&self, name: &str) {
        self.running.signal(name);
    }

    /// Waits until it has ended, longer than its grace period.
    pub(crate) fn exit_code(&mut self) -> Option<i32> {
        self.running.exit_code()
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.running.is_running()
    }

    /// Puts another text in the place of its file, whole at once: a reader sees the old one or this one.
    pub(crate) fn replace(&self, text: &str) {
        let new = self.file.with_extension("new");
        fs::write(&new, text).unwrap();
        fs::rename(&new, &self.file).unwrap();
    }

    /// Files, sockets and pipes that it has open.
    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.running.child.id())).unwrap().count()
    }

    /// KiB that it holds in memory.
    pub(crate) fn memory(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.running.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// A number from its metrics; 0 if it is not there.
    pub(crate) fn metric(&self, name: &str) -> u64 {
        let text = get(self.admin, "127.0.0.1", "/metrics", &[]).text();
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        value.unwrap_or_default()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}
