//! Why a backend could not be called: told apart by type, never by the text of an error.

use std::error::Error;
use std::io;
use std::net::IpAddr;

use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{Response, StatusCode};
use hyper::body::Incoming;

/// Why a backend could not be called.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Its name has no address.
    #[error("the backend's name does not resolve")]
    Unresolved(#[source] Option<io::Error>),
    /// Its address may not be dialled.
    #[error("the backend's address {0} may not be dialled")]
    Denied(IpAddr),
    /// Nothing listens there.
    #[error("the backend refused the connection")]
    Refused,
    /// There is no way there.
    #[error("the backend cannot be reached")]
    Unreachable(#[source] io::Error),
    /// No connection in time.
    #[error("connecting to the backend took too long")]
    ConnectTimeout,
    /// No head of an answer in time.
    #[error("the backend took too long")]
    Timeout,
    /// It closed the connection before the head of an answer.
    #[error("the backend closed the connection")]
    Reset,
    /// What it sent is no answer.
    #[error("the backend's answer is broken: {0}")]
    BadResponse(BadResponse),
    /// We are at fault.
    #[error("the request could not be sent")]
    Internal(#[source] hyper::Error),
}

/// What is wrong with an answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BadResponse {
    /// It is not HTTP, or too large.
    #[error("it cannot be read")]
    Unreadable(#[source] hyper::Error),
    /// Its length is said twice.
    #[error("its framing is ambiguous")]
    Framing,
    /// It switches protocols, and nobody asked.
    #[error("an upgrade nobody asked for")]
    Upgrade,
}

impl Failure {
    /// Reads hyper's error: what it says of itself, then what lies below it.
    pub(super) fn of(error: hyper::Error) -> Self {
        if error.is_parse() {
            return Self::BadResponse(BadResponse::Unreadable(error));
        }
        if error.is_incomplete_message() || error.is_canceled() || error.is_closed() || error.is_body_write_aborted() {
            return Self::Reset;
        }
        let mut below = std::iter::successors(error.source(), |error| (*error).source());
        let was_io = below.any(<dyn Error>::is::<io::Error>);
        if was_io { Self::Reset } else { Self::Internal(error) }
    }

    /// Reads the error of a connection attempt.
    pub(super) fn of_connect(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Self::Reset,
            io::ErrorKind::TimedOut => Self::ConnectTimeout,
            _ => Self::Unreachable(error),
        }
    }
}

/// Refuses heads that hyper accepts and that cannot be relayed.
pub(super) fn check_head(response: &Response<Incoming>) -> Result<(), Failure> {
    let headers = response.headers();
    let bad = if response.status() == StatusCode::SWITCHING_PROTOCOLS {
        BadResponse::Upgrade
    } else if headers.contains_key(CONTENT_LENGTH) && headers.contains_key(TRANSFER_ENCODING)
        || headers.get_all(CONTENT_LENGTH).iter().count() > 1
    {
        BadResponse::Framing
    } else {
        return Ok(());
    };
    Err(Failure::BadResponse(bad))
}
