//! The command line: `castor ask`, `castor read`, `castor transcribe`, `castor models` and `castor doctor`, for which no display
//! is needed, and `castor quick`, which opens a window.
//!
//! Exit codes: 0 all is well; 1 the answer failed; 2 wrong usage; 3 no key, or it is not accepted; 4 the endpoint cannot
//! be reached; 5 question or answer blocked; 6 the local model is not here; 7 a file cannot be used; 8 the answer is
//! incomplete.

mod ask;
mod doctor;
mod models;
mod options;
mod read;
mod transcribe;

use crate::error::CastorError;
use crate::state::Castor;
use crate::window::First;
use clap::{Args, Parser, Subcommand, ValueEnum};
use conversation::{Mind, Notice, NoticeCode};
use std::path::PathBuf;
use std::process::ExitCode;

const EXIT_CODES: &str = "\
Exit codes:
  0  all is well
  1  the answer failed
  2  wrong usage
  3  no key, or the key is not accepted
  4  the endpoint cannot be reached
  5  the question or the answer was blocked
  6  the local model is not here (castor models fetch)
  7  a file cannot be used
  8  the answer is incomplete";

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    Fine = 0,
    Failed = 1,
    Key = 3,
    Unreachable = 4,
    Blocked = 5,
    ModelMissing = 6,
    File = 7,
    Incomplete = 8,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    fn of(code: NoticeCode) -> Self {
        match code {
            NoticeCode::KeyMissing | NoticeCode::KeyInvalid | NoticeCode::KeyForbidden => Self::Key,
            NoticeCode::Offline | NoticeCode::TimedOut => Self::Unreachable,
            NoticeCode::PromptBlocked | NoticeCode::AnswerBlocked => Self::Blocked,
            NoticeCode::ModelMissing => Self::ModelMissing,
            NoticeCode::CutOff | NoticeCode::LengthLimit | NoticeCode::Interrupted => Self::Incomplete,
            NoticeCode::FileUnusable => Self::File,
            _ => Self::Failed,
        }
    }
}

/// What the program was started with.
#[derive(Debug)]
pub enum Arguments {
    /// Open a window.
    Window(First),
    /// Run one command and end.
    Command(Command),
}

#[derive(Debug, Parser)]
#[command(
    name = "castor",
    version,
    about = "Ask about pictures and text with Gemini or a model on this computer",
    long_about = "Opens the window; files named here are attached to the next question. With a command, works in the terminal.",
    after_help = EXIT_CODES,
    args_conflicts_with_subcommands = true
)]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    /// Files to attach in the window
    files: Vec<PathBuf>,
}

/// One command of the command line.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Ask a question, about files if any are named, and read the answer as it comes
    #[command(after_help = EXIT_CODES)]
    Ask(AskArguments),
    /// Print the text of a picture, read on this computer
    #[command(after_help = EXIT_CODES)]
    Read(ReadArguments),
    /// Print what is said in a recording, heard on this computer
    #[command(after_help = EXIT_CODES)]
    Transcribe(TranscribeArguments),
    /// List, fetch or remove the models of this computer
    Models {
        /// What to do.
        #[command(subcommand)]
        action: ModelsAction,
    },
    /// Try everything Castor works with, and say what does not work and what to do about it
    #[command(after_help = "Exit code 0 when everything works or can be done without, otherwise 1.")]
    Doctor {
        /// Print one JSON list of findings
        #[arg(long)]
        json: bool,
    },
    /// Open the quick-ask window: for the keyboard settings of a desktop that gives applications no keys of their own
    Quick {
        /// Choose a part of the screen first
        #[arg(long)]
        region: bool,
    },
}

/// Which mind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum MindName {
    /// The Gemini API
    Gemini,
    /// A model on this computer
    Local,
}

impl From<MindName> for Mind {
    fn from(name: MindName) -> Self {
        match name {
            MindName::Gemini => Self::Gemini,
            MindName::Local => Self::Local,
        }
    }
}

