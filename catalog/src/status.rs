//! HTTP status codes, the vendors' own (481, 494, 499) included.

use std::fmt;
use std::num::NonZeroU16;

/// A three-digit HTTP status code (RFC 9110, section 15: 100 to 599).
///
/// The vendors use codes that no registry holds (481, 494, 499), so this is a number with a range, not a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Status(NonZeroU16);

impl Status {
    /// `None` outside of 100 to 599.
    pub const fn new(code: u16) -> Option<Self> {
        if code < 100 || code > 599 {
            return None;
        }
        match NonZeroU16::new(code) {
            Some(code) => Some(Self(code)),
            None => None,
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }

    /// True for 4xx and 5xx.
    pub const fn is_error(self) -> bool {
        self.get() >= 400
    }

    /// The reason phrase of the IANA registry, or the customary one of the unregistered codes.
    ///
    /// 481 is Tencent's own; no phrase of it is public, so it has none. 494 and 499 are nginx's.
    pub const fn reason(self) -> &'static str {
        match self.get() {
            200 => "OK",
            400 => "Bad Request",
            401 => "Unauthorized",
            403 => "Forbidden",
            404 => "Not Found",
            405 => "Method Not Allowed",
            408 => "Request Timeout",
            409 => "Conflict",
            413 => "Content Too Large",
            414 => "URI Too Long",
            415 => "Unsupported Media Type",
            417 => "Expectation Failed",
            426 => "Upgrade Required",
            429 => "Too Many Requests",
            431 => "Request Header Fields Too Large",
            494 => "Request Header Too Large",
            499 => "Client Closed Request",
            500 => "Internal Server Error",
            501 => "Not Implemented",
            502 => "Bad Gateway",
            503 => "Service Unavailable",
            504 => "Gateway Timeout",
            505 => "HTTP Version Not Supported",
            508 => "Loop Detected",
            _ => "",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl From<Status> for u16 {
    fn from(status: Status) -> Self {
        status.get()
    }
}
