package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
)

// overlayKeys is how many keys are announced and looked for.
const overlayKeys = 200

// population is how many nodes of each kind are in the overlay, 62 in all, and how many keys each
// kind announces. The last node of each kind only looks for keys.
func population() map[string]struct{ nodes, keys int } {
	return map[string]struct{ nodes, keys int }{
		ours:          {20, 48},
		libtorrent:    {12, 44},
		bittorrentDHT: {12, 44},
		anacrolix:     {12, 44},
		aria2:         {3, 10},
		transmission:  {3, 10},
	}
}

// mixture is one network of nodes of every kind.
type mixture struct {
	*testing.T
	wire     *wire
	start    time.Time
	ours     []*ourNode
	programs map[string]*foreign
	clients  map[string][]*torrentClient
	keys     []announced
}

// announced is a key and the node that announces it.
type announced struct {
	key    krpc.ID
	kind   string
	node   int
	owner  string // the node's address
	peer   string // the address that it announces
	unique bool   // the peer's port belongs to the key alone
}

// TestInteropOverlay has random nodes of every kind announce 200 keys in one network, and finds
// every key from a node of every kind.
//
// aria2 and Transmission do not tell what they find, but try to connect to it. A peer of most
// kinds has a port of the key's own, so that this connection shows which key was found. Peers of
// libtorrent, aria2 and Transmission always have the port of their node: for these it is shown that
// an answer to the client's own get_peers for the key held the peer, and that the client then tried
// to connect to this address.
func TestInteropOverlay(t *testing.T) {
	if testing.Short() {
		t.Skip("takes minutes")
	}
	programs := needPrograms(t)
	t.Parallel()
	if !trial.Isolated(t, programs...) {
		return
	}
	o := startOverlay(t)
	o.drawKeys()
	o.announce()
	tally := make(map[[2]string]int) // of announcer and seeker
	for _, kind := range []string{ours, libtorrent, bittorrentDHT, anacrolix} {
		for _, a := range o.find(kind) {
			tally[[2]string{a.kind, kind}]++
		}
	}
	for _, a := range o.seekAll(aria2) {
		tally[[2]string{a.kind, aria2}]++
	}
	for _, a := range o.seekAll(transmission) {
		tally[[2]string{a.kind, transmission}]++
	}
	o.check(tally)
}

func startOverlay(t *testing.T) *mixture {
	t.Helper()
	o := &mixture{T: t, wire: watchWire(t), start: time.Now(),
		programs: make(map[string]*foreign), clients: make(map[string][]*torrentClient)}
	p := population()
	o.ours = startAllOurs(t, 1, p[ours].nodes)
	entries := []string{o.ours[0].addr, o.ours[7].addr}
	for _, kind := range []string{libtorrent, bittorrentDHT, anacrolix} {
		var listen []string
		for n := range p[kind].nodes {
			listen = append(listen, nodeAddr(kind, n+1))
		}
		o.programs[kind] = startForeign(t, kind, setup{Listen: listen, Bootstrap: entries})
		entries = append(entries, listen[0]) // the next ones see others, too
	}
	for n := range p[transmission].nodes {
		var known []string
		for _, kind := range kinds[1:5] {
			for k := range 5 {
				known = append(known, nodeAddr(kind, 1+(n+2*k)%p[kind].nodes))
			}
		}
		o.clients[transmission] = append(o.clients[transmission],
			startTransmission(t, nodeAddr(transmission, n+1), known))
	}
	for n := range p[aria2].nodes {
		o.clients[aria2] = append(o.clients[aria2], startAria2(t, nodeAddr(aria2, n+1),
			o.ours[n].addr, o.ours[n].group.ID(0)))
	}
	for kind, clients := range o.clients {
		for n, c := range clients { // without a torrent they do not enter
			c.add(keyOf(kind, fmt.Sprint("enters ", n)).String())
		}
	}
	o.settle()
	return o
}

// settle waits until every node has been answered by some others.
func (o *mixture) settle() {
	for n, kind := range kinds {
		for k := range population()[kind].nodes * min(n, 1) {
			addr := nodeAddr(kind, k+1)
			require.Eventually(o.T, func() bool { return o.wire.degree(addr) >= 8 },
				benchTime, 50*time.Millisecond, "%s node %d is not in the network", kind, k+1)
		}
	}
	o.Logf("%v after the start every node has been answered by 8 others", o.elapsed())
}

func (o *mixture) elapsed() time.Duration {
	return time.Since(o.start).Round(time.Second / 10)
}

