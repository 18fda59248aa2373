//! Diagnostics as text: file, line and column, the line itself, a caret, a hint.

use annotate_snippets::{Annotation, AnnotationKind, Group, Level, Origin, Renderer, Snippet};

use super::Diagnostic;
use crate::source::{Site, SourceMap};

/// Whether rendered diagnostics carry terminal colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Colour {
    /// Plain text, as `compile_error!` needs it.
    Never,
    /// ANSI escapes.
    Always,
}

impl Diagnostic {
    /// The diagnostic as text, without a line end.
    pub fn render(&self, sources: &SourceMap, colour: Colour) -> String {
        let title = Level::ERROR.primary_title(self.kind.about()).id(self.kind.name());
        let mut main = with_place(title.elements(NOTHING), sources, self.site, AnnotationKind::Primary, &self.label);
        if let Some(help) = &self.help {
            main = main.element(Level::HELP.message(help));
        }
        let related = self.related.iter().map(|related| {
            let title = Level::NOTE.secondary_title(&related.label);
            with_place(title.elements(NOTHING), sources, related.site, AnnotationKind::Primary, "")
        });
        let groups: Vec<Group<'_>> = std::iter::once(main).chain(related).collect();
        let renderer = match colour {
            Colour::Never => Renderer::plain(),
            Colour::Always => Renderer::styled(),
        };
        renderer.render(&groups)
    }
}

const NOTHING: [annotate_snippets::Message<'static>; 0] = [];

/// Adds the line at `site` with a caret, or the bare file name where there is no line.
fn with_place<'a>(
    group: Group<'a>,
    sources: &'a SourceMap,
    site: Site,
    kind: AnnotationKind,
    label: &'a str,
) -> Group<'a> {
    let Some(source) = sources.get(site.file) else { return group.element(Level::NOTE.message(label)) };
    let (number, line) = source.line(site.start);
    let text = source.text.get(line.clone()).unwrap_or_default();
    if text.trim().is_empty() {
        let place = group.element(Origin::path(&source.shown));
        return if label.is_empty() { place } else { place.element(Level::NOTE.message(label)) };
    }
    // Only the line goes to the renderer: it would index the whole file again for every diagnostic.
    let start = site.start - line.start;
    let end = site.end.min(line.end).max(site.start) - line.start;
    let annotation: Annotation<'_> = kind.span(start..end);
    let annotation = if label.is_empty() { annotation } else { annotation.label(label) };
    group.element(Snippet::source(text).path(&source.shown).line_start(number).annotation(annotation))
}
