//! Faults that are wanted: any code of the catalog at a given rate, late, cut short or not at all, so that callers can be
//! tried against what they may meet. They are said at the same edge as all others.

pub mod handshake;
mod odds;

pub use odds::{Odds, rate};

use std::time::Duration;

use apigw_errors::param::ParamType;
use apigw_errors::{Catalog, CodeRow, Condition, ConditionId, ConditionRow, Piece, Plane};

use crate::config::duration;
use crate::dialect::Voice;

/// A fault, and how often it happens.
#[derive(Debug)]
pub struct Fault {
    /// What is raised; with none, calls are late and go on.
    pub what: Option<What>,
    /// The code that serves the call panics, in place of raising anything.
    pub panics: bool,
    /// Which calls it strikes.
    pub odds: Odds,
    /// Before the call is answered, or goes on.
    pub delay: Duration,
    /// What becomes of the answer.
    pub cut: Option<Cut>,
}

/// What is raised.
#[derive(Debug, Clone)]
pub struct What {
    /// With a value for each parameter. Where a catalog that builds on ours has a finer one, the nearest of ours above.
    pub condition: Condition,
    /// The row that says it; without one, the row that the dialect has for the condition.
    pub code: Option<&'static CodeRow>,
}

/// How an answer ends early.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// After half of its body.
    Truncate,
    /// Before its first byte, by a reset of the connection.
    Reset,
}

impl Cut {
    /// All of them by their name.
    pub const NAMES: &'static [(&'static str, Self)] = &[("truncate", Self::Truncate), ("reset", Self::Reset)];
}

/// A fault cannot be read: what is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Unreadable {
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl Fault {
    /// A fault that strikes every call at once.
    pub fn new(what: Option<What>) -> Self {
        Self { what, panics: false, odds: Odds::default(), delay: Duration::ZERO, cut: None }
    }

    /// Reads `code=APIG.0308; delay=200ms; rate=50%; cut=truncate`, as a call's header field has it.
    ///
    /// Conditions are those of `catalog`.
    ///
    /// # Errors
    /// The first part that is wrong.
    pub fn parse(text: &str, voice: Voice, catalog: &Catalog) -> Result<Self, Unreadable> {
        let mut fault = Self::new(None);
        for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').map_or((part, ""), |(name, value)| (name.trim(), value.trim()));
            let wrong =
                |help: &str| Unreadable { message: format!("`{part}` is no part of a fault"), help: help.into() };
            match name {
                "code" => fault.what = Some(What::of_code(value, voice)?),
                "panic" if value.is_empty() => fault.panics = true,
                "condition" => fault.what = Some(What::of_condition(value, voice, catalog)?),
                "rate" => fault.odds.rate = rate(value).ok_or_else(|| wrong("write 5%, 0.5% or 100%"))?,
                "delay" => fault.delay = duration(value).ok_or_else(|| wrong("write 500ms, 10s"))?,
                "cut" => {
                    let cut = Cut::NAMES.iter().find(|(known, _)| *known == value).map(|(_, cut)| *cut);
                    fault.cut = Some(cut.ok_or_else(|| wrong("write truncate or reset"))?);
                }
                _ => return Err(wrong("known: code, condition, panic, rate, delay, cut")),
            }
        }
        Ok(fault)
    }
}

impl What {
    /// A code by its text, its id, or both with the vendor before: `APIG.0308`, `huawei.ThrottlingThresholdReached`.
    ///
    /// # Errors
    /// No code of the host's vendor is called so, or several are, or it has no answer over HTTP.
    pub fn of_code(name: &str, voice: Voice) -> Result<Self, Unreadable> {
        let unreadable = |message: String, help: String| Err(Unreadable { message, help });
        let Some(dialect) = voice.dialect else {
            let message = format!("there is no code `{name}` here: this host speaks no vendor's dialect");
            return unreadable(message, "write `condition`".to_owned());
        };
        let codes = || dialect.vendor.codes.iter().filter(|code| code.plane == Plane::Data);
        let own = name.strip_prefix(dialect.vendor.id).and_then(|rest| rest.strip_prefix('.')).unwrap_or(name);
        let by_id = codes().find(|code| code.id == own);
        let by_text: Vec<&'static CodeRow> = codes().filter(|code| code.code == Some(name)).collect();
        let code = match (by_id, &*by_text) {
            (Some(code), _) => code,
            (None, [code]) => code,
            (None, []) => {
                let known = codes().flat_map(|code| [Some(code.id), code.code]).flatten();
                let message = format!("{} has no code `{name}`", dialect.vendor.name.en);
                return unreadable(message, near_misses(name, known));
            }
            (None, several) => {
                let ids: Vec<&str> = several.iter().map(|code| code.id).collect();
                return unreadable(
                    format!("`{name}` is {} codes", ids.len()),
                    format!("write one of {}", ids.join(", ")),
                );
            }
        };
        if code.status.is_none() {
            return unreadable(format!("`{name}` is never answered over HTTP"), "take another code".to_owned());
        }
        Self::said_by(code)
    }

