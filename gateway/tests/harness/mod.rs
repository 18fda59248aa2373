//! A gateway, clients and backends over real sockets.

#![allow(dead_code, reason = "every test file uses a part of this")]

pub(crate) mod command;
pub(crate) mod gate;
pub(crate) mod lines;
pub(crate) mod port;
pub(crate) mod process;

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use apigw_gateway::{Config, Gateway};

/// Longer than any answer takes, on a machine that others keep busy; a test that waits so long has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Starts a gateway from a configuration without `listeners`.
pub(crate) fn gateway(config: &str) -> Gateway {
    let text = format!("listeners: [{{ address: 127.0.0.1:0 }}]\n{config}");
    let config = Config::parse("test.yaml", &text).unwrap_or_else(|problems| panic!("{problems}"));
    Gateway::start(config.snapshot).unwrap()
}

/// The address to call it at.
pub(crate) fn at(gateway: &Gateway) -> SocketAddr {
    gateway.addresses()[0]
}

/// A connection on which nothing waits for ever.
pub(crate) fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// A client's connection.
pub(crate) struct Client(BufReader<TcpStream>);

impl Client {
    pub(crate) fn connect(address: SocketAddr) -> Self {
        Self::try_connect(address).unwrap()
    }

    /// `None` if nobody accepts.
    pub(crate) fn try_connect(address: SocketAddr) -> Option<Self> {
        connect(address).ok().map(|stream| Self(BufReader::new(stream)))
    }

    pub(crate) fn write(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        // A gateway that has refused may have closed already.
        let _ = self.0.get_mut().write_all(bytes.as_ref());
        self
    }

    /// Reads one answer; its body ends by length, by last chunk, or at the connection's end.
    pub(crate) fn read(&mut self) -> Reply {
        self.read_to("GET")
    }

    /// The same for a request with this method.
    pub(crate) fn read_to(&mut self, method: &str) -> Reply {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            let mut line = Vec::new();
            if came(self.0.read_until(b'\n', &mut line)).unwrap_or(0) == 0 {
                return Reply { head, body: Vec::new(), whole: false };
            }
            head.push_str(&String::from_utf8_lossy(&line));
        }
        let mut reply = Reply { head, body: Vec::new(), whole: true };
        if reply.status() < 200 || method == "HEAD" || matches!(reply.status(), 204 | 304) {
            return reply;
        }
        if let Some(length) = reply.header("content-length") {
            reply.body = vec![0; length.parse().unwrap()];
            reply.whole = came(self.0.read_exact(&mut reply.body)).is_some();
        } else if reply.header("transfer-encoding") == Some("chunked") {
            reply.whole = self.chunks(&mut reply.body);
        } else {
            let _ = came(self.0.read_to_end(&mut reply.body));
        }
        reply
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> bool {
        loop {
            let mut size = String::new();
            if came(self.0.read_line(&mut size)).unwrap_or(0) == 0 {
                return false;
            }
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            let mut chunk = vec![0; size + 2];
            if came(self.0.read_exact(&mut chunk)).is_none() {
                return false;
            }
            body.extend_from_slice(&chunk[..size]);
            if size == 0 {
                return true;
            }
        }
    }

    /// True if the gateway ends the connection, without sending more.
    pub(crate) fn is_closed(&mut self) -> bool {
        let mut rest = Vec::new();
        match self.0.read_to_end(&mut rest) {
            Ok(_) => rest.is_empty(),
            Err(error) => error.kind() == io::ErrorKind::ConnectionReset,
        }
    }

    /// True if it stays open for a moment.
    pub(crate) fn is_open(&mut self) -> bool {
        self.0.get_mut().set_read_timeout(Some(Duration::from_millis(150))).unwrap();
        let open = self.0.fill_buf().is_err();
        self.0.get_mut().set_read_timeout(Some(PATIENCE)).unwrap();
        open
    }

    /// Reads so many bytes that are no answer, and leaves the rest to the caller.
    pub(crate) fn into_stream(mut self, bytes: usize) -> (String, TcpStream) {
        let mut read = vec![0; bytes];
        self.0.read_exact(&mut read).unwrap();
        (String::from_utf8_lossy(&read).into_owned(), self.0.into_inner())
    }

    pub(crate) fn stream(&mut self) -> &mut TcpStream {
        self.0.get_mut()
    }
}

