//! The HTTP side: addresses, the key's header, and the difference between a response and a failure.

use crate::failure::Failure;
use crate::network::{self, Through};
use crate::{Config, ConfigError, SharedKey};
use bytes::{Bytes, BytesMut};
use conversation::NoticeCode;
use futures::StreamExt;
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{RequestBuilder, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use std::time::Duration;

/// Errors are short; what is longer is a web page of somebody else's.
const LONGEST_ERROR_BODY: usize = 256 * 1024;

/// A connection pool and where it leads. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    /// `{base}/{version}/`.
    root: Url,
    proxy: Option<Through>,
    pub config: Config,
}

impl Client {
    pub(crate) fn new(config: Config) -> Result<Self, ConfigError> {
        let root = root(&config)?;
        let http = reqwest::Client::builder()
            .user_agent(concat!("castor/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(config.timeouts.connect)
            // The API never redirects; a captive portal does, and would be handed the key's header.
            .redirect(reqwest::redirect::Policy::none());
        let (http, proxy) = config.network.apply(http, &root)?;
        Ok(Self { http: http.build().map_err(ConfigError::Http)?, root, proxy, config })
    }

    pub(crate) fn with_key(&self, key: SharedKey) -> Self {
        Self { config: Config { key, ..self.config.clone() }, ..self.clone() }
    }

    /// Whom requests go to.
    pub(crate) fn host(&self) -> &str {
        self.root.host_str().unwrap_or_default()
    }

    /// The key, or the failure that there is none.
    pub(crate) fn key(&self) -> Result<SecretString, Failure> {
        self.config.key.get().ok_or_else(|| Failure::new(NoticeCode::KeyMissing, "no key is set"))
    }

    /// Opens an answer's stream. The response is 200 and of the right type.
    pub(crate) async fn stream_generate(&self, model: &str, body: Bytes) -> Result<Response, Failure> {
        let mut url = self.url(&["models", &format!("{}:streamGenerateContent", bare(model))]);
        url.set_query(Some("alt=sse"));
        let request = self.http.post(url).header(CONTENT_TYPE, "application/json").body(body);
        let idle = self.config.timeouts.idle;
        let response = tokio::time::timeout(idle, self.send(request))
            .await
            .unwrap_or_else(|_| Err(Failure::idle(idle)))?;
        // The status was looked at first: the API labels errors of this call as event streams too.
        let content_type = content_type(response.headers());
        if content_type.is_empty() || content_type.starts_with("text/event-stream") {
            return Ok(response);
        }
        Err(Failure::wrong_type(response.status().as_u16(), &content_type))
    }

    /// A short call that answers with JSON.
    pub(crate) async fn get<T: serde::de::DeserializeOwned>(
        &self,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<T, Failure> {
        let mut url = self.url(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        let request = self.http.get(url).timeout(self.config.timeouts.lookup);
        let response = self.send(request).await?;
        let status = response.status().as_u16();
        let content_type = content_type(response.headers());
        let body = response.bytes().await.map_err(Failure::from_transport)?;
        serde_json::from_slice(&body).map_err(|_| Failure::wrong_type(status, &content_type))
    }

    /// A short call that answers with nothing worth reading.
    pub(crate) async fn delete(&self, path: &[&str]) -> Result<(), Failure> {
        let request = self.http.delete(self.url(path)).timeout(self.config.timeouts.lookup);
        self.send(request).await.map(drop)
    }

    /// A request for [`send`](Self::send). It carries the key, so `url` is one of the client's own or went through
    /// [`upload_url`](Self::upload_url).
    pub(crate) fn post(&self, url: Url) -> RequestBuilder {
        self.http.post(url)
    }

    /// Where uploads begin: `{base}/upload/{version}/files`.
    pub(crate) fn uploads(&self) -> Url {
        let mut url = self.root.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().pop().extend(["upload", &self.config.api_version, "files"]);
        }
        url
    }

    /// Reads an address the API named for an upload. Only the configured endpoint and hosts of Google are let through:
    /// the file goes there, and the key with it.
    pub(crate) fn upload_url(&self, text: &str) -> Result<Url, Failure> {
        let refused = |what: &str| {
            Failure::new(NoticeCode::UnexpectedReply, format!("the address for the upload {what}"))
        };
        let url = Url::parse(text).map_err(|_| refused("is none"))?;
        let host = url.host_str().unwrap_or_default();
        let googles = url.scheme() == "https"
            && url.port().is_none()
            && (host == "googleapis.com" || host.ends_with(".googleapis.com"));
        if googles || url.origin() == self.root.origin() {
            return Ok(url);
        }
        Err(refused(&format!("leads to {host:?}, which is not Gemini's")))
    }

    /// Takes the key, and the proxy's password, out of what the other side said.
    pub(crate) fn without_key(&self, failure: Failure) -> Failure {
        let proxys = self.proxy.as_ref().and_then(|proxy| proxy.credentials.clone());
        let secrets = self.config.key.get().into_iter().chain(proxys);
        secrets.fold(failure, |failure, secret| failure.without(secret.expose_secret()))
    }

    /// Sends a request with the key. What is not 200 is a failure.
    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Response, Failure> {
        let key = self.key()?;
        let mut header = HeaderValue::from_str(key.expose_secret()).map_err(|_| {
            Failure::new(NoticeCode::KeyInvalid, "the key contains characters a key cannot have")
        })?;
        header.set_sensitive(true);
        let proxy = self.proxy.as_ref().map(|proxy| proxy.name.as_str());
        let sent = request.header("x-goog-api-key", header).send().await;
        let response = sent.map_err(|error| network::unreached(error, proxy))?;
        if response.status() == StatusCode::OK {
            return Ok(response);
        }
        if response.status() == StatusCode::PROXY_AUTHENTICATION_REQUIRED
            && let Some(proxy) = proxy
        {
            return Err(network::wants_password(proxy));
        }
        let status = response.status().as_u16();
        let content_type = content_type(response.headers());
        let retry_after = retry_after(response.headers());
        let body = start_of_body(response).await;
        tracing::debug!(status, content_type, bytes = body.len(), "the API refused");
        let failure = Failure::from_response(status, &content_type, retry_after, &body);
        // The key it was sent with: it may be another one by now.
        Err(self.without_key(failure.without(key.expose_secret())))
    }

    /// An address of the API: `{base}/{version}/{segments}`.
    pub(crate) fn url(&self, segments: &[&str]) -> Url {
        let mut url = self.root.clone();
        // Cannot fail: `root` only lets http and https through.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

/// A model's identifier without the resource prefix.
pub(crate) fn bare(model: &str) -> &str {
    model.strip_prefix("models/").unwrap_or(model)
}

fn root(config: &Config) -> Result<Url, ConfigError> {
    let invalid = || ConfigError::BaseUrl(config.base_url.clone());
    let base = config.base_url.trim().trim_end_matches('/');
    let base = base.strip_suffix(&config.api_version).unwrap_or(base).trim_end_matches('/');
    let mut root = Url::parse(base).map_err(|_| invalid())?;
    if !matches!(root.scheme(), "http" | "https") || root.host_str().is_none_or(str::is_empty) {
        return Err(invalid());
    }
    root.set_query(None);
    root.set_fragment(None);
    root.path_segments_mut().map_err(|()| invalid())?.pop_if_empty().extend([&config.api_version, ""]);
    Ok(root)
}

fn content_type(headers: &HeaderMap) -> String {
    let value = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().to_ascii_lowercase()
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

/// As much of an error's body as can be of use. A body that breaks off is still an error.
async fn start_of_body(response: Response) -> Bytes {
    let mut body = BytesMut::new();
    let mut chunks = response.bytes_stream();
    while let Some(Ok(chunk)) = chunks.next().await {
        body.extend_from_slice(&chunk);
        if body.len() >= LONGEST_ERROR_BODY {
            break;
        }
    }
    body.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(base_url: &str) -> Result<Client, ConfigError> {
        Client::new(Config { base_url: base_url.into(), ..Config::new(SharedKey::default()) })
    }

    #[test]
    fn addresses_are_built_whatever_the_base_ends_with() {
        for base in
            ["https://example.test/gate", "https://example.test/gate/", " https://example.test/gate/v1beta/ "]
        {
            let url = at(base).unwrap().url(&["models", "gemini-3.8-flash:streamGenerateContent"]);
            assert_eq!(
                url.as_str(),
                "https://example.test/gate/v1beta/models/gemini-3.8-flash:streamGenerateContent"
            );
        }
        let odd = at(Config::GOOGLE).unwrap().url(&["models", "a/../b?c"]);
        assert_eq!(odd.path(), "/v1beta/models/a%2F..%2Fb%3Fc");
    }

    #[test]
    fn uploads_begin_beside_the_version() {
        let client = at("https://example.test/gate/v1beta").unwrap();
        assert_eq!(client.uploads().as_str(), "https://example.test/gate/upload/v1beta/files");
        assert_eq!(at(Config::GOOGLE).unwrap().uploads().path(), "/upload/v1beta/files");
    }

    #[test]
    fn uploads_go_to_the_endpoint_or_to_google_and_nowhere_else() {
        let client = at("http://127.0.0.1:4010/gate").unwrap();
        for (address, trusted) in [
            ("http://127.0.0.1:4010/upload/v1beta/files?upload_id=a", true),
            ("https://generativelanguage.googleapis.com/upload/v1beta/files?upload_id=a", true),
            ("https://googleapis.com/upload", true),
            ("http://127.0.0.1:4011/upload", false),
            ("https://127.0.0.1:4010/upload", false),
            ("http://generativelanguage.googleapis.com/upload", false),
            ("https://generativelanguage.googleapis.com:8443/upload", false),
            ("https://googleapis.com@example.test/upload", false),
            ("https://evilgoogleapis.com/upload", false),
            ("https://googleapis.com.example.test/upload", false),
            ("/upload/v1beta/files?upload_id=a", false),
            ("file:///etc/passwd", false),
            ("", false),
        ] {
            let told = client.upload_url(address);
            assert_eq!(told.is_ok(), trusted, "{address}");
            if let Err(failure) = told {
                assert_eq!(failure.error.notice.code, NoticeCode::UnexpectedReply);
            }
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        for base in ["", "generativelanguage.googleapis.com", "ftp://example.test", "file:///etc", "https://"]
        {
            assert!(matches!(at(base), Err(ConfigError::BaseUrl(_))), "{base:?}");
        }
    }
}
