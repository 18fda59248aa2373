//! What of a client's bytes the HTTP/2 library gets to see.
//!
//! It answers a head that is too large by itself, with an empty body, and ends the connection of one that comes in too many
//! pieces; either way it tells nobody. So a head that takes more than one frame is held here until it is whole. Where it is
//! too large a bare request stands in its place, which is refused as any other, and the connection ends: its fields were not
//! read, and without them nothing that comes later could be (HPACK). What belongs to streams opened before goes on.

use super::frames::{Frame, HEAD, Kind, LONGEST, PREFACE, bare_request, end_of_stream};

/// What a client is in the middle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// The preface.
    Preface,
    /// The fields of a request, or its trailers.
    Head,
    /// Nothing, or a frame that keeps nobody waiting.
    Other,
}

/// See the module.
#[derive(Debug)]
pub(super) struct Screen {
    /// Bytes of the preface to come.
    preface: usize,
    /// Bytes of a frame's content to come, and what becomes of them.
    left: usize,
    passes: bool,
    in_head: bool,
    /// Most bytes of the frames of a head.
    most: usize,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// All is well.
    Open,
    /// What is held begins with a head that takes more than one frame.
    Held,
    /// What stands there is no HTTP/2; the library says so.
    Broken,
    /// The head of this stream was too large.
    Refused(u32),
}

/// How far a head has come that takes several frames.
enum Head {
    Partial,
    Whole(usize),
    Broken,
    TooLarge(u32),
}

