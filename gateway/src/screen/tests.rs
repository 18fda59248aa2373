use proptest::prelude::*;

use super::{Bounds, Fault, Screen, Then};

const BOUNDS: Bounds = Bounds { uri: 200, header: 200, headers: 600, header_count: 20 };

/// What the screen lets through, and how it ends, when it is shown `bytes` in pieces that end at `cuts`.
fn shown(bytes: &[u8], cuts: &[usize]) -> (Vec<u8>, Option<(bool, Fault)>, u64) {
    let mut screen = Screen::new(BOUNDS);
    let (mut passed, mut held) = (Vec::new(), Vec::new());
    let mut start = 0;
    for end in cuts.iter().copied().chain([bytes.len()]) {
        let Some(piece) = bytes.get(start..end) else { continue };
        start = end;
        held.extend_from_slice(piece);
        let screened = screen.screen(&held);
        passed.extend(held.drain(..screened.pass));
        let fault = match screened.then {
            Then::More | Then::Wait => continue,
            Then::Refuse(fault) => (true, fault),
            Then::Break(fault) => (false, fault),
        };
        return (passed, Some(fault), screen.messages());
    }
    (passed, None, screen.messages())
}

fn at_once(text: &[u8]) -> (Vec<u8>, Option<(bool, Fault)>, u64) {
    shown(text, &[])
}

#[test]
fn good_messages_pass() {
    for text in [
        "GET / HTTP/1.1\r\nHost: h\r\n\r\n",
        "\r\nGET /a?b=%20 HTTP/1.0\r\nhost:h\r\n\r\n",
        "GET http://h/x HTTP/1.1\r\nHost: other\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x\r\nabc\r\n0\r\nA: b\r\n\r\n",
    ] {
        assert_eq!(at_once(text.as_bytes()), (text.as_bytes().to_vec(), None, 1), "{text:?}");
        let twice = text.repeat(2);
        assert_eq!(at_once(twice.as_bytes()), (twice.as_bytes().to_vec(), None, 2), "{text:?}");
    }
}

#[test]
fn what_cannot_become_good_is_refused_before_it_is_whole() {
    for (text, fault) in [
        ("\x16\x03\x01", Fault::Hello),
        ("GET /\"", Fault::Malformed),
        ("GET / HTTQ", Fault::Malformed),
        ("GET / HTTP/1.1\r\nX y", Fault::Field),
        ("GET / HTTP/1.1\r\n a", Fault::Field),
        ("CONNECT h:1 HTTP/1.1\r\n", Fault::Method),
    ] {
        assert_eq!(at_once(text.as_bytes()).1, Some((true, fault)), "{text:?}");
    }
    let long = "a".repeat(300);
    assert_eq!(at_once(format!("GET /{long}").as_bytes()).1, Some((true, Fault::LongTarget)));
    assert_eq!(at_once(format!("GET / HTTP/1.1\r\nX: {long}").as_bytes()).1, Some((true, Fault::LargeFields)));
}

#[test]
fn bounds_are_met_exactly() {
    let head = |value: usize| format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "a".repeat(value));
    assert_eq!(at_once(head(BOUNDS.header - 1).as_bytes()).1, None);
    assert_eq!(at_once(head(BOUNDS.header).as_bytes()).1, Some((true, Fault::LargeFields)));
    let target = |length: usize| format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(length));
    assert_eq!(at_once(target(BOUNDS.uri - 1).as_bytes()).1, None);
    assert_eq!(at_once(target(BOUNDS.uri).as_bytes()).1, Some((true, Fault::LongTarget)));
    let fields = |count: usize| format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(count));
    assert_eq!(at_once(fields(BOUNDS.header_count).as_bytes()).1, None);
    assert_eq!(at_once(fields(BOUNDS.header_count + 1).as_bytes()).1, Some((true, Fault::LargeFields)));
}

#[test]
fn another_protocol_is_waited_for() {
    let text = b"GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n\x81\x05hello";
    let mut screen = Screen::new(BOUNDS);
    let screened = screen.screen(text);
    let rest = text.get(screened.pass..).unwrap_or_default();
    assert_eq!((screened.then, rest), (Then::Wait, &b"\x81\x05hello"[..]));
    assert_eq!(screen.screen(rest).pass, 0);
    screen.open();
    assert_eq!(screen.screen(rest).pass, rest.len());

    let mut screen = Screen::new(BOUNDS);
    screen.screen(text);
    screen.carry_on();
    assert_eq!(screen.screen(rest).then, Then::Refuse(Fault::Malformed));
}

