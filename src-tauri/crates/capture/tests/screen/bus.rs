//! A session bus of its own for one test, and a portal that does what it is told.

use std::collections::HashMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use tempfile::TempDir;
use zbus::blocking::Connection;
use zbus::blocking::connection::Builder;
use zbus::message::Header;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};
use zbus::{fdo, interface};

/// A bus that starts nothing by itself.
const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:tmpdir=FOLDER</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>"#;

/// A running bus. It stops when dropped.
pub struct Bus {
    pub address: String,
    daemon: Child,
    pub folder: TempDir,
}

impl Bus {
    pub fn start() -> Self {
        let folder = TempDir::new().unwrap();
        let configuration = folder.path().join("bus.conf");
        std::fs::write(&configuration, CONFIGURATION.replace("FOLDER", folder.path().to_str().unwrap()))
            .unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .arg("--config-file")
            .arg(configuration)
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { address: address.trim().to_owned(), daemon, folder }
    }

    pub fn connect(&self) -> Connection {
        Builder::address(self.address.as_str()).unwrap().build().unwrap()
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// What a portal does when it is asked for a picture.
#[derive(Debug, Clone)]
pub enum Does {
    /// Answers with this code and, if there is one, this address; before the call is answered, as a quick one may.
    Responds(u32, Option<String>),
    /// The same, but under another path than it was asked for, as portals before version 0.9 did.
    RespondsElsewhere(u32, String),
    /// Another program claims that there is a picture, then the portal says that the person cancelled.
    IsImpersonated(String),
    /// The call itself fails.
    Fails(&'static str),
    /// Nothing.
    Waits,
}

/// A portal on a bus.
pub struct FakePortal {
    _connection: Connection,
    /// Whether each picture was to be chosen by the person.
    pub asked: Receiver<bool>,
    /// The requests that were closed.
    pub closed: Receiver<()>,
}

impl FakePortal {
    pub fn start(bus: &Bus, does: Does) -> Self {
        let ((asking, asked), (closing, closed)) = (channel(), channel());
        let portal = Screenshot { version: 2, does, asking, closing, stranger: bus.connect() };
        let connection = Builder::address(bus.address.as_str())
            .unwrap()
            .serve_at("/org/freedesktop/portal/desktop", portal)
            .unwrap()
            .name("org.freedesktop.portal.Desktop")
            .unwrap()
            .build()
            .unwrap();
        Self { _connection: connection, asked, closed }
    }
}

struct Screenshot {
    version: u32,
    does: Does,
    asking: Sender<bool>,
    closing: Sender<()>,
    /// Another program on the bus.
    stranger: Connection,
}

#[interface(name = "org.freedesktop.portal.Screenshot")]
impl Screenshot {
    #[zbus(property, name = "version")]
    fn version(&self) -> u32 {
        self.version
    }

    async fn screenshot(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] own: &zbus::Connection,
        parent: String,
        options: HashMap<String, OwnedValue>,
    ) -> fdo::Result<OwnedObjectPath> {
        if !parent.is_empty() {
            return Err(fdo::Error::InvalidArgs("it was given no window".into()));
        }
        let asker = header.sender().unwrap().to_string();
        let token = String::try_from(options["handle_token"].clone()).unwrap();
        self.asking.send(bool::try_from(&options["interactive"]).unwrap()).unwrap();
        let folder = format!("/org/freedesktop/portal/desktop/request/{}", asker[1..].replace('.', "_"));
        let usual = OwnedObjectPath::try_from(format!("{folder}/{token}")).unwrap();
        let path = match &self.does {
            Does::Responds(code, address) => {
                respond(own, &asker, &usual, *code, address.as_deref()).await;
                usual
            }
            Does::RespondsElsewhere(code, address) => {
                let other = OwnedObjectPath::try_from(format!("{folder}/t1234")).unwrap();
                respond(own, &asker, &other, *code, Some(address)).await;
                other
            }
            Does::IsImpersonated(address) => {
                respond(self.stranger.inner(), &asker, &usual, 0, Some(address)).await;
                respond(own, &asker, &usual, 1, None).await;
                usual
            }
            Does::Fails(name) => return Err(fdo_error(name)),
            Does::Waits => {
                let request = Request(self.closing.clone());
                own.object_server().at(&usual, request).await.unwrap();
                usual
            }
        };
        Ok(path)
    }
}

fn fdo_error(name: &str) -> fdo::Error {
    match name {
        "AccessDenied" => fdo::Error::AccessDenied("not this program".into()),
        "UnknownMethod" => fdo::Error::UnknownMethod("no such".into()),
        _ => fdo::Error::Failed("it broke".into()),
    }
}

async fn respond(
    from: &zbus::Connection,
    to: &str,
    path: &OwnedObjectPath,
    code: u32,
    address: Option<&str>,
) {
    let results: HashMap<&str, Value<'_>> =
        address.map(|address| ("uri", Value::from(address))).into_iter().collect();
    let interface = "org.freedesktop.portal.Request";
    from.emit_signal(Some(to), path, interface, "Response", &(code, results)).await.unwrap();
}

struct Request(Sender<()>);

#[interface(name = "org.freedesktop.portal.Request")]
impl Request {
    fn close(&self) {
        let _ = self.0.send(());
    }
}
