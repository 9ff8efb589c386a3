//! Follows the way to the Gemini API layer by layer: name, connection, trust, key.

use super::{Finding, FindingCode as Code, FindingSubject as Subject};
use crate::keys::KeySource;
use crate::settings::ProxySetting;
use crate::state::{Castor, endpoint};
use conversation::{NoticeCode, ProviderError};
use gemini::{Config, SharedKey};
use std::io;
use std::time::Duration;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use url::Url;

/// How long each layer may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// A key that no one has: whoever refuses it is the API.
const NO_KEY: &str = "castor-self-test";

/// What becomes of the way there, and of the key.
pub(super) async fn reach(castor: &Castor) -> (Finding, Finding) {
    let status = castor.keys.status();
    let settings = castor.settings();
    let address = endpoint(&settings).unwrap_or_else(|| Config::GOOGLE.to_owned());
    let unchecked = || match status.source {
        KeySource::None => Finding::warning(Subject::Key, Code::KeyNone, &""),
        KeySource::FileLocked => Finding::warning(Subject::Key, Code::KeyLocked, &""),
        _ => Finding::skipped(Subject::Key, Code::KeyUnchecked),
    };
    if is_locked(castor) {
        return (Finding::skipped(Subject::Network, Code::NetworkLocked), unchecked());
    }
    let Some((host, port)) = Url::parse(&address).ok().and_then(|url| place(&url)) else {
        return (Finding::failed(Subject::Network, Code::NetworkName, &address), unchecked());
    };
    let proxy = match &settings.network.proxy {
        ProxySetting::Manual { address } => Url::parse(address).ok().and_then(|url| place(&url)),
        ProxySetting::System | ProxySetting::None => None,
    };
    let on_the_way = match &proxy {
        Some(proxy) => connect(proxy).await.err().map(|(_, why)| {
            Finding::failed(Subject::Network, Code::NetworkProxy, &format!("{}:{}: {why}", proxy.0, proxy.1))
        }),
        // A proxy of the system's may know names that this computer does not.
        None if settings.network.proxy == ProxySetting::System && has_system_proxy() => None,
        None => connect(&(host.clone(), port))
            .await
            .err()
            .map(|(code, why)| Finding::failed(Subject::Network, code, &format!("{host}: {why}"))),
    };
    if let Some(failed) = on_the_way {
        return (failed, unchecked());
    }
    let has_key = !matches!(status.source, KeySource::None | KeySource::FileLocked);
    let gemini = castor.gemini();
    let checked = if has_key {
        timeout(PATIENCE, gemini.check_key()).await
    } else {
        let nobody = gemini.with_key(SharedKey::new(Some(NO_KEY.to_owned().into())));
        timeout(PATIENCE, nobody.check_key()).await
    };
    let works = Finding::works(Subject::Network, host);
    match checked {
        Err(_) => (Finding::failed(Subject::Network, Code::NetworkTimeout, &""), unchecked()),
        Ok(Ok(())) if has_key => (works, Finding::works(Subject::Key, None)),
        Ok(Ok(())) => (works, unchecked()),
        Ok(Err(error)) => match error.notice.code {
            NoticeCode::KeyInvalid | NoticeCode::KeyForbidden | NoticeCode::KeyMissing if !has_key => {
                (works, unchecked())
            }
            NoticeCode::KeyInvalid | NoticeCode::KeyForbidden | NoticeCode::KeyMissing => {
                (works, Finding::failed(Subject::Key, Code::KeyRefused, &words(error)))
            }
            NoticeCode::TimedOut => {
                (Finding::failed(Subject::Network, Code::NetworkTimeout, &words(error)), unchecked())
            }
            NoticeCode::Offline | NoticeCode::UnexpectedReply => {
                let said = words(error);
                (Finding::failed(Subject::Network, untrusted(&said), &said), unchecked())
            }
            // Whatever else the API says, it was reached.
            _ => (works, unchecked()),
        },
    }
}

/// Whether the conversation that is shown stays on this computer: then nobody elsewhere is asked for anything.
fn is_locked(castor: &Castor) -> bool {
    let shown = castor.settings().last_conversation;
    shown.is_some_and(|id| castor.history.conversation(id).is_ok_and(|conversation| conversation.local_only))
}

fn words(error: ProviderError) -> String {
    error.notice.detail.unwrap_or_default()
}

/// Whether it was the trust that failed: rustls says so in these words.
fn untrusted(words: &str) -> Code {
    let lower = words.to_ascii_lowercase();
    if lower.contains("certificate") || lower.contains("tls") {
        Code::NetworkCertificate
    } else {
        Code::NetworkFailed
    }
}

fn place(url: &Url) -> Option<(String, u16)> {
    Some((url.host_str()?.to_owned(), url.port_or_known_default()?))
}

/// Whether the environment names a proxy, as reqwest reads it.
fn has_system_proxy() -> bool {
    ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "HTTP_PROXY", "http_proxy"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Looks the name up and opens a connection; the layer that failed, and the system's words.
async fn connect((host, port): &(String, u16)) -> Result<(), (Code, String)> {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let found = match timeout(PATIENCE, lookup_host((bare, *port))).await {
        Err(_) => return Err((Code::NetworkName, String::new())),
        Ok(Err(error)) => return Err((Code::NetworkName, error.to_string())),
        Ok(Ok(found)) => found,
    };
    let mut last = (Code::NetworkName, String::new());
    for address in found {
        last = match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) => (refusal(&error), error.to_string()),
            Err(_) => (Code::NetworkTimeout, String::new()),
        };
    }
    Err(last)
}

fn refusal(error: &io::Error) -> Code {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Code::NetworkRefused,
        io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkDown => {
            Code::NetworkOffline
        }
        io::ErrorKind::TimedOut => Code::NetworkTimeout,
        _ => Code::NetworkFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    #[tokio::test]
    async fn each_layer_has_its_code() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        assert_eq!(connect(&("127.0.0.1".into(), port)).await, Ok(()));
        drop(listener);
        let (refused, _) = connect(&("127.0.0.1".into(), port)).await.unwrap_err();
        assert_eq!(refused, Code::NetworkRefused);
        let (unknown, _) = connect(&("castor.invalid".into(), 443)).await.unwrap_err();
        assert_eq!(unknown, Code::NetworkName);
    }

    #[test]
    fn an_untrusted_connection_is_told_from_a_broken_one() {
        assert_eq!(untrusted("invalid peer certificate: UnknownIssuer"), Code::NetworkCertificate);
        assert_eq!(untrusted("connection reset by peer"), Code::NetworkFailed);
    }

    #[test]
    fn an_address_has_a_host_and_a_port() {
        let of = |text: &str| place(&Url::parse(text).unwrap());
        assert_eq!(of("https://example.org"), Some(("example.org".into(), 443)));
        assert_eq!(of("http://[::1]:8080/base"), Some(("[::1]".into(), 8080)));
    }
}
