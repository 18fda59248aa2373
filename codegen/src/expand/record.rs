//! `VENDOR`, `EDITIONS`, `CODES`: a vendor as static records.

use proc_macro2::TokenStream;
use quote::quote;

use super::literal::{
    condition_record, facet, module, number, option, option_str, option_text, param_type, place, status, template,
    text, type_of,
};
use crate::model::{Answer, Catalog, Code, Edition, Say, Vendor};

pub(super) fn expand(catalog: &Catalog, index: usize) -> TokenStream {
    let Some(vendor) = catalog.vendors.get(index) else { return TokenStream::new() };
    let (id, name, envelope, place) = (&vendor.id, text(&vendor.name), &vendor.envelope, place(&vendor.place));
    let form = option(vendor.form.as_ref().map(|form| super::envelope::expand(&vendor.id, form)));
    let facts = super::fact::fields(vendor);
    let index = number(index);
    let editions = vendor.editions.iter().enumerate().map(|(index, edition)| self::edition(index, edition));
    let edition_count = number(vendor.editions.len());
    let codes = vendor.codes.iter().enumerate().map(|(index, code)| self::code(catalog, vendor, index, code));
    let code_count = number(vendor.codes.len());
    let data = vendor.data_answers.iter().enumerate().map(|(of, answer)| self::answer(catalog, vendor, of, answer));
    let has_console = vendor.data_answers != vendor.console_answers;
    let (console, console_static) = if has_console {
        let console =
            vendor.console_answers.iter().enumerate().map(|(of, answer)| self::answer(catalog, vendor, of, answer));
        let count = number(vendor.console_answers.len());
        (quote!(&CONSOLE_ANSWERS), quote!(static CONSOLE_ANSWERS: [::apigw_errors::Answer; #count] = [#(#console),*];))
    } else {
        (quote!(&DATA_ANSWERS), TokenStream::new())
    };
    let answer_count = number(vendor.data_answers.len());
    quote! {
        /// The vendor's record.
        pub static VENDOR: ::apigw_errors::VendorRow = ::apigw_errors::VendorRow {
            id: #id,
            index: #index,
            module: ::core::module_path!(),
            name: #name,
            envelope: #envelope,
            form: #form,
            #facts,
            editions: &EDITIONS,
            newest: &EDITIONS[0],
            codes: &CODES,
            data_answers: &DATA_ANSWERS,
            console_answers: #console,
            outcome: &DATA_ANSWERS[0],
            lookup: &LOOKUP,
            place: #place,
        };

        static EDITIONS: [::apigw_errors::Edition; #edition_count] = [#(#editions),*];
        static DATA_ANSWERS: [::apigw_errors::Answer; #answer_count] = [#(#data),*];
        #console_static

        /// All codes as records, in the order of [`Code`]'s variants.
        pub static CODES: [::apigw_errors::CodeRow; #code_count] = [#(#codes),*];
    }
}

fn edition(index: usize, edition: &Edition) -> TokenStream {
    let (id, title, source) = (&edition.id, text(&edition.title), &edition.source);
    let index = number(index);
    let evidence = facet("Evidence", edition.evidence.variant());
    let tables = edition.tables.iter().map(|table| {
        let (id, title, rows, suffix) = (&table.id, text(&table.title), number(table.rows), &table.wire_suffix);
        quote!(::apigw_errors::Table { id: #id, title: #title, rows: #rows, wire_suffix: #suffix })
    });
    quote! {
        ::apigw_errors::Edition {
            id: #id, index: #index, title: #title, source: #source, evidence: #evidence, tables: &[#(#tables),*],
        }
    }
}

fn code(catalog: &Catalog, vendor: &Vendor, index: usize, code: &Code) -> TokenStream {
    let own_condition = catalog.conditions.get(code.condition).map_or(&[][..], |condition| &condition.params);
    let types = |name: &str| type_of(name, &code.params, own_condition);
    let (id, slug, index) = (&code.id, &code.slug, number(index));
    let text_of_code = option_str(code.text.as_deref());
    let (plane, kind) = (facet("Plane", code.plane.variant()), facet("Kind", code.kind.variant()));
    let status_of_code = status(code.status);
    let message = template(&code.message, &types);
    let params = code.params.iter().map(|param| {
        let (name, ty, sensitive, from) = (&param.name, param_type(param.ty), param.sensitive, &param.from);
        let default = option_str(param.default.as_deref());
        quote! {
            ::apigw_errors::CodeParam { name: #name, ty: #ty, sensitive: #sensitive, from: #from, default: #default }
        }
    });
    let (condition, canonical) = (condition_record(catalog, code.condition), code.canonical);
    let style_of_code = option_str(code.style.as_deref());
    let origin = facet("Origin", code.origin.variant());
    let fault = facet("Fault", code.fault.variant());
    let retry = facet("Retry", code.retry.variant());
    let rows = code.rows.iter().map(|row| {
        let (edition, number) = (number(row.edition), number(row.row));
        let table = super::literal::number(row.table);
        let (text, status) = (option_str(row.text.as_deref()), status(row.status));
        let (printed, message, cell) = (&row.printed, template(&row.message, &types), option_str(row.cell.as_deref()));
        quote! {
            ::apigw_errors::EditionRow {
                edition: &EDITIONS[#edition], table: &EDITIONS[#edition].tables[#table], row: #number,
                code: #text, status: #status, printed: #printed, message: #message, cell: #cell,
            }
        }
    });
    let variants = code.variants.iter().map(|variant| {
        let when_params = variant
            .when
            .and_then(|when| catalog.conditions.get(when))
            .map_or(own_condition, |condition| &condition.params);
        let message = template(&variant.message, &|name| type_of(name, &code.params, when_params));
        let evidence = facet("Evidence", variant.evidence.variant());
        let source = &variant.source;
        let when = option(variant.when.map(|when| condition_record(catalog, when)));
        let (style, text, status) =
            (option_str(variant.style.as_deref()), option_str(variant.text.as_deref()), status(variant.status));
        quote! {
            ::apigw_errors::Variant {
                message: #message, evidence: #evidence, source: #source, when: #when,
                style: #style, code: #text, status: #status,
            }
        }
    });
    let (summary, remedy, notes) = (text(&code.summary), text(&code.remedy), option_text(code.notes.as_ref()));
    let equivalents = code.equivalents.iter().map(|other| {
        let path = codes_of(catalog, vendor, other.vendor);
        let (at, relation, reason) =
            (number(other.code), facet("Relation", other.relation.variant()), option_text(other.reason.as_ref()));
        quote!(::apigw_errors::Equivalent { code: &#path[#at], relation: #relation, reason: #reason })
    });
    let written = place(&code.place);
    quote! {
        ::apigw_errors::CodeRow {
            vendor: &VENDOR, index: #index, id: #id, slug: #slug, code: #text_of_code, plane: #plane, kind: #kind,
            status: #status_of_code, message: #message, params: &[#(#params),*],
            condition: #condition, canonical: #canonical, style: #style_of_code,
            origin: #origin, fault: #fault, retry: #retry,
            editions: &[#(#rows),*], variants: &[#(#variants),*],
            summary: #summary, remedy: #remedy, notes: #notes,
            equivalents: &[#(#equivalents),*], place: #written,
        }
    }
}

/// The records of the vendor with this number, as they are reached from those of `vendor`.
fn codes_of(catalog: &Catalog, vendor: &Vendor, number: usize) -> TokenStream {
    if let Some(base) = catalog.base_vendors.get(number) {
        let module = module(base);
        return quote!(::apigw_errors::#module::CODES);
    }
    match number.checked_sub(catalog.base_vendors.len()).and_then(|own| catalog.vendors.get(own)) {
        Some(them) if them.id != vendor.id => {
            let module = module(&them.id);
            quote!(super::#module::CODES)
        }
        _ => quote!(CODES),
    }
}

fn answer(catalog: &Catalog, vendor: &Vendor, of: usize, answer: &Answer) -> TokenStream {
    let of = condition_record(catalog, of);
    let (code, at) = (number(answer.code), condition_record(catalog, answer.at));
    let say = match answer.say {
        Say::Code(code) => {
            let code = number(code);
            quote!(::apigw_errors::Say::Code(&CODES[#code]))
        }
        Say::Plain(plain) => {
            let Some(plain) = vendor.plain.get(plain) else { return TokenStream::new() };
            let status = proc_macro2::Literal::u16_unsuffixed(plain.status);
            let (text, message) = (option_str(plain.text.as_deref()), &plain.message);
            let evidence = facet("Evidence", plain.evidence.variant());
            quote! {
                ::apigw_errors::Say::Plain(::apigw_errors::PlainAnswer {
                    status: ::apigw_errors::Status::new(#status).unwrap(),
                    code: #text, message: #message, evidence: #evidence,
                })
            }
        }
    };
    let reason = option_text(answer.reason.as_ref());
    quote!(::apigw_errors::Answer { of: #of, say: #say, code: &CODES[#code], at: #at, reason: #reason })
}
