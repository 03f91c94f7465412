package dht

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// TestStateKeepsTheBest saves a table with good and other contacts: the good ones come first, and
// with more than are kept, the others stay out.
func TestStateKeepsTheBest(t *testing.T) {
	cfg := quiet()
	cfg.Buckets = []int{128}
	d := newDriven(t, cfg, crowd(1000, somebody)...)
	d.turn.Now = d.turn.Now.Add(cfg.GoodFor)
	good := map[Contact]bool{}
	for n := range 150 {
		c := somebody(n)
		if find(d.bucket(0, d.nodes[0].bucketOf(c.ID)), d.book.Ref(c.ID, c.Addr)) < 0 {
			continue
		}
		d.answered(0, &d.turn, d.book.Ref(c.ID, c.Addr), c.ID)
		good[c] = true
	}
	require.Greater(t, len(good), 50)
	s := d.State(0, d.turn.Now)
	require.Equal(t, ownID, s.ID)
	require.Len(t, s.Contacts, StateContacts)
	seen := map[Contact]bool{}
	for n, c := range s.Contacts {
		require.Equal(t, n < len(good), good[c], "%d", n)
		require.False(t, seen[c])
		seen[c] = true
	}
	require.Equal(t, s, d.State(0, d.turn.Now))
}

// TestStateRoundTrip writes and reads, with both families.
func TestStateRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, 7, StateContacts} {
		s := State{ID: ownID, Contacts: append(crowd(n, somebody), crowd(n, somebody6)...)}
		b := s.Append([]byte("x"))
		got, err := ParseState(b[1:])
		require.NoError(t, err)
		require.Equal(t, s.ID, got.ID)
		require.ElementsMatch(t, s.Contacts, got.Contacts)
		require.Equal(t, b[1:], got.Append(nil))
	}
	many := State{Contacts: append(crowd(1000, somebody6), crowd(1000, somebody)...)}
	many.Contacts[0].Addr = protocol.Addr{}
	got, err := ParseState(many.Append(nil))
	require.NoError(t, err)
	require.Len(t, got.Contacts, 2*StateContacts, "no more are written")
	require.Equal(t, somebody(0), got.Contacts[0])
	require.Equal(t, somebody6(1), got.Contacts[StateContacts], "and no nonsense")
}

// TestStateErrors damages a file in every way: what is wrong is named, and how to go on.
func TestStateErrors(t *testing.T) {
	good := string(State{ID: ownID, Contacts: []Contact{somebody(1), somebody6(2)}}.Append(nil))
	id, node := string(ownID.Append(nil)), good[strings.Index(good, "26:")+3:][:26]
	cases := []struct{ name, file, says string }{
		{"empty", "", "not a bencoded dictionary"},
		{"text", "hello", "not a bencoded dictionary"},
		{"no keys", "de", "4 of the keys"},
		{"id only", "d2:id20:" + id + "e", "3 of the keys"},
		{"short id", strings.Replace(good, "20:"+id, "19:"+id[1:], 1), "id is not a string of 20"},
		{"id is a number", "d2:idi7ee", "id is not a string of 20"},
		{"future", strings.Replace(good, "versioni1e", "versioni2e", 1), "version is 2, and not 1"},
		{"version text", strings.Replace(good, "versioni1e", "version1:1", 1),
			"version is cut off"},
		{"other key", strings.Replace(good, "7:version", "7:vershun", 1), `unknown key "vershun"`},
		{"half a contact", strings.Replace(good, "26:"+node, "13:"+node[:13], 1),
			"nodes is not a string of at most 300"},
		{"nodes are a list", strings.Replace(good, "26:"+node, "le", 1), "nodes is cut off"},
		{"port 0", strings.Replace(good, node[24:], "\x00\x00", 1), "nodes has the impossible"},
		{"mapped", string((&krpc.Saved{Nodes6: append(make([]byte, 30), "\xff\xff\x01\x02\x03\x04"+
			"\x00\x07"...)}).Append(nil)), "nodes6 has the impossible address 1.2.3.4:7"},
		{"tail", good + "e", "damaged: trailing"},
		{"leading zero", strings.Replace(good, "20:", "020:", 1), "id is not a string of 20"},
	}
	for _, c := range cases {
		_, err := ParseState([]byte(c.file))
		require.ErrorContains(t, err, c.says, c.name)
		require.ErrorContains(t, err, "joins through its bootstrap nodes", c.name)
	}
	for n := range good {
		_, err := ParseState([]byte(good[:n]))
		require.Error(t, err, "cut at %d", n)
	}
	big := krpc.Saved{}
	for n := range StateContacts + 1 {
		big.Nodes = krpc.AppendNode(big.Nodes, somebody(n).ID, somebody(n).Addr)
	}
	_, err := ParseState(big.Append(nil))
	require.ErrorContains(t, err, "at most 300 contacts")
}

