//! The screen below the HTTP/1 parser: how bytes are cut changes nothing, and of what passes hyper's parser finds as many
//! heads as the screen did.

#![no_main]

use apigw_gateway::screen::{Bounds, Screen, Then};
use libfuzzer_sys::fuzz_target;

const BOUNDS: Bounds = Bounds { uri: 200, header: 200, headers: 600, header_count: 20 };

/// What passes of `bytes`, where each head in it begins and ends, and how it ends; shown in pieces of `piece` bytes.
fn shown(bytes: &[u8], piece: usize) -> (Vec<u8>, u64, Option<Then>) {
    let mut screen = Screen::new(BOUNDS);
    let (mut passed, mut held) = (Vec::new(), Vec::new());
    for part in bytes.chunks(piece) {
        held.extend_from_slice(part);
        let screened = screen.screen(&held);
        passed.extend(held.drain(..screened.pass));
        if !matches!(screened.then, Then::More | Then::Wait) {
            return (passed, screen.messages(), Some(screened.then));
        }
    }
    (passed, screen.messages(), None)
}

/// How many heads hyper's parser finds, each followed by the body that it announces.
fn parsed(mut bytes: &[u8]) -> u64 {
    let mut messages = 0;
    loop {
        while let Some(rest) = bytes.strip_prefix(b"\r\n") {
            bytes = rest;
        }
        if bytes.is_empty() {
            return messages;
        }
        let mut fields = [httparse::EMPTY_HEADER; BOUNDS.header_count];
        let mut request = httparse::Request::new(&mut fields);
        let Ok(httparse::Status::Complete(head)) = request.parse(bytes) else {
            panic!("a head that the parser does not take: {:?}", String::from_utf8_lossy(bytes));
        };
        let named =
            |name: &'static str| request.headers.iter().filter(move |field| field.name.eq_ignore_ascii_case(name));
        assert!(named("host").count() <= 1, "several hosts");
        assert!(named("content-length").count() + named("transfer-encoding").count() <= 1, "two framings");
        messages += 1;
        let rest = &bytes[head..];
        let length = named("content-length")
            .next()
            .map(|field| std::str::from_utf8(field.value).unwrap().parse::<u64>().unwrap());
        let body = match length {
            _ if named("transfer-encoding").next().is_some() => chunked(rest),
            length => usize::try_from(length.unwrap_or(0)).unwrap_or(usize::MAX).min(rest.len()),
        };
        bytes = &rest[body..];
    }
}

/// Length of a chunked body, or of what there is of it.
fn chunked(bytes: &[u8]) -> usize {
    let mut at = 0;
    loop {
        match httparse::parse_chunk_size(&bytes[at..]) {
            Ok(httparse::Status::Complete((line, 0))) => {
                let mut trailers = [httparse::EMPTY_HEADER; BOUNDS.header_count];
                return match httparse::parse_headers(&bytes[at + line..], &mut trailers) {
                    Ok(httparse::Status::Complete((length, _))) => at + line + length,
                    Ok(httparse::Status::Partial) => bytes.len(),
                    Err(error) => panic!("trailers that the parser does not take: {error}"),
                };
            }
            Ok(httparse::Status::Complete((line, size))) => {
                at =
                    usize::try_from(size).ok().and_then(|size| (at + line + 2).checked_add(size)).unwrap_or(usize::MAX);
                if at >= bytes.len() {
                    return bytes.len();
                }
                assert_eq!(&bytes[at - 2..at], b"\r\n");
            }
            Ok(httparse::Status::Partial) => return bytes.len(),
            Err(error) => panic!("a chunk's size that the parser does not take: {error}"),
        }
    }
}

fuzz_target!(|data: &[u8]| {
    let whole = shown(data, data.len().max(1));
    assert_eq!(whole, shown(data, 1), "byte by byte");
    assert_eq!(whole, shown(data, 7), "in pieces of seven bytes");
    let (passed, messages, _) = whole;
    // Behind a request for another protocol everything waits, so that what passed is messages alone.
    assert_eq!(parsed(&passed), messages);
});
