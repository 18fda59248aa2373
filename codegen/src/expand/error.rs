//! A vendor's `Error`: its codes with typed parameters, and the way back from text.

use proc_macro2::TokenStream;
use quote::quote;

use super::derive;
use super::literal::{doc, field, ident, rust_type, value};
use crate::model::{Catalog, Code, Kind, Vendor};

/// Not every row of a table is an error.
pub(super) fn is_error(code: &Code) -> bool {
    code.kind != Kind::Success
}

pub(super) fn expand(catalog: &Catalog, vendor: &Vendor) -> TokenStream {
    let enum_doc = format!(" An error of {}, with the parameters of its message.", vendor.name.en);
    let errors: Vec<&Code> = vendor.codes.iter().filter(|code| is_error(code)).collect();
    let variants = errors.iter().map(|code| variant(catalog, code));
    let code_arms = errors.iter().map(|code| {
        let name = ident(&code.id);
        quote!(Self::#name { .. } => Code::#name)
    });
    let param_arms = errors.iter().filter(|code| !code.params.is_empty()).map(|code| {
        let name = ident(&code.id);
        let fields: Vec<_> = code.params.iter().map(|param| field(&param.name)).collect();
        let names = code.params.iter().map(|param| &param.name);
        quote! {
            Self::#name { #(#fields),* } => match __name {
                #(#names => ::core::option::Option::Some(::apigw_errors::param::Param::as_param(#fields)),)*
                _ => ::core::option::Option::None,
            }
        }
    });
    let from_arms = vendor.codes.iter().map(from_arm);
    let value_derives = derive::value();
    quote! {
        #[doc = #enum_doc]
        ///
        /// `Display` is the wire text of the newest edition, before the envelope's own escaping; `Debug` shows sensitive
        /// parameters as `[redacted]`.
        #value_derives
        #[derive(::thiserror::Error)]
        #[non_exhaustive]
        pub enum Error { #(#variants),* }

        impl Error {
            /// The code, without parameters.
            pub const fn code(&self) -> Code {
                match self { #(#code_arms),* }
            }

            /// Builds the error of `code` from text parameters.
            ///
            /// `None` for a row that is no error, and where a parameter is missing or no value of its type.
            pub fn from_params<'p>(
                code: Code,
                __params: impl ::core::ops::Fn(&str) -> ::core::option::Option<&'p str>,
            ) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match code { #(#from_arms),* })
            }
        }

        impl ::apigw_errors::Params for Error {
            fn param(&self, __name: &str) -> ::core::option::Option<::apigw_errors::param::ParamRef<'_>> {
                match self { #(#param_arms,)* _ => ::core::option::Option::None }
            }
        }

        impl ::core::fmt::Debug for Error {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::apigw_errors::code::debug_error(self, f)
            }
        }

        impl ::apigw_errors::VendorError for Error {
            type Code = Code;

            fn code(&self) -> Code {
                Self::code(self)
            }

            fn from_reading(reading: &::apigw_errors::Reading<'_>) -> ::core::option::Option<Self> {
                let code = <Code as ::apigw_errors::VendorCode>::from_row(reading.code)?;
                Self::from_params(code, |name| reading.param(name))
            }
        }

        /// Reads a message: the inverse of every template, in every edition and variant, best reading first.
        ///
        /// Empty if no template fits; several where more than one does.
        pub fn parse(text: &str) -> ::std::vec::Vec<::apigw_errors::Parsed<'_, Error>> {
            ::apigw_errors::parse_as(&VENDOR, text)
        }
    }
}

/// From a code and text parameters to the error.
fn from_arm(code: &Code) -> TokenStream {
    let name = ident(&code.id);
    if !is_error(code) {
        return quote!(Code::#name => return ::core::option::Option::None);
    }
    if code.params.is_empty() {
        return quote!(Code::#name => Self::#name);
    }
    let fields = code.params.iter().map(|param| {
        let (field, name, ty) = (field(&param.name), &param.name, rust_type(param.ty));
        let Some(default) = &param.default else {
            return quote!(#field: <#ty as ::apigw_errors::param::Param>::from_text(__params(#name)?)?);
        };
        let default = value(param.ty, default);
        quote! {
            #field: match __params(#name) {
                ::core::option::Option::Some(text) => <#ty as ::apigw_errors::param::Param>::from_text(text)?,
                ::core::option::Option::None => #default,
            }
        }
    });
    quote!(Code::#name => Self::#name { #(#fields),* })
}

fn variant(catalog: &Catalog, code: &Code) -> TokenStream {
    let name = ident(&code.id);
    let doc = super::code::documentation(catalog, code);
    let message = code.message.to_string();
    if code.params.is_empty() {
        return quote!(#doc #[error(#message)] #name);
    }
    let condition = catalog.conditions.get(code.condition);
    let fields = code.params.iter().map(|param| {
        let (field, ty) = (field(&param.name), rust_type(param.ty));
        let about = condition
            .and_then(|condition| condition.params.iter().find(|other| other.name == param.from))
            .map(|other| other.about.en.as_str())
            .filter(|about| !about.is_empty())
            .unwrap_or("As the message prints it.");
        let doc = self::doc(&[about]);
        quote!(#doc #field: #ty)
    });
    quote!(#doc #[error(#message)] #name { #(#fields),* })
}
