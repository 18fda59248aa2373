//! Message templates, read with the place of a fault inside their scalar.

use crate::diagnostic::{Diagnostic, Kind};
use crate::document::Scalar;
use crate::source::Site;
use crate::template::{Template, TemplateErrorKind};

use super::vendor::Scope;
use super::{Sink, within};

/// Reads a template.
pub(crate) fn template(scope: &Scope<'_>, scalar: &Scalar, sink: &mut Sink) -> Option<Template> {
    if sink.filled(scope.file, scalar).is_empty() {
        return None;
    }
    match Template::parse(&scalar.value) {
        Ok(template) => Some(template),
        Err(error) => {
            let len = match &error.kind {
                TemplateErrorKind::BadName(name) => name.len() + 2,
                TemplateErrorKind::Unclosed | TemplateErrorKind::Unopened | TemplateErrorKind::Adjacent => 1,
            };
            let site = within(scope.file, scope.sources, scalar, error.at, len);
            sink.push(Diagnostic::new(Kind::BadTemplate, site, error.to_string()));
            None
        }
    }
}

/// The site of a parameter in a template as written.
pub(crate) fn param_site(scope: &Scope<'_>, scalar: &Scalar, name: &str) -> Site {
    let braced = format!("{{{name}}}");
    match scalar.value.find(&braced) {
        Some(at) => within(scope.file, scope.sources, scalar, at, braced.len()),
        None => scope.file.at(scalar),
    }
}
