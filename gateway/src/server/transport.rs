//! What carries a client's connection: what the engine asks of it beside reading and writing.

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::server::TlsStream;

use crate::tls::{HTTP_2, Protection, Session};

/// A stream of bytes to and from a client. Connections are served by code made for each kind of it, so the plain kind
/// pays nothing for the others.
pub(super) trait Transport: AsyncRead + AsyncWrite + Unpin + 'static {
    /// Has every write go out at once. Answers are written whole; waiting to fill a packet only delays them.
    fn send_promptly(&self);

    /// Has the other end see a reset once this is dropped.
    fn reset_when_dropped(&self);

    /// How it is protected.
    fn protection(&self) -> Protection {
        Protection::None
    }

    /// True if both ends have agreed on HTTP/2.
    fn is_http2(&self) -> bool {
        false
    }
}

// Where the system refuses one of these options, answers are just slower, or connections end as usual.
impl Transport for TcpStream {
    fn send_promptly(&self) {
        let _ = self.set_nodelay(true);
    }

    fn reset_when_dropped(&self) {
        let _ = self.set_zero_linger();
    }
}

// On one machine nothing waits to be sent, and there are no resets.
impl Transport for UnixStream {
    fn send_promptly(&self) {}

    fn reset_when_dropped(&self) {}
}

impl<S: Transport> Transport for TlsStream<S> {
    fn send_promptly(&self) {
        self.get_ref().0.send_promptly();
    }

    fn reset_when_dropped(&self) {
        self.get_ref().0.reset_when_dropped();
    }

    fn protection(&self) -> Protection {
        Protection::Tls(Session::new(self.get_ref().1.peer_certificates()))
    }

    fn is_http2(&self) -> bool {
        self.get_ref().1.alpn_protocol() == Some(HTTP_2)
    }
}
