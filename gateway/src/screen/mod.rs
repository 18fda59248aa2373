//! The screen under the HTTP/1 parser: which of a client's bytes may reach it.
//!
//! hyper answers by itself, with an empty body, what it cannot parse, and lets through much that a gateway must not.
//! So every byte passes here first. Heads are held back until they are whole and good; bodies are only followed, to
//! know where the next head begins. After a fault nothing more of the connection is looked at: what to do about it,
//! and in whose voice, is for others to say.
//!
//! This part knows bytes and bounds. It knows no socket, no time, no vendor. A head is scanned once and in place:
//! nothing is copied or allocated on the way of a good message.

mod chunks;
mod fault;
mod head;
mod scan;

pub use fault::{Fault, Refusal};

use chunks::Chunks;
use head::{Framing, Head};

/// Bounds on a head. Hosts may have tighter ones; these are the widest of all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bounds {
    /// Request target, bytes.
    pub uri: usize,
    /// One field, bytes of name and value.
    pub header: usize,
    /// All fields, bytes of names and values.
    pub headers: usize,
    /// Number of fields.
    pub header_count: usize,
}

/// What becomes of bytes that were shown to the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Screened {
    /// So many of them, from the first on, may go to the parser. The rest is to be kept, and shown again with what
    /// comes behind it, unless `then` says otherwise.
    pub pass: usize,
    /// What about the rest.
    pub then: Then,
}

/// See [`Screened::then`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// More bytes have to come.
    More,
    /// The message before them asked for another protocol: they cannot be judged until the answer is known; see
    /// [`Screen::carry_on`] and [`Screen::open`].
    Wait,
    /// The message that begins with them is at fault. They, and all that follow, are to be dropped.
    Refuse(Fault),
    /// The body that they belong to is broken. They, and all that follow, are to be dropped.
    Break(Fault),
}

/// The screen of one connection.
#[derive(Debug)]
pub struct Screen {
    bounds: Bounds,
    place: Place,
    head: Head,
    messages: u64,
}

/// Where in the stream of messages the next byte belongs.
#[derive(Debug)]
enum Place {
    Head,
    Length(u64),
    Chunks(Chunks),
    /// Behind a head that asked for another protocol.
    Asked,
    /// In another protocol.
    Open,
    /// Behind a fault.
    Shut,
}

impl Screen {
    /// A screen for a new connection.
    pub fn new(bounds: Bounds) -> Self {
        Self { bounds, place: Place::Head, head: Head::default(), messages: 0 }
    }

    /// How many heads were let through.
    pub fn messages(&self) -> u64 {
        self.messages
    }

    /// True between two messages: the bytes kept, if there are any, begin a head.
    pub fn is_between(&self) -> bool {
        matches!(self.place, Place::Head | Place::Asked)
    }

    /// True within a body.
    pub fn is_in_body(&self) -> bool {
        matches!(self.place, Place::Length(_) | Place::Chunks(_))
    }

    /// True if more of a head was kept than line ends in front of it.
    pub fn has_begun(&self) -> bool {
        matches!(self.place, Place::Head) && self.head.has_begun()
    }

    /// The other protocol was refused: what follows is the next request.
    pub fn carry_on(&mut self) {
        if matches!(self.place, Place::Asked) {
            self.place = Place::Head;
        }
    }

    /// The other protocol was agreed upon: what follows is not HTTP.
    pub fn open(&mut self) {
        self.place = Place::Open;
    }

    /// Nothing of this connection is looked at any more.
    pub fn shut(&mut self) {
        self.place = Place::Shut;
    }

    /// What can be said of the head that `bytes`, kept so far, begin.
    pub fn refusal(&self, bytes: &[u8], fault: Fault) -> Refusal {
        self.head.refusal(bytes, fault, self.messages)
    }

    /// Judges `bytes`: those kept from last time, and new ones behind them.
    pub fn screen(&mut self, bytes: &[u8]) -> Screened {
        let mut pass = 0;
        loop {
            let rest = bytes.get(pass..).unwrap_or_default();
            let then = match &mut self.place {
                Place::Head => match self.head.advance(rest, &self.bounds) {
                    Ok(None) => Then::More,
                    Ok(Some((length, framing))) => {
                        pass += length;
                        self.messages += 1;
                        self.head = Head::default();
                        self.place = match framing {
                            Framing::None => Place::Head,
                            Framing::Length(length) => Place::Length(length),
                            Framing::Chunks => Place::Chunks(Chunks::new(&self.bounds)),
                            Framing::Asks => Place::Asked,
                        };
                        if pass < bytes.len() {
                            continue;
                        }
                        Then::More
                    }
                    Err(fault) => Then::Refuse(fault),
                },
                Place::Length(left) => {
                    let here = usize::try_from(*left).unwrap_or(usize::MAX).min(rest.len());
                    *left -= u64::try_from(here).unwrap_or(*left);
                    pass += here;
                    if *left == 0 {
                        self.place = Place::Head;
                        if pass < bytes.len() {
                            continue;
                        }
                    }
                    Then::More
                }
                Place::Chunks(chunks) => match chunks.advance(rest) {
                    Ok((used, over)) => {
                        pass += used;
                        if over {
                            self.place = Place::Head;
                            if pass < bytes.len() {
                                continue;
                            }
                        }
                        Then::More
                    }
                    Err((used, fault)) => {
                        pass += used;
                        self.place = Place::Shut;
                        Then::Break(fault)
                    }
                },
                Place::Asked => Then::Wait,
                Place::Open => {
                    pass = bytes.len();
                    Then::More
                }
                Place::Shut => Then::Break(Fault::Malformed),
            };
            return Screened { pass, then };
        }
    }
}

#[cfg(test)]
mod tests;
