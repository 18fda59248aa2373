//! Answers that no table has a row for: what a gateway says where its vendor's documents are silent.
//!
//! A vendor's file declares them with a reason; they are mostly plain phrases of HTTP, told apart from anybody's by the
//! headers alone. So they are never certain, and looked for only where no row fits.

use super::commonplace::commonplace;
use super::envelope::Shape;
use super::find::{Evidence, is_home};
use super::fit::Confidence;
use crate::reading::same;
use crate::row::{ConditionRow, PlainAnswer, Say, VendorRow};

/// A plain answer that a response may be.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct StandIn {
    /// The vendor whose gateway would answer so.
    pub vendor: &'static VendorRow,
    /// The answer.
    pub answer: &'static PlainAnswer,
    /// The conditions for which it would; what happened is one of these, or below one.
    pub conditions: Vec<&'static ConditionRow>,
    /// How sure it is: likely at most.
    pub confidence: Confidence,
}

pub(super) fn stand_ins(vendors: &[&'static VendorRow], evidence: &Evidence<'_, '_>) -> Vec<StandIn> {
    let Some(message) = evidence.read.message.as_deref() else { return Vec::new() };
    let mut found: Vec<StandIn> = Vec::new();
    for vendor in vendors.iter().copied().filter(|vendor| is_home(vendor, evidence)) {
        let message = vendor.without_suffix(message.trim());
        // Each where it is declared, and not at the conditions below, which only inherit it.
        let declared = vendor.data_answers.iter().filter(|answer| answer.of == answer.at);
        for answer in declared {
            let Say::Plain(plain) = &answer.say else { continue };
            if !fits(plain, evidence, message) {
                continue;
            }
            match found.iter_mut().find(|known| known.vendor == vendor && known.answer == plain) {
                Some(known) => known.conditions.push(answer.of),
                None => found.push(StandIn {
                    vendor,
                    answer: plain,
                    conditions: vec![answer.of],
                    confidence: confidence(vendor, evidence, message),
                }),
            }
        }
    }
    found
}

fn fits(plain: &PlainAnswer, evidence: &Evidence<'_, '_>, message: &str) -> bool {
    let status = evidence.status.is_none_or(|status| plain.status.get() == status);
    let code = match (plain.code, evidence.read.code.as_deref()) {
        (Some(own), Some(read)) => own == read,
        _ => true,
    };
    status && code && same(plain.message, message)
}

/// The headers of the gateway, or a form of its own, make it likely; a phrase in anybody's form is merely possible.
fn confidence(vendor: &VendorRow, evidence: &Evidence<'_, '_>, message: &str) -> Confidence {
    let own = evidence.read.shape == Shape::Own && commonplace(message, evidence.status).is_none();
    match evidence.marks.gateway {
        Some(name) if name == vendor.envelope => Confidence::Likely,
        None if own && !evidence.marks.kong => Confidence::Likely,
        _ => Confidence::Possible,
    }
}
