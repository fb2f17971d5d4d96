-- What came in, by the day on which it began. Triggers keep it in step with
-- payments in the same transaction, so that a day is summed without looking at
-- its sales (design 9).

-- +goose Up

PRAGMA user_version = 3;

CREATE TABLE totals (
    day            TEXT    NOT NULL,
    currency       TEXT    NOT NULL,
    cashier        TEXT    NOT NULL,
    till           TEXT    NOT NULL,
    state          TEXT    NOT NULL,
    attempts       INTEGER NOT NULL,
    amount_minor   INTEGER NOT NULL, -- the sum of their prices
    refunded_minor INTEGER NOT NULL, -- given back of them since, for certain
    PRIMARY KEY (day, currency, cashier, till, state)
) STRICT, WITHOUT ROWID;

INSERT INTO totals
SELECT day, currency, cashier, till, state, sum(1), sum(amount_minor), sum(refunded_minor)
FROM payments GROUP BY day, currency, cashier, till, state;

-- +goose StatementBegin
CREATE TRIGGER payments_counted AFTER INSERT ON payments
BEGIN
    INSERT INTO totals VALUES (NEW.day, NEW.currency, NEW.cashier, NEW.till, NEW.state, 1, NEW.amount_minor, NEW.refunded_minor)
    ON CONFLICT DO UPDATE SET attempts = attempts + 1, amount_minor = amount_minor + excluded.amount_minor,
        refunded_minor = refunded_minor + excluded.refunded_minor;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER payments_recounted AFTER UPDATE OF state, refunded_minor ON payments
WHEN OLD.state <> NEW.state OR OLD.refunded_minor <> NEW.refunded_minor
BEGIN
    UPDATE totals SET attempts = attempts - 1, amount_minor = amount_minor - OLD.amount_minor,
        refunded_minor = refunded_minor - OLD.refunded_minor
    WHERE day = OLD.day AND currency = OLD.currency AND cashier = OLD.cashier AND till = OLD.till AND state = OLD.state;
    INSERT INTO totals VALUES (NEW.day, NEW.currency, NEW.cashier, NEW.till, NEW.state, 1, NEW.amount_minor, NEW.refunded_minor)
    ON CONFLICT DO UPDATE SET attempts = attempts + 1, amount_minor = amount_minor + excluded.amount_minor,
        refunded_minor = refunded_minor + excluded.refunded_minor;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER payments_uncounted AFTER DELETE ON payments
BEGIN
    UPDATE totals SET attempts = attempts - 1, amount_minor = amount_minor - OLD.amount_minor,
        refunded_minor = refunded_minor - OLD.refunded_minor
    WHERE day = OLD.day AND currency = OLD.currency AND cashier = OLD.cashier AND till = OLD.till AND state = OLD.state;
END;
-- +goose StatementEnd
