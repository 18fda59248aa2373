//! What an API declares of the values its calls carry: in header fields, in the path, in the query, in a form.

mod fields;

use http::HeaderName;

pub(crate) use fields::{Fields, MOST_FIELDS, Unreadable, count, decoded};

/// What an API declares.
#[derive(Debug)]
pub struct Parameters {
    /// All parameters, those of one place together.
    pub declared: Vec<Parameter>,
    /// Whether fields of query and form that are not declared are refused.
    pub closed: bool,
    /// Groups of parameters, by position, whose values must not fall from one to the next.
    pub ascending: Vec<Vec<usize>>,
}

/// One parameter.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: Box<str>,
    /// Where it stands.
    pub place: Place,
    /// Whether a call without it, or with nothing in it, is refused.
    pub required: bool,
    /// Given to the backend where the call has none.
    pub default: Option<Box<str>>,
    /// Whether it may stand there more than once.
    pub repeated: bool,
    /// What it is.
    pub kind: Kind,
    /// Which values are legal.
    pub range: Range,
    /// It exists only where another parameter has one of some values.
    pub only_for: Option<OnlyFor>,
}

/// Where a parameter stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In this header field.
    Header(HeaderName),
    /// In the path.
    Path {
        /// Which segment, the empty one before the first `/` counted.
        segment: usize,
        /// The segment and all behind it.
        rest: bool,
    },
    /// In the query.
    Query,
    /// In a body of type `application/x-www-form-urlencoded`.
    Body,
}

/// What a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    String,
    /// A whole number of 64 bits, as people write it.
    Integer,
    /// A number, as people write it.
    Number,
    /// `true` or `false`
    Boolean,
}

impl Kind {
    /// All kinds by their name in the configuration.
    pub const NAMES: &'static [(&'static str, Self)] =
        &[("string", Self::String), ("integer", Self::Integer), ("number", Self::Number), ("boolean", Self::Boolean)];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
        }
    }

    /// True if values of this kind are compared as numbers.
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Integer | Self::Number)
    }

    fn admits(self, value: &str) -> bool {
        match self {
            Self::String => true,
            Self::Integer => value.parse::<i64>().is_ok() && !value.starts_with('+'),
            Self::Number => number(value).is_some(),
            Self::Boolean => matches!(value, "true" | "false"),
        }
    }
}

/// Which values are legal. Lengths are in characters.
#[derive(Debug, Default)]
pub struct Range {
    /// Least number.
    pub min: Option<f64>,
    /// Greatest number.
    pub max: Option<f64>,
    /// Shortest text.
    pub min_length: Option<usize>,
    /// Longest text.
    pub max_length: Option<usize>,
    /// These and no others; all if there are none.
    pub one_of: Vec<Box<str>>,
}

impl Range {
    fn admits(&self, value: &str) -> bool {
        let within = |number: f64| self.min.is_none_or(|min| number >= min) && self.max.is_none_or(|max| number <= max);
        let length = || value.chars().count();
        (self.min.is_none() && self.max.is_none() || number(value).is_some_and(within))
            && self.min_length.is_none_or(|min| length() >= min)
            && self.max_length.is_none_or(|max| length() <= max)
            && (self.one_of.is_empty() || self.one_of.iter().any(|legal| **legal == *value))
    }
}

/// A parameter that exists only for some values of another.
#[derive(Debug)]
pub struct OnlyFor {
    /// Position of the other.
    pub parameter: usize,
    /// The values.
    pub values: Vec<Box<str>>,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It is of another kind.
    Kind,
    /// It is of the kind, and not legal.
    Range,
}

impl Parameter {
    /// Looks at a value that is there.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn judge(&self, value: &str) -> Result<(), Flaw> {
        if !self.kind.admits(value) {
            return Err(Flaw::Kind);
        }
        if self.range.admits(value) { Ok(()) } else { Err(Flaw::Range) }
    }
}

/// A finite number in digits: `inf` and `nan` are none.
pub(crate) fn number(value: &str) -> Option<f64> {
    let digits = value.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte));
    value.parse().ok().filter(|number: &f64| digits && !value.starts_with('+') && number.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds() {
        for (kind, good, bad) in [
            (
                Kind::Integer,
                &["0", "-7", "9223372036854775807"][..],
                &["", "+7", "7.0", "9223372036854775808", "0x7"][..],
            ),
            (Kind::Number, &["0", "-7.5", "1e3", "7."], &["", "inf", "NaN", "+1", "1e999", "1_000", "٣"]),
            (Kind::Boolean, &["true", "false"], &["", "1", "True"]),
        ] {
            assert!(good.iter().all(|value| kind.admits(value)), "{kind:?} {good:?}");
            assert!(bad.iter().all(|value| !kind.admits(value)), "{kind:?} {bad:?}");
        }
    }

    #[test]
    fn ranges() {
        let range = Range { min: Some(1.0), max: Some(9.5), ..Range::default() };
        assert!(range.admits("1") && range.admits("9.5") && !range.admits("0.99") && !range.admits("10"));
        let range = Range { min_length: Some(2), max_length: Some(3), ..Range::default() };
        assert!(range.admits("中文") && !range.admits("x") && !range.admits("long"));
        let range = Range { one_of: vec!["a".into(), "b".into()], ..Range::default() };
        assert!(range.admits("b") && !range.admits("c"));
    }
}
