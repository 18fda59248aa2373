//! An API has the path.

use apigw_errors::{Condition, ConditionId};
use http::request::Parts;

use super::environment::Place;
use super::{Asked, CheckInfo, Phase, Verdict, asked, what};
use crate::router::{Methods, Router};
use crate::snapshot::Host;

/// See [`CheckInfo`].
pub(crate) const INFO: CheckInfo = CheckInfo {
    name: "checks::path",
    phase: Phase::Route,
    what: what(
        "Looks the path up in the routes of that environment; paths with `.` or `..` as a segment belong to no API.",
        "在该环境的路由中查找路径；含有 `.` 或 `..` 段的路径不属于任何 API。",
    ),
    raises: &[ConditionId::RouteNotFound, ConditionId::RouteNotFoundPath],
};

/// Finds the path's methods.
///
/// A path with `.` or `..` as a segment, escaped or not, is no API's: the backend might resolve it to a path that
/// was never authorised here.
///
/// # Errors
/// [`Condition::RouteNotFound`] where the environment has no API at all: then it is not the path that is wrong.
/// [`Condition::RouteNotFoundPath`] where it has others.
pub(crate) fn check<'a>(host: &'a Host, place: Place<'_>, parts: &Parts) -> Verdict<&'a Methods> {
    let router = host.routers.get(place.environment);
    let methods = router.filter(|_| !has_dot_segment(place.path)).and_then(|router| router.find(place.path));
    methods.ok_or_else(|| {
        let Asked { host, method, uri } = asked(parts);
        if router.is_none_or(Router::is_empty) {
            return Condition::RouteNotFound { host, method, uri };
        }
        Condition::RouteNotFoundPath { host, method, uri }
    })
}

fn has_dot_segment(path: &str) -> bool {
    // Nearly every path ends here.
    if !path.bytes().any(|byte| matches!(byte, b'.' | b'%' | b'\\')) {
        return false;
    }
    // Backends on some systems take `\` for `/`, and some decode `%2f` before they resolve.
    let decoded: Vec<u8> = percent_encoding::percent_decode_str(path).collect();
    let mut segments = decoded.split(|byte| matches!(byte, b'/' | b'\\'));
    segments.any(|segment| {
        // Servlet containers take off what stands behind a `;` before they resolve.
        let name = segment.split(|byte| *byte == b';').next().unwrap_or_default();
        matches!(name, b"." | b"..")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dot_segments_in_every_spelling() {
        for bad in [
            "/a/../b",
            "/a/..",
            "/./a",
            "/%2e%2E/a",
            "/a/.%2e",
            "/a%2f..%2fb",
            "/a/..%5cb",
            "/a\\..\\b",
            "/a/..;/b",
            "/a/%2e%2e%3Bx/b",
        ] {
            assert!(has_dot_segment(bad), "{bad}");
        }
        for good in ["/", "/a", "/.a", "/a..b/c", "/a%20b", "/...", "/a/.b%2e", "/a;x=../b", "/;a"] {
            assert!(!has_dot_segment(good), "{good}");
        }
    }
}
