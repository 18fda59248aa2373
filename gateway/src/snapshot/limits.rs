//! Bounds on connections and requests.

use std::time::Duration;

use crate::screen::Bounds;
use crate::server::PARSER_URI;

/// Bounds on connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Opening to the end of the TLS handshake.
    pub handshake_timeout: Duration,
    /// Opening to first byte.
    pub first_byte_timeout: Duration,
    /// First byte of a head to its last.
    pub header_timeout: Duration,
    /// An answer to the next request.
    pub idle_timeout: Duration,
    /// Between two pieces of a body.
    pub body_timeout: Duration,
    /// Bytes a second that a client sends of a body at least, as long as it is waited for.
    pub body_rate: u64,
    /// While the client takes no byte.
    pub write_timeout: Duration,
    /// Calls at a time of one HTTP/2 connection.
    pub streams: u32,
    /// By how many calls those of an HTTP/2 connection that the client gave up may outnumber those that were answered.
    pub abandoned_streams: usize,
    /// How long an HTTP/2 client may be silent before it is asked whether it is there.
    pub ping_interval: Duration,
    /// How long it has for its answer.
    pub ping_timeout: Duration,
    /// Open connections of the process.
    pub connections: usize,
    /// Calls at a time in the process.
    pub requests: usize,
    /// Bytes of bodies that all calls of the process hold together, because a check has to see them whole.
    pub buffered: usize,
    /// SIGTERM to the end.
    pub grace: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            handshake_timeout: Duration::from_secs(10),
            first_byte_timeout: Duration::from_secs(10),
            header_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_secs(75),
            body_timeout: Duration::from_secs(30),
            body_rate: 256,
            write_timeout: Duration::from_secs(30),
            streams: 128,
            abandoned_streams: 100,
            ping_interval: Duration::from_secs(30),
            ping_timeout: Duration::from_secs(20),
            connections: 10_000,
            requests: 5_000,
            buffered: 256 << 20,
            grace: Duration::from_secs(30),
        }
    }
}

/// Bounds on one request. The defaults are Huawei's published ones, the widest of the three vendors' but for bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestLimits {
    /// Request target, bytes.
    pub uri: u64,
    /// One field, bytes of name and value.
    pub header: u64,
    /// All fields, bytes of names and values.
    pub headers: u64,
    /// Number of fields.
    pub header_count: u64,
    /// Body, bytes.
    pub body: u64,
}

impl Default for RequestLimits {
    fn default() -> Self {
        Self { uri: 32 << 10, header: 32 << 10, headers: 128 << 10, header_count: 100, body: 12 << 20 }
    }
}

/// How much longer than the bound a target may be and still be read on, bytes.
const BEYOND: u64 = 16 << 10;

impl RequestLimits {
    /// What of them concerns heads, widened by those of `others`: what passes these reaches the host's own checks, and
    /// is refused in its dialect. So that a target that is too long does not hide the host behind it, the bound on
    /// targets is wider still.
    pub fn widest<'a>(&self, others: impl Iterator<Item = &'a Self>) -> Bounds {
        let widest = others.fold(*self, |wide, other| Self {
            uri: wide.uri.max(other.uri),
            header: wide.header.max(other.header),
            headers: wide.headers.max(other.headers),
            header_count: wide.header_count.max(other.header_count),
            body: wide.body,
        });
        let count = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
        Bounds {
            uri: count((widest.uri + BEYOND).min(PARSER_URI)),
            header: count(widest.header),
            headers: count(widest.headers),
            header_count: count(widest.header_count),
        }
    }
}
