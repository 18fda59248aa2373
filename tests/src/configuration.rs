//! The reference of the gateway's configuration, made from the doc comments of the types that read it: what a key is for
//! is written down once, beside the key.

mod shape;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use apigw_errors::CATALOG;

use shape::{Shape, Shapes};

/// The type of a whole file, and the module it stands in.
const ROOT: (&str, &str) = ("file", "File");

/// Why the reference could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// A source file cannot be read.
    #[error("{path}: {source}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A source file is no Rust.
    #[error("{path}: {source}")]
    NoRust {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: syn::Error,
    },
}

/// The reference, as Markdown, from the sources of the gateway in `folder`.
///
/// # Errors
/// A source that cannot be read.
pub fn reference(folder: &Path) -> Result<String, Failure> {
    let shapes = Shapes::read(folder)?;
    let mut text = String::from(HEAD);
    dialects(&mut text);
    text.push_str("## All keys\n");
    let sections = sections(&shapes);
    let mut above = "";
    for section in &sections {
        section.write(above, &shapes, &sections, &mut text);
        above = section.first();
    }
    Ok(text)
}

const HEAD: &str = "\
# The gateway's configuration

<!-- generated: cargo run -p apigw-tests --bin generate -->

Every key of `apigw-gateway --config FILE`. [README.md](README.md) explains how to begin and what becomes of faults;
[examples](examples) are whole configurations with calls to try.

Times are written `500ms`, `10s`, `2m`, `1h`; sizes `32768`, `32 KiB`, `12 MiB`; networks `192.0.2.7`, `10.0.0.0/8`, `fe80::/10`.
Names of files are relative to the folder in which the gateway is started. A key that is not listed here is refused.

";

/// What may stand under `dialect`.
fn dialects(text: &mut String) {
    text.push_str(
        "## Dialects\n\n`dialect` is `problem` (RFC 9457) or `vendor[@edition][+style]`; without an edition, the newest.\n\n\
         | vendor | editions | styles |\n|---|---|---|\n",
    );
    let join = |names: &mut dyn Iterator<Item = &'static str>| {
        let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
        names.join(", ")
    };
    for vendor in CATALOG.vendors {
        let editions = join(&mut vendor.editions.iter().map(|edition| edition.id));
        let styles = join(&mut vendor.styles().into_iter());
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| `{}` | {editions} | {styles} |", vendor.id);
    }
    text.push('\n');
}

/// A shape, and where in a file it stands.
struct Section<'a> {
    shape: &'a Shape,
    places: Vec<String>,
}

/// All shapes that a file may hold, in the order in which a reader of the file meets them.
fn sections(shapes: &Shapes) -> Vec<Section<'_>> {
    let mut sections: Vec<Section<'_>> = Vec::new();
    gather(shapes, shapes.find(ROOT.0, ROOT.1), String::new(), &mut sections);
    sections
}

fn gather<'a>(shapes: &'a Shapes, shape: Option<&'a Shape>, place: String, sections: &mut Vec<Section<'a>>) {
    let Some(shape) = shape else { return };
    if let Some(known) = sections.iter_mut().find(|section| std::ptr::eq(section.shape, shape)) {
        known.places.push(place);
        return;
    }
    sections.push(Section { shape, places: vec![place.clone()] });
    for field in &shape.fields {
        gather(shapes, shapes.of(shape, field), field.place(&place), sections);
    }
}

impl Section<'_> {
    /// The first place where it may stand; empty for the whole file.
    fn first(&self) -> &str {
        self.places.first().map_or("", String::as_str)
    }

    /// Writes it below the section that stands at the place `above`.
    fn write(&self, above: &str, shapes: &Shapes, sections: &[Self], text: &mut String) {
        let (shape, first) = (self.shape, self.first());
        // Writing to a string cannot fail.
        let _ = match first {
            "" => writeln!(text, "\n### The file\n"),
            // The long form of what may be written in a word.
            first if first == above => writeln!(text),
            first => writeln!(text, "\n### `{first}`\n"),
        };
        let _ = writeln!(text, "{}", shape.about);
        let others: Vec<String> = self.places.iter().skip(1).map(|place| format!("`{place}`")).collect();
        if !others.is_empty() {
            let _ = writeln!(text, "\nThe same stands under {}.", others.join(", "));
        }
        let _ = writeln!(text, "{}", if shape.is_choice { "\nOne of:\n" } else { "" });
        for field in &shape.fields {
            let needed = if field.needed { " **Needed.**" } else { "" };
            let name = field.name.as_deref().map(|name| format!("`{name}`: ")).unwrap_or_default();
            let _ = write!(text, "- {name}{}{needed}", field.about);
            let explained = shapes.of(shape, field).filter(|_| field.name.is_some());
            let explained = explained.and_then(|shape| sections.iter().find(|one| std::ptr::eq(one.shape, shape)));
            if let Some(section) = explained {
                let place = field.place(first);
                let _ = write!(text, " See [`{place}`](#{}).", anchor(section.first()));
            }
            text.push('\n');
        }
    }
}

/// What a renderer of Markdown makes of a heading.
fn anchor(heading: &str) -> String {
    heading
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        .collect::<String>()
        .to_ascii_lowercase()
}