// FuzzState: what is read can be written, and is then the same.
func FuzzState(f *testing.F) {
	f.Add(State{ID: ownID}.Append(nil))
	f.Add(State{Contacts: append(crowd(3, somebody), crowd(2, somebody6)...)}.Append(nil))
	f.Add([]byte("d2:id20:"))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := ParseState(b)
		if err != nil {
			require.Zero(t, s)
			return
		}
		require.LessOrEqual(t, len(s.Contacts), 2*StateContacts)
		for _, c := range s.Contacts {
			require.True(t, usable(c.Addr))
		}
		require.True(t, bytes.Equal(b, s.Append(nil)))
	})
}

// TestRemember restarts a node: those whom it knew are asked at once, the closest first, beside the
// seeds; who does not answer is not in the table, and who does has lost nothing.
func TestRemember(t *testing.T) {
	d := newDriven(t, quiet(), crowd(100, somebody)...)
	s := d.State(0, d.turn.Now)
	require.Greater(t, len(s.Contacts), 30)
	d.Drop(0)
	d.env.Seeds = func(_ uint32, dst []protocol.Addr) []protocol.Addr {
		return append(dst, host(1, 1))
	}
	d.Assign(0, s.ID)
	d.Remember(0, append(s.Contacts, Contact{ownID, host(2, 1)}, Contact{}))
	d.out.Reset()
	d.Start(0, &d.turn)
	first := d.sends(t)
	require.Len(t, first, d.cfg.Alpha+1)
	require.Equal(t, host(1, 1), first[d.cfg.Alpha].to, "the seed comes last")
	require.Zero(t, used(d.bucket(0, 0)), "nobody is trusted")

	asked, alive := d.sends(t), map[protocol.Addr]bool{}
	for range 1000 {
		if len(asked) == 0 {
			at, ok := d.out.Deadline()
			require.True(t, ok)
			if d.nodes[0].joined || d.turn.Now > protocol.Time(time.Minute) {
				break
			}
			d.turn.Now = max(d.turn.Now, at)
			d.out.Reset()
			d.Wake(0, &d.turn)
			asked = d.sends(t)
			continue
		}
		q := asked[0]
		asked = asked[1:]
		for n, c := range s.Contacts {
			if c.Addr == q.to && n%2 == 0 { // the others are gone
				alive[c.Addr] = true
				d.gets(q.to, krpc.Writer{}.Reply(nil, &krpc.Reply{T: q.m.T, ID: c.ID}))
				asked = append(asked, d.sends(t)...)
			}
		}
	}
	require.True(t, d.nodes[0].joined)
	require.GreaterOrEqual(t, len(alive), d.cfg.K)
	known := 0
	d.EachContact(0, d.turn.Now, func(_ int, c Contact, _ bool) {
		require.True(t, alive[c.Addr])
		known++
	})
	require.Equal(t, len(alive), known)
	d.Drop(0)
	require.Empty(t, d.remembered)
}

// TestRememberAtEveryJoin: as long as nobody answers, the node goes on asking whom it knew.
func TestRememberAtEveryJoin(t *testing.T) {
	d := newDriven(t, quiet())
	d.Drop(0)
	d.Remember(0, crowd(2, somebody))
	d.out.Reset()
	d.Start(0, &d.turn)
	for range 3 {
		require.Equal(t, 2, d.out.Sends())
		for again := false; !again; again = d.out.Sends() > 0 {
			at, ok := d.out.Deadline()
			require.True(t, ok)
			d.turn.Now = at
			d.out.Reset()
			d.Wake(0, &d.turn)
		}
	}
}
