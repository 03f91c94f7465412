package swarms

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"swarmlab/plots/number"
	"swarmlab/plots/page"
	"swarmlab/plots/stored"
)

// exchangeMost is how many rows and columns the map of who gives to whom has at most; of more
// peers each is several.
const exchangeMost = 100

type giveRow struct {
	Cell      int32  `parquet:"cell"`
	Seed      uint64 `parquet:"seed"`
	From      uint32 `parquet:"from"`
	To        uint32 `parquet:"to"`
	Delivered uint64 `parquet:"delivered"`
}

// A crew is the peers of one run in the order of the map: by group, first seeds first and then
// those with the widest uplinks, and in it by completion.
type crew struct {
	peers  []peerRow
	groups []string
	ends   []int // of the groups: one behind its last peer
	place  map[uint32]int
}

func crewOf(peers []peerRow) *crew {
	c := &crew{peers: peers, place: map[uint32]int{}}
	rank := map[string]float64{} // of a group, the higher the earlier
	for i := range peers {
		p := &peers[i]
		up := float64(p.UpRate)
		if !p.leeches() {
			up = math.Inf(1)
		}
		rank[p.Group] = max(rank[p.Group], up)
	}
	done := func(p *peerRow) int64 {
		if p.Completed == 0 {
			return math.MaxInt64
		}
		return p.Completed
	}
	slices.SortStableFunc(peers, func(a, b peerRow) int {
		return cmp.Or(cmp.Compare(rank[b.Group], rank[a.Group]), cmp.Compare(a.Group, b.Group),
			cmp.Compare(done(&a), done(&b)), cmp.Compare(a.Node, b.Node))
	})
	for i := range peers {
		if n := len(c.groups); n == 0 || c.groups[n-1] != peers[i].Group {
			c.groups, c.ends = append(c.groups, peers[i].Group), append(c.ends, i)
		}
		c.ends[len(c.ends)-1] = i + 1
		c.place[peers[i].Node] = i
	}
	return c
}

// Exchange draws who gives payload to whom, in the first run.
func Exchange(r *stored.Results, l page.Look) (*page.Figure, error) {
	if ok, err := r.Has(transfersFile); err != nil || !ok {
		return &page.Figure{Skipped: noSwarm}, err
	}
	first := r.Cells[0]
	var peers []peerRow
	err := stored.Scan(r, peersFile, func(row *peerRow) error {
		if int(row.Cell) == first.Cell && row.Seed == first.Seeds[0] {
			peers = append(peers, *row)
		}
		return nil
	})
	if err != nil || len(peers) < 2 {
		return &page.Figure{Skipped: "fewer than two peers"}, err
	}
	c := crewOf(peers)
	m := newMosaic(len(c.peers))
	sums := make([][]float64, len(c.groups)) // bytes, by groups
	for i := range sums {
		sums[i] = make([]float64, len(c.groups))
	}
	group := func(at int) int { n, _ := slices.BinarySearch(c.ends, at+1); return n }
	err = stored.Scan(r, transfersFile, func(row *giveRow) error {
		from, a := c.place[row.From]
		to, b := c.place[row.To]
		if int(row.Cell) == first.Cell && row.Seed == first.Seeds[0] && a && b {
			m.add(from, to, float64(row.Delivered)/1e6)
			sums[group(from)][group(to)] += float64(row.Delivered)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	m.finish()
	if m.most == 0 {
		return &page.Figure{Skipped: "nobody gave anything to anybody"}, nil
	}
	f := &page.Figure{Line: 0.6 * l.Height, Plot: c.plot(m, l)}
	for _, share := range []float64{0, 0.5, 1} {
		text := number.Significant(share*m.most) + "\u00A0MB"
		if share == 1 && m.cut {
			text += " and more"
		}
		f.Legend = append(f.Legend, page.LegendEntry{Label: text, Fill: page.Shade(share)})
	}
	f.Title = c.title(sums)
	enterSums(f, c, sums, first)
	f.About = c.about(m, first, r)
	return f, nil
}

func (c *crew) plot(m *mosaic, l page.Look) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Width, a.Padding, a.Tick.Length = 0, 0, 0
		a.Color, a.Label.Padding = l.Ink, l.Text/3
		a.Label.TextStyle.Font, a.Label.TextStyle.Color = page.Sans(l.Text), l.Ink
		a.Tick.Label.Font, a.Tick.Label.Color = page.Sans(l.Text), l.Ink
		a.Min, a.Max = 0, float64(len(c.peers))
	}
	p.Y.Tick.Label.YAlign = -0.6
	p.X.Label.Text, p.Y.Label.Text = "to", "from"
	var across, up plot.ConstantTicks
	begin := 0
	for i, end := range c.ends {
		mid := float64(begin+end) / 2
		room := (l.Width - 8*l.Text) * vg.Length(end-begin) / vg.Length(len(c.peers))
		if text := page.Fit(c.groups[i], l.Text, 0.15*l.Width); page.Width(text, l.Text) < room {
			across = append(across, plot.Tick{Value: mid, Label: text})
		}
		high := (l.Height - 8*l.Text) * vg.Length(end-begin) / vg.Length(len(c.peers))
		if high > 1.1*l.Text {
			up = append(up, plot.Tick{Value: float64(len(c.peers)) - mid,
				Label: page.Fit(c.groups[i], l.Text, 0.15*l.Width)})
		}
		begin = end
	}
	p.X.Tick.Marker, p.Y.Tick.Marker = across, up
	p.Add(mosaicMarks{m, c.ends[:len(c.ends)-1], l})
	return p
}

// A mosaic is a square map of means: of so many peers by so many, put together in bins.
type mosaic struct {
	peers, bins int
	sum         [][]float64
	most        float64 // that has the lightest shade
	cut         bool    // there is more
}

func newMosaic(peers int) *mosaic {
	m := &mosaic{peers: peers, bins: min(peers, exchangeMost)}
	for range m.bins {
		m.sum = append(m.sum, make([]float64, m.bins))
	}
	return m
}

func (m *mosaic) bin(at int) int { return at * m.bins / m.peers }

func (m *mosaic) add(from, to int, v float64) { m.sum[m.bin(from)][m.bin(to)] += v }

// ends returns the peers of a bin: from and up to one behind.
func (m *mosaic) ends(bin int) (from, to int) {
	up := func(n int) int { return (n*m.peers + m.bins - 1) / m.bins }
	return up(bin), up(bin + 1)
}

// finish turns sums into means of pairs, and finds the value of the lightest shade: so high that
// one in a hundred of the pairs that exchange has more.
func (m *mosaic) finish() {
	var all []float64
	for i := range m.sum {
		for j := range m.sum[i] {
			a, b := m.ends(i)
			c, d := m.ends(j)
			m.sum[i][j] /= float64((b - a) * (d - c))
			if m.sum[i][j] > 0 {
				all = append(all, m.sum[i][j])
			}
		}
	}
	if len(all) == 0 {
		return
	}
	slices.Sort(all)
	m.most = all[(len(all)-1)*99/100]
	m.cut = all[len(all)-1] > m.most
}

// mosaicMarks draws the map, the first row on top, and lines between groups.
type mosaicMarks struct {
	*mosaic
	between []int
	look    page.Look
}

func (m mosaicMarks) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	whole := float64(m.peers)
	seam := 0.5 * m.look.Thin // tiles overlap: between mere neighbours the ground would show
	for i := range m.sum {
		top, bottom := m.ends(i)
		for j, v := range m.sum[i] {
			left, right := m.ends(j)
			c.SetColor(page.Shade(v / m.most))
			c.Fill(vg.Rectangle{
				Min: vg.Point{X: x(float64(left)), Y: max(y(whole-float64(bottom))-seam, y(0))},
				Max: vg.Point{X: min(x(float64(right))+seam, x(whole)), Y: y(whole - float64(top))},
			}.Path())
		}
	}
	line := draw.LineStyle{Color: color.White, Width: m.look.Thin}
	for _, at := range m.between {
		c.StrokeLine2(line, x(float64(at)), y(0), x(float64(at)), y(whole))
		c.StrokeLine2(line, x(0), y(whole-float64(at)), x(whole), y(whole-float64(at)))
	}
}

