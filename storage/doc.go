// Package storage is the till's journal in one SQLite file. It fits the ports
// pos.Journal (Open, one writing process) and pos.Reader (OpenReader, any
// number of readers beside it, without a lock).
//
// # What is promised when Append returns
//
// The entry, its place in the hash chain and the attempt's new row in payments
// have been committed together and have reached the disk (WAL,
// synchronous=FULL): a kill, a crash or a power cut no longer loses them. A
// refusal with pos.KindConflict wrote nothing. Any other failure says nothing
// about whether the entry was kept. After a commit whose outcome is unknown the
// journal takes no more entries until it has been opened again; a full disk is
// no such case and heals by itself.
//
// # The file
//
// The tables are all STRICT (migrations/):
//
//   - events, append-only by trigger, is the truth: seq without gaps from 1,
//     the time at_ms, the order number, the event's name and its JSON.
//   - payments has one row for each attempt. It is derived: Rebuild makes it
//     again from events, Verify compares the two.
//   - totals sums payments by day; triggers keep it in step.
//   - people has one row for each person who ever worked here: how the newest
//     entry about them left them, and the kept PIN, which no entry holds.
//   - meta has one row: who this journal is.
//
// Beside journal.db stand journal.db-wal and journal.db-shm, which belong to
// SQLite and must never be removed or copied on their own, and
// journal.db.lock, which says who is writing. The lock file is never deleted:
// a second process could otherwise lock a file that nobody sees any more.
// Files have mode 0600; whoever else can write the folder could replace
// them, so such a folder is refused.
//
// # The chain
//
// Each entry's hash is
//
//	SHA-256(field("cashier-1") field(seq) field(prev) field(at_ms) field(day) field(run)
//	        field(order_no) field(name) field(data) field(state))
//
// where field(x) is the length of x as 8 bytes, big-endian, followed by x;
// texts are UTF-8 as stored, integers are 8 bytes, big-endian. prev is the
// hash of the entry before; the first entry's prev is
//
//	SHA-256(field("cashier-1 meta") field(genesis) field(incarnation) field(fingerprint_key) field(practice))
//
// The newest hash is the head. A chain alone cannot show that its end was cut
// off or that all of it was written anew: keep the head, or a Checkpoint,
// outside this machine, and give it to Verify.
//
// # Reading the file without this program
//
//	sqlite3 'file:journal.db?mode=ro' 'SELECT * FROM payments ORDER BY first_seq DESC LIMIT 20'
//
// # What is where
//
// open.go and reader.go open the two faces; append.go is the writer; row.go
// alone knows columns and values; list.go turns a pos.Filter into queries;
// books.go, shift.go and totals.go sum; people.go keeps who works here; chain.go
// hashes; verify.go, rebuild.go, backup.go, restore.go and archive.go are the
// manager's tools; table.go writes CSV;
// files.go guards modes and links; lock.go is the lock. The suite that any
// journal has to pass is package journaltest.
package storage
