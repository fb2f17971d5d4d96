package cli

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"gopkg.in/natefinch/lumberjack.v2"

	"cashier/pos"
)

// logFile is the operator's log: one JSON line for each call to the gateway,
// by order number, without a secret.
type logFile struct {
	*slog.Logger
	file io.WriteCloser
}

// openLog makes the log; the file appears with the first line.
func (m *machine) openLog() *logFile {
	file, folder := m.log, m.stateFolder()
	switch {
	case file != nil:
	case !filepath.IsAbs(folder): // without HOME there is no place for a log, and a till sells without one
		file = nowhere{}
	default:
		os.MkdirAll(folder, 0o700) // should it fail, so will the log
		file = &lumberjack.Logger{Filename: filepath.Join(folder, "cashier.log"), MaxSize: 10, MaxBackups: 5}
	}
	return &logFile{slog.New(slog.NewJSONHandler(file, nil)), file}
}

// nowhere is a log that nobody reads.
type nowhere struct{}

func (nowhere) Write(p []byte) (int, error) { return len(p), nil }
func (nowhere) Close() error                { return nil }

// Close closes the file.
func (l *logFile) Close() error { return l.file.Close() }

// watched is a gateway whose calls are timed and written to the log. The
// screen shows how the last one went.
type watched struct {
	pos.Gateway
	log  *slog.Logger
	last atomic.Int64 // nanoseconds of the last call; negative: it was not answered; 0: there was none
}

// Submit logs and passes on.
func (w *watched) Submit(ctx context.Context, c pos.Charge) pos.Answer {
	return w.watch("submit", c.No, func() pos.Answer { return w.Gateway.Submit(ctx, c) })
}

// Query logs and passes on.
func (w *watched) Query(ctx context.Context, o pos.Order) pos.Answer {
	return w.watch("query", o.No, func() pos.Answer { return w.Gateway.Query(ctx, o) })
}

// Revoke logs and passes on.
func (w *watched) Revoke(ctx context.Context, o pos.Order) pos.Answer {
	return w.watch("revoke", o.No, func() pos.Answer { return w.Gateway.Revoke(ctx, o) })
}

func (w *watched) watch(call string, no pos.OrderNo, do func() pos.Answer) pos.Answer {
	start := time.Now()
	r := do()
	took := time.Since(start)
	w.log.Info(call, "order_no", no, "finding", r.Finding, "code", r.Code, "recall", r.Recall,
		"status", r.Heard.Status, "error", r.Heard.Error, "took_ms", took.Milliseconds())
	if r.Heard.Status == 0 {
		took = -1
	}
	w.last.Store(int64(took))
	return r
}

// health is how long the last call took, whether it was answered, and whether
// there was one at all.
func (w *watched) health() (rtt time.Duration, answered, asked bool) {
	n := time.Duration(w.last.Load())
	return max(n, 0), n > 0, n != 0
}
