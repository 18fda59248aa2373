//! Catalog values as Rust expressions.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::model::{Catalog, CodeParam, Param, ParamType, Place, Text};
use crate::template::{Piece, Template};

/// An identifier.
pub(super) fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A field named after a parameter; the reader admits no keywords.
pub(super) fn field(name: &str) -> Ident {
    match name {
        // thiserror takes a field `source` for the error's cause, unless it is written raw.
        "source" => Ident::new_raw(name, Span::call_site()),
        _ => ident(name),
    }
}

/// The module of a vendor.
pub(super) fn module(vendor: &str) -> Ident {
    ident(vendor)
}

/// `auth.signature.x_date` → `AuthSignatureXDate`.
pub(super) fn camel(id: &str) -> Ident {
    let mut name = String::with_capacity(id.len());
    for word in id.split(['.', '_', '-']) {
        let mut chars = word.chars();
        name.extend(chars.next().map(|c| c.to_ascii_uppercase()));
        name.push_str(chars.as_str());
    }
    ident(&name)
}

/// A reference to the record of a condition, from a vendor's module: the base catalog's, or one of the module above.
pub(super) fn condition_record(catalog: &Catalog, index: usize) -> TokenStream {
    let base = catalog.base_len();
    if let Some(own) = index.checked_sub(base) {
        let own = number(own);
        quote!(&super::CONDITIONS[#own])
    } else {
        let index = number(index);
        quote!(&::apigw_errors::CONDITIONS[#index])
    }
}

/// A number without suffix.
pub(super) fn number(value: usize) -> Literal {
    Literal::usize_unsuffixed(value)
}

/// `Option<T>`, from an expression of type `T`.
pub(super) fn option(value: Option<TokenStream>) -> TokenStream {
    value.map_or_else(|| quote!(::core::option::Option::None), |value| quote!(::core::option::Option::Some(#value)))
}

/// `Option<&'static str>`
pub(super) fn option_str(text: Option<&str>) -> TokenStream {
    option(text.map(|text| quote!(#text)))
}

/// `Option<Status>`
pub(super) fn status(status: Option<u16>) -> TokenStream {
    // `Status::new` is an option itself.
    status.map_or_else(
        || quote!(::core::option::Option::None),
        |status| {
            let status = Literal::u16_unsuffixed(status);
            quote!(::apigw_errors::Status::new(#status))
        },
    )
}

/// `Text`
pub(super) fn text(text: &Text) -> TokenStream {
    let (en, zh) = (text.en.trim_end(), text.zh.trim_end());
    quote!(::apigw_errors::Text { en: #en, zh: #zh })
}

/// `Option<Text>`
pub(super) fn option_text(value: Option<&Text>) -> TokenStream {
    option(value.map(text))
}

/// A variant of one of the runtime's facet enums.
pub(super) fn facet(name: &str, variant: &str) -> TokenStream {
    let (name, variant) = (ident(name), ident(variant));
    quote!(::apigw_errors::#name::#variant)
}

/// `Place`
pub(super) fn place(place: &Place) -> TokenStream {
    let (file, line) = (&place.file, number(place.line));
    quote!(::apigw_errors::Place { file: #file, line: #line })
}

/// `ParamType`
pub(super) fn param_type(ty: ParamType) -> TokenStream {
    let ty = ident(ty.variant());
    quote!(::apigw_errors::param::ParamType::#ty)
}

/// The Rust type of a field.
pub(super) fn rust_type(ty: ParamType) -> TokenStream {
    if ty == ParamType::Number {
        return quote!(u64);
    }
    let ty = ident(ty.variant());
    quote!(::apigw_errors::param::#ty)
}

/// A value of that type, from catalog text that the reader has checked.
pub(super) fn value(ty: ParamType, text: &str) -> TokenStream {
    if ty == ParamType::Number {
        let number = Literal::u64_unsuffixed(text.parse().unwrap_or(0));
        return quote!(#number);
    }
    let ty = rust_type(ty);
    quote!(#ty::from_static(#text))
}

/// `Template`; `types` tells the type of each parameter.
pub(super) fn template(template: &Template, types: &dyn Fn(&str) -> ParamType) -> TokenStream {
    let source = template.to_string();
    let pieces = template.pieces.iter().map(|piece| match piece {
        Piece::Text(text) => quote!(::apigw_errors::Piece::Text(#text)),
        Piece::Param(name) => {
            let ty = param_type(types(name));
            quote!(::apigw_errors::Piece::Param(#name, #ty))
        }
    });
    quote!(::apigw_errors::Template { source: #source, pieces: &[#(#pieces),*] })
}

/// The type of a name in a template of a code: the code's own parameters, then those of a condition.
pub(super) fn type_of(name: &str, own: &[CodeParam], condition: &[Param]) -> ParamType {
    own.iter()
        .find(|param| param.name == name)
        .map(|param| param.ty)
        .or_else(|| condition.iter().find(|param| param.name == name).map(|param| param.ty))
        .unwrap_or(ParamType::Text)
}

/// A doc attribute of several paragraphs.
pub(super) fn doc(paragraphs: &[&str]) -> TokenStream {
    let mut lines = Vec::new();
    for paragraph in paragraphs.iter().map(|paragraph| paragraph.trim()).filter(|paragraph| !paragraph.is_empty()) {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(paragraph.lines().map(|line| format!(" {}", escape_markdown(line))));
    }
    quote!(#(#[doc = #lines])*)
}

/// Keeps rustdoc from reading wire texts as links, tags or headings.
fn escape_markdown(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut in_code = false;
    for c in line.chars() {
        if c == '`' {
            in_code = !in_code;
        }
        if !in_code && matches!(c, '<' | '>' | '[' | ']' | '*' | '_' | '#' | '|') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
