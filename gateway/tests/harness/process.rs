//! The command as a process of its own.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::{PATIENCE, get};

const BINARY: &str = env!("CARGO_BIN_EXE_apigw-gateway");

/// A running command, and the file it reads. Both end with this value.
pub(crate) struct Process {
    child: Child,
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
        let mut child = command
            .args(["--listen", "127.0.0.1:0", "--admin", "127.0.0.1:0", "--config"])
            .arg(&file)
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = || {
            let line = lines.next().unwrap().unwrap();
            line.split("http://").nth(1).unwrap().trim_end_matches('/').parse().unwrap()
        };
        let (gateway, admin) = (address(), address());
        Self { child, file, gateway, admin }
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

    /// Files, sockets and pipes that it has open.
    pub(crate) fn descriptors(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }

    /// KiB that it holds in memory.
    pub(crate) fn memory(&self) -> usize {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
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
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_file(&self.file);
    }
}
