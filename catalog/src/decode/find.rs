//! From what was read to candidates, best first.

use std::borrow::Cow;
use std::cmp::Reverse;

use super::candidate::Candidate;
use super::commonplace::{commonplace, is_word};
use super::envelope::{self, Marked, Read, Shape};
use super::fit::{Agreement, Commonplace, Confidence, EnvelopeFit, Fit, MessageFit};
use super::origin::{self, OriginHint, OriginWhy};
use crate::facets::{Kind, Origin, Plane};
use crate::reading::{Reading, Wording, same};
use crate::row::{CodeRow, ConditionRow, VendorRow};
use crate::template::Piece;

/// Everything that was read of a response.
pub(super) struct Evidence<'e, 't> {
    pub(super) read: &'e Read<'t>,
    pub(super) marks: &'e Marked<'e>,
    pub(super) status: Option<u16>,
}

/// A row in question, before it is judged.
struct Suspect<'t> {
    code: &'static CodeRow,
    wording: Option<Wording>,
    params: Vec<(&'static str, Cow<'t, str>)>,
    detail: Option<Cow<'t, str>>,
}

pub(super) fn candidates<'t>(vendors: &[&'static VendorRow], evidence: &Evidence<'_, 't>) -> Vec<Candidate<'t>> {
    let mut found = Vec::new();
    let home = |vendor: &VendorRow| is_home(vendor, evidence);
    for vendor in vendors.iter().filter(|vendor| home(vendor)) {
        judge(vendor, evidence, true, &mut found);
    }
    if found.is_empty() {
        for vendor in vendors.iter().filter(|vendor| !home(vendor)) {
            judge(vendor, evidence, false, &mut found);
        }
    }
    rank(found)
}

/// What the vendors call a condition that a document names. Possible at best: no vendor said so.
pub(super) fn of_condition<'t>(
    vendors: &[&'static VendorRow],
    condition: &'static ConditionRow,
    evidence: &Evidence<'_, '_>,
) -> Vec<Candidate<'t>> {
    let codes = vendors.iter().map(|vendor| vendor.answer(Plane::Data, condition).code);
    let codes = codes.filter(|code| code.condition == condition && code.plane == Plane::Data && code.canonical);
    let candidate = |code: &'static CodeRow| {
        let suspect = Suspect { code, wording: None, params: Vec::new(), detail: None };
        let mut fit = fit(&suspect, evidence, false, true);
        (fit.code, fit.message) = (Agreement::Unknown, MessageFit::Absent);
        Candidate {
            code,
            wording: None,
            params: Vec::new(),
            detail: None,
            origin: OriginHint { origin: Origin::Gateway, why: OriginWhy::Condition },
            confidence: Confidence::Possible,
            fit,
            status: None,
            code_text: None,
        }
    };
    codes.map(candidate).collect()
}

/// True if the vendor writes bodies of this form.
pub(super) fn is_home(vendor: &VendorRow, evidence: &Evidence<'_, '_>) -> bool {
    match evidence.read.envelope {
        Some(name) => vendor.envelope == name,
        // Without a form of its own: a text, or an envelope that only its vendor's catalog names.
        None => evidence.read.shape == Shape::Bare || !envelope::is_known(vendor),
    }
}

fn judge<'t>(vendor: &'static VendorRow, evidence: &Evidence<'_, 't>, home: bool, found: &mut Vec<Candidate<'t>>) {
    let suspects = suspects(vendor, evidence);
    if suspects.is_empty() {
        return;
    }
    let coded = !vendor.lookup.by_code.is_empty();
    let suffixed = evidence.read.message.as_deref().is_some_and(|message| ends_as_gateway(vendor, message));
    let common = evidence.read.message.as_deref().and_then(|message| commonplace(message, evidence.status));
    let said = origin::of_response(evidence.read, evidence.marks, suffixed, evidence.status);
    let known = suspects.iter().any(|suspect| suspect.wording.is_some() && suspect.detail.is_none());
    for suspect in suspects {
        let mut fit = fit(&suspect, evidence, home, coded);
        if fit.message == MessageFit::Unread && known {
            fit.message = MessageFit::Other;
        }
        fit.commonplace = doubt(fit, evidence.read.code.as_deref(), common, said);
        let read = &evidence.read.code;
        let code_text = read.as_deref().and_then(|text| code_texts(suspect.code).find(|own| *own == text));
        found.push(Candidate {
            origin: said.unwrap_or_else(|| origin::of_row(suspect.code)),
            code: suspect.code,
            wording: suspect.wording,
            params: suspect.params,
            detail: suspect.detail,
            confidence: Confidence::Possible,
            fit,
            status: evidence.status,
            code_text,
        });
    }
}