// title tells how much the largest groups keep among themselves.
func (c *crew) title(sums [][]float64) string {
	text := ""
	for i, group := range c.groups {
		all := 0.0
		for _, v := range sums[i] {
			all += v
		}
		begin := 0
		if i > 0 {
			begin = c.ends[i-1]
		}
		if !c.peers[begin].leeches() || all == 0 {
			continue
		}
		if len(c.groups) == 2 && !c.peers[0].leeches() {
			from := sums[0][1] / (sums[0][1] + sums[1][1])
			return fmt.Sprintf("%s of what downloading peers get comes from their like",
				hundredths(1-from))
		}
		if text != "" {
			text += ", "
		}
		text += fmt.Sprintf("%s %s", group, hundredths(sums[i][i]/all))
	}
	if text == "" {
		return "Who gives to whom"
	}
	return "What groups give to their own: " + text
}

// enterSums puts the groups into the data.
func enterSums(f *page.Figure, c *crew, sums [][]float64, of stored.Cell) {
	f.Data = page.Table{Header: []string{"cell", "seed", "from", "to", "payload_bytes",
		"from_peers", "to_peers"}}
	size := func(i int) int {
		if i == 0 {
			return c.ends[0]
		}
		return c.ends[i] - c.ends[i-1]
	}
	for i := range sums {
		for j, v := range sums[i] {
			f.Data.Add(of.Cell, int(of.Seeds[0]), c.groups[i], c.groups[j], v, size(i), size(j))
		}
	}
}

func (c *crew) about(m *mosaic, of stored.Cell, r *stored.Results) page.About {
	a := page.About{
		Shows: "A map of the peers of one run by the peers: the lighter, the more payload the " +
			"one on the left gave to the one below. Groups are divided by lines: first seeds " +
			"first, then by uplink. In a group the first to complete is the first.",
		Definition: "Payload delivered from one peer to another, by the network's books.",
		Cells:      []stored.Cell{of}, Intervals: "none: one run",
		N: func(stored.Cell) string { return number.Plural(len(c.peers), "peer") },
		Notes: []string{fmt.Sprintf("This is seed %d; the data has the sums of groups, and %s all "+
			"pairs.", of.Seeds[0], transfersFile)},
	}
	if m.bins < m.peers {
		a.Notes = append(a.Notes, fmt.Sprintf("Each row and column is of %d to %d peers: means "+
			"over their pairs.", m.peers/m.bins, (m.peers+m.bins-1)/m.bins))
	}
	if len(r.Cells) > 1 {
		a.Notes = append(a.Notes, "Of several cells this is the first.")
	}
	return a
}
