//! `EnvelopeForm`: an envelope that the vendor's file describes, as a static record.

use proc_macro2::TokenStream;
use quote::quote;

use super::literal::ident;
use crate::envelope::{EnvelopeForm, Member, MemberValue, Part};

/// A reference to the record.
pub(super) fn expand(name: &str, form: &EnvelopeForm) -> TokenStream {
    let EnvelopeForm { content_type, distinctive, .. } = form;
    let (syntax, request_id) = (ident(form.syntax.variant()), ident(form.request_id.variant()));
    let body = parts(&form.body);
    let members = form.members.iter().map(member);
    let [headers, error_headers] = [&form.headers, &form.error_headers].map(|list| {
        let list = list.iter().map(|(name, value)| {
            let value = parts(value);
            quote!(::apigw_errors::envelope::Header { name: #name, value: #value })
        });
        quote!(&[#(#list),*])
    });
    let recognised_by = form.recognised_by.iter().map(|(name, start)| quote!((#name, #start)));
    quote! {
        &::apigw_errors::EnvelopeForm {
            name: #name,
            content_type: #content_type,
            syntax: ::apigw_errors::envelope::Syntax::#syntax,
            body: #body,
            members: &[#(#members),*],
            headers: #headers,
            error_headers: #error_headers,
            recognised_by: &[#(#recognised_by),*],
            request_id: ::apigw_errors::envelope::RequestIdForm::#request_id,
            distinctive: #distinctive,
        }
    }
}

fn parts(parts: &[Part]) -> TokenStream {
    let parts = parts.iter().map(|part| match part {
        Part::Text(text) => quote!(::apigw_errors::envelope::Part::Text(#text)),
        Part::Field(field) => {
            let field = ident(field.variant());
            quote!(::apigw_errors::envelope::Part::Field(::apigw_errors::envelope::EnvelopeField::#field))
        }
    });
    quote!(&[#(#parts),*])
}

fn member(member: &Member) -> TokenStream {
    let path = &member.path;
    let value = match &member.value {
        MemberValue::Text(text) => {
            let text = parts(text);
            quote!(Text(#text))
        }
        MemberValue::Status => quote!(Status),
        MemberValue::Any => quote!(Any),
    };
    quote! {
        ::apigw_errors::envelope::Member {
            path: &[#(#path),*],
            value: ::apigw_errors::envelope::MemberValue::#value,
        }
    }
}
