//! `gateway.yaml`: the configuration that all scenarios share, and the part of it that one of them used.

use std::path::Path;

use serde::Deserialize;

use super::backend::Backends;
use super::tls::Certificates;
use super::{Failure, scenario};

/// The counters of a gateway that cannot reach them: nobody listens on this port.
const LOST: &str = "\nstate: redis://127.0.0.1:1\n";

/// See the module.
#[derive(Debug)]
pub(super) struct Setup {
    text: String,
    file: File,
}

#[derive(Debug, Deserialize)]
struct File {
    listeners: Vec<Listener>,
    keys: Vec<Key>,
    hosts: Vec<Host>,
}

#[derive(Debug, Deserialize)]
struct Listener {
    dialect: String,
    tls: Option<serde::de::IgnoredAny>,
}

#[derive(Debug, Deserialize)]
struct Host {
    host: String,
    dialect: String,
}

#[derive(Debug, Deserialize)]
struct Key {
    id: String,
    secret: Secret,
}

#[derive(Debug, Deserialize)]
struct Secret {
    value: String,
}

impl Setup {
    /// Reads the file.
    pub(super) fn read() -> Result<Self, Failure> {
        let path = scenario::folder().join("gateway.yaml");
        let text = std::fs::read_to_string(&path).map_err(Failure::io(path.display().to_string()))?;
        let file: File =
            serde_yaml::from_str(&text).map_err(|error| Failure::Yaml { path, message: error.to_string() })?;
        Ok(Self { text, file })
    }

    /// The configuration with the addresses of the backends and the places of the certificates and the access log; where
    /// `store_lost`, of a gateway whose counters are out of reach.
    pub(super) fn render(
        &self,
        backends: &Backends,
        certificates: &Certificates,
        log: &Path,
        store_lost: bool,
    ) -> String {
        let state = if store_lost { LOST } else { "" };
        let named = |text: String, (name, value): (&str, String)| text.replace(&format!("{{{name}}}"), &value);
        let places = backends.addresses().iter().map(|(name, address)| (*name, address.to_string()));
        let places = places.chain(certificates.places());
        places.chain([("log", log.display().to_string())]).fold(format!("{}{state}", self.text), named)
    }

    /// How many listeners there are.
    pub(super) fn listeners(&self) -> usize {
        self.file.listeners.len()
    }

    /// The position of the first listener that speaks a dialect, over TLS or not.
    pub(super) fn listener(&self, dialect: &str, tls: bool) -> Result<usize, Failure> {
        let is_it = |one: &Listener| one.dialect == dialect && one.tls.is_some() == tls;
        let found = self.file.listeners.iter().position(is_it);
        let over = if tls { " over TLS" } else { "" };
        found.ok_or_else(|| Failure::Gateway(format!("no listener speaks {dialect}{over}")))
    }

    /// The dialect in which `request` is answered: that of the host, or of the nearest above it, or of the listener.
    pub(super) fn dialect<'a>(&'a self, listener: &'a str, request: &str) -> &'a str {
        let mut names = request.lines().filter_map(|line| line.strip_prefix("Host: "));
        let (Some(mut name), None) = (names.next(), names.next()) else { return listener };
        loop {
            if let Some(host) = self.file.hosts.iter().find(|host| host.host == name) {
                return &host.dialect;
            }
            let Some((_, parent)) = name.split_once('.') else { return listener };
            name = parent;
        }
    }

    /// The secret of a key.
    pub(super) fn secret(&self, id: &str) -> Option<String> {
        self.file.keys.iter().find(|key| key.id == id).map(|key| key.secret.value.clone())
    }

