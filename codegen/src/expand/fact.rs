//! What is known of a vendor's wire beside the tables, as static records.

use proc_macro2::TokenStream;
use quote::quote;

use super::literal::{facet, text};
use crate::model::{Fact, Vendor};

/// The fields `facts`, `headers` and `authentication` of the vendor's record.
pub(super) fn fields(vendor: &Vendor) -> TokenStream {
    let facts = vendor.facts.iter().map(fact);
    let headers = vendor.headers.iter().map(|header| {
        let (name, example, fact) = (&header.name, &header.example, fact(&header.fact));
        quote!(::apigw_errors::fact::HeaderFact { name: #name, example: #example, fact: #fact })
    });
    let authentication = vendor.authentication.iter().map(|way| {
        let (id, title, example, fact) = (&way.id, text(&way.title), &way.example, fact(&way.fact));
        quote!(::apigw_errors::fact::Authentication { id: #id, title: #title, example: #example, fact: #fact })
    });
    quote!(facts: &[#(#facts),*], headers: &[#(#headers),*], authentication: &[#(#authentication),*])
}

fn fact(fact: &Fact) -> TokenStream {
    let (about, evidence, source) = (text(&fact.about), facet("Evidence", fact.evidence.variant()), &fact.source);
    quote!(::apigw_errors::fact::Fact { about: #about, evidence: #evidence, source: #source })
}
