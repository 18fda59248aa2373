//! Backends: the one that watches, and scripted ones.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::file::{Backend, Reads};
use super::step::{self, Deed, Step};
use crate::conformance::Failure;

/// The path of the bystander's requests, which are not part of any row.
pub(super) const BYSTANDER: &str = "/bystander";

/// How long a request may be on its way before it counts as what it is then.
const SETTLE: Duration = Duration::from_secs(20);

/// A request that reached a backend.
#[derive(Debug, Clone, Default)]
pub(super) struct Reached {
    pub(super) bytes: Vec<u8>,
    /// It came to its end.
    pub(super) whole: bool,
    /// Nothing more of it can come.
    over: bool,
}

/// The watching backend.
#[derive(Debug, Clone)]
pub(super) struct Watch {
    pub(super) address: SocketAddr,
    seen: Arc<Mutex<Vec<Reached>>>,
}

impl Watch {
    /// Starts it. Its threads end with the process.
    pub(super) fn start() -> Result<Self, Failure> {
        let seen: Arc<Mutex<Vec<Reached>>> = Arc::default();
        let record = Arc::clone(&seen);
        let address = listen(move |stream| watch(stream, &record))?;
        Ok(Self { address, seen })
    }

    /// How many requests have reached it.
    pub(super) fn mark(&self) -> usize {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The requests since a mark, once none of them is on its way any longer.
    pub(super) fn since(&self, mark: usize) -> Vec<Reached> {
        let deadline = Instant::now() + SETTLE;
        loop {
            let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            let since: Vec<Reached> = seen.get(mark..).unwrap_or_default().to_vec();
            drop(seen);
            if since.iter().all(|one| one.whole || one.over) || Instant::now() > deadline {
                let is_bystander = |one: &Reached| one.bytes.starts_with(format!("GET {BYSTANDER} ").as_bytes());
                return since.into_iter().filter(|one| !is_bystander(one)).collect();
            }
            thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Starts a scripted backend.
pub(super) fn scripted(script: Backend) -> Result<SocketAddr, Failure> {
    listen(move |stream| play(stream, &script))
}

fn listen(serve: impl Fn(TcpStream) + Send + Sync + 'static) -> Result<SocketAddr, Failure> {
    let failed = || Failure::io("starting a backend");
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed())?;
    let address = listener.local_addr().map_err(failed())?;
    let serve = Arc::new(serve);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let serve = Arc::clone(&serve);
            thread::spawn(move || serve(stream));
        }
    });
    Ok(address)
}

/// Reads requests, notes each from its first byte on, and answers those that come whole.
fn watch(mut stream: TcpStream, seen: &Mutex<Vec<Reached>>) {
    let mut rest = Vec::new();
    loop {
        if rest.is_empty() && !more(&mut stream, &mut rest) {
            return;
        }
        let number = {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.push(Reached::default());
            seen.len() - 1
        };
        let note = |bytes: &[u8], whole: bool, over: bool| {
            let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(one) = seen.get_mut(number) {
                *one = Reached { bytes: bytes.to_vec(), whole, over };
            }
        };
        let length = loop {
            note(&rest, false, false);
            if let Some(length) = request_length(&rest) {
                break length;
            }
            if !more(&mut stream, &mut rest) {
                note(&rest, false, true);
                return;
            }
        };
        let request: Vec<u8> = rest.drain(..length).collect();
        note(&request, true, true);
        let body = if request.starts_with(b"HEAD ") { "" } else { "ok" };
        let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{body}");
        if stream.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

fn more(stream: &mut TcpStream, into: &mut Vec<u8>) -> bool {
    let mut piece = [0; 16 << 10];
    match stream.read(&mut piece) {
        Ok(count @ 1..) => {
            into.extend_from_slice(piece.get(..count).unwrap_or_default());
            true
        }
        _ => false,
    }
}

/// How long the request at the start of `bytes` is, if all of it is there.
fn request_length(bytes: &[u8]) -> Option<usize> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(bytes.get(..end)?).to_ascii_lowercase();
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
    if field("transfer-encoding:").is_some() {
        let mut at = end;
        loop {
            let line = bytes.get(at..)?.windows(2).position(|two| two == b"\r\n")?;
            let size = std::str::from_utf8(bytes.get(at..at + line)?).ok()?;
            let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
            at += line + 2;
            if size == 0 {
                let trailers = bytes.get(at - 2..)?.windows(4).position(|four| four == b"\r\n\r\n")?;
                return Some(at - 2 + trailers + 4);
            }
            at += size + 2;
        }
    }
    let length: usize = field("content-length:").map_or(Some(0), |text| text.parse().ok())?;
    bytes.get(..end + length).map(|_| end + length)
}

/// Plays a script for every request, until a step ends the connection.
fn play(mut stream: TcpStream, script: &Backend) {
    let mut rest = Vec::new();
    loop {
        loop {
            let ready = match script.reads {
                Reads::Nothing => Some(0),
                Reads::Head => rest.windows(4).position(|four: &[u8]| four == b"\r\n\r\n").map(|at| at + 4),
                Reads::Request => request_length(&rest),
            };
            if let Some(length) = ready {
                rest.drain(..length);
                break;
            }
            if !more(&mut stream, &mut rest) {
                return;
            }
        }
        for one in &script.answer {
            match one {
                Step::Do { deed: Deed::Close } => return,
                Step::Do { deed: Deed::Reset } => return step::reset(&stream),
                Step::Do { deed: Deed::HalfClose } => {
                    let _ = stream.shutdown(Shutdown::Write);
                }
                Step::Do { .. } => while more(&mut stream, &mut rest) {},
                sending => match step::send(&mut stream, sending) {
                    Ok(true) => {}
                    Ok(false) | Err(_) => return,
                },
            }
        }
        if script.reads == Reads::Nothing {
            while more(&mut stream, &mut rest) {}
            return;
        }
    }
}
