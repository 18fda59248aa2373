//! A JSON reader for what strangers send: bounded in depth and number of values, flat, borrowing from the text.
//!
//! Written out because the core has no dependency for it, and because a flat list of values answers the questions of
//! the envelopes with one allocation. Where documents in the wild disagree with the standard it is lenient in what
//! harms nobody: raw control characters inside of strings, lone surrogates (they become U+FFFD).

use std::borrow::Cow;

/// Objects and arrays nested deeper than this are refused.
pub(crate) const MAX_DEPTH: u16 = 16;

/// Documents with more values than this are refused.
pub(crate) const MAX_NODES: usize = 512;

/// A value; the members of objects and arrays are nodes of their own.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value<'t> {
    Null,
    Bool(bool),
    /// As written.
    Number(&'t str),
    Text(Cow<'t, str>),
    Array,
    Object,
}

#[derive(Debug)]
struct Node<'t> {
    parent: u16,
    key: Cow<'t, str>,
    value: Value<'t>,
}

/// A parsed document.
#[derive(Debug)]
pub(crate) struct Document<'t> {
    nodes: Vec<Node<'t>>,
}

/// An object of a [`Document`].
#[derive(Debug, Clone, Copy)]
pub(crate) struct Object<'d, 't> {
    document: &'d Document<'t>,
    at: u16,
}

impl<'t> Document<'t> {
    /// Reads an object at the start of `text`; also gives what follows it.
    pub(crate) fn read(text: &'t str) -> Option<(Self, &'t str)> {
        let mut reader = Reader { rest: text.trim_start(), nodes: Vec::with_capacity(8) };
        if !reader.rest.starts_with('{') {
            return None;
        }
        reader.value(0, Cow::Borrowed(""), 0)?;
        Some((Self { nodes: reader.nodes }, reader.rest))
    }

    /// The object that the document is.
    pub(crate) fn root(&self) -> Object<'_, 't> {
        Object { document: self, at: 0 }
    }
}

impl<'d, 't> Object<'d, 't> {
    /// Members in document order.
    pub(crate) fn members(self) -> impl Iterator<Item = (&'d str, &'d Value<'t>)> {
        self.nodes().map(|(_, node)| (node.key.as_ref(), &node.value))
    }

    /// The value of a member; the last one if it is repeated, as most readers have it.
    pub(crate) fn get(self, key: &str) -> Option<&'d Value<'t>> {
        self.nodes().filter(|(_, node)| node.key == key).last().map(|(_, node)| &node.value)
    }

    /// A member that is an object.
    pub(crate) fn object(self, key: &str) -> Option<Self> {
        let (at, node) = self.nodes().filter(|(_, node)| node.key == key).last()?;
        let at = u16::try_from(at).ok()?;
        (node.value == Value::Object).then_some(Self { document: self.document, at })
    }

    /// A member that is a text.
    pub(crate) fn text(self, key: &str) -> Option<Cow<'t, str>> {
        match self.get(key)? {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// A member that is a three-digit status, as number or text.
    pub(crate) fn status(self, key: &str) -> Option<u16> {
        let text = match self.get(key)? {
            Value::Number(text) => text,
            Value::Text(text) => text.as_ref(),
            _ => return None,
        };
        text.parse().ok().filter(|status| (100..=599).contains(status))
    }

    fn nodes(self) -> impl Iterator<Item = (usize, &'d Node<'t>)> {
        // The root is its own parent, and no member of itself.
        self.document.nodes.iter().enumerate().skip(1).filter(move |(_, node)| node.parent == self.at)
    }
}

struct Reader<'t> {
    rest: &'t str,
    nodes: Vec<Node<'t>>,
}

