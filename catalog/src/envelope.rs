//! Envelopes that a vendor's file describes: how an error travels, as data.
//!
//! The gateway writes them, [`decode()`](crate::decode::decode()) reads them; what they may say is in `catalog/README.md`.

use std::fmt::{self, Write};

/// A body template with its headers, made by the macro.
#[derive(Debug)]
pub struct EnvelopeForm {
    /// The vendor's id.
    pub name: &'static str,
    /// Media type of error bodies.
    pub content_type: &'static str,
    /// How values are written into the body.
    pub syntax: Syntax,
    /// The body.
    pub body: &'static [Part],
    /// What a JSON body holds; empty for other bodies.
    pub members: &'static [Member],
    /// Headers of every response.
    pub headers: &'static [Header],
    /// Headers of errors alone.
    pub error_headers: &'static [Header],
    /// Names of headers, in lower case, by which the gateway is recognised, and how their values begin.
    pub recognised_by: &'static [(&'static str, &'static str)],
    /// Form of request ids.
    pub request_id: RequestIdForm,
    /// True if hardly anyone else writes bodies of this form.
    pub distinctive: bool,
}

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Literal text.
    Text(&'static str),
    /// What differs from error to error.
    Field(EnvelopeField),
}

/// What stands in templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EnvelopeField {
    /// The HTTP status.
    Status,
    /// The vendor's code text.
    Code,
    /// The message.
    Message,
    /// The call's id.
    RequestId,
    /// The condition's id.
    Condition,
    /// Seconds after which a call may succeed, where a rate limit tells.
    RetryAfter,
}

impl EnvelopeField {
    /// Its name, as it stands between braces.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Code => "code",
            Self::Message => "message",
            Self::RequestId => "request_id",
            Self::Condition => "condition",
            Self::RetryAfter => "retry_after",
        }
    }
}

/// How values are escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// As the inside of a JSON string.
    Json,
    /// As character data of XML or HTML.
    Xml,
    /// Not at all.
    Plain,
}

/// A member of a JSON body.
#[derive(Debug)]
pub struct Member {
    /// Keys from the root.
    pub path: &'static [&'static str],
    /// Its value.
    pub value: MemberValue,
}

/// See [`Member`].
#[derive(Debug)]
pub enum MemberValue {
    /// A string of this form.
    Text(&'static [Part]),
    /// The status as a number.
    Status,
    /// Anything.
    Any,
}

/// A header.
#[derive(Debug)]
pub struct Header {
    /// Name in lower case, valid as the macro checked it.
    pub name: &'static str,
    /// Its value.
    pub value: &'static [Part],
}

/// The form of request ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestIdForm {
    /// 32 hexadecimal digits in lower case.
    Hex,
    /// Hexadecimal digits in five groups.
    Uuid,
    /// 32 digits and lower-case letters.
    Alphanumeric,
}

/// The values of an error, to be written into templates.
#[derive(Clone, Copy)]
pub struct Values<'a> {
    /// HTTP status.
    pub status: u16,
    /// The vendor's code text, if it has one.
    pub code: Option<&'a str>,
    /// The message.
    pub message: &'a dyn fmt::Display,
    /// The call's id.
    pub request_id: &'a str,
    /// The condition's id.
    pub condition: &'a str,
    /// Seconds after which a call may succeed.
    pub retry_after: Option<u64>,
}

impl EnvelopeForm {
    /// Writes an error's body.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn write_body(&self, values: &Values<'_>, out: &mut dyn Write) -> fmt::Result {
        for part in self.body {
            match part {
                Part::Text(text) => out.write_str(text)?,
                Part::Field(field) => values.write(*field, &mut Escaped { syntax: self.syntax, out })?,
            }
        }
        Ok(())
    }
}

impl Header {
    /// Its value for an error; `None` where it needs one that is not known. Line breaks and other control characters,
    /// which no header may carry, become spaces.
    pub fn value(&self, values: &Values<'_>) -> Option<String> {
        let mut text = String::with_capacity(64);
        for part in self.value {
            match part {
                Part::Text(literal) => text.push_str(literal),
                Part::Field(field) => {
                    if !values.has(*field) {
                        return None;
                    }
                    // Writing to a string cannot fail.
                    let _ = values.write(*field, &mut text);
                }
            }
        }
        if text.contains(char::is_control) {
            text = text.replace(char::is_control, " ");
        }
        Some(text)
    }

