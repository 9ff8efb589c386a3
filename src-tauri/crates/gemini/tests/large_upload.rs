//! A large file is uploaded in constant memory. Alone in its binary: peak memory is a matter of the whole process, here of
//! the client and the server together.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use gemini::{Config, Gemini, RetryPolicy, SharedKey, Upload};
use sha2::{Digest, Sha256};
use std::time::Duration;
use test_support::GeminiServer;
use test_support::gemini_server::{ChunkFault, UploadScript};
use tokio_util::sync::CancellationToken;

const MIB: u64 = 1024 * 1024;
const SIZE: u64 = 300 * MIB + 1;
const CHUNK: u64 = 8 * MIB;
/// Most growth of the process, in bytes: a few chunks and what the allocator keeps.
const ALLOWED: u64 = 64 * MIB;

/// The most memory this process ever had, in bytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
}

fn sha256_of_zeros(size: u64) -> String {
    let (zeros, mut hasher) = (vec![0; MIB as usize], Sha256::new());
    for _ in 0..size / MIB {
        hasher.update(&zeros);
    }
    hasher.update(&zeros[..(size % MIB) as usize]);
    format!("{:x}", hasher.finalize())
}

#[tokio::test]
async fn three_hundred_megabytes_over_a_breaking_connection_take_constant_memory() {
    // Sparse: it takes no room on the disk.
    let file = tempfile::NamedTempFile::new().unwrap();
    file.as_file().set_len(SIZE).unwrap();
    let expected = sha256_of_zeros(SIZE);
    let server = GeminiServer::start().await.unwrap();
    let faults = vec![
        ChunkFault::Disconnect { at: 5, after: 3 * MIB },
        ChunkFault::LoseReply { at: 20 },
        ChunkFault::Disconnect { at: 30, after: 1 },
    ];
    server.script_uploads([UploadScript { faults, ..UploadScript::default() }]);
    let retry = RetryPolicy { first_delay: Duration::from_millis(1), ..RetryPolicy::default() };
    let key = SharedKey::new(Some("AQ.key".into()));
    let config = Config { base_url: server.base_url(), retry, ..Config::new(key) };
    let gemini = Gemini::new(config).unwrap();

    let before = peak();
    let upload = Upload::new(file.path(), "application/octet-stream");
    let done = gemini.upload(upload, |_| {}, CancellationToken::new()).await.unwrap().unwrap();
    let growth = peak() - before;

    assert_eq!(done.sha256, expected);
    let received = server.uploads().remove(0);
    assert_eq!((received.arrived, received.sha256), (SIZE, expected));
    assert!(received.carried <= SIZE + 2 * CHUNK, "{} bytes were sent", received.carried);
    println!("peak memory grew by {} KiB", growth / 1024);
    assert!(growth < ALLOWED, "peak memory grew by {growth} bytes");
}
