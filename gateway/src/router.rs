//! From a path and a method to a route, at a cost that does not depend on the number of routes.
//!
//! Paths are compared percent-encoded, in their one spelling (`path_spelling.rs`): what is matched is what is forwarded, so no
//! spelling can reach another route at the backend than the one that was authorised here.
//!
//! The order of preference is the one Tencent documents, which contains what the other vendors do: exact paths, then
//! priority prefixes, then templates and segment prefixes (`matchit` prefers static text to parameters to rests), then
//! regular expressions in the order of the file, then textual prefixes, the longest first.

mod patterns;
mod prefixes;

use std::collections::HashMap;
use std::fmt::Write;

use http::Method;

use patterns::Patterns;
use prefixes::Prefixes;

use crate::hash::ConfiguredMap;
use crate::path_spelling;

/// How a route's path is compared with a call's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PathKind {
    /// The whole path; `{name}` stands for one segment, a final `{name+}` for the rest.
    Exact,
    /// The path and everything below it: `/a` covers `/a` and `/a/b`, not `/ab`.
    Prefix,
    /// Every path that begins with this text: `/user` covers `/usertest` (Tencent's plain paths).
    TextPrefix,
    /// The same, before templates (Tencent's `^~`).
    PriorityPrefix,
    /// A regular expression that the whole path has to fit.
    Pattern,
}

impl PathKind {
    /// All kinds by their name in the configuration.
    pub const NAMES: &'static [(&'static str, Self)] = &[
        ("exact", Self::Exact),
        ("prefix", Self::Prefix),
        ("text_prefix", Self::TextPrefix),
        ("priority_prefix", Self::PriorityPrefix),
        ("regex", Self::Pattern),
    ];
}

/// The verbs a gateway knows. TRACE would echo credentials and CONNECT would tunnel: both are unknown here.
pub const METHODS: &[Method] =
    &[Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS, Method::PATCH];

/// Why a route could not be added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// The path is no path or no template.
    #[error("{0}")]
    Path(String),
    /// Another route answers the same calls. Holds that route's number.
    #[error("another route answers the same calls")]
    Taken(usize),
}

/// The methods of one path, each with its route.
#[derive(Debug, Default)]
pub struct Methods {
    named: Vec<(Method, usize)>,
    /// The length of the path's text that counts as matched; `None` for the whole path.
    matched: Option<usize>,
}

impl Methods {
    /// The number of the route for `method`.
    pub fn route(&self, method: &Method) -> Option<usize> {
        self.named.iter().find(|(known, _)| known == method).map(|(_, route)| *route)
    }

    /// How many bytes of the path the route's own path covers: all of them, or a prefix.
    pub fn matched(&self, path: &str) -> usize {
        self.matched.unwrap_or(path.len())
    }
}

/// The routes of one host in one environment.
#[derive(Debug, Default)]
pub struct Router {
    exact: ConfiguredMap<Box<str>, usize>,
    priority: Prefixes,
    tree: matchit::Router<usize>,
    /// Normalised templates that are in `tree`, to find the same template again.
    templates: HashMap<String, usize>,
    patterns: Patterns,
    text: Prefixes,
    paths: Vec<Methods>,
}

impl Router {
    /// True while it has no route at all.
    pub fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Adds route number `route` for these methods.
    ///
    /// # Errors
    /// The path is malformed, or a route is there already.
    pub fn insert(&mut self, path: &str, kind: PathKind, methods: &[Method], route: usize) -> Result<(), RouteError> {
        if !path.starts_with('/') {
            return Err(RouteError::Path("a path begins with `/`".to_owned()));
        }
        let spelt = if kind == PathKind::Pattern { path.into() } else { path_spelling::normal(path) };
        let path = &*spelt;
        let entry = match kind {
            PathKind::Exact if path.contains(['{', '}']) => self.template(&normalised(path)?, None)?,
            PathKind::Exact => {
                let paths = &mut self.paths;
                *self.exact.entry(path.into()).or_insert_with(|| new_path(paths, None))
            }
            _ if kind != PathKind::Pattern && path.contains(['{', '}']) => {
                return Err(RouteError::Path("a prefix cannot hold parameters".to_owned()));
            }
            PathKind::Prefix => {
                let stem = path.trim_end_matches('/');
                let entry = self.template(&format!("{stem}/{{*rest}}"), Some(stem.len()))?;
                // A rest is never empty, so the stem itself needs its own entries.
                for alias in [stem, &format!("{stem}/")] {
                    if !alias.is_empty() && !self.templates.contains_key(alias) {
                        self.tree.insert(alias, entry).map_err(|error| RouteError::Path(error.to_string()))?;
                        self.templates.insert(alias.to_owned(), entry);
                    }
                }
                entry
            }
            PathKind::TextPrefix => {
                let paths = &mut self.paths;
                self.text.entry(path, || new_path(paths, Some(path.len())))
            }
            PathKind::PriorityPrefix => {
                let paths = &mut self.paths;
                self.priority.entry(path, || new_path(paths, Some(path.len())))
            }
            PathKind::Pattern => {
                let paths = &mut self.paths;
                self.patterns.entry(path, || new_path(paths, None)).map_err(RouteError::Path)?
            }
        };
        let Some(there) = self.paths.get_mut(entry) else {
            return Err(RouteError::Path("no such path".to_owned()));
        };
        if let Some(taken) = methods.iter().find_map(|method| there.route(method)) {
            return Err(RouteError::Taken(taken));
        }
        there.named.extend(methods.iter().map(|method| (method.clone(), route)));
        Ok(())
    }

