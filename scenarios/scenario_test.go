package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/netmodel"
	"swarmlab/protocol/dht"
)

const smallSource = `name: small
duration: 5m
groups:
  - {name: nodes, size: 50}
workload:
  - {kind: lookup, group: nodes, rate: 2/s}
`

func parseSmall(t require.TestingT, more string) *Scenario {
	s, err := Parse("small.yaml", []byte(smallSource+more))
	require.NoError(t, err)
	return s
}

// bare is a scenario without the memory of where its settings were written.
func bare(s *Scenario) Scenario {
	c := *s
	c.origin = nil
	return c
}

// TestProblems holds whole messages against testdata: what a user sees is what is reviewed.
// SWARMLAB_REWRITE=1 writes the expected files anew.
func TestProblems(t *testing.T) {
	files, err := filepath.Glob("testdata/problems/*.yaml")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 25)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			src, err := os.ReadFile(file)
			require.NoError(t, err)
			_, err = Parse(filepath.Base(file), src)
			require.Error(t, err)
			expected := strings.TrimSuffix(file, ".yaml") + ".txt"
			if os.Getenv("SWARMLAB_REWRITE") != "" {
				require.NoError(t, os.WriteFile(expected, []byte(err.Error()+"\n"), 0o644))
			}
			want, err2 := os.ReadFile(expected)
			require.NoError(t, err2)
			require.Equal(t, string(want), err.Error()+"\n")
		})
	}
}

// TestRulesMatchFields finds a field without a rule, and a rule without a field.
func TestRulesMatchFields(t *testing.T) {
	var walk func(t reflect.Type, path string) []string
	walk = func(typ reflect.Type, path string) []string {
		var paths []string
		for i := range typ.NumField() {
			if fieldKey(typ, i) == "" {
				require.False(t, typ.Field(i).IsExported(), "%s has no key", typ.Field(i).Name)
				continue
			}
			key := under(path, fieldKey(typ, i))
			paths = append(paths, key)
			switch field := typ.Field(i).Type; {
			case itemPattern(field) != "":
				paths = append(paths, walk(field.Elem(), key+"."+itemPattern(field))...)
			case nested(field):
				paths = append(paths, walk(field, key)...)
			}
		}
		return paths
	}
	paths := walk(reflect.TypeFor[Scenario](), "")
	require.Len(t, rules, len(paths))
	for _, path := range paths {
		require.NotNil(t, rules[path], path)
		require.NotEmpty(t, rules[path].meaning, path)
	}
}

func TestSettings(t *testing.T) {
	docs := Settings()
	byPath := map[string]SettingDoc{}
	for _, d := range docs {
		byPath[d.Path] = d
	}
	require.Len(t, byPath, len(docs))
	require.Equal(t, SettingDoc{"groups.NAME.dht.alpha", "number", "1 to 32", "client",
		"protocol: mainline or bittorrent", "queries that a lookup keeps in flight"},
		byPath["groups.NAME.dht.alpha"])
	keys := byPath["workload.KIND.keys"]
	require.Equal(t, "kind: announce or get_peers", keys.When)
	require.Equal(t, "lognormal",
		strings.Fields(byPath["network.latency.sigma"].When)[1])
}

func TestDefaults(t *testing.T) {
	s := parseSmall(t, "")
	require.Equal(t, uint64(1), s.Seed)
	require.Equal(t, 1, s.Repeat)
	require.Equal(t, Latency{Model: "regions", IntraRegion: 10e6, Access: 12e6, AccessSigma: 800},
		s.Network.Latency)
	g := s.Groups[0]
	require.Equal(t, "mainline", g.Protocol)
	require.Equal(t, TablesJoin, g.Tables)
	require.Equal(t, Join{Over: 120e9, Bootstrap: 1}, g.Join)
	require.Equal(t, Clients("bep5"), g.Client)
	require.Equal(t, idsRandom, string(g.IDs))
	require.Zero(t, g.Churn)
	require.Zero(t, g.DHT, "all is left to the client")
	want := dht.Default()
	want.Depth = tableDepth([]int{8}, 50)
	require.Equal(t, want, s.Config(&g, "bep5"))
	require.Equal(t, s.Duration, s.Workload[0].Stop)
	require.Equal(t, "random-node", s.Workload[0].Target)
	require.Zero(t, s.Workload[0].Keys)
	require.Empty(t, s.Vary)
}

