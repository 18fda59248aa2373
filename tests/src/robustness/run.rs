//! Runs a file.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::client::{Client, PATIENCE};
use super::dialect;
use super::file::{Expect, File, Row, Then};
use super::judge::{self, Seen};
use super::step::Step;
use super::watch::{self, BYSTANDER, Watch};
use crate::conformance::Failure;
use crate::conformance::gateway::Gateway;
use crate::conformance::tls::Certificates;

/// How long a bystander may wait for an answer: longer than a busy machine makes it wait, and shorter than whoever is held up by
/// another client's bytes.
const DELAY: Duration = Duration::from_secs(10);

/// Shorter than any deadline of a gateway here: whoever is left without an answer sooner was not too late.
const PROMPT: Duration = Duration::from_millis(250);

/// MiB by which a gateway may grow where a file does not say it.
const GROWTH: u64 = 64;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("robustness")
}

/// The names of the files, without `.yaml`.
///
/// # Errors
/// The folder cannot be read.
pub fn suites() -> Result<Vec<String>, Failure> {
    let entries = std::fs::read_dir(folder()).map_err(Failure::io("tests/robustness"))?;
    let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
    let names = names.filter_map(|name| name.strip_suffix(".yaml").map(str::to_owned));
    let mut names: Vec<String> = names.filter(|name| name != "gateway").collect();
    names.sort_unstable();
    Ok(names)
}

/// Runs one file; what comes back is everything that was not as it must be.
///
/// # Errors
/// Whatever keeps the file from being run at all.
pub fn run(name: &str) -> Result<Vec<String>, Failure> {
    let path = folder().join(format!("{name}.yaml"));
    let text = std::fs::read_to_string(&path).map_err(Failure::io(path.display().to_string()))?;
    let file: File = serde_yaml::from_str(&text).map_err(|error| Failure::Yaml { path, message: error.to_string() })?;
    let suite = Suite::start(&file)?;
    let before = resident(suite.gateway.id());
    let mut wrong = Vec::new();
    for row in &file.rows {
        wrong.extend(suite.row(row)?.into_iter().map(|text| format!("{name}.yaml: {text}")));
    }
    let growth = resident(suite.gateway.id()).saturating_sub(before);
    let most = file.memory.unwrap_or(GROWTH);
    if growth > most {
        wrong.push(format!("{name}.yaml: the gateway grew by {growth} MiB, more than {most}"));
    }
    wrong.extend(judge::log(&suite.gateway.log()?).into_iter().map(|text| format!("{name}.yaml: {text}")));
    Ok(wrong)
}

/// A running gateway, and those around it.
struct Suite {
    gateway: Gateway,
    watch: Watch,
    /// What a connection of the bystander begins with.
    preamble: String,
    /// Those of the second listener, if it speaks TLS.
    certificates: Option<Certificates>,
    /// How many lines of the access log are those of rows before, by the client's address: ports come back.
    judged: RefCell<HashMap<String, usize>>,
}

/// In which dialect a variant is run, and whether over TLS.
#[derive(Debug, Clone, Copy)]
struct Way<'a> {
    dialect: &'a str,
    certificates: Option<&'a Certificates>,
}

/// A client whose lines in the access log are still to be looked at.
struct Logged {
    client: String,
    place: String,
    expect: Expect,
    kept: bool,
}

