//! Last words to a client whose TLS handshake fails.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::transport::Transport;

/// Bytes read at a time.
const PIECE: usize = 4 << 10;

/// How long, and for how many bytes, a client is listened to after an alert: closing while bytes of it are unread would
/// reset the connection, and take the alert from it before it is read.
const FAREWELL: Duration = Duration::from_secs(1);
const FAREWELL_BYTES: usize = 1 << 20;

/// The alerts that are sent here and not by the library (RFC 8446, section 6.2).
#[derive(Debug, Clone, Copy)]
pub(super) enum Alert {
    HandshakeFailure = 40,
    DecodeError = 50,
    ProtocolVersion = 70,
    InternalError = 80,
}

/// A fatal alert in a record, as a client reads it before a version was agreed upon.
pub(super) fn alert(alert: Alert) -> [u8; 7] {
    [21, 3, 1, 0, 2, 2, alert as u8]
}

/// Sends the last bytes, and sees to it that they are read.
pub(super) async fn farewell<S: Transport>(stream: &mut S, bytes: &[u8]) {
    let said = async {
        stream.write_all(bytes).await?;
        stream.shutdown().await?;
        let (mut left, mut piece) = (FAREWELL_BYTES, [0; PIECE]);
        while left > 0 {
            match stream.read(&mut piece).await? {
                0 => break,
                count => left = left.saturating_sub(count),
            }
        }
        Ok::<_, io::Error>(())
    };
    // Whoever does not listen need not be told.
    let _ = timeout(FAREWELL, said).await;
}
