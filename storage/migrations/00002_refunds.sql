-- Refunds: what was given back of each attempt, and whether one has not ended.
-- "open" stands for both from here on: the machine still works on the attempt.

-- +goose Up

PRAGMA user_version = 2;

ALTER TABLE payments ADD COLUMN refunded_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE payments ADD COLUMN refunding      INTEGER NOT NULL DEFAULT 0;
