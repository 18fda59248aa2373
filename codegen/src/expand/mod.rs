//! From the checked catalog to Rust: one file per product.
//!
//! The expansion names the runtime crate by absolute path (`::apigw_errors::…`), is ordered as the catalog is, and is
//! the same bytes for the same catalog. Whatever can be a static record is one (`record`); the typed enums are views of
//! the records, plus the exhaustive matches that let the compiler find a hole.

pub mod affix;

mod any;
mod code;
mod condition;
mod derive;
mod envelope;
mod error;
mod fact;
mod literal;
mod lookup;
mod raise;
mod record;
mod stub;

use std::path::{Path, PathBuf};

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::Catalog;

pub use lookup::fold;
pub use stub::expand_stub;

/// The whole expansion of a catalog, for the module in which the macro is called.
pub fn expand(catalog: &Catalog) -> TokenStream {
    let track = track(&catalog.files);
    let conditions = condition::expand(catalog);
    let any = any::expand(catalog);
    let raise = raise::expand(catalog);
    let vendors = catalog.vendors.iter().enumerate().map(|(index, vendor)| {
        let module = literal::module(&vendor.id);
        let doc = format!(" {}: codes, errors, lookups.", vendor.name.en);
        let record = record::expand(catalog, index);
        let code = code::expand(catalog, vendor);
        let error = error::expand(catalog, vendor);
        let lookup = lookup::expand(vendor);
        quote! {
            #[doc = #doc]
            #[allow(clippy::all, clippy::pedantic, clippy::indexing_slicing, unreachable_pub)]
            pub mod #module {
                #record
                #code
                #error
                #lookup
            }
        }
    });
    quote! { #track #conditions #any #raise #(#vendors)* }
}

/// The macro by which catalogs of other crates build on this one: it tells them where its conditions and its vendors
/// are written.
///
/// A proc macro cannot ask another crate for anything; a macro of that crate can hand over what it knew when the crate
/// was compiled.
pub fn expand_extension(conditions: &Path, vendors: &[PathBuf]) -> TokenStream {
    let conditions = conditions.to_string_lossy();
    let vendors = vendors.iter().map(|file| file.to_string_lossy());
    quote! {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! __extend {
            ($($call:tt)*) => {
                ::apigw_errors::catalog! { base: { conditions: #conditions, vendors: [#(#vendors),*] }, $($call)* }
            };
        }
    }
}

/// Makes the compiler rebuild when a file changes, also beside errors.
pub fn track(files: &[PathBuf]) -> TokenStream {
    let files = files.iter().map(|file| file.to_string_lossy().into_owned());
    quote! { #(const _: &[u8] = ::core::include_bytes!(#files);)* }
}