impl Screen {
    /// At the start of a connection. A head may take so many bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { preface: PREFACE, left: 0, passes: true, in_head: false, most, state: State::Open }
    }

    /// What the client is in the middle of.
    pub(super) fn within(&self) -> Within {
        match self.state {
            _ if self.preface > 0 => Within::Preface,
            State::Held => Within::Head,
            State::Open | State::Broken if self.in_head && self.left > 0 => Within::Head,
            State::Open | State::Broken | State::Refused(_) => Within::Other,
        }
    }

    /// How many of these bytes pass as they are. The others are to be held, and shown to [`sift`](Self::sift) with those
    /// that come after them.
    pub(super) fn pass(&mut self, bytes: &[u8]) -> usize {
        match self.state {
            State::Open => {}
            State::Broken => return bytes.len(),
            State::Held | State::Refused(_) => return 0,
        }
        let mut at = self.preface.min(bytes.len());
        self.preface -= at;
        loop {
            let here = self.left.min(bytes.len() - at);
            self.left -= here;
            at += here;
            let rest = bytes.get(at..).unwrap_or_default();
            let Some(frame) = Frame::read(rest).filter(|_| self.preface == 0 && self.left == 0) else {
                return at;
            };
            if frame.kind == Kind::Headers && !frame.ends_head() {
                self.state = State::Held;
                return at;
            }
            self.in_head = frame.is_of_a_head();
            self.left = frame.length;
            at += HEAD;
        }
    }

    /// Moves what may pass from `held` to `into`. True if a head was refused, for which a bare request passes.
    pub(super) fn sift(&mut self, held: &mut Vec<u8>, into: &mut Vec<u8>) -> bool {
        let mut refused = false;
        loop {
            let count = match self.state {
                State::Open | State::Broken => {
                    let count = self.pass(held);
                    into.extend_from_slice(held.get(..count).unwrap_or_default());
                    count
                }
                State::Held => match self.head(held) {
                    Head::Partial => return refused,
                    Head::Whole(length) => {
                        self.state = State::Open;
                        into.extend_from_slice(held.get(..length).unwrap_or_default());
                        length
                    }
                    Head::Broken => {
                        self.state = State::Broken;
                        continue;
                    }
                    Head::TooLarge(stream) => {
                        self.state = State::Refused(stream);
                        into.extend(bare_request(stream));
                        refused = true;
                        continue;
                    }
                },
                State::Refused(stream) => self.pick(stream, held, into),
            };
            held.drain(..count);
            // What is left may be the beginning of something else.
            if held.is_empty() || count == 0 && self.state != State::Held {
                return refused;
            }
        }
    }

    /// Looks at the head that `held` begins with. A head that is too large is known before its last byte.
    fn head(&self, held: &[u8]) -> Head {
        let mut stream = None;
        let (mut at, mut bytes, mut frames) = (0, 0_usize, 0);
        loop {
            let Some(frame) = held.get(at..).and_then(Frame::read) else { return Head::Partial };
            let kind = if at == 0 { Kind::Headers } else { Kind::Continuation };
            if frame.kind != kind || frame.length > LONGEST || *stream.get_or_insert(frame.stream) != frame.stream {
                return Head::Broken;
            }
            bytes = bytes.saturating_add(frame.length);
            frames += 1;
            // Some frames may be less than full. The library allows for a few more than this.
            if bytes > self.most || frames > self.most / LONGEST + 4 {
                return Head::TooLarge(frame.stream);
            }
            at += HEAD + frame.length;
            match (held.len() >= at, frame.ends_head()) {
                (true, true) => return Head::Whole(at),
                (true, false) => {}
                (false, _) => return Head::Partial,
            }
        }
    }

    /// Picks out what still means something once the head of `refused` was: what belongs to the connection, and to streams
    /// opened before. How many bytes of `held` are done with.
    fn pick(&mut self, refused: u32, held: &[u8], into: &mut Vec<u8>) -> usize {
        let mut at = 0;
        loop {
            let here = self.left.min(held.len() - at);
            if self.passes {
                into.extend_from_slice(held.get(at..at + here).unwrap_or_default());
            }
            self.left -= here;
            at += here;
            let rest = held.get(at..).unwrap_or_default();
            let Some(frame) = Frame::read(rest).filter(|_| self.left == 0) else { return at };
            self.left = frame.length;
            self.passes = match frame.kind {
                Kind::Continuation => false,
                // Trailers, which nobody can read any more. Nothing of them would be forwarded.
                Kind::Headers => {
                    if frame.stream < refused && frame.ends_stream() {
                        into.extend(end_of_stream(frame.stream));
                    }
                    false
                }
                Kind::Reset | Kind::WindowUpdate => frame.stream <= refused,
                Kind::Data | Kind::Other => frame.stream < refused,
            };
            if self.passes {
                into.extend_from_slice(rest.get(..HEAD).unwrap_or_default());
            }
            at += HEAD;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADERS: u8 = 1;
    const CONTINUATION: u8 = 9;
    const END_HEADERS: u8 = 4;
    const START: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    const MOST: usize = 40 << 10;

    fn frame(kind: u8, flags: u8, stream: u8, length: usize) -> Vec<u8> {
        let [.., high, middle, low] = u32::try_from(length).unwrap().to_be_bytes();
        let mut bytes = vec![high, middle, low, kind, flags, 0, 0, 0, stream];
        // Content that looks like frames of heads.
        bytes.extend(std::iter::repeat_n(HEADERS, length));
        bytes
    }

    /// What the library gets of these bytes when they come in pieces, and whether a head was refused.
    fn seen(bytes: &[u8], piece: usize) -> (Vec<u8>, bool, Screen) {
        let mut screen = Screen::new(MOST);
        let (mut held, mut into, mut refused) = (Vec::new(), Vec::new(), false);
        for part in bytes.chunks(piece) {
            let pass = if held.is_empty() { screen.pass(part) } else { 0 };
            into.extend_from_slice(&part[..pass]);
            held.extend_from_slice(&part[pass..]);
            if !held.is_empty() {
                refused |= screen.sift(&mut held, &mut into);
            }
        }
        (into, refused, screen)
    }

    #[test]
    fn what_is_good_passes_however_it_is_cut() {
        let parts = [
            (START.to_vec(), Within::Other),
            (frame(4, 0, 0, 6), Within::Other),
            (frame(HEADERS, 0, 1, 7), Within::Head),
            (frame(CONTINUATION, 0, 1, 0), Within::Head),
            (frame(CONTINUATION, END_HEADERS, 1, 3), Within::Other),
            (frame(0, 1, 1, 200), Within::Other),
            (frame(HEADERS, END_HEADERS, 3, 5), Within::Other),
            (frame(HEADERS, 0, 5, 16 << 10), Within::Head),
            (frame(CONTINUATION, 0, 5, 16 << 10), Within::Head),
            (frame(CONTINUATION, END_HEADERS, 5, 8 << 10), Within::Other),
            (frame(6, 0, 0, 8), Within::Other),
        ];
        for piece in [1, 2, 3, 5, 8, 9, 10, 11, 24, 25, 1000, 16 << 10, 1 << 20] {
            let mut whole = Vec::new();
            for (bytes, within) in &parts {
                whole.extend_from_slice(bytes);
                if piece > 20 || whole.len() < 1000 {
                    let (into, refused, screen) = seen(&whole, piece);
                    assert_eq!((refused, screen.within()), (false, *within), "in pieces of {piece}");
                    assert!(*within == Within::Head || into == whole, "in pieces of {piece}");
                }
            }
        }
        let partial = [START, &frame(HEADERS, END_HEADERS, 1, 5)[..12]].concat();
        assert_eq!(seen(&partial, 7).2.within(), Within::Head);
        assert_eq!(seen(&START[..20], 7).2.within(), Within::Preface);
    }

    #[test]
    fn what_is_too_large_gets_a_bare_request_in_its_place_and_nothing_after_it_passes() {
        let large =
            [frame(HEADERS, 0, 5, 16 << 10), frame(CONTINUATION, 0, 5, 16 << 10), frame(CONTINUATION, 0, 5, 9 << 10)];
        let many = [frame(HEADERS, 0, 5, 1), frame(CONTINUATION, 0, 5, 0).repeat(6)];
        let after = [
            frame(CONTINUATION, END_HEADERS, 5, 10),
            frame(0, 0, 5, 100),
            frame(0, 1, 3, 50),
            frame(HEADERS, END_HEADERS, 7, 20),
            frame(0, 1, 7, 30),
            frame(HEADERS, 1, 1, 20),
            frame(CONTINUATION, END_HEADERS, 1, 20),
            frame(6, 1, 0, 8),
            frame(8, 0, 5, 4),
            frame(3, 0, 7, 4),
        ];
        let rest = [bare_request(5), frame(0, 1, 3, 50), end_of_stream(1), frame(6, 1, 0, 8), frame(8, 0, 5, 4)];
        for head in [large.concat(), many.concat()] {
            for piece in [1, 8, 9, 10, 13, 1000, 1 << 20] {
                let before = [START, &frame(4, 0, 0, 0)].concat();
                let (into, refused, screen) = seen(&[before.clone(), head.clone(), after.concat()].concat(), piece);
                assert!(refused && screen.within() == Within::Other);
                assert_eq!(into, [before, rest.concat()].concat(), "in pieces of {piece}");
            }
        }
    }

    #[test]
    fn what_is_no_http_2_is_left_to_the_library() {
        for between in [frame(0, 0, 1, 3), frame(CONTINUATION, 0, 3, 3), frame(CONTINUATION, 0, 1, 17 << 10)] {
            let bytes = [START.to_vec(), frame(HEADERS, 0, 1, 7), between, frame(CONTINUATION, 0, 1, 7)].concat();
            for piece in [1, 9, 100, 1 << 20] {
                let (into, refused, _) = seen(&bytes, piece);
                assert!(!refused && into == bytes);
            }
        }
    }
}
