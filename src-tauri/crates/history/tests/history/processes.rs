//! Real second processes: this very test binary, told by a variable what to do.

use crate::{question, store, streaming_answer, text};
use conversation::{ConversationId, MessageId, MessageStatus, NoticeCode};
use history::History;
use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

const FOLDER: &str = "CASTOR_TEST_FOLDER";
const ARGUMENT: &str = "CASTOR_TEST_ARGUMENT";

/// Runs the ignored test `name` of this file in a process of its own. What it prints comes by lines.
fn spawn(name: &str, folder: &Path, argument: &str) -> (Child, Lines<BufReader<ChildStdout>>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "--test-threads=1", &format!("processes::{name}")])
        .env(FOLDER, folder)
        .env(ARGUMENT, argument)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    (child, lines)
}

fn told() -> (History, String) {
    let folder = std::env::var_os(FOLDER).expect("run by another test");
    (History::open(Path::new(&folder)).unwrap(), std::env::var(ARGUMENT).unwrap())
}

/// The next line that begins with `word`, without it. The test harness prints lines of its own.
fn next(lines: &mut Lines<BufReader<ChildStdout>>, word: &str) -> String {
    loop {
        let line = lines.next().expect("the child ended early").unwrap();
        // The harness writes "test name ... " without a line end before the child's first line.
        if let Some(place) = line.find(word) {
            return line[place + word.len()..].trim().to_owned();
        }
    }
}

#[test]
#[ignore = "a child process of the tests below"]
fn child_that_answers_for_ever() {
    let (history, _) = told();
    let conversation = history.create_conversation("title", None, false).unwrap();
    let question = question(&conversation, None, "count");
    history.add_message(&question).unwrap();
    let answer = streaming_answer(&question);
    history.add_message(&answer).unwrap();
    println!("ANSWER {}", answer.id);
    for number in 0_u64.. {
        history.append_part(answer.id, &text(&format!("{number} "))).unwrap();
        println!("APPENDED {number}");
    }
}

#[test]
#[ignore = "a child process of the tests below"]
fn child_that_adds_messages() {
    let (history, conversation) = told();
    let conversation: ConversationId = conversation.parse().unwrap();
    let conversation = history.conversation(conversation).unwrap();
    println!("READY");
    for number in 0..200 {
        history.add_message(&question(&conversation, None, &number.to_string())).unwrap();
    }
    println!("DONE");
}

#[test]
fn a_killed_process_loses_nothing_it_had_appended() {
    let store = store();
    let (mut child, mut lines) = spawn("child_that_answers_for_ever", store.folder.path(), "");
    let answer: MessageId = next(&mut lines, "ANSWER ").parse().unwrap();
    let mut appended = 0;
    while appended < 50 {
        appended = next(&mut lines, "APPENDED ").parse().unwrap();
    }

    // It lives: neither the open store nor a second one takes its answer away.
    assert_eq!(store.history.recover().unwrap(), []);
    let second = History::open(store.folder.path()).unwrap();
    assert_eq!(second.message(answer).unwrap().status, MessageStatus::Streaming);

    // On Unix this is SIGKILL.
    child.kill().unwrap();
    child.wait().unwrap();
    for line in lines.map_while(Result::ok) {
        if let Some(number) = line.strip_prefix("APPENDED ").and_then(|number| number.parse().ok()) {
            appended = number;
        }
    }

    drop(store.history);
    drop(second);
    let history = History::open(store.folder.path()).unwrap();
    let recovered = history.message(answer).unwrap();
    assert_eq!(recovered.status, MessageStatus::Interrupted);
    assert_eq!(recovered.notice.as_ref().unwrap().code, NoticeCode::Interrupted);
    let told: String = (0..=appended).map(|number| number.to_string() + " ").collect();
    assert!(recovered.text().starts_with(&told), "{appended} appends were told, kept: {}", recovered.text());
}

#[test]
fn two_processes_write_at_once() {
    let store = store();
    let conversation = store.conversation();
    let (mut child, mut lines) =
        spawn("child_that_adds_messages", store.folder.path(), &conversation.id.to_string());
    next(&mut lines, "READY");
    for number in 0..200 {
        store.add(&conversation, None, &number.to_string());
    }
    next(&mut lines, "DONE");
    assert!(child.wait().unwrap().success());
    assert_eq!(store.history.messages(conversation.id).unwrap().len(), 400);
}

#[test]
fn several_processes_open_a_new_folder_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let children: Vec<_> = (0..4).map(|_| spawn("child_that_answers_for_ever", folder.path(), "")).collect();
    for (mut child, mut lines) in children {
        next(&mut lines, "ANSWER ");
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let history = History::open(folder.path()).unwrap();
    assert_eq!(history.conversations().unwrap().len(), 4);
}
