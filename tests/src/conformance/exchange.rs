//! One request and its answer over a socket, as bytes.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::Duration;

use super::Failure;

/// An answer that takes longer will not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// How long a client that leaves waits first, so that the gateway has called the backend by then.
const LINGER: Duration = Duration::from_millis(150);

/// The wire form of a request: CRLF in the head, the body as it is.
fn wire(request: &str) -> Vec<u8> {
    let (head, body) = request.split_once("\n\n").unwrap_or((request.trim_end_matches('\n'), ""));
    let mut bytes = Vec::with_capacity(request.len() + 32);
    for line in head.lines() {
        bytes.extend_from_slice(line.as_bytes());
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"\r\n");
    bytes.extend_from_slice(body.strip_suffix('\n').unwrap_or(body).as_bytes());
    bytes
}

/// A connection whose answers are waited for as long as they take.
pub(super) fn open(address: SocketAddr) -> Result<TcpStream, Failure> {
    let failed = || Failure::io("connecting");
    let stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(failed())?;
    stream.set_read_timeout(Some(PATIENCE)).map_err(failed())?;
    stream.set_write_timeout(Some(PATIENCE)).map_err(failed())?;
    Ok(stream)
}

fn connect(address: SocketAddr, request: &str) -> Result<TcpStream, Failure> {
    let mut stream = open(address)?;
    stream.write_all(&wire(request)).map_err(Failure::io("sending"))?;
    Ok(stream)
}

/// Sends a request and goes away.
pub(super) fn abandon(address: SocketAddr, request: &str) -> Result<(), Failure> {
    let stream = connect(address, request)?;
    sleep(LINGER);
    stream.shutdown(Shutdown::Both).map_err(Failure::io("leaving"))
}

/// An answer as text: the head's lines ended by LF, then, if there is a body, an empty line and the body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) text: String,
}

/// Sends a request and reads the whole answer: to its end as its head tells it, and nothing behind it.
pub(super) fn exchange(address: SocketAddr, request: &str) -> Result<Answer, Failure> {
    let mut stream = connect(address, request)?;
    let (head, answer) = answer(&mut stream, request)?;
    head.check_end(&mut stream)?;
    Ok(answer)
}

/// The same over a stream that is open already. What becomes of it is not looked at.
pub(super) fn exchange_over(mut stream: impl Read + Write, request: &str) -> Result<Answer, Failure> {
    stream.write_all(&wire(request)).map_err(Failure::io("sending"))?;
    Ok(answer(&mut stream, request)?.1)
}

fn answer(stream: &mut impl Read, request: &str) -> Result<(Head, Answer), Failure> {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => head.extend_from_slice(&byte),
            Ok(_) => return Err(Failure::Answer(format!("ends in its head: {:?}", String::from_utf8_lossy(&head)))),
            // Who waits with a bound is woken by being stopped and continued.
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::io("waiting for the answer")(error)),
        }
    }
    let head = String::from_utf8(head).map_err(|error| Failure::Answer(error.to_string()))?;
    let head = Head::read(&head)?;
    let mut body = vec![0; if request.starts_with("HEAD ") { 0 } else { head.length }];
    stream.read_exact(&mut body).map_err(Failure::io("reading the body"))?;
    let body = String::from_utf8(body).map_err(|error| Failure::Answer(error.to_string()))?;
    let text = if body.is_empty() { head.text.clone() } else { format!("{}\n\n{body}", head.text) };
    let status = head.status;
    Ok((head, Answer { status, text }))
}

/// What the head of an answer says.
struct Head {
    text: String,
    status: u16,
    length: usize,
    closes: bool,
}

impl Head {
    fn read(head: &str) -> Result<Self, Failure> {
        let text = head.trim_end().replace("\r\n", "\n");
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| Failure::Answer(format!("no status in {text:?}")))?;
        let fields = |wanted: &'static str| {
            let pairs = text.lines().skip(1).filter_map(|line| line.split_once(": "));
            pairs.filter(move |(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| value)
        };
        let length = fields("content-length").next().and_then(|length| length.parse().ok());
        let length = length.ok_or_else(|| Failure::Answer(format!("no length in:\n{text}")))?;
        let closes = fields("connection").any(|value| value.eq_ignore_ascii_case("close"));
        Ok(Self { text, status, length, closes })
    }

    /// The connection ends if the head says so, and stays open and quiet otherwise.
    fn check_end(&self, stream: &mut TcpStream) -> Result<(), Failure> {
        stream.set_nonblocking(!self.closes).map_err(Failure::io("the connection's end"))?;
        let read = loop {
            match stream.read(&mut [0]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => break read,
            }
        };
        match (self.closes, read) {
            (true, Ok(0)) | (false, Err(_)) => Ok(()),
            // Closing with bytes of the request unread resets the connection; that is an end, too.
            (true, Err(error)) if error.kind() == io::ErrorKind::ConnectionReset => Ok(()),
            (true, Err(error)) => Err(Failure::io("waiting for the end that the head announces")(error)),
            (false, Ok(0)) => Err(Failure::Answer(format!("the connection ends unannounced after:\n{}", self.text))),
            (_, Ok(_)) => Err(Failure::Answer(format!("bytes behind the body of:\n{}", self.text))),
        }
    }
}