// drawKeys decides who announces what.
func (o *mixture) drawKeys() {
	seed := rand.Uint64()
	o.Log("seed of the keys:", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	p := population()
	for n, kind := range kinds {
		for range p[kind].keys * min(n, 1) {
			a := announced{kind: kind, node: r.IntN(p[kind].nodes - 1),
				key: krpc.ID{Hi: r.Uint64(), Mid: r.Uint64(), Lo: r.Uint32()}}
			a.owner = nodeAddr(kind, a.node+1)
			a.peer = a.owner
			a.unique = slices.Contains([]string{ours, bittorrentDHT, anacrolix}, kind)
			if a.unique {
				a.peer = mustAddr(a.owner).WithPort(a.port(len(o.keys))).String()
			}
			o.keys = append(o.keys, a)
		}
	}
	require.Len(o, o.keys, overlayKeys)
}

func (a announced) port(number int) uint16 { return uint16(20_000 + number) }

// eachKey calls f for every key, several at once.
func (o *mixture) eachKey(f func(number int, a announced)) {
	var busy sync.WaitGroup
	work := make(chan int)
	for range 6 {
		busy.Go(func() {
			for n := range work {
				f(n, o.keys[n])
			}
		})
	}
	for n := range o.keys {
		work <- n
	}
	close(work)
	busy.Wait()
}

// announce has every key announced, and waits until all are stored somewhere.
func (o *mixture) announce() {
	o.eachKey(func(n int, a announced) { o.announceOne(n, a) })
	end := time.Now().Add(benchTime)
	again := 0
	for n := 0; n < len(o.keys); {
		a := o.keys[n]
		switch {
		case o.wire.keepers(a.owner, a.key) > 0:
			n++
		case time.Now().After(end):
			o.Fatalf("the announce of key %d by a node of %s is not stored", n, a.kind)
		default:
			if a.kind == libtorrent { // it does it once when told, whether it knows anybody or not
				o.announceOne(n, a)
				again++
			}
			time.Sleep(200 * time.Millisecond)
		}
	}
	o.Logf("%v after the start all are announced, %d of them more than once", o.elapsed(), again)
}

func (o *mixture) announceOne(n int, a announced) {
	switch a.kind {
	case ours:
		o.ours[a.node].lookup(dht.Request{
			Method: krpc.AnnouncePeer, Target: a.key, Port: a.port(n),
		})
	case aria2, transmission:
		o.clients[a.kind][a.node].add(a.key.String())
	default:
		_, err := o.programs[a.kind].ask(question{
			Op: "announce", Node: a.node, Key: a.key.String(), Port: int(a.port(n)),
		})
		if err != nil {
			o.Error(err)
		}
	}
}

// find looks for every key from the last node of a kind, and returns those that were found.
func (o *mixture) find(kind string) (all []announced) {
	var mu sync.Mutex
	again := 0
	o.eachKey(func(_ int, a announced) {
		for try := range 3 {
			peers := o.findOne(kind, a.key)
			mu.Lock()
			if slices.Contains(peers, a.peer) {
				again += try
				all = append(all, a)
				mu.Unlock()
				return
			}
			o.Logf("%s, try %d: not among %v: %+v", kind, try+1, peers, a)
			mu.Unlock()
		}
	})
	o.Logf("%v after the start %s has found %d keys; repeated lookups: %d", o.elapsed(), kind,
		len(all), again)
	return all
}

func (o *mixture) findOne(kind string, key krpc.ID) []string {
	if kind == ours {
		seeker := o.ours[len(o.ours)-1]
		return seeker.lookup(dht.Request{Method: krpc.GetPeers, Target: key}).peers
	}
	found, err := o.programs[kind].ask(question{
		Op: "find", Node: population()[kind].nodes - 1, Key: key.String(),
	})
	if err != nil {
		o.Error(err)
	}
	return found.Peers
}

// seekAll gives the last client of a kind all keys, those that it has not found up to three times,
// and returns those whose peer it was seen to have found.
func (o *mixture) seekAll(kind string) (all []announced) {
	clients := o.clients[kind]
	seeker := clients[len(clients)-1]
	for _, a := range o.keys {
		seeker.add(a.key.String())
	}
	for try := 1; ; try++ {
		all = o.sought(seeker, time.Now().Add(benchTime/2))
		if len(all) == len(o.keys) || try == 3 {
			break
		}
		for _, a := range o.keys {
			if !slices.Contains(all, a) {
				o.Logf("%s, try %d: not found: %+v", kind, try, a)
				seeker.again(a.key.String())
			}
		}
	}
	o.Logf("%v after the start %s has found %d keys", o.elapsed(), kind, len(all))
	return all
}

// sought waits until a client was seen to have found all keys, or until a time, and returns those.
func (o *mixture) sought(seeker *torrentClient, end time.Time) (all []announced) {
	for ; ; time.Sleep(200 * time.Millisecond) {
		all = all[:0]
		for _, a := range o.keys {
			if o.wire.dialed(seeker.listen, a.peer) &&
				(a.unique || o.wire.gave(seeker.listen, a.peer, a.key)) {
				all = append(all, a)
			}
		}
		if len(all) == len(o.keys) || time.Now().After(end) {
			return all
		}
	}
}

// check prints what was found, and demands that it is all.
func (o *mixture) check(tally map[[2]string]int) {
	var text strings.Builder
	p := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(p, "announced by\tkeys\tfound by %s\n", strings.Join(kinds[1:], "\t"))
	for _, from := range kinds[1:] {
		fmt.Fprintf(p, "%s\t%d", from, population()[from].keys)
		for _, by := range kinds[1:] {
			fmt.Fprintf(p, "\t%d", tally[[2]string{from, by}])
		}
		fmt.Fprintln(p)
	}
	p.Flush()
	o.Logf("\n%s", text.String())
	for _, from := range kinds[1:] {
		for _, by := range kinds[1:] {
			require.Equal(o, population()[from].keys, tally[[2]string{from, by}],
				"keys announced by %s and found by %s", from, by)
		}
	}
}
