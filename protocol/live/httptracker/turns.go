package httptracker

import (
	"crypto/rand"
	"encoding/binary"
	"sync"
	"time"

	"swarmlab/protocol"
)

// Turns runs functions one at a time. A live.Node does, between the turns of its core.
type Turns interface {
	Do(f func(t *protocol.Turn)) error
}

// Clock is Turns for a tracker that has no node. What a turn sends goes nowhere.
type Clock struct {
	mu    sync.Mutex
	start time.Time
	rand  protocol.Rand
	out   protocol.Outbox
}

// NewClock returns a clock that starts now.
func NewClock() *Clock {
	var seed [8]byte
	rand.Read(seed[:]) // never fails: it ends the program instead
	return &Clock{start: time.Now(), rand: protocol.Rand(binary.LittleEndian.Uint64(seed[:]))}
}

// Do implements [Turns].
func (c *Clock) Do(f func(t *protocol.Turn)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.out.Reset()
	f(&protocol.Turn{Now: protocol.Time(time.Since(c.start)), Rand: &c.rand, Out: &c.out})
	return nil
}
