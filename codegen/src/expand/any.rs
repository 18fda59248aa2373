//! Over all vendors: `Vendor`, `AnyCode`, `AnyError`.

use proc_macro2::TokenStream;
use quote::quote;

use super::derive;
use super::literal::{camel, module};
use crate::model::Catalog;

pub(super) fn expand(catalog: &Catalog) -> TokenStream {
    let names: Vec<_> = catalog.vendors.iter().map(|vendor| camel(&vendor.id)).collect();
    let modules: Vec<_> = catalog.vendors.iter().map(|vendor| module(&vendor.id)).collect();
    let ids: Vec<_> = catalog.vendors.iter().map(|vendor| &vendor.id).collect();
    let docs: Vec<_> =
        catalog.vendors.iter().map(|vendor| format!(" {} ({})", vendor.name.en, vendor.name.zh)).collect();
    let (fieldless, name, value) = (derive::fieldless(), derive::name(), derive::value());
    quote! {
        /// A vendor of this catalog; text form is its id.
        #fieldless
        #[non_exhaustive]
        pub enum Vendor { #(#[doc = #docs] #[strum(serialize = #ids)] #names),* }

        impl Vendor {
            /// The record.
            pub const fn row(self) -> &'static ::apigw_errors::VendorRow {
                match self { #(Self::#names => &#modules::VENDOR),* }
            }

            /// The id: the file's and the module's name.
            pub const fn as_str(self) -> &'static str {
                match self { #(Self::#names => #ids),* }
            }
        }

        impl ::core::fmt::Display for Vendor {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        /// A code of any vendor.
        #name
        #[non_exhaustive]
        pub enum AnyCode { #(#[doc = #docs] #names(#modules::Code)),* }

        impl AnyCode {
            /// Everything the catalog says of the code.
            pub const fn row(self) -> &'static ::apigw_errors::CodeRow {
                match self { #(Self::#names(code) => code.row()),* }
            }

            /// The vendor.
            pub const fn vendor(self) -> Vendor {
                match self { #(Self::#names(_) => Vendor::#names),* }
            }

            /// The typed code of a record of this catalog.
            pub fn from_row(row: &'static ::apigw_errors::CodeRow) -> ::core::option::Option<Self> {
                #(if let ::core::option::Option::Some(code) = <#modules::Code as ::apigw_errors::VendorCode>::from_row(row) {
                    return ::core::option::Option::Some(Self::#names(code));
                })*
                ::core::option::Option::None
            }

            /// All codes of all vendors with this code text, in any edition.
            pub fn by_code(text: &str) -> impl ::core::iter::Iterator<Item = Self> + use<> {
                ::core::iter::empty() #(.chain(#modules::Code::by_code(text).map(Self::#names)))*
            }

            /// All codes of all vendors with this HTTP status, in any edition.
            pub fn by_status(status: u16) -> impl ::core::iter::Iterator<Item = Self> + use<> {
                ::core::iter::empty() #(.chain(#modules::Code::by_status(status).map(Self::#names)))*
            }
        }

        impl ::core::fmt::Display for AnyCode {
            /// `huawei.ThrottlingThresholdReached`
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Display::fmt(self.row(), f)
            }
        }

        #(
            impl ::core::convert::From<#modules::Code> for AnyCode {
                fn from(code: #modules::Code) -> Self {
                    Self::#names(code)
                }
            }
        )*

        /// An error of any vendor, with the parameters of its message.
        #value
        #[derive(::core::fmt::Debug, ::thiserror::Error)]
        #[non_exhaustive]
        pub enum AnyError { #(#[doc = #docs] #[error(transparent)] #names(#[from] #modules::Error)),* }

        impl AnyError {
            /// The code, without parameters.
            pub const fn code(&self) -> AnyCode {
                match self { #(Self::#names(error) => AnyCode::#names(error.code())),* }
            }

            /// The typed error of what was read; `None` where the reading lacks a parameter, is of a row that is no
            /// error, or of another catalog.
            pub fn from_reading(reading: &::apigw_errors::Reading<'_>) -> ::core::option::Option<Self> {
                match AnyCode::from_row(reading.code)? {
                    #(AnyCode::#names(_) => {
                        <#modules::Error as ::apigw_errors::VendorError>::from_reading(reading).map(Self::#names)
                    })*
                }
            }
        }

        impl ::apigw_errors::Params for AnyError {
            fn param(&self, __name: &str) -> ::core::option::Option<::apigw_errors::param::ParamRef<'_>> {
                match self { #(Self::#names(error) => ::apigw_errors::Params::param(error, __name)),* }
            }
        }
    }
}
