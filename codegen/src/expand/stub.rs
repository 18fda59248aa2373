//! What a wrong catalog yields: the names that other code uses, so that one mistake is not thirty.

use proc_macro2::TokenStream;
use quote::quote;

use super::derive;
use super::literal::{camel, ident, module};
use crate::report::Outline;

/// Empty types under the right names. They cannot be constructed or used at run time: the build fails anyway.
pub fn expand_stub(outline: &Outline) -> TokenStream {
    let (name, value) = (derive::name(), derive::value());
    let names: Vec<_> = outline.vendors.iter().map(|vendor| camel(&vendor.id)).collect();
    let modules = outline.vendors.iter().map(|vendor| {
        let (module, codes) = (module(&vendor.id), vendor.codes.iter().map(|code| ident(code)));
        quote! {
            #[allow(missing_docs)]
            pub mod #module {
                #name
                #[non_exhaustive]
                pub enum Code { #(#codes),* }
                #value
                #[derive(::core::fmt::Debug)]
                #[non_exhaustive]
                pub enum Error {}
            }
        }
    });
    let module_names: Vec<_> = outline.vendors.iter().map(|vendor| module(&vendor.id)).collect();
    let conditions: Vec<_> = outline.conditions.iter().map(|id| camel(id)).collect();
    quote! {
        #(#modules)*

        #[allow(missing_docs)]
        #name
        #[non_exhaustive]
        pub enum Vendor { #(#names),* }

        #[allow(missing_docs)]
        #name
        #[non_exhaustive]
        pub enum AnyCode { #(#names(#module_names::Code)),* }

        #[allow(missing_docs)]
        #value
        #[derive(::core::fmt::Debug)]
        #[non_exhaustive]
        pub enum AnyError { #(#names(#module_names::Error)),* }

        #[allow(missing_docs)]
        #value
        #[derive(::core::fmt::Debug)]
        #[non_exhaustive]
        pub enum Condition { #(#conditions),* }

        #[allow(missing_docs)]
        #name
        #[non_exhaustive]
        pub enum ConditionId { #(#conditions),* }

        #[allow(missing_docs)]
        pub static CATALOG: ::apigw_errors::Catalog =
            ::apigw_errors::Catalog { base: ::core::option::Option::None, conditions: &[], vendors: &[] };
    }
}
