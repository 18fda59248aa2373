//! The micro-service that the call names exists and runs.

use std::borrow::Cow;
use std::rc::Rc;

use apigw_errors::{Condition, ConditionId};
use http::request::Parts;

use super::{CheckInfo, Phase, Verdict, what};
use crate::parameters::{Fields, Place, decoded};
use crate::registry::{Directory, Missing};
use crate::snapshot::{Endpoint, MapFrom, MicroService, MicroServiceFault, Snapshot};
use crate::upstream::Failure;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::micro_service",
    phase: Phase::Backend,
    what: what(
        "Takes the name of the micro-service from where the API says, and asks the registry for its instances.",
        "从 API 指定的位置取得微服务名称，并向注册中心查询其实例。",
    ),
    raises: &[
        ConditionId::ConfigMicroService,
        ConditionId::ConfigMicroServiceLocationMissing,
        ConditionId::ConfigMicroServiceLocationMalformed,
        ConditionId::BackendTargetMicroServiceUnknown,
    ],
};

/// The definition, if it can be carried out.
///
/// # Errors
/// [`Condition::ConfigMicroService`] and its children.
pub(crate) fn definition(written: &Result<MicroService, MicroServiceFault>) -> Verdict<&MicroService> {
    written.as_ref().map_err(|fault| match fault {
        MicroServiceFault::Registry => Condition::ConfigMicroService,
        MicroServiceFault::LocationMissing => Condition::ConfigMicroServiceLocationMissing,
        MicroServiceFault::LocationMalformed => Condition::ConfigMicroServiceLocationMalformed,
    })
}

/// An instance of the micro-service that the call names. `path` is the call's without what named the environment.
///
/// # Errors
/// [`Condition::BackendTargetMicroServiceUnknown`] where there is none, [`Condition::ConfigMicroService`] where the
/// registry does not answer such questions, and the condition of a name that does not resolve where it does not answer
/// at all.
pub(crate) async fn find(
    service: &MicroService,
    snapshot: &Snapshot,
    directory: &Directory,
    parts: &Parts,
    path: &str,
) -> Verdict<Rc<Endpoint>> {
    let registry = snapshot.registries.get(service.registry).ok_or(Condition::ConfigMicroService)?;
    let named = |from| value(from, parts, path).ok_or(Condition::BackendTargetMicroServiceUnknown);
    let (namespace, name) = (named(&service.namespace)?, named(&service.service)?);
    let found = directory.find((service.registry, registry), &namespace, &name).await;
    found.map_err(|missing| match missing {
        Missing::Unknown => Condition::BackendTargetMicroServiceUnknown,
        Missing::Refused => Condition::ConfigMicroService,
        Missing::Silent => super::backend::failed(&Failure::Unresolved(None)),
    })
}

/// What the call says there, once and readably.
fn value<'a>(from: &MapFrom, parts: &'a Parts, path: &'a str) -> Option<Cow<'a, str>> {
    match &from.place {
        Place::Header(name) => {
            let mut values = parts.headers.get_all(name).iter();
            let value = values.next()?.to_str().ok()?;
            values.next().is_none().then_some(Cow::Borrowed(value))
        }
        Place::Path { segment, .. } => decoded(path.split('/').nth(*segment)?.as_bytes()).ok(),
        Place::Query | Place::Body => {
            let fields = Fields::read(parts.uri.query()?.as_bytes()).ok()?;
            let mut values = fields.values(&from.name);
            let value = values.next()?.to_owned();
            values.next().is_none().then_some(Cow::Owned(value))
        }
    }
}
