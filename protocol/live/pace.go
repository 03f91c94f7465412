package live

import (
	"sync"
	"time"
)

const (
	// portionLeast is the least that is moved at a time.
	portionLeast = 1 << 10
	// portions is how many of those that a limit allows in a second it is cut into.
	portions = 10
)

// pace keeps what all connections together move in one direction within so many bytes a second.
// Whoever wants to move something waits until all that was moved before has been paid for with
// time, moves a portion, and pays for it. Several that have waited may go at once; then the next
// wait is longer, and over any longer time the limit holds.
type pace struct {
	rate uint64 // bytes a second; 0: no limit

	mu   sync.Mutex
	free time.Time // when all is paid for
}

// wait returns how long to wait before moving more.
func (p *pace) wait() time.Duration {
	if p.rate == 0 {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return max(0, time.Until(p.free))
}

// pay notes that n bytes were moved.
func (p *pace) pay(n int) {
	if p.rate == 0 || n <= 0 {
		return
	}
	took := time.Duration(uint64(n) * uint64(time.Second) / p.rate)
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := time.Now(); p.free.Before(now) {
		p.free = now
	}
	p.free = p.free.Add(took)
}

// portion returns the part of a buffer that may be moved at a time.
func (p *pace) portion(b []byte) []byte {
	if p.rate == 0 || uint64(len(b)) <= max(p.rate/portions, portionLeast) {
		return b
	}
	return b[:max(p.rate/portions, portionLeast)]
}

// lingers has a reader wait for a while, but not for long, and reports whether to wait on.
func (l *link) lingers(wait time.Duration) bool {
	time.Sleep(min(wait, beat/portions))
	l.node.mu.Lock()
	defer l.node.mu.Unlock()
	return !l.over && !l.closing
}

// rest waits for that long, or until the connection has ended.
func (l *link) rest(wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-l.gone:
	}
}
