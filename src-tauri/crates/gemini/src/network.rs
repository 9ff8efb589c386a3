//! The way to the endpoint: through which proxy, and whose certificates are trusted beyond the system's.

use crate::ConfigError;
use crate::failure::{Failure, Remedy};
use conversation::NoticeCode;
use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Certificate, ClientBuilder, NoProxy, StatusCode, Url};
use secrecy::SecretString;
use std::fmt;
use std::path::{Path, PathBuf};

/// What never goes through a proxy: a proxy elsewhere would look for these on its own computer.
const LOOPBACK: &str = "localhost,127.0.0.0/8,::1";

/// Larger than any list of certificate authorities, smaller than what would be felt in memory.
const LARGEST_CA_FILE: u64 = 8 * 1024 * 1024;

/// How the endpoint is reached.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Network {
    /// Through what.
    pub proxy: Proxy,
    /// A file of certificates of authorities that are trusted beside the system's: PEM with one or more, or one in DER.
    pub extra_ca: Option<PathBuf>,
}

/// Through what requests go. Addresses on this computer are reached directly, whatever is chosen.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Proxy {
    /// What the environment says (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`), else the system's settings.
    #[default]
    System,
    /// Nothing: always directly.
    None,
    /// This one, for every endpoint: `http`, `https`, `socks5` (names are resolved here) or `socks5h` (names are resolved
    /// by the proxy), with `user:password@` before the host where it asks for them. Without a scheme it is `http`.
    Manual(String),
}

impl fmt::Debug for Proxy {
    /// Without user name and password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("System"),
            Self::None => f.write_str("None"),
            Self::Manual(text) => {
                let host = address(text).and_then(|url| Some(url.host_str()?.to_owned()));
                f.debug_tuple("Manual").field(&host.as_deref().unwrap_or("not an address")).finish()
            }
        }
    }
}

/// The proxy that requests to one endpoint go through.
#[derive(Debug, Clone)]
pub(crate) struct Through {
    /// `host:port`, for people.
    pub name: String,
    /// User name and password as they are sent over HTTP, to be taken out of what a proxy echoes.
    pub credentials: Option<SecretString>,
}

impl Network {
    /// Sets `http` up for `root`, and tells the proxy requests to `root` go through.
    pub(crate) fn apply(
        &self,
        http: ClientBuilder,
        root: &Url,
    ) -> Result<(ClientBuilder, Option<Through>), ConfigError> {
        let (http, through) = match &self.proxy {
            Proxy::System if is_loopback(root) => (http.no_proxy(), None),
            Proxy::System => (http, through(&Matcher::from_system(), root)),
            Proxy::None => (http.no_proxy(), None),
            Proxy::Manual(text) => {
                let address = address(text).ok_or(ConfigError::ProxyAddress)?;
                let proxy = reqwest::Proxy::all(address.as_str()).map_err(|_| ConfigError::ProxyAddress)?;
                let proxy = proxy.no_proxy(NoProxy::from_string(LOOPBACK));
                (http.no_proxy().proxy(proxy), through(&manual(&address), root))
            }
        };
        let http = match &self.extra_ca {
            Some(path) => http.tls_certs_merge(certificates(path)?),
            None => http,
        };
        Ok((http, through))
    }
}

/// A request that got no response, in words that tell a proxy's failure from the lack of a network.
pub(crate) fn unreached(error: reqwest::Error, proxy: Option<&str>) -> Failure {
    let failure = Failure::from_transport(error);
    if !matches!(failure.error.notice.code, NoticeCode::Offline | NoticeCode::TimedOut) {
        return failure;
    }
    let cause = failure.error.notice.detail.clone().unwrap_or_default();
    let says = |words: &str| cause.contains(words);
    let untrusted = says("invalid peer certificate");
    let detail = match proxy {
        Some(proxy) if says("proxy authorization required") => return wants_password(proxy),
        _ if untrusted => {
            let through = proxy.map(|proxy| format!(" (through the proxy {proxy})")).unwrap_or_default();
            format!(
                "the certificate{through} is not trusted; if a proxy or gateway has a certificate authority of its own, \
                 give its file in the network settings: {cause}"
            )
        }
        Some(proxy) if says("tunnel error: unsuccessful") => {
            format!("the proxy {proxy} does not let the connection through: {cause}")
        }
        // SOCKS tells no more than the second half of it.
        Some(proxy)
            if ["tcp connect error", "dns error", "failed to create underlying connection"]
                .into_iter()
                .any(says) =>
        {
            format!("the proxy {proxy} cannot be reached: {cause}")
        }
        Some(proxy) => format!("through the proxy {proxy}: {cause}"),
        None => cause,
    };
    // A certificate does not become trusted by asking again.
    let remedy = if untrusted { Remedy::None } else { failure.remedy };
    Failure { remedy, ..Failure::new(failure.error.notice.code, detail) }
}

