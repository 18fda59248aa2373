//! HTTP/2 written by hand, for what no client would send.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use crate::harness::connect;

/// Types of frames.
pub(crate) mod kind {
    pub(crate) const DATA: u8 = 0;
    pub(crate) const HEADERS: u8 = 1;
    pub(crate) const PRIORITY: u8 = 2;
    pub(crate) const RST_STREAM: u8 = 3;
    pub(crate) const SETTINGS: u8 = 4;
    pub(crate) const PING: u8 = 6;
    pub(crate) const GOAWAY: u8 = 7;
    pub(crate) const WINDOW_UPDATE: u8 = 8;
    pub(crate) const CONTINUATION: u8 = 9;
}

pub(crate) const END_STREAM: u8 = 1;
pub(crate) const END_HEADERS: u8 = 4;

/// A frame that came; of its content only the length.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Frame {
    pub(crate) kind: u8,
    pub(crate) stream: u32,
    pub(crate) length: usize,
}

#[derive(Debug, Default)]
struct Came {
    frames: Vec<Frame>,
    over: bool,
}

/// A client's connection.
pub(crate) struct Raw {
    stream: TcpStream,
    came: Arc<Mutex<Came>>,
}

impl Raw {
    /// A connection that begins as it should.
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::begin(address, &preface())
    }

    /// One that begins with these bytes.
    pub(crate) fn begin(address: SocketAddr, bytes: &[u8]) -> Self {
        let stream = connect(address).unwrap();
        // What comes is waited for where it is wanted.
        stream.set_read_timeout(None).unwrap();
        let came = Arc::<Mutex<Came>>::default();
        let (mut reading, writer) = (stream.try_clone().unwrap(), Arc::clone(&came));
        thread::spawn(move || {
            let mut head = [0; 9];
            while reading.read_exact(&mut head).is_ok() {
                let length = usize::try_from(u32::from_be_bytes([0, head[0], head[1], head[2]])).unwrap();
                let stream = u32::from_be_bytes([head[5] & 0x7f, head[6], head[7], head[8]]);
                if reading.read_exact(&mut vec![0; length]).is_err() {
                    break;
                }
                writer.lock().unwrap().frames.push(Frame { kind: head[3], stream, length });
            }
            writer.lock().unwrap().over = true;
        });
        let raw = Self { stream, came };
        raw.write(bytes);
        raw
    }

    /// Sends these bytes at once.
    pub(crate) fn write(&self, bytes: &[u8]) {
        // The gateway may have ended it.
        let _ = (&self.stream).write_all(bytes);
    }

    pub(crate) fn frame(&self, kind: u8, flags: u8, stream: u32, content: &[u8]) {
        self.write(&frame(kind, flags, stream, content));
    }

    /// A head with these fields and the usual ones.
    pub(crate) fn request(&self, stream: u32, flags: u8, fields: &[(&str, &str)]) {
        self.write(&request(stream, flags, fields));
    }

    /// What came so far.
    pub(crate) fn frames(&self) -> Vec<Frame> {
        self.came.lock().unwrap().frames.clone()
    }

    /// True once the gateway has ended the connection.
    pub(crate) fn is_over(&self) -> bool {
        self.came.lock().unwrap().over
    }

    /// True if the stream was reset, or the connection ended.
    pub(crate) fn is_refused(&self, stream: u32) -> bool {
        let is_end =
            |frame: &Frame| frame.kind == kind::GOAWAY || frame.kind == kind::RST_STREAM && frame.stream == stream;
        self.is_over() || self.frames().iter().any(is_end)
    }

    /// True if the stream has an answer's head.
    pub(crate) fn answered(&self, stream: u32) -> bool {
        self.frames().iter().any(|frame| frame.kind == kind::HEADERS && frame.stream == stream)
    }
}

/// What a connection begins with: the preface, and settings without anything special.
pub(crate) fn preface() -> Vec<u8> {
    [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(kind::SETTINGS, 0, 0, &[])].concat()
}

/// A frame.
pub(crate) fn frame(kind: u8, flags: u8, stream: u32, content: &[u8]) -> Vec<u8> {
    let mut bytes = u32::try_from(content.len()).unwrap().to_be_bytes()[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(content);
    bytes
}

/// A head with these fields and the usual ones, in one frame.
pub(crate) fn request(stream: u32, flags: u8, fields: &[(&str, &str)]) -> Vec<u8> {
    frame(kind::HEADERS, flags, stream, &pseudo(fields))
}

/// A block of fields: those given, with the usual pseudo-fields that they lack in front.
pub(crate) fn pseudo(fields: &[(&str, &str)]) -> Vec<u8> {
    let usual = [(":scheme", "http"), (":path", "/"), (":authority", "h.test")];
    let mut block = Vec::new();
    for (name, value) in fields.iter().take_while(|(name, _)| name.starts_with(':')) {
        block.extend(field(name, value));
    }
    for (name, value) in usual.iter().filter(|(name, _)| fields.iter().all(|(given, _)| given != name)) {
        block.extend(field(name, value));
    }
    for (name, value) in fields.iter().skip_while(|(name, _)| name.starts_with(':')) {
        block.extend(field(name, value));
    }
    block
}

/// A field as it is, never kept in the table.
pub(crate) fn field(name: &str, value: &str) -> Vec<u8> {
    [vec![0x10], text(name), text(value)].concat()
}

/// A text without compression, its length in front (RFC 7541, section 5.1).
pub(crate) fn text(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut length = text.len();
    if length < 127 {
        bytes.push(u8::try_from(length).unwrap());
    } else {
        bytes.push(127);
        length -= 127;
        while length >= 128 {
            bytes.push(u8::try_from(length % 128).unwrap() | 0x80);
            length /= 128;
        }
        bytes.push(u8::try_from(length).unwrap());
    }
    bytes.extend(text.as_bytes());
    bytes
}
