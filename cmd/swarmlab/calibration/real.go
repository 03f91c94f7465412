package calibration

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/live"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/lab"
	"swarmlab/scenarios/results/worlds"
)

// realNodesMax bounds the sockets that a plan may take.
const realNodesMax = 1000

// realNet is a plan on real sockets: a live node for each of its nodes, all on this machine's
// loopback addresses, in real time.
type realNet struct {
	plan    *lab.Plan
	nodes   []*realNode
	sockets []*live.Node
	numbers map[protocol.Addr]uint32 // of the node at an address; not written once nodes run
	strays  atomic.Uint64            // datagrams to nobody
}

// newRealNet opens all sockets.
func newRealNet(plan *lab.Plan) (*realNet, error) {
	r := &realNet{plan: plan, numbers: make(map[protocol.Addr]uint32)}
	if len(plan.Nodes) > realNodesMax {
		return nil, command.Refuse("%d nodes are too many for real sockets; at most %d",
			len(plan.Nodes), realNodesMax)
	}
	for i := range uint32(len(plan.Nodes)) {
		socket, err := live.Listen(loopbackOf(i))
		if err != nil {
			r.close()
			return nil, command.Exit(command.Failed, err)
		}
		r.sockets = append(r.sockets, socket)
		r.numbers[socket.Addr()] = i
	}
	for i := range uint32(len(plan.Nodes)) {
		n, err := r.newNode(i)
		if err != nil {
			r.close()
			return nil, err
		}
		r.nodes = append(r.nodes, n)
	}
	for _, op := range plan.Operations {
		n := r.nodes[op.Node]
		n.todo = append(n.todo, op)
	}
	return r, nil
}

// loopbackOf returns where node i listens. Every node has an IP address of its own, and they lie
// far apart, because nodes treat neighbours of one address or one small network as one host.
func loopbackOf(i uint32) string {
	const step = 0x9e3779 // odd, so that no two nodes meet within 2^24
	host := (i + 1) * step & 0xffffff
	return protocol.Addr4(127<<24|host, 0).String()
}

func (r *realNet) newNode(i uint32) (*realNode, error) {
	n := &realNode{net: r, number: i}
	planned := &r.plan.Nodes[i]
	group, err := dht.New(planned.Config, dht.Env{
		Directory: dht.NewBook(), Observer: n,
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr {
			for _, seed := range planned.Seeds {
				dst = append(dst, r.sockets[seed].Addr())
			}
			return dst
		},
	}, 1)
	if err != nil {
		return nil, err
	}
	group.Assign(0, planned.ID)
	n.group = group
	return n, nil
}

func (r *realNet) close() {
	for _, s := range r.sockets {
		s.Close()
	}
}

// run executes the plan, which takes as long as it says, and calls tell a few times a second with
// the share that is done. When ctx ends early, so does run, with the context's error.
func (r *realNet) run(ctx context.Context, tell func(share float64)) error {
	defer r.close()
	begin := time.Now()
	end := begin.Add(time.Duration(r.plan.End))
	running, stop := context.WithDeadline(ctx, end)
	defer stop()
	var all sync.WaitGroup
	failures := make([]error, len(r.nodes))
	for i := range r.nodes {
		all.Go(func() {
			if failures[i] = r.drive(running, i, begin); failures[i] != nil {
				stop()
			}
		})
	}
	for tick := time.NewTicker(200 * time.Millisecond); running.Err() == nil; {
		select {
		case <-tick.C:
			tell(time.Since(begin).Seconds() / time.Duration(r.plan.End).Seconds())
		case <-running.Done():
			tick.Stop()
		}
	}
	all.Wait()
	if err := errors.Join(failures...); err != nil {
		return command.Exit(command.Failed, err)
	}
	return ctx.Err()
}

// drive starts a node when it is time and runs it to the end.
func (r *realNet) drive(ctx context.Context, i int, begin time.Time) error {
	wait := time.NewTimer(time.Until(begin.Add(time.Duration(r.plan.Nodes[i].Start))))
	defer wait.Stop()
	select {
	case <-wait.C:
	case <-ctx.Done():
		return nil
	}
	r.nodes[i].start = protocol.Time(time.Since(begin))
	return r.sockets[i].Run(ctx, r.nodes[i])
}

// lookups returns what was measured, in the order of the lookups' begin.
func (r *realNet) lookups() []findings.Lookup {
	var all []findings.Lookup
	for _, n := range r.nodes {
		all = append(all, n.rows...)
	}
	slices.SortFunc(all, func(a, b findings.Lookup) int { return int(a.At - b.At) })
	return all
}

// traffic returns what became of the datagrams.
func (r *realNet) traffic() worlds.Sockets {
	t := worlds.Sockets{Strays: r.strays.Load()}
	var late []time.Duration
	for i, s := range r.sockets {
		stats := s.Stats()
		t.Sent += stats.Sent
		t.Refused += stats.SendErrors
		t.Received += stats.Received
		late = append(late, r.nodes[i].late...)
	}
	t.SetLate(late)
	return t
}
