//! Messages of the DNS (RFC 1035), as far as questions for SRV records (RFC 2782) need them.
//!
//! Whoever can send to our port may send anything, so an answer is read strictly: it has to carry the question that was
//! asked, and what does not parse to its end is no answer at all.

use std::time::Duration;

/// SRV records.
const SRV: u16 = 33;

/// Aliases.
const CNAME: u16 = 5;

/// The Internet.
const IN: u16 = 1;

/// Longest name in bytes, the lengths of its labels and the root's among them (RFC 1035, section 2.3.4).
const LONGEST_NAME: usize = 255;

/// Longest label.
const LONGEST_LABEL: usize = 63;

/// A question for the SRV records of a name.
#[derive(Debug)]
pub(super) struct Question {
    id: u16,
    /// As text, lower case, without a final dot.
    name: String,
}

/// What a server answers.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// These records, at least one; the shortest of their times to live.
    Records(Vec<Record>, Duration),
    /// There is no such name, or it has no such records.
    Nothing,
    /// It does not fit into the message: to be asked again over TCP.
    Truncated,
    /// The server does not answer such questions.
    Refused,
    /// It tried and failed.
    Failed,
}

/// An SRV record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// The lowest is called first.
    pub(super) priority: u16,
    /// Its share among those of its priority.
    pub(super) weight: u16,
    /// Port.
    pub(super) port: u16,
    /// The host's name. Empty for the root: the service is decidedly not available.
    pub(super) target: Box<str>,
}

/// A message that is no answer to the question: broken, or somebody else's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoAnswer;

impl Question {
    /// `None` if this cannot be a name.
    pub(super) fn new(id: u16, name: &str) -> Option<Self> {
        let name = name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase();
        let fits = |label: &str| !label.is_empty() && label.len() <= LONGEST_LABEL && label.bytes().all(is_of_name);
        (name.split('.').all(fits) && name.len() + 2 <= LONGEST_NAME).then_some(Self { id, name })
    }

    /// As it is sent over UDP.
    pub(super) fn message(&self) -> Vec<u8> {
        let mut message = Vec::with_capacity(18 + self.name.len());
        message.extend(self.id.to_be_bytes());
        // A plain question that wants recursion, and one of them.
        message.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
        for label in self.name.split('.') {
            message.push(u8::try_from(label.len()).unwrap_or_default());
            message.extend(label.bytes());
        }
        message.push(0);
        message.extend(SRV.to_be_bytes());
        message.extend(IN.to_be_bytes());
        message
    }

    /// Reads an answer.
    ///
    /// # Errors
    /// It is none to this question. A server that sends such a thing is to be waited for on.
    pub(super) fn read(&self, message: &[u8]) -> Result<Answer, NoAnswer> {
        let mut reader = Reader { message, at: 0 };
        let (id, flags) = (reader.number()?, reader.number()?);
        let (is_answer, operation) = (flags & 0x8000 != 0, flags >> 11 & 0xf);
        if id != self.id || !is_answer || operation != 0 {
            return Err(NoAnswer);
        }
        let (questions, records) = (reader.number()?, reader.number()?);
        reader.skip(4)?;
        let code = flags & 0xf;
        match questions {
            1 => {
                let same = reader.name()? == self.name && reader.number()? == SRV && reader.number()? == IN;
                if !same {
                    return Err(NoAnswer);
                }
            }
            // A server that could not read the question need not repeat it.
            0 if code == 1 => return Ok(Answer::Refused),
            _ => return Err(NoAnswer),
        }
        match code {
            0 if flags & 0x0200 != 0 => Ok(Answer::Truncated),
            0 => self.records(&mut reader, records),
            3 => Ok(Answer::Nothing),
            2 => Ok(Answer::Failed),
            _ => Ok(Answer::Refused),
        }
    }

