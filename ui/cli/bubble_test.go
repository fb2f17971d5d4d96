package cli

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"cashier/pos"
	"cashier/storage"
	"cashier/wechat"
	"cashier/wechat/sim"
)

// bench is the whole program in a bubble of fake time: keys in, frames and
// journal out. Screen, till, client, simulator and SQLite are the real ones.
// Journal and WeChat Pay outlive the program, which can be left, killed and
// started again.
type bench struct {
	t       *testing.T
	machine *machine
	path    string // of the journal
	wechat  *sim.Gateway
	seams   seams
	paper   paper

	shop   *shop // nil while the program does not run
	screen *screen
	input  *io.PipeWriter
	hangUp context.CancelFunc
	ended  chan struct{} // closed when the screen has ended
	why    error         // what it ended with
}

// seams are where a test can put something of its own between two parts of the
// program. Nil: nothing.
type seams struct {
	wire     func(http.RoundTripper) http.RoundTripper
	gateway  func(pos.Gateway) pos.Gateway
	journal  func(pos.Journal) pos.Journal
	terminal func(io.Writer) io.Writer
}

// inBubble gives a bench to a test. The screen is not shown yet.
func inBubble(t *testing.T, env map[string]string, seams seams, use func(b *bench)) {
	dir := memoryDir(t)
	layBlank(t, filepath.Join(dir, "cashier"))
	synctest.Test(t, func(t *testing.T) {
		b := &bench{
			t: t, path: filepath.Join(dir, "cashier", "practice.db"), seams: seams,
			wechat: sim.New(sim.Config{Merchants: []sim.Merchant{practiceMerchant}, Seed: 1}),
			machine: &machine{
				stdout: io.Discard, stderr: io.Discard, log: nowhere{},
				env: map[string]string{"HOME": dir, "LANG": "C.UTF-8", "NO_COLOR": "1"},
			},
		}
		for name, value := range env {
			b.machine.env[name] = value
		}
		use(b)
		time.Sleep(time.Minute) // Bubble Tea's pending ticks cannot be cancelled
	})
}

// memoryDir is a folder that costs no disk where there is one: no power fails in
// a bubble, and the disk takes half of the time.
func memoryDir(t *testing.T) string {
	t.Helper()
	const memory = "/dev/shm"
	if info, err := os.Stat(memory); err != nil || !info.IsDir() {
		return t.TempDir()
	}
	dir, err := os.MkdirTemp(memory, "cashier")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// blank is a journal in which nothing stands yet.
var blank = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "blank")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "journal", "practice.db")
	j, err := storage.Open(context.Background(), path, storage.Options{Practice: true})
	if err != nil {
		return nil, err
	}
	if err := j.Close(); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// layBlank puts a blank journal into a folder, with a WAL that has its size. It
// saves every bubble the making of both, which takes longer than a sale.
func layBlank(t *testing.T, folder string) {
	t.Helper()
	const grown = 6 << 20
	file, err := blank()
	path := filepath.Join(folder, "practice.db")
	err = errors.Join(err, os.Mkdir(folder, 0o700), os.WriteFile(path, file, 0o600),
		os.WriteFile(path+"-wal", nil, 0o600), os.Truncate(path+"-wal", grown))
	if err != nil {
		t.Fatal(err)
	}
}