/// Why the text proves little. Nothing of that holds where a code text that is the vendor's alone names the row, or where
/// the gateway itself says that no one else wrote the response; a page's foot is part of the text and says no such thing.
fn doubt(fit: Fit, code: Option<&str>, message: Option<Commonplace>, said: Option<OriginHint>) -> Option<Commonplace> {
    let word = code.is_some_and(is_word);
    if !fit.has_message() {
        return word.then_some(Commonplace::Word);
    }
    let named = fit.code == Agreement::Same && !word;
    let own = said.is_some_and(|hint| matches!(hint.why, OriginWhy::NoUpstream | OriginWhy::WireSuffix));
    if named || own { None } else { message }
}

/// The rows that message, code text or status point at, each once.
fn suspects<'t>(vendor: &'static VendorRow, evidence: &Evidence<'_, 't>) -> Vec<Suspect<'t>> {
    let mut found: Vec<Suspect<'t>> = Vec::new();
    match &evidence.read.message {
        Some(Cow::Borrowed(text)) => by_message(vendor, text, &mut found),
        Some(Cow::Owned(text)) => {
            let mut own = Vec::new();
            by_message(vendor, text, &mut own);
            found.extend(own.into_iter().map(Suspect::into_owned));
        }
        None => {}
    }
    if let Some(text) = evidence.read.code.as_deref() {
        let mut named = vendor.by_code(text).peekable();
        // A code text of variants alone, such as the legacy `ACCESS_ERROR`, stood for several rows.
        let spelt = if named.peek().is_none() { Some(vendor.by_variant_code(text)) } else { None };
        for code in named.chain(spelt.into_iter().flatten()) {
            if !found.iter().any(|suspect| suspect.code == code) {
                found.push(named_only(code, evidence.read.message.as_ref()));
            }
        }
    } else if let (None, Some(status)) = (&evidence.read.message, evidence.status)
        && evidence.marks.gateway == Some(vendor.envelope)
    {
        // The answer to a HEAD request has headers only.
        let plain = |code: &&'static CodeRow| code.kind == Kind::Error && code.plane == Plane::Data;
        let rows = vendor.by_status(status).filter(plain);
        found.extend(rows.map(|code| Suspect { code, wording: None, params: Vec::new(), detail: None }));
    }
    found
}

/// A row that its code text alone points at. Where the row's message is nothing but a value, the message is that value.
fn named_only<'t>(code: &'static CodeRow, message: Option<&Cow<'t, str>>) -> Suspect<'t> {
    match (code.message.pieces, message) {
        ([Piece::Param(name, _)], Some(text)) => {
            Suspect { code, wording: Some(Wording::Message), params: vec![(*name, text.clone())], detail: None }
        }
        _ => Suspect { code, wording: None, params: Vec::new(), detail: None },
    }
}

fn by_message<'t>(vendor: &'static VendorRow, text: &'t str, found: &mut Vec<Suspect<'t>>) {
    for reading in vendor.read(text) {
        add(
            found,
            Suspect { code: reading.code, wording: Some(reading.wording), params: reading.params, detail: None },
        );
    }
    if !found.is_empty() {
        return;
    }
    // A known text with an unknown detail behind it; the longest known one counts.
    for (head, tail) in before_details(text).take(MAX_DETAILS) {
        // Templates would take any head for a value.
        for reading in vendor.read_fixed(head) {
            let detail = Some(Cow::Borrowed(tail.trim()));
            let Reading { code, wording, params, .. } = reading;
            add(found, Suspect { code, wording: Some(wording), params, detail });
        }
        if !found.is_empty() {
            return;
        }
    }
}

/// The text split at each sign that details stand behind, the last first.
fn before_details(text: &str) -> impl Iterator<Item = (&str, &str)> {
    // By bytes: the last ones of `：` and `，` are rare elsewhere.
    let last = text.bytes().enumerate().rev().filter(|(_, byte)| matches!(byte, b':' | b',' | b';' | 0x9a | 0x8c));
    last.filter_map(|(at, byte)| {
        let (head, tail) = text.split_at_checked(at + 1)?;
        let head = if byte.is_ascii() { head.get(..at) } else { head.strip_suffix(['：', '，']) };
        Some((head?, tail))
    })
}

/// So many places of a text are tried as the end of a known text.
const MAX_DETAILS: usize = 16;

/// Keeps one suspect per row: the best wording, with the values of the reading that has most of the code's parameters.
fn add<'t>(found: &mut Vec<Suspect<'t>>, new: Suspect<'t>) {
    let Some(known) = found.iter_mut().find(|suspect| suspect.code == new.code) else {
        found.push(new);
        return;
    };
    let own = |params: &[(&'static str, Cow<'_, str>)]| {
        let needed = new.code.params.iter().filter(|param| params.iter().any(|(name, _)| *name == param.name));
        needed.count()
    };
    if own(&new.params) > own(&known.params) {
        known.params = new.params;
    }
}

impl Suspect<'_> {
    fn into_owned<'t>(self) -> Suspect<'t> {
        Suspect {
            code: self.code,
            wording: self.wording,
            params: self.params.into_iter().map(|(name, value)| (name, Cow::Owned(value.into_owned()))).collect(),
            detail: self.detail.map(|detail| Cow::Owned(detail.into_owned())),
        }
    }
}