    /// A configuration of what `request` has to do with: the listener of its dialect, the keys, plans and pools
    /// it names, the host it calls, and of the host's routes the one that it
    /// reached and what that one names.
    pub(super) fn excerpt(
        &self,
        dialect: &str,
        (tls, store_lost): (bool, bool),
        request: &str,
        route: Option<&str>,
    ) -> Option<String> {
        let host = request.lines().find_map(|line| line.strip_prefix("Host: ")).and_then(|host| self.host(host));
        let host = host.unwrap_or_default();
        let mut excerpt = String::new();
        let mut add = |heading: &str, lines: &[&str]| {
            if !lines.is_empty() {
                excerpt.extend([heading, "\n", &lines.join("\n"), "\n"]);
            }
        };
        let behind = if tls { ", tls:" } else { " " };
        let speaks = |line: &&str| line.contains(&format!("dialect: {dialect}{behind}"));
        let listener = self.section("listeners:").find(speaks)?.replace("127.0.0.1:0", "127.0.0.1:8080");
        add("listeners:", &[&listener]);
        let named = |line: &&str| self.file.keys.iter().any(|key| request.contains(&key.id) && line.contains(&key.id));
        let keys: Vec<&str> = self.section("keys:").filter(named).collect();
        for section in ["limits:", "trusted_proxies:", "ip_access:", "backends:", "test:"] {
            let lines: Vec<&str> = self.section(section).collect();
            // The clock matters to signatures, addresses of backends to those who call one.
            let matters = match section {
                "test:" => !keys.is_empty() || request.contains("Authorization: "),
                "backends:" => route.is_some(),
                // Whose word about addresses is taken, to those who bring one.
                "trusted_proxies:" | "ip_access:" => request.contains("X-Forwarded-For:"),
                _ => true,
            };
            add(section, if matters { &lines } else { &[] });
        }
        if store_lost {
            add(LOST.trim(), &[""]);
        }
        add("keys:", &keys);
        if keys.iter().any(|line| line.contains(" role: ")) {
            add("roles:", &self.section("roles:").collect::<Vec<_>>());
        }
        // Users matter to routes that ask for one. What some of them may do with other routes, which are not here, does not.
        if host.iter().any(|line| is_route(line, route) && line.contains("user_required")) {
            let own = format!("[{}]", route.unwrap_or_default());
            let is_of_here = |line: &&str| !line.contains('[') || line.contains("[]") || line.contains(&own);
            add("users:", &self.section("users:").filter(is_of_here).collect::<Vec<_>>());
        }
        // A plan matters only to routes that want one.
        if host.iter().any(|line| is_route(line, route) && line.contains("plan_")) {
            add("plans:", &self.section("plans:").filter(named).collect::<Vec<_>>());
        }
        let named = |line: &&str| host.iter().any(|of_host| is_route(of_host, route) && names_pool(of_host, line));
        add("pools:", &self.section("pools:").filter(named).collect::<Vec<_>>());
        let asked = |line: &&str| host.iter().any(|of_host| is_route(of_host, route) && names_registry(of_host, line));
        add("registries:", &self.section("registries:").filter(asked).collect::<Vec<_>>());
        let routes = host.iter().position(|line| line.trim() == "routes:").unwrap_or(host.len());
        let (head, routes) = host.split_at(routes);
        let related = routes.iter().filter(|line| is_route(line, route)).find_map(|line| related_api(line));
        // A call that reached no route may have missed one of its own path.
        let target = request.split(' ').nth(1).and_then(|target| target.split('?').next()).unwrap_or_default();
        let is_missed = |line: &str| route.is_none() && line.contains(&format!(" path: {target},"));
        let is_used =
            |line: &&str| is_route(line, route) || is_missed(line) || related.is_some() && is_route(line, related);
        let mut used: Vec<&str> = routes.iter().copied().filter(is_used).collect();
        if used.is_empty() {
            // A host without any API answers otherwise than one where none matches.
            used.extend(routes.iter().copied().find(|line| line.trim_start().starts_with("- ")));
        }
        let heading = if used.is_empty() { None } else { Some("    routes:") };
        add("hosts:", &head.iter().copied().chain(heading).chain(used).collect::<Vec<_>>());
        Some(self.without_aliases(excerpt))
    }

    /// The excerpt with what its aliases stand for, since the anchor may stand on a line that was left out.
    fn without_aliases(&self, mut excerpt: String) -> String {
        while let Some((before, rest)) = excerpt.split_once('*').filter(|(before, _)| before.ends_with(": ")) {
            let name: String = rest.chars().take_while(char::is_ascii_alphanumeric).collect();
            let Some((_, value)) = self.text.split_once(&format!("&{name} ")) else { break };
            let Some((value, _)) = value.split_once('}') else { break };
            excerpt = format!("{before}{value}}}{}", rest.strip_prefix(name.as_str()).unwrap_or_default());
        }
        excerpt
    }

    /// The lines below a key of the top level.
    fn section<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a str> {
        let lines = self.text.lines().skip_while(move |line| *line != key).skip(1);
        lines.take_while(|line| line.starts_with(' ')).filter(|line| !line.trim_start().starts_with('#'))
    }

    fn host(&self, name: &str) -> Option<Vec<&str>> {
        let first = format!("  - host: {name}");
        let mut lines = self.text.lines().skip_while(|line| *line != first);
        let first = lines.next()?;
        Some(std::iter::once(first).chain(lines.take_while(|line| line.starts_with("    "))).collect())
    }
}

/// The authorization API that a route's line names.
fn related_api(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("related_api: ")?;
    rest.split([' ', ',']).next()
}

fn is_route(line: &str, route: Option<&str>) -> bool {
    route.is_some_and(|route| line.trim_start().starts_with(&format!("- {{ id: {route},")))
}

/// True if a route's line names the registry of this line.
fn names_registry(route: &str, registry: &str) -> bool {
    let id = registry.split_once("{ id: ").and_then(|(_, rest)| rest.split(',').next());
    id.is_some_and(|id| route.contains(&format!("registry: {id},")) || route.contains(&format!("registry: {id} ")))
}

/// True if a route's line names the pool of this line.
fn names_pool(route: &str, pool: &str) -> bool {
    let id = pool.split_once("{ id: ").and_then(|(_, rest)| rest.split(',').next());
    id.is_some_and(|id| route.contains(&format!("pool: {id} ")) || route.contains(&format!("pool: {id},")))
}
