//! `Condition::to_error`: the exhaustive match by which the compiler finds a condition that a vendor cannot say.

use proc_macro2::TokenStream;
use quote::quote;

use super::literal::{camel, field, ident, module, value};
use crate::model::{Catalog, Code, Condition, Vendor};

pub(super) fn expand(catalog: &Catalog) -> TokenStream {
    let names: Vec<_> = catalog.vendors.iter().map(|vendor| camel(&vendor.id)).collect();
    let modules: Vec<_> = catalog.vendors.iter().map(|vendor| module(&vendor.id)).collect();
    let functions: Vec<_> = catalog.vendors.iter().map(|vendor| ident(&format!("to_{}", vendor.id))).collect();
    let docs = catalog.vendors.iter().map(|vendor| format!(" The error by which {} says it.", vendor.name.en));
    let matches = catalog.vendors.iter().map(|vendor| arms(catalog, vendor));
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
    }
}

fn arms(catalog: &Catalog, vendor: &Vendor) -> TokenStream {
    let module = module(&vendor.id);
    let arms = catalog.conditions.iter().zip(&vendor.data_answers).map(|(condition, answer)| {
        let name = camel(&condition.id);
        // A success row is no error: whoever asks for one all the same gets what the vendor says when it knows nothing.
        let is_error = |index: &usize| vendor.codes.get(*index).is_some_and(super::error::is_error);
        let index = Some(answer.code).filter(is_error).or_else(|| vendor.data_answers.first().map(|root| root.code));
        let Some(code) = index.and_then(|index| vendor.codes.get(index)) else { return TokenStream::new() };
        let error = ident(&code.id);
        if code.params.is_empty() {
            return quote!(Self::#name { .. } => #module::Error::#error,);
        }
        let used = code.params.iter().filter(|param| has(condition, &param.from)).map(|param| field(&param.from));
        let fields = fields(condition, code);
        quote!(Self::#name { #(#used,)* .. } => #module::Error::#error { #(#fields),* },)
    });
    quote!(#(#arms)*)
}

fn has(condition: &Condition, name: &str) -> bool {
    condition.params.iter().any(|param| param.name == name)
}

fn fields(condition: &Condition, code: &Code) -> Vec<TokenStream> {
    code.params
        .iter()
        .map(|param| {
            let target = field(&param.name);
            let source = condition.params.iter().find(|source| source.name == param.from);
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
