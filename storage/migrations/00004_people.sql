-- Who works at this till, the till's own entries by their name (closings,
-- openings, changes of the staff), and indexes for what a manager looks for.

-- +goose Up

PRAGMA user_version = 4;

-- How each person stands. Every change is an entry as well; only the kept PIN
-- stands here alone, so that entries can be shown and exported.
CREATE TABLE people (
    name         TEXT    NOT NULL PRIMARY KEY,
    role         TEXT    NOT NULL,
    pin          TEXT    NOT NULL, -- as the hasher keeps it
    gone         INTEGER NOT NULL CHECK (gone IN (0, 1)),
    misses       INTEGER NOT NULL, -- wrong PINs since the last right one
    missed_at_ms INTEGER NOT NULL  -- 0: none
) STRICT;

-- Ends in seq by itself: the newest of a name is its last.
CREATE INDEX events_till ON events (name) WHERE order_no = '';
DROP INDEX events_restored;

CREATE INDEX payments_currency ON payments (currency);
CREATE INDEX payments_till     ON payments (till);

-- Orders by what is read out at the counter: the last four characters.
CREATE INDEX payments_order_end       ON payments (substr(order_no, -4));
CREATE INDEX payments_transaction_end ON payments (substr(transaction_id, -4)) WHERE transaction_id <> '';
