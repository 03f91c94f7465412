package live

import (
	"errors"
	"os"
	"syscall"
	"time"
)

const (
	// beat is how long the socket may block a writer before it looks around.
	beat = time.Second
	// swift is the time within which a socket must take what it is given to be given more.
	swift = 20 * time.Millisecond
	// parting is how long a closed connection waits for the other end to close, too. Without that,
	// what the other end still sends would be answered by a reset, which overtakes our last words.
	parting = 500 * time.Millisecond
)

var (
	errStalled    = errors.New("live: the other end takes nothing")
	errUnreadable = errors.New("live: a body is not to be had")
)

// write brings out what the core wrote, until nothing is left.
func (l *link) write() {
	l.moved = time.Now()
	more, last := l.next(0, nil)
	for more {
		more, last = l.next(l.push())
	}
	if last {
		l.farewell()
	}
}

// next is the core's turn for what went out, and takes what it wrote since. It reports whether
// there is more to write; if not, the writer has to end, and last whether it is to part.
func (l *link) next(sent int, err error) (more, last bool) {
	n := l.node
	n.mu.Lock()
	defer n.mu.Unlock()
	if sent > 0 {
		n.books.streamSent.Add(uint64(sent))
		if l.known && !n.over {
			n.talker.Sent(0, n.begin(), l.number, sent)
			n.carryOut()
			n.settle()
		}
	}
	if err != nil {
		l.broke(err)
	}
	l.patience = beat
	if l.closing && !l.over {
		if l.patience = min(beat, time.Until(l.until)); l.patience <= 0 {
			l.cutOff()
		}
	}
	if !l.over && l.batch.empty() {
		l.batch.reset()
		l.batch, l.queue = l.queue, l.batch
	}
	l.writing = !l.over && !l.batch.empty()
	return l.writing, l.closing && !l.over && !l.writing
}

// broke deals with a connection that takes no more. When the other end is gone, the reader comes
// to know when it has read all that came. The caller holds mu.
func (l *link) broke(err error) {
	switch {
	case errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNRESET):
		l.over, l.queue = true, queue{}
		return
	case errors.Is(err, errStalled):
		l.node.books.stalls.Add(1)
	case errors.Is(err, errUnreadable):
		l.node.books.unreadable.Add(1)
	}
	if !l.over {
		l.cutOff()
	}
}

// farewell says the last and waits for that of the other end, for a while.
func (l *link) farewell() {
	l.socket.CloseWrite()
	late := time.NewTimer(parting)
	defer late.Stop()
	select {
	case <-l.gone:
	case <-late.C:
		l.socket.Close() // the reader ends
	}
}

// push writes to the socket once, as much as it took well before, and returns how much it took.
func (l *link) push() (sent int, err error) {
	if wait := l.node.up.wait(); wait > 0 {
		l.rest(min(wait, l.patience))
		l.moved = time.Now() // it is not the other end that keeps us
		return 0, nil
	}
	buffers := &l.node.buffers
	p := l.batch.plain()
	switch {
	case p != nil:
		sent, err = l.hand(l.node.up.portion(p))
	case l.brisk:
		if b := buffers.takeLarge(); b != nil {
			sent, err = l.load(b[:])
			buffers.giveLarge(b)
			return sent, err
		}
		fallthrough
	default:
		b := buffers.takeSmall()
		sent, err = l.load(b[:])
		buffers.giveSmall(b)
	}
	return sent, err
}

// load writes what fits into a buffer.
func (l *link) load(b []byte) (sent int, err error) {
	b = l.node.up.portion(b)
	size, err := l.batch.fill(b, l.node.streams.Contents)
	if err != nil {
		return 0, errors.Join(errUnreadable, err)
	}
	return l.hand(b[:size])
}

// hand gives bytes to the socket. What it does not take in time is given again later.
func (l *link) hand(p []byte) (sent int, err error) {
	began := time.Now()
	l.socket.SetWriteDeadline(began.Add(l.patience))
	sent, err = l.socket.Write(p)
	now := time.Now()
	l.node.up.pay(sent)
	l.batch.advance(sent)
	l.brisk = err == nil && now.Sub(began) < swift
	if sent > 0 {
		l.moved = now
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = nil
		if now.Sub(l.moved) > l.node.streams.Stall {
			err = errStalled
		}
	}
	return sent, err
}
