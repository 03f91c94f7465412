package main

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/overlay"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/krpc"
)

// benchTime bounds what is waited for. Transmission asks for peers only after some twenty seconds.
const benchTime = 2 * time.Minute

// bench is a small network of nodes of ours and of one other kind.
type bench struct {
	*testing.T
	wire     *wire
	kind     string
	ours     []*ourNode
	theirs   []string // addresses
	program  *foreign // nil for a torrent client
	stranger *stranger
}

// TestInteropMessages has every kind of node exchange every message that it knows with ours, both
// ways, and prints a table of them.
func TestInteropMessages(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many programs")
	}
	programs := needPrograms(t)
	t.Parallel()
	if !trial.Isolated(t, programs...) {
		return
	}
	w := watchWire(t)
	t.Run("clients", func(t *testing.T) {
		for n, kind := range kinds[2:] {
			t.Run(kind, func(t *testing.T) {
				t.Parallel()
				b := newBench(t, w, kind, 20*n)
				b.theyAsk() // first: some of them take the stranger for a node
				b.theyAnswer()
				if b.program != nil {
					b.weCommand()
				}
			})
		}
	})
	checkMessages(t, w)
}

// newBench starts a network whose nodes of ours have numbers from first+1.
func newBench(t *testing.T, w *wire, kind string, first int) *bench {
	t.Helper()
	b := &bench{T: t, wire: w, kind: kind}
	size := 4
	if kind == transmission {
		size = 12 // it wants to know more than 8 before it looks for peers
	}
	b.ours = startAllOurs(t, first+1, size)
	b.stranger = newStranger(t, nodeAddr(ours, first+19))
	entry := b.ours[0].addr
	switch kind {
	case aria2:
		b.theirs = []string{nodeAddr(kind, 1)}
		c := startAria2(t, b.theirs[0], entry, b.ours[0].group.ID(0))
		c.add(keyOf(b.kind, "it announces").String())
	case transmission:
		b.theirs = []string{nodeAddr(kind, 1)}
		var entries []string
		for _, n := range b.ours {
			entries = append(entries, n.addr)
		}
		c := startTransmission(t, b.theirs[0], entries)
		c.add(keyOf(b.kind, "it announces").String())
	default:
		b.theirs = []string{nodeAddr(kind, 1), nodeAddr(kind, 2), nodeAddr(kind, 3)}
		b.program = startForeign(t, kind, setup{Listen: b.theirs, Bootstrap: []string{entry}})
	}
	return b
}

// keyOf is a key of a network that nothing else uses.
func keyOf(kind, purpose string) krpc.ID {
	return krpc.ImmutableTarget([]byte(kind + " " + purpose))
}

