package dht

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// stormConfigs returns the profiles, each also with pings to strangers, and with its ways of being
// picky turned on one by one.
func stormConfigs() (names []string, configs []Config) {
	for _, name := range Profiles() {
		for variant := range 6 {
			c, _ := Profile(name)
			c.Refresh, c.Depth = 0, 12
			c.VerifySenders = c.VerifySenders || variant > 0
			c.Diverse = c.Diverse || variant == 2
			if variant == 3 {
				c.SecureIDs = SecureIDsEnforced
			}
			if variant == 4 {
				c.Replacements = max(c.Replacements, 1)
			}
			if variant == 5 {
				c.Eviction = EvictFailed
			}
			names = append(names, fmt.Sprintf("%s/%d", name, variant))
			configs = append(configs, c)
		}
	}
	return names, configs
}

// stormTables are what two nodes who meet know already. Each fills the table of one of them, who
// is to meet another one.
var stormTables = []struct {
	name string
	fill func(g *Group, other Contact)
}{
	{"nobody", func(*Group, Contact) {}},
	{"the other elsewhere", func(g *Group, other Contact) {
		g.Fill(0, Contact{other.ID, net(77, 7)}, 0)
	}},
	{"the other's neighbour", func(g *Group, other Contact) {
		r := protocol.NewRand(5, 5, 5)
		g.Fill(0, Contact{krpc.RandomID(&r), protocol.Addr4(other.Addr.IP4()^0x80, 1)}, 0)
	}},
	{"the other's neighbour in reserve", func(g *Group, other Contact) {
		g.Fill(0, Contact{g.ID(0).RandomInBucket(3, new(protocol.Rand)), net(78, 1)}, 0)
		if g.cfg.Replacements > 0 {
			c := Contact{other.ID, protocol.Addr4(other.Addr.IP4()^0x80, 1)}
			g.stow(0, g.nodes[0].bucketOf(c.ID), newSlot(g.env.Directory.Ref(c.ID, c.Addr), 0))
		}
	}},
	{"the other's host", func(g *Group, other Contact) {
		r := protocol.NewRand(6, 6, 6)
		g.Fill(0, Contact{krpc.RandomID(&r), other.Addr.WithPort(7)}, 0)
	}},
	{"many", func(g *Group, other Contact) {
		r := protocol.NewRand(4, 4, 4)
		for n := range 300 {
			g.Fill(0, Contact{krpc.RandomID(&r), net(n, 1)}, 0)
		}
	}},
}

// TestNoStorm has two nodes meet, of each two configurations, who know others. The ping of one is
// to the other a query of a stranger, who may be pinged, and so on: that must end, and soon. The
// others never answer, and no time passes, so what ends it is not a timeout.
func TestNoStorm(t *testing.T) {
	names, configs := stormConfigs()
	most, met := 0, 0
	for a := range configs {
		for b := range configs {
			for _, table := range stormTables {
				for _, age := range []protocol.Time{0, 3600e9} {
					said, known := meet(t, configs[a], configs[b], table.fill, age)
					require.Less(t, said, 12, "%s meets %s, knowing %s", names[a], names[b],
						table.name)
					most = max(most, said)
					if known {
						met++
					}
				}
			}
		}
	}
	t.Logf("at most %d letters", most)
	require.Greater(t, met, len(configs)*len(configs), "many come to know each other")
}

// meet returns how many letters two nodes exchange when one pings the other, at most 100, and
// whether either came to know the other.
func meet(
	t *testing.T, a, b Config, fill func(*Group, Contact), now protocol.Time,
) (said int, known bool) {
	n := &household{at: map[protocol.Addr]*home{}}
	n.add(t, a, true, false, nil, nil)
	n.add(t, b, true, false, nil, nil)
	var self [2]Contact
	for h := range self {
		delete(n.at, n.homes[h].addr[0])
		n.homes[h].addr[0] = net(60000+h, 1)
		self[h] = Contact{n.homes[h].id, n.homes[h].addr[0]}
		n.at[self[h].Addr] = n.homes[h]
	}
	for h, other := range []Contact{self[1], self[0]} {
		home := n.homes[h]
		fill(home.four, other)
		home.four.Fill(0, somebody(9), 0) // so that it need not join
		n.turn(home, func(t *protocol.Turn) { home.core.Start(0, t) })
	}
	n.now, n.mail = now, nil
	n.turn(n.homes[0], func(t *protocol.Turn) {
		g := n.homes[0].four
		g.ping(0, t, g.env.Directory.Ref(self[1].ID, self[1].Addr), purposePing)
	})
	for len(n.mail) > 0 && said < 100 {
		l := n.mail[0]
		n.mail = n.mail[1:]
		if h := n.at[l.to]; h != nil {
			said++
			n.turn(h, func(t *protocol.Turn) { h.core.Datagram(0, t, l.from, []byte(l.bytes)) })
		}
	}
	for h, other := range []Contact{self[1], self[0]} {
		g := n.homes[h].four
		known = known || find(g.bucket(0, g.nodes[0].bucketOf(other.ID)),
			g.env.Directory.Ref(other.ID, other.Addr)) >= 0
	}
	return said, known
}
