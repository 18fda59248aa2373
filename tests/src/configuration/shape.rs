//! What the gateway's sources say of the types that a configuration is read into.

use std::path::{Path, PathBuf};

use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Fields, GenericArgument, Ident, Item, Lit, Meta, PathArguments, Token, Type};

use super::Failure;

/// What stands around the type of a value, and is not written.
const WRAPPERS: [&str; 4] = ["At", "Option", "Vec", "Box"];

/// All shapes that the sources define.
pub(super) struct Shapes(Vec<Shape>);

/// A section of a file, or the choice between several.
pub(super) struct Shape {
    module: String,
    name: String,
    pub(super) about: String,
    /// One of `fields` stands there, not all of them.
    pub(super) is_choice: bool,
    pub(super) fields: Vec<Field>,
}

/// A key, or one of several choices.
pub(super) struct Field {
    /// `None` for a choice that is known by its form alone.
    pub(super) name: Option<String>,
    pub(super) about: String,
    pub(super) needed: bool,
    kind: Option<Kind>,
}

/// The type of a field without what is around it.
struct Kind {
    path: Vec<String>,
    /// What stands behind the field's name: `[]` for a list, `.NAME` for a table.
    suffix: &'static str,
}

impl Field {
    /// Where it stands, below `place`.
    pub(super) fn place(&self, place: &str) -> String {
        let dot = if place.is_empty() { "" } else { "." };
        let suffix = self.kind.as_ref().map_or("", |kind| kind.suffix);
        self.name.as_ref().map_or(place.to_owned(), |name| format!("{place}{dot}{name}{suffix}"))
    }
}

impl Shapes {
    /// Reads the sources of the configuration.
    pub(super) fn read(folder: &Path) -> Result<Self, Failure> {
        let mut shapes = Vec::new();
        for (path, module) in files(folder)? {
            let unreadable = |source| Failure::Unreadable { path: path.clone(), source };
            let text = std::fs::read_to_string(&path).map_err(unreadable)?;
            let file = syn::parse_file(&text).map_err(|source| Failure::NoRust { path: path.clone(), source })?;
            shapes.extend(file.items.iter().filter_map(|item| shape(item, &module)));
        }
        Ok(Self(shapes))
    }

    /// The shape of this name.
    pub(super) fn find(&self, module: &str, name: &str) -> Option<&Shape> {
        self.0.iter().find(|shape| shape.module == module && shape.name == name)
    }

    /// The shape of a field of `shape`, if it has one.
    pub(super) fn of(&self, shape: &Shape, field: &Field) -> Option<&Shape> {
        match field.kind.as_ref()?.path.as_slice() {
            [.., module, name] => self.find(module, name),
            // Its own module's, or one of another that is imported by name.
            [name] => self.find(&shape.module, name).or_else(|| self.0.iter().find(|other| other.name == *name)),
            [] => None,
        }
    }
}

/// The sources and their modules, sorted. What stands in a folder belongs to the module of that name.
fn files(folder: &Path) -> Result<Vec<(PathBuf, String)>, Failure> {
    let mut found = Vec::new();
    let unreadable = |source| Failure::Unreadable { path: folder.to_owned(), source };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(files(&path)?.into_iter().map(|(path, _)| (path, stem.clone())));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push((path, stem));
        }
    }
    found.sort();
    Ok(found)
}

