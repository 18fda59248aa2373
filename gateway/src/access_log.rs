//! The access log: one JSON line per call, whatever became of it.
//!
//! Lines are gathered per thread and written by one thread of their own, so that a slow disk or an unread pipe costs
//! lines and never calls. What a line may hold is bounded and escaped; queries, credentials and header values other
//! than `Host` never appear.

mod line;

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use apigw_errors::{CodeRow, ConditionId};
use http::request::Parts;
use http::{Method, Uri};
use line::{Calendar, Line};

use crate::body::Fate;
use crate::client_address::Peer;
use crate::dialect::Voice;
use crate::metrics::Outcome;
use crate::pipeline::Connection;
use crate::request_id::RequestId;
use crate::server::Handle;
use crate::snapshot::{Host, LogTarget, Route};
use crate::trace::Trace;

/// A thread's lines go out when there are so many bytes of them, or at the next tick.
const BATCH: usize = 16 << 10;

/// Batches that may wait for the writer.
const QUEUE: usize = 256;

/// Longest text of one member.
const LONGEST: usize = 1024;

/// The thread that writes.
#[derive(Debug)]
pub(crate) struct LogWriter {
    sender: SyncSender<Vec<u8>>,
    lost: Lost,
    thread: JoinHandle<()>,
}

/// Lines that were dropped.
pub(crate) type Lost = Arc<AtomicU64>;

impl LogWriter {
    /// Opens the log; `None` if it is off.
    ///
    /// # Errors
    /// The file cannot be opened, or there is no thread.
    pub(crate) fn start(target: &LogTarget) -> io::Result<Option<Self>> {
        let mut out: Box<dyn Write + Send> = match target {
            LogTarget::Off => return Ok(None),
            LogTarget::Stdout => Box::new(io::stdout()),
            LogTarget::Stderr => Box::new(io::stderr()),
            LogTarget::File(path) => Box::<File>::new(OpenOptions::new().create(true).append(true).open(path)?),
        };
        let (sender, batches): (_, Receiver<Vec<u8>>) = sync_channel(QUEUE);
        let lost = Lost::default();
        let unwritten = Arc::clone(&lost);
        let thread = std::thread::Builder::new().name("access-log".to_owned()).spawn(move || {
            let mut failing = false;
            for batch in batches {
                let written = out.write_all(&batch).and_then(|()| out.flush());
                // Said once per outage: the log of a full disk does not fill another.
                if let (Err(error), false) = (&written, failing) {
                    tracing::error!(%error, "the access log cannot be written");
                }
                if written.is_err() {
                    unwritten.fetch_add(lines(&batch), Ordering::Relaxed);
                }
                failing = written.is_err();
            }
        })?;
        Ok(Some(Self { sender, lost, thread }))
    }

    /// How many lines were dropped so far.
    pub(crate) fn lost(&self) -> Lost {
        Arc::clone(&self.lost)
    }

    /// What a thread needs to write to the log.
    pub(crate) fn clone_end(&self) -> LogEnd {
        LogEnd { sender: self.sender.clone(), lost: Arc::clone(&self.lost) }
    }

    /// Writes what is left, once all ends are gone.
    pub(crate) fn finish(self) {
        drop(self.sender);
        let lost = self.lost.load(Ordering::Relaxed);
        if lost > 0 {
            tracing::warn!(lost, "lines of the access log were dropped because nobody took them");
        }
        // A panic of the writer has been reported by the panic hook.
        let _ = self.thread.join();
    }
}

/// A thread's way to the writer.
#[derive(Debug)]
pub(crate) struct LogEnd {
    sender: SyncSender<Vec<u8>>,
    lost: Lost,
}

/// How many lines a batch holds.
fn lines(batch: &[u8]) -> u64 {
    u64::try_from(batch.split(|byte| *byte == b'\n').count().saturating_sub(1)).unwrap_or(u64::MAX)
}

/// One thread's lines.
#[derive(Debug)]
pub(crate) struct Log {
    out: Option<LogEnd>,
    lines: RefCell<Vec<u8>>,
    calendar: Calendar,
}

