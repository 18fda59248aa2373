//! One connection to the gateway: what it sends, and everything that comes back.

use std::io::{ErrorKind, Read};
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::answer::{Answer, answers};
use super::step::{self, Deed, Step};
use super::stream::Stream;
use crate::conformance::Failure;
use crate::conformance::tls::Certificates;

/// What has not come after this will not come, even on a machine that others keep busy. Timeouts in the configurations that
/// have to strike are far shorter.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// What came so far.
#[derive(Debug, Default)]
struct Came {
    bytes: Vec<u8>,
    over: bool,
    reset: bool,
    deaf: bool,
}

/// A client.
#[derive(Debug)]
pub(super) struct Client {
    stream: Stream,
    came: Arc<(Mutex<Came>, Condvar)>,
    /// It left by itself.
    pub(super) left: bool,
}

fn lock(came: &Mutex<Came>) -> MutexGuard<'_, Came> {
    came.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Client {
    /// Connects; over TLS if there are certificates to believe in.
    pub(super) fn connect(address: SocketAddr, certificates: Option<&Certificates>) -> Result<Self, Failure> {
        let stream = Stream::connect(address, certificates, PATIENCE)?;
        let mut reading = stream.try_clone().map_err(Failure::io("connecting"))?;
        let came: Arc<(Mutex<Came>, Condvar)> = Arc::default();
        let writer = Arc::clone(&came);
        thread::spawn(move || {
            let mut piece = vec![0; 64 << 10];
            loop {
                let hearing = writer.1.wait_while(lock(&writer.0), |came| came.deaf);
                drop(hearing);
                let read = reading.read(&mut piece);
                let mut came = lock(&writer.0);
                came.reset = read.as_ref().is_err_and(|error| error.kind() == ErrorKind::ConnectionReset);
                let count = read.unwrap_or(0);
                came.bytes.extend_from_slice(piece.get(..count).unwrap_or_default());
                came.over = count == 0;
                writer.1.notify_all();
                if count == 0 {
                    return;
                }
            }
        });
        Ok(Self { stream, came, left: false })
    }

    /// Its own address, by which the access log knows it.
    pub(super) fn address(&self) -> Result<SocketAddr, Failure> {
        self.stream.address()
    }

    /// Does all steps, or those until the gateway ends the connection.
    pub(super) fn play(&mut self, steps: &[Step]) -> Result<(), Failure> {
        for one in steps {
            match one {
                Step::Do { deed } => self.deed(*deed)?,
                Step::Read { read } => {
                    self.wait(|came| came.over || answers(&came.bytes).0.len() >= *read);
                }
                sending => {
                    if !step::send(&mut self.stream, sending)? {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn deed(&mut self, deed: Deed) -> Result<(), Failure> {
        match deed {
            Deed::HalfClose => match self.stream.end() {
                Err(error) if error.kind() != ErrorKind::NotConnected && !step::is_end(&error) => {
                    Err(Failure::io("leaving")(error))
                }
                _ => Ok(()),
            },
            Deed::Close | Deed::Reset => {
                if deed == Deed::Reset {
                    self.stream.reset_when_closed();
                }
                // The reader's handle keeps the socket open.
                self.stream.leave();
                self.left = true;
                Ok(())
            }
            Deed::Deaf | Deed::Listen => {
                lock(&self.came.0).deaf = deed == Deed::Deaf;
                self.came.1.notify_all();
                Ok(())
            }
            Deed::Wait => {
                self.wait(|came| came.over);
                Ok(())
            }
        }
    }

    /// Waits until `enough`, or until patience ends.
    fn wait(&self, enough: impl Fn(&Came) -> bool) -> bool {
        let waited = self.came.1.wait_timeout_while(lock(&self.came.0), PATIENCE, |came| !enough(came));
        waited.is_ok_and(|(_, outcome)| !outcome.timed_out())
    }

    /// Waits for `count` answers or the end.
    pub(super) fn wait_for_answers(&self, count: usize) {
        self.wait(|came| came.over || answers(&came.bytes).0.len() >= count);
    }

    /// Waits for the end of the connection; false if it does not come.
    pub(super) fn wait_for_end(&self) -> bool {
        self.wait(|came| came.over)
    }

    /// True if the gateway has reset the connection.
    pub(super) fn was_reset(&self) -> bool {
        lock(&self.came.0).reset
    }

    /// The whole answers so far, and how many bytes stand behind them.
    pub(super) fn answers(&self) -> (Vec<Answer>, usize) {
        let came = lock(&self.came.0);
        let (found, length) = answers(&came.bytes);
        (found, came.bytes.len() - length)
    }

    /// Sends a good request and waits for its answer: the status and how long it took, or none if none came.
    pub(super) fn ask(&mut self, host: &str, path: &str) -> Option<(u16, Duration)> {
        let before = self.answers().0.len();
        let started = Instant::now();
        let request = Step::Text(format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n"));
        step::send(&mut self.stream, &request).ok().filter(|sent| *sent)?;
        self.wait_for_answers(before + 1);
        let (found, _) = self.answers();
        found.get(before).map(|answer| (answer.status, started.elapsed()))
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        // Wakes the reading thread, wherever it waits.
        lock(&self.came.0).deaf = false;
        self.came.1.notify_all();
        self.stream.leave();
    }
}
