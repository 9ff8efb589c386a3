-- Answers of more than words (thoughts, code, sources, structure), how a file is looked at, what is spent, and
-- conversations that stay on this computer.

ALTER TABLE conversation ADD COLUMN local_only INTEGER NOT NULL DEFAULT 0;
ALTER TABLE conversation ADD COLUMN options TEXT NOT NULL DEFAULT '{}';

ALTER TABLE message ADD COLUMN sources TEXT;
ALTER TABLE message ADD COLUMN structure TEXT;

-- `kind` is the part's name on the bridge. `text` holds words, code or what code printed; `detail` is JSON: how a file is
-- looked at, the language of code, how code ended.
CREATE TABLE part_of_any_kind (
    message    BLOB    NOT NULL REFERENCES message (id) ON DELETE CASCADE,
    position   INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    text       TEXT,
    attachment BLOB    REFERENCES attachment (id),
    detail     TEXT,
    PRIMARY KEY (message, position),
    CHECK ((text IS NULL) <> (attachment IS NULL)),
    CHECK ((kind = 'attachment') = (attachment IS NOT NULL))
) STRICT, WITHOUT ROWID;

INSERT INTO part_of_any_kind (message, position, kind, text, attachment)
    SELECT message, position, iif(text IS NULL, 'attachment', 'text'), text, attachment FROM part;
DROP TABLE part;
ALTER TABLE part_of_any_kind RENAME TO part;
CREATE INDEX part_by_attachment ON part (attachment) WHERE attachment IS NOT NULL;

-- All chunks of a message are of one kind; another kind folds them first.
ALTER TABLE chunk ADD COLUMN kind TEXT NOT NULL DEFAULT 'text';

-- One row for each request that costs money, written before it is sent. No foreign keys: what was spent stays spent when
-- its conversation is deleted.
CREATE TABLE spending (
    id           INTEGER PRIMARY KEY,
    message      BLOB    NOT NULL,
    conversation BLOB    NOT NULL,
    at           INTEGER NOT NULL,
    model_mind   TEXT    NOT NULL,
    model_id     TEXT    NOT NULL,
    usage        TEXT,
    -- Millionths of a US dollar; NULL where the price is not known.
    micro_usd    INTEGER,
    -- Whether Castor's estimate stands in for the provider's counts.
    estimated    INTEGER NOT NULL
) STRICT;

CREATE INDEX spending_by_time ON spending (at);
CREATE INDEX spending_by_message ON spending (message);
CREATE INDEX spending_by_conversation ON spending (conversation);
