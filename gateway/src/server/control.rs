//! What can be asked of a running gateway, and done to it, from outside its threads.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use apigw_errors::Catalog;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use super::{Shared, Stop};
use crate::access_log::Lost;
use crate::metrics::{Server, Single, Tally};
use crate::reload::{ReloadError, Reloader, Status, Trigger};

/// How long a thread may take to say what it has counted. One that does not is busy, or stuck.
const PATIENCE: Duration = Duration::from_secs(1);

/// A way to ask a thread what it has counted.
pub(super) type Question = oneshot::Sender<Tally>;

/// See the module.
#[derive(Debug)]
pub(crate) struct Control {
    pub(super) shared: Arc<Shared>,
    pub(super) reloader: Reloader,
    pub(super) stop: watch::Receiver<Stop>,
    pub(super) lost: Option<Lost>,
    threads: Vec<mpsc::UnboundedSender<Question>>,
    /// What each thread said last, in case it does not answer: counters must not go back.
    said: Mutex<Vec<Tally>>,
}

impl Control {
    pub(super) fn new(
        shared: Arc<Shared>,
        reloader: Reloader,
        stop: watch::Receiver<Stop>,
        lost: Option<Lost>,
        threads: Vec<mpsc::UnboundedSender<Question>>,
    ) -> Self {
        let said = Mutex::new(vec![Tally::default(); threads.len()]);
        Self { shared, reloader, stop, lost, threads, said }
    }

    /// What all threads have counted.
    pub(crate) async fn tally(&self) -> Tally {
        let mut asked = Vec::new();
        for thread in &self.threads {
            let (question, answer) = oneshot::channel();
            // A thread that has ended is asked in vain, like one that is stuck.
            let _ = thread.send(question);
            asked.push(answer);
        }
        let mut sum = Tally::default();
        for (number, answer) in asked.into_iter().enumerate() {
            let answer = timeout(PATIENCE, answer).await.ok().and_then(Result::ok);
            let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(said) = said.get_mut(number) {
                if let Some(answer) = answer {
                    *said = answer;
                }
                sum.merge(said);
            }
        }
        sum
    }

    /// Numbers that no thread counts.
    pub(crate) fn singles(&self) -> Vec<Single> {
        let status = self.reloader.status();
        let number = |name, help, is_counter, value: usize| {
            let value = u64::try_from(value).unwrap_or(u64::MAX);
            Single { name, help, is_counter, value }
        };
        let last_is_good = u64::from(status.last.problem.is_none());
        let lost = self.lost.as_ref().map_or(0, |lost| lost.load(Ordering::Relaxed));
        vec![
            Single {
                name: "reloads",
                help: "Configurations put in force after the first",
                is_counter: true,
                value: status.version - 1,
            },
            Single {
                name: "reloads_refused",
                help: "Configurations that were refused",
                is_counter: true,
                value: status.refused,
            },
            Single {
                name: "config_is_current",
                help: "1 if the configuration in force is the last that was offered, 0 if that one was refused",
                is_counter: false,
                value: last_is_good,
            },
            Single {
                name: "access_log_dropped_lines",
                help: "Lines of the access log that nobody took",
                is_counter: true,
                value: lost,
            },
            number("state_windows", "Rate and quota windows held in this process", false, self.shared.memory.windows()),
            number("state_nonces", "Nonces held in this process", false, self.shared.memory.nonces()),
        ]
    }

    /// The servers that may be left out, and whether they are.
    pub(crate) fn servers(&self) -> Vec<Server> {
        let snapshot = self.shared.snapshot.load();
        let pools = snapshot.pools.iter().filter(|pool| pool.ejection.is_some() || pool.probe.is_some());
        let servers = pools.flat_map(|pool| pool.targets.iter().map(move |target| (pool, target)));
        let told = servers.filter_map(|(pool, target)| {
            let endpoint = snapshot.endpoints.get(target.endpoint)?;
            Some(Server {
                pool: pool.name.to_string(),
                address: String::from_utf8_lossy(endpoint.host_field.as_bytes()).into_owned(),
                is_in_service: target.health.is_in_service(),
            })
        });
        let mut told: Vec<Server> = told.collect();
        told.sort_by(|a, b| (&a.pool, &a.address).cmp(&(&b.pool, &b.address)));
        // One that is in several groups stands in the file several times; any of them being out is worth knowing.
        told.dedup_by(|next, kept| {
            let same = (&next.pool, &next.address) == (&kept.pool, &kept.address);
            kept.is_in_service &= !same || next.is_in_service;
            same
        });
        told
    }

    /// The configuration in force.
    pub(crate) fn status(&self) -> Status {
        self.reloader.status()
    }

    /// Reads the configuration again.
    pub(crate) fn reload(&self, trigger: Trigger) -> Result<Status, ReloadError> {
        self.reloader.reload(&self.shared.snapshot, trigger)
    }

    /// Where the reference site is.
    pub(crate) fn help_base(&self) -> Option<Box<str>> {
        self.shared.snapshot.load().help_base.clone()
    }

    /// The catalog of the configuration.
    pub(crate) fn catalog(&self) -> Catalog {
        self.shared.snapshot.load().catalog
    }

    /// Why calls should go elsewhere, if they should.
    pub(crate) fn unready(&self) -> Option<&'static str> {
        if *self.stop.borrow() != Stop::No {
            return Some("stopping");
        }
        (!self.shared.snapshot.load().loaded).then_some("no configuration has been loaded yet")
    }
}
