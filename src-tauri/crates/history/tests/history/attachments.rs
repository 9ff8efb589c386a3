//! Files: stored once, kept as long as something has them.

use crate::{Store, question, store};
use conversation::{Attachment, Conversation, MediaKind};
use history::{HistoryError, NewAttachment, Source};

impl Store {
    fn attach(&self, name: &str, source: Source<'_>) -> Attachment {
        self.history
            .add_attachment(NewAttachment {
                name,
                kind: MediaKind::Image,
                mime: "image/png",
                width: 4,
                height: 3,
                source,
            })
            .unwrap()
    }

    fn ask_about(&self, conversation: &Conversation, attachment: &Attachment) {
        let mut message = question(conversation, None, "what is this?");
        message.parts.insert(0, attachment.id.into());
        self.history.add_message(&message).unwrap();
        assert_eq!(self.history.message(message.id).unwrap(), message);
    }

    fn blobs(&self) -> usize {
        let folders = std::fs::read_dir(self.folder.path().join("blobs")).unwrap();
        folders.map(|folder| std::fs::read_dir(folder.unwrap().path()).unwrap().count()).sum()
    }
}

#[test]
fn the_same_bytes_are_stored_once() {
    let store = store();
    let file = store.folder.path().join("photo #1 照片.png");
    std::fs::write(&file, b"picture").unwrap();
    let first = store.attach("from memory.png", Source::Bytes(b"picture"));
    let second = store.attach("photo #1 照片.png", Source::File(&file));
    assert_eq!(first.hash, second.hash);
    assert_ne!(first.id, second.id);
    assert_eq!(second.bytes, 7);
    assert_eq!(store.blobs(), 1);
    assert_eq!(store.history.attachment(second.id).unwrap(), second);
    assert_eq!(store.history.read_attachment(second.id).unwrap(), b"picture");
    assert_eq!(store.history.blob_path(first.id).unwrap(), store.history.blob_path(second.id).unwrap());
}

#[test]
fn deleting_a_conversation_keeps_what_another_one_uses() {
    let store = store();
    let (first, second) = (store.conversation(), store.conversation());
    let shared = store.attach("shared.png", Source::Bytes(b"shared"));
    let same_bytes = store.attach("same bytes.png", Source::Bytes(b"shared"));
    let shared_row = store.attach("in both.png", Source::Bytes(b"in both"));
    let own = store.attach("own.png", Source::Bytes(b"own"));
    let draft = store.attach("draft.png", Source::Bytes(b"draft"));
    store.history.write_derived(&own.hash, "thumbnail", b"small").unwrap();
    for attachment in [&shared, &shared_row, &own] {
        store.ask_about(&first, attachment);
    }
    for attachment in [&same_bytes, &shared_row] {
        store.ask_about(&second, attachment);
    }
    assert_eq!(store.history.attachments(second.id).unwrap(), [same_bytes.clone(), shared_row.clone()]);

    store.history.delete_conversation(first.id).unwrap();
    assert!(store.history.attachment(own.id).is_err());
    assert!(store.history.attachment(shared.id).is_err());
    assert_eq!(store.history.read_derived(&own.hash, "thumbnail").unwrap(), None);
    for (kept, bytes) in [(&same_bytes, "shared"), (&shared_row, "in both"), (&draft, "draft")] {
        assert_eq!(store.history.read_attachment(kept.id).unwrap(), bytes.as_bytes());
    }

    store.history.delete_conversation(second.id).unwrap();
    assert_eq!(store.blobs(), 1, "only the draft is left");
}

#[test]
fn a_draft_can_be_taken_out_but_not_what_a_message_has() {
    let store = store();
    let conversation = store.conversation();
    let sent = store.attach("sent.png", Source::Bytes(b"sent"));
    store.ask_about(&conversation, &sent);
    let draft = store.attach("draft.png", Source::Bytes(b"sent"));
    store.history.remove_draft_attachment(draft.id).unwrap();
    assert!(store.history.attachment(draft.id).is_err());
    store.history.remove_draft_attachment(sent.id).unwrap();
    assert_eq!(store.history.read_attachment(sent.id).unwrap(), b"sent");
    let draft = store.attach("draft.png", Source::Bytes(b"draft"));
    store.history.remove_draft_attachment(draft.id).unwrap();
    assert_eq!(store.blobs(), 1);
}

#[test]
fn a_file_that_is_gone_is_told_with_its_path() {
    let store = store();
    let missing = store.folder.path().join("missing.png");
    let new = NewAttachment {
        name: "missing.png",
        kind: MediaKind::Image,
        mime: "image/png",
        width: 1,
        height: 1,
        source: Source::File(&missing),
    };
    let error = store.history.add_attachment(new).unwrap_err();
    assert!(matches!(error, HistoryError::Io { path, .. } if path == missing));
}
