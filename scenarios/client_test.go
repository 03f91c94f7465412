package scenarios

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/netmodel"
	"swarmlab/protocol/dht"
)

// TestClientsCanonical: whatever way a mix is written, it has one form, which means the same.
func TestClientsCanonical(t *testing.T) {
	for text, want := range map[string]string{
		"libtorrent":                    "libtorrent",
		"jech 100%":                     "jech",
		"libtorrent 60%, jech 40%":      "libtorrent 60%, jech 40%",
		"libtorrent 0.6,jech  0.40":     "libtorrent 60%, jech 40%",
		" bep5 33.5% ,webtorrent 66.5%": "bep5 33.5%, webtorrent 66.5%",
	} {
		got, err := parseClients(text)
		require.NoError(t, err, text)
		require.Equal(t, want, string(got))
		again, err := parseClients(want)
		require.NoError(t, err)
		require.Equal(t, got, again)
	}
	require.Equal(t, []Share{{"libtorrent", netmodel.Certain / 5 * 3},
		{"jech", netmodel.Certain / 5 * 2}}, Clients("libtorrent 60%, jech 40%").Shares())
	require.Equal(t, []Share{{"bep5", netmodel.Certain}}, Clients("bep5").Shares())
}

// TestPortions: portions add up to the group, each within one node of its share.
func TestPortions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 16_000_000).Draw(t, "size")
		cut := rapid.SliceOfNDistinct(rapid.IntRange(1, 9999), 0, 4, rapid.ID[int]).Draw(t, "cut")
		slices.Sort(cut)
		cut = append(cut, 10_000)
		var items []string
		last := 0
		for i, c := range cut {
			share := netmodel.Probability(c-last) * (netmodel.Certain / 10_000)
			items = append(items, dht.Profiles()[i]+" "+share.String())
			last = c
		}
		clients, err := parseClients(strings.Join(items, ", "))
		require.NoError(t, err)
		g := Group{Size: size, Client: clients}
		total := 0
		sizes := map[string]int{}
		for _, p := range g.Portions() {
			require.Positive(t, p.Size)
			sizes[p.Client] = p.Size
			total += p.Size
		}
		require.Equal(t, size, total)
		for _, s := range clients.Shares() {
			due := float64(size) * float64(s.Share) / float64(netmodel.Certain)
			require.LessOrEqual(t, math.Abs(float64(sizes[s.Client])-due), 1.0)
		}
	})
}

// TestConfigIsTheClients: a group that writes nothing has each client's own settings, whichever.
func TestConfigIsTheClients(t *testing.T) {
	s := parseSmall(t, "")
	for _, client := range dht.Profiles() {
		require.NoError(t, s.Set("groups.nodes.client", client))
		require.NoError(t, s.Validate())
		want, ok := dht.Profile(client)
		require.True(t, ok)
		want.Depth = tableDepth(want.Buckets, 50)
		require.Equal(t, want, s.Config(&s.Groups[0], client))
		require.Equal(t, want.Refresh, time.Duration(*ownDHT(want).Refresh))
	}
}

// TestWrittenSettings: what is written holds for every client, also where it is a zero; every other
// setting stays the client's. The settings of one client, written out, make any other client it.
func TestWrittenSettings(t *testing.T) {
	s := parseSmall(t, "")
	for key, value := range map[string]string{
		"refresh": "never", "verify_senders": "false", "candidates": "plenty", "diverse": "false",
		"soft_timeout": "never", "source_limit": "none", "peer_expiry": "never",
		"upkeep": "ask", "admission": "mentioned", "eviction": "failed", "secure_ids": "enforced",
	} {
		require.NoError(t, s.Set("groups.nodes.dht."+key, value))
	}
	for _, client := range dht.Profiles() {
		want, _ := dht.Profile(client)
		want.Depth = tableDepth(want.Buckets, 50)
		want.Refresh, want.VerifySenders, want.Candidates, want.Diverse = 0, false, 0, false
		want.SoftTimeout, want.SourceLimit, want.PeerExpiry = 0, 0, 0
		want.Upkeep, want.Admission = dht.UpkeepAsk, dht.AdmitMentioned
		want.Eviction, want.SecureIDs = dht.EvictFailed, dht.SecureIDsEnforced
		require.Equal(t, want, s.Config(&s.Groups[0], client))
	}

	again, err := Parse("again.yaml", s.Resolved())
	require.NoError(t, err)
	require.Equal(t, bare(s), bare(again))
}

// TestSettingsMakeTheClient: the settings of a client, written out for another one, leave only what
// the file has no setting for.
func TestSettingsMakeTheClient(t *testing.T) {
	s := parseSmall(t, "")
	for _, client := range dht.Profiles() {
		want, _ := dht.Profile(client)
		s.Groups[0].DHT = *ownDHT(want)
		got := s.Config(&s.Groups[0], "bep5")
		want.Depth, want.Items = got.Depth, got.Items
		want.TokenPort, want.PeerPorts, want.WithholdTokens = false, false, false
		require.Equal(t, want, got, client)
	}
}