/// The proxy asked for a password, or for another one.
pub(crate) fn wants_password(proxy: &str) -> Failure {
    let status = StatusCode::PROXY_AUTHENTICATION_REQUIRED.as_u16();
    let mut failure = Failure::new(
        NoticeCode::Offline,
        format!("the proxy {proxy} asks for a user name and password, or knows others (HTTP {status})"),
    );
    failure.error.status = Some(status);
    failure
}

/// A server on this computer is never behind a proxy.
pub(crate) fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// A proxy's address as a person writes it. Anything after host and port makes it none: an unescaped `/` or `#` in a
/// password looks like that, and the rest of the password must not be taken for a host.
fn address(text: &str) -> Option<Url> {
    let text = text.trim();
    let text = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
    let url = Url::parse(&text).ok()?;
    let known = matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h");
    let ends = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
    // The HTTP client silently goes without a proxy whose address it cannot use, so that is asked here.
    let usable = known && ends && manual(&url).intercept(&"https://example.com".parse().ok()?).is_some();
    usable.then_some(url)
}

fn manual(address: &Url) -> Matcher {
    Matcher::builder().all(address.as_str()).no(LOOPBACK).build()
}

fn through(matcher: &Matcher, root: &Url) -> Option<Through> {
    let proxy = matcher.intercept(&root.as_str().parse().ok()?)?;
    // User name and password are no longer part of the address.
    let name = proxy.uri().authority()?.to_string();
    let sent = proxy.basic_auth().and_then(|header| header.to_str().ok()?.strip_prefix("Basic "));
    Some(Through { name, credentials: sent.map(SecretString::from) })
}

fn certificates(path: &Path) -> Result<Vec<Certificate>, ConfigError> {
    let unreadable = |source| ConfigError::CaUnreadable { path: path.to_owned(), source };
    let unusable = || ConfigError::CaUnusable { path: path.to_owned() };
    if std::fs::metadata(path).map_err(unreadable)?.len() > LARGEST_CA_FILE {
        return Err(unusable());
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let begin = b"-----BEGIN ";
    let found = if bytes.windows(begin.len()).any(|start| start == begin) {
        Certificate::from_pem_bundle(&bytes)
    } else {
        Certificate::from_der(&bytes).map(|certificate| vec![certificate])
    };
    let found = found.map_err(|_| unusable())?;
    if found.is_empty() {
        return Err(unusable());
    }
    // Only a client that is built looks into them; this one trusts nothing else and is never used.
    let trial = ClientBuilder::new().no_proxy().tls_certs_only(found.clone());
    trial.build().map_err(|_| unusable())?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_proxies_are_recognised() {
        for (text, host) in [
            ("http://proxy.test:3128", "proxy.test:3128"),
            (" https://proxy.test/ ", "proxy.test"),
            ("socks5://10.0.0.1:1080", "10.0.0.1:1080"),
            ("socks5h://user:pass@proxy.test:1080", "proxy.test:1080"),
            ("proxy.test:8080", "proxy.test:8080"),
            ("user:p@ss@proxy.test:8080", "proxy.test:8080"),
            ("http://[fd00::1]:8080", "[fd00::1]:8080"),
        ] {
            let address = address(text).unwrap_or_else(|| panic!("{text} is an address"));
            let root = "https://example.test/v1beta/".parse().unwrap();
            assert_eq!(through(&manual(&address), &root).unwrap().name, host, "{text}");
        }
        for text in [
            "",
            "   ",
            "http://",
            "ftp://proxy.test",
            "socks4://proxy.test",
            "http://user:12/34@proxy.test",
            "http://user:12#34@proxy.test",
            "http://proxy.test:99999",
            "http://proxy.test/path",
            "socks5://pro xy.test",
        ] {
            assert_eq!(address(text), None, "{text:?}");
        }
    }

    #[test]
    fn what_is_on_this_computer_is_reached_directly() {
        let proxy = manual(&address("proxy.test:8080").unwrap());
        for (root, expected) in [
            ("http://127.0.0.1:4010", true),
            ("http://127.8.0.1", true),
            ("http://[::1]:4010", true),
            ("http://localhost", true),
            ("https://example.test", false),
            ("https://10.0.0.1", false),
        ] {
            let root = root.parse().unwrap();
            assert_eq!(is_loopback(&root), expected, "{root}");
            assert_eq!(through(&proxy, &root).is_none(), expected, "{root}");
        }
    }

    #[test]
    fn a_proxy_is_printed_without_its_password() {
        let printed = format!("{:?}", Proxy::Manual("http://me:sesame@proxy.test:8080".into()));
        assert_eq!(printed, r#"Manual("proxy.test")"#);
        let printed = format!("{:?}", Proxy::Manual("http://me:12/sesame@proxy.test".into()));
        assert!(!printed.contains("sesame"), "{printed}");
    }
}