    fn template(&mut self, template: &str, matched: Option<usize>) -> Result<usize, RouteError> {
        if let Some(entry) = self.templates.get(template) {
            return Ok(*entry);
        }
        let entry = new_path(&mut self.paths, matched);
        self.tree.insert(template, entry).map_err(|error| RouteError::Path(error.to_string()))?;
        self.templates.insert(template.to_owned(), entry);
        Ok(entry)
    }

    /// Lets the last parameter of a template that was inserted be empty: `/users/` fits as `/users/7` does, unless a
    /// path of its own says otherwise. Whoever declares the parameter wants to say that it is missing.
    pub fn allow_empty_end(&mut self, path: &str) {
        let Ok(template) = normalised(path) else { return };
        let Some(entry) = self.templates.get(&template).copied() else { return };
        let Some((stem, last)) = template.rsplit_once('/') else { return };
        let stem = format!("{stem}/");
        // Where the tree takes no such path, there is none that could be empty.
        if last.starts_with('{') && !self.templates.contains_key(&stem) && self.tree.insert(&stem, entry).is_ok() {
            self.templates.insert(stem, entry);
        }
    }

    /// Makes the regular expressions ready. To be called when all routes are there; before, none of them fits.
    ///
    /// # Errors
    /// All of them together are too large.
    pub fn finish(&mut self) -> Result<(), RouteError> {
        self.patterns.finish().map_err(RouteError::Path)
    }

    /// The methods of the path that fits best, if any fits.
    pub fn find(&self, path: &str) -> Option<&Methods> {
        let entry = self
            .exact
            .get(path)
            .copied()
            .or_else(|| self.priority.longest(path))
            .or_else(|| self.tree.at(path).ok().map(|found| *found.value))
            .or_else(|| self.patterns.first(path))
            .or_else(|| self.text.longest(path))?;
        self.paths.get(entry)
    }
}

fn new_path(paths: &mut Vec<Methods>, matched: Option<usize>) -> usize {
    paths.push(Methods { named: Vec::new(), matched });
    paths.len() - 1
}

