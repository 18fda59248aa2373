//! Handshakes that fail because somebody wants to see what comes of it. See [`crate::fault::handshake`].

use std::cell::Cell;

use super::alert::{Alert, alert, farewell};
use super::handshake::Reason;
use super::transport::Transport;
use crate::fault::handshake::{Cut, Fault};

/// Gives the connection of a client that asks for `name` back, perhaps late.
///
/// # Errors
/// The handshake is one that is to fail, and has: what it is to look like in the log. `is_injected` tells it from others.
pub(super) async fn meet<S: Transport>(
    fault: &Fault,
    name: Option<&str>,
    mut stream: S,
    is_injected: &Cell<bool>,
) -> Result<S, Reason> {
    if !fault.strikes(name) {
        return Ok(stream);
    }
    if !fault.delay.is_zero() {
        tokio::time::sleep(fault.delay).await;
    }
    is_injected.set(fault.cut.is_some());
    match fault.cut {
        None => Ok(stream),
        Some(Cut::Alert) => {
            farewell(&mut stream, &alert(Alert::HandshakeFailure)).await;
            Err(Reason::Refused)
        }
        Some(Cut::Close) => {
            farewell(&mut stream, b"").await;
            Err(Reason::Cut)
        }
        Some(Cut::Reset) => {
            stream.reset_when_dropped();
            Err(Reason::Cut)
        }
    }
}
