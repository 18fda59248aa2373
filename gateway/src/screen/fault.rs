//! What can be wrong with a message, and what is known of it then.

use http::{HeaderValue, Method, Uri};

/// What is wrong with a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not HTTP/1.0 or HTTP/1.1, or its framing is in doubt.
    Malformed,
    /// It begins as a TLS hello does.
    Hello,
    /// A header field or trailer does not have the grammar of one.
    Field,
    /// It has several `Host` fields.
    Host,
    /// Its transfer coding is not `chunked`.
    Coding,
    /// It wants a tunnel.
    Method,
    /// Its target is longer than the bound.
    LongTarget,
    /// One of its fields is longer, all of them are, or there are more of them than the bound.
    LargeFields,
    /// Its head did not come in time.
    Late,
    /// Its body ends before its end.
    Cut,
}

/// A message that was refused before the parser saw it: what of it could be read.
#[derive(Debug, Clone)]
pub struct Refusal {
    /// What is wrong.
    pub fault: Fault,
    /// Which of the connection's messages it is; the first is 0.
    pub number: u64,
    /// Its method.
    pub method: Option<Method>,
    /// Its target.
    pub target: Option<Uri>,
    /// Its (first) host.
    pub host: Option<HeaderValue>,
}
