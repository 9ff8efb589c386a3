//! The desktop's portal, which takes pictures where programs may not: `org.freedesktop.portal.Screenshot`.
//!
//! The protocol is two messages: a call, which is answered by the path of a request, and that request's signal `Response`
//! (<https://flatpak.github.io/xdg-desktop-portal/docs/doc-org.freedesktop.portal.Screenshot.html>).

mod file;

use super::ScreenError;
use async_io::Timer;
use futures::StreamExt as _;
use futures::future::{Either, select};
use std::collections::HashMap;
use std::pin::pin;
use std::time::{Duration, Instant, SystemTime};
use zbus::connection::Builder;
use zbus::message::Type;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue, Value};
use zbus::{Connection, MatchRule, Message, MessageStream};

const BUS_NAME: &str = "org.freedesktop.portal.Desktop";
const OBJECT: &str = "/org/freedesktop/portal/desktop";
const SCREENSHOT: &str = "org.freedesktop.portal.Screenshot";
const REQUEST: &str = "org.freedesktop.portal.Request";
/// The request's name. Each picture has a connection of its own, so it need not be unique.
const TOKEN: &str = "castor";

/// How long a person may look at the desktop's dialog.
const PATIENCE: Duration = Duration::from_mins(2);
/// How long it is waited to hear what the portal can do. The bus may have to start it first.
const FIRST_WORD: Duration = Duration::from_secs(5);

/// The portal of a desktop. Nothing is connected to before it is asked something.
#[derive(Debug, Clone)]
pub struct Portal {
    /// The bus, where it is not the session's.
    address: Option<String>,
    limit: Duration,
}

impl Portal {
    /// The portal on the session's bus.
    pub fn session() -> Self {
        Self { address: None, limit: PATIENCE }
    }

    /// The portal on the bus at this address, e.g. `unix:path=/run/user/1000/bus`.
    pub fn at(address: &str) -> Self {
        Self { address: Some(address.to_owned()), limit: PATIENCE }
    }

    /// Gives the desktop and the person so long to answer instead of two minutes.
    #[must_use]
    pub fn with_limit(self, limit: Duration) -> Self {
        Self { limit, ..self }
    }

    /// Whether there is a portal, and one that takes pictures. Blocks for at most five seconds.
    pub fn takes_pictures(&self) -> bool {
        let asked = async {
            let connection = self.connect().await?;
            let properties = Some("org.freedesktop.DBus.Properties");
            let wanted = (SCREENSHOT, "version");
            connection.call_method(Some(BUS_NAME), OBJECT, properties, "Get", &wanted).await.map_err(refusal)
        };
        match async_io::block_on(within(self.limit.min(FIRST_WORD), asked)) {
            Ok(Ok(_)) => true,
            Ok(Err(error)) | Err(error) => {
                tracing::debug!(%error, "no portal takes pictures");
                false
            }
        }
    }

    /// Has the desktop take a picture, and returns its file: a PNG. `interactive` lets the person choose what is on it, in
    /// the desktop's own dialog; otherwise it is of everything, and the desktop may ask whether that is allowed. `None` when
    /// the person cancelled.
    ///
    /// The portal leaves its file and does not say whose it is. It is deleted where it lies in a folder for temporary files,
    /// and where it was made without the person: that would leave pictures of their screen they know nothing of. One the
    /// person took by the desktop's dialog stays in their pictures, where that dialog said it is.
    ///
    /// # Errors
    /// [`ScreenError::NoPortal`], [`ScreenError::Denied`], [`ScreenError::NoAnswer`], [`ScreenError::Failed`].
    pub fn shot(&self, interactive: bool) -> Result<Option<Vec<u8>>, ScreenError> {
        let began = SystemTime::now();
        let Some(address) = async_io::block_on(self.ask(interactive))? else {
            return Ok(None);
        };
        file::take(&address, if interactive { None } else { Some(began) }).map(Some)
    }

    /// The address of the picture's file.
    async fn ask(&self, interactive: bool) -> Result<Option<String>, ScreenError> {
        let deadline = Instant::now() + self.limit;
        let left = || deadline.saturating_duration_since(Instant::now());
        let connection = within(left(), self.connect()).await??;
        // Listened to before it is asked: the answer may be there first.
        let mut responses = within(left(), listen(&connection)).await??;
        let options =
            HashMap::from([("handle_token", Value::from(TOKEN)), ("interactive", Value::from(interactive))]);
        let arguments = ("", options);
        let call = connection.call_method(Some(BUS_NAME), OBJECT, Some(SCREENSHOT), "Screenshot", &arguments);
        let request = match within(left(), call).await? {
            Ok(reply) => reply,
            Err(error) if is_cancelled(&error) => return Ok(None),
            Err(error) => return Err(refusal(error)),
        };
        let handle: OwnedObjectPath = request.body().deserialize().map_err(ScreenError::failed)?;
        match within(left(), response_to(&mut responses, &request, &handle)).await {
            Ok(response) => outcome(&response?),
            Err(error) => {
                close(&connection, &handle).await;
                Err(error)
            }
        }
    }

