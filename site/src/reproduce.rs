//! How to provoke a recorded code oneself: the gateway's configuration, what the backend has to do, the command.

use std::fmt::Write as _;

use crate::recording::Recording;

/// Where the configurations of the recordings listen.
const GATEWAY: &str = "127.0.0.1:8080";

/// Where a backend is expected that has to do something.
const BACKEND: &str = "127.0.0.1:9000";

/// Backends of the recordings by their names between braces, and the command that behaves like them. None where it does
/// not matter what is there.
const BACKENDS: [(&str, &str, Option<&str>); 5] = [
    ("{echo}", BACKEND, None),
    ("{refusing}", "127.0.0.1:1", None),
    (
        "{silent}",
        BACKEND,
        Some(
            "python3 -c 'import socket;s=socket.create_server((\"127.0.0.1\",9000));kept=[s.accept() for _ in range(99)]'",
        ),
    ),
    (
        "{babbling}",
        BACKEND,
        Some(
            "python3 -c 'import socket\ns=socket.create_server((\"127.0.0.1\",9000))\nwhile 1:\n c=s.accept()[0];c.recv(9999);c.send(b\"220 mail.example ESMTP\\r\\n\");c.close()'",
        ),
    ),
    (
        "{resetting}",
        BACKEND,
        Some(
            "python3 -c 'import socket,struct\ns=socket.create_server((\"127.0.0.1\",9000))\nwhile 1:\n c=s.accept()[0];c.recv(9);c.setsockopt(1,13,struct.pack(\"ii\",1,0));c.close()'",
        ),
    ),
];

/// Files in the configurations of the recordings by their names between braces.
const FILES: [(&str, &str); 3] =
    [("{certificate}", "certificate.pem"), ("{key}", "key.pem"), ("{authorities}", "certificate.pem")];

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Steps {
    /// For a file `gateway.yaml`.
    pub config: String,
    /// A backend to start first, if the code depends on what it does.
    pub backend: Option<&'static str>,
    /// Sends the recorded request, as often as it takes.
    pub command: String,
}

/// The steps that lead to this recording.
pub fn steps(recording: &Recording) -> Option<Steps> {
    let (config, request) = (recording.config.as_deref()?, recording.request.as_deref()?);
    let used = BACKENDS.iter().filter(|(name, ..)| config.contains(name));
    let backend = used.clone().find_map(|(.., command)| *command);
    let config = used.fold(config.to_owned(), |text, (name, address, _)| text.replace(name, address));
    let parsed = Request::read(request);
    let tls = config.contains("tls: {");
    let config = match parsed.as_ref().map_or("localhost", Request::host) {
        name if tls => certified(&config, name),
        _ => config,
    };
    let once = match &parsed {
        Some(request) => request.curl(tls, recording.response.is_none()),
        // Below HTTP there is no request: what is recorded is a command.
        None if tls || is_command(recording, request) => request.trim_end().to_owned(),
        None => raw(request),
    };
    let command = match recording.before {
        0 => once,
        before => format!("for i in $(seq {}); do {once}; done", before + 1),
    };
    Some(Steps { config, backend, command })
}

/// True for what is recorded of a handshake that fails where plain HTTP is spoken.
fn is_command(recording: &Recording, request: &str) -> bool {
    recording.response.is_none() && !request.contains(" HTTP/1.")
}

/// A configuration with certificates, which somebody has to make first.
fn certified(config: &str, name: &str) -> String {
    let config = FILES.iter().fold(config.to_owned(), |text, (place, file)| text.replace(place, file));
    format!(
        "# Make a certificate first:\n#   openssl req -x509 -newkey rsa:2048 -nodes -days 30 -keyout key.pem -out certificate.pem \\\n#     \
         -subj /CN={name} -addext subjectAltName=DNS:{name}\n{config}"
    )
}