impl<'t> Reader<'t> {
    fn value(&mut self, parent: u16, key: Cow<'t, str>, depth: u16) -> Option<()> {
        if depth > MAX_DEPTH || self.nodes.len() >= MAX_NODES {
            return None;
        }
        self.space();
        let at = u16::try_from(self.nodes.len()).ok()?;
        let value = match self.rest.as_bytes().first()? {
            b'{' => Value::Object,
            b'[' => Value::Array,
            b'"' => Value::Text(self.text()?),
            b't' => self.word("true", Value::Bool(true))?,
            b'f' => self.word("false", Value::Bool(false))?,
            b'n' => self.word("null", Value::Null)?,
            _ => Value::Number(self.number()?),
        };
        let (open, close) = match value {
            Value::Object => (true, '}'),
            Value::Array => (false, ']'),
            _ => {
                self.nodes.push(Node { parent, key, value });
                return Some(());
            }
        };
        self.nodes.push(Node { parent, key, value });
        self.rest = self.rest.get(1..)?;
        self.space();
        if self.eat(close) {
            return Some(());
        }
        loop {
            let mut key = Cow::Borrowed("");
            if open {
                self.space();
                key = self.text()?;
                self.space();
                self.eat(':').then_some(())?;
            }
            self.value(at, key, depth + 1)?;
            self.space();
            if self.eat(close) {
                return Some(());
            }
            self.eat(',').then_some(())?;
        }
    }

    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn eat(&mut self, wanted: char) -> bool {
        let rest = self.rest.strip_prefix(wanted);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn word(&mut self, word: &str, value: Value<'t>) -> Option<Value<'t>> {
        self.rest = self.rest.strip_prefix(word)?;
        Some(value)
    }

    fn number(&mut self) -> Option<&'t str> {
        let end = self.rest.find(|c: char| !matches!(c, '0'..='9' | '-' | '+' | '.' | 'e' | 'E'));
        let (number, rest) = self.rest.split_at_checked(end.unwrap_or(self.rest.len()))?;
        number.bytes().any(|byte| byte.is_ascii_digit()).then_some(())?;
        self.rest = rest;
        Some(number)
    }

    fn text(&mut self) -> Option<Cow<'t, str>> {
        let inside = self.rest.strip_prefix('"')?;
        let stop = plain_len(inside)?;
        let (plain, rest) = inside.split_at_checked(stop)?;
        if let Some(rest) = rest.strip_prefix('"') {
            self.rest = rest;
            return Some(Cow::Borrowed(plain));
        }
        let mut text = String::with_capacity(plain.len() + 16);
        text.push_str(plain);
        let mut rest = rest;
        loop {
            if let Some(after) = rest.strip_prefix('"') {
                self.rest = after;
                return Some(Cow::Owned(text));
            }
            rest = unescape(rest, &mut text)?;
            let stop = plain_len(rest)?;
            let (plain, after) = rest.split_at_checked(stop)?;
            text.push_str(plain);
            rest = after;
        }
    }
}

/// Where the plain characters of a string end. Looks at bytes: no byte of a longer character is one of these.
fn plain_len(text: &str) -> Option<usize> {
    text.bytes().position(|byte| matches!(byte, b'"' | b'\\'))
}

/// Appends the character of the escape at the start of `rest`, and gives what follows it.
fn unescape<'t>(rest: &'t str, out: &mut String) -> Option<&'t str> {
    let rest = rest.strip_prefix('\\')?;
    let mut chars = rest.chars();
    let plain = match chars.next()? {
        '"' => '"',
        '\\' => '\\',
        '/' => '/',
        'b' => '\u{8}',
        'f' => '\u{c}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => return unescape_unit(chars.as_str(), out),
        _ => return None,
    };
    out.push(plain);
    Some(chars.as_str())
}

fn unescape_unit<'t>(rest: &'t str, out: &mut String) -> Option<&'t str> {
    let (high, rest) = unit(rest)?;
    if (0xd800..0xdc00).contains(&high)
        && let Some((low, after)) = rest.strip_prefix("\\u").and_then(unit)
        && (0xdc00..0xe000).contains(&low)
    {
        let point = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        out.push(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER));
        return Some(after);
    }
    out.push(char::from_u32(high).unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(rest)
}

fn unit(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
    Some((u32::from_str_radix(digits, 16).ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn root_text(text: &str, key: &str) -> Option<String> {
        let (document, _) = Document::read(text)?;
        document.root().text(key).map(Cow::into_owned)
    }

    #[test]
    fn strings_are_unescaped() {
        assert_eq!(root_text(r#"{"a":"x\/y\n\"\u4e2d\ud83d\ude00\ud800"}"#, "a").unwrap(), "x/y\n\"中😀\u{fffd}");
        let (document, rest) = Document::read(" {\"a\" : \"plain\"} tail").unwrap();
        assert!(matches!(document.root().get("a"), Some(Value::Text(Cow::Borrowed("plain")))));
        assert_eq!(rest, " tail");
    }

    #[test]
    fn objects_nest_and_the_last_member_wins() {
        let (document, _) =
            Document::read(r#"{"e":{"code":401,"code":"403","l":[1,{"code":9}],"n":null,"b":true},"":{}}"#).unwrap();
        let inner = document.root().object("e").unwrap();
        assert_eq!(inner.status("code"), Some(403));
        assert_eq!(inner.get("n"), Some(&Value::Null));
        assert_eq!(inner.get("b"), Some(&Value::Bool(true)));
        assert_eq!(document.root().members().count(), 2);
        assert!(document.root().object("x").is_none());
    }

    #[test]
    fn what_is_broken_or_too_big_is_refused() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(40), "]".repeat(40));
        let wide = format!("{{\"a\":[{}1]}}", "1,".repeat(MAX_NODES));
        for text in
            ["", "[]", "{", "{\"a\"", "{\"a\":}", "{\"a\":1,}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", &deep, &wide]
        {
            assert!(Document::read(text).is_none(), "{text}");
        }
    }
}
