//! SRV records in the DNS: how Kubernetes, Consul and many others tell where a service runs.

use std::collections::HashSet;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::dns_message::{Answer, Question, Record};
use super::{Found, Missing};

/// Longest answer over UDP to a question that promises no more (RFC 1035, section 4.2.1); some room above, for servers
/// that do not keep to it.
const DATAGRAM: usize = 4096;

/// How often each server is asked.
const ROUNDS: u32 = 2;

/// Where service names stand in a pattern.
const SERVICE: &str = "{service}";

/// Where namespaces stand.
const NAMESPACE: &str = "{namespace}";

/// Servers of the DNS, and under which names services are found there.
#[derive(Debug)]
pub struct Dns {
    /// `_http._tcp.{service}.{namespace}.svc.cluster.local`
    pattern: Box<str>,
    servers: Vec<SocketAddr>,
    /// For one question to one server.
    patience: Duration,
}

/// A pattern under which no service could be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BadPattern;

impl Dns {
    /// Asks `servers` one after the other, within `patience` in all. Their addresses are the operator's word, so they may be
    /// ones that backends may not have: a resolver runs on this machine.
    ///
    /// # Errors
    /// With names in its places, the pattern would be no name, or the service has no place in it.
    pub(crate) fn new(pattern: &str, servers: Vec<SocketAddr>, patience: Duration) -> Result<Self, BadPattern> {
        let shares = u32::try_from(servers.len()).unwrap_or(u32::MAX).saturating_mul(ROUNDS).max(1);
        let dns = Self { pattern: pattern.into(), servers, patience: patience / shares };
        let is_good = pattern.contains(SERVICE) && dns.question("ns", "service").is_some();
        is_good.then_some(dns).ok_or(BadPattern)
    }

    /// The records of the best priority, and for how long they are true.
    pub(super) async fn instances(&self, namespace: &str, service: &str) -> Result<(Vec<Found>, Duration), Missing> {
        // A dot would ask for a name at another place of the tree.
        if namespace.contains('.') || service.contains('.') {
            return Err(Missing::Unknown);
        }
        let question = self.question(namespace, service).ok_or(Missing::Unknown)?;
        let (records, ttl) = match self.ask(&question).await {
            Answer::Records(records, ttl) => (records, ttl),
            Answer::Nothing => return Err(Missing::Unknown),
            Answer::Refused => return Err(Missing::Refused),
            Answer::Failed | Answer::Truncated => return Err(Missing::Silent),
        };
        let best = records.iter().map(|record| record.priority).min();
        let mut seen = HashSet::new();
        let found = records.into_iter().filter(|record| Some(record.priority) == best && !record.target.is_empty());
        let found = found.filter(|Record { target, port, .. }| seen.insert((target.clone(), *port)));
        let found =
            found.map(|Record { target, port, weight, .. }| Found { host: target, port, weight: weight.into() });
        Ok((found.collect(), ttl))
    }

    fn question(&self, namespace: &str, service: &str) -> Option<Question> {
        let mut id = [0; 2];
        getrandom::fill(&mut id).ok()?;
        let name = self.pattern.replace(SERVICE, service).replace(NAMESPACE, namespace);
        Question::new(u16::from_be_bytes(id), &name)
    }

    async fn ask(&self, question: &Question) -> Answer {
        let mut worst = Answer::Failed;
        for _ in 0..ROUNDS {
            for server in &self.servers {
                match timeout(self.patience, exchange(*server, question)).await {
                    Ok(Ok(answer @ (Answer::Records(..) | Answer::Nothing))) => return answer,
                    Ok(Ok(Answer::Refused)) => worst = Answer::Refused,
                    Ok(Ok(Answer::Failed | Answer::Truncated)) | Err(_) => {}
                    Ok(Err(error)) => tracing::debug!(%server, %error, "asking the DNS"),
                }
            }
            // A server that refuses once refuses again.
            if worst == Answer::Refused {
                break;
            }
        }
        worst
    }
}

/// One question over UDP, and over TCP if the answer does not fit.
async fn exchange(server: SocketAddr, question: &Question) -> io::Result<Answer> {
    // The kernel chooses the port, and lets datagrams of this server alone through: together with the id, that is what an
    // answer is known by.
    let own = if server.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
    let socket = UdpSocket::bind((own, 0)).await?;
    socket.connect(server).await?;
    socket.send(&question.message()).await?;
    let mut datagram = vec![0; DATAGRAM];
    loop {
        let length = socket.recv(&mut datagram).await?;
        match question.read(datagram.get(..length).unwrap_or_default()) {
            Ok(Answer::Truncated) => return over_tcp(server, question).await,
            Ok(answer) => return Ok(answer),
            // Somebody else's, or broken: the right one may still come.
            Err(_) => {}
        }
    }
}

async fn over_tcp(server: SocketAddr, question: &Question) -> io::Result<Answer> {
    let mut stream = TcpStream::connect(server).await?;
    let message = question.message();
    let length = u16::try_from(message.len()).unwrap_or_default();
    stream.write_all(&[&length.to_be_bytes()[..], &message].concat()).await?;
    let mut answer = vec![0; usize::from(stream.read_u16().await?)];
    stream.read_exact(&mut answer).await?;
    question.read(&answer).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))
}

/// The name servers that a `resolv.conf` names.
pub(crate) fn name_servers(resolv_conf: &str) -> Vec<SocketAddr> {
    let lines = resolv_conf.lines().filter_map(|line| line.trim().strip_prefix("nameserver"));
    let addresses = lines.filter_map(|rest| rest.split_whitespace().next()?.parse::<IpAddr>().ok());
    addresses.map(|address| SocketAddr::new(address, 53)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns() {
        let is_good = |pattern: &str| Dns::new(pattern, Vec::new(), Duration::from_secs(1)).is_ok();
        for good in ["_http._tcp.{service}.{namespace}.svc.cluster.local", "{service}.service.consul.", "x-{service}"] {
            assert!(is_good(good), "{good}");
        }
        for bad in ["", "orders.example", "{service}..example", "{service}.{zone}.example", "{service} x"] {
            assert!(!is_good(bad), "{bad}");
        }
    }

    #[test]
    fn servers_of_a_machine() {
        let text =
            "# comment\nsearch example\nnameserver 10.0.0.1\n nameserver\t::1 # two\nnameserver x\noptions edns0\n";
        let expected: [SocketAddr; 2] = ["10.0.0.1:53".parse().unwrap(), "[::1]:53".parse().unwrap()];
        assert_eq!(name_servers(text), expected);
    }
}