/// A request that `curl` can send as it is.
struct Request<'r> {
    method: &'r str,
    target: &'r str,
    headers: Vec<(&'r str, &'r str)>,
    body: &'r str,
}

impl<'r> Request<'r> {
    /// None for what `curl` would repair or cannot say.
    fn read(text: &'r str) -> Option<Self> {
        let (head, body) = text.split_once("\n\n").unwrap_or((text.trim_end_matches('\n'), ""));
        let body = body.strip_suffix('\n').unwrap_or(body);
        let mut lines = head.lines();
        let [method, target, "HTTP/1.1"] = lines.next()?.split(' ').collect::<Vec<_>>()[..] else { return None };
        let mut headers = Vec::new();
        for line in lines {
            let (name, value) = line.split_once(": ")?;
            let odd = name.eq_ignore_ascii_case("transfer-encoding") || !is_plain(name) || !is_plain(value);
            if odd || value.is_empty() {
                return None;
            }
            headers.push((name, value));
        }
        let values = |wanted: &str| -> Vec<&str> {
            let same = |(name, _): &&(&'r str, &'r str)| name.eq_ignore_ascii_case(wanted);
            headers.iter().filter(same).map(|(_, value)| *value).collect()
        };
        let length = match values("content-length")[..] {
            [] => body.is_empty(),
            [length] => length.parse() == Ok(body.len()),
            _ => false,
        };
        let sound = target.starts_with('/') && !target.contains('#') && is_plain(target) && is_plain(method);
        (sound && length && values("host").len() == 1).then_some(Self { method, target, headers, body })
    }

    /// The host that it names.
    fn host(&self) -> &'r str {
        let host = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("host"));
        host.map_or("localhost", |(_, value)| *value)
    }

    fn curl(&self, tls: bool, leaves: bool) -> String {
        let mut out = String::from("curl -i");
        let (_, port) = GATEWAY.split_once(':').unwrap_or_default();
        let origin = if tls { format!("https://{}:{port}", self.host()) } else { format!("http://{GATEWAY}") };
        if tls {
            // Writing to a string cannot fail, here and below.
            let _ = write!(out, " --http1.1 --insecure --resolve {}:{port}:127.0.0.1", self.host());
        }
        if leaves {
            out.push_str(" --max-time 0.2");
        }
        if self.target.contains("/.") {
            out.push_str(" --path-as-is");
        }
        let sends_body = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length"));
        match self.method {
            "GET" if !sends_body => {}
            "HEAD" => out.push_str(" --head"),
            "POST" if sends_body => {}
            method => drop(write!(out, " -X {method}")),
        }
        let globs = self.target.contains(['[', ']', '{', '}']);
        let _ = write!(out, "{} {}", if globs { " -g" } else { "" }, quoted(&format!("{origin}{}", self.target)));
        for (name, value) in &self.headers {
            if !name.eq_ignore_ascii_case("content-length") {
                let _ = write!(out, " \\\n  -H {}", quoted(&format!("{name}: {value}")));
            }
        }
        let has = |wanted: &str| self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(wanted));
        if has("authorization") && !has("accept") {
            // A signature may cover what `curl` would add.
            out.push_str(" \\\n  -H 'Accept:'");
        }
        if sends_body {
            // Otherwise `curl` would name a media type that nobody asked for.
            let typed = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
            let untyped = if typed { "" } else { " \\\n  -H 'Content-Type:'" };
            let _ = write!(out, "{untyped} \\\n  --data-binary {}", quoted(self.body));
        }
        out
    }
}

fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
}

