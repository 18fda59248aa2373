//! Where in the frames of an HTTP/2 connection its bytes are: is a head under way?
//!
//! The library tells of a head when it is whole, and waits for the rest as long as it takes.

/// Length of what a client says first (RFC 9113, section 3.4).
pub(super) const PREFACE: usize = 24;

/// Length of the head of a frame.
const HEAD: usize = 9;

const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_HEADERS: u8 = 4;

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
pub(super) struct Frames {
    preface: usize,
    head: [u8; HEAD],
    /// Bytes of `head` that are there.
    known: usize,
    /// Bytes of the frame's content to come.
    left: usize,
    /// The fields are not over with this frame.
    open: bool,
}

impl Frames {
    /// At the start of a connection.
    pub(super) fn new() -> Self {
        Self { preface: PREFACE, head: [0; HEAD], known: 0, left: 0, open: false }
    }

    /// What the next byte belongs to.
    pub(super) fn within(&self) -> Within {
        let [_, _, _, kind, ..] = self.head;
        if self.preface > 0 {
            Within::Preface
        } else if self.open || self.left > 0 && matches!(kind, HEADERS | CONTINUATION) {
            Within::Head
        } else {
            Within::Other
        }
    }

    /// These bytes came.
    pub(super) fn advance(&mut self, mut bytes: &[u8]) {
        let skip = |count: &mut usize, bytes: &mut &[u8]| {
            let here = (*count).min(bytes.len());
            *count -= here;
            *bytes = bytes.get(here..).unwrap_or_default();
        };
        skip(&mut self.preface, &mut bytes);
        while !bytes.is_empty() {
            skip(&mut self.left, &mut bytes);
            let Some((byte, rest)) = bytes.split_first() else { return };
            if let Some(place) = self.head.get_mut(self.known) {
                *place = *byte;
            }
            bytes = rest;
            self.known += 1;
            if self.known == HEAD {
                self.known = 0;
                self.frame();
            }
        }
    }

    /// The head of a frame is whole.
    fn frame(&mut self) {
        let [high, middle, low, kind, flags, ..] = self.head;
        self.left = usize::try_from(u32::from_be_bytes([0, high, middle, low])).unwrap_or(usize::MAX);
        if matches!(kind, HEADERS | CONTINUATION) {
            self.open = flags & END_HEADERS == 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(kind: u8, flags: u8, length: u8) -> Vec<u8> {
        let mut bytes = vec![0, 0, length, kind, flags, 0, 0, 0, 1];
        bytes.extend(std::iter::repeat_n(HEADERS, length.into()));
        bytes
    }

    #[test]
    fn heads_are_followed_however_they_are_cut() {
        let parts = [
            (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), Within::Other),
            (frame(4, 0, 6), Within::Other),
            (frame(HEADERS, 0, 7), Within::Head),
            (frame(CONTINUATION, 0, 0), Within::Head),
            (frame(CONTINUATION, END_HEADERS, 3), Within::Other),
            (frame(0, 1, 200), Within::Other),
            (frame(HEADERS, END_HEADERS, 5), Within::Other),
        ];
        for piece in 1..40 {
            let mut frames = Frames::new();
            assert_eq!(frames.within(), Within::Preface);
            for (bytes, after) in &parts {
                for part in bytes.chunks(piece) {
                    frames.advance(part);
                }
                assert_eq!(frames.within(), *after, "in pieces of {piece}");
            }
        }
        let mut frames = Frames::new();
        frames.advance(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        frames.advance(&frame(HEADERS, END_HEADERS, 5)[..12]);
        assert_eq!(frames.within(), Within::Head);
    }
}
