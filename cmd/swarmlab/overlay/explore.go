package overlay

import (
	"context"
	"os/signal"
	"slices"
	"time"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/identity"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/protocol/live"
)

// greetPatience is how long a lookup waits for its entry points before it starts without them.
const greetPatience = 3 * time.Second

// explorer is the core of a command that asks and leaves. It greets addresses; then, if there is
// something to look up, it becomes a DHT node whose table holds those who answered.
type explorer struct {
	greeter
	tap     tap
	request dht.Request                   // without a method: only greet
	then    func(*dht.Result) dht.Request // the lookup after the first one; nil for none
	group   *dht.Group
	running bool // group is
	end     func()

	began, ended protocol.Time // of the lookup
	finished     bool
	found        dht.Result
}

func newExplorer(request dht.Request, addrs []protocol.Addr, patience time.Duration) *explorer {
	x := &explorer{tap: newTap(), request: request}
	x.self, x.patience = identity.New(), patience
	for _, a := range addrs {
		if !slices.ContainsFunc(x.all, func(g greeting) bool { return g.addr == a }) {
			x.all = append(x.all, greeting{addr: a})
		}
	}
	cfg := dht.Default()
	cfg.Refresh = 0     // it does not stay for so long,
	cfg.ReadOnly = true // and must not be kept in the tables of others
	b := identity.Random()
	copy(cfg.Secret[:], b[:])
	group, err := dht.New(cfg, dht.Env{Directory: dht.NewBook(), Observer: x, Seeds: noSeeds}, 1)
	if err != nil {
		panic(err) // the default configuration is valid
	}
	group.Assign(0, x.self)
	x.group = group
	return x
}

func noSeeds(_ uint32, dst []protocol.Addr) []protocol.Addr { return dst }

// explore runs x on the node until it has finished, the time is up, or the user stops it.
func (x *explorer) explore(ctx context.Context, node *live.Node, timeout time.Duration) error {
	user, release := signal.NotifyContext(ctx, command.Endings()...)
	defer release()
	limited, cancel := context.WithTimeout(user, timeout)
	defer cancel()
	x.end = cancel
	if err := node.Run(limited, x); err != nil {
		return command.Exit(command.Failed, err)
	}
	switch {
	case x.finished:
		return nil
	case user.Err() != nil:
		return command.Interrupt("interrupted")
	}
	return command.Fail("not done after %v; a longer --timeout may help", timeout)
}

// Len is of protocol.Group, as are the methods after it.
func (x *explorer) Len() int { return 1 }

// Start sends the first greetings.
func (x *explorer) Start(_ uint32, t *protocol.Turn) { x.Wake(0, t) }

// Wake lets time pass.
func (x *explorer) Wake(_ uint32, t *protocol.Turn) {
	switch {
	case x.running:
		x.group.Wake(0, t)
		x.tap.sent(t)
	case !x.finished && x.greeter.wake(t):
		x.greeted(t)
	}
}

// Datagram takes what arrived.
func (x *explorer) Datagram(_ uint32, t *protocol.Turn, from protocol.Addr, p []byte) {
	if !x.running {
		x.greeter.datagram(t, from, p)
		x.Wake(0, t)
		return
	}
	x.tap.arrived(t.Now, from, p)
	x.group.Datagram(0, t, from, p)
	x.tap.sent(t)
}

// Stop leaves.
func (x *explorer) Stop(_ uint32, t *protocol.Turn) { x.group.Stop(0, t) }

// Drop forgets the node.
func (x *explorer) Drop(uint32) { x.group.Drop(0) }

// greeted goes on to the lookup, if there is one and anybody answered.
func (x *explorer) greeted(t *protocol.Turn) {
	for k := range x.all {
		if g := &x.all[k]; g.answered() {
			x.group.Fill(0, dht.Contact{ID: g.id, Addr: g.addr}, t.Now)
			x.tap.seen[g.addr] = sighting{hops: 1, rtt: g.rtt}
			x.running = true
		}
	}
	if x.running = x.running && x.request.Method != 0; !x.running {
		x.finish(t)
		return
	}
	x.began = t.Now
	x.group.Start(0, t)
	x.group.Lookup(0, t, x.request)
	x.tap.sent(t)
}

// Done is of dht.Observer: a lookup has ended.
func (x *explorer) Done(_ uint32, t *protocol.Turn, r *dht.Result) {
	if then := x.then; then != nil {
		x.then, x.request = nil, then(r)
		x.group.Lookup(0, t, x.request)
		return
	}
	x.found = r.Clone()
	x.finish(t)
}

func (x *explorer) finish(t *protocol.Turn) {
	x.finished, x.ended = true, t.Now
	x.end()
}

// anybody reports whether one of those who were greeted answered.
func (x *explorer) anybody() bool {
	return slices.ContainsFunc(x.all, func(g greeting) bool { return g.answered() })
}

// target is what the lookup looks for.
func (x *explorer) target() krpc.ID {
	if x.request.Method == krpc.Put {
		return x.request.Item.Target()
	}
	return x.request.Target
}
