//! A vendor's `Code`.

use std::fmt::Write as _;

use proc_macro2::TokenStream;
use quote::quote;

use super::derive;
use super::literal::{doc, ident};
use crate::model::{Catalog, Code, Vendor};

pub(super) fn expand(catalog: &Catalog, vendor: &Vendor) -> TokenStream {
    let enum_doc = format!(" A code of {}, over all editions of its tables.", vendor.name.en);
    let variants = vendor.codes.iter().map(|code| {
        let (name, doc) = (ident(&code.id), documentation(catalog, code));
        quote!(#doc #name)
    });
    let (fieldless, look_ups, traits) = (derive::fieldless(), look_ups(), traits());
    // Over a base, a code may be on a condition of either catalog, so that only the record can name it.
    let condition = if catalog.base_len() > 0 {
        quote! {
            /// What went wrong, vendor-neutral.
            pub const fn condition(self) -> &'static ::apigw_errors::ConditionRow {
                self.row().condition
            }
        }
    } else {
        quote! {
            /// What went wrong, vendor-neutral.
            pub const fn condition(self) -> super::ConditionId {
                <super::ConditionId as ::strum::VariantArray>::VARIANTS[self.row().condition.index as usize]
            }
        }
    };
    quote! {
        #[doc = #enum_doc]
        ///
        /// Text form is the stable id, the variant's name; by code text, status or slug see [`Code::by_code`],
        /// [`Code::by_status`], [`Code::by_slug`].
        #fieldless
        #[non_exhaustive]
        pub enum Code { #(#variants),* }

        impl Code {
            /// Everything the catalog says of the code.
            pub const fn row(self) -> &'static ::apigw_errors::CodeRow {
                &CODES[self as usize]
            }

            /// The stable id, the variant's name.
            pub const fn as_str(self) -> &'static str {
                self.row().id
            }

            /// The code text on the wire, if the vendor has one.
            pub const fn code(self) -> ::core::option::Option<&'static str> {
                self.row().code
            }

            /// The HTTP status; none where no HTTP answer exists.
            pub const fn http_status(self) -> ::core::option::Option<::apigw_errors::Status> {
                self.row().status
            }

            /// The message template that is raised, parameters in braces.
            pub const fn message(self) -> &'static str {
                self.row().message.source
            }

            /// The table family.
            pub const fn plane(self) -> ::apigw_errors::Plane {
                self.row().plane
            }

            /// What kind of row it is; not every row is an error.
            pub const fn kind(self) -> ::apigw_errors::Kind {
                self.row().kind
            }

            #condition

            /// Canonical gRPC code.
            pub const fn grpc(self) -> ::apigw_errors::Grpc {
                self.row().condition.grpc
            }

            /// Who makes the response.
            pub const fn origin(self) -> ::apigw_errors::Origin {
                self.row().origin
            }

            /// Who must act.
            pub const fn fault(self) -> ::apigw_errors::Fault {
                self.row().fault
            }

            /// Whether trying again helps.
            pub const fn retry(self) -> ::apigw_errors::Retry {
                self.row().retry
            }

            /// True if the same request, unchanged, may succeed later.
            pub const fn is_retryable(self) -> bool {
                self.row().retry.is_retryable()
            }

            /// What happened, likeliest cause first.
            pub const fn summary(self, lang: ::apigw_errors::Lang) -> &'static str {
                self.row().summary.get(lang)
            }

            /// What to do, one step a line.
            pub const fn remedy(self, lang: ::apigw_errors::Lang) -> &'static str {
                self.row().remedy.get(lang)
            }

            /// What every edition says, newest first.
            pub const fn editions(self) -> &'static [::apigw_errors::EditionRow] {
                self.row().editions
            }

            /// The same elsewhere, with relation and reason.
            pub const fn equivalents(self) -> &'static [::apigw_errors::Equivalent] {
                self.row().equivalents
            }

            /// The same at one vendor, with relation and reason; none if that vendor has nothing like it.
            pub fn equivalents_at(
                self,
                vendor: &::apigw_errors::VendorRow,
            ) -> impl ::core::iter::Iterator<Item = &'static ::apigw_errors::Equivalent> + use<'_> {
                self.row().equivalents_at(vendor)
            }

            /// Address of the reference page in a language; see [`CodeRow::docs_url`](::apigw_errors::CodeRow::docs_url).
            pub fn docs_url(self, lang: ::apigw_errors::Lang) -> ::std::string::String {
                self.row().docs_url(lang)
            }

            /// Path of the reference page below the language: `/huawei/throttling-threshold-reached/`.
            pub fn path(self) -> ::std::string::String {
                self.row().path()
            }
        }

        #look_ups
        #traits
    }
}

/// From what is on the wire, or in an address, to the codes.
fn look_ups() -> TokenStream {
    quote! {
        impl Code {
            /// All codes with this code text, in any edition; a text may stand for several.
            pub fn by_code(text: &str) -> impl ::core::iter::Iterator<Item = Self> + use<> {
                VENDOR.by_code(text).filter_map(<Self as ::apigw_errors::VendorCode>::from_row)
            }

            /// All codes with this HTTP status, in any edition.
            pub fn by_status(status: u16) -> impl ::core::iter::Iterator<Item = Self> + use<> {
                VENDOR.by_status(status).filter_map(<Self as ::apigw_errors::VendorCode>::from_row)
            }

            /// The code with this HTTP status, if there is exactly one: a status alone rarely tells.
            pub fn from_status(status: u16) -> ::core::option::Option<Self> {
                let mut found = Self::by_status(status);
                found.next().filter(|_| found.next().is_none())
            }

            /// The code with this slug.
            pub fn by_slug(slug: &str) -> ::core::option::Option<Self> {
                VENDOR.by_slug(slug).and_then(<Self as ::apigw_errors::VendorCode>::from_row)
            }
        }
    }
}

/// What a code is to generic code, to readers and to the records; the same for every vendor.
fn traits() -> TokenStream {
    quote! {
        impl ::apigw_errors::VendorCode for Code {
            type Error = Error;

            fn vendor() -> &'static ::apigw_errors::VendorRow {
                &VENDOR
            }

            fn row(self) -> &'static ::apigw_errors::CodeRow {
                &CODES[self as usize]
            }

            fn from_row(row: &'static ::apigw_errors::CodeRow) -> ::core::option::Option<Self> {
                if row.vendor != &VENDOR {
                    return ::core::option::Option::None;
                }
                <Self as ::strum::VariantArray>::VARIANTS.get(usize::from(row.index)).copied()
            }
        }

        impl ::core::fmt::Display for Code {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::convert::From<Code> for &'static ::apigw_errors::CodeRow {
            fn from(code: Code) -> Self {
                code.row()
            }
        }
    }
}

/// First line: code text, status, message; then the explanations in both languages.
pub(super) fn documentation(catalog: &Catalog, code: &Code) -> TokenStream {
    let mut first = String::new();
    if let Some(text) = &code.text {
        let _ = write!(first, "`{text}` ");
    }
    if let Some(status) = code.status {
        let _ = write!(first, "({status}) ");
    }
    let _ = write!(first, "`{}`", code.message);
    let condition = catalog.conditions.get(code.condition).map_or("", |condition| &condition.id);
    let last = format!(
        "Condition `{condition}`, origin {}, fault {}, retry {}.",
        code.origin.word(),
        code.fault.word(),
        code.retry.word()
    );
    doc(&[&first, &code.summary.en, &code.summary.zh, &last])
}
