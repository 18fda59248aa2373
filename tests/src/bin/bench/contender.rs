//! Who is measured, and how each is started.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::Args;
use crate::process::{Running, free};
use crate::scenario::{HOST, KEY, Scenario};

/// The core of whoever is measured.
const CONTENDER_CORE: u32 = 0;
/// What the others' configurations say for TLS: of nginx's listener, of its files, of `HAProxy`'s listener.
const TLS: [&str; 3] = [
    " ssl",
    "ssl_certificate {folder}/tls.pem; ssl_certificate_key {folder}/tls.key;",
    " ssl crt {folder}/tls-both.pem",
];
/// The core of load and backend.
pub(crate) const LOAD_CORE: u32 = 1;

/// Whoever is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contender {
    /// This project's.
    Gateway,
    /// With Lua for the signature.
    Nginx,
    /// With its own converters for the signature.
    Haproxy,
    /// Forwards, and no more.
    Pingora,
    /// Answers, and no more.
    BareHyper,
}

impl Contender {
    pub(crate) const ALL: [Self; 5] = [Self::Gateway, Self::Nginx, Self::Haproxy, Self::Pingora, Self::BareHyper];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gateway => "this gateway",
            Self::Nginx => "nginx",
            Self::Haproxy => "HAProxy",
            Self::Pingora => "pingora",
            Self::BareHyper => "bare hyper",
        }
    }

    /// True if it can do what the scenario asks.
    pub(crate) const fn takes_part(self, scenario: Scenario) -> bool {
        match self {
            // Every scenario is a ratio to nginx's plain proxying, measured in the same minutes.
            Self::Gateway | Self::Nginx => true,
            Self::Haproxy => !matches!(scenario, Scenario::TooMany) && scenario.routes() == 0,
            Self::Pingora => matches!(scenario, Scenario::Plain | Scenario::Large),
            Self::BareHyper => matches!(scenario, Scenario::Unauthorized | Scenario::NotFound | Scenario::TooMany),
        }
    }

    /// The status it answers with; bare hyper knows one answer only.
    pub(crate) const fn status(self, scenario: Scenario) -> u16 {
        match self {
            Self::BareHyper => 404,
            _ => scenario.status(),
        }
    }

    /// Its program, if it is installed.
    pub(crate) fn program(self, args: &Args) -> Option<PathBuf> {
        let built = |path: &Path| path.exists().then(|| path.to_owned());
        match self {
            Self::Gateway => built(&args.gateway),
            Self::Nginx => built(Path::new("/usr/sbin/nginx")),
            Self::Haproxy => built(Path::new("/usr/sbin/haproxy")),
            Self::Pingora => built(&args.pingora),
            Self::BareHyper => built(&args.bare_hyper),
        }
    }

    /// Starts it for a scenario.
    pub(crate) fn start(
        self,
        program: &Path,
        scenario: Scenario,
        folder: &Path,
        backend: SocketAddr,
    ) -> io::Result<Running> {
        let address = free()?;
        let write = |name: &str, text: String| {
            let path = folder.join(name);
            fs::write(&path, text).map(|()| path.display().to_string())
        };
        let [nginx, files, haproxy] = if scenario.is_tls() { TLS } else { [""; 3] };
        let filled = |text: &str| {
            let text =
                text.replace("{tls nginx}", nginx).replace("{tls files}", files).replace("{tls haproxy}", haproxy);
            fill(&text, folder, address, backend)
        };
        let arguments = match self {
            Self::Gateway => {
                let path = write("gateway.yaml", gateway(scenario, folder, address, backend))?;
                vec!["--config".to_owned(), path]
            }
            Self::Nginx => {
                write("signed.lua", include_str!("../../../bench/signed.lua").to_owned())?;
                let path = write("nginx.conf", filled(include_str!("../../../bench/nginx.conf")))?;
                vec!["-c".to_owned(), path]
            }
            Self::Haproxy => {
                let path = write("haproxy.cfg", filled(include_str!("../../../bench/haproxy.cfg")))?;
                vec!["-f".to_owned(), path]
            }
            Self::Pingora => vec![address.to_string(), backend.to_string()],
            Self::BareHyper => vec![address.to_string()],
        };
        Running::start(program, &arguments, CONTENDER_CORE, address)
    }

    /// What it calls itself, for the table.
    pub(crate) fn version(self) -> Option<String> {
        let (program, flag) = match self {
            Self::Nginx => ("/usr/sbin/nginx", "-v"),
            Self::Haproxy => ("/usr/sbin/haproxy", "-v"),
            Self::Gateway | Self::Pingora | Self::BareHyper => return None,
        };
        let output = Command::new(program).arg(flag).output().ok()?;
        let text = [output.stdout, output.stderr].concat();
        Some(String::from_utf8_lossy(&text).lines().next().unwrap_or_default().to_owned())
    }
}