/// `castor ask`.
#[derive(Debug, Args)]
pub struct AskArguments {
    /// Which mind answers [default: Gemini when a key is known, otherwise local]
    #[arg(long, value_enum)]
    mind: Option<MindName>,
    /// Which model of that mind [default: its first]
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    /// Print one JSON object with the answer, the receipt and the usage instead of streaming text
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    options: OptionArguments,
    /// Print what would be sent and what it would cost, and send nothing
    #[arg(long)]
    preview: bool,
    /// Keep the conversation on this computer: a model elsewhere is refused
    #[arg(long)]
    local_only: bool,
    /// Where the Gemini API is [default: as set in the window, or Google's endpoint]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// Files to ask about, then the question; `-` reads the question from standard input
    #[arg(required = true, value_name = "FILE... QUESTION")]
    words: Vec<String>,
}

/// How the answer is to be made, and how files are looked at. A model that cannot do a thing leaves it out.
#[derive(Debug, Args)]
pub struct OptionArguments {
    /// How long the model thinks first
    #[arg(long, value_enum, value_name = "LEVEL")]
    thinking: Option<ThinkingName>,
    /// Let it search the web; sources follow the answer
    #[arg(long)]
    search: bool,
    /// Let it read the web pages whose addresses stand in the question
    #[arg(long)]
    links: bool,
    /// Let it write and run code
    #[arg(long)]
    code: bool,
    /// Have the answer as JSON of this JSON Schema
    #[arg(long, value_name = "FILE")]
    schema: Option<PathBuf>,
    /// How finely pictures, pages and videos are looked at
    #[arg(long, value_enum, value_name = "DETAIL")]
    detail: Option<DetailName>,
    /// Where the look at a video begins
    #[arg(long, value_name = "SECONDS")]
    from: Option<f64>,
    /// Where the look at a video ends
    #[arg(long, value_name = "SECONDS")]
    to: Option<f64>,
    /// Frames of a video that are looked at each second
    #[arg(long, value_name = "FRAMES")]
    fps: Option<f64>,
}

/// How long a model thinks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThinkingName {
    /// Hardly at all
    Minimal,
    /// Little
    Low,
    /// Some
    Medium,
    /// Long
    High,
}

/// How finely files are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DetailName {
    /// Coarsely
    Low,
    /// In between
    Medium,
    /// Finely
    High,
    /// As finely as can be; pictures only
    UltraHigh,
}

/// `castor read`.
#[derive(Debug, Args)]
pub struct ReadArguments {
    /// Print one JSON object with the lines, their boxes and scores, and everything else noted
    #[arg(long)]
    json: bool,
    /// The picture
    file: PathBuf,
}

/// `castor transcribe`.
#[derive(Debug, Args)]
pub struct TranscribeArguments {
    /// As what it is printed
    #[arg(long, value_enum, default_value = "txt")]
    format: TranscribeFormat,
    /// The language that is spoken, as `en` or `zh`; `auto` finds out
    #[arg(long, value_name = "LANGUAGE", default_value = "auto")]
    language: String,
    /// Which recogniser listens [default: as set in the window]
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    /// Leave Chinese as it was recognised, which may be in traditional characters
    #[arg(long)]
    traditional: bool,
    /// The recording, or any file with a sound track
    file: PathBuf,
}

/// As what a transcript is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TranscribeFormat {
    /// The words alone
    Txt,
    /// SubRip subtitles
    Srt,
    /// WebVTT subtitles
    Vtt,
    /// One JSON object with language, words and times
    Json,
}

/// `castor models …`.
#[derive(Debug, Subcommand)]
pub enum ModelsAction {
    /// List the models and whether they are here
    List,
    /// Fetch a model; goes on where an earlier fetch stopped
    Fetch {
        /// The model's identifier, as `list` prints it
        id: String,
        /// Where to keep it [default: Castor's models folder]
        #[arg(long)]
        dir: Option<PathBuf>,
    },
    /// Delete a fetched model
    Remove {
        /// The model's identifier
        id: String,
    },
}

impl Arguments {
    /// Reads the process's arguments; prints help, the version or a usage error itself and ends the process then.
    pub fn read() -> Self {
        let line = CommandLine::parse();
        match line.command {
            Some(Command::Quick { region: false }) => Self::Window(First::Quick),
            Some(Command::Quick { region: true }) => Self::Window(First::Region),
            Some(command) => Self::Command(command),
            None => {
                let files = line.files.into_iter().filter_map(|file| std::path::absolute(file).ok());
                Self::Window(First::Main(files.collect()))
            }
        }
    }
}