    async fn connect(&self) -> Result<Connection, ScreenError> {
        let builder = match &self.address {
            Some(address) => Builder::address(address.as_str()),
            None => Builder::session(),
        };
        let connected = match builder {
            Ok(builder) => builder.build().await,
            Err(error) => Err(error),
        };
        connected.map_err(|error| {
            tracing::debug!(%error, "no session bus");
            ScreenError::NoPortal
        })
    }
}

/// Waits no longer than `limit`.
async fn within<T>(limit: Duration, wanted: impl Future<Output = T>) -> Result<T, ScreenError> {
    match select(pin!(wanted), Timer::after(limit)).await {
        Either::Left((result, _)) => Ok(result),
        Either::Right(_) => Err(ScreenError::NoAnswer),
    }
}

/// Every response to a request of this connection. Old portals choose the request's path themselves, in the same folder.
async fn listen(connection: &Connection) -> Result<MessageStream, ScreenError> {
    let own = connection.unique_name().ok_or(ScreenError::NoPortal)?;
    let folder = format!("{OBJECT}/request/{}", own.trim_start_matches(':').replace('.', "_"));
    let rule = MatchRule::builder()
        .msg_type(Type::Signal)
        .interface(REQUEST)
        .and_then(|rule| rule.member("Response"))
        .and_then(|rule| rule.path_namespace(folder))
        .map_err(ScreenError::failed)?
        .build();
    MessageStream::for_match_rule(rule, connection, None).await.map_err(ScreenError::failed)
}

/// The response to this request, from whom the request was answered by: any program can send such a signal.
async fn response_to(
    responses: &mut MessageStream,
    request: &Message,
    handle: &ObjectPath<'_>,
) -> Result<Message, ScreenError> {
    while let Some(response) = responses.next().await {
        let response = response.map_err(ScreenError::failed)?;
        let (header, asked) = (response.header(), request.header());
        if header.path() == Some(handle) && header.sender() == asked.sender() {
            drop((header, asked));
            return Ok(response);
        }
    }
    Err(ScreenError::Failed("the session bus ended".into()))
}

fn outcome(response: &Message) -> Result<Option<String>, ScreenError> {
    let body = response.body();
    let (code, mut results): (u32, HashMap<String, OwnedValue>) =
        body.deserialize().map_err(ScreenError::failed)?;
    match code {
        0 => {
            let address = results.remove("uri").and_then(|value| String::try_from(value).ok());
            address.map(Some).ok_or_else(|| ScreenError::Failed("the portal named no file".into()))
        }
        1 => Ok(None),
        // "Ended in some other way": not allowed, now or once and for all, or the dialog could not be shown.
        _ => Err(ScreenError::Denied),
    }
}

/// Takes the dialog away again.
async fn close(connection: &Connection, handle: &ObjectPath<'_>) {
    let call = Message::method_call(handle, "Close")
        .and_then(|call| call.destination(BUS_NAME))
        .and_then(|call| call.interface(REQUEST))
        .and_then(|call| call.build(&()));
    let sent = match call {
        Ok(call) => connection.send(&call).await,
        Err(error) => Err(error),
    };
    if let Err(error) = sent {
        tracing::debug!(%error, "the portal's request could not be closed");
    }
}

fn is_cancelled(error: &zbus::Error) -> bool {
    name_of(error) == Some("org.freedesktop.portal.Error.Cancelled")
}

/// What a call that failed means.
fn refusal(error: zbus::Error) -> ScreenError {
    let Some(name) = name_of(&error) else {
        return ScreenError::failed(error);
    };
    let last = name.rsplit('.').next().unwrap_or(name);
    match last {
        "AccessDenied" | "NotAllowed" | "AuthFailed" => ScreenError::Denied,
        "NoReply" | "Timeout" | "TimedOut" => ScreenError::NoAnswer,
        "ServiceUnknown" | "NameHasNoOwner" | "UnknownMethod" | "UnknownInterface" | "UnknownObject"
        | "UnknownProperty" | "InvalidArgs" | "NotFound" => ScreenError::NoPortal,
        _ if name.starts_with("org.freedesktop.DBus.Error.Spawn.") => ScreenError::NoPortal,
        _ => ScreenError::failed(error),
    }
}

fn name_of(error: &zbus::Error) -> Option<&str> {
    match error {
        zbus::Error::MethodError(name, ..) => Some(name.as_str()),
        _ => None,
    }
}