/// A word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// The request's bytes, for what no HTTP client would send.
fn raw(request: &str) -> String {
    let (head, body) = request.split_once("\n\n").unwrap_or((request.trim_end_matches('\n'), ""));
    let mut bytes = String::new();
    for line in head.lines() {
        bytes.push_str(line);
        bytes.push_str("\r\n");
    }
    bytes.push_str("\r\n");
    bytes.push_str(body.strip_suffix('\n').unwrap_or(body));
    let mut escaped = String::new();
    for c in bytes.chars() {
        match c {
            '\r' => escaped.push_str("\\r"),
            '\n' => escaped.push_str("\\n"),
            '\\' => escaped.push_str("\\\\"),
            '%' => escaped.push_str("%%"),
            c => escaped.push(c),
        }
    }
    let (host, port) = GATEWAY.split_once(':').unwrap_or((GATEWAY, ""));
    // Of bash itself, so that nothing has to be installed for it.
    format!("exec 3<>/dev/tcp/{host}/{port}; printf {} >&3; timeout 3 cat <&3", quoted(&escaped))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recording(request: &str) -> Recording {
        Recording {
            raised_by: None,
            request: Some(request.to_owned()),
            response: Some(String::new()),
            log: None,
            config: Some("backend: { url: \"http://{silent}\" }".to_owned()),
            before: 0,
        }
    }

    #[test]
    fn over_tls_a_certificate_comes_first() {
        let config = "listeners:\n  - { tls: { certificates: [{ certificate: \"{certificate}\", key: \"{key}\" }] } }";
        let of = |request: &str| steps(&Recording { config: Some(config.to_owned()), ..recording(request) }).unwrap();
        let call = of("GET /a HTTP/1.1\nHost: x.test\n");
        assert_eq!(
            call.command,
            "curl -i --http1.1 --insecure --resolve x.test:8080:127.0.0.1 'https://x.test:8080/a' \\\n  -H 'Host: x.test'"
        );
        assert!(call.config.starts_with("# Make a certificate first:"), "{}", call.config);
        assert!(call.config.contains("subjectAltName=DNS:x.test\nlisteners:"), "{}", call.config);
        assert!(call.config.ends_with("certificate: \"certificate.pem\", key: \"key.pem\" }] } }"), "{}", call.config);
        // A handshake that fails is brought about by a command.
        assert_eq!(
            of("openssl s_client -connect 127.0.0.1:8080\n").command,
            "openssl s_client -connect 127.0.0.1:8080"
        );
        let unanswered = Recording { response: None, ..recording("curl -sS https://127.0.0.1:8080/\n") };
        assert_eq!(steps(&unanswered).unwrap().command, "curl -sS https://127.0.0.1:8080/");
    }

    #[test]
    fn what_curl_can_send_is_a_line_for_curl() {
        let steps = steps(&recording("POST /a?b='c' HTTP/1.1\nHost: x.test\nContent-Length: 2\n\nhi\n")).unwrap();
        assert_eq!(
            steps.command,
            "curl -i 'http://127.0.0.1:8080/a?b='\\''c'\\''' \\\n  -H 'Host: x.test' \\\n  -H 'Content-Type:' \\\n  --data-binary 'hi'"
        );
        assert_eq!(steps.config, "backend: { url: \"http://127.0.0.1:9000\" }");
        assert!(steps.backend.is_some());
    }

    #[test]
    fn what_curl_would_repair_goes_as_bytes() {
        for odd in [
            "GET / HTTP/1.1\n",
            "GET / HTTP/1.1\nHost: a\nHost: b\n",
            "GET / HTTP/1.0\nHost: a\n",
            "POST / HTTP/1.1\nHost: a\nContent-Length: 10\n\nhalf\n",
            "GET /100% HTTP/1.1 \nHost: a\n",
        ] {
            let command = steps(&recording(odd)).unwrap().command;
            assert!(command.starts_with("exec 3<>/dev/tcp/127.0.0.1/8080; printf '"), "{command}");
        }
    }

    #[test]
    fn what_takes_several_calls_is_a_loop() {
        let once = recording("GET / HTTP/1.1\nHost: a\n");
        let command = steps(&Recording { before: 2, ..once }).unwrap().command;
        assert!(command.starts_with("for i in $(seq 3); do curl -i "), "{command}");
    }
}
