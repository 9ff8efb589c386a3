//! A network that is cut off, and watched: whoever wants to reach anything reaches this instead.

use super::app::Launch;
use super::desktop::Desktop;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Takes every connection, counts it and hangs up.
pub struct CutOffNetwork {
    address: SocketAddr,
    attempts: Arc<AtomicUsize>,
}

impl CutOffNetwork {
    /// Starts watching.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let attempts = Arc::new(AtomicUsize::new(0));
        let count = attempts.clone();
        // Ends with the test's process.
        std::thread::spawn(move || {
            for _connection in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
            }
        });
        Self { address, attempts }
    }

    /// How to start Castor on it: its endpoint and every proxy are this.
    pub fn launch(&self) -> Launch {
        self.variables().into_iter().fold(Launch::default(), |launch, (name, value)| launch.with(name, value))
    }

    /// Waits for the list of models to be asked for, as it is at the start with a key, and forgets it: it is no part of a
    /// conversation.
    pub fn forget_the_start(&self) {
        super::desktop::patiently("the list of models is asked for", || {
            self.attempts.load(Ordering::SeqCst) > 0
        });
        self.attempts.store(0, Ordering::SeqCst);
    }

    /// Asserts that nothing was tried until now, and that a try would have been seen.
    pub fn assert_untouched(&self, desktop: &Desktop) {
        assert_eq!(self.attempts.load(Ordering::SeqCst), 0, "connections were tried");
        let mut asked = desktop.command(super::app::CASTOR);
        asked.envs(self.variables()).env("GEMINI_API_KEY", super::server::KEY);
        asked.args(["ask", "--mind", "gemini", "Is anyone there?"]).output().unwrap();
        assert!(self.attempts.load(Ordering::SeqCst) > 0, "what is tried is seen");
    }

    fn variables(&self) -> Vec<(&'static str, String)> {
        let address = format!("http://{}", self.address);
        let names = ["CASTOR_GEMINI_BASE_URL", "http_proxy", "https_proxy", "all_proxy"];
        let mut variables: Vec<_> = names.map(|name| (name, address.clone())).into();
        // The web view's driver reaches it by the loopback.
        variables.push(("no_proxy", "127.0.0.1,localhost".to_owned()));
        variables
    }
}
