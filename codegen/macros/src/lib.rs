//! The `catalog!` macro of `apigw-errors`. The work is done in `apigw-errors-codegen`; this is the shell that the
//! compiler calls.

use std::path::PathBuf;

use apigw_errors_codegen::{self as codegen, BaseFile, Files, expand, read};
use proc_macro::TokenStream;
use proc_macro2::{TokenStream as TokenStream2, TokenTree};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitBool, LitStr, Path, Token, braced, bracketed, parse_macro_input, token};

/// Reads a catalog's YAML at compile time and expands to its typed enums, look-ups and static records.
///
/// ```ignore
/// apigw_errors::catalog! {
///     root: "..",                             // the catalog's folder, relative to the invoking source file
///     conditions: "conditions.yaml",         // with a base: what this catalog adds, or left out
///     relations: "relations.yaml",            // optional
///     vendors: ["vendors/huawei.yaml"],
///     base: apigw_errors,                     // optional: the crate whose catalog this one builds on
/// }
/// ```
///
/// Every mistake in the files becomes one compile error with file, line, column and the line itself. The calling crate
/// needs `apigw-errors`, `phf`, `strum` and `thiserror` as dependencies.
#[proc_macro]
pub fn catalog(input: TokenStream) -> TokenStream {
    let call = parse_macro_input!(input as Call);
    if let Some(Base::Crate(path)) = &call.base {
        let rest = &call.rest;
        return quote!(#path::__extend! { #rest }).into();
    }
    let span = call.root.span();
    let source_folder = span
        .unwrap()
        .local_file()
        .and_then(|file| std::path::absolute(file).ok())
        .and_then(|file| file.parent().map(PathBuf::from))
        .unwrap_or_default();
    let root = source_folder.join(call.root.value());
    // Without `..`, so that diagnostics show the shortest path; a folder that is not there is reported as such.
    let root = root.canonicalize().unwrap_or(root);
    let files = Files {
        base: match &call.base {
            Some(Base::Files(files)) => Some(files.clone()),
            _ => None,
        },
        conditions: call.conditions.map(|path| path.value()),
        relations: call.relations.map(|path| path.value()),
        vendors: call.vendors.iter().map(LitStr::value).collect(),
    };
    match read(&root, &files) {
        Ok(catalog) => {
            let expansion = expand::expand(&catalog);
            let own = files.conditions.filter(|_| call.extensible);
            let extension = own.map(|conditions| {
                let vendors: Vec<PathBuf> = files.vendors.iter().map(|file| root.join(file)).collect();
                expand::expand_extension(&root.join(conditions), &vendors)
            });
            quote!(#expansion #extension).into()
        }
        Err(report) => {
            let problems = report.rendered().map(|problem| {
                // The compiler writes this word itself.
                let problem = problem.strip_prefix("error").unwrap_or(&problem);
                quote_spanned!(span => ::core::compile_error!(#problem);)
            });
            let track = expand::track(report.files());
            let stub = expand::expand_stub(report.outline());
            quote!(#(#problems)* #track #stub).into()
        }
    }
}

/// The macro's input.
struct Call {
    base: Option<Base>,
    root: LitStr,
    conditions: Option<LitStr>,
    relations: Option<LitStr>,
    vendors: Punctuated<LitStr, Token![,]>,
    extensible: bool,
    /// Everything but `base`.
    rest: TokenStream2,
}

/// The catalog that this one builds on.
enum Base {
    /// As people write it: the crate, whose own macro then calls this one again.
    Crate(Path),
    /// As that macro writes it: the files of its conditions and vendors.
    Files(codegen::Base),
}

impl Base {
    /// Reads what stands in the braces that [`expand::expand_extension`] writes.
    fn parse_files(input: ParseStream<'_>) -> syn::Result<Self> {
        let content;
        braced!(content in input);
        let input = &content;
        let mut conditions = None;
        let mut vendors = Vec::new();
        let file = |path: LitStr| BaseFile::Path(PathBuf::from(path.value()));
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            input.parse::<Token![:]>()?;
            if key == "conditions" {
                conditions = Some(file(input.parse()?));
            } else {
                vendors.extend(files(input)?.into_iter().map(file));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let conditions = conditions.ok_or_else(|| syn::Error::new(input.span(), "missing key `conditions`"))?;
        Ok(Self::Files(codegen::Base { conditions, vendors }))
    }
}

/// `["one.yaml", "two.yaml"]`
fn files(input: ParseStream<'_>) -> syn::Result<Punctuated<LitStr, Token![,]>> {
    let list;
    bracketed!(list in input);
    list.parse_terminated(<LitStr as Parse>::parse, Token![,])
}

impl Parse for Call {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut base, mut root, mut conditions, mut relations, mut vendors) = (None, None, None, None, None);
        let mut extensible = false;
        let mut rest = TokenStream2::new();
        while !input.is_empty() {
            let before = input.fork();
            let key: Ident = input.parse()?;
            input.parse::<Token![:]>()?;
            match key.to_string().as_str() {
                "base" if input.peek(token::Brace) => base = Some(Base::parse_files(input)?),
                "base" => base = Some(Base::Crate(input.call(Path::parse_mod_style)?)),
                "root" => root = Some(input.parse()?),
                "conditions" => conditions = Some(input.parse()?),
                "relations" => relations = Some(input.parse()?),
                "extensible" => extensible = input.parse::<LitBool>()?.value,
                "vendors" => vendors = Some(files(input)?),
                other => {
                    let message =
                        format!("unknown key `{other}`: use base, root, conditions, relations, vendors, extensible");
                    return Err(syn::Error::new(key.span(), message));
                }
            }
            if key != "base" {
                rest.extend(taken(&before, input)?);
                rest.extend(quote!(,));
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let missing = |key| syn::Error::new(input.span(), format!("missing key `{key}`"));
        if conditions.is_none() && base.is_none() {
            return Err(missing("conditions"));
        }
        Ok(Self {
            base,
            root: root.ok_or_else(|| missing("root"))?,
            conditions,
            relations,
            vendors: vendors.ok_or_else(|| missing("vendors"))?,
            extensible,
            rest,
        })
    }
}

/// The tokens between two positions of the input.
fn taken(before: ParseStream<'_>, after: ParseStream<'_>) -> syn::Result<TokenStream2> {
    let mut tokens = TokenStream2::new();
    while before.cursor() != after.cursor() {
        tokens.extend(std::iter::once(before.parse::<TokenTree>()?));
    }
    Ok(tokens)
}
