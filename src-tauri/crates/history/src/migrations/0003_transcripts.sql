-- What is said in recordings. It belongs to an attachment, not to its content: a person may correct it.

CREATE TABLE transcript (
    attachment BLOB    NOT NULL PRIMARY KEY REFERENCES attachment (id) ON DELETE CASCADE,
    text       TEXT    NOT NULL,
    language   TEXT,
    -- JSON: what was heard when.
    segments   TEXT    NOT NULL,
    edited     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
