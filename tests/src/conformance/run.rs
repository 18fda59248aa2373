//! Runs the scenarios and judges what came back.

use std::collections::HashMap;
use std::fmt;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::backend::Backends;
use super::compare::difference;
use super::exchange::{abandon, exchange, exchange_over, open};
use super::gateway::Gateway;
use super::setup::Setup;
use super::tls::Certificates;
use super::{Failure, Scenario, Suite, normal, sign};

/// Scenarios that run at a time. Most of their time is waiting.
const AT_A_TIME: usize = 8;

/// How long a line may take to appear in the access log.
const LOG_PATIENCE: Duration = Duration::from_secs(60);

/// What happened in a scenario.
#[derive(Debug)]
pub struct Outcome<'a> {
    /// The vendor, or `problem`.
    pub suite: &'static str,
    /// What was to happen.
    pub scenario: &'a Scenario,
    /// What was seen, if it went to its end.
    pub seen: Option<Seen>,
    /// Everything that was not as it should be.
    pub mismatches: Vec<Mismatch>,
}

/// What was seen of an exchange, with what differs from run to run replaced.
#[derive(Debug)]
pub struct Seen {
    /// The request as sent, signature included.
    pub request: String,
    /// The answer; none where the client left.
    pub response: Option<String>,
    /// The line in the access log; kept where the client left.
    pub log: Option<String>,
    /// The dialect of the answer.
    pub dialect: String,
    /// `vendor.Id` of the code behind the answer, from the access log.
    pub code: Option<String>,
    /// Id of the condition behind the answer, from the access log.
    pub condition: Option<String>,
    /// The part of the configuration that the exchange had to do with.
    pub config: Option<String>,
}

/// Something that is not as the scenario says.
#[derive(Debug)]
pub enum Mismatch {
    /// It could not be run to its end.
    Failed(Failure),
    /// A text differs.
    Text {
        /// Which: the response, the line in the log.
        what: &'static str,
        /// The lines, marked.
        difference: String,
    },
    /// A value differs.
    Value {
        /// Which.
        what: &'static str,
        /// As the scenario says.
        expected: String,
        /// As it was.
        found: String,
    },
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(failure) => write!(f, "{failure}"),
            Self::Text { what, difference } => {
                write!(f, "{what} differs (- expected, + found):\n{difference}")
            }
            Self::Value { what, expected, found } => write!(f, "{what}: expected {expected}, found {found}"),
        }
    }
}

impl fmt::Display for Outcome<'_> {
    /// Empty if all is well, else what the scenario is and what is wrong.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.mismatches.is_empty() {
            return Ok(());
        }
        let name = self.scenario.code.as_deref().or(self.scenario.condition.as_deref()).unwrap_or("(passes)");
        writeln!(f, "{}.yaml: {name}: {}", self.suite, self.scenario.about)?;
        self.mismatches.iter().try_for_each(|mismatch| writeln!(f, "  {mismatch}"))
    }
}

/// What is read of a line of the access log.
#[derive(Debug, Deserialize)]
struct Logged {
    request_id: String,
    host: Option<String>,
    route: Option<String>,
    path: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    condition: Option<String>,
}

/// What came back, before the access log is read.
enum Came {
    /// An answer, and the id in it.
    Answer { text: String, id: Option<String> },
    /// Nothing: the client left.
    Nothing,
}

