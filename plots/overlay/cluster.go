package overlay

import (
	"fmt"
	"image/color"
	"math"
	"math/bits"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// A cluster is a group of ids much closer to each other than uniform ones would be, as those are
// that somebody chose: a Sybil attack on a key, or many nodes of one owner.
type cluster struct {
	from, to uint64 // first and last
	ids      int
	shared   int // bits that they have in common
}

const (
	clusterIDs    = 4    // the smallest group that is looked for
	clusterChance = 1e-3 // expected number of such groups among uniform ids
	clustersShown = 5
)

// clustersOf returns the clusters among ids, which it sorts: groups of at least clusterIDs whose
// common first bits are more than chance explains, most ids first.
func clustersOf(ids []uint64) []cluster {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	least := chanceBits(len(ids))
	var found []cluster
	for i := 0; i+clusterIDs <= len(ids); {
		last := i + clusterIDs - 1
		if bits.LeadingZeros64(ids[i]^ids[last]) < least {
			i++
			continue
		}
		for last+1 < len(ids) && bits.LeadingZeros64(ids[i]^ids[last+1]) >= least {
			last++
		}
		found = append(found, cluster{ids[i], ids[last], last - i + 1,
			bits.LeadingZeros64(ids[i] ^ ids[last])})
		i = last + 1
	}
	slices.SortStableFunc(found, func(a, b cluster) int { return b.ids - a.ids })
	return found[:min(len(found), clustersShown)]
}

// chanceBits returns how many bits clusterIDs of n uniform ids share less often than clusterChance.
// Of the groups of m, each shares b bits with probability 2^(-b(m-1)).
func chanceBits(n int) int {
	groups := 1.0
	for k := range clusterIDs {
		groups *= float64(n-k) / float64(k+1)
	}
	if groups <= 0 {
		return 64
	}
	return int(math.Ceil(math.Log2(groups/clusterChance) / (clusterIDs - 1)))
}

// clusterNote tells of the clusters in the caption.
func clusterNote(found []cluster) string {
	var parts []string
	for _, c := range found {
		parts = append(parts, fmt.Sprintf("%s share %d bits, from %016x on",
			number.Plural(c.ids, "id"), c.shared, c.from))
	}
	return strings.Join(parts, "; ")
}

// A tip is a wedge that points down to a place on the axis of ids.
type tip struct {
	x     float64
	color color.NRGBA
}

func (m tip) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	at := vg.Point{X: x(m.x), Y: y(0)}
	size := (y(plt.Y.Max) - y(plt.Y.Min)) / 24
	var p vg.Path
	p.Move(at)
	p.Line(vg.Point{X: at.X - size*0.6, Y: at.Y + size})
	p.Line(vg.Point{X: at.X + size*0.6, Y: at.Y + size})
	p.Close()
	c.SetColor(m.color)
	c.Fill(p)
}

func idSpaceAbout(c *stored.Crawl, h *idHistogram, s *ids) page.About {
	a := page.About{
		Shows: fmt.Sprintf("Bars: nodes that answered, by the first %d bits of their ids. Line "+
			"and shade: mean and 95 %% of the counts of as many uniform ids. Beneath: where the "+
			"ids lie, of nodes that answered and of those that did not.", log2(len(h.bins))),
		Definition: "A node is an id at an address; it is reachable if it answered a find_node " +
			"with that id. Of an address with several ids only the one that was asked counts.",
		Counted: c.Counted(), Crawl: c,
		Intervals: "95 % of the binomial distribution of one bin's count; about one bin in " +
			"twenty lies outside",
		Model: "ids drawn uniformly, as BEP 5 has it; ids that are bound to addresses (BEP 42) " +
			"are uniform, too, if the addresses are many",
	}
	if len(h.outliers) > 0 {
		a.Notes = append(a.Notes, fmt.Sprintf("%s in red: uniform ids would have one so full "+
			"anywhere in less than %s of all crawls.", number.Plural(len(h.outliers), "bin"),
			number.Percent(standsOut)))
	}
	if len(s.clusters) > 0 {
		a.Notes = append(a.Notes, "Wedges: groups of ids closer than chance explains: "+
			clusterNote(s.clusters)+".")
	}
	return a
}