impl Log {
    /// A log that goes to `out`, or nowhere.
    pub(crate) fn new(out: Option<LogEnd>) -> Self {
        Self { out, lines: RefCell::default(), calendar: Calendar::default() }
    }

    /// Hands the lines gathered so far to the writer. To be called every now and then, and at the end.
    pub(crate) fn flush(&self) {
        let Some(out) = &self.out else { return };
        if self.lines.borrow().is_empty() {
            return;
        }
        let batch = self.lines.replace(Vec::with_capacity(BATCH + LONGEST));
        if let Err(TrySendError::Full(batch) | TrySendError::Disconnected(batch)) = out.sender.try_send(batch) {
            out.lost.fetch_add(lines(&batch), Ordering::Relaxed);
        }
    }
}

/// What one call's line says. It is written when this is dropped: after the last byte, or when the client went.
#[derive(Debug)]
pub(crate) struct Record {
    log: Rc<Log>,
    started: Instant,
    connection: Rc<Connection>,
    client: Option<IpAddr>,
    request_id: RequestId,
    voice: Voice,
    snapshot: Handle,
    host: Named,
    route: Option<usize>,
    /// What was asked for; nothing, where the connection came to no request.
    asked: Option<(Method, Uri)>,
    status: Option<u16>,
    condition: Option<&'static str>,
    code: Option<&'static CodeRow>,
    upstream: Option<Duration>,
    fate: Option<Rc<Fate>>,
    sent: u64,
    complete: bool,
    injected: bool,
    trace: Option<Trace>,
}

/// Which host a call is to.
#[derive(Debug)]
enum Named {
    No,
    Unknown(Box<str>),
    Known(usize),
}

impl Record {
    /// The record of a call that begins; or, if nothing was `asked`, of a connection that comes to none.
    pub(crate) fn new(
        log: Rc<Log>,
        snapshot: Handle,
        started: Instant,
        (connection, client): (Rc<Connection>, Option<IpAddr>),
        request_id: RequestId,
        voice: Voice,
        asked: Option<&Parts>,
    ) -> Self {
        snapshot.cells().counters().begin();
        Self {
            log,
            started,
            connection,
            client,
            request_id,
            voice,
            snapshot,
            host: Named::No,
            route: None,
            asked: asked.map(|parts| (parts.method.clone(), parts.uri.clone())),
            status: None,
            condition: None,
            code: None,
            upstream: None,
            fate: None,
            sent: 0,
            complete: false,
            injected: false,
            trace: None,
        }
    }

    /// The call is to this host.
    pub(crate) fn host(&mut self, host: &Host) {
        self.host = Named::Known(host.number);
    }

    /// The call is to a host of this name, which is none of ours.
    pub(crate) fn stranger(&mut self, name: &str) {
        self.host = Named::Unknown(bounded(name).into());
    }

    /// The call is of this route.
    pub(crate) fn route(&mut self, route: &Route) {
        self.route = Some(route.number);
    }

    /// How the client's body fares, if there is one.
    pub(crate) fn body(&mut self, fate: Option<Rc<Fate>>) {
        self.fate = fate;
    }

    /// An answer goes out.
    pub(crate) fn answered(&mut self, status: u16, upstream: Option<Duration>) {
        self.status = Some(status);
        self.upstream = upstream;
    }

    /// The answer is a refusal.
    pub(crate) fn refused(&mut self, condition: &'static str, code: Option<&'static CodeRow>) {
        self.condition = Some(condition);
        self.code = code;
    }

    /// So many bytes of the answer's body went out.
    pub(crate) fn sent(&mut self, bytes: usize) {
        self.sent = self.sent.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }

    /// The error is one that was wanted.
    pub(crate) fn injected(&mut self) {
        self.injected = true;
    }

    /// The call is part of this trace.
    pub(crate) fn trace(&mut self, trace: Option<Trace>) {
        self.trace = trace;
    }

    /// The answer went out to its end.
    pub(crate) fn complete(&mut self) {
        self.complete = true;
    }

