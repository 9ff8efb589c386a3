-- Conversations, their trees of messages, and what belongs to them. Identifiers are UUIDv7 as 16 bytes, points in
-- time are milliseconds since the Unix epoch, small enums are their names on the bridge.

CREATE TABLE conversation (
    id         BLOB    NOT NULL PRIMARY KEY,
    title      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    head       BLOB,
    model_mind TEXT,
    model_id   TEXT,
    FOREIGN KEY (id, head) REFERENCES message (conversation, id)
) STRICT;

CREATE INDEX conversation_by_change ON conversation (updated_at);

-- `parent` has no ON DELETE CASCADE: SQLite would recurse once a generation and give up at a thousand. Messages go with
-- their conversation, all in one statement.
CREATE TABLE message (
    id           BLOB    NOT NULL PRIMARY KEY,
    conversation BLOB    NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
    parent       BLOB,
    role         TEXT    NOT NULL,
    status       TEXT    NOT NULL,
    -- The process that writes a streaming answer; see the lock files of `writer.rs`.
    writer       BLOB,
    created_at   INTEGER NOT NULL,
    model_mind   TEXT,
    model_id     TEXT,
    receipt      TEXT,
    usage        TEXT,
    timing       TEXT,
    notice       TEXT,
    UNIQUE (conversation, id),
    FOREIGN KEY (conversation, parent) REFERENCES message (conversation, id)
) STRICT;

CREATE INDEX message_by_parent ON message (conversation, parent);
CREATE INDEX message_streaming ON message (status) WHERE status = 'streaming';

CREATE TABLE attachment (
    id         BLOB    NOT NULL PRIMARY KEY,
    hash       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    kind       TEXT    NOT NULL,
    mime       TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    width      INTEGER NOT NULL,
    height     INTEGER NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX attachment_by_hash ON attachment (hash);

-- Exactly one of `text` and `attachment` is set.
CREATE TABLE part (
    message    BLOB    NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    text       TEXT,
    attachment BLOB    REFERENCES attachment (id),
    PRIMARY KEY (message, position),
    CHECK ((text IS NULL) <> (attachment IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX part_by_attachment ON part (attachment) WHERE attachment IS NOT NULL;

-- Text of an answer that is still being written, in the order of `id`; folded into `part` when the answer ends.
CREATE TABLE chunk (
    id      INTEGER PRIMARY KEY,
    message BLOB    NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    text    TEXT    NOT NULL
) STRICT;

CREATE INDEX chunk_by_message ON chunk (message);

-- The provider's own parts, in the order of `id`, as the JSON text that came.
CREATE TABLE raw_part (
    id      INTEGER PRIMARY KEY,
    message BLOB    NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    mind    TEXT    NOT NULL,
    json    TEXT    NOT NULL
) STRICT;

CREATE INDEX raw_part_by_message ON raw_part (message);

CREATE TABLE setting (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
