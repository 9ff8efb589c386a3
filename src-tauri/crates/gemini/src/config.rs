//! Where the API is and how patient the client is with it.

use crate::wire::SafetySetting;
use crate::{Network, PriceList, SharedKey};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// What a [`Gemini`](crate::Gemini) is made from.
#[derive(Debug, Clone)]
pub struct Config {
    /// Scheme, host and, where a gateway needs one, a path. A trailing slash or API version is tolerated.
    pub base_url: String,
    /// The API version in the path. Model aliases and per-part media resolution exist on `v1beta` only.
    pub api_version: String,
    /// The key, which may change at any time.
    pub key: SharedKey,
    /// How long to wait.
    pub timeouts: Timeouts,
    /// How to try again.
    pub retry: RetryPolicy,
    /// From where on content is withheld; the API's own thresholds hold for categories that are not named.
    pub safety: Vec<SafetySetting>,
    /// The way there.
    pub network: Network,
    /// Prices of a person's own instead of those Castor comes with ([`prices`](crate::prices)).
    pub prices: Option<Arc<PriceList>>,
}

impl Config {
    /// Google's own endpoint.
    pub const GOOGLE: &str = "https://generativelanguage.googleapis.com";

    /// The public endpoint with the patience a person has.
    pub fn new(key: SharedKey) -> Self {
        Self {
            base_url: Self::GOOGLE.into(),
            api_version: "v1beta".into(),
            key,
            timeouts: Timeouts::default(),
            retry: RetryPolicy::default(),
            safety: Vec::new(),
            network: Network::default(),
            prices: None,
        }
    }
}

/// How long the client waits. An answer as a whole has no limit: long ones take minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// For a connection.
    pub connect: Duration,
    /// For the next bytes of an answer, the first ones included. A model may think long before it speaks.
    pub idle: Duration,
    /// For the connection to close after the model said that it is done.
    pub after_finish: Duration,
    /// For short calls as a whole: the list of models, the check of a key.
    pub lookup: Duration,
    /// For the API to make an uploaded file ready. Long videos take minutes.
    pub processing: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_mins(2),
            after_finish: Duration::from_secs(2),
            lookup: Duration::from_secs(10),
            processing: Duration::from_mins(15),
        }
    }
}

/// How a request that failed in passing is tried again. Only before any of its answer was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Requests in all, the first included.
    pub attempts: u32,
    /// The wait before the second; it doubles from there, with jitter of up to as much again.
    pub first_delay: Duration,
    /// The longest wait by its own reckoning.
    pub longest_delay: Duration,
    /// The longest wait the server may ask for; beyond it the request fails at once and says when to come back.
    pub longest_requested_delay: Duration,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts: 5,
            first_delay: Duration::from_secs(1),
            longest_delay: Duration::from_mins(1),
            longest_requested_delay: Duration::from_mins(2),
        }
    }
}

/// Why a client could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The base address is not an `http` or `https` address.
    #[error("{0:?} is not an http or https address")]
    BaseUrl(String),
    /// The proxy's address is none. It is not repeated: it may hold a password.
    #[error(
        "the proxy's address cannot be used: write it like http://proxy.example:8080, or with https, socks5 or socks5h, \
         and special characters of a password as %23 for #"
    )]
    ProxyAddress,
    /// The file with certificates of authorities cannot be read.
    #[error(
        "the certificate file {path:?} cannot be read ({source}): check where it is and whether you may read it"
    )]
    CaUnreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file with certificates of authorities holds none, or a damaged one.
    #[error("{path:?} holds no usable certificate: choose the PEM or DER file of a certificate authority")]
    CaUnusable {
        /// The file.
        path: PathBuf,
    },
    /// The HTTP client could not be set up, for instance because the system's certificates cannot be read.
    #[error("the HTTP client could not be set up: {0}")]
    Http(#[source] reqwest::Error),
}
