-- The journal: what happened (events), how each attempt stands (payments, derived
-- from events and rebuildable), and who this journal is (meta).
-- Times are milliseconds since 1970 (at_ms), amounts are minor units (amount_minor).

-- +goose Up

-- "CASH": a file with another application_id is not ours and is refused.
PRAGMA application_id = 0x43415348;
PRAGMA user_version = 1;

CREATE TABLE meta (
    id              INTEGER PRIMARY KEY CHECK (id = 1),
    incarnation     TEXT    NOT NULL CHECK (length(incarnation) = 4), -- in every order number, until restored
    genesis         BLOB    NOT NULL CHECK (length(genesis) = 32),    -- random; the chain begins with it
    fingerprint_key BLOB    NOT NULL CHECK (length(fingerprint_key) = 32),
    practice        INTEGER NOT NULL CHECK (practice IN (0, 1))
) STRICT;

CREATE TABLE events (
    seq      INTEGER PRIMARY KEY CHECK (seq > 0), -- without gaps
    at_ms    INTEGER NOT NULL,
    day      TEXT    NOT NULL, -- the shop's day
    run      TEXT    NOT NULL,
    order_no TEXT    NOT NULL, -- empty: an event of the till itself
    name     TEXT    NOT NULL,
    data     TEXT    NOT NULL CHECK (json_valid(data)),
    state    TEXT    NOT NULL, -- of the attempt afterwards; empty for an event of the till
    prev     BLOB    NOT NULL CHECK (length(prev) = 32),
    hash     BLOB    NOT NULL CHECK (length(hash) = 32)
) STRICT;

CREATE INDEX events_order ON events (order_no) WHERE order_no <> '';
-- A restored journal has a new incarnation, which stands in this entry.
CREATE INDEX events_restored ON events (seq) WHERE name = 'restored' AND order_no = '';

CREATE TABLE payments (
    first_seq      INTEGER PRIMARY KEY, -- the attempt's first entry: the key of pages
    seq            INTEGER NOT NULL,    -- its newest entry: the compare-and-set
    order_no       TEXT    NOT NULL UNIQUE,
    sale           TEXT    NOT NULL,
    number         INTEGER NOT NULL,
    method         TEXT    NOT NULL,
    amount_minor   INTEGER NOT NULL,
    currency       TEXT    NOT NULL,
    day            TEXT    NOT NULL, -- on which it began
    counter        INTEGER NOT NULL, -- of the till's day, inside the order number
    state          TEXT    NOT NULL,
    watch          INTEGER NOT NULL,
    open           INTEGER NOT NULL, -- the machine still works on it
    attention      TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    code           TEXT    NOT NULL,
    recall         TEXT    NOT NULL,
    transaction_id TEXT    NOT NULL,
    code_last4     TEXT    NOT NULL,
    fingerprint    TEXT    NOT NULL,
    cashier        TEXT    NOT NULL,
    till           TEXT    NOT NULL,
    ref            TEXT    NOT NULL,
    practice       INTEGER NOT NULL,
    created_at_ms  INTEGER NOT NULL,
    updated_at_ms  INTEGER NOT NULL,
    asked          INTEGER NOT NULL,
    revokes        INTEGER NOT NULL
) STRICT;

-- An auth code is used once (design 7).
CREATE UNIQUE INDEX payments_fingerprint ON payments (fingerprint) WHERE fingerprint <> '';
-- Every index ends in first_seq by itself, so each of these is also an order for pages.
CREATE INDEX payments_day         ON payments (day);
CREATE INDEX payments_cashier     ON payments (cashier);
CREATE INDEX payments_sale        ON payments (sale);
CREATE INDEX payments_counter     ON payments (till, day, counter);
CREATE INDEX payments_amount      ON payments (amount_minor);
CREATE INDEX payments_created     ON payments (created_at_ms);
-- Partial indexes hold only what is rare, or not always there.
CREATE INDEX payments_open        ON payments (open)           WHERE open = 1;
CREATE INDEX payments_attention   ON payments (attention)      WHERE attention > '';
CREATE INDEX payments_state       ON payments (state)          WHERE state IN ('failed', 'revoked');
CREATE INDEX payments_transaction ON payments (transaction_id) WHERE transaction_id <> '';
CREATE INDEX payments_ref         ON payments (ref)            WHERE ref <> '';

-- +goose StatementBegin
CREATE TRIGGER events_no_update BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER events_no_delete BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER meta_no_update BEFORE UPDATE ON meta
BEGIN SELECT RAISE(ABORT, 'a journal keeps its identity'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER meta_no_delete BEFORE DELETE ON meta
BEGIN SELECT RAISE(ABORT, 'a journal keeps its identity'); END;
-- +goose StatementEnd