/// What was read, or `None` where the connection broke off. That nothing comes, and no end either, is neither.
fn came<T>(read: io::Result<T>) -> Option<T> {
    match read {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => panic!("nothing comes for {PATIENCE:?}"),
        read => read.ok(),
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reply {
    pub(crate) head: String,
    pub(crate) body: Vec<u8>,
    /// The body ended as it should.
    pub(crate) whole: bool,
}

impl Reply {
    pub(crate) fn status(&self) -> u16 {
        self.head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Everything that was sent, with `<date>` and `<id>` for what differs from call to call.
    pub(crate) fn normal(&self) -> String {
        let mut text = self.head.replace("\r\n", "\n") + &self.text();
        if let Some(date) = self.header("date") {
            text = text.replace(date, "<date>");
        }
        for name in ["x-request-id", "x-api-requestid", "x-jdcloud-request-id"] {
            if let Some(id) = self.header(name) {
                assert_eq!(id.len(), 32, "{name}: {id}");
                let uuid = [&id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]].join("-");
                text = text.replace(id, "<id>").replace(&uuid, "<uuid>");
            }
        }
        text
    }
}

/// One request over a connection of its own.
pub(crate) fn call(address: SocketAddr, request: impl AsRef<[u8]>) -> Reply {
    let request = request.as_ref();
    let method = String::from_utf8_lossy(request.split(|byte| *byte == b' ').next().unwrap()).into_owned();
    Client::connect(address).write(request).read_to(&method)
}

/// `GET path` at `host`, with further header lines.
pub(crate) fn get(address: SocketAddr, host: &str, path: &str, headers: &[&str]) -> Reply {
    let mut request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n");
    for header in headers {
        request.push_str(header);
        request.push_str("\r\n");
    }
    call(address, request + "\r\n")
}

/// A backend that does what a test says.
pub(crate) struct Backend {
    pub(crate) address: SocketAddr,
    /// Connections accepted.
    pub(crate) connections: Arc<AtomicUsize>,
    /// Request heads, as they arrived.
    pub(crate) heads: Arc<Mutex<Vec<String>>>,
}

impl Backend {
    /// Runs `serve` for each connection, in a thread of its own.
    pub(crate) fn with(serve: impl Fn(&mut Peer) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (connections, heads) = (Arc::new(AtomicUsize::new(0)), Arc::<Mutex<Vec<String>>>::default());
        let serve = Arc::new(serve);
        let (count, log) = (Arc::clone(&connections), Arc::clone(&heads));
        thread::spawn(move || {
            // Who has gone before he was accepted is nobody.
            for stream in listener.incoming().flatten() {
                let number = count.fetch_add(1, Ordering::SeqCst);
                let (serve, log) = (Arc::clone(&serve), Arc::clone(&log));
                let stream = BufReader::new(stream);
                thread::spawn(move || serve(&mut Peer { stream, number, log }));
            }
        });
        Self { address, connections, heads }
    }

    /// Answers every request with these bytes.
    pub(crate) fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::with(move |peer| {
            while peer.head().is_some() {
                peer.send(&answer);
            }
        })
    }

    pub(crate) fn head(&self, number: usize) -> String {
        self.heads.lock().unwrap()[number].clone()
    }

    pub(crate) fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub(crate) fn requests(&self) -> usize {
        self.heads.lock().unwrap().len()
    }
}

/// The gateway as a backend sees it.
pub(crate) struct Peer {
    stream: BufReader<TcpStream>,
    /// Which connection this is.
    pub(crate) number: usize,
    log: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    /// Reads a request's head; `None` at the end.
    pub(crate) fn head(&mut self) -> Option<String> {
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            if self.stream.read_line(&mut head).unwrap_or(0) == 0 {
                return None;
            }
        }
        self.log.lock().unwrap().push(head.clone());
        Some(head)
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let _ = self.stream.get_mut().write_all(bytes);
    }

    /// Reads until the gateway ends the connection.
    pub(crate) fn drain(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest);
        rest
    }

    pub(crate) fn read(&mut self, bytes: usize) -> Vec<u8> {
        let mut read = vec![0; bytes];
        self.stream.read_exact(&mut read).unwrap();
        read
    }

    /// Closes so that the other side sees a reset.
    pub(crate) fn reset(&mut self) {
        let socket = socket2::SockRef::from(self.stream.get_ref());
        socket.set_linger(Some(Duration::ZERO)).unwrap();
    }
}

/// Waits until `test` holds.
pub(crate) fn eventually(what: &str, mut test: impl FnMut() -> bool) {
    let start = Instant::now();
    while !test() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// Makes `attempt`s until one takes less than `time`, and returns what came of it: what is asked before a deadline says
/// something only where the machine left it that long. An attempt begins anew, and judges nothing by itself.
pub(crate) fn within<T>(time: Duration, mut attempt: impl FnMut() -> T) -> T {
    for _ in 0..30 {
        let start = Instant::now();
        let outcome = attempt();
        if start.elapsed() < time {
            return outcome;
        }
    }
    panic!("the machine is never free for {time:?}");
}

/// Runs `clients` threads of `client` beside `body`. Each gets its number and whether it is over, which it is as soon as `body`
/// has returned or panicked: a test that fails under load ends.
pub(crate) fn under_load<T>(clients: usize, client: impl Fn(usize, &AtomicBool) + Sync, body: impl FnOnce() -> T) -> T {
    struct End<'a>(&'a AtomicBool);
    impl Drop for End<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        for number in 0..clients {
            let (client, over) = (&client, &over);
            scope.spawn(move || client(number, over));
        }
        let _end = End(&over);
        body()
    })
}
