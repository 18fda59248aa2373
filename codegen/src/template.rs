//! Message templates: `header {header} is required`. Literal braces are doubled.

use std::fmt;

/// A message with named parameters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    /// Texts and parameters in turn; never two texts in a row, never an empty text.
    pub pieces: Vec<Piece>,
}

/// A part of a [`Template`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Literal text.
    Text(String),
    /// A parameter by name.
    Param(String),
}

/// What is wrong with a template, and the byte at which it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// Byte offset in the template text.
    pub at: usize,
    /// What is wrong there.
    pub kind: TemplateErrorKind,
}

/// See [`TemplateError`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplateErrorKind {
    /// `{` without `}`.
    Unclosed,
    /// `}` without `{`.
    Unopened,
    /// What stands between the braces is no snake-case name.
    BadName(String),
    /// Two parameters touch: no text could tell where one ends.
    Adjacent,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            TemplateErrorKind::Unclosed => f.write_str("`{` is never closed (write `{{` for a literal brace)"),
            TemplateErrorKind::Unopened => f.write_str("`}` closes nothing (write `}}` for a literal brace)"),
            TemplateErrorKind::BadName(name) => {
                write!(f, "`{name}` is no parameter name: use snake_case, or double the braces if they are literal")
            }
            TemplateErrorKind::Adjacent => f.write_str("two parameters touch, so the text cannot be read back"),
        }
    }
}

impl Template {
    /// Reads the YAML form.
    ///
    /// # Errors
    /// The first malformed place.
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '{' | '}' if chars.peek().is_some_and(|&(_, next)| next == c) => {
                    chars.next();
                    literal.push(c);
                }
                '{' => {
                    let mut name = String::new();
                    loop {
                        match chars.next() {
                            Some((_, '}')) => break,
                            Some((_, c)) => name.push(c),
                            None => return Err(TemplateError { at, kind: TemplateErrorKind::Unclosed }),
                        }
                    }
                    if !is_name(&name) {
                        return Err(TemplateError { at, kind: TemplateErrorKind::BadName(name) });
                    }
                    if !literal.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut literal)));
                    } else if matches!(pieces.last(), Some(Piece::Param(_))) {
                        return Err(TemplateError { at, kind: TemplateErrorKind::Adjacent });
                    }
                    pieces.push(Piece::Param(name));
                }
                '}' => return Err(TemplateError { at, kind: TemplateErrorKind::Unopened }),
                c => literal.push(c),
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Self { pieces })
    }

    /// The names used, in order, each once.
    pub fn params(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for piece in &self.pieces {
            if let Piece::Param(name) = piece
                && !names.contains(&name.as_str())
            {
                names.push(name);
            }
        }
        names
    }

    /// Puts a parameter in the place of each printed placeholder.
    ///
    /// `placeholders` are `(printed, name)`. `None` if a placeholder does not occur exactly once, or two overlap.
    pub fn from_printed(printed: &str, placeholders: &[(&str, &str)]) -> Option<Self> {
        let mut hits: Vec<(usize, &str, &str)> = Vec::new();
        for &(placeholder, name) in placeholders {
            let mut found = printed.match_indices(placeholder);
            let (at, _) = found.next()?;
            if placeholder.is_empty() || found.next().is_some() {
                return None;
            }
            hits.push((at, placeholder, name));
        }
        hits.sort_unstable();
        let mut pieces = Vec::new();
        let mut done = 0;
        for (at, placeholder, name) in hits {
            let text = printed.get(done..at)?;
            if !text.is_empty() {
                pieces.push(Piece::Text(text.to_owned()));
            }
            pieces.push(Piece::Param(name.to_owned()));
            done = at + placeholder.len();
        }
        let rest = printed.get(done..)?;
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Some(Self { pieces })
    }
}

impl fmt::Display for Template {
    /// The YAML form, literal braces doubled again.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}"))?,
                Piece::Param(name) => write!(f, "{{{name}}}")?,
            }
        }
        Ok(())
    }
}

/// `snake_case`, starting with a letter.
pub fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_kept() {
        let text = "Only support the map_from like method.req.{{path}}.{{}}";
        let template = Template::parse(text).unwrap();
        assert_eq!(template.pieces, [Piece::Text("Only support the map_from like method.req.{path}.{}".into())]);
        assert_eq!(template.to_string(), text);
    }

    #[test]
    fn printed_placeholder_must_stand_once() {
        assert_eq!(
            Template::from_printed("header xxx is required", &[("xxx", "header")]).unwrap().to_string(),
            "header {header} is required"
        );
        assert!(Template::from_printed("xxx and xxx", &[("xxx", "a")]).is_none());
        assert!(Template::from_printed("none", &[("xxx", "a")]).is_none());
    }

    #[test]
    fn bad_templates_are_placed() {
        let error = |text| Template::parse(text).unwrap_err();
        assert_eq!(error("ab {c"), TemplateError { at: 3, kind: TemplateErrorKind::Unclosed });
        assert_eq!(error("ab }"), TemplateError { at: 3, kind: TemplateErrorKind::Unopened });
        assert_eq!(error("{A}").kind, TemplateErrorKind::BadName("A".into()));
        assert_eq!(error("{a}{b}").kind, TemplateErrorKind::Adjacent);
    }
}