    /// A condition of `catalog` by its id: `traffic.rate_limited`.
    ///
    /// # Errors
    /// There is none of that id, or it is one that only codes of another vendor than the host's tell.
    pub fn of_condition(id: &str, voice: Voice, catalog: &Catalog) -> Result<Self, Unreadable> {
        let Some(row) = catalog.condition(id) else {
            let known = catalog.all_conditions().map(|row| row.id);
            return Err(Unreadable { message: format!("there is no condition `{id}`"), help: near_misses(id, known) });
        };
        if let Some(condition) = example(row) {
            return Ok(Self { condition, code: None });
        }
        // What the vendor says for a finer condition than ours is a row of its own.
        match voice.dialect.and_then(|dialect| dialect.code_for(row)) {
            Some(code) => Self::said_by(code),
            None => Err(Unreadable {
                message: format!("nothing here says `{id}`, a condition of a vendor's own"),
                help: row
                    .parent
                    .map_or_else(String::new, |parent| format!("take `{}`, of which it is a case", parent.id)),
            }),
        }
    }

    /// A row, for the nearest condition that the gateway itself can raise.
    fn said_by(code: &'static CodeRow) -> Result<Self, Unreadable> {
        let Some((condition, row)) = code.condition.ancestry().find_map(|row| Some((example(row)?, row))) else {
            return Err(Unreadable {
                message: format!("`{}` is of no condition that is raised here", code.id),
                help: "take another code".to_owned(),
            });
        };
        let unfilled = code.message.pieces.iter().find_map(|piece| match piece {
            Piece::Param(name, _) => Some(*name).filter(|name| !can_fill(code, row, name)),
            Piece::Text(_) => None,
        });
        match unfilled {
            None => Ok(Self { condition, code: Some(code) }),
            Some(name) => Err(Unreadable {
                message: format!("the message of `{}` has a `{name}` that nothing here has a value for", code.id),
                help: "take another code, or give the parameter a `default` in the vendor's file".to_owned(),
            }),
        }
    }
}

/// Has a message's parameter a value when `row` is what happened?
fn can_fill(code: &CodeRow, row: &ConditionRow, name: &str) -> bool {
    let declared = code.params.iter().find(|param| param.name == name);
    let from = declared.map_or(name, |param| param.from);
    row.params.iter().any(|param| param.name == from) || declared.is_some_and(|param| param.default.is_some())
}

/// The condition with values that tell which parameter they stand for; `None` if it is none of this project's.
fn example(row: &'static ConditionRow) -> Option<Condition> {
    let value = |name: &str| {
        let param = row.params.iter().find(|param| param.name == name)?;
        Some(if param.ty == ParamType::Number { "1" } else { param.name })
    };
    Condition::from_params(row.id.parse::<ConditionId>().ok()?, value)
}

/// Which names were perhaps meant.
fn near_misses<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let wanted = name.to_ascii_lowercase();
    let mut ranked: Vec<(usize, &str)> =
        known.map(|known| (distance(&wanted, &known.to_ascii_lowercase()), known)).collect();
    ranked.sort_unstable();
    ranked.dedup();
    let near: Vec<String> = ranked.iter().take(3).map(|(_, name)| format!("`{name}`")).collect();
    format!("perhaps {}", near.join(", "))
}

/// Letters to insert, remove or exchange (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (number, letter) in one.bytes().enumerate() {
        let mut diagonal = number;
        let mut left = number + 1;
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, other) in row.iter_mut().skip(1).zip(other.bytes()) {
            let exchanged = diagonal + usize::from(letter != other);
            diagonal = *cell;
            left = exchanged.min(*cell + 1).min(left + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use apigw_errors::CATALOG;

    use super::*;

    #[test]
    fn codes_by_every_name_and_near_misses() {
        let huawei = Voice::parse(&CATALOG, "huawei").unwrap();
        for name in ["APIG.0308", "ThrottlingThresholdReached", "huawei.ThrottlingThresholdReached"] {
            assert_eq!(What::of_code(name, huawei).unwrap().code.unwrap().id, "ThrottlingThresholdReached");
        }
        let wrong = What::of_code("APIG.0388", huawei).unwrap_err();
        assert!(wrong.help.contains("`APIG.0308`"), "{wrong:?}");
        assert!(What::of_code("APIG.0201", huawei).unwrap_err().message.contains("is 7 codes"));
        assert!(
            What::of_condition("traffic.rate_limit", huawei, &CATALOG)
                .unwrap_err()
                .help
                .contains("`traffic.rate_limited`")
        );
        assert!(What::of_code("APIG.0308", Voice::PROBLEM).is_err());
    }

    #[test]
    fn every_code_with_an_answer_can_be_raised() {
        for vendor in ["tencent", "jdcloud", "huawei"] {
            let voice = Voice::parse(&CATALOG, vendor).unwrap();
            for code in CATALOG.vendor(vendor).unwrap().codes {
                let can_be = code.status.is_some() && code.plane == Plane::Data;
                assert_eq!(What::of_code(code.id, voice).is_ok(), can_be, "{code}");
            }
        }
    }
}
