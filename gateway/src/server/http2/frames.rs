//! The frames of an HTTP/2 connection (RFC 9113, section 4.1), as far as they tell where heads begin and end.

/// Length of what a client says first (RFC 9113, section 3.4).
pub(super) const PREFACE: usize = 24;

/// Length of the head of a frame.
pub(super) const HEAD: usize = 9;

/// Longest content of a frame, as the library announces it.
pub(super) const LONGEST: usize = 16 << 10;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// What a frame is for; of the others nothing depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Data,
    Headers,
    Reset,
    WindowUpdate,
    Continuation,
    Other,
}

/// The head of a frame.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame {
    /// Of its content.
    pub(super) length: usize,
    pub(super) kind: Kind,
    flags: u8,
    /// 0 for the connection itself.
    pub(super) stream: u32,
}

impl Frame {
    /// Reads it, if it is there as a whole.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let [high, middle, low, kind, flags, stream @ ..] = *bytes.first_chunk::<HEAD>()?;
        let kind = match kind {
            0 => Kind::Data,
            1 => Kind::Headers,
            3 => Kind::Reset,
            8 => Kind::WindowUpdate,
            9 => Kind::Continuation,
            _ => Kind::Other,
        };
        let length = usize::try_from(u32::from_be_bytes([0, high, middle, low])).unwrap_or(usize::MAX);
        // The first bit means nothing.
        Some(Self { length, kind, flags, stream: u32::from_be_bytes(stream) & (u32::MAX >> 1) })
    }

    /// It holds fields.
    pub(super) fn is_of_a_head(&self) -> bool {
        matches!(self.kind, Kind::Headers | Kind::Continuation)
    }

    /// The fields are over with it.
    pub(super) fn ends_head(&self) -> bool {
        self.is_of_a_head() && self.flags & END_HEADERS != 0
    }

    /// The client sends nothing more on its stream.
    pub(super) fn ends_stream(&self) -> bool {
        matches!(self.kind, Kind::Data | Kind::Headers) && self.flags & END_STREAM != 0
    }
}

/// A request without any field, `GET /` of nobody: what stands in the place of one that is refused.
pub(super) fn bare_request(stream: u32) -> Vec<u8> {
    // `:method: GET`, `:scheme: http`, `:path: /`, each by its place in HPACK's own table.
    frame(1, END_HEADERS | END_STREAM, stream, &[0x82, 0x86, 0x84])
}

/// The end of a stream, and nothing besides.
pub(super) fn end_of_stream(stream: u32) -> Vec<u8> {
    frame(0, END_STREAM, stream, &[])
}

fn frame(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, u8::try_from(content.len()).unwrap_or(u8::MAX), kind, flags];
    bytes.extend(stream.to_be_bytes());
    bytes.extend(content);
    bytes
}
