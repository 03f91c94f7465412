package dht

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// received is the setting of a step that needs more than one packet: a node with one contact, which
// it has just asked something, with a transaction id.
type received struct {
	*driven
	asked Contact
	tid   []byte
}

func (d *received) reply(id krpc.ID, tid []byte) []byte {
	return krpc.Writer{}.Reply(nil, &krpc.Reply{T: tid, ID: id})
}

// takes brings a packet and requires what is counted, and that nothing is sent.
func (d *received) takes(t *testing.T, from protocol.Addr, p string, want map[Reason]uint64) {
	require.Equal(t, want, d.counted(func() { d.gets(from, []byte(p)) }), "%q", p)
	require.Zero(t, d.out.Sends())
}

// waiting returns how many queries of the node have no answer yet.
func (d *received) waiting() int { return d.pending.inUse() }

// longRule is a step of the receiving rules that one packet does not show.
type longRule struct {
	step int
	name string
	cfg  func(c *Config)
	play func(t *testing.T, d *received)
}

func longRules() []longRule {
	same := func(*Config) {}
	return []longRule{
		{3, "a sender over its rate is not even read",
			func(c *Config) { c.SourceLimit, c.SourceBan = 5, time.Minute },
			func(t *testing.T, d *received) {
				for range 4 {
					require.True(t, d.pinged(t, host(1, 1)))
				}
				for _, p := range []string{"junk", string(d.reply(krpc.ID{}, d.tid))} {
					d.takes(t, host(1, 2), p, map[Reason]uint64{Banned: 1})
				}
				require.True(t, d.pinged(t, host(2, 1)))
			}},
		{5, "an answer is one by its address, port and transaction id", same, playMatching},
		{5, "an answer that nobody asked for teaches nothing", same,
			func(t *testing.T, d *received) {
				stranger := somebody(700)
				d.takes(t, stranger.Addr, string(d.reply(stranger.ID, d.tid)),
					map[Reason]uint64{Unmatched: 1})
				require.Equal(t, -1, d.position(0, stranger.ID))
			}},
		{6, "an answer without an id is a failure of the query", same,
			func(t *testing.T, d *received) {
				d.takes(t, d.asked.Addr, "d1:rd2:id3:abce1:t2:"+string(d.tid)+"1:y1:re",
					map[Reason]uint64{NoID: 1})
				require.Zero(t, d.waiting())
			}},
		{7, "an error ends the query, and its sender is not the better for it", same,
			func(t *testing.T, d *received) {
				d.turn.Now = d.turn.Now.Add(d.cfg.GoodFor - 1)
				d.takes(t, d.asked.Addr, string(krpc.Writer{}.Error(nil, d.tid, 201, "no",
					protocol.Addr{})), map[Reason]uint64{Matched: 1})
				require.Zero(t, d.waiting())
				d.EachContact(0, d.turn.Now.Add(1), func(_ int, c Contact, good bool) {
					require.False(t, good, "%v", c)
				})
			}},
		{8, "a read-only node answers nobody, and takes answers",
			func(c *Config) { c.ReadOnly = true },
			func(t *testing.T, d *received) {
				w := krpc.Writer{}
				for _, p := range [][]byte{w.Ping(nil, d.tid, krpc.ID{Hi: 7}),
					w.FindNode(nil, d.tid, krpc.ID{Hi: 7}, ownID), []byte("d1:q1:x1:t1:a1:y1:qe")} {
					d.takes(t, host(1, 1), string(p), map[Reason]uint64{Ignored: 1})
				}
				d.takes(t, d.asked.Addr, string(d.reply(d.asked.ID, d.tid)),
					map[Reason]uint64{Matched: 1})
			}},
		{12, "nobody answers by our own id", same, func(t *testing.T, d *received) {
			d.takes(t, d.asked.Addr, string(d.reply(ownID, d.tid)), map[Reason]uint64{OwnID: 1})
			require.Equal(t, -1, d.position(0, ownID))
			require.Zero(t, d.waiting())
		}},
	}
}

// playMatching tries answers that are nearly right: other addresses, ports and transaction ids, one
// id for another. Then the right one counts, once.
func playMatching(t *testing.T, d *received) {
	from, right := d.asked.Addr, string(d.reply(d.asked.ID, d.tid))
	unmatched := map[Reason]uint64{Unmatched: 1}
	d.takes(t, from.WithPort(from.Port()+1), right, unmatched)
	d.takes(t, host(1, int(from.Port())), right, unmatched)
	d.takes(t, somebody6(1).Addr, right, unmatched)
	for _, tid := range [][]byte{{}, d.tid[:1], {d.tid[0], d.tid[1] + 1}, {d.tid[1] + 1, d.tid[0]},
		append(d.tid[:2:2], 0), append([]byte{0}, d.tid...)} {
		d.takes(t, from, string(d.reply(d.asked.ID, tid)), unmatched)
		d.takes(t, from, string(krpc.Writer{}.Error(nil, tid, 201, "no", from)), unmatched)
	}
	require.Equal(t, 1, d.waiting())
	d.takes(t, from, right, map[Reason]uint64{Matched: 1})
	d.takes(t, from, right, unmatched)
	require.Zero(t, d.waiting())
}

// TestEveryStep plays the steps that take more than a packet, and sees that all twelve have a test,
// here or in TestReceivingRules:
//
//	1  too short, or no dictionary            7  an error to a query of ours
//	2  an address that nobody can have        8  a query to a read-only node
//	3  a sender over its rate                 9  a query with something missing
//	4  no message: junk is never answered    10  an unknown method about a target
//	5  an answer to nothing                  11  an unknown method
//	6  an answer without an id               12  our own id as the sender
func TestEveryStep(t *testing.T) {
	seen := map[int]bool{}
	for _, c := range rules() {
		seen[c.step] = true
	}
	for _, c := range longRules() {
		seen[c.step] = true
		t.Run(fmt.Sprintf("%d %s", c.step, c.name), func(t *testing.T) {
			cfg := quiet()
			c.cfg(&cfg)
			asked := somebody(1)
			d := &received{newDriven(t, cfg, asked), asked, nil}
			d.ping(0, &d.turn, d.book.Ref(asked.ID, asked.Addr), purposePing)
			d.tid = d.sends(t)[0].m.T
			c.play(t, d)
		})
	}
	for step := 1; step <= 12; step++ {
		require.True(t, seen[step], "step %d", step)
	}
}

// TestImpostorFailsOnce: another id in the place of the one that was asked is one failure, also in
// a challenge; so a contact of BEP 5 gets its second try.
func TestImpostorFailsOnce(t *testing.T) {
	cfg := quiet()
	cfg.Buckets, cfg.Depth = []int{1}, 1
	for _, id := range []krpc.ID{somebody(7).ID, ownID} {
		asked := somebody(1)
		d := newDriven(t, cfg, asked)
		d.turn.Now = d.turn.Now.Add(cfg.GoodFor)
		d.out.Reset()
		d.challenge(0, &d.turn, 0, d.book.Ref(somebody(2).ID, somebody(2).Addr), 0)
		for try := 1; try <= challengeTries; try++ {
			q := d.sends(t)
			require.Len(t, q, 1)
			require.Equal(t, try-1, d.bucket(0, 0)[0].fails())
			require.Equal(t, asked.Addr, q[0].to)
			d.gets(asked.Addr, krpc.Writer{}.Reply(nil, &krpc.Reply{T: q[0].m.T, ID: id}))
		}
		require.Zero(t, d.out.Sends())
		have, _ := d.book.Contact(d.bucket(0, 0)[0].ref)
		require.Equal(t, somebody(2).ID, have)
	}
}
