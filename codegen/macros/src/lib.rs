//! The `catalog!` macro of `apigw-errors`. The work is done in `apigw-errors-codegen`; this is the shell that the
//! compiler calls.

use std::path::PathBuf;

use apigw_errors_codegen::{Files, expand, read};
use proc_macro::TokenStream;
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, LitStr, Token, bracketed, parse_macro_input};

/// Reads a catalog's YAML at compile time and expands to its typed enums, look-ups and static records.
///
/// ```ignore
/// apigw_errors::catalog! {
///     root: "..",                             // the catalog's folder, relative to the invoking source file
///     conditions: "conditions.yaml",
///     relations: "relations.yaml",            // optional
///     vendors: ["vendors/huawei.yaml"],
/// }
/// ```
///
/// Every mistake in the files becomes one compile error with file, line, column and the line itself. The calling crate
/// needs `apigw-errors`, `phf`, `strum` and `thiserror` as dependencies.
#[proc_macro]
pub fn catalog(input: TokenStream) -> TokenStream {
    let call = parse_macro_input!(input as Call);
    let source_folder = proc_macro::Span::call_site()
        .local_file()
        .and_then(|file| std::path::absolute(file).ok())
        .and_then(|file| file.parent().map(PathBuf::from))
        .unwrap_or_default();
    let root = source_folder.join(call.root.value());
    // Without `..`, so that diagnostics show the shortest path; a folder that is not there is reported as such.
    let root = root.canonicalize().unwrap_or(root);
    let files = Files {
        conditions: call.conditions.value(),
        relations: call.relations.map(|path| path.value()),
        vendors: call.vendors.iter().map(LitStr::value).collect(),
    };
    match read(&root, &files) {
        Ok(catalog) => expand::expand(&catalog).into(),
        Err(report) => {
            let span = call.root.span();
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
    root: LitStr,
    conditions: LitStr,
    relations: Option<LitStr>,
    vendors: Punctuated<LitStr, Token![,]>,
}

impl Parse for Call {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let (mut root, mut conditions, mut relations, mut vendors) = (None, None, None, None);
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            input.parse::<Token![:]>()?;
            match key.to_string().as_str() {
                "root" => root = Some(input.parse()?),
                "conditions" => conditions = Some(input.parse()?),
                "relations" => relations = Some(input.parse()?),
                "vendors" => {
                    let list;
                    bracketed!(list in input);
                    vendors = Some(list.parse_terminated(<LitStr as Parse>::parse, Token![,])?);
                }
                other => {
                    let message = format!("unknown key `{other}`: use root, conditions, relations, vendors");
                    return Err(syn::Error::new(key.span(), message));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        let missing = |key| syn::Error::new(input.span(), format!("missing key `{key}`"));
        Ok(Self {
            root: root.ok_or_else(|| missing("root"))?,
            conditions: conditions.ok_or_else(|| missing("conditions"))?,
            relations,
            vendors: vendors.ok_or_else(|| missing("vendors"))?,
        })
    }
}
