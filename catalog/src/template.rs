//! Message templates at run time: rendering, and its inverse.

use std::borrow::Cow;
use std::fmt;

use crate::param::{ParamRef, ParamType};

/// A message with named parameters; made by the macro, never empty pieces, never two texts in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Template {
    /// The YAML form, literal braces doubled: `header {header} is required`.
    pub source: &'static str,
    /// Texts and parameters in turn.
    pub pieces: &'static [Piece],
}

/// A part of a [`Template`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// Literal text.
    Text(&'static str),
    /// A parameter.
    Param(&'static str, ParamType),
}

/// Something that can fill a template: a condition, an error, a list of pairs.
pub trait Params {
    /// The parameter's value, if there is one of that name.
    fn param(&self, name: &str) -> Option<ParamRef<'_>>;
}

/// Name and parameters as `Debug` shows them: of each parameter whether it is sensitive, and then no value.
pub(crate) fn debug<'p>(
    name: &str,
    params: impl Iterator<Item = (&'static str, bool)>,
    value: impl Fn(&str) -> Option<ParamRef<'p>>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    let mut out = f.debug_struct(name);
    for (name, sensitive) in params {
        match value(name) {
            Some(_) if sensitive => out.field(name, &format_args!("[redacted]")),
            Some(ParamRef::Text(text)) => out.field(name, &text),
            Some(ParamRef::Number(number)) => out.field(name, &number),
            None => &mut out,
        };
    }
    out.finish()
}

/// No parameters.
impl Params for () {
    fn param(&self, _name: &str) -> Option<ParamRef<'_>> {
        None
    }
}

impl Params for [(&'static str, Cow<'_, str>)] {
    fn param(&self, name: &str) -> Option<ParamRef<'_>> {
        self.iter().find(|(known, _)| *known == name).map(|(_, value)| ParamRef::Text(value))
    }
}

impl Template {
    /// The text, if the template has no parameters.
    pub const fn as_static(&self) -> Option<&'static str> {
        match self.pieces {
            [Piece::Text(text)] => Some(text),
            [] => Some(""),
            _ => None,
        }
    }

    /// Writes the text with `params` filled in; a parameter that `params` does not know stays `{name}`.
    ///
    /// # Errors
    /// Only those of `out`.
    pub fn render(&self, params: &(impl Params + ?Sized), out: &mut impl fmt::Write) -> fmt::Result {
        for piece in self.pieces {
            match piece {
                Piece::Text(text) => out.write_str(text)?,
                Piece::Param(name, _) => match params.param(name) {
                    // What is a text already need not be formatted.
                    Some(ParamRef::Text(value)) => out.write_str(value)?,
                    Some(value) => write!(out, "{value}")?,
                    None => write!(out, "{{{name}}}")?,
                },
            }
        }
        Ok(())
    }

    /// Number of bytes of literal text: the more, the more certain a match.
    pub fn literal_len(&self) -> usize {
        self.pieces.iter().map(|piece| if let Piece::Text(text) = piece { text.len() } else { 0 }).sum()
    }

    /// All ways to read `text` as this template, up to [`MAX_READINGS`]; each a list of parameter values.
    ///
    /// Several exist where a value contains the text that follows it in the template.
    pub fn readings<'t>(&self, text: &'t str) -> Vec<Vec<(&'static str, &'t str)>> {
        let mut found = Vec::new();
        self.each_reading(text, &mut |values| found.push(collected(values, |value| value)));
        found
    }

    /// Calls `found` with every reading of `text`, and tells whether there was one. Nothing is allocated.
    pub(crate) fn each_reading<'t>(&self, text: &'t str, found: Found<'_, 't>) -> bool {
        // Where the end is literal, most texts fail there.
        if let Some(Piece::Text(last)) = self.pieces.last()
            && !text.ends_with(last)
        {
            return false;
        }
        let mut left = MAX_READINGS;
        read(self.pieces, text, None, &mut left, found);
        left < MAX_READINGS
    }
}

/// More readings of one text than this are not enumerated.
pub const MAX_READINGS: usize = 16;

/// What is done with a reading.
type Found<'f, 't> = &'f mut dyn FnMut(Option<&Value<'_, 't>>);

/// A value that was read, and those before it: a list on the stack, of which most are dropped.
pub(crate) struct Value<'v, 't> {
    name: &'static str,
    text: &'t str,
    before: Option<&'v Value<'v, 't>>,
}

/// The values in their order.
pub(crate) fn collected<'t, T>(last: Option<&Value<'_, 't>>, convert: impl Fn(&'t str) -> T) -> Vec<(&'static str, T)> {
    let chain = || std::iter::successors(last, |value| value.before);
    let mut values = Vec::with_capacity(chain().count());
    values.extend(chain().map(|value| (value.name, convert(value.text))));
    values.reverse();
    values
}

fn read<'t>(
    pieces: &'static [Piece],
    rest: &'t str,
    before: Option<&Value<'_, 't>>,
    left: &mut usize,
    found: Found<'_, 't>,
) {
    if *left == 0 {
        return;
    }
    match pieces {
        [] => {
            if rest.is_empty() {
                *left -= 1;
                found(before);
            }
        }
        [Piece::Text(text), tail @ ..] => {
            if let Some(rest) = rest.strip_prefix(text) {
                read(tail, rest, before, left, found);
            }
        }
        [Piece::Param(name, ty)] => {
            if ty.admits(rest) {
                *left -= 1;
                found(Some(&Value { name, text: rest, before }));
            }
        }
        [Piece::Param(name, ty), tail @ ..] => {
            let Some(Piece::Text(next)) = tail.first() else { return };
            // The last text is anchored at the end: only one place can do.
            if tail.len() == 1 {
                if let Some(value) = rest.strip_suffix(next)
                    && ty.admits(value)
                {
                    *left -= 1;
                    found(Some(&Value { name, text: value, before }));
                }
                return;
            }
            for (at, _) in rest.match_indices(next) {
                let (Some(value), Some(after)) = (rest.get(..at), rest.get(at..)) else { continue };
                if ty.admits(value) {
                    read(tail, after, Some(&Value { name, text: value, before }), left, found);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: Template = Template {
        source: "a {x} b {y} c",
        pieces: &[
            Piece::Text("a "),
            Piece::Param("x", ParamType::Text),
            Piece::Text(" b "),
            Piece::Param("y", ParamType::Text),
            Piece::Text(" c"),
        ],
    };

    #[test]
    fn every_reading_is_found() {
        assert_eq!(TWO.readings("a 1 b 2 c"), [vec![("x", "1"), ("y", "2")]]);
        assert_eq!(TWO.readings("a 1 b 2 b 3 c"), [vec![("x", "1"), ("y", "2 b 3")], vec![("x", "1 b 2"), ("y", "3")]]);
        assert!(TWO.readings("a 1 b 2 d").is_empty());
    }

    #[test]
    fn types_tell_templates_apart() {
        let number = Template { source: "{n}s", pieces: &[Piece::Param("n", ParamType::Number), Piece::Text("s")] };
        assert_eq!(number.readings("12s"), [vec![("n", "12")]]);
        assert!(number.readings("012s").is_empty());
        assert!(number.readings("xs").is_empty());
    }
}