/// Runs one command to its end.
pub fn run(castor: Castor, command: Command) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return refuse_to_start(&CastorError::System(error.to_string())),
    };
    let exit = runtime.block_on(async {
        match command {
            Command::Ask(arguments) => ask::run(castor, arguments).await,
            Command::Read(arguments) => tokio::task::block_in_place(|| read::run(&castor, &arguments)),
            Command::Transcribe(arguments) => {
                tokio::task::block_in_place(|| transcribe::run(&castor, &arguments))
            }
            Command::Models { action } => models::run(castor, action).await,
            Command::Doctor { json } => doctor::run(castor, json).await,
            // Opens a window, and is no command of the terminal's: see `Arguments::read`.
            Command::Quick { .. } => Exit::Fine,
        }
    });
    // Answers on the local mind's thread need not be waited for.
    runtime.shutdown_background();
    exit.into()
}

/// Says why Castor cannot start.
pub fn refuse_to_start(error: &CastorError) -> ExitCode {
    eprintln!("castor: {error}");
    Exit::Failed.into()
}

/// A sentence for the terminal. The terminal speaks English; the window speaks the person's language.
fn sentence(notice: &Notice) -> String {
    let words = match notice.code {
        NoticeCode::KeyMissing => {
            "no Gemini key is known. Set GEMINI_API_KEY, or enter a key in the window's settings, or ask with --mind local"
        }
        NoticeCode::KeyInvalid => {
            "the Gemini key is not accepted. Check it in the settings or in GEMINI_API_KEY"
        }
        NoticeCode::KeyForbidden => "the Gemini key may not be used for this",
        NoticeCode::RegionOrBilling => "the Gemini API is not offered here, or needs billing to be set up",
        NoticeCode::BalanceEmpty => "the prepaid balance of the Gemini key is empty",
        NoticeCode::RateLimited => "too many requests just now. Try again in a moment",
        NoticeCode::QuotaExhausted => {
            "the quota of this key is used up. It returns tomorrow, or choose another model"
        }
        NoticeCode::Overloaded => "Gemini is overloaded. Try again, or choose another model",
        NoticeCode::ModelNotFound => "this model does not exist. See castor models list",
        NoticeCode::RequestRejected => "Gemini refused the request as malformed. This is a fault of Castor's",
        NoticeCode::RequestTooLarge => {
            "the question with its files is too large. Send fewer or smaller files"
        }
        NoticeCode::FileUnusable => {
            "Gemini cannot use one of the files: it is empty, damaged, or changed while it was sent"
        }
        NoticeCode::FileUnavailable => {
            "Gemini no longer has a file of this question. Ask again to upload it anew"
        }
        NoticeCode::Offline => "Gemini cannot be reached. Check the connection, or ask with --mind local",
        NoticeCode::TimedOut => "Gemini did not answer in time. Try again",
        NoticeCode::UnexpectedReply => {
            "something other than the Gemini API answered. Check the address and the network"
        }
        NoticeCode::PromptBlocked => "the question was blocked",
        NoticeCode::AnswerBlocked => "the answer was withheld",
        NoticeCode::EmptyAnswer => "the model ended without saying anything. Try again",
        NoticeCode::CutOff => "the answer was cut off",
        NoticeCode::LengthLimit => "the answer reached the model's length limit",
        NoticeCode::Interrupted => "the answer was interrupted",
        NoticeCode::ModelMissing => "the local model is not here yet. Fetch it with castor models fetch",
        NoticeCode::ModelUnusable => {
            "the local model's file is damaged or of a kind Castor cannot run. Fetch it again"
        }
        NoticeCode::OutOfMemory => {
            "there is not enough free memory for the local model. Close other programs or take a smaller one"
        }
        NoticeCode::ContextFull => "this is longer than the model can read. Shorten it",
        NoticeCode::LocalOnly => "this conversation stays on this computer. Ask with --mind local",
        NoticeCode::SpendingCap => {
            "this could pass what may be spent this month. Ask with --mind local, or raise the cap in the window's settings"
        }
        _ => "something inside Castor failed",
    };
    match &notice.detail {
        Some(detail) => format!("{words} ({detail})"),
        None => words.to_owned(),
    }
}
