//! What generated types derive, by absolute path: a user may have a derive macro called `Debug`.

use proc_macro2::TokenStream;
use quote::quote;

/// A type that carries values.
pub(super) fn value() -> TokenStream {
    quote!(#[derive(::core::clone::Clone, ::core::cmp::PartialEq, ::core::cmp::Eq)])
}

/// A type that is a name: copied, compared, sorted, used as a key.
pub(super) fn name() -> TokenStream {
    let value = value();
    quote! {
        #value
        #[derive(
            ::core::fmt::Debug, ::core::marker::Copy, ::core::hash::Hash, ::core::cmp::PartialOrd, ::core::cmp::Ord,
        )]
    }
}

/// A name without fields, which can also be listed and read from text.
pub(super) fn fieldless() -> TokenStream {
    let name = name();
    quote! {
        #name
        #[derive(
            ::strum::EnumIter, ::strum::EnumCount, ::strum::VariantArray, ::strum::EnumString, ::strum::IntoStaticStr,
        )]
    }
}
