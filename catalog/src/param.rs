//! Typed parameters of messages and conditions.

use std::borrow::Cow;
use std::fmt;

/// The type of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParamType {
    /// Any text.
    Text,
    /// RFC 9110 token: a header name, an algorithm.
    Token,
    /// RFC 9110 method.
    Method,
    /// Host with optional port.
    Host,
    /// Request target or path.
    Uri,
    /// Unsigned number.
    Number,
    /// `HTTP`, `HTTPS`, …
    Protocol,
    /// Comma-separated protocols.
    Protocols,
    /// `TLSv1.1`.
    TlsVersion,
}

impl ParamType {
    /// The word the catalog and `catalog.json` use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Token => "token",
            Self::Method => "method",
            Self::Host => "host",
            Self::Uri => "uri",
            Self::Number => "number",
            Self::Protocol => "protocol",
            Self::Protocols => "protocols",
            Self::TlsVersion => "tls_version",
        }
    }

    /// Could `text` be a value of this type? Parsing a message uses this to tell templates apart.
    pub fn admits(self, text: &str) -> bool {
        match self {
            Self::Text => true,
            Self::Token | Self::Method | Self::Protocol => is_token(text),
            Self::Host => !text.is_empty() && text.bytes().all(|b| b > b' ' && b != b'/' && b != 0x7f),
            Self::Uri => !text.is_empty() && text.bytes().all(|b| b > b' ' && b != 0x7f),
            Self::Number => !text.is_empty() && is_canonical_number(text),
            Self::Protocols => text.split(',').all(|one| is_token(one.trim())),
            Self::TlsVersion => {
                !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b' ')
            }
        }
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b))
}

/// A `u64` as `Display` writes it, so that reading and writing agree to the letter.
fn is_canonical_number(text: &str) -> bool {
    text.parse::<u64>().is_ok() && !text.starts_with('+') && (text == "0" || !text.starts_with('0'))
}

/// A borrowed parameter value, as conditions and errors hand it to templates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParamRef<'a> {
    /// A text of whatever type.
    Text(&'a str),
    /// A number.
    Number(u64),
}

impl fmt::Display for ParamRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => number.fmt(f),
        }
    }
}

/// A Rust type that can stand in a typed field.
pub trait Param: fmt::Display + Sized {
    /// The value for a template.
    fn as_param(&self) -> ParamRef<'_>;
    /// The inverse of `Display`; `None` if the text is no value of the type.
    fn from_text(text: &str) -> Option<Self>;
}

impl Param for u64 {
    fn as_param(&self) -> ParamRef<'_> {
        ParamRef::Number(*self)
    }

    fn from_text(text: &str) -> Option<Self> {
        if is_canonical_number(text) { text.parse().ok() } else { None }
    }
}

macro_rules! text_param {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// A value without allocation.
            pub const fn from_static(text: &'static str) -> Self {
                Self(Cow::Borrowed(text))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned if it was.
            pub fn into_inner(self) -> Cow<'static, str> {
                self.0
            }
        }

        impl From<&'static str> for $name {
            fn from(text: &'static str) -> Self {
                Self(Cow::Borrowed(text))
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(Cow::Owned(text))
            }
        }

        impl From<Cow<'static, str>> for $name {
            fn from(text: Cow<'static, str>) -> Self {
                Self(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Param for $name {
            fn as_param(&self) -> ParamRef<'_> {
                ParamRef::Text(&self.0)
            }

            fn from_text(text: &str) -> Option<Self> {
                ParamType::$name.admits(text).then(|| Self(Cow::Owned(text.to_owned())))
            }
        }
    };
}

text_param! {
    /// Any text.
    Text
}
text_param! {
    /// RFC 9110 token: a header name, an algorithm.
    Token
}
text_param! {
    /// RFC 9110 method.
    Method
}
text_param! {
    /// Host with optional port.
    Host
}
text_param! {
    /// Request target or path.
    Uri
}
text_param! {
    /// A protocol by the name the vendors print: `HTTP`, `HTTPS`, `GRPCS`.
    Protocol
}
text_param! {
    /// Protocols, separated by commas.
    Protocols
}
text_param! {
    /// A TLS version as OpenSSL prints it: `TLSv1.1`.
    TlsVersion
}