fn fit(suspect: &Suspect<'_>, evidence: &Evidence<'_, '_>, home: bool, coded: bool) -> Fit {
    let code = match evidence.read.code.as_deref() {
        Some(text) if code_texts(suspect.code).any(|own| own == text) => Agreement::Same,
        Some(_) if coded => Agreement::Differs,
        _ => Agreement::Unknown,
    };
    let message = match (&suspect.wording, &suspect.detail, &evidence.read.message) {
        (Some(_), None, _) => MessageFit::Full,
        (Some(_), Some(_), _) => MessageFit::Detail,
        (None, _, Some(_)) => MessageFit::Unread,
        (None, _, None) => MessageFit::Absent,
    };
    let status = match evidence.status {
        None => Agreement::Unknown,
        Some(status) if statuses(suspect).any(|own| own == status) => Agreement::Same,
        Some(_) => Agreement::Differs,
    };
    let envelope = match (home, evidence.read.shape) {
        (_, Shape::Bare) => EnvelopeFit::Bare,
        (false, _) => EnvelopeFit::Other,
        (true, Shape::Own) => EnvelopeFit::Own,
        (true, Shape::Shared) => EnvelopeFit::Shared,
    };
    let headers = match evidence.marks.gateway {
        Some(name) if name == suspect.code.vendor.envelope => Agreement::Same,
        Some(_) => Agreement::Differs,
        None if evidence.marks.kong => Agreement::Differs,
        None => Agreement::Unknown,
    };
    Fit { code, message, status, envelope, headers, commonplace: None, rivalled: false }
}

/// Every code text that the row has or had.
fn code_texts(code: &'static CodeRow) -> impl Iterator<Item = &'static str> {
    let editions = code.editions.iter().filter_map(|row| row.code);
    code.code.into_iter().chain(editions).chain(code.variants.iter().filter_map(|variant| variant.code))
}

/// The statuses with which the recognised wording is known; of all wordings, if none was recognised.
fn statuses(suspect: &Suspect<'_>) -> impl Iterator<Item = u16> {
    let code = suspect.code;
    let worded = suspect.wording.map(|wording| wording.template_of(code).source);
    let worded = move |source: &'static str| worded.is_none_or(|text| same(text, source));
    let own = code.status.filter(|_| worded(code.message.source));
    // An older edition's status goes with the newest text too: what the wire says changed with neither document.
    let older = code.editions.iter().filter_map(|row| row.status);
    let variants = code.variants.iter().filter(move |variant| worded(variant.message.source));
    let variants = variants.filter_map(|variant| variant.status.or(code.status));
    own.into_iter().chain(older).chain(variants).map(u16::from)
}

/// True if the text ends with what the gateway alone appends to messages of its own.
fn ends_as_gateway(vendor: &VendorRow, text: &str) -> bool {
    let suffixes = vendor.editions.iter().flat_map(|edition| edition.tables).map(|table| table.wire_suffix.trim());
    suffixes.filter(|suffix| !suffix.is_empty()).any(|suffix| text.trim_end().ends_with(suffix))
}

fn rank(mut found: Vec<Candidate<'_>>) -> Vec<Candidate<'_>> {
    let complete = |fit: &Fit| fit.code == Agreement::Same && fit.has_message();
    if found.iter().any(|one| complete(&one.fit)) {
        // Code text and message name a row together: rows that have only one of the two are out, but for one whose
        // status is right where that row's is wrong.
        let agreed = found.iter().any(|one| complete(&one.fit) && one.fit.status != Agreement::Differs);
        let named = |fit: &Fit| fit.code == Agreement::Same && !agreed && fit.status == Agreement::Same;
        found.retain(|one| complete(&one.fit) || named(&one.fit));
    }
    let literal = |one: &Candidate<'_>| one.wording.map_or(0, |wording| wording.template_of(one.code).literal_len());
    let order = |one: &Candidate<'_>| {
        let row = one.code;
        (Reverse(one.fit.score()), Reverse(literal(one)), row.plane, !row.canonical, row.vendor.index, row.index)
    };
    found.sort_by_key(order);
    // A row that swallows more of the text as a value is no rival of one that has it as its own.
    let ranks: Vec<_> = found.iter().map(|one| (one.fit.score(), literal(one))).collect();
    for (at, one) in found.iter_mut().enumerate() {
        let own = ranks.get(at).copied().unwrap_or_default();
        one.fit.rivalled =
            ranks.iter().enumerate().any(|(other, rank)| other != at && rank.0 == own.0 && rank.1 >= own.1);
        one.confidence = one.fit.confidence(one.code.code.is_some());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::before_details;

    #[test]
    fn details_begin_behind_signs_of_both_alphabets() {
        let text = "签名：a,b；，中";
        let split: Vec<_> = before_details(text).collect();
        assert_eq!(split, [("签名：a,b；", "中"), ("签名：a", "b；，中"), ("签名", "a,b；，中")]);
        assert_eq!(before_details("\u{109a} \u{104c}").count(), 0, "other characters end in the same bytes");
    }
}