impl Suite {
    fn start(file: &File) -> Result<Self, Failure> {
        let path = folder().join("gateway.yaml");
        let text = match &file.gateway {
            Some(text) => text.clone(),
            None => std::fs::read_to_string(&path).map_err(Failure::io(path.display().to_string()))?,
        };
        let watch = Watch::start()?;
        let mut places = vec![("watch".to_owned(), watch.address.to_string())];
        for (name, script) in &file.backends {
            places.push((name.clone(), watch::scripted(script.clone())?.to_string()));
        }
        let is_secure = text.contains("{certificate}");
        let certificates = is_secure.then(Certificates::make).transpose()?;
        places.extend(certificates.iter().flat_map(Certificates::places).map(|(name, path)| (name.to_owned(), path)));
        let gateway = Gateway::start(1 + usize::from(is_secure), |log| {
            let folder = log.parent().unwrap_or(log).display().to_string();
            places.extend([("log".to_owned(), log.display().to_string()), ("dir".to_owned(), folder)]);
            places.iter().fold(text, |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
        })?;
        let preamble = file.preamble.clone().unwrap_or_default();
        Ok(Self { gateway, watch, preamble, certificates, judged: RefCell::default() })
    }

    fn row(&self, row: &Row) -> Result<Vec<String>, Failure> {
        let mut wrong = Vec::new();
        let mut logged = Vec::new();
        let wanted =
            |dialect: &&str| row.dialects.as_ref().is_none_or(|names| names.iter().any(|name| name == dialect));
        let plain = dialect::ALL.into_iter().filter(wanted).map(|dialect| (dialect, None));
        // What TLS changes, it changes for all dialects.
        let certificates = self.certificates.as_ref().filter(|_| !row.plain);
        let secure = certificates.and_then(|some| Some((dialect::ALL.into_iter().rfind(wanted)?, Some(some))));
        for (dialect, certificates) in plain.chain(secure) {
            let way = Way { dialect, certificates };
            let own = match dialect {
                "tencent" => &row.tencent,
                "jdcloud" => &row.jdcloud,
                "huawei" => &row.huawei,
                _ => &row.problem,
            };
            let expect = own.or(&row.expect);
            let (scheme, over) = if certificates.is_some() { ("https", " over TLS") } else { ("http", "") };
            for (number, variant) in row.variants.iter().enumerate() {
                let place = format!("{}: variant {} in {dialect}{over}", row.name, number + 1);
                let steps = spell(&variant.steps(), dialect, scheme);
                let found = self.variant(row, way, &steps, &expect, &place, &mut logged);
                let found = found.unwrap_or_else(|failure| vec![failure.to_string()]);
                wrong.extend(found.into_iter().map(|text| format!("{place}: {text}")));
            }
        }
        wrong.extend(self.logged(&logged)?);
        Ok(wrong)
    }

    fn variant(
        &self,
        row: &Row,
        way: Way<'_>,
        steps: &[Step],
        expect: &Expect,
        place: &str,
        logged: &mut Vec<Logged>,
    ) -> Result<Vec<String>, Failure> {
        let Way { dialect, certificates } = way;
        let address = self.gateway.address(usize::from(certificates.is_some()))?;
        let together = row.together.unwrap_or(1);
        let host = format!("{dialect}.test");
        let (mut bystander, answer) = self.bystander(&host)?;
        if answer.is_none_or(|(status, _)| status != 200) {
            return Ok(vec!["the bystander gets no 200 before anything is sent".to_owned()]);
        }
        let mark = self.watch.mark();
        let clients: Vec<Result<(Seen, Logged), Failure>> = thread::scope(|scope| {
            let play = || one(address, certificates, &host, steps, expect, place);
            let threads: Vec<_> = (0..together).map(|_| scope.spawn(play)).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().unwrap_or_else(|_| Err(Failure::Answer("a panic".into()))))
                .collect()
        });
        let mut wrong = Vec::new();
        for client in clients {
            let (seen, line) = client?;
            wrong.extend(judge::answers(expect, dialect, &seen));
            match expect.then.unwrap_or_default() {
                Then::Closed if !seen.ended => wrong.push("the connection does not end".to_owned()),
                Then::Kept if !line.kept => wrong.push("the connection answers no further request".to_owned()),
                _ => {}
            }
            logged.push(line);
        }
        let kept = usize::from(expect.then == Some(Then::Kept));
        let mut reached = self.watch.since(mark);
        reached.retain(|one| kept == 0 || !one.bytes.starts_with(b"GET /kept "));
        wrong.extend(judge::reached(expect, together, &reached));
        let answer = if row.fresh { self.bystander(&host)?.1 } else { bystander.ask(&host, BYSTANDER) };
        match answer {
            Some((200, delay)) if delay <= DELAY => {}
            Some((200, delay)) => wrong.push(format!("the bystander waited {delay:?}")),
            other => wrong.push(format!("the bystander was hurt: {:?}", other.map(|(status, _)| status))),
        }
        Ok(wrong)
    }