    fn records(&self, reader: &mut Reader<'_>, count: u16) -> Result<Answer, NoAnswer> {
        let (mut owner, mut found, mut shortest) = (self.name.clone(), Vec::new(), u32::MAX);
        for _ in 0..count {
            let name = reader.name()?;
            let (kind, class) = (reader.number()?, reader.number()?);
            let ttl = u32::from(reader.number()?) << 16 | u32::from(reader.number()?);
            let length = usize::from(reader.number()?);
            let end = reader.at + length;
            if class == IN && name == owner && (kind == SRV || kind == CNAME) {
                // The highest bit makes it a zero (RFC 2181, section 8).
                shortest = shortest.min(if ttl >> 31 == 0 { ttl } else { 0 });
                if kind == CNAME {
                    owner = reader.name()?;
                } else {
                    let (priority, weight, port) = (reader.number()?, reader.number()?, reader.number()?);
                    found.push(Record { priority, weight, port, target: reader.name()?.into() });
                }
                if reader.at != end {
                    return Err(NoAnswer);
                }
            } else {
                reader.skip(length)?;
            }
        }
        if found.is_empty() {
            Ok(Answer::Nothing)
        } else {
            Ok(Answer::Records(found, Duration::from_secs(shortest.into())))
        }
    }
}

/// Letters, digits, hyphens, and the underscores of services.
fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Reads a message from its beginning.
struct Reader<'a> {
    message: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&self, at: usize) -> Result<u8, NoAnswer> {
        self.message.get(at).copied().ok_or(NoAnswer)
    }

    fn number(&mut self) -> Result<u16, NoAnswer> {
        let number = u16::from_be_bytes([self.byte(self.at)?, self.byte(self.at + 1)?]);
        self.at += 2;
        Ok(number)
    }

    fn skip(&mut self, bytes: usize) -> Result<(), NoAnswer> {
        self.at += bytes;
        if self.at <= self.message.len() { Ok(()) } else { Err(NoAnswer) }
    }

    /// A name as text, lower case. What it points at has to stand before it, so that it ends.
    fn name(&mut self) -> Result<String, NoAnswer> {
        let (mut name, mut at, mut bound) = (String::new(), self.at, self.at);
        let mut end = None;
        loop {
            let length = self.byte(at)?;
            match length {
                0 => break,
                1..=63 => {
                    let label = self.message.get(at + 1..at + 1 + usize::from(length)).ok_or(NoAnswer)?;
                    if name.len() + label.len() + 2 > LONGEST_NAME || !label.iter().copied().all(is_of_name) {
                        return Err(NoAnswer);
                    }
                    if !name.is_empty() {
                        name.push('.');
                    }
                    name.extend(label.iter().map(|byte| char::from(byte.to_ascii_lowercase())));
                    at += 1 + label.len();
                }
                0xc0.. => {
                    let to = usize::from(u16::from_be_bytes([length & 0x3f, self.byte(at + 1)?]));
                    end = end.or(Some(at + 2));
                    if to >= bound {
                        return Err(NoAnswer);
                    }
                    (at, bound) = (to, to);
                }
                _ => return Err(NoAnswer),
            }
        }
        self.at = end.unwrap_or(at + 1);
        Ok(name)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn question() -> Question {
        Question::new(7, "_http._tcp.Orders.example.").unwrap()
    }

    /// An answer to [`question`] with these flags and records.
    fn answer(flags: u16, records: &[Vec<u8>]) -> Vec<u8> {
        let mut message = question().message();
        message[2..4].copy_from_slice(&flags.to_be_bytes());
        message[6..8].copy_from_slice(&u16::try_from(records.len()).unwrap().to_be_bytes());
        message.extend(records.concat());
        message
    }

    fn record(owner: &[u8], kind: u16, ttl: u32, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [owner, &kind.to_be_bytes(), &IN.to_be_bytes(), &ttl.to_be_bytes(), &length.to_be_bytes(), data].concat()
    }

    /// The name in the question.
    const ASKED: &[u8] = &[0xc0, 12];

    fn srv(priority: u16, weight: u16, port: u16, target: &[u8]) -> Vec<u8> {
        [&priority.to_be_bytes()[..], &weight.to_be_bytes(), &port.to_be_bytes(), target].concat()
    }

    #[test]
    fn records_are_read_through_pointers_and_aliases() {
        let data = srv(1, 2, 8080, b"\x01A\xc0\x1e");
        let plain = answer(0x8180, &[record(ASKED, SRV, 30, &data), record(ASKED, SRV, 20, &srv(1, 0, 81, b"\0"))]);
        let target = "a.example".into();
        let first = Record { priority: 1, weight: 2, port: 8080, target };
        let none = Record { priority: 1, weight: 0, port: 81, target: "".into() };
        assert_eq!(question().read(&plain), Ok(Answer::Records(vec![first.clone(), none], Duration::from_secs(20))));
        let alias = record(ASKED, CNAME, 5, b"\x05alias\0");
        let behind = record(b"\x05alias\0", SRV, 30, &data);
        let stranger = record(b"\x08stranger\0", SRV, 1, &srv(0, 0, 1, b"\0"));
        let text = record(ASKED, 16, 1, b"\x02hi");
        let aliased = answer(0x8180, &[alias, stranger, text, behind]);
        assert_eq!(question().read(&aliased), Ok(Answer::Records(vec![first], Duration::from_secs(5))));
    }

    #[test]
    fn other_outcomes() {
        for (flags, outcome) in [
            (0x8180, Answer::Nothing),
            (0x8183, Answer::Nothing),
            (0x8182, Answer::Failed),
            (0x8185, Answer::Refused),
            (0x8184, Answer::Refused),
            (0x8380, Answer::Truncated),
        ] {
            assert_eq!(question().read(&answer(flags, &[])), Ok(outcome), "{flags:x}");
        }
        assert_eq!(question().read(&[0, 7, 0x81, 0x81, 0, 0, 0, 0, 0, 0, 0, 0]), Ok(Answer::Refused));
    }

    #[test]
    fn what_is_no_answer_to_the_question() {
        let good = answer(0x8180, &[record(ASKED, SRV, 30, &srv(1, 2, 80, b"\x01a\0"))]);
        assert!(question().read(&good).is_ok());
        assert_eq!(question().read(&question().message()), Err(NoAnswer), "a question");
        assert_eq!(Question::new(8, "_http._tcp.orders.example").unwrap().read(&good), Err(NoAnswer), "another id");
        assert_eq!(Question::new(7, "_http._tcp.others.example").unwrap().read(&good), Err(NoAnswer), "another name");
        for end in 0..good.len() {
            assert_eq!(question().read(&good[..end]), Err(NoAnswer), "cut after {end} bytes");
        }
        for target in [&b"\xc0\x3d"[..], b"\xc0\xff", b"\x01a\xc0\x3d", b"\x01 \0", b"\x40a\0", b"\x3fa\0", b"\x01a\0x"]
        {
            let message = answer(0x8180, &[record(ASKED, SRV, 30, &srv(1, 2, 80, target))]);
            assert_eq!(question().read(&message), Err(NoAnswer), "{target:?}");
        }
    }

    #[test]
    fn names_that_are_none() {
        for name in ["", ".", "a..b", ".a", "a b", "a/b", "ä", &"x".repeat(64), &"x.".repeat(128)] {
            assert!(Question::new(0, name).is_none(), "{name}");
        }
        assert!(Question::new(0, &"x.".repeat(127)).is_some());
    }

    proptest! {
        #[test]
        fn no_message_makes_the_reader_panic_or_hang(
            mut message in proptest::collection::vec(any::<u8>(), 0..600),
            whole in any::<bool>(),
        ) {
            if whole {
                message.splice(0..0, answer(0x8180, &[]));
                message[7] = 9;
            }
            let _ = question().read(&message);
        }
    }
}
