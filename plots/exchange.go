package plots

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
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

// exchangeFigure draws who gives payload to whom, in the first run.
func exchangeFigure(r *results, l look) (*figure, error) {
	if ok, err := r.has(transfersFile); err != nil || !ok {
		return &figure{skipped: noSwarm}, err
	}
	first := r.Cells[0]
	var peers []peerRow
	err := scanTable(r, peersFile, func(row *peerRow) error {
		if int(row.Cell) == first.Cell && row.Seed == first.Seeds[0] {
			peers = append(peers, *row)
		}
		return nil
	})
	if err != nil || len(peers) < 2 {
		return &figure{skipped: "fewer than two peers"}, err
	}
	c := crewOf(peers)
	m := newMosaic(len(c.peers))
	sums := make([][]float64, len(c.groups)) // bytes, by groups
	for i := range sums {
		sums[i] = make([]float64, len(c.groups))
	}
	group := func(at int) int { n, _ := slices.BinarySearch(c.ends, at+1); return n }
	err = scanTable(r, transfersFile, func(row *giveRow) error {
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
		return &figure{skipped: "nobody gave anything to anybody"}, nil
	}
	f := &figure{line: 0.6 * l.height, plot: c.plot(m, l)}
	for _, share := range []float64{0, 0.5, 1} {
		text := significant(share*m.most) + "\u00A0MB"
		if share == 1 && m.cut {
			text += " and more"
		}
		f.legend = append(f.legend, legendEntry{label: text, fill: shade(share)})
	}
	f.title = c.title(sums)
	f.enterSums(c, sums, first)
	f.about = c.about(m, first, r)
	return f, nil
}

func (c *crew) plot(m *mosaic, l look) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Width, a.Padding, a.Tick.Length = 0, 0, 0
		a.Color, a.Label.Padding = l.ink, l.text/3
		a.Label.TextStyle.Font, a.Label.TextStyle.Color = sans(l.text), l.ink
		a.Tick.Label.Font, a.Tick.Label.Color = sans(l.text), l.ink
		a.Min, a.Max = 0, float64(len(c.peers))
	}
	p.Y.Tick.Label.YAlign = -0.6
	p.X.Label.Text, p.Y.Label.Text = "to", "from"
	var across, up plot.ConstantTicks
	begin := 0
	for i, end := range c.ends {
		mid := float64(begin+end) / 2
		room := (l.width - 8*l.text) * vg.Length(end-begin) / vg.Length(len(c.peers))
		if text := fit(c.groups[i], l.text, 0.15*l.width); width(text, l.text) < room {
			across = append(across, plot.Tick{Value: mid, Label: text})
		}
		high := (l.height - 8*l.text) * vg.Length(end-begin) / vg.Length(len(c.peers))
		if high > 1.1*l.text {
			up = append(up, plot.Tick{Value: float64(len(c.peers)) - mid,
				Label: fit(c.groups[i], l.text, 0.15*l.width)})
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
	look    look
}

func (m mosaicMarks) Plot(c draw.Canvas, plt *plot.Plot) {
	x, y := plt.Transforms(&c)
	whole := float64(m.peers)
	for i := range m.sum {
		top, bottom := m.ends(i)
		for j, v := range m.sum[i] {
			left, right := m.ends(j)
			c.SetColor(shade(v / m.most))
			c.Fill(vg.Rectangle{
				Min: vg.Point{X: x(float64(left)), Y: y(whole - float64(bottom))},
				Max: vg.Point{X: x(float64(right)), Y: y(whole - float64(top))},
			}.Path())
		}
	}
	line := draw.LineStyle{Color: color.White, Width: m.look.thin}
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
func (f *figure) enterSums(c *crew, sums [][]float64, of cell) {
	f.data = table{header: []string{"cell", "seed", "from", "to", "payload_bytes", "from_peers",
		"to_peers"}}
	size := func(i int) int {
		if i == 0 {
			return c.ends[0]
		}
		return c.ends[i] - c.ends[i-1]
	}
	for i := range sums {
		for j, v := range sums[i] {
			f.data.add(of.Cell, of.Seeds[0], c.groups[i], c.groups[j], v, size(i), size(j))
		}
	}
}

func (c *crew) about(m *mosaic, of cell, r *results) about {
	a := about{
		shows: "A map of the peers of one run by the peers: the lighter, the more payload the " +
			"one on the left gave to the one below. Groups are divided by lines: first seeds " +
			"first, then by uplink. In a group the first to complete is the first.",
		definition: "Payload delivered from one peer to another, by the network's books.",
		cells:      []cell{of}, intervals: "none: one run",
		n: func(cell) string { return plural(len(c.peers), "peer") },
		notes: []string{fmt.Sprintf("This is seed %d; the data has the sums of groups, and %s all "+
			"pairs.", of.Seeds[0], transfersFile)},
	}
	if m.bins < m.peers {
		a.notes = append(a.notes, fmt.Sprintf("Each row and column is of %d to %d peers: means "+
			"over their pairs.", m.peers/m.bins, (m.peers+m.bins-1)/m.bins))
	}
	if len(r.Cells) > 1 {
		a.notes = append(a.notes, "Of several cells this is the first.")
	}
	return a
}
