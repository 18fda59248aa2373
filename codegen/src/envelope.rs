//! Envelopes that a vendor's file describes: templates in which `{message}` and its like stand for what differs.
//!
//! Braces around anything but a field's name are text: the braces of JSON and of stylesheets need no doubling, because
//! no key of JSON stands in them without quotes.

use crate::vocabulary::EnvelopeField;

/// An envelope, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnvelopeForm {
    /// Media type of error bodies.
    pub content_type: String,
    /// How values are written into the body.
    pub syntax: Syntax,
    /// The body.
    pub body: Vec<Part>,
    /// What a JSON body has to hold to be of this form; empty for other bodies.
    pub members: Vec<Member>,
    /// Headers of every response; names in lower case.
    pub headers: Vec<(String, Vec<Part>)>,
    /// Headers of errors alone.
    pub error_headers: Vec<(String, Vec<Part>)>,
    /// Headers by which the gateway is recognised, and how their values begin.
    pub recognised_by: Vec<(String, String)>,
    /// Form of request ids.
    pub request_id: crate::vocabulary::RequestIdForm,
    /// True if hardly anyone else writes bodies of this form.
    pub distinctive: bool,
}

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Literal text.
    Text(String),
    /// What differs.
    Field(EnvelopeField),
}

/// How values are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// As the inside of a JSON string.
    Json,
    /// As character data of XML or HTML.
    Xml,
    /// Not at all.
    Plain,
}

impl Syntax {
    /// The syntax of a media type: JSON and XML by name or suffix, HTML as XML, anything else plain.
    pub fn of(content_type: &str) -> Self {
        let essence = content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let subtype = essence.split('/').nth(1).unwrap_or_default();
        if subtype == "json" || subtype.ends_with("+json") {
            Self::Json
        } else if matches!(subtype, "xml" | "html") || subtype.ends_with("+xml") {
            Self::Xml
        } else {
            Self::Plain
        }
    }

    /// The variant's name, here and in the runtime.
    pub const fn variant(self) -> &'static str {
        match self {
            Self::Json => "Json",
            Self::Xml => "Xml",
            Self::Plain => "Plain",
        }
    }
}

/// A member of a JSON body, by the keys that lead to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Keys from the root.
    pub path: Vec<String>,
    /// Its value.
    pub value: MemberValue,
}

/// See [`Member`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MemberValue {
    /// A string of this form.
    Text(Vec<Part>),
    /// The status as a number.
    Status,
    /// Anything: numbers, lists and the like are not compared.
    Any,
}

/// What is wrong with a template, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// First byte.
    pub at: usize,
    /// Number of bytes.
    pub len: usize,
    /// What is wrong.
    pub message: String,
}

impl Fault {
    fn new(at: usize, len: usize, message: impl Into<String>) -> Self {
        Self { at, len, message: message.into() }
    }
}

/// Reads a template.
///
/// # Errors
/// An unknown field, or two that touch, so that no text could tell where one ends.
pub fn parts(text: &str) -> Result<Vec<Part>, Fault> {
    let mut parts = Vec::new();
    let (mut literal, mut at) = (0, 0);
    while let Some(found) = text.get(at..).and_then(|rest| rest.find('{')) {
        let open = at + found;
        let Some(name) = field_name(text, open) else {
            at = open + 1;
            continue;
        };
        let len = name.len() + 2;
        let Some(field) = EnvelopeField::from_word(name) else {
            let known = EnvelopeField::WORDS.join(", ");
            return Err(Fault::new(open, len, format!("`{name}` is no field of an envelope; there are {known}")));
        };
        if open > literal {
            parts.push(Part::Text(text.get(literal..open).unwrap_or_default().to_owned()));
        } else if !parts.is_empty() {
            return Err(Fault::new(open, len, "two fields touch, so the text cannot be read back"));
        }
        parts.push(Part::Field(field));
        at = open + len;
        literal = at;
    }
    let rest = text.get(literal..).unwrap_or_default();
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    Ok(parts)
}

/// The name in the braces that open at this byte, if it is one that a field could have.
fn field_name(text: &str, open: usize) -> Option<&str> {
    let inside = text.get(open + 1..)?;
    let name = inside.get(..inside.find('}')?)?;
    let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    plain.then_some(name)
}