// opens makes a shop as the program does, on the bench's WeChat Pay.
func (b *bench) opens() *shop {
	b.t.Helper()
	s, err := b.machine.open(context.Background(), flags{practice: true, journal: b.path})
	if err != nil {
		b.t.Fatal(err)
	}
	key, err := wechat.ParseKey(practiceMerchant.Key)
	if err != nil {
		b.t.Fatal(err)
	}
	wire := sim.Transport(b.wechat)
	if b.seams.wire != nil {
		wire = b.seams.wire(wire)
	}
	s.client, err = wechat.New(wechat.Config{
		URL: "http://127.0.0.1", AppID: practiceMerchant.AppID, MchID: practiceMerchant.MchID, Key: key,
		Store: s.Till.Store, TillID: s.Till.ID, RequestTimeout: time.Duration(s.Timing.RequestTimeout), RoundTripper: wire,
	})
	if err != nil {
		b.t.Fatal(err)
	}
	var gateway pos.Gateway = s.client
	if b.seams.gateway != nil {
		gateway = b.seams.gateway(gateway)
	}
	var journal pos.Journal = sheet{s.journal, &b.paper}
	if b.seams.journal != nil {
		journal = b.seams.journal(journal)
	}
	s.gateway = &watched{Gateway: gateway, log: s.log.Logger}
	s.till = pos.NewTill(s.gateway, journal, s.till.Policy())
	return s
}

// starts shows the screen.
func (b *bench) starts() {
	b.t.Helper()
	b.shop, b.screen, b.ended = b.opens(), newScreen(), make(chan struct{})
	in, keys := io.Pipe()
	ctx, hangUp := context.WithCancel(context.Background())
	b.input, b.hangUp = keys, hangUp
	var terminal io.Writer = b.screen
	if b.seams.terminal != nil {
		terminal = b.seams.terminal(terminal)
	}
	go func() {
		defer close(b.ended)
		b.why = b.shop.screen(ctx, b.machine, "2", in, terminal)
		in.Close() // nobody reads any more
	}()
	b.pass(time.Second)
}

// types sends keys, if anybody reads them.
func (b *bench) types(keys string) { io.WriteString(b.input, keys) }

// pass lets time pass.
func (b *bench) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// running reports whether the screen has not ended yet.
func (b *bench) running() bool {
	if b.shop == nil {
		return false
	}
	select {
	case <-b.ended:
		return false
	default:
		return true
	}
}

// drains waits for the screen's end and goes on without it, as the program does.
func (b *bench) drains() error {
	<-b.ended
	return errors.Join(b.machine.drain(b.shop), b.closes())
}

// closes ends the program.
func (b *bench) closes() error {
	b.hangUp()
	s := b.shop
	b.shop = nil
	return s.close()
}

// dies ends the program as kill -9 does: from this moment on nothing is
// written, and so nothing is sent or shown. Its goroutines have to be ended all
// the same; what they fail with is nobody's business.
func (b *bench) dies() {
	b.paper.die()
	b.hangUp()
	<-b.ended
	b.closes()
	b.paper.revive()
}

// paper is what happens to a journal's entries: they are counted, and some are
// torn. It outlives the program.
type paper struct {
	mu    sync.Mutex
	count int
	tears map[int]tear // by the entry's number
	dead  bool
}

// tear is what goes wrong with an Append.
type tear int

// The tears.
const (
	notKept tear = iota + 1
	keptUnsaid
)

var errTorn = errors.New("the disk has torn the entry")

// next counts an entry and says what happens to it.
func (p *paper) next() tear {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dead {
		return notKept
	}
	p.count++
	return p.tears[p.count]
}

func (p *paper) die()    { p.set(true) }
func (p *paper) revive() { p.set(false) }

func (p *paper) set(dead bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.dead = dead
}

// entries is how many the till has written so far, or tried to.
func (p *paper) entries() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// sheet is the journal of one run on the paper.
type sheet struct {
	*storage.Journal
	paper *paper
}

// Append writes the entry, unless it is torn.
func (s sheet) Append(ctx context.Context, e pos.Entry) (int64, error) {
	torn := &pos.Error{Kind: pos.KindJournal, Op: "append " + e.Name(), Err: errTorn}
	switch s.paper.next() {
	case notKept:
		return 0, torn
	case keptUnsaid:
		if _, err := s.Journal.Append(ctx, e); err != nil {
			return 0, err
		}
		return 0, torn
	}
	return s.Journal.Append(ctx, e)
}

// Incarnation is the same in every run, and with it the order numbers and the
// waits that are drawn from them.
func (s sheet) Incarnation() string { return "TEST" }