// TestClientsFollowK: enlarged buckets grow with k, and short replies stay in proportion.
func TestClientsFollowK(t *testing.T) {
	s := parseSmall(t, "")
	require.NoError(t, s.Set("groups.nodes.dht.k", "16"))
	config := func(client string) dht.Config { return s.Config(&s.Groups[0], client) }
	require.Equal(t, []int{128, 128, 64, 32, 16}, config("libtorrent").Buckets)
	require.Equal(t, 16, config("libtorrent").ReplyContacts)
	require.Equal(t, []int{16}, config("webtorrent").Buckets)
	require.Equal(t, 16, config("webtorrent").ReplyContacts)
	require.NoError(t, s.Set("groups.nodes.dht.buckets", "k"))
	require.Equal(t, []int{16}, config("libtorrent").Buckets)
	require.NoError(t, s.Set("groups.nodes.dht.buckets", "client"))
	require.NoError(t, s.Set("groups.nodes.dht.k", "client"))
	require.Equal(t, []int{20}, config("webtorrent").Buckets)
	require.Zero(t, s.Groups[0].DHT)
}

// TestPolicyWords holds the words of the file against the constants of the protocol.
func TestPolicyWords(t *testing.T) {
	for _, path := range []string{"admission", "eviction", "upkeep", "secure_ids"} {
		r := rules[dhtPath+path]
		config := dht.Default()
		eachDHT(&DHT{}, &config, func(key string, _, value reflect.Value) {
			if key == path {
				require.Equal(t, r.words(), policyWords(value.Type()))
			}
		})
	}
	config, _ := dht.Profile("libtorrent")
	require.Equal(t, "probe", string(*ownDHT(config).Upkeep))
	require.Equal(t, "preferred", string(*ownDHT(config).SecureIDs))
	config, _ = dht.Profile("webtorrent")
	require.Equal(t, "ping", string(*ownDHT(config).Upkeep))
	require.Equal(t, "senders", string(*ownDHT(config).Admission))
}

// TestShownValues: what is left to clients is shown with what they make of it.
func TestShownValues(t *testing.T) {
	s := parseSmall(t, "")
	require.NoError(t, s.Set("groups.nodes.client", "libtorrent 60%, webtorrent 40%"))
	require.NoError(t, s.Set("groups.nodes.dht.alpha", "4"))
	text := string(s.Described())
	require.Contains(t, text, "\n    client: \"libtorrent 60%, webtorrent 40%\"\n")
	require.Contains(t, text, "\n      k: client # libtorrent 8, webtorrent 20\n")
	require.Contains(t, text, "\n      buckets: client # libtorrent [128, 64, 32, 16, 8], "+
		"webtorrent [20]\n")
	require.Contains(t, text, "\n      rounds: client # false\n")
	require.Contains(t, text, "\n      alpha: 4\n")
	require.NoError(t, s.Set("vary", "{groups.nodes.client: [jech, \"bep5 50%, jech 50%\"]}"))
	require.Contains(t, string(s.Resolved()), "\n      query_timeout: client # jech 10s, bep5 2s\n")
}

func TestVaryClients(t *testing.T) {
	s := parseSmall(t, "vary:\n  groups.nodes.client: [jech, "+
		"\"libtorrent 60%, jech 40%\", 'bep5 100%']\n  groups.nodes.ids: [random, secure 0.8]\n")
	cells, err := s.Cells()
	require.NoError(t, err)
	require.Len(t, cells, 6)
	require.Equal(t, []Setting{{"groups.nodes.client", "libtorrent 60%, jech 40%"},
		{"groups.nodes.ids", "secure 80%"}}, cells[3].Set)
	require.Equal(t, Clients("bep5"), cells[4].Scenario.Groups[0].Client)
	again, err := Parse("again.yaml", s.Resolved())
	require.NoError(t, err)
	require.Equal(t, bare(s), bare(again))
}

func TestIDs(t *testing.T) {
	for text, want := range map[string]string{"random": "random", "secure": "secure",
		"secure 80%": "secure 80%", "secure 0.5": "secure 50%", "secure 0%": "random",
		"secure 100%": "secure"} {
		ids, err := parseIDs(text)
		require.NoError(t, err)
		require.Equal(t, want, string(ids))
	}
	require.Equal(t, netmodel.Certain/5*4, IDs("secure 80%").Secure())
	require.Equal(t, netmodel.Certain, IDs("secure").Secure())
	require.Zero(t, IDs("random").Secure())
}

