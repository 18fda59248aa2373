//! `CONDITIONS`, `ConditionId`, `Condition`.

use proc_macro2::TokenStream;
use quote::quote;

use super::derive;
use super::literal::{camel, doc, facet, field, number, option, param_type, place, rust_type, status, text};
use crate::model::{Catalog, Condition};

pub(super) fn expand(catalog: &Catalog) -> TokenStream {
    let records = records(catalog);
    if own(catalog).is_empty() {
        return quote! {
            #records

            #[doc(no_inline)]
            pub use ::apigw_errors::{Condition, ConditionId};
        };
    }
    let ids = ids(catalog);
    let conditions = occurrences(catalog);
    quote! { #records #ids #conditions }
}

/// The conditions that this catalog defines itself.
fn own(catalog: &Catalog) -> &[Condition] {
    catalog.conditions.get(catalog.base_len()..).unwrap_or_default()
}

fn records(catalog: &Catalog) -> TokenStream {
    let base = catalog.base_len();
    let count = number(own(catalog).len());
    let rows = own(catalog).iter().enumerate().map(|(index, condition)| {
        let id = &condition.id;
        let index = number(base + index);
        let parent = option(condition.parent.map(|parent| {
            if let Some(own) = parent.checked_sub(base) {
                let own = number(own);
                quote!(&CONDITIONS[#own])
            } else {
                let parent = number(parent);
                quote!(&::apigw_errors::CONDITIONS[#parent])
            }
        }));
        let status = status(condition.status);
        let grpc = facet("Grpc", condition.grpc.variant());
        let fault = facet("Fault", condition.fault.variant());
        let title = text(&condition.title);
        let summary = text(&condition.summary);
        let place = place(&condition.place);
        let params = condition.params.iter().map(|param| {
            let (name, ty, sensitive, about) = (&param.name, param_type(param.ty), param.sensitive, text(&param.about));
            quote!(::apigw_errors::ConditionParam { name: #name, ty: #ty, sensitive: #sensitive, about: #about })
        });
        quote! {
            ::apigw_errors::ConditionRow {
                id: #id, index: #index, parent: #parent, status: #status, grpc: #grpc, fault: #fault,
                params: &[#(#params),*], title: #title, summary: #summary, place: #place,
            }
        }
    });
    let vendors = catalog.vendors.iter().map(|vendor| {
        let module = super::literal::module(&vendor.id);
        quote!(&#module::VENDOR)
    });
    let base_catalog = if base > 0 {
        quote!(::core::option::Option::Some(&::apigw_errors::CATALOG))
    } else {
        quote!(::core::option::Option::None)
    };
    quote! {
        /// The condition tree as records, a parent before its children.
        pub static CONDITIONS: [::apigw_errors::ConditionRow; #count] = [#(#rows),*];

        /// The whole catalog as records.
        pub static CATALOG: ::apigw_errors::Catalog =
            ::apigw_errors::Catalog { base: #base_catalog, conditions: &CONDITIONS, vendors: &[#(#vendors),*] };
    }
}

fn ids(catalog: &Catalog) -> TokenStream {
    let variants = own(catalog).iter().map(|condition| {
        let (name, id) = (camel(&condition.id), &condition.id);
        let doc = documentation(condition);
        quote!(#doc #[strum(serialize = #id)] #name)
    });
    let fieldless = derive::fieldless();
    quote! {
        /// A node of the condition tree, without parameters.
        ///
        /// Text form is the dotted id: `"auth.signature.mismatch".parse::<ConditionId>()`.
        #fieldless
        #[non_exhaustive]
        pub enum ConditionId { #(#variants),* }

        impl ConditionId {
            /// The record.
            #[allow(clippy::indexing_slicing)]
            pub const fn row(self) -> &'static ::apigw_errors::ConditionRow {
                &CONDITIONS[self as usize]
            }

            /// The dotted id.
            pub const fn as_str(self) -> &'static str {
                self.row().id
            }
        }

        impl ::core::fmt::Display for ConditionId {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    }
}

fn occurrences(catalog: &Catalog) -> TokenStream {
    let variants = own(catalog).iter().map(|condition| {
        let name = camel(&condition.id);
        let doc = documentation(condition);
        if condition.params.is_empty() {
            return quote!(#doc #name);
        }
        let fields = condition.params.iter().map(|param| {
            let (field, ty) = (field(&param.name), rust_type(param.ty));
            let named = format!("`{}` of what happened.", param.name);
            let doc = self::doc(&[if param.about.en.is_empty() { &named } else { &param.about.en }]);
            quote!(#doc #field: #ty)
        });
        quote!(#doc #name { #(#fields),* })
    });
    let id_arms = own(catalog).iter().map(|condition| {
        let name = camel(&condition.id);
        quote!(Self::#name { .. } => ConditionId::#name)
    });
    let with_params = || own(catalog).iter().filter(|condition| !condition.params.is_empty());
    let param_arms = with_params().map(|condition| {
        let name = camel(&condition.id);
        let fields: Vec<_> = condition.params.iter().map(|param| field(&param.name)).collect();
        let names = condition.params.iter().map(|param| &param.name);
        quote! {
            Self::#name { #(#fields),* } => match __name {
                #(#names => ::core::option::Option::Some(::apigw_errors::param::Param::as_param(#fields)),)*
                _ => ::core::option::Option::None,
            }
        }
    });
    let from_arms = own(catalog).iter().map(|condition| {
        let name = camel(&condition.id);
        if condition.params.is_empty() {
            return quote!(ConditionId::#name => Self::#name);
        }
        let fields = condition.params.iter().map(|param| {
            let (field, name, ty) = (field(&param.name), &param.name, rust_type(param.ty));
            quote!(#field: <#ty as ::apigw_errors::param::Param>::from_text(__params(#name)?)?)
        });
        quote!(ConditionId::#name => Self::#name { #(#fields),* })
    });
    let value = derive::value();
    quote! {
        /// Something that went wrong, vendor-neutral, with its parameters: what a check of a gateway raises.
        ///
        /// Its `Debug` shows sensitive parameters as `[redacted]`; its `Display` is the title, without parameters.
        #value
        #[non_exhaustive]
        pub enum Condition { #(#variants),* }

        impl Condition {
            /// Which node of the tree this is.
            pub const fn id(&self) -> ConditionId {
                match self { #(#id_arms),* }
            }

            /// Builds a condition from text parameters; `None` where one is missing or no value of its type.
            pub fn from_params<'p>(
                id: ConditionId,
                __params: impl ::core::ops::Fn(&str) -> ::core::option::Option<&'p str>,
            ) -> ::core::option::Option<Self> {
                ::core::option::Option::Some(match id { #(#from_arms),* })
            }
        }

        impl ::apigw_errors::Params for Condition {
            fn param(&self, __name: &str) -> ::core::option::Option<::apigw_errors::param::ParamRef<'_>> {
                match self { #(#param_arms,)* _ => ::core::option::Option::None }
            }
        }

        impl ::apigw_errors::Occurrence for Condition {
            fn row(&self) -> &'static ::apigw_errors::ConditionRow {
                self.id().row()
            }
        }

        impl ::core::fmt::Debug for Condition {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::apigw_errors::dialect::debug_occurrence(self, f)
            }
        }

        impl ::core::fmt::Display for Condition {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.id().row().title.en)
            }
        }

        impl ::core::error::Error for Condition {}
    }
}

fn documentation(condition: &Condition) -> TokenStream {
    let first = format!("`{}`: {}.", condition.id, condition.title.en);
    doc(&[&first, &condition.summary.en, &condition.summary.zh])
}