fn shape(item: &Item, module: &str) -> Option<Shape> {
    let shape = |name: &Ident, attrs: &[Attribute], is_choice, fields| Shape {
        module: module.to_owned(),
        name: name.to_string(),
        about: docs(attrs),
        is_choice,
        fields,
    };
    match item {
        Item::Struct(item) if is_read(&item.attrs) && matches!(item.fields, Fields::Named(_)) => {
            let fields = item.fields.iter().filter_map(|field| {
                let serde = Serde::of(&field.attrs);
                Some(Field {
                    name: Some(serde.name.unwrap_or(field.ident.as_ref()?.to_string())),
                    about: docs(&field.attrs),
                    needed: !serde.has_default && !is_option(&field.ty),
                    kind: kind(&field.ty, ""),
                })
            });
            Some(shape(&item.ident, &item.attrs, false, fields.collect()))
        }
        Item::Enum(item) if is_read(&item.attrs) => {
            let is_named = !Serde::of(&item.attrs).is_untagged;
            let fields = item.variants.iter().map(|variant| Field {
                name: is_named.then(|| snake_case(&variant.ident.to_string())),
                about: docs(&variant.attrs),
                needed: false,
                kind: match &variant.fields {
                    Fields::Unnamed(fields) => fields.unnamed.first().and_then(|field| kind(&field.ty, "")),
                    Fields::Named(_) | Fields::Unit => None,
                },
            });
            Some(shape(&item.ident, &item.attrs, true, fields.collect()))
        }
        Item::Macro(item) if item.mac.path.is_ident("limits") => {
            let bounds = item.mac.parse_body_with(Punctuated::<Bound, Token![,]>::parse_terminated).ok()?;
            let fields = bounds.into_iter().map(|Bound(attrs, name)| Field {
                name: Some(name.to_string()),
                about: docs(&attrs),
                needed: false,
                kind: None,
            });
            Some(Shape {
                module: module.to_owned(),
                name: "Limits".to_owned(),
                about: "Bounds on what a client may send and how long it may take, each with a default.".to_owned(),
                is_choice: false,
                fields: fields.collect(),
            })
        }
        _ => None,
    }
}

/// A line of `limits! { … }`.
struct Bound(Vec<Attribute>, Ident);

impl Parse for Bound {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        Ok(Self(input.call(Attribute::parse_outer)?, input.parse()?))
    }
}

/// True for a type that is written back, as everything that is read can be.
fn is_read(attrs: &[Attribute]) -> bool {
    attrs.iter().filter(|attr| attr.path().is_ident("derive")).any(|attr| {
        let derived = attr.parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated);
        derived.is_ok_and(|paths| paths.iter().any(|path| path.is_ident("Serialize")))
    })
}

/// What the attributes for the reader say.
#[derive(Default)]
struct Serde {
    name: Option<String>,
    has_default: bool,
    is_untagged: bool,
}

impl Serde {
    fn of(attrs: &[Attribute]) -> Self {
        let mut said = Self::default();
        for attr in attrs.iter().filter(|attr| attr.path().is_ident("serde")) {
            let Ok(metas) = attr.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated) else { continue };
            for meta in metas {
                said.has_default |= meta.path().is_ident("default");
                said.is_untagged |= meta.path().is_ident("untagged");
                if let Meta::NameValue(pair) = &meta
                    && pair.path.is_ident("rename")
                {
                    said.name = text(&pair.value);
                }
            }
        }
        said
    }
}

/// The doc comment in one line.
fn docs(attrs: &[Attribute]) -> String {
    let lines = attrs.iter().filter_map(|attr| match &attr.meta {
        Meta::NameValue(pair) if pair.path.is_ident("doc") => text(&pair.value),
        _ => None,
    });
    let lines: Vec<String> = lines.map(|line| line.trim().to_owned()).collect();
    lines.join(" ")
}

fn text(value: &Expr) -> Option<String> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        _ => None,
    }
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(path) if path.path.segments.last().is_some_and(|last| last.ident == "Option"))
}

/// Takes off what is around a type.
fn kind(ty: &Type, suffix: &'static str) -> Option<Kind> {
    let Type::Path(path) = ty else { return None };
    let last = path.path.segments.last()?;
    let inner = match &last.arguments {
        PathArguments::AngleBracketed(inner) => inner.args.iter().filter_map(|argument| match argument {
            GenericArgument::Type(ty) => Some(ty),
            _ => None,
        }),
        _ => return Some(Kind { path: path.path.segments.iter().map(|one| one.ident.to_string()).collect(), suffix }),
    };
    let outer = last.ident.to_string();
    let suffix = match &*outer {
        "Vec" => "[]",
        "BTreeMap" => ".NAME",
        _ => suffix,
    };
    if outer == "BTreeMap" || WRAPPERS.contains(&&*outer) { kind(inner.last()?, suffix) } else { None }
}

/// `DefaultDomain` as it is written in a file: `default_domain`.
fn snake_case(name: &str) -> String {
    let mut written = String::new();
    for (number, letter) in name.chars().enumerate() {
        if letter.is_ascii_uppercase() && number > 0 {
            written.push('_');
        }
        written.push(letter.to_ascii_lowercase());
    }
    written
}