/// The members of a JSON template.
///
/// # Errors
/// The first place that is no JSON, or a field where JSON has none.
pub fn members(text: &str) -> Result<Vec<Member>, Fault> {
    let mut reader = Reader { text, at: 0, members: Vec::new() };
    reader.space();
    if reader.peek() != Some('{') || field_name(text, reader.at).is_some() {
        return Err(reader.fault("a JSON envelope is an object"));
    }
    reader.object(&mut Vec::new())?;
    reader.space();
    match reader.peek() {
        None => Ok(reader.members),
        Some(_) => Err(reader.fault("nothing follows the object")),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    members: Vec<Member>,
}

impl Reader<'_> {
    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn fault(&self, message: impl Into<String>) -> Fault {
        Fault::new(self.at, self.peek().map_or(0, char::len_utf8), message)
    }

    fn space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
    }

    fn expect(&mut self, wanted: char) -> Result<(), Fault> {
        self.space();
        if self.peek() != Some(wanted) {
            return Err(self.fault(format!("`{wanted}` belongs here")));
        }
        self.at += wanted.len_utf8();
        Ok(())
    }

    fn object(&mut self, path: &mut Vec<String>) -> Result<(), Fault> {
        self.expect('{')?;
        self.space();
        if self.peek() == Some('}') {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.space();
            let start = self.at;
            let key = self.string()?;
            let len = self.at - start;
            path.push(key);
            if self.members.iter().any(|member| member.path.starts_with(path)) {
                return Err(Fault::new(start, len, "this key stands twice"));
            }
            self.expect(':')?;
            self.value(path)?;
            path.pop();
            self.space();
            if self.peek() == Some('}') {
                self.at += 1;
                return Ok(());
            }
            self.expect(',')?;
        }
    }

    fn value(&mut self, path: &mut Vec<String>) -> Result<(), Fault> {
        self.space();
        let value = match self.peek() {
            Some('{') => match field_name(self.text, self.at) {
                Some("status") => {
                    self.at += "{status}".len();
                    MemberValue::Status
                }
                Some(name) => {
                    let message = format!("only the status is a number: write \"{{{name}}}\" in quotes");
                    return Err(Fault::new(self.at, name.len() + 2, message));
                }
                None => return self.object(path),
            },
            Some('"') => {
                let start = self.at;
                let text = self.string()?;
                let parts = parts(&text).map_err(|fault| Fault { at: start + 1 + fault.at, ..fault })?;
                MemberValue::Text(parts)
            }
            _ => {
                self.constant()?;
                MemberValue::Any
            }
        };
        self.members.push(Member { path: path.clone(), value });
        Ok(())
    }

    /// A number, `true`, `false`, `null`, or a list of constants.
    fn constant(&mut self) -> Result<(), Fault> {
        self.space();
        match self.peek() {
            Some('[') => {
                self.at += 1;
                self.space();
                while self.peek() != Some(']') {
                    self.constant()?;
                    self.space();
                    if self.peek() != Some(']') {
                        self.expect(',')?;
                    }
                }
                self.at += 1;
                Ok(())
            }
            Some('"') => self.string().map(drop),
            _ => {
                let rest = self.rest();
                let word = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '-' | '+' | '.'));
                let word = rest.get(..word.unwrap_or(rest.len())).unwrap_or_default();
                let is_value = matches!(word, "true" | "false" | "null")
                    || (!word.ends_with('.') && word.starts_with(|c: char| c == '-' || c.is_ascii_digit()))
                        && word.parse::<f64>().is_ok();
                if !is_value {
                    return Err(self.fault("a JSON value belongs here"));
                }
                self.at += word.len();
                Ok(())
            }
        }
    }

    /// A string, unescaped.
    fn string(&mut self) -> Result<String, Fault> {
        if self.peek() != Some('"') {
            return Err(self.fault("a string in double quotes belongs here"));
        }
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            match self.peek() {
                Some('"') => {
                    self.at += 1;
                    return Ok(value);
                }
                Some('\\') => value.push(self.escape()?),
                Some(c) if c >= ' ' => {
                    self.at += c.len_utf8();
                    value.push(c);
                }
                Some(_) => return Err(self.fault("a control character has to be escaped")),
                None => return Err(Fault::new(start, 1, "this string is never closed")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Fault> {
        let at = self.at;
        let fault = move || Fault::new(at, 2, "this is no escape of JSON");
        let mut chars = self.rest().chars();
        chars.next();
        let (c, len) = match chars.next().ok_or_else(fault)? {
            c @ ('"' | '\\' | '/') => (c, 2),
            'n' => ('\n', 2),
            'r' => ('\r', 2),
            't' => ('\t', 2),
            'u' => {
                let digits = chars.as_str().get(..4).ok_or_else(fault)?;
                let point = u32::from_str_radix(digits, 16).ok().and_then(char::from_u32);
                (point.ok_or_else(fault)?, 6)
            }
            _ => return Err(fault()),
        };
        self.at += len;
        Ok(c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_without_a_field_are_text() {
        let parts = parts(r#"{ "a": {status}, "b": {"c": "{message}."} }"#).unwrap();
        let fields: Vec<_> = parts.iter().filter(|part| matches!(part, Part::Field(_))).collect();
        assert_eq!(fields, [&Part::Field(EnvelopeField::Status), &Part::Field(EnvelopeField::Message)]);
    }

    #[test]
    fn members_are_found_by_their_keys() {
        let members = members(r#"{"error":{"code":"{code}","n":[1,-2.5e3,"x"],"s":{status}},"t":"a/\u4e2d"}"#).unwrap();
        let shown: Vec<_> = members.iter().map(|member| (member.path.join("."), &member.value)).collect();
        assert_eq!(shown[0], ("error.code".into(), &MemberValue::Text(vec![Part::Field(EnvelopeField::Code)])));
        assert_eq!(shown[1], ("error.n".into(), &MemberValue::Any));
        assert_eq!(shown[2], ("error.s".into(), &MemberValue::Status));
        assert_eq!(shown[3], ("t".into(), &MemberValue::Text(vec![Part::Text("a/中".into())])));
    }

    #[test]
    fn faults_have_their_place() {
        for (text, at) in [
            ("[]", 0),
            ("{", 1),
            (r#"{"a" 1}"#, 5),
            (r#"{"a":{message}}"#, 5),
            (r#"{"a":1,"a":2}"#, 7),
            (r#"{"a":"{mesage}"}"#, 6),
            (r#"{"a":1}x"#, 7),
            (r#"{"a":tru}"#, 5),
            (r#"{"a":"x}"#, 5),
            (r#"{"a":"\q"}"#, 6),
        ] {
            assert_eq!(members(text).unwrap_err().at, at, "{text}");
        }
        assert_eq!(parts("a {code}{message}").unwrap_err().at, 8);
    }
}
