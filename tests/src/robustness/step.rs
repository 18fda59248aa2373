//! What a client or a scripted backend does with its connection.

use std::io::{self, Write};
use std::net::TcpStream;
use std::thread::sleep;
use std::time::Duration;

use serde::{Deserialize, Deserializer};
use socket2::SockRef;

use crate::conformance::Failure;

/// Most bytes of something endless.
const ENDLESS: usize = 64 << 20;

/// Repetitions go out in pieces of about this size.
const PIECE: usize = 32 << 10;

/// One step; see the parent module.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(super) enum Step {
    Text(String),
    Do {
        #[serde(rename = "do")]
        deed: Deed,
    },
    Pause {
        pause: Time,
    },
    Repeat {
        repeat: String,
        times: usize,
    },
    Endless {
        endless: String,
    },
    Drip {
        drip: String,
        every: Time,
    },
    Read {
        read: usize,
    },
}

/// A step that is a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Deed {
    HalfClose,
    Close,
    Reset,
    Deaf,
    Listen,
    Wait,
}

/// `20ms`, `2s`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time(pub(super) Duration);

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (digits, scale) = match text.strip_suffix("ms") {
            Some(digits) => (digits, 1),
            None => (text.strip_suffix('s').unwrap_or(""), 1000),
        };
        let number: u64 =
            digits.parse().map_err(|_| serde::de::Error::custom(format!("`{text}` is no time: write 20ms or 2s")))?;
        Ok(Self(Duration::from_millis(number * scale)))
    }
}

/// The bytes that a text stands for.
pub(super) fn bytes(text: &str) -> Result<Vec<u8>, Failure> {
    let byte = |character: char| {
        u8::try_from(u32::from(character))
            .map_err(|_| Failure::Answer(format!("`{character}` is no byte: write the bytes of its UTF-8 form")))
    };
    text.chars().map(byte).collect()
}

/// Sends what a step sends. False once the other side takes nothing more.
pub(super) fn send(stream: &mut impl Write, step: &Step) -> Result<bool, Failure> {
    let sent = match step {
        Step::Text(text) => stream.write_all(&bytes(text)?),
        Step::Repeat { repeat, times } => {
            let one = bytes(repeat)?;
            let piece = (PIECE / one.len().max(1)).clamp(1, (*times).max(1));
            let (whole, rest) = (times / piece, times % piece);
            let large = one.repeat(piece);
            (0..whole).try_for_each(|_| stream.write_all(&large)).and_then(|()| stream.write_all(&one.repeat(rest)))
        }
        Step::Endless { endless } => {
            let one = bytes(endless)?;
            let large = one.repeat((PIECE / one.len().max(1)).max(1));
            (0..ENDLESS / large.len().max(1)).try_for_each(|_| stream.write_all(&large))
        }
        Step::Drip { drip, every } => bytes(drip)?.iter().try_for_each(|byte| {
            sleep(every.0);
            stream.write_all(&[*byte])
        }),
        Step::Pause { pause } => {
            sleep(pause.0);
            Ok(())
        }
        Step::Do { .. } | Step::Read { .. } => Ok(()),
    };
    match sent {
        Ok(()) => Ok(true),
        Err(error) if is_end(&error) => Ok(false),
        Err(error) => Err(Failure::io("sending")(error)),
    }
}

/// True if the other side ended the connection, or has taken nothing for so long that it might as well.
pub(super) fn is_end(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, TimedOut, WouldBlock};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | TimedOut | WouldBlock)
}

/// Makes closing the stream reset the connection.
pub(super) fn reset(stream: &TcpStream) {
    // Without it the stream just closes, which the expectation will notice.
    let _ = SockRef::from(stream).set_linger(Some(Duration::ZERO));
}
