//! `castor models`: what the models of this computer are, and fetching them with a progress bar.

use super::{Exit, ModelsAction};
use crate::error::CastorError;
use crate::state::Castor;
use conversation::{ModelState, Provider};
use local::{FetchProgress, FetchStage, LocalConfig, LocalMind};
use std::io::{IsTerminal, Write};
use tokio_util::sync::CancellationToken;

pub(super) async fn run(castor: Castor, action: ModelsAction) -> Exit {
    let result = match action {
        ModelsAction::List => list(&castor).await,
        ModelsAction::Fetch { id, dir } => match dir.map(LocalConfig::new).transpose() {
            Ok(Some(config)) => fetch(&LocalMind::new(config), &id).await,
            Ok(None) => fetch(&castor.local, &id).await,
            Err(error) => Err(error.into()),
        },
        ModelsAction::Remove { id } => castor.local.delete(&id).await.map_err(CastorError::from),
    };
    match result {
        Ok(()) => Exit::Fine,
        Err(error) => {
            eprintln!("castor: {error}");
            Exit::Failed
        }
    }
}

async fn list(castor: &Castor) -> Result<(), CastorError> {
    let models = castor.local.models().await?.into_iter().map(|model| (model.id, model.name, model.state));
    let sets = castor.local.recognisers().into_iter().map(|set| (set.id, set.name, set.state));
    let speech = castor.local.speech().offers().into_iter().map(|model| (model.id, model.name, model.state));
    for (id, name, state) in models.chain(sets).chain(speech) {
        let state = match state {
            ModelState::Ready => "ready".to_owned(),
            ModelState::NotFetched { bytes, have: 0 } => format!("not here, {}", megabytes(bytes)),
            ModelState::NotFetched { bytes, have } => {
                format!("{} of {} here", megabytes(have), megabytes(bytes))
            }
            ModelState::NeedsKey => "needs a key".to_owned(),
        };
        println!("{id}\t{name}\t{state}");
    }
    Ok(())
}

async fn fetch(mind: &LocalMind, id: &str) -> Result<(), CastorError> {
    let cancel = CancellationToken::new();
    let on_interrupt = tokio::spawn({
        let cancel = cancel.clone();
        async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                cancel.cancel();
            }
        }
    });
    let line = ProgressLine::new();
    let paths = mind.fetch(id, move |progress| line.show(&progress), &cancel).await;
    on_interrupt.abort();
    if std::io::stderr().is_terminal() {
        eprintln!();
    }
    for path in paths? {
        println!("{}", path.display());
    }
    Ok(())
}

/// One line on the terminal, rewritten in place; a line every tenth where nobody watches.
struct ProgressLine {
    terminal: bool,
    last_tenth: std::sync::atomic::AtomicU64,
}

impl ProgressLine {
    fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), last_tenth: u64::MAX.into() }
    }

    fn show(&self, progress: &FetchProgress) {
        use std::sync::atomic::Ordering;
        let hundredths = progress.have * 100 / progress.total.max(1);
        let words = format!(
            "castor: {} {} of {} ({hundredths} %)",
            stage(progress),
            megabytes(progress.have),
            megabytes(progress.total),
        );
        if self.terminal {
            let mut line = std::io::stderr().lock();
            // A terminal that went away needs no progress.
            drop(write!(line, "\r\x1b[2K{words}").and_then(|()| line.flush()));
        } else if self.last_tenth.swap(hundredths / 10, Ordering::Relaxed) != hundredths / 10 {
            eprintln!("{words}");
        }
    }
}

fn stage(progress: &FetchProgress) -> String {
    match progress.stage {
        FetchStage::Connecting => format!("asking {},", progress.source),
        FetchStage::Downloading => format!("fetching from {},", progress.source),
        FetchStage::Verifying => "checking".to_owned(),
    }
}

fn megabytes(bytes: u64) -> String {
    format!("{} MB", bytes.div_ceil(1_000_000))
}