/// Pieces of which messages, good and bad, are made.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known: &[&str] = &[
        "GET ",
        "POST ",
        "HEAD ",
        "CONNECT ",
        "/",
        "/a",
        "?b=c",
        "%20",
        "%",
        "%4",
        " HTTP/1.1\r\n",
        " HTTP/1.0\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\n",
        "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\n",
        "POST /x HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
        "Host: h\r\n",
        "Host: \r\n",
        "X: y\r\n",
        "X: \t y \t\r\n",
        "Content-Length: 3\r\n",
        "Content-Length: 03\r\n",
        "Transfer-Encoding: chunked\r\n",
        "transfer-encoding:\tchunked \r\n",
        "Upgrade: x\r\n",
        "Connection: close\r\n",
        "Expect: 100-continue\r\n",
        "\r\n",
        "\r",
        "\n",
        " ",
        ":",
        "0\r\n\r\n",
        "3\r\nabc\r\n",
        "00\r\n",
        "a;x=\"y\"\r\n0123456789\r\n",
        "T: u\r\n\r\n",
        "abc",
        "hello",
        "http://h",
        "http://[::1]:80",
        "*",
        "{}|^\\`'()",
        "\"",
        "#",
    ];
    let known = prop::sample::select(known).prop_map(|text| text.as_bytes().to_vec());
    prop_oneof![8 => known, 1 => prop::collection::vec(any::<u8>(), 0..4)]
}

fn stream() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

/// How many messages hyper's parser finds in bytes that passed, and whether it takes all of them.
fn parsed(mut bytes: &[u8]) -> Result<u64, String> {
    let mut messages = 0;
    loop {
        while let [b'\r', b'\n', rest @ ..] = bytes {
            bytes = rest;
        }
        if bytes.is_empty() {
            return Ok(messages);
        }
        let mut fields = [httparse::EMPTY_HEADER; 20];
        let mut request = httparse::Request::new(&mut fields);
        let length = match request.parse(bytes) {
            Ok(httparse::Status::Complete(length)) => length,
            other => return Err(format!("{other:?} for {:?}", String::from_utf8_lossy(bytes))),
        };
        let target = request.path.unwrap_or_default();
        http::Uri::try_from(target).map_err(|error| format!("{error}: {target:?}"))?;
        let field = |name: &str| request.headers.iter().find(|field| field.name.eq_ignore_ascii_case(name));
        let rest = bytes.get(length..).unwrap_or_default();
        let body = if field("transfer-encoding").is_some() {
            chunked(rest)?
        } else {
            let length = field("content-length").and_then(|field| std::str::from_utf8(field.value).ok()?.parse().ok());
            length.unwrap_or(0_usize).min(rest.len())
        };
        messages += 1;
        bytes = rest.get(body..).unwrap_or_default();
    }
}

/// Length of a chunked body, or of what there is of it.
fn chunked(bytes: &[u8]) -> Result<usize, String> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        match httparse::parse_chunk_size(rest) {
            Ok(httparse::Status::Complete((line, 0))) => {
                let mut trailers = [httparse::EMPTY_HEADER; 20];
                return match httparse::parse_headers(rest.get(line..).unwrap_or_default(), &mut trailers) {
                    Ok(httparse::Status::Complete((length, _))) => Ok(at + line + length),
                    Ok(httparse::Status::Partial) => Ok(bytes.len()),
                    Err(error) => Err(format!("trailers: {error}")),
                };
            }
            Ok(httparse::Status::Complete((line, size))) => {
                at = at + line + usize::try_from(size).unwrap_or(usize::MAX / 2) + 2;
                if at >= bytes.len() {
                    return Ok(bytes.len());
                }
            }
            Ok(httparse::Status::Partial) => return Ok(bytes.len()),
            Err(error) => return Err(format!("chunk size: {error}")),
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn it_does_not_matter_how_bytes_are_cut(bytes in stream(), mut cuts in prop::collection::vec(0_usize..600, 0..12)) {
        cuts.sort_unstable();
        let (whole, cut) = (shown(&bytes, &[]), shown(&bytes, &cuts));
        prop_assert_eq!(whole, cut);
    }

    #[test]
    fn byte_by_byte_is_the_same(bytes in stream()) {
        let cuts: Vec<usize> = (1..=bytes.len()).collect();
        prop_assert_eq!(shown(&bytes, &[]), shown(&bytes, &cuts));
    }

    #[test]
    fn what_passes_is_what_the_parser_takes(bytes in stream()) {
        let (passed, _, messages) = shown(&bytes, &[]);
        match parsed(&passed) {
            Ok(found) => prop_assert_eq!(found, messages),
            Err(why) => prop_assert!(false, "{}", why),
        }
    }

    #[test]
    fn noise_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400), cuts in prop::collection::vec(0_usize..400, 0..5)) {
        let mut cuts = cuts;
        cuts.sort_unstable();
        prop_assert_eq!(shown(&bytes, &[]), shown(&bytes, &cuts));
    }
}
