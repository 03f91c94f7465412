package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
)

const targeted = `
name: small
groups: [{name: nodes, size: 50}]
workload: [{kind: lookup, group: nodes, rate: 2/s}]
vary: {groups.nodes.size: [50, 100]}
targets:
  - what: mean hops
    metric: lookup.hops.contact
    where: {groups.nodes.size: 100}
    published: 2.5
    tolerance: 10%
    kind: oracle
    source: a paper
`

// TestTargetsReadBack: what is resolved means the same, and quick and set leave targets alone.
func TestTargetsReadBack(t *testing.T) {
	s, err := Parse("small.yaml", []byte(targeted))
	require.NoError(t, err)
	want := []Target{{What: "mean hops", Metric: "lookup.hops.contact", Of: "mean",
		Where:     Overrides{{"groups.nodes.size", "100"}},
		Published: 2.5, Tolerance: "10%", Kind: "oracle", Source: "a paper"}}
	require.Equal(t, want, s.Targets)
	again, err := Parse("again.yaml", s.Resolved())
	require.NoError(t, err)
	require.Equal(t, want, again.Targets)
	require.NoError(t, s.Set("groups.nodes.size", "70"))
	require.NoError(t, s.Validate())
	require.Equal(t, want, s.Targets)
	require.Error(t, s.Set("vary", "{targets: [[]]}"))
	require.NoError(t, s.Set("targets", "none"))
	require.Empty(t, s.Targets)
}

func TestHas(t *testing.T) {
	s, err := Parse("small.yaml", []byte(targeted))
	require.NoError(t, err)
	cells, err := s.Cells()
	require.NoError(t, err)
	require.False(t, cells[0].Scenario.Has(s.Targets[0].Where))
	require.True(t, cells[1].Scenario.Has(s.Targets[0].Where))
	require.True(t, cells[0].Scenario.Has(nil))
	require.False(t, cells[1].Scenario.Has(Overrides{{"groups.others.size", "100"}}))
}

func TestBand(t *testing.T) {
	for _, c := range []struct {
		published Real
		tolerance Tolerance
		low, high float64
	}{
		{2, "0.5", 1.5, 2.5}, {200, "30%", 140, 260}, {-10, "10%", -11, -9},
		{5, "3..8", 3, 8}, {1, "0", 1, 1},
	} {
		target := Target{Published: c.published, Tolerance: c.tolerance}
		low, high := target.Band()
		require.InDelta(t, c.low, low, 1e-12, c)
		require.InDelta(t, c.high, high, 1e-12, c)
	}
}

func TestTargetWords(t *testing.T) {
	for text, want := range map[string]Tolerance{
		"0.020": "0.02", "30%": "30%", "1e1..20": "10..20",
	} {
		got, err := parseTolerance(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, bad := range []string{"", "%", "-1", "-1%", "nan", "inf", "3..", "8..3", "0x10", "1e999",
		"a lot"} {
		_, err := parseTolerance(bad)
		require.Error(t, err, bad)
	}
	for text, want := range map[string]Of{"mean": "mean", "p99": "p99", "cdf(007)": "cdf(7)"} {
		got, err := parseOf(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	for _, bad := range []string{"", "median", "cdf", "cdf()", "cdf(0)", "cdf(1001)", "cdf(3",
		"p51", "cdf(1)x"} {
		_, err := parseOf(bad)
		require.Error(t, err, bad)
	}
	n, ok := Of("cdf(12)").CDF()
	require.True(t, ok)
	require.Equal(t, 12, n)
	_, ok = Of("mean").CDF()
	require.False(t, ok)
	_, err := parseReal("1e13")
	require.ErrorContains(t, err, "is the unit right?")
}

// TestCollections: all members are shipped, and a name is no scenario's. Each published value is of
// one cell that there is, or of several.
func TestCollections(t *testing.T) {
	for _, c := range Collections() {
		require.NotContains(t, shippedNames(), c.Name)
		for _, name := range c.Scenarios {
			s, err := Open(name)
			require.NoError(t, err)
			require.NotEmpty(t, s.Targets, name)
			requireCells(t, s)
			require.NoError(t, s.ApplyQuick(), name)
		}
		require.Equal(t, c.Scenarios, Expand([]string{c.Name, c.Scenarios[0]}))
	}
	require.Equal(t, []string{"hops", "x.yaml"}, Expand([]string{"hops", "x.yaml", "hops"}))
	require.Empty(t, Expand(nil))
}

func requireCells(t *testing.T, s *Scenario) {
	t.Helper()
	cells, err := s.Cells()
	require.NoError(t, err)
	for n := range s.Targets {
		target := &s.Targets[n]
		fit := func(where Overrides) (count int) {
			for _, cell := range cells {
				if cell.Scenario.Has(where) {
					count++
				}
			}
			return count
		}
		switch count := fit(target.Where); target.Of {
		case OfSlope, OfHull, OfBest, OfRank:
			require.GreaterOrEqual(t, count, 3, "%s: %s", s.Name, target.What)
		case OfRatio:
			require.Equal(t, 1, count, "%s: %s", s.Name, target.What)
			if len(target.Against) > 0 {
				require.Equal(t, 1, fit(target.Against), "%s: %s", s.Name, target.What)
			}
		default:
			require.Equal(t, 1, count, "%s: %s", s.Name, target.What)
		}
	}
}

// TestFullValidationHasAllOfTheShorter: and more.
func TestFullValidationHasAllOfTheShorter(t *testing.T) {
	short, full := Collections()[0], Collections()[1]
	require.Equal(t, "validation", short.Name)
	require.Equal(t, "validation-full", full.Name)
	require.Equal(t, short.Scenarios, full.Scenarios[:len(short.Scenarios)])
	require.Greater(t, len(full.Scenarios), len(short.Scenarios))
	require.Equal(t, full.Scenarios, Expand([]string{"validation", "validation-full"}))
}