// TestDHTLimits makes sure that what the file allows, the protocol takes.
func TestDHTLimits(t *testing.T) {
	tried := 0
	for _, d := range Settings() {
		key, ok := strings.CutPrefix(d.Path, "groups.NAME.dht.")
		low, high, ranged := rules[d.Path].bounds()
		if !ok || !ranged {
			continue
		}
		for _, value := range []string{low, high} {
			s := parseSmall(t, "")
			if key == "buckets" {
				value = "[" + value + "]"
			}
			require.NoError(t, s.Set("groups.nodes.dht."+key, value))
			for _, other := range [][3]string{{"soft_timeout", "query_timeout", "1h"},
				{"source_limit", "source_ban", "1m"}, {"query_rate", "query_burst", "1"}} {
				if other[0] == key { // without which it would be refused
					require.NoError(t, s.Set("groups.nodes.dht."+other[1], other[2]))
				}
			}
			config := s.Config(&s.Groups[0], "bep5")
			require.NoError(t, config.Validate(), "%s=%s", key, value)
			tried++
		}
	}
	require.GreaterOrEqual(t, tried, 20)
}

// TestLatencyModels builds each network, so that every default is one that netmodel takes.
func TestLatencyModels(t *testing.T) {
	for _, model := range []string{"constant", "uniform", "lognormal", "regions"} {
		s := parseSmall(t, "network: {latency: {model: "+model+"}, jitter: 1ms, loss: 1%}\n")
		config, err := s.NetworkConfig(50)
		require.NoError(t, err)
		want, err := netmodel.Defaults(model)
		require.NoError(t, err)
		require.Equal(t, want, config.Latency, model)
		_, err = netmodel.New(config)
		require.NoError(t, err, model)
	}
}

func TestMatrixBesideTheScenario(t *testing.T) {
	dir := t.TempDir()
	src := smallSource + "network: {latency: {model: matrix, file: rtt.txt}}\n"
	file := filepath.Join(dir, "s.yaml")
	require.NoError(t, os.WriteFile(file, []byte(src), 0o600))
	s, err := Load(file)
	require.NoError(t, err)
	_, err = s.NetworkConfig(50)
	require.ErrorContains(t, err, "network.latency.file")
	require.ErrorContains(t, err, "relative to the scenario file")
	require.ErrorContains(t, err, fmt.Sprintf("s.yaml:%d:42: ", 1+strings.Count(smallSource, "\n")))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "rtt.txt"), 0o700))
	_, err = s.NetworkConfig(50)
	require.ErrorContains(t, err, "is no file but a folder")
	require.NoError(t, os.Remove(filepath.Join(dir, "rtt.txt")))
	rtt := []byte("0 10.5\n10.5 0\n")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "rtt.txt"), rtt, 0o600))
	config, err := s.NetworkConfig(50)
	require.NoError(t, err)
	_, err = netmodel.New(config)
	require.NoError(t, err)
}

func TestShipped(t *testing.T) {
	list := Shipped()
	files, err := filepath.Glob("library/*.yaml")
	require.NoError(t, err)
	require.Len(t, list, len(files)-1, "all but the one that init writes")
	for _, summary := range list {
		s, err := Open(summary.Name)
		require.NoError(t, err)
		require.Equal(t, summary.Name, s.Name)
		require.NotEmpty(t, summary.Title)
		_, err = s.Cells()
		require.NoError(t, err)
		if len(s.Quick) > 0 {
			require.NoError(t, s.ApplyQuick())
			require.Empty(t, s.Quick)
		}
	}
	_, err = Open("hosp")
	require.EqualError(t, err, `there is no scenario "hosp"; did you mean "hops"? `+
		`(a file is named with its ending, as in mine.yaml)`)
	_, err = Open("example")
	require.ErrorContains(t, err, "there is no scenario")
	_, err = Open("validation")
	require.ErrorContains(t, err, "validation is several scenarios")
	require.ErrorContains(t, err, "name one of them: hops-model, ")
	_, err = Open("missing.yaml")
	require.ErrorContains(t, err, "swarmlab init missing.yaml")
	_, err = Open("../library/hops")
	require.Error(t, err)
}

func TestExample(t *testing.T) {
	s, err := Parse("example.yaml", Example())
	require.NoError(t, err)
	cells, err := s.Cells()
	require.NoError(t, err)
	require.Len(t, cells, 2)
	require.NoError(t, s.ApplyQuick())
	require.Equal(t, 100, s.Groups[0].Size)
	for line := range strings.Lines(string(Example())) {
		require.LessOrEqual(t, len(line), 101)
	}
	// Whatever is commented out must be right, too.
	commented := 0
	for line := range strings.Lines(string(Example())) {
		if _, found := strings.CutPrefix(strings.TrimSpace(line), "# latency:"); found {
			model := strings.SplitAfter(strings.TrimSpace(line)[2:], "}")[0]
			parseSmall(t, "network: {"+model+"}\n")
		}
		for key, end := range map[string]string{"client": `%"`, "ids": "secure", "churn": "}"} {
			rest, found := strings.CutPrefix(strings.TrimSpace(line), "# "+key+":")
			if found {
				value := strings.TrimSpace(rest[:strings.Index(rest, end)+len(end)])
				require.NoError(t, s.Set("groups.nodes."+key, value), value)
				commented++
			}
		}
	}
	require.Equal(t, 3, commented)
}
