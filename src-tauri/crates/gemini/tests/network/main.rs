//! The client on its way to the endpoint: through proxies of every kind, past certificates of an authority of our own,
//! and what a person is told where the way ends. Neither the key nor a proxy's password is ever in it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod counterparts;

use conversation::{
    GenerateEvent, GenerateRequest, NoticeCode, Provider, ProviderError, RequestPart, RequestTurn, Role,
};
use counterparts::{Manners, TestProxy, TlsFront, authority, closed_address, silent_address};
use futures::StreamExt;
use gemini::{Config, ConfigError, DEFAULT_MODEL, Gemini, Network, Proxy, RetryPolicy, SharedKey, Timeouts};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;
use test_support::GeminiServer;
use tokio_util::sync::CancellationToken;

const KEY: &str = "AQ.a-persons-secret-key";
const USER: &str = "me";
const PASSWORD: &str = "open-sesame";

/// A name no resolver knows: who reaches it went through a proxy.
const FAR: &str = "http://gemini.test";
const FAR_TLS: &str = "https://gemini.test";

fn config(base_url: &str, network: Network) -> Config {
    let retry = RetryPolicy { first_delay: Duration::from_millis(1), ..RetryPolicy::default() };
    Config { base_url: base_url.into(), retry, network, ..Config::new(SharedKey::new(Some(KEY.into()))) }
}

fn client(base_url: &str, network: Network) -> Gemini {
    Gemini::new(config(base_url, network)).unwrap()
}

fn by(proxy: impl Into<String>) -> Network {
    Network { proxy: Proxy::Manual(proxy.into()), extra_ca: None }
}

fn trusting(path: PathBuf) -> Network {
    Network { proxy: Proxy::None, extra_ca: Some(path) }
}

fn address(server: &GeminiServer) -> SocketAddr {
    server.base_url().trim_start_matches("http://").parse().unwrap()
}

fn detail(error: &ProviderError) -> &str {
    error.notice.detail.as_deref().unwrap_or_default()
}

/// Asks as the app does; gives the retries before the error, or the text.
async fn ask(gemini: &Gemini) -> Result<String, (usize, ProviderError)> {
    let request = GenerateRequest {
        model: DEFAULT_MODEL.into(),
        turns: vec![RequestTurn {
            role: Role::User,
            parts: vec![RequestPart::Text("hello".into())],
            raw: None,
        }],
        ..GenerateRequest::default()
    };
    let mut events = gemini.stream(request, CancellationToken::new()).await.map_err(|error| (0, error))?;
    let (mut text, mut retries) = (String::new(), 0);
    while let Some(event) = events.next().await {
        match event.map_err(|error| (retries, error))? {
            GenerateEvent::Text(more) => text.push_str(&more),
            GenerateEvent::Retrying(_) => retries += 1,
            _ => {}
        }
    }
    Ok(text)
}

#[tokio::test]
async fn a_plain_endpoint_is_asked_through_the_proxy() {
    let server = GeminiServer::start().await.unwrap();
    let proxy = TestProxy::start(Manners::Open, address(&server)).await;
    let text = ask(&client(FAR, by(proxy.url("http")))).await.unwrap();
    assert!(text.contains("hello"), "{text}");
    assert_eq!(server.requests().len(), 1);
    let head = &proxy.heads()[0];
    let line = format!("POST {FAR}/v1beta/models/{DEFAULT_MODEL}:streamGenerateContent?alt=sse HTTP/1.1");
    assert_eq!(head.lines().next(), Some(line.as_str()), "the address in full");
    assert!(!head.to_ascii_lowercase().contains("proxy-authorization"), "{head}");
}

#[tokio::test]
async fn an_endpoint_with_tls_is_asked_through_a_tunnel_that_hides_the_key() {
    let server = GeminiServer::start().await.unwrap();
    let authority = authority();
    let front = TlsFront::start(&authority, address(&server)).await;
    let proxy = TestProxy::start(Manners::Open, front.address).await;
    let network = Network { extra_ca: Some(authority.pem_file()), ..by(proxy.url("http")) };
    let text = ask(&client(FAR_TLS, network)).await.unwrap();
    assert!(text.contains("hello"), "{text}");
    let head = &proxy.heads()[0];
    assert!(head.starts_with("CONNECT gemini.test:443 HTTP/1.1\r\n"), "{head}");
    assert!(!head.contains(KEY), "{head}");
}

#[tokio::test]
async fn a_proxy_may_want_tls_itself() {
    let server = GeminiServer::start().await.unwrap();
    let authority = authority();
    let proxy = TestProxy::start(Manners::Open, address(&server)).await;
    let front = TlsFront::start(&authority, proxy.address).await;
    let url = format!("https://localhost:{}", front.address.port());
    let network = Network { extra_ca: Some(authority.pem_file()), ..by(url) };
    client(FAR, network).check_key().await.unwrap();
    assert_eq!(proxy.heads().len(), 1);
}