    /// The value, if it is the same for every error.
    pub fn constant(&self) -> Option<&'static str> {
        match self.value {
            [Part::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The field, if the value is that of a field and nothing else.
    pub fn field(&self) -> Option<EnvelopeField> {
        match self.value {
            [Part::Field(field)] => Some(*field),
            _ => None,
        }
    }
}

impl Values<'_> {
    fn has(&self, field: EnvelopeField) -> bool {
        match field {
            EnvelopeField::Code => self.code.is_some(),
            EnvelopeField::RetryAfter => self.retry_after.is_some(),
            _ => true,
        }
    }

    fn write(&self, field: EnvelopeField, out: &mut dyn Write) -> fmt::Result {
        match field {
            EnvelopeField::Status => write!(out, "{}", self.status),
            EnvelopeField::Code => out.write_str(self.code.unwrap_or_default()),
            EnvelopeField::Message => write!(out, "{}", self.message),
            EnvelopeField::RequestId => out.write_str(self.request_id),
            EnvelopeField::Condition => out.write_str(self.condition),
            EnvelopeField::RetryAfter => self.retry_after.map_or(Ok(()), |seconds| write!(out, "{seconds}")),
        }
    }
}

/// Whoever writes here writes escaped.
struct Escaped<'a> {
    syntax: Syntax,
    out: &'a mut dyn Write,
}

impl Write for Escaped<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let plain = match self.syntax {
            Syntax::Plain => true,
            Syntax::Json => !text.contains(|c: char| matches!(c, '"' | '\\') || c.is_control()),
            Syntax::Xml => !text.contains(|c: char| matches!(c, '&' | '<' | '>' | '"' | '\'') || c.is_control()),
        };
        if plain {
            return self.out.write_str(text);
        }
        for c in text.chars() {
            match (self.syntax, c) {
                (Syntax::Json, '"') => self.out.write_str("\\\""),
                (Syntax::Json, '\\') => self.out.write_str("\\\\"),
                (Syntax::Json, '\n') => self.out.write_str("\\n"),
                (Syntax::Json, '\r') => self.out.write_str("\\r"),
                (Syntax::Json, '\t') => self.out.write_str("\\t"),
                (Syntax::Json, c) if c.is_control() => write!(self.out, "\\u{:04x}", u32::from(c)),
                (Syntax::Xml, '&') => self.out.write_str("&amp;"),
                (Syntax::Xml, '<') => self.out.write_str("&lt;"),
                (Syntax::Xml, '>') => self.out.write_str("&gt;"),
                (Syntax::Xml, '"') => self.out.write_str("&quot;"),
                (Syntax::Xml, '\'') => self.out.write_str("&#39;"),
                // XML 1.0 has no form for the others, not even an escaped one.
                (Syntax::Xml, c @ ('\n' | '\r' | '\t')) => write!(self.out, "&#{};", u32::from(c)),
                (Syntax::Xml, c) if c.is_control() => self.out.write_char('\u{fffd}'),
                (_, c) => self.out.write_char(c),
            }?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(syntax: Syntax, message: &str) -> String {
        let form = EnvelopeForm {
            name: "test",
            content_type: "",
            syntax,
            body: &[Part::Text("<"), Part::Field(EnvelopeField::Message), Part::Text(">")],
            members: &[],
            headers: &[],
            error_headers: &[],
            recognised_by: &[],
            request_id: RequestIdForm::Hex,
            distinctive: false,
        };
        let mut out = String::new();
        form.write_body(&values(&message), &mut out).unwrap();
        out
    }

    fn values(message: &dyn fmt::Display) -> Values<'_> {
        Values { status: 401, code: None, message, request_id: "id", condition: "auth", retry_after: None }
    }

    #[test]
    fn values_do_not_break_out() {
        let hostile = "a\"b\\c&<d>'\n\u{1b}中";
        assert_eq!(body(Syntax::Json, hostile), "<a\\\"b\\\\c&<d>'\\n\\u001b中>");
        assert_eq!(body(Syntax::Xml, hostile), "<a&quot;b\\c&amp;&lt;d&gt;&#39;&#10;\u{fffd}中>");
        assert_eq!(body(Syntax::Plain, hostile), format!("<{hostile}>"));
    }

    #[test]
    fn headers_are_one_line_or_not_there() {
        let header = |value| Header { name: "x", value };
        let message = header(&[Part::Text("m="), Part::Field(EnvelopeField::Message)]);
        assert_eq!(message.value(&values(&"a\r\nb")).as_deref(), Some("m=a  b"));
        assert_eq!(header(&[Part::Field(EnvelopeField::Code)]).value(&values(&"")), None);
        assert_eq!(header(&[Part::Field(EnvelopeField::RetryAfter)]).value(&values(&"")), None);
    }
}
