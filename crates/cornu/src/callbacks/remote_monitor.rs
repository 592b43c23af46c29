//! Sends what is reported of each epoch to a server.

use super::{Callback, Training};
use crate::error::{Error, Result};
use crate::model::Scores;
use crate::registry::Named;
use serde_json::{Map, Value};
use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// How long a server may take to connect, to read and to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Sends what is reported of each epoch, with its number as `epoch`, to a server as an HTTP POST: as the
/// field `data` of a form, or as JSON.
///
/// A server that cannot be reached ends no training: see [`RemoteMonitor::failure`]. Only `http` is
/// spoken. Agrees with Keras's `RemoteMonitor`.
///
/// ```
/// use cornu::{Fit, callbacks::RemoteMonitor};
/// let monitor = RemoteMonitor::new("http://localhost:9000").send_as_json(true);
/// let fit = Fit::new().epochs(5).callback(monitor);
/// ```
#[derive(Clone, Debug)]
pub struct RemoteMonitor {
    root: String,
    path: String,
    field: String,
    headers: Vec<(String, String)>,
    send_as_json: bool,
    failure: Option<String>,
}

impl RemoteMonitor {
    /// Sends to `root`, such as `http://localhost:9000`, under the path `/publish/epoch/end/`.
    pub fn new(root: impl Into<String>) -> RemoteMonitor {
        RemoteMonitor {
            root: root.into(),
            path: "/publish/epoch/end/".into(),
            field: "data".into(),
            headers: Vec::new(),
            send_as_json: false,
            failure: None,
        }
    }

    /// The path on the server.
    pub fn path(mut self, path: impl Into<String>) -> RemoteMonitor {
        self.path = path.into();
        self
    }

    /// The form's field; `data` by default.
    pub fn field(mut self, field: impl Into<String>) -> RemoteMonitor {
        self.field = field.into();
        self
    }

    /// One more header of each request.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> RemoteMonitor {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Whether JSON is sent instead of a form; false by default.
    pub fn send_as_json(mut self, json: bool) -> RemoteMonitor {
        self.send_as_json = json;
        self
    }

    /// Why the last epoch was not sent, if it was not.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    /// The server's name and port, out of `root`.
    fn server(&self) -> Result<(&str, u16)> {
        let refused = |message: String| {
            Error::argument(message).help("give an address such as http://localhost:9000, without a path")
        };
        let Some(server) = self.root.strip_prefix("http://") else {
            return Err(refused(format!("RemoteMonitor speaks http alone, got {}", self.root)));
        };
        let server = server.trim_end_matches('/');
        let (host, port) = match server.rsplit_once(':') {
            Some((host, port)) => (host, port.parse().ok()),
            None => (server, Some(80)),
        };
        match port {
            Some(port) if !host.is_empty() && !host.contains(['/', ' ']) => Ok((host, port)),
            _ => Err(refused(format!("RemoteMonitor cannot read the address {}", self.root))),
        }
    }

    fn request(&self, json: &str) -> Result<String> {
        let (host, port) = self.server()?;
        let (kind, body) = match self.send_as_json {
            true => ("application/json", json.to_string()),
            false => {
                let body = format!("{}={}", encoded(&self.field), encoded(json));
                ("application/x-www-form-urlencoded", body)
            }
        };
        let own: String = self.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        Ok(format!(
            "POST {} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n\
             Connection: close\r\n{own}\r\n{body}",
            self.path,
            body.len()
        ))
    }

    fn send(&self, json: &str) -> Result<(), String> {
        let request = self.request(json).map_err(|error| error.to_string())?;
        let failed = |error: std::io::Error| format!("{} cannot be reached: {error}", self.root);
        let server = self.server().map_err(|error| error.to_string())?;
        let address = server.to_socket_addrs().map_err(failed)?.next();
        let address = address.ok_or_else(|| format!("{} has no address", self.root))?;
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE).map_err(failed)?;
        stream.set_read_timeout(Some(PATIENCE)).map_err(failed)?;
        stream.set_write_timeout(Some(PATIENCE)).map_err(failed)?;
        stream.write_all(request.as_bytes()).map_err(failed)?;
        let mut answer = [0u8; 1];
        // Whatever the answer is, the server has had its figures.
        stream.read(&mut answer).map_err(failed).map(|_| ())
    }
}

impl Named for RemoteMonitor {
    const NAME: &'static str = "RemoteMonitor";
    const SUMMARY: &'static str = "Sends what is reported of each epoch to a server";
}

impl Callback for RemoteMonitor {
    fn on_train_begin(&mut self, _: &mut Training) -> Result<()> {
        self.server()?;
        let headers = self.headers.iter().flat_map(|(name, value)| [name, value]);
        if let Some(text) = headers.chain([&self.path]).find(|text| text.contains(['\r', '\n'])) {
            return Err(Error::argument(format!("RemoteMonitor cannot send {text:?}: it has line ends")));
        }
        Ok(())
    }

    fn on_epoch_end(&mut self, _: &mut Training, epoch: usize, logs: &mut Scores) -> Result<()> {
        let mut send = Map::new();
        send.insert("epoch".into(), epoch.into());
        send.extend(logs.iter().map(|(name, value)| (name.clone(), Value::from(*value))));
        self.failure = self.send(&Value::Object(send).to_string()).err();
        Ok(())
    }
}

/// Text as forms hold it.
fn encoded(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => (byte as char).to_string(),
        b' ' => "+".into(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}
