package pos

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// held is a journal that stops at two places for a test.
type held struct {
	*memory
	appended func(Entry) // it is durable, and the till does not know yet
	read     func()      // an attempt was read
}

func (h *held) Append(ctx context.Context, e Entry) (int64, error) {
	seq, err := h.memory.Append(ctx, e)
	if h.appended != nil {
		h.appended(e)
	}
	return seq, err
}

func (h *held) Attempt(ctx context.Context, no OrderNo) (Attempt, error) {
	a, err := h.memory.Attempt(ctx, no)
	if h.read != nil {
		h.read()
	}
	return a, err
}

// quiet waits, in real time, until nothing is open, and returns the attempt.
func quiet(t *testing.T, till *Till, no OrderNo) Attempt {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := till.Wait(ctx, till.Idle); err != nil {
		t.Error("still open")
	}
	a, _ := till.Attempt(no)
	return a
}

// shortly is how long a test waits for what must not happen.
const shortly = 50 * time.Millisecond

// Design 3.1: a sale whose intent somebody finds in the journal while it is
// being charged is submitted all the same, and asked about by nobody.
func TestTill_TakenUpWhileItIsCharged(t *testing.T) {
	j := &held{memory: &memory{}}
	till := NewTill(newWorld(), j, somePolicy)
	defer till.Close()
	if err := till.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	j.appended = func(e Entry) {
		if e.Name() != "intent" {
			return
		}
		taken := make(chan struct{})
		go func() {
			defer close(taken)
			till.TakeUp(t.Context(), e.OrderNo)
		}()
		select {
		case <-taken:
		case <-time.After(shortly):
		}
	}
	no := charge(t, till, 1)
	if a := quiet(t, till, no); a.State != Paid || till.Trouble() != nil {
		t.Errorf("got %s, trouble %v", a.State, till.Trouble())
	}
	if got, want := j.names(no), []string{"intent", "submit_answer"}; !slices.Equal(got, want) {
		t.Errorf("journal %v, want %v", got, want)
	}
}

// Two who take up the same order at once take it up once: a second Resumed
// would forget the first one's query, whose answer then is one to no question.
func TestTill_TakenUpByTwo(t *testing.T) {
	w := newWorld()
	j := &held{memory: &memory{}}
	begun := NewTill(w, j, somePolicy)
	no := charge(t, begun, 1)
	begun.Close() // before the answer

	till := NewTill(w, j, somePolicy)
	defer till.Close()
	both, readers := make(chan struct{}), atomic.Int32{}
	j.read = func() {
		if readers.Add(1) == 2 {
			close(both)
		}
		select {
		case <-both:
		case <-time.After(shortly):
		}
	}
	done := make(chan error)
	for range 2 {
		go func() {
			_, err := till.TakeUp(t.Context(), no)
			done <- err
		}()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	quiet(t, till, no)
	if got, want := j.names(no), []string{"intent", "resumed", "query", "query_answer"}; !slices.Equal(got, want) {
		t.Errorf("journal %v, want %v", got, want)
	}
}

// An event that was meant for an attempt as it was a moment ago is decided on
// the attempt as it is: the journal would refuse anything else, and the till
// would take no new sale until it is started again.
func TestTill_TooLateForTheWorker(t *testing.T) {
	inBubble(t, newWorld(), func(t *testing.T, till *Till, j *memory) {
		no := charge(t, till, 1)
		before, _ := till.Attempt(no)
		ends(t, till, no)
		synctest.Wait()
		till.work(before, Left{}) // as tell does, when the worker has retired since it looked
		synctest.Wait()
		if a, _ := till.Attempt(no); a.State != Paid || !a.Away() || till.Trouble() != nil {
			t.Errorf("got %s, trouble %v", describe(a), till.Trouble())
		}
	})
}