func TestChurn(t *testing.T) {
	s := parseSmall(t, "")
	require.Zero(t, s.Groups[0].Churn)
	err := s.Set("groups.nodes.churn.graceful", "10%")
	require.EqualError(t, err, "small.yaml: set groups.nodes.churn.graceful=10%: "+
		`groups.nodes.churn is none, so it has no "graceful"; set it as a whole`)
	require.NoError(t, s.Set("groups.nodes.churn", "{session: exponential(1h)}"))
	c := s.Groups[0].Churn
	require.Equal(t, []any{"exponential(1h)", "exponential(30m)", netmodel.Certain / 100 * 78,
		"steady", TableLost}, []any{c.Session.String(), c.Offline.String(), c.Graceful, c.Start,
		c.Table})
	require.NoError(t, s.Set("groups.nodes.churn.graceful", "10%"))
	require.NoError(t, s.Set("vary", "{groups.nodes.churn.session: [exponential(1h), "+
		"exponential(10m)], groups.nodes.churn.table: [lost, kept]}"))
	require.NoError(t, s.Validate())
	cells, err := s.Cells()
	require.NoError(t, err)
	require.Len(t, cells, 4)
	require.Equal(t, "exponential(10m)", cells[2].Set[0].Value)
	require.Equal(t, 10*time.Minute, cells[2].Scenario.Groups[0].Churn.Session.Mean())
	for _, printed := range [][]byte{s.Resolved(), s.Described()} {
		again, err := Parse("again.yaml", printed)
		require.NoError(t, err, string(printed))
		require.Equal(t, bare(s), bare(again))
	}
	require.ErrorContains(t, s.Set("groups.nodes.churn.session", "exponential"),
		"groups.nodes.churn.session: ")
	require.NoError(t, s.Set("vary", "none"))
	require.NoError(t, s.Set("groups.nodes.churn", "none"))
	require.Zero(t, s.Groups[0].Churn)

	s = parseSmall(t, "vary: {groups.nodes.churn: [none, {session: exponential(2h)}]}\n")
	cells, err = s.Cells()
	require.NoError(t, err)
	require.Equal(t, "none", cells[0].Set[0].Value)
	require.Equal(t, `{trace: none, session: "exponential(2h)", offline: "exponential(30m)", `+
		`always_on: 0%, arrivals: even, start: steady, graceful: 78%, table: lost, return: same}`,
		cells[1].Set[0].Value)
}

// TestChurnPresets writes every published churn, and holds it against the library's.
func TestChurnPresets(t *testing.T) {
	complete := 0
	for _, name := range netmodel.ChurnPresets() {
		s := parseSmall(t, "")
		want, _ := netmodel.ChurnPreset(name)
		err := s.Set("groups.nodes.churn", "{preset: "+name+", table: kept}")
		if want.Offline.IsZero() {
			require.ErrorContains(t, err, "groups.nodes.churn.preset: "+name+
				" has no published offline; write one beside it, as in offline: exponential(30m)")
			require.NoError(t, s.Set("groups.nodes.churn",
				"{offline: constant(2h), preset: "+name+", table: kept}"))
			want.Offline, err = netmodel.ParseSpan("constant(2h)")
		} else {
			complete++
		}
		require.NoError(t, err)
		require.Equal(t, Churn{Session: want.Session, Offline: want.Offline,
			Graceful: want.Graceful, AlwaysOn: want.AlwaysOn,
			Start: "steady", Table: TableKept, Return: ReturnSame}, s.Groups[0].Churn)
		again, err := Parse("again.yaml", s.Resolved())
		require.NoError(t, err)
		require.Equal(t, bare(s), bare(again), "what is stored needs no presets")
		require.NotContains(t, string(s.Resolved()), presetKey)
		require.Contains(t, rules["groups.NAME.churn"].meaning, name)
	}
	require.Equal(t, 2, complete)
	s := parseSmall(t, "vary: {groups.nodes.churn: [none, {preset: kad, graceful: 50%}]}\n")
	cells, err := s.Cells()
	require.NoError(t, err)
	require.Equal(t, netmodel.Certain/2, cells[1].Scenario.Groups[0].Churn.Graceful)
	require.Equal(t, 908*time.Minute,
		cells[1].Scenario.Groups[0].Churn.Offline.Mean().Round(time.Minute))
}

func TestChurnPresetsThatAreNone(t *testing.T) {
	s := parseSmall(t, "")
	for value, complaint := range map[string]string{
		"{preset: kat}": `churn.preset: "kat" is no published churn; ` +
			`did you mean "kad"?`,
		"{preset: gnutella}":           `"gnutella" is no published churn; known: redhat, debian`,
		"{preset: [kad]}":              `churn.preset: "" is no published churn`,
		"{preset: kad, session: long}": "churn.session: span",
		"{preset: kad, leave: never}":  `unknown key "leave"`,
	} {
		require.ErrorContains(t, s.Set("groups.nodes.churn", value), complaint, value)
	}
	require.Zero(t, s.Groups[0].Churn)
}