    /// A new bystander, and the answer to its first call. Where it was so late that a deadline may have ended its connection,
    /// another one comes.
    fn bystander(&self, host: &str) -> Result<(Client, Option<(u16, Duration)>), Failure> {
        let give_up = Instant::now() + PATIENCE;
        loop {
            let start = Instant::now();
            let mut bystander = Client::connect(self.gateway.address(0)?, None)?;
            bystander.play(&[Step::Text(self.preamble.clone())])?;
            let answer = bystander.ask(host, BYSTANDER);
            if answer.is_some() || start.elapsed() < PROMPT || Instant::now() > give_up {
                return Ok((bystander, answer));
            }
        }
    }

    /// Looks at the lines of the clients of a row, once all of them are there.
    fn logged(&self, clients: &[Logged]) -> Result<Vec<String>, Failure> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let text = self.gateway.log()?;
            let mut lines: HashMap<String, Vec<&str>> = HashMap::new();
            for line in text.lines() {
                let value: Value = serde_json::from_str(line).unwrap_or_default();
                // The port of a bystander that has gone may be a later client's.
                let is_bystander = value.get("path").and_then(Value::as_str) == Some(BYSTANDER);
                // Where a call came through a proxy, the connection is the proxy's.
                let connection = value.get("peer").or_else(|| value.get("client"));
                if let Some(client) = connection.and_then(Value::as_str).filter(|_| !is_bystander) {
                    lines.entry(client.to_owned()).or_default().push(line);
                }
            }
            let before = |client: &str| self.judged.borrow().get(client).copied().unwrap_or(0);
            let of = |client: &Logged| {
                let lines = lines.get(&client.client).map_or(&[][..], |lines| lines);
                lines.get(before(&client.client)..).unwrap_or_default()
            };
            // A port that came back within the row has the lines of two.
            let is_one = |client: &&Logged| clients.iter().filter(|other| other.client == client.client).count() == 1;
            let judged = clients.iter().filter(is_one).flat_map(|client| {
                let wrong = judge::lines(&client.expect, client.kept, of(client));
                wrong.into_iter().map(|text| format!("{}: {text}", client.place))
            });
            let judged: Vec<String> = judged.collect();
            if judged.is_empty() || Instant::now() > deadline {
                let seen = lines.into_iter().map(|(client, lines)| (client, lines.len()));
                self.judged.borrow_mut().extend(seen);
                return Ok(judged);
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// One client's part.
fn one(
    address: std::net::SocketAddr,
    certificates: Option<&Certificates>,
    host: &str,
    steps: &[Step],
    expect: &Expect,
    place: &str,
) -> Result<(Seen, Logged), Failure> {
    let mut client = Client::connect(address, certificates)?;
    let own = client.address()?;
    client.play(steps)?;
    let then = expect.then.unwrap_or_default();
    let mut kept = false;
    let mut ended = client.left;
    match (client.left, then) {
        (true, _) => {}
        (false, Then::Closed) => ended = client.wait_for_end(),
        (false, Then::Any | Then::Kept) => client.wait_for_answers(expect.answers().len()),
    }
    let (mut answers, rest) = client.answers();
    if then == Then::Kept && !client.left {
        kept = client.ask(host, "/kept").is_some_and(|(status, _)| status == 200);
        let (all, _) = client.answers();
        // What comes late belongs to the variant and not to the question.
        answers = all.split_last().filter(|_| kept).map_or(answers, |(_, before)| before.to_vec());
    }
    let logged = Logged { client: own.to_string(), place: place.to_owned(), expect: expect.clone(), kept };
    Ok((Seen { answers, rest, ended, reset: client.was_reset() }, logged))
}

/// The steps with the dialect's host and the scheme.
fn spell(steps: &[Step], dialect: &str, scheme: &str) -> Vec<Step> {
    let host = format!("{dialect}.test");
    let place = |text: &str| text.replace("{host}", &host).replace("{dialect}", dialect).replace("{scheme}", scheme);
    let spelt = steps.iter().map(|step| match step {
        Step::Text(text) => Step::Text(place(text)),
        Step::Repeat { repeat, times } => Step::Repeat { repeat: place(repeat), times: *times },
        Step::Endless { endless } => Step::Endless { endless: place(endless) },
        Step::Drip { drip, every } => Step::Drip { drip: place(drip), every: *every },
        other => other.clone(),
    });
    spelt.collect()
}

/// MiB that a process holds in memory; 0 where the system does not tell.
fn resident(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) >> 10
}