/// Starts a gateway and backends, and runs all scenarios. The outcomes are in the order of the suites.
///
/// # Errors
/// Whatever keeps all of them from running. What goes wrong in one is among its mismatches.
pub fn run(suites: &[Suite]) -> Result<Vec<Outcome<'_>>, Failure> {
    let setup = Setup::read()?;
    let backends = Backends::start()?;
    let certificates = Certificates::make()?;
    let start =
        |store_lost| Gateway::start(setup.listeners(), |log| setup.render(&backends, &certificates, log, store_lost));
    let gateways = [start(false)?, start(true)?];
    let [gateway, without_store] = &gateways;
    let work: Vec<(&Suite, &Scenario)> =
        suites.iter().flat_map(|suite| suite.scenarios.iter().map(move |scenario| (suite, scenario))).collect();
    let mut came = in_parallel(&work, |(suite, scenario)| {
        let called = if scenario.store_lost { without_store } else { gateway };
        play(&setup, called, &certificates, suite, scenario)
    });
    let log = Log::await_all(&gateways, &work, &came)?;
    let judged = work.iter().enumerate().map(|(number, (suite, scenario))| {
        let outcome = match came.remove(&number) {
            Some(Ok((request, came))) => judge(suite, scenario, &setup, &log, request, came),
            Some(Err(failure)) => (None, vec![Mismatch::Failed(failure)]),
            None => (None, vec![Mismatch::Failed(Failure::Answer("a panic stands above".to_owned()))]),
        };
        Outcome { suite: suite.name, scenario, seen: outcome.0, mismatches: outcome.1 }
    });
    Ok(judged.collect())
}

type Played = Result<(String, Came), Failure>;

/// Runs `play` for all of `work`, some at a time; results by position.
fn in_parallel<'a, W: Sync>(work: &'a [W], play: impl Fn(&'a W) -> Played + Sync) -> HashMap<usize, Played> {
    let (next, results) = (AtomicUsize::new(0), Mutex::new(HashMap::new()));
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = work.get(number) else { return };
                    let played = play(one);
                    if let Ok(mut results) = results.lock() {
                        results.insert(number, played);
                    }
                }
            });
        }
    });
    results.into_inner().unwrap_or_default()
}

fn play(setup: &Setup, gateway: &Gateway, certificates: &Certificates, suite: &Suite, scenario: &Scenario) -> Played {
    let secret = |id: &str| scenario.secret.clone().or_else(|| setup.secret(id));
    let request = sign::sign(&scenario.request, secret)?;
    let dialect = scenario.listener.as_deref().unwrap_or(suite.name);
    let address = gateway.address(setup.listener(dialect, scenario.is_over_tls())?)?;
    if let Some(handshake) = scenario.handshake {
        certificates.fail(handshake, address)?;
        return Ok((request, Came::Nothing));
    }
    if scenario.tls {
        let name = request.lines().find_map(|line| line.strip_prefix("Host: ")).unwrap_or_default();
        let text = exchange_over(certificates.secure(open(address)?, name)?, &request)?.text;
        let id = normal::request_id(&text).map(str::to_owned);
        return Ok((request, Came::Answer { text: normal::answer(&text), id }));
    }
    for (number, expected) in scenario.before.iter().enumerate() {
        let status = exchange(address, &request)?.status;
        if status != *expected {
            let which = number + 1;
            return Err(Failure::Answer(format!(
                "to call {which} of those before: expected {expected}, found {status}"
            )));
        }
    }
    if scenario.response.is_none() {
        abandon(address, &request)?;
        return Ok((request, Came::Nothing));
    }
    let text = exchange(address, &request)?.text;
    let id = normal::request_id(&text).map(str::to_owned);
    Ok((request, Came::Answer { text: normal::answer(&text), id }))
}

/// The access log, with every line that is needed.
struct Log(Vec<(String, Logged)>);