    /// The client went before there was an answer: what the vendor's own log would show.
    fn abandoned(&mut self) {
        let condition = crate::check::client::closed();
        let row = ConditionId::ConnectionClientClosed.row();
        self.condition = Some(row.id);
        let said = self.voice.dialect.map(|dialect| {
            let saying = dialect.say(&condition);
            (saying.status().map(apigw_errors::Status::get), saying.code())
        });
        let (status, code) = said.unwrap_or((row.status.map(apigw_errors::Status::get), None));
        self.status = status.or(row.status.map(apigw_errors::Status::get));
        self.code = code;
    }

    /// Counts the call where its thread counts.
    fn count(&self, now: Instant) {
        let cells = self.snapshot.cells();
        if self.asked.is_some() {
            cells.count(&Outcome {
                listener: self.connection.listener,
                host: if let Named::Known(number) = self.host { Some(number) } else { None },
                route: self.route,
                status: self.status.unwrap_or(0),
                took: now.saturating_duration_since(self.started),
                upstream: self.upstream,
            });
        }
        let counters = cells.counters();
        if let Some(condition) = self.condition {
            counters.raised(self.code, condition, now);
        }
        counters.end();
    }

    /// Whom the call comes from, with the port where that is the connection's other end; and that end, where it is
    /// somebody else.
    fn from(&self, line: &mut Line<'_>) {
        let Connection { socket, peer, .. } = &*self.connection;
        let is_peer = self.client == peer.ip();
        match self.client {
            Some(_) if is_peer => line.peer("client", *peer),
            Some(ip) => line.displayed("client", ip),
            None => line.text("client", None),
        }
        if !is_peer || socket != peer || *socket == Peer::Unix {
            line.peer("peer", *socket);
        }
    }

    fn line(&self, now: Instant, out: &mut Vec<u8>) {
        let mut line = Line::begin(out);
        line.time("time", &self.log.calendar);
        line.text("request_id", Some(self.request_id.as_str()));
        self.from(&mut line);
        let (host, name) = match &self.host {
            Named::No => (None, None),
            Named::Unknown(name) => (None, Some(&**name)),
            Named::Known(number) => {
                let host = self.snapshot.hosts.get(*number);
                (host, host.map(|host| &*host.name))
            }
        };
        let route = self.route.and_then(|number| host?.routes.get(number));
        line.text("host", name);
        line.text("route", route.map(|route| &*route.id));
        line.text("method", self.asked.as_ref().map(|(method, _)| bounded(method.as_str())));
        line.text("path", self.asked.as_ref().map(|(_, uri)| bounded(uri.path())));
        line.number("status", self.status.map(u64::from));
        match self.code {
            Some(code) => line.displayed("code", code),
            None => line.text("code", None),
        }
        line.text("condition", self.condition);
        line.milliseconds("upstream_ms", self.upstream);
        line.milliseconds("duration_ms", Some(now.saturating_duration_since(self.started)));
        line.number("bytes_in", Some(self.fate.as_ref().map_or(0, |fate| fate.bytes())));
        line.number("bytes_out", Some(self.sent));
        line.truth("complete", self.complete);
        if self.injected {
            line.truth("injected", true);
        }
        if let Some(trace) = &self.trace {
            line.text("trace_id", Some(&trace.trace_id()));
            line.text("span_id", Some(&trace.span_id()));
        }
        line.end();
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if self.status.is_none() && self.asked.is_some() {
            self.abandoned();
        }
        let now = Instant::now();
        self.count(now);
        if self.log.out.is_none() {
            return;
        }
        // Nothing below borrows the buffer again.
        let mut lines = self.log.lines.borrow_mut();
        self.line(now, &mut lines);
        let full = lines.len() >= BATCH;
        drop(lines);
        if full {
            self.log.flush();
        }
    }
}

fn bounded(value: &str) -> &str {
    // A character is at most four bytes long, so one of these cuts is at a border.
    let cut = |end: usize| value.get(..end);
    if value.len() <= LONGEST { value } else { (LONGEST - 3..=LONGEST).rev().find_map(cut).unwrap_or_default() }
}
