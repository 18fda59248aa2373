//! A program on a core of its own.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A running program. Ends with this value.
#[derive(Debug)]
pub(crate) struct Running {
    process: Child,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// From its start until it accepted a connection.
    pub(crate) start_time: Duration,
}

/// How long a program may take to listen; one with 100,000 routes needs some of it.
const PATIENCE: Duration = Duration::from_secs(30);

/// A free port.
pub(crate) fn free() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

impl Running {
    /// Starts a program on a core and waits until it listens.
    pub(crate) fn start(program: &Path, arguments: &[String], core: u32, address: SocketAddr) -> io::Result<Self> {
        let started = Instant::now();
        let process = Command::new("taskset")
            .args(["--cpu-list", &core.to_string()])
            .arg(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        let mut running = Self { process, address, start_time: Duration::ZERO };
        while TcpStream::connect(address).is_err() {
            let ended = running.process.try_wait()?.is_some();
            if ended || started.elapsed() > PATIENCE {
                return Err(io::Error::other(format!("{} does not listen on {address}", program.display())));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        running.start_time = started.elapsed();
        Ok(running)
    }

    /// Stops it while others are measured, so that its timers cost them nothing.
    pub(crate) fn pause(&self) -> io::Result<()> {
        self.signal("STOP")
    }

    /// Lets it go on.
    pub(crate) fn resume(&self) -> io::Result<()> {
        self.signal("CONT")
    }

    fn signal(&self, name: &str) -> io::Result<()> {
        let processes = self.family().into_iter().map(|id| id.to_string());
        Command::new("kill").arg(format!("-{name}")).args(processes).status().map(drop)
    }

    /// Resident memory of it and of what it started, in KiB.
    pub(crate) fn resident(&self) -> u64 {
        let of = |id: &u32| {
            let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
            line.split_whitespace().next()?.parse::<u64>().ok()
        };
        self.family().iter().filter_map(of).sum()
    }

    fn family(&self) -> Vec<u32> {
        let mut family = vec![self.process.id()];
        let mut next = 0;
        while let Some(id) = family.get(next) {
            let children = std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap_or_default();
            family.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
            next += 1;
        }
        family
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, and a stopped one hears no TERM.
        let _ = self.signal("CONT");
        let _ = self.signal("TERM");
        std::thread::sleep(Duration::from_millis(50));
        let _ = self.signal("KILL");
        let _ = self.process.wait();
    }
}