/// `/users/{id}/{rest+}` as `matchit` writes it, parameters numbered so that two spellings of one template are equal.
fn normalised(path: &str) -> Result<String, RouteError> {
    let mut out = String::with_capacity(path.len());
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            out.push('/');
        }
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => {
                let (name, rest) = name.strip_suffix('+').map_or((name, ""), |name| (name, "*"));
                if name.is_empty() || name.contains(['{', '}', '*']) {
                    return Err(RouteError::Path(format!("`{segment}` is no parameter")));
                }
                // Writing to a string cannot fail.
                let _ = write!(out, "{{{rest}p{index}}}");
            }
            None if segment.contains(['{', '}']) => {
                return Err(RouteError::Path(format!("a parameter is a whole segment, unlike `{segment}`")));
            }
            None => out.push_str(segment),
        }
    }
    if out.find("{*").is_some_and(|at| out.get(at..).is_some_and(|rest| rest.contains('/'))) {
        return Err(RouteError::Path("`{name+}` can only stand at the end".to_owned()));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(routes: &[(&str, PathKind)]) -> Router {
        let mut table = Router::default();
        for (index, (path, kind)) in routes.iter().enumerate() {
            table.insert(path, *kind, &[Method::GET], index).unwrap();
        }
        table
    }

    fn at(router: &Router, path: &str) -> Option<usize> {
        router.find(path).and_then(|methods| methods.route(&Method::GET))
    }

    #[test]
    fn the_documented_order_of_preference() {
        let router = table(&[
            ("/user", PathKind::TextPrefix),
            ("/user/{id}", PathKind::Exact),
            ("/user/me", PathKind::Exact),
            ("/user/p", PathKind::PriorityPrefix),
            ("/", PathKind::TextPrefix),
            ("/usertest/long", PathKind::TextPrefix),
        ]);
        assert_eq!(at(&router, "/user/me"), Some(2));
        assert_eq!(at(&router, "/user/pat"), Some(3));
        assert_eq!(at(&router, "/user/x"), Some(1));
        assert_eq!(at(&router, "/user/x/y"), Some(0));
        assert_eq!(at(&router, "/usertest"), Some(0));
        assert_eq!(at(&router, "/usertest/longer"), Some(5));
        assert_eq!(at(&router, "/usertest/lo"), Some(0));
        assert_eq!(at(&router, "/elsewhere"), Some(4));
    }

    #[test]
    fn regular_expressions_come_after_templates_and_before_plain_prefixes() {
        let mut router = table(&[
            ("/user/[0-9]{1,3}", PathKind::Pattern),
            ("/user/{id}/x", PathKind::Exact),
            ("/user/.*", PathKind::Pattern),
            ("/user", PathKind::TextPrefix),
            ("/user/7", PathKind::Exact),
        ]);
        assert_eq!(at(&router, "/user/12"), Some(3), "not ready");
        router.finish().unwrap();
        for (path, route) in [
            ("/user/12", 0),
            ("/user/1234", 2),
            ("/user/12/x", 1),
            ("/user/7", 4),
            ("/user/", 2),
            ("/users", 3),
            ("/user", 3),
        ] {
            assert_eq!(at(&router, path), Some(route), "{path}");
        }
        assert_eq!(at(&router, "/x/user/12"), None, "the whole path has to fit");
        assert_eq!(router.find("/user/12").unwrap().matched("/user/12"), 8);
        for wrong in ["user", "/(", "/a{2,1}", "/\\p{Greek}", "/(?i", "/a**{9999}{9999}"] {
            let refused = Router::default().insert(wrong, PathKind::Pattern, METHODS, 0);
            assert!(matches!(refused, Err(RouteError::Path(_))), "{wrong}: {refused:?}");
        }
    }

    #[test]
    fn segment_prefixes_end_at_a_segment() {
        let router = table(&[("/test/AA", PathKind::Prefix), ("/test/AA/CC/{x}", PathKind::Exact)]);
        for inside in ["/test/AA", "/test/AA/", "/test/AA/CC", "/test/AA/CC/1/2"] {
            assert_eq!(at(&router, inside), Some(0), "{inside}");
        }
        assert_eq!(at(&router, "/test/AA/CC/1"), Some(1));
        assert_eq!(at(&router, "/test/AACC"), None);
        assert_eq!(router.find("/test/AA/x").unwrap().matched("/test/AA/x"), 8);
    }

    #[test]
    fn a_prefix_of_everything() {
        let router = table(&[("/", PathKind::Prefix)]);
        assert_eq!(at(&router, "/"), Some(0));
        assert_eq!(at(&router, "/a/b"), Some(0));
    }

    #[test]
    fn the_same_template_under_other_names_is_the_same_path() {
        let mut router = Router::default();
        router.insert("/u/{id}", PathKind::Exact, &[Method::GET], 0).unwrap();
        router.insert("/u/{name}", PathKind::Exact, &[Method::PUT], 1).unwrap();
        let again = router.insert("/u/{x}", PathKind::Exact, &[Method::GET], 2);
        assert_eq!(again, Err(RouteError::Taken(0)));
        let methods = router.find("/u/7").unwrap();
        assert_eq!(methods.route(&Method::PUT), Some(1));
        assert_eq!(methods.route(&Method::POST), None);
    }

    #[test]
    fn a_declared_parameter_at_the_end_may_be_empty() {
        let mut router =
            table(&[("/a/{x}", PathKind::Exact), ("/b/{x}/c/{rest+}", PathKind::Exact), ("/c", PathKind::Exact)]);
        assert_eq!(at(&router, "/a/"), None);
        for path in ["/a/{x}", "/b/{x}/c/{rest+}", "/c", "/unknown/{x}"] {
            router.allow_empty_end(path);
        }
        assert_eq!(at(&router, "/a/"), Some(0));
        assert_eq!(at(&router, "/b/7/c/"), Some(1));
        assert_eq!(at(&router, "/b//c/"), None);
        assert_eq!(at(&router, "/c/"), None);
        router.insert("/a/", PathKind::Exact, &[Method::GET], 9).unwrap();
        assert_eq!(at(&router, "/a/"), Some(9));
    }

    #[test]
    fn malformed_paths_are_refused() {
        for path in ["x", "", "/{}", "/a{b}", "/{a+}/b", "/{*a}", "/{a}}"] {
            let refused = Router::default().insert(path, PathKind::Exact, METHODS, 0);
            assert!(matches!(refused, Err(RouteError::Path(_))), "{path}");
        }
        assert!(Router::default().insert("/{a}", PathKind::Prefix, METHODS, 0).is_err());
    }
}