/// Starts the service behind all of them.
pub(crate) fn backend(folder: &Path) -> io::Result<Running> {
    let address = free()?;
    // nginx drops to a user of its own, who must be able to read.
    open_to_all(folder)?;
    fs::write(folder.join("large"), vec![b'x'; Scenario::Large.body()])?;
    certificate(folder)?;
    let config = folder.join("backend.conf");
    fs::write(&config, fill(include_str!("../../../bench/backend.conf"), folder, address, address))?;
    let arguments = ["-c".to_owned(), config.display().to_string()];
    Running::start(Path::new("/usr/sbin/nginx"), &arguments, LOAD_CORE, address)
}

/// Makes the certificate that all contenders show: `tls.pem` and `tls.key`, and both in one file for `HAProxy`.
fn certificate(folder: &Path) -> io::Result<()> {
    let mut openssl = Command::new("openssl");
    openssl.args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]);
    openssl.args(["-subj", &format!("/CN={HOST}"), "-addext", &format!("subjectAltName=DNS:{HOST}")]);
    let made = openssl.arg("-keyout").arg(folder.join("tls.key")).arg("-out").arg(folder.join("tls.pem")).output()?;
    if !made.status.success() {
        return Err(io::Error::other(format!("openssl said:\n{}", String::from_utf8_lossy(&made.stderr))));
    }
    let both = [fs::read(folder.join("tls.pem"))?, fs::read(folder.join("tls.key"))?].concat();
    fs::write(folder.join("tls-both.pem"), both)
}

fn open_to_all(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755))
}

fn fill(text: &str, folder: &Path, address: SocketAddr, backend: SocketAddr) -> String {
    text.replace("{folder}", &folder.display().to_string())
        .replace("{port}", &address.port().to_string())
        .replace("{backend}", &backend.port().to_string())
        .replace("{key}", &STANDARD.encode(KEY.1))
        .replace("{kilobyte}", &"x".repeat(Scenario::Plain.body()))
}

/// One host that has every check of the chain that the scenarios need, and as many routes as asked for.
fn gateway(scenario: Scenario, folder: &Path, address: SocketAddr, backend: SocketAddr) -> String {
    let (id, secret) = KEY;
    let (folder, mut tls) = (folder.display(), String::new());
    if scenario.is_tls() {
        tls = format!(", tls: {{ certificates: [{{ certificate: '{folder}/tls.pem', key: '{folder}/tls.key' }}] }}");
    }
    let mut text = format!(
        "listeners: [{{ address: '{address}'{tls} }}]\nthreads: 1\naccess_log: off\nbackends: {{ allow: [127.0.0.1] }}\n\
         keys: [{{ id: {id}, secret: {{ value: {secret} }}, grants: ['*'] }}]\nhosts:\n  - host: {HOST}\n    dialect: tencent\n    routes:\n"
    );
    let mut route = |id: &str, more: &str| {
        let _ = writeln!(text, "      - {{ id: '{id}', path: /{id}, {more}backend: {{ url: 'http://{backend}' }} }}");
    };
    route("open", "");
    route("large", "");
    route("signed", "auth: { scheme: tencent-key-pair }, ");
    route("limited", "rate: { limit: 1, per: day }, ");
    for number in 0..scenario.routes() {
        route(&format!("open/{number}"), "");
    }
    text
}
