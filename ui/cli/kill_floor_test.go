package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"cashier/pos"
)

// killSpeed is how much faster than life everything goes on a kill floor: a
// deadline of 300 ms is reached before most kills.
const killSpeed = 150

// killPatience is how long a child may take to reach its point, or its end.
const killPatience = 3 * time.Second

// killTries is how many children may be needed for one kill: a point may not
// come up in the life of a child.
const killTries = 12

// ack is an entry that a child was told is durable.
type ack struct {
	seq  int64
	no   pos.OrderNo
	name string
}

// String is the line that a child prints for it.
func (a ack) String() string { return fmt.Sprintf("ack %d %q %s", a.seq, a.no, a.name) }

func parseAck(line string) (a ack, err error) {
	_, err = fmt.Sscanf(line, "ack %d %q %s", &a.seq, &a.no, &a.name)
	return a, err
}

// kill is the end of one child: at a named point, or at random.
type kill struct {
	errand
	after time.Duration // its start
	lines int           // acknowledged entries, if not 0
	birth time.Duration // since its journal appeared, if not 0
	wire  string        // at the gateway, before or after it acts on the Nth such call: "query/after"
	leave bool          // or not at all: it may leave by itself
}

// killFloor is one journal through the lives of many children, and the gateway
// that outlives them.
type killFloor struct {
	*shopFloor
	dice   *rand.Rand
	bug    string // planted in every till of this floor
	result *killResult
	acked  []ack
	onWire atomic.Pointer[func(call, when string)]
}

func newKillFloor(t *testing.T, seed uint64) *killFloor {
	t.Helper()
	f := &killFloor{shopFloor: &shopFloor{t: t, home: t.TempDir()}, dice: rand.New(rand.NewPCG(seed, 0)), result: newKillResult()}
	f.open(killSpeed, func(w http.ResponseWriter, r *http.Request) {
		call := wireOf[r.URL.Path]
		f.arrived(call, "before")
		f.sim.ServeHTTP(w, r)
		f.arrived(call, "after")
	})
	return f
}

func (f *killFloor) arrived(call, when string) {
	if on := f.onWire.Load(); on != nil {
		(*on)(call, when)
	}
}

func (f *killFloor) journal() string { return filepath.Join(f.home, "journal.db") }

// kills lets one child after the other be killed. One that was over before is
// not counted: the next is killed earlier.
func (f *killFloor) kills(plan []kill) {
	for _, k := range plan {
		done := f.child(k)
		for try := 1; try < killTries && !done; try++ {
			k.after, k.lines = k.after/2, (k.lines+1)/2
			done = f.child(k)
		}
		if !done {
			f.result.broke(rulePoint, "%d children, and none ended as planned: %+v", killTries, k)
		}
	}
}

// child lives until it is killed, and reports whether it was killed as planned.
func (f *killFloor) child(k kill) bool {
	k.Child, k.Seed, k.Bug = f.result.children, f.dice.Uint64(), f.bug
	f.result.children++
	c, messages := f.seller(k.errand)
	out, err := c.StdoutPipe()
	if err != nil {
		f.t.Fatal(err)
	}
	l := &life{kill: k, cmd: c, dead: make(chan struct{})}
	if err := c.Start(); err != nil {
		f.t.Fatal(err)
	}
	on := l.onWire
	f.onWire.Store(&on)
	late := time.AfterFunc(l.longest(), l.end)
	if k.birth > 0 {
		go l.endAtBirth(f.journal())
	}
	for lines := bufio.NewScanner(out); lines.Scan(); {
		f.heard(l, lines.Text())
	}
	late.Stop()
	c.Wait() // its state says how
	close(l.dead)
	f.onWire.Store(nil)
	status := c.ProcessState.ExitCode()
	if status != exitDone && status != killedStatus || messages.Len() > 0 { // the race detector has its say there, too
		f.result.broke(ruleAlive, "exit status %d of child %d\n%s", status, k.Child, messages)
		return true
	}
	return f.result.ended(l, status == killedStatus)
}

// killedStatus is what package exec calls the exit status of a killed process.
const killedStatus = -1

// seller is a child that has not been started yet.
func (f *killFloor) seller(e errand) (*exec.Cmd, *bytes.Buffer) {
	text, err := json.Marshal(e)
	if err != nil {
		f.t.Fatal(err)
	}
	c, messages := f.command(), &bytes.Buffer{}
	c.Env = append(c.Env, sellerEnv+"="+string(text))
	c.Stderr = messages
	return c, messages
}

// heard takes a line of a child: an acknowledged entry, or where it dies.
func (f *killFloor) heard(l *life, line string) {
	if point, dies := strings.CutPrefix(line, "at "); dies {
		l.reached.Store(point == l.Point)
		return
	}
	a, err := parseAck(line)
	if err != nil {
		f.result.broke(ruleAlive, "child %d says %q", l.Child, line)
		return
	}
	f.acked = append(f.acked, a)
	if l.lines--; l.lines == 0 {
		l.end()
	}
}

// life is a child that runs.
type life struct {
	kill
	cmd     *exec.Cmd
	dead    chan struct{}
	met     atomic.Int64 // requests of wire
	reached atomic.Bool  // the point, by the child's word, or the request
}

// longest is when the child is killed at the latest.
func (l *life) longest() time.Duration {
	if l.after > 0 {
		return l.after
	}
	return killPatience
}

func (l *life) end() { l.cmd.Process.Kill() } // it may be over already

// endAtBirth kills the child while it makes its journal.
func (l *life) endAtBirth(journal string) {
	look := time.NewTicker(50 * time.Microsecond)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			if _, err := os.Stat(journal); err == nil {
				time.AfterFunc(l.birth, l.end)
				return
			}
		case <-l.dead:
			return
		}
	}
}

// onWire kills the child at its point on the wire, and lets the gateway go on
// only when it is dead: it acts for nobody, or its answer is heard by nobody.
func (l *life) onWire(call, when string) {
	if l.wire != call+"/"+when && l.wire != "request/"+when || l.met.Add(1) != l.Nth {
		return
	}
	l.reached.Store(true)
	l.end()
	<-l.dead
}