impl Log {
    /// Reads the log until every scenario has its line, or patience ends; a missing line is that scenario's mismatch.
    fn await_all(
        gateways: &[Gateway],
        work: &[(&Suite, &Scenario)],
        came: &HashMap<usize, Played>,
    ) -> Result<Self, Failure> {
        let deadline = Instant::now() + LOG_PATIENCE;
        loop {
            let texts: Vec<String> = gateways.iter().map(Gateway::log).collect::<Result<_, _>>()?;
            let lines = texts
                .iter()
                .flat_map(|text| text.lines())
                .filter_map(|line| Some((line.to_owned(), serde_json::from_str(line).ok()?)));
            let log = Self(lines.collect());
            let is_there = |(number, (_, scenario)): (usize, &(&Suite, &Scenario))| match came.get(&number) {
                Some(Ok((request, came))) => log.find(scenario, request, came).is_some() || !came.is_logged(),
                _ => true,
            };
            if work.iter().enumerate().all(is_there) || Instant::now() > deadline {
                return Ok(log);
            }
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// The line of an answer by its id. A client that left saw no id: its line is that of the call without a status
    /// of an answer, to the same place.
    fn find(&self, scenario: &Scenario, request: &str, came: &Came) -> Option<&(String, Logged)> {
        let is_it = |logged: &Logged| match came {
            Came::Answer { id, .. } => id.as_deref() == Some(&*logged.request_id),
            // A handshake that failed has no path; each of its codes has one scenario.
            Came::Nothing if scenario.handshake.is_some() => {
                let code = logged.code.as_deref().and_then(|code| code.split_once('.')).map(|(_, id)| id);
                logged.path.is_none() && code == scenario.code.as_deref()
            }
            Came::Nothing => {
                let target = request.split(' ').nth(1).unwrap_or_default();
                let host = request.lines().find_map(|line| line.strip_prefix("Host: "));
                scenario.log.is_some()
                    && logged.path.as_deref() == Some(target)
                    && logged.host.as_deref() == host
                    && logged.status == Some(499)
            }
        };
        self.0.iter().find(|(_, logged)| is_it(logged))
    }
}

impl Came {
    /// False for answers of the HTTP parser, which are nobody's and carry no id.
    fn is_logged(&self) -> bool {
        !matches!(self, Self::Answer { id: None, .. })
    }
}

fn judge(
    suite: &Suite,
    scenario: &Scenario,
    setup: &Setup,
    log: &Log,
    request: String,
    came: Came,
) -> (Option<Seen>, Vec<Mismatch>) {
    let mut mismatches = Vec::new();
    let line = log.find(scenario, &request, &came);
    if line.is_none() && came.is_logged() {
        mismatches.push(Mismatch::Failed(Failure::Answer("no line in the access log".to_owned())));
    }
    let logged = line.map(|(_, logged)| logged);
    let log = line.map(|(line, _)| normal::log(line)).filter(|_| scenario.log.is_some());
    let response = match came {
        Came::Answer { text, .. } => Some(text),
        Came::Nothing => None,
    };
    for (what, expected, found) in [("the response", &scenario.response, &response), ("the log", &scenario.log, &log)] {
        let (expected, found) = (text_of(expected.as_deref()), text_of(found.as_deref()));
        if expected != found {
            mismatches.push(Mismatch::Text { what, difference: difference(expected, found) });
        }
    }
    let (code, condition) = logged.map_or((None, None), |logged| (logged.code.clone(), logged.condition.clone()));
    let name = |code: &str| code.split_once('.').map(|(_, id)| id.to_owned());
    let found = code.as_deref().and_then(name);
    if scenario.code != found {
        mismatches.push(value("the code", scenario.code.as_deref(), found.as_deref()));
    }
    if scenario.condition.is_some() && scenario.condition != condition {
        mismatches.push(value("the condition", scenario.condition.as_deref(), condition.as_deref()));
    }
    let listener = scenario.listener.as_deref().unwrap_or(suite.name);
    let dialect = setup.dialect(listener, &request).to_owned();
    let with = (scenario.is_over_tls(), scenario.store_lost);
    let config = setup.excerpt(listener, with, &request, logged.and_then(|logged| logged.route.as_deref()));
    (Some(Seen { request, response, log, dialect, code, condition, config }), mismatches)
}

/// A text as the scenario file writes it: the line end behind its last line is YAML's.
fn text_of(text: Option<&str>) -> &str {
    let text = text.unwrap_or_default();
    text.strip_suffix('\n').unwrap_or(text)
}

fn value(what: &'static str, expected: Option<&str>, found: Option<&str>) -> Mismatch {
    let shown = |value: Option<&str>| value.unwrap_or("none").to_owned();
    Mismatch::Value { what, expected: shown(expected), found: shown(found) }
}
