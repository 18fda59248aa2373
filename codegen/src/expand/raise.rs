//! `Condition::to_error`: the exhaustive match by which the compiler finds a condition that a vendor cannot say.

use std::ops::Range;

use proc_macro2::TokenStream;
use quote::quote;

use super::literal::{camel, field, ident, module, value};
use crate::model::{Catalog, Code, Condition, Param, Vendor};

pub(super) fn expand(catalog: &Catalog) -> TokenStream {
    let base = catalog.base_len();
    let from_base = if base > 0 { from_base(catalog, base) } else { TokenStream::new() };
    // Without conditions of its own, a catalog speaks of its base's, which are raised through `From`.
    if base == catalog.conditions.len() {
        return from_base;
    }
    let names: Vec<_> = catalog.vendors.iter().map(|vendor| camel(&vendor.id)).collect();
    let modules: Vec<_> = catalog.vendors.iter().map(|vendor| module(&vendor.id)).collect();
    let functions: Vec<_> = catalog.vendors.iter().map(|vendor| ident(&format!("to_{}", vendor.id))).collect();
    let docs = catalog.vendors.iter().map(|vendor| format!(" The error by which {} says it.", vendor.name.en));
    let matches =
        catalog.vendors.iter().map(|vendor| arms(catalog, vendor, base..catalog.conditions.len(), &quote!(Self)));
    quote! {
        impl Condition {
            /// The vendor's error for this condition: that of its nearest node upwards which the vendor has a code for,
            /// or the code that the catalog names as its stand-in. Total.
            pub fn to_error(&self, vendor: Vendor) -> AnyError {
                match vendor { #(Vendor::#names => AnyError::#names(self.#functions())),* }
            }

            #(
                #[doc = #docs]
                pub fn #functions(&self) -> #modules::Error {
                    match self { #matches }
                }
            )*
        }

        #from_base
    }
}

/// Conditions of the base catalog, as this catalog's vendors say them.
fn from_base(catalog: &Catalog, base: usize) -> TokenStream {
    let impls = catalog.vendors.iter().map(|vendor| {
        let module = module(&vendor.id);
        let arms = arms(catalog, vendor, 0..base, &quote!(::apigw_errors::Condition));
        let fallback = vendor.data_answers.first().and_then(|root| vendor.codes.get(root.code));
        let fallback = fallback.map(|code| construct(vendor, code, &[]));
        quote! {
            impl ::core::convert::From<&::apigw_errors::Condition> for #module::Error {
                /// The error by which the vendor says a condition of the base catalog.
                fn from(condition: &::apigw_errors::Condition) -> Self {
                    match condition {
                        #arms
                        // A condition that a later base has and this catalog was not compiled with.
                        _ => #fallback,
                    }
                }
            }
        }
    });
    quote!(#(#impls)*)
}

fn arms(catalog: &Catalog, vendor: &Vendor, range: Range<usize>, condition_type: &TokenStream) -> TokenStream {
    let answered = catalog.conditions.iter().zip(&vendor.data_answers);
    let arms = answered.take(range.end).skip(range.start).map(|(condition, answer)| {
        let name = camel(&condition.id);
        // A success row is no error: whoever asks for one all the same gets what the vendor says when it knows nothing.
        let is_error = |index: &usize| vendor.codes.get(*index).is_some_and(super::error::is_error);
        let index = Some(answer.code).filter(is_error).or_else(|| vendor.data_answers.first().map(|root| root.code));
        let Some(code) = index.and_then(|index| vendor.codes.get(index)) else { return TokenStream::new() };
        let used = code.params.iter().filter(|param| has(condition, &param.from)).map(|param| field(&param.from));
        let error = construct(vendor, code, &condition.params);
        quote!(#condition_type::#name { #(#used,)* .. } => #error,)
    });
    quote!(#(#arms)*)
}

/// The error of a code, its fields taken from the parameters of a condition that are in scope.
fn construct(vendor: &Vendor, code: &Code, params: &[Param]) -> TokenStream {
    let (module, error) = (module(&vendor.id), ident(&code.id));
    if code.params.is_empty() {
        return quote!(#module::Error::#error);
    }
    let fields = fields(params, code);
    quote!(#module::Error::#error { #(#fields),* })
}

fn has(condition: &Condition, name: &str) -> bool {
    condition.params.iter().any(|param| param.name == name)
}

fn fields(params: &[Param], code: &Code) -> Vec<TokenStream> {
    code.params
        .iter()
        .map(|param| {
            let target = field(&param.name);
            let source = params.iter().find(|source| source.name == param.from);
            let expression = match source {
                Some(source) => {
                    let from = field(&source.name);
                    if source.ty == param.ty {
                        quote!(::core::clone::Clone::clone(#from))
                    } else {
                        // Every type prints as text, and the reader admits only a text parameter here.
                        quote!(::std::string::ToString::to_string(#from).into())
                    }
                }
                None => value(param.ty, param.default.as_deref().unwrap_or_default()),
            };
            quote!(#target: #expression)
        })
        .collect()
}
