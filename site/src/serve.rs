//! A small server for looking at the site: one thread per connection, GET and HEAD, one answer per connection.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use crate::{Answer, Page, Site, live};

/// Most bytes of a request's head that are read.
const MAX_HEAD: u64 = 64 * 1024;
/// How long a client may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the site cannot be served.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {listen}: {source}")]
pub(crate) struct ServeError {
    listen: SocketAddr,
    source: io::Error,
}

/// Serves until the process ends.
pub(crate) fn serve(site: Site, listen: SocketAddr) -> Result<(), ServeError> {
    let fail = |source| ServeError { listen, source };
    let listener = TcpListener::bind(listen).map_err(fail)?;
    println!("http://{}/", listener.local_addr().map_err(fail)?);
    let site = Arc::new(site);
    let started = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    for stream in listener.incoming() {
        let site = Arc::clone(&site);
        match stream {
            // A client that goes away is its own affair.
            Ok(stream) => drop(thread::spawn(move || answer(&site, started, &stream))),
            // Out of descriptors: give the running answers a moment to end.
            Err(_) => thread::sleep(Duration::from_millis(50)),
        }
    }
    Ok(())
}

/// `started` tells the open pages of an edited site whether this is still the process that they came from.
fn answer(site: &Site, started: u128, stream: &TcpStream) -> io::Result<()> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut line = String::new();
    let mut head = BufReader::new(stream.take(MAX_HEAD));
    head.read_line(&mut line)?;
    // The rest of the head is of no interest, but closing with it unread would cut the answer off.
    let mut rest = String::new();
    while head.read_line(&mut rest)? > 2 {
        rest.clear();
    }
    let mut words = line.split_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or("/"));
    let path = target.split(['?', '#']).next().unwrap_or("/");
    let process = |text: String| Page { content_type: "text/plain", body: text.into_bytes().into() };
    let (status, location, page) = match site.answer(path) {
        _ if !["GET", "HEAD"].contains(&method) => ("405 Method Not Allowed", None, None),
        _ if site.options.live && path == live::PATH => ("200 OK", None, Some(process(started.to_string()))),
        Answer::Page(page) => ("200 OK", None, Some(page)),
        Answer::Redirect(to) => ("308 Permanent Redirect", Some(to), None),
        Answer::NotFound(page) => ("404 Not Found", None, Some(page)),
    };
    let (kind, body) = page.as_ref().map_or(("text/plain", &b""[..]), |page| (page.content_type, &page.body));
    let location = location.map_or_else(String::new, |to| format!("location: {to}\r\n"));
    let mut out = stream;
    write!(
        out,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n{location}cache-control: no-cache\r\nconnection: close\r\n\r\n",
        body.len()
    )?;
    if method != "HEAD" {
        out.write_all(body)?;
    }
    out.flush()
}