#[tokio::test]
async fn user_name_and_password_reach_the_proxy() {
    let server = GeminiServer::start().await.unwrap();
    let authority = authority();
    let front = TlsFront::start(&authority, address(&server)).await;
    for (base_url, upstream) in [(FAR, address(&server)), (FAR_TLS, front.address)] {
        let proxy = TestProxy::start(Manners::Password, upstream).await;
        let network =
            Network { extra_ca: Some(authority.pem_file()), ..by(proxy.url_with("http", USER, PASSWORD)) };
        client(base_url, network).check_key().await.unwrap();
        // base64 of me:open-sesame
        assert!(proxy.heads()[0].contains("Basic bWU6b3Blbi1zZXNhbWU="), "{:?}", proxy.heads());
    }
}

#[tokio::test]
async fn socks_proxies_are_spoken_to() {
    let server = GeminiServer::start().await.unwrap();
    let proxy = TestProxy::start(Manners::Socks, address(&server)).await;
    client(FAR, by(proxy.url_with("socks5h", USER, PASSWORD))).check_key().await.unwrap();
    assert_eq!(proxy.heads(), ["gemini.test"], "the name is left to the proxy");

    let error = client(FAR, by(proxy.url_with("socks5h", USER, "wrong"))).check_key().await.unwrap_err();
    assert_eq!(error.notice.code, NoticeCode::Offline);
    assert!(detail(&error).contains(&proxy.address.to_string()), "{error}");
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_named_and_not_asked_again() {
    let server = GeminiServer::start().await.unwrap();
    let proxy = TestProxy::start(Manners::Password, address(&server)).await;
    for base_url in [FAR, FAR_TLS] {
        for url in [proxy.url("http"), proxy.url_with("http", USER, "wrong-sesame")] {
            let before = proxy.heads().len();
            let (retries, error) = ask(&client(base_url, by(url))).await.unwrap_err();
            assert_eq!((error.notice.code, error.status), (NoticeCode::Offline, Some(407)));
            let expected = format!("the proxy {} asks for a user name and password", proxy.address);
            assert!(detail(&error).starts_with(&expected), "{error}");
            assert!(!format!("{error:?}").contains("sesame"), "{error:?}");
            assert_eq!((retries, proxy.heads().len() - before), (0, 1), "{base_url}");
        }
    }
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn a_proxy_that_is_down_is_told_from_being_offline() {
    let closed = closed_address();
    for base_url in [FAR, FAR_TLS] {
        for scheme in ["http", "socks5h"] {
            let url = format!("{scheme}://{USER}:{PASSWORD}@{closed}");
            let (retries, error) = ask(&client(base_url, by(url))).await.unwrap_err();
            assert_eq!(error.notice.code, NoticeCode::Offline);
            let expected = format!("the proxy {closed} cannot be reached");
            assert!(detail(&error).starts_with(&expected), "{scheme} {base_url} {error}");
            assert!(!format!("{error:?}").contains(PASSWORD), "{error:?}");
            assert_eq!(retries, 4, "it may come back");
        }
    }
    let error = client(FAR, by("http://no-such-proxy.test:8080")).check_key().await.unwrap_err();
    assert!(detail(&error).starts_with("the proxy no-such-proxy.test:8080 cannot be reached"), "{error}");
    // Whose name it is that nobody knows must not be mixed up: with socks5 the endpoint's is looked up here.
    let server = GeminiServer::start().await.unwrap();
    let proxy = TestProxy::start(Manners::Socks, address(&server)).await;
    let error = client(FAR, by(proxy.url_with("socks5", USER, PASSWORD))).check_key().await.unwrap_err();
    assert!(!detail(&error).contains("cannot be reached"), "{error}");
    // Without a proxy nothing is said of one.
    let direct = client(FAR, Network { proxy: Proxy::None, extra_ca: None });
    let error = direct.check_key().await.unwrap_err();
    assert_eq!(error.notice.code, NoticeCode::Offline);
    assert!(!detail(&error).contains("proxy"), "{error}");
}

#[tokio::test]
async fn a_proxy_that_forbids_the_connection_says_so() {
    let server = GeminiServer::start().await.unwrap();
    let proxy = TestProxy::start(Manners::Forbid, address(&server)).await;
    let error = client(FAR_TLS, by(proxy.url("http"))).check_key().await.unwrap_err();
    assert_eq!(error.notice.code, NoticeCode::Offline);
    let expected = format!("the proxy {} does not let the connection through", proxy.address);
    assert!(detail(&error).starts_with(&expected), "{error}");
}

#[tokio::test]
async fn this_computer_is_reached_directly_whatever_the_proxy() {
    let server = GeminiServer::start().await.unwrap();
    let network = by(format!("http://{}", closed_address()));
    client(&server.base_url(), network).check_key().await.unwrap();
}

#[tokio::test]
async fn an_authority_of_ones_own_is_trusted_when_its_file_is_given() {
    let server = GeminiServer::start().await.unwrap();
    let (authority, other) = (authority(), authority());
    let front = TlsFront::start(&authority, address(&server)).await;
    let base_url = format!("https://127.0.0.1:{}", front.address.port());

    for network in [Network::default(), trusting(other.pem_file())] {
        let (retries, error) = ask(&client(&base_url, network)).await.unwrap_err();
        assert_eq!(error.notice.code, NoticeCode::Offline);
        assert!(detail(&error).starts_with("the certificate is not trusted"), "{error}");
        assert!(detail(&error).contains("UnknownIssuer"), "{error}");
        assert_eq!(retries, 0, "it does not become trusted by asking again");
    }
    assert!(server.requests().is_empty());

    let both = authority.file("both.pem", format!("{}# ours\n{}", other.pem(), authority.pem()).as_bytes());
    for path in [authority.pem_file(), authority.file("ca.der", authority.der()), both] {
        let text = ask(&client(&base_url, trusting(path.clone()))).await.unwrap();
        assert!(text.contains("hello"), "{path:?} {text}");
    }
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let server = GeminiServer::start().await.unwrap();
    let authority = authority();
    let front = TlsFront::start(&authority, address(&server)).await;
    let proxy = TestProxy::start(Manners::Open, front.address).await;
    let network = Network { extra_ca: Some(authority.pem_file()), ..by(proxy.url("http")) };
    let error = client("https://elsewhere.test", network).check_key().await.unwrap_err();
    let expected = format!("the certificate (through the proxy {}) is not trusted", proxy.address);
    assert!(detail(&error).starts_with(&expected), "{error}");
}

#[test]
fn what_is_wrong_with_the_settings_is_told_when_the_client_is_made() {
    let authority = authority();
    let refused = |network: Network| Gemini::new(config(FAR, network)).unwrap_err();

    let error = refused(by("http://me:12/sesame@proxy.test"));
    assert!(matches!(error, ConfigError::ProxyAddress), "{error}");
    assert!(error.to_string().contains("http://proxy.example:8080"), "{error}");
    assert!(!format!("{error} {error:?}").contains("sesame"), "{error:?}");

    let missing = authority.file("there.pem", b"").with_file_name("not-there.pem");
    let error = refused(trusting(missing.clone()));
    assert!(matches!(&error, ConfigError::CaUnreadable { path, .. } if *path == missing), "{error}");
    assert!(
        error.to_string().contains("not-there.pem") && error.to_string().contains("check where it is"),
        "{error}"
    );

    let key_only = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIA==\n-----END PRIVATE KEY-----\n";
    let no_certificate = "-----BEGIN CERTIFICATE-----\naGVsbG8=\n-----END CERTIFICATE-----\n";
    let broken = "-----BEGIN CERTIFICATE-----\n?\n";
    let cut = &authority.der()[..100];
    for content in
        [&b""[..], b"hello", key_only.as_bytes(), no_certificate.as_bytes(), broken.as_bytes(), cut]
    {
        let path = authority.file("odd", content);
        let error = refused(trusting(path.clone()));
        assert!(
            matches!(&error, ConfigError::CaUnusable { path: told } if *told == path),
            "{error} {content:?}"
        );
        assert!(error.to_string().contains("choose the PEM or DER file"), "{error}");
    }
}

#[tokio::test]
async fn a_connection_that_is_never_made_ends_in_time() {
    let address = silent_address().await;
    let timeouts = Timeouts { connect: Duration::from_millis(100), ..Timeouts::default() };
    // The one is silent in the TLS handshake, the other as a proxy.
    for (base_url, network) in [
        (format!("https://{address}"), Network::default()),
        (FAR_TLS.into(), by(format!("http://{address}"))),
    ] {
        let retry = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
        let gemini = Gemini::new(Config { timeouts, retry, ..config(&base_url, network) }).unwrap();
        let (_, error) =
            tokio::time::timeout(Duration::from_secs(5), ask(&gemini)).await.expect("in time").unwrap_err();
        assert_eq!(error.notice.code, NoticeCode::Offline, "{error}");
        assert!(detail(&error).contains("timed out"), "{error}");
        let named = detail(&error).contains("through the proxy");
        assert_eq!(named, base_url == FAR_TLS, "{error}");
    }
}

/// Everything written to the `log` crate, which the HTTP client uses, by all tests of this file.
struct Log(Mutex<String>);

static LOG: Log = Log(Mutex::new(String::new()));

impl log::Log for Log {
    fn enabled(&self, _: &log::Metadata) -> bool {
        true
    }

    fn log(&self, record: &log::Record) {
        let line = format!("{} {}\n", record.target(), record.args());
        self.0.lock().unwrap().push_str(&line);
    }

    fn flush(&self) {}
}

#[tokio::test]
async fn neither_key_nor_password_is_in_a_log_an_error_or_debug_output() {
    log::set_logger(&LOG).unwrap();
    log::set_max_level(log::LevelFilter::Trace);
    let traced = std::sync::Arc::new(Mutex::new(Vec::new()));
    let sink = traced.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || counterparts::Sink(sink.clone()))
        .finish();
    let _guard = tracing::subscriber::set_default(subscriber);

    let server = GeminiServer::start().await.unwrap();
    let authority = authority();
    let front = TlsFront::start(&authority, address(&server)).await;
    let mut printed = String::new();
    for (manners, upstream) in [
        (Manners::Password, address(&server)),
        (Manners::Password, front.address),
        (Manners::Echo, address(&server)),
        (Manners::Socks, address(&server)),
        (Manners::Forbid, front.address),
    ] {
        let proxy = TestProxy::start(manners, upstream).await;
        let scheme = if manners == Manners::Socks { "socks5h" } else { "http" };
        let base_url = if upstream == front.address { FAR_TLS } else { FAR };
        let network =
            Network { extra_ca: Some(authority.pem_file()), ..by(proxy.url_with(scheme, USER, PASSWORD)) };
        let gemini = client(base_url, network.clone());
        let heard = ask(&gemini).await;
        printed =
            format!("{printed}{gemini:?} {network:?} {:?} {heard:?}\n", config(base_url, network.clone()));
        if let Err((_, error)) = heard {
            printed = format!("{printed}{error} {error:?}\n");
        }
    }
    let down = client(FAR, by(format!("http://{USER}:{PASSWORD}@{}", closed_address())));
    printed = format!("{printed}{down:?} {:?}\n", down.check_key().await);

    let logged = LOG.0.lock().unwrap().clone();
    let traced = String::from_utf8(traced.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("intercepts"), "the client's log is not looked at: {logged}");
    assert!(traced.contains("the API refused"), "Castor's log is not looked at: {traced}");
    assert!(printed.contains("[key]"), "the echo is not looked at: {printed}");
    for text in [printed, logged, traced] {
        for secret in [KEY, PASSWORD, "bWU6b3Blbi1zZXNhbWU"] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}

/// The environment belongs to a process, so the tests of it run in one of their own.
fn in_a_process(test: &str, proxy: &str, endpoint: &str) {
    let exe = std::env::current_exe().unwrap();
    let mut command = std::process::Command::new(exe);
    for name in ["HTTPS_PROXY", "https_proxy", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY", "http_proxy"]
    {
        command.env_remove(name);
    }
    let command =
        command.args(["--exact", test, "--ignored"]).env("HTTP_PROXY", proxy).env("ENDPOINT", endpoint);
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environments_proxy_is_used_named_and_can_be_refused() {
    let server = GeminiServer::start().await.unwrap();
    let proxy = TestProxy::start(Manners::Password, address(&server)).await;
    let with_password = proxy.url_with("http", USER, PASSWORD);
    in_a_process("child_asks_through_the_environments_proxy", &with_password, &server.base_url());
    assert_eq!(proxy.heads().len(), 1, "neither this computer nor a client without a proxy goes through it");
    in_a_process("child_is_told_of_the_environments_proxy", &proxy.url("http"), &server.base_url());
}

#[tokio::test]
#[ignore = "run by the_environments_proxy_is_used_named_and_can_be_refused, in an environment of its own"]
async fn child_asks_through_the_environments_proxy() {
    client(FAR, Network::default()).check_key().await.unwrap();
    client(&std::env::var("ENDPOINT").unwrap(), Network::default()).check_key().await.unwrap();
    let direct = client(FAR, Network { proxy: Proxy::None, extra_ca: None });
    assert_eq!(direct.check_key().await.unwrap_err().notice.code, NoticeCode::Offline);
}

#[tokio::test]
#[ignore = "run by the_environments_proxy_is_used_named_and_can_be_refused, in an environment of its own"]
async fn child_is_told_of_the_environments_proxy() {
    let error = client(FAR, Network::default()).check_key().await.unwrap_err();
    let proxy = std::env::var("HTTP_PROXY").unwrap().replace("http://", "");
    assert!(detail(&error).starts_with(&format!("the proxy {proxy} asks for")), "{error}");
}
