package live

import (
	"errors"

	"swarmlab/protocol"
)

// ErrEnded is the answer of [Node.Do] when the node runs no more.
var ErrEnded = errors.New("live: the node has ended")

// command is a turn that somebody outside asked for.
type command struct {
	f    func(t *protocol.Turn)
	done chan struct{}
}

// Do runs f as a turn of the core and returns when that turn's effects have been carried out. It
// may be called by any goroutine, but not within a turn; commands run in the order they came.
// Before Run it waits for Run. If the node ends first, f is not run and the error is ErrEnded.
func (n *Node) Do(f func(t *protocol.Turn)) error {
	c := command{f, make(chan struct{})}
	n.mu.Lock()
	n.commands = append(n.commands, c)
	n.interrupt()
	n.mu.Unlock()
	select {
	case <-c.done:
		return nil
	case <-n.ended:
	}
	select {
	case <-c.done:
		return nil
	default:
		return ErrEnded
	}
}