// until repeats try until it succeeds.
func (b *bench) until(what string, try func() bool) {
	b.Helper()
	for end := time.Now().Add(benchTime); !try(); {
		if time.Now().After(end) {
			b.Fatalf("%s: not in time: %s", b.kind, what)
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// theyAnswer asks the first of their nodes everything that it may know.
func (b *bench) theyAnswer() {
	s, to, tid := b.stranger, b.theirs[0], []byte(strangerTID)
	// anacrolix answers every find_node as if it were about zero, and leaves out the nodes that are
	// closer to itself than that.
	b.until("they know of a node", func() bool {
		m := s.answered(to, s.FindNode(nil, tid, strangerID, krpc.ID{}))
		return len(m.Nodes) >= krpc.NodeSize4
	})
	pong := s.answered(to, s.Ping(nil, tid, strangerID))
	require.NotZero(b, pong.ID)
	b.findsItself(pong.ID)

	key := keyOf(b.kind, "stranger announces")
	s.announce(to, key, 4321)
	b.until("they tell of the peer that we announced", func() bool {
		return slices.Equal(s.peers(to, key), []string{strangersPeer(s, 4321)})
	})
	if b.knows(samples).theirs() {
		m := s.answered(to, s.SampleInfohashes(nil, tid, strangerID, krpc.ID{}))
		require.Contains(b, string(m.Sample.IDs), string(key.Append(nil)))
		require.EqualValues(b, len(m.Sample.IDs), krpc.IDSize*m.Sample.Num)
	}
	if b.kind == anacrolix {
		m := s.ask(to, s.SampleInfohashes(nil, tid, strangerID, krpc.ID{}))
		require.EqualValues(b, krpc.MethodUnknownError, m.Code)
	}
	if b.knows(scrapes).theirs() {
		scraping := krpc.Writer{ReadOnly: true, Flags: krpc.Scrape}
		m := s.answered(to, scraping.GetPeers(nil, tid, strangerID, key))
		require.Len(b, m.PeerFilter, krpc.FilterSize)
		peers := krpc.Filter(m.PeerFilter)
		require.InDelta(b, 1000, peers.Estimate(), 10)
		seeds := krpc.Filter(m.SeedFilter)
		require.Equal(b, krpc.FilterBits, seeds.Zeros())
	}
	wanting := krpc.Writer{ReadOnly: true, Want4: true, Want6: true}
	m := s.answered(to, wanting.FindNode(nil, tid, strangerID, krpc.ID{}))
	require.NotEmpty(b, m.Nodes)
	b.theyStore()
}

// findsItself looks for a node of theirs with our command, through another node.
func (b *bench) findsItself(id krpc.ID) {
	out, _, err := dhtCommand(b.Context(), "find-node", id.String(), "--bootstrap", b.ours[0].addr,
		"--json")
	require.NoError(b, err)
	nearest := trial.Document[overlay.LookupReport](b.T, out).Nodes[0]
	require.Equal(b, b.theirs[0], nearest.Address)
	require.Equal(b, id.String(), nearest.ID)
}

// theyStore has them store items of each kind, and asks for them.
func (b *bench) theyStore() {
	s, to := b.stranger, b.theirs[0]
	if b.kind == anacrolix { // it refuses an immutable item without a seq, which BEP 44 has not
		m := s.put(to, &krpc.Item{V: []byte("6:no seq")})
		require.EqualValues(b, krpc.ProtocolError, m.Code)
	}
	for name, it := range b.items("stranger") {
		if !b.knows(name).theirs() {
			continue
		}
		m := s.put(to, it)
		require.Equal(b, krpc.Response, m.Kind, "%s: %s: %d %s", b.kind, name, m.Code, m.Text)
		got := s.item(to, it.Target())
		require.Equal(b, string(it.V), string(got.V), name)
		if name != putImmutable {
			got.Salt = it.Salt
			require.True(b, got.Verify(), name)
			require.Equal(b, it.Key, got.Key)
			require.Equal(b, it.Seq, got.Seq)
		}
	}
}

// items are an item of each kind, by the name of its put.
func (b *bench) items(owner string) map[string]*krpc.Item {
	secret := secretOf(b.kind, owner)
	value := func(of string) []byte {
		text := of + " of " + owner + " for " + b.kind
		return fmt.Appendf(nil, "%d:%s", len(text), text)
	}
	sign := func(it *krpc.Item) *krpc.Item {
		it.Key, it.Seq, it.HasSeq = secret.Public().(ed25519.PublicKey), 1, true
		it.Sig = ed25519.Sign(secret, krpc.AppendSigned(nil, it.Salt, it.Seq, it.V))
		return it
	}
	all := map[string]*krpc.Item{
		putImmutable: {V: value("immutable")},
		putMutable:   sign(&krpc.Item{V: value("mutable")}),
		putSalted:    sign(&krpc.Item{V: value("salted"), Salt: []byte("some salt")}),
	}
	if b.kind == anacrolix {
		all[putImmutable].HasSeq = true
	}
	return all
}

func secretOf(kind, owner string) ed25519.PrivateKey {
	seed := [ed25519.SeedSize]byte{}
	copy(seed[:], kind+owner)
	return ed25519.NewKeyFromSeed(seed[:])
}

// theyAsk has their nodes ask ours.
func (b *bench) theyAsk() {
	b.until("one of ours knows them", func() bool {
		return slices.ContainsFunc(b.ours, func(n *ourNode) bool { return n.knows(b.theirs[0]) })
	})
	if b.program == nil {
		b.until("it announces to us", func() bool {
			return b.wire.count(exchange{b.kind, ours, krpc.AnnouncePeer.String()}) > 0
		})
		return
	}
	b.theyAnnounce()
	b.theyFind()
	b.theyPut()
	b.theyGet()
	b.theyExplore()
}

// do has their second node do something.
func (b *bench) do(q question) answer {
	b.Helper()
	q.Node = 1
	a, err := b.program.ask(q)
	require.NoError(b, err)
	return a
}

// theyAnnounce has a node of theirs announce itself, until one of ours tells of it.
func (b *bench) theyAnnounce() {
	const port = 6881 // libtorrent can announce no other
	key := keyOf(b.kind, "they announce")
	b.until("they announce to us", func() bool {
		b.do(question{Op: "announce", Key: key.String(), Port: port})
		for _, n := range b.ours[1:] { // libtorrent never announces to its entry
			for _, p := range b.stranger.peers(n.addr, key) {
				require.Equal(b, b.theirs[1], p)
				return true
			}
		}
		return false
	})
}

// theyFind has a node of theirs find a peer that only nodes of ours store.
func (b *bench) theyFind() {
	key := keyOf(b.kind, "stranger announces to us")
	for _, n := range b.ours[1:] {
		b.stranger.announce(n.addr, key, 4322)
	}
	require.Equal(b, []string{strangersPeer(b.stranger, 4322)},
		b.do(question{Op: "find", Key: key.String()}).Peers)
}

func strangersPeer(s *stranger, port uint16) string {
	return mustAddr(s.addr).WithPort(port).String()
}

// theyPut has a node of theirs store items, and asks ours for them.
func (b *bench) theyPut() {
	secret := secretOf(b.kind, "them")
	for name, salt := range map[string]string{
		putImmutable: "", putMutable: "", putSalted: "their salt",
	} {
		if !b.knows(name).asked() {
			continue
		}
		q := question{Op: "put", Value: name + " by " + b.kind, Salt: salt}
		item := krpc.Item{Salt: []byte(salt)}
		item.V = fmt.Appendf(nil, "%d:%s", len(q.Value), q.Value)
		if name != putImmutable {
			item.Key = secret.Public().(ed25519.PublicKey)
			q.Secret, q.Public = hex.EncodeToString(secret.Seed()), hex.EncodeToString(item.Key)
			q.Seq = 1
		}
		b.do(q)
		require.Positive(b, b.stored(&item), "nobody of us stores its %s", name)
	}
}

// stored returns how many nodes of ours have an item, and the whole of it.
func (b *bench) stored(want *krpc.Item) (count int) {
	for _, n := range b.ours {
		it := b.stranger.item(n.addr, want.Target())
		if it.V == nil {
			continue
		}
		count++
		it.Salt = want.Salt
		require.Equal(b, string(want.V), string(it.V))
		require.Equal(b, want.Key, it.Key)
		require.Equal(b, want.Key != nil, it.Verify())
	}
	return count
}

// theyGet has a node of theirs get items that only nodes of ours store.
func (b *bench) theyGet() {
	for name, it := range b.items("another") {
		if !b.knows(name).asked() {
			continue
		}
		for _, n := range b.ours {
			m := b.stranger.put(n.addr, it)
			require.Equal(b, krpc.Response, m.Kind, "%s %d %s", name, m.Code, m.Text)
		}
		q := question{Op: "get", Target: it.Target().String(), Salt: string(it.Salt)}
		if name != putImmutable {
			q.Public = hex.EncodeToString(it.Key)
		}
		got := b.do(q)
		require.Contains(b, string(it.V), ":"+got.Value, name)
		require.NotEmpty(b, got.Value)
		if name != putImmutable {
			require.Equal(b, it.Seq, got.Seq)
		}
	}
}

// theyExplore has them use what few know.
func (b *bench) theyExplore() {
	entry := b.ours[1].addr
	if b.knows(krpc.Ping.String()).asked() {
		require.Equal(b, b.ours[1].group.ID(0).String(),
			b.do(question{Op: "ping", Addr: entry}).Peer)
	}
	if b.knows(samples).asked() {
		key := keyOf(b.kind, "stranger announces to us")
		a := b.do(question{Op: "sample", Addr: entry, Target: key.String()})
		require.Contains(b, a.Samples, key.String())
		require.Len(b, a.Samples, a.Num)
	}
	if b.knows(scrapes).asked() {
		key := keyOf(b.kind, "stranger announces to us")
		require.Positive(b, b.do(question{Op: "scrape", Key: key.String()}).Filters)
	}
	if b.knows(readOnly).asked() {
		addr := nodeAddr(b.kind, 4)
		quiet := startForeign(b.T, b.kind, setup{
			Listen: []string{addr}, Bootstrap: []string{entry}, ReadOnly: true,
		})
		key := keyOf(b.kind, "stranger announces to us")
		a, err := quiet.ask(question{Op: "find", Key: key.String()})
		require.NoError(b, err)
		require.Len(b, a.Peers, 1)
		for _, n := range b.ours {
			require.False(b, n.knows(addr), "a read-only node is in a table")
		}
	}
}
