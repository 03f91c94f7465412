package lab

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/krpc"
	"swarmlab/scenarios"
	"swarmlab/scenarios/findings"
	"swarmlab/scenarios/results"
	"swarmlab/sim"
)

// watchedWorld is the mixed network with NATs, some minutes old, and its sampler.
func watchedWorld(t *testing.T, minutes int, settings ...string) (*overlay, *sampler) {
	t.Helper()
	s := parse(t, mixed, append([]string{"network.nat",
		"{open: 60%, full_cone: 20%, symmetric: 20%}"}, settings...)...)
	o, err := newOverlay(s, 3, new(laws), nil)
	require.NoError(t, err)
	o.world = sim.New(sim.Config{Seed: 3, Groups: o.cores(), Network: o.network})
	o.lives.schedule(o.world, protocol.Time(s.Duration))
	o.world.Run(protocol.Time(minutes) * protocol.Time(time.Minute))
	return o, newSampler(o, newWorkload(o), 0)
}

// welcome tells whether a node runs under an id and lets strangers in, by the most direct means.
func (o *overlay) welcome(c dht.Contact) bool {
	node, ok := sim.HostOf(c.Addr)
	return ok && o.world.Alive(node) && o.idOf(node) == c.ID && o.world.Welcomes(node) &&
		c.Addr.Port() == netmodel.HomePort
}

// byHand counts the buckets of one client's tables the long way round.
func byHand(o *overlay, c *sampled) map[int]findings.Bucket {
	want := map[int]findings.Bucket{}
	for _, p := range c.populations {
		for i := range p.size {
			if !o.world.Alive(p.first + i) {
				continue
			}
			for b := range 160 {
				sum, contacts, dead := want[b], int32(0), int32(0)
				p.group.EachContact(i, o.world.Now(), func(_ int, c dht.Contact, _ bool) {
					if p.group.ID(i).SharedBits(c.ID) == b {
						contacts++
						if !o.welcome(c) {
							dead++
						}
					}
				})
				sum.Tables++
				sum.Room += int32(p.group.BucketSize(b))
				sum.Contacts += contacts
				sum.Dead += dead
				if int(contacts) >= p.group.BucketSize(b) {
					sum.Full++
					sum.InFull += contacts
					sum.DeadFull += dead
				}
				want[b] = sum
			}
		}
	}
	return want
}

// TestBucketsAgainstTheTruth holds the buckets of all clients against a count by hand.
func TestBucketsAgainstTheTruth(t *testing.T) {
	o, watch := watchedWorld(t, 4, "groups.stable.size", "120")
	var sum findings.Bucket
	for _, c := range watch.clients {
		row := watch.sample(c, o.world.Now())
		got := watch.health.take(nil, &row, 77)
		want := byHand(o, c)
		for n, b := range got {
			require.EqualValues(t, n, b.Depth)
			require.EqualValues(t, 77, b.Supply)
			require.Equal(t, c.run.Client, b.Client)
			w := want[n]
			w.Second, w.Seed, w.Client, w.Depth, w.Supply = 240, 3, b.Client, b.Depth, 77
			require.Equal(t, w, b)
			sum.Contacts += b.Contacts
			sum.Dead += b.Dead
			sum.Full += b.Full
			sum.DeadFull += b.DeadFull
			delete(want, n)
		}
		for _, rest := range want {
			require.Zero(t, rest.Contacts)
		}
		require.Equal(t, row.Contacts, contactsOf(got))
	}
	require.Positive(t, sum.DeadFull)
	require.Greater(t, sum.Dead, sum.DeadFull)
	require.Greater(t, sum.Full, int32(200))
	require.Greater(t, sum.Contacts, 2*sum.Dead)
}

func contactsOf(rows []findings.Bucket) (n int32) {
	for _, b := range rows {
		n += b.Contacts
	}
	return n
}

// TestNeighbourhoodAgainstTheTruth holds what tables know of their owner's neighbourhood against
// all nodes, sorted.
func TestNeighbourhoodAgainstTheTruth(t *testing.T) {
	o, watch := watchedWorld(t, 4)
	all, lack, few := int32(0), int32(0), int32(0)
	var row findings.Sample
	for _, c := range watch.clients {
		s := watch.sample(c, o.world.Now())
		row.Tables += s.Tables
		row.KnowsAll += s.KnowsAll
		row.LacksThree += s.LacksThree
		row.KnowsFew += s.KnowsFew
	}
	for node := range o.ids.size {
		if !o.world.Alive(node) {
			continue
		}
		p, own := o.of(node), o.idOf(node)
		var others []dht.Contact
		for other := range o.ids.size {
			c := dht.Contact{ID: o.idOf(other), Addr: sim.AddrOf(other)}
			if other != node && o.welcome(c) {
				others = append(others, c)
			}
		}
		slices.SortFunc(others, func(a, b dht.Contact) int {
			return a.ID.Xor(own).Cmp(b.ID.Xor(own))
		})
		known := 0
		p.group.EachContact(node-p.first, 0, func(_ int, c dht.Contact, _ bool) {
			if slices.ContainsFunc(others[:p.cfg.K], func(near dht.Contact) bool {
				return near.ID == c.ID
			}) {
				known++
			}
		})
		all, lack, few = all+count(known == p.cfg.K), lack+count(known < p.cfg.K-2),
			few+count(known < 5)
	}
	require.Equal(t, []int32{all, lack, few},
		[]int32{row.KnowsAll, row.LacksThree, row.KnowsFew})
	require.Greater(t, row.KnowsAll, int32(10))
	require.Greater(t, row.LacksThree, int32(10))
	require.Less(t, row.KnowsFew, row.LacksThree)
}

