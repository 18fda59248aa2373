//! Answers in the bytes that came.

/// One answer.
#[derive(Debug, Clone)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The first field of this name.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let mut pairs = self.head.lines().skip(1).filter_map(|line| line.split_once(':'));
        pairs.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// The whole answers at the start of `bytes`, and how many bytes they take.
pub(super) fn answers(bytes: &[u8]) -> (Vec<Answer>, usize) {
    let (mut found, mut at) = (Vec::new(), 0);
    while let Some((answer, length)) = bytes.get(at..).and_then(first) {
        found.push(answer);
        at += length;
    }
    (found, at)
}

fn first(bytes: &[u8]) -> Option<(Answer, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
    let status = head.split(' ').nth(1)?.get(..3)?.parse().ok()?;
    let mut answer = Answer { status, head, body: Vec::new() };
    let rest = bytes.get(end..)?;
    let (body, length) = if answer.field("transfer-encoding").is_some() {
        dechunked(rest)?
    } else {
        let bodyless = matches!(status, 100..=199 | 204 | 304);
        let length = answer.field("content-length").filter(|_| !bodyless).map_or(Some(0), |text| text.parse().ok())?;
        (rest.get(..length)?.to_vec(), length)
    };
    answer.body = body;
    Some((answer, end + length))
}

fn dechunked(bytes: &[u8]) -> Option<(Vec<u8>, usize)> {
    let (mut body, mut at) = (Vec::new(), 0);
    loop {
        let line = bytes.get(at..)?.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(bytes.get(at..at + line)?).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        at += line + 2;
        body.extend_from_slice(bytes.get(at..at + size)?);
        at += size + 2;
        if size == 0 {
            // No gateway of ours sends trailers here.
            return bytes.get(..at).map(|_| (body, at));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_answers_are_found() {
        let bytes = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\
            HTTP/1.1 400 Bad\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nHTTP/1.1 2";
        let (found, length) = answers(bytes);
        let seen: Vec<(u16, &[u8])> = found.iter().map(|answer| (answer.status, &*answer.body)).collect();
        assert_eq!(seen, [(100, &b""[..]), (200, b"ok"), (400, b"abc")]);
        assert_eq!(length, bytes.len() - "HTTP/1.1 2".len());
    }
}
