//! The call is not one that was chosen to fail. See [`crate::fault`].

use apigw_errors::{Condition, ConditionId};
use http::HeaderMap;

use super::{CheckInfo, Phase, Verdict, what};
use crate::dialect::Voice;
use crate::fault::{Cut, Fault};
use crate::snapshot::{Route, Snapshot};

/// See [`CheckInfo`]. What is raised here on demand is raised somewhere else for its reason.
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::fault",
    phase: Phase::Route,
    what: what(
        "Raises any error on purpose, where the configuration or a header of the call asks for it; never otherwise.",
        "仅在配置或请求头明确要求时，故意抛出任意错误。",
    ),
    raises: &NOTHING,
};

const NOTHING: [ConditionId; 0] = [];

/// How a wanted fault is to be said.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Injected {
    /// The row, if one was named.
    pub(crate) code: Option<&'static apigw_errors::CodeRow>,
    /// How the answer ends.
    pub(crate) cut: Option<Cut>,
}

/// True if nobody wants any fault here: nearly always.
pub(crate) fn is_off(snapshot: &Snapshot, route: &Route) -> bool {
    route.fault.is_none() && snapshot.fault_header.is_none()
}

/// Raises what the route or the call itself wants raised; `injected` says how.
///
/// # Errors
/// Any condition; [`Condition::Request`] for a field that cannot be read.
pub(crate) async fn check(
    snapshot: &Snapshot,
    route: &Route,
    voice: Voice,
    headers: &HeaderMap,
    injected: &mut Option<Injected>,
) -> Verdict {
    let field = snapshot.fault_header.as_ref().and_then(|name| headers.get(name));
    if let Some(field) = field {
        let text = field.to_str().unwrap_or_default();
        let fault = Fault::parse(text, voice, &snapshot.catalog).map_err(|error| {
            tracing::warn!(route = &*route.id, help = &*error.help, "a call wants a fault: {error}");
            Condition::Request
        })?;
        strike(&fault, injected).await?;
    }
    match &route.fault {
        Some(fault) => strike(fault, injected).await,
        None => Ok(()),
    }
}

async fn strike(fault: &Fault, injected: &mut Option<Injected>) -> Verdict {
    if !fault.odds.strike() {
        return Ok(());
    }
    if !fault.delay.is_zero() {
        tokio::time::sleep(fault.delay).await;
    }
    if fault.panics {
        *injected = Some(Injected { code: None, cut: fault.cut });
        tracing::warn!("a call is to panic, and does");
        // As a slip would, but for the report of where it happened.
        std::panic::resume_unwind(Box::new("wanted"));
    }
    let Some(what) = &fault.what else { return Ok(()) };
    *injected = Some(Injected { code: what.code, cut: fault.cut });
    Err(what.condition.clone())
}