func count(yes bool) int32 {
	if yes {
		return 1
	}
	return 0
}

const lasting = `name: lasting
duration: 3h10m
warmup: 5m
network: {latency: {model: constant, delay: 20ms}}
groups:
  - name: nodes
    size: 120
    tables: warm
    churn: {session: exponential(1h), offline: exponential(30m)}
    dht: {peer_expiry: 90m}
workload:
  - {kind: announce, group: nodes, rate: 6/m, start: 4m, stop: 10m, keys: 10000000}
`

// TestRecordsAgainstTheTruth follows records for hours, and counts their holders by hand at each
// look: from the announce's acknowledgements, the plan of the nodes' lives, and all ids sorted.
func TestRecordsAgainstTheTruth(t *testing.T) {
	s := parse(t, lasting)
	run, err := simulate(context.Background(), &job{cell: scenarios.Cell{Scenario: s}, seed: 5,
		laws: new(laws)})
	require.NoError(t, err)
	announces := 0
	for _, l := range run.Lookups {
		if l.Kind == scenarios.KindAnnounce {
			announces++
		}
	}
	o, err := newOverlay(s, 5, new(laws), nil)
	require.NoError(t, err)
	byRecord := map[int32][]findings.Record{}
	for _, r := range run.Records {
		byRecord[r.Number] = append(byRecord[r.Number], r)
		require.LessOrEqual(t, r.Closest, r.Online)
		require.LessOrEqual(t, r.Holding, r.Online)
		require.LessOrEqual(t, r.Online, r.Holders)
		require.LessOrEqual(t, r.Holders, int32(8))
		if r.Age >= 90*60 {
			require.Zero(t, r.Holding, "all have expired")
		}
	}
	require.Len(t, byRecord, announces, "a few are all followed")
	require.Greater(t, announces, 20)
	require.Equal(t, run.Lookups[0].Peers, byRecord[0][0].Holders, "nothing is lost on the way")
	online, held := 0.0, 0.0
	for _, rows := range byRecord {
		for n, r := range rows {
			require.EqualValues(t, n*5*60, r.Age, "each five minutes, from the beginning on")
		}
		require.Equal(t, rows[0].Holders, rows[0].Holding)
		online += float64(rows[12].Online)
		held += float64(rows[12].Holders)
	}
	// In the steady state an hour later a node is up with probability 2/3 + 1/3 exp(-3).
	require.InDelta(t, 0.683, online/held, 0.06)
	require.True(t, o.lives.churned)
	metrics := results.Summarise(&results.Outcome{Scenario: s,
		Cells: []scenarios.Cell{{Scenario: s}}, Runs: []*findings.Run{run}}).Cells[0].Metrics
	require.InDelta(t, online/float64(announces), float64(metrics["record.online_1h"].Mean), 1e-6)
	require.InDelta(t, held/float64(announces), float64(metrics["record.holders"].Mean), 1e-6)
	require.NotContains(t, metrics, "record.online_10h")
}

// TestClosestHolders: who holds a record is among the closest until somebody closer comes, by a
// sorted list of all nodes.
func TestClosestHolders(t *testing.T) {
	o, watch := watchedWorld(t, 3)
	key := krpc.ID{Hi: 0x1234567812345678}
	r := record{key: key, owner: 7}
	for node := range uint32(60) {
		r.holders = append(r.holders, holder{node, o.idOf(node)})
	}
	var ups []uint32
	for node := range o.ids.size {
		if o.world.Alive(node) && o.world.Welcomes(node) {
			ups = append(ups, node)
		}
	}
	slices.SortFunc(ups, func(a, b uint32) int {
		return o.idOf(a).Xor(key).Cmp(o.idOf(b).Xor(key))
	})
	want, online := int32(0), int32(0)
	for _, node := range ups[:o.of(7).cfg.K] {
		want += count(node < 60)
	}
	for node := range uint32(60) {
		online += count(o.world.Alive(node))
	}
	row := watch.records.look(0, &r, o.world.Now(), 0)
	require.Equal(t, want, row.Closest)
	require.Positive(t, want)
	require.Equal(t, online, row.Online)
	require.Less(t, online, row.Holders)
	require.Zero(t, row.Holding, "nobody announced anything")
}

func TestAgeStep(t *testing.T) {
	hour := protocol.Time(time.Hour)
	for span, want := range map[protocol.Time]time.Duration{
		hour / 4: time.Minute, hour: time.Minute, 2 * hour: 2 * time.Minute,
		24 * hour: 20 * time.Minute, 36 * hour: 30 * time.Minute, 1000 * hour: time.Hour,
	} {
		require.EqualValues(t, want, ageStep(span))
	}
}

// TestLooksAllocateNothing: a look at a table takes no memory once the scratch has grown.
func TestLooksAllocateNothing(t *testing.T) {
	o, watch := watchedWorld(t, 4)
	c, now := watch.clients[0], o.world.Now()
	row := watch.sample(c, now)
	p := c.populations[0]
	require.Zero(t, testing.AllocsPerRun(20, func() {
		for _, i := range p.watched {
			if o.world.Alive(p.first + i) {
				watch.health.look(p, i, now, &row)
			}
		}
	}))
}
