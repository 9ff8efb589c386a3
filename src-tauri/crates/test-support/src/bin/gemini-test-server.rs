//! The Gemini test server by hand: try Castor without a key.

use clap::Parser;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;
use test_support::GeminiServer;

/// A Gemini API on this computer that reports, in Markdown, what it received. Nothing leaves the machine.
#[derive(Parser)]
struct Arguments {
    /// Port on the loopback interface; 0 takes a free one.
    #[arg(long, default_value_t = 4010)]
    port: u16,
    /// Milliseconds between the pieces of an answer.
    #[arg(long, default_value_t = 40)]
    delay_ms: u64,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let server = GeminiServer::start_on(address, Duration::from_millis(arguments.delay_ms)).await?;
    println!("{}", server.base_url());
    println!(
        "In Castor's settings, enter this address as Gemini's base URL and any key but `bad`. \
         Ask to \"show markdown\" for a table, code and maths; switch on the search, links, code or a schema to see each. \
         Ctrl+C stops the server."
    );
    server.run().await;
    Ok(())
}
