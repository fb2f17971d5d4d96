package storage_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"cashier/pos"
	"cashier/storage"
)

// A till opens the journal, appends, and closes it. Anybody may read it and
// check that nobody edited it.
func ExampleOpen() {
	ctx := context.Background()
	dir, _ := os.MkdirTemp("", "till")
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "journal.db")

	journal, err := storage.Open(ctx, path, storage.Options{})
	if err != nil {
		fmt.Println(err, pos.HintOf(err))
		return
	}
	seq, err := journal.Append(ctx, pos.Entry{At: time.Unix(0, 0), Day: "1970-01-01", Event: pos.Noted{Name: "started"}})
	fmt.Println("entry", seq, "is durable:", err == nil)
	journal.Close()

	reader, err := storage.OpenReader(ctx, path)
	if err != nil {
		fmt.Println(err, pos.HintOf(err))
		return
	}
	defer reader.Close()
	report, err := reader.Verify(ctx, storage.VerifyOptions{})
	fmt.Println(report.Events, "entry checked, good:", report.Good(), err)
	// Output:
	// entry 1 is durable: true
	// 1 entry checked, good: true <nil>
}
