use proptest::prelude::*;

use super::*;

fn read(head: &str, method: &Method) -> Result<Option<Head>, BadResponse> {
    HeadReader::default().read(&mut BytesMut::from(head), method, &mut HeaderMap::new())
}

fn framed(head: &str) -> Result<Framing, BadResponse> {
    read(head, &Method::GET).map(|head| head.map_or(Framing::Length(u64::MAX), |head| head.framing))
}

#[test]
fn bodies_end_as_the_head_says() {
    for (head, framing) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", Framing::Length(5)),
        ("HTTP/1.1 200 OK\ncontent-length:5 \n\n", Framing::Length(5)),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", Framing::Chunked),
        ("HTTP/1.1 200 OK\r\n\r\n", Framing::Close),
        ("HTTP/1.1 204 No Content\r\n\r\n", Framing::Length(0)),
        ("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", Framing::Length(0)),
        ("HTTP/1.1 103\r\n\r\n", Framing::Length(0)),
    ] {
        assert_eq!(framed(head), Ok(framing), "{head}");
    }
    let head = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", &Method::HEAD);
    assert_eq!(
        head.map(|head| head.map(|head| head.framing)),
        Ok(Some(Framing::Length(0))).map_err(|e: BadResponse| e)
    );
}

#[test]
fn what_is_no_answer_is_refused() {
    use BadResponse::{Coding, Framing, Head, NotHttp, TooManyFields};
    let fields = "x: 1\r\n".repeat(MOST_FIELDS + 1);
    for (head, why) in [
        ("what?\r\n\r\n", NotHttp),
        ("HTTP/2 200\r\n\r\n", NotHttp),
        ("HTTP/1.2 200 OK\r\n\r\n", Head),
        ("HTTP/1.1 20 OK\r\n\r\n", Head),
        ("HTTP/1.1 abc OK\r\n\r\n", Head),
        ("HTTP/1.1 1000 OK\r\n\r\n", Head),
        ("HTTP/1.1 099 OK\r\n\r\n", Head),
        ("HTTP/1.1 200 OK\r\nno colon\r\n\r\n", Head),
        ("HTTP/1.1 200 OK\r\nspace : x\r\n\r\n", Head),
        ("HTTP/1.1 200 OK\r\nx: a\r\n folded\r\n\r\n", Head),
        ("HTTP/1.1 200 OK\r\nx: \0\r\n\r\n", Head),
        ("HTTP/1.1 200 OK\r\nx: a\rb\r\n\r\n", Head),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", Framing),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5, 5\r\n\r\n", Framing),
        ("HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\n", Framing),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n", Framing),
        ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", Framing),
        ("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", Framing),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", Coding),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", Coding),
        (&format!("HTTP/1.1 200 OK\r\n{fields}\r\n"), TooManyFields(MOST_FIELDS)),
    ] {
        assert_eq!(framed(head), Err(why), "{head}");
    }
}

#[test]
fn the_connection_stays_only_if_both_know_where_the_answer_ends() {
    for (head, stays) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: x, Close\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", false),
        ("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n", true),
        ("HTTP/1.1 200 OK\r\n\r\n", false),
    ] {
        let read = read(head, &Method::GET).map(|head| head.is_some_and(|head| head.keep_alive));
        assert_eq!(read, Ok(stays), "{head}");
    }
}

#[test]
fn what_concerns_the_backends_connection_ends_here_but_in_a_101() {
    let fields =
        "Connection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\nETag: e\r\n\r\n";
    let names = |status: &str| {
        let head = read(&format!("HTTP/1.1 {status}\r\nX-HOP: 2\r\n{fields}"), &Method::GET).unwrap().unwrap();
        head.headers.keys().map(HeaderName::to_string).collect::<Vec<_>>()
    };
    assert_eq!(names("204 No Content"), ["etag"]);
    assert_eq!(names("101 Switching Protocols"), ["x-hop", "connection", "keep-alive", "upgrade", "etag"]);
}

#[test]
fn a_head_in_pieces_is_the_same_head() {
    let text = b"HTTP/1.1 299 Odd\r\nX-One: 1\r\nContent-Length: 2\r\n\r\nhi";
    for size in 1..text.len() {
        let (mut reader, mut read, mut found) = (HeadReader::default(), BytesMut::new(), None);
        for piece in text.chunks(size) {
            read.extend_from_slice(piece);
            if found.is_none() {
                found = reader.read(&mut read, &Method::GET, &mut HeaderMap::new()).unwrap_or_default();
            }
        }
        let found = found.map(|head| (head.status.as_u16(), head.headers.len(), head.framing));
        assert_eq!((found, &*read), (Some((299, 2, Framing::Length(2))), &b"hi"[..]), "{size}");
    }
}

/// The length of a head, and its fields.
type Found = (usize, Vec<(String, Vec<u8>)>);

/// What the widely used parser makes of it.
fn as_others_read(text: &[u8]) -> Option<Found> {
    let mut fields = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut parsed = httparse::Response::new(&mut fields);
    let Ok(httparse::Status::Complete(length)) = parsed.parse(text) else { return None };
    let field = |field: &httparse::Header<'_>| (field.name.to_ascii_lowercase(), field.value.to_vec());
    Some((length, parsed.headers.iter().map(field).collect()))
}

fn as_we_read(text: &[u8]) -> Option<Found> {
    let mut read = BytesMut::from(text);
    let head = HeadReader::default().read(&mut read, &Method::GET, &mut HeaderMap::new()).ok()??;
    let field = |(name, value): (&HeaderName, &HeaderValue)| (name.to_string(), value.as_bytes().to_vec());
    Some((text.len() - read.len(), head.headers.iter().map(field).collect()))
}

proptest! {
    #[test]
    fn a_head_is_what_others_take_it_for(
        first in prop_oneof![3 => Just("HTTP/1.1 200 OK\r\n".to_owned()), 1 => "HTTP/1.[012] {1,2}[0-9]{2,4}( [A-Z\t\r\u{7f}]{0,2})?\r?\n"],
        rest in "((a|b-c|D|X y| e|\u{1})?[ \t]?:?[ \t]?(f|1 2|\u{7f}|\r|\0|é|\t)?[ \t]?(\r\n|\n|\r)){0,4}(\r\n|\n)\r?\n?g?",
    ) {
        let text = format!("{first}{rest}");
        let (ours, theirs) = (as_we_read(text.as_bytes()), as_others_read(text.as_bytes()));
        // Fields of one name stand together in a map.
        let sorted = |head: Option<Found>| head.map(|(length, mut fields)| {
            fields.sort_by(|one, other| one.0.cmp(&other.0));
            (length, fields)
        });
        prop_assert_eq!(sorted(ours), sorted(theirs), "{:?}", text);
    }
}

#[test]
fn a_head_without_end_is_cut_off() {
    let mut read = BytesMut::from("HTTP/1.1 200 OK\r\nx: ");
    read.resize(LARGEST + 1, b'x');
    let error = HeadReader::default().read(&mut read, &Method::GET, &mut HeaderMap::new()).err();
    assert_eq!(error, Some(BadResponse::HeadTooLarge(LARGEST)));
}
