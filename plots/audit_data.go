package plots

import (
	"cmp"
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
)

const (
	accountsFile = "accounts.parquet"
	balancesFile = "balances.parquet"
)

// noAudit is why figures of accounting are skipped where there is none.
const noAudit = "the scenario has no audit"

// honest is the cheat of those who do not.
const honest = "honest"

type accountRow struct {
	Cell         int32   `parquet:"cell"`
	Seed         uint64  `parquet:"seed"`
	Method       string  `parquet:"method"`
	User         uint32  `parquet:"user"`
	Cheat        string  `parquet:"cheat"`
	Up           uint64  `parquet:"up"`
	Down         uint64  `parquet:"down"`
	UpSeen       bool    `parquet:"up_seen"`
	DownSeen     bool    `parquet:"down_seen"`
	UpEstimate   float64 `parquet:"up_estimate"`
	DownEstimate float64 `parquet:"down_estimate"`
	UpLow        float64 `parquet:"up_low"`
	UpHigh       float64 `parquet:"up_high"`
	DownLow      float64 `parquet:"down_low"`
	DownHigh     float64 `parquet:"down_high"`
}

// methodNames are the methods of accounting, in the order of the tables, each with a word or two.
func methodNames() [][2]string {
	return [][2]string{
		{"M1", "self-report"}, {"M2", "balance"}, {"M3", "least squares"}, {"M4", "pairing"},
		{"M5", "rules"}, {"M5x2", "rules, twice"}, {"M6", "observers"}, {"M1xM6", "contrast"},
		{"M7", "cross-reports"}, {"M8", "receipts"}, {"M9", "flow bound"}, {"M10", "audits"},
	}
}

// methodWord says in words what a method is.
func methodWord(method string) string {
	for _, m := range methodNames() {
		if m[0] == method {
			return m[1]
		}
	}
	return ""
}

// cheatNames are the ways to cheat, A1 first.
func cheatNames() []string {
	return []string{"multiplier", "constant", "fake-seed", "ghost", "under-report", "collusion",
		"sybil", "withholder", "framer", "fake-have", "shared", "whitewash", "adaptive"}
}

// An entry is what one method says of one user: of uploads, or of downloads if it sees only those.
type entry struct {
	cell      cell
	seed      int // of the cell
	cheat     string
	user      uint32
	seen      bool
	truth     float64
	estimate  float64
	low, high float64
}

// off is the absolute relative error; +Inf where something is invented.
func (e *entry) off() float64 {
	switch d := math.Abs(e.estimate - e.truth); {
	case d == 0:
		return 0
	case e.truth == 0:
		return math.Inf(1)
	default:
		return d / e.truth
	}
}

// A ledger is the entries of one method.
type ledger struct {
	method  string
	side    string // up or down
	entries []entry
}

// heading names the method, and what it counts if that is downloads.
func (b *ledger) heading() string {
	text := b.method + " " + methodWord(b.method)
	if b.side == "down" {
		text += " (downloads)"
	}
	return text
}

// short is heading in fewer letters.
func (b *ledger) short() string {
	text := b.method + " " + methodWord(b.method)
	if b.side == "down" {
		text += " (down)"
	}
	return text
}

// panel is the name of a panel, which has room for few letters.
func (b *ledger) panel() string {
	if b.side == "down" {
		return b.method + " downloads"
	}
	return b.method + " " + methodWord(b.method)
}

// ledgers reads the accounts of the methods that estimate bytes, in their order. Of M6 it takes the
// downloads: who uploaded is a guess.
func (r *results) ledgers() ([]ledger, error) {
	rows := map[string][]accountRow{}
	err := scanTable(r, accountsFile, func(row *accountRow) error {
		if _, _, err := r.place(row.Cell, row.Seed); err != nil {
			return err
		}
		rows[row.Method] = append(rows[row.Method], *row)
		return nil
	})
	var all []ledger
	for _, m := range methodNames() {
		of := rows[m[0]]
		b := ledger{method: m[0], side: "up"}
		switch {
		case m[0] == "M1xM6": // the claims and pieces of which are those of others
			continue
		case m[0] != "M6" && slices.ContainsFunc(of, func(a accountRow) bool { return a.UpSeen }):
		case slices.ContainsFunc(of, func(a accountRow) bool { return a.DownSeen }):
			b.side = "down"
		default:
			continue
		}
		for i := range of {
			at, seed, err := r.place(of[i].Cell, of[i].Seed)
			if err != nil {
				return nil, err
			}
			b.entries = append(b.entries, of[i].entry(b.side, r.Cells[at], seed))
		}
		all = append(all, b)
	}
	return all, err
}

func (a *accountRow) entry(side string, c cell, seed int) entry {
	e := entry{cell: c, seed: seed, cheat: a.Cheat, user: a.User}
	if side == "up" {
		e.seen, e.truth, e.estimate = a.UpSeen, float64(a.Up), a.UpEstimate
		e.low, e.high = a.UpLow, a.UpHigh
		return e
	}
	e.seen, e.truth, e.estimate = a.DownSeen, float64(a.Down), a.DownEstimate
	e.low, e.high = a.DownLow, a.DownHigh
	return e
}

// cheatsOf returns the ways to cheat that there are, in their order, the honest apart.
func cheatsOf(all []ledger) (kinds []string) {
	known := map[string]bool{}
	for _, b := range all {
		for i := range b.entries {
			known[b.entries[i].cheat] = true
		}
	}
	for _, kind := range cheatNames() {
		if known[kind] {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// otherCheats stands for the ways to cheat that a figure does not tell apart.
const otherCheats = "other cheats"

// badgesMost is how many ways to cheat have a mark of their own: more than these are not told apart
// on a slide.
const badgesMost = 8

// badged returns the ways to cheat that have a mark of their own, in the order of the catalogue:
// where there are many, those by which some method is off the most.
func badged(all []ledger) []string {
	kinds := cheatsOf(all)
	if len(kinds) <= badgesMost {
		return kinds
	}
	most := map[string]float64{}
	for _, kind := range kinds {
		for i := range all {
			v := all[i].weighted(func(e *entry) bool { return e.cheat == kind })
			if !math.IsNaN(v) {
				most[kind] = max(most[kind], v)
			}
		}
	}
	slices.SortStableFunc(kinds, func(a, b string) int { return cmp.Compare(most[b], most[a]) })
	kinds = kinds[:badgesMost-1]
	slices.SortFunc(kinds, byCheat)
	return append(kinds, otherCheats)
}

// shownAs returns the one of the kinds that a way to cheat is shown as.
func shownAs(kinds []string, cheat string) string {
	if cheat == honest || slices.Contains(kinds, cheat) {
		return cheat
	}
	return otherCheats
}

// cheating tells in which cells anybody cheats.
func cheating(all []ledger) map[int]bool {
	cells := map[int]bool{}
	for _, b := range all {
		for i := range b.entries {
			if b.entries[i].cheat != honest {
				cells[b.entries[i].cell.Cell] = true
			}
		}
	}
	return cells
}

// A badge is the mark of a way to cheat: colour, shape, and filled or hollow.
type badge struct {
	marker    marker
	fill, rim color.Color
}

// badge returns the mark of number i of those that a figure shows. Colours come twice, with other
// shapes, hollow.
func (l look) badge(i int) badge {
	shapes := []marker{{4, 45}, {3, 90}, {4, 0}, {3, 270}, {6, 0}}
	tone := l.palette[(i+1)%len(l.palette)]
	b := badge{shapes[i%len(shapes)], tone, l.background}
	if i >= len(shapes) {
		b.fill, b.rim = color.Transparent, tone // so that those below are seen
	}
	return b
}

// badgeOf marks a way to cheat; the honest are dots in the colour of small
// print, and those not told apart circles.
func (l look) badgeOf(kinds []string, kind string) badge {
	switch kind {
	case honest:
		return badge{marker{30, 0}, faded(l.muted, 0.55), color.Transparent}
	case otherCheats:
		return badge{marker{30, 0}, l.background, l.muted}
	}
	return l.badge(slices.Index(kinds, kind))
}

// badgeKey is the legend of the ways to cheat.
func (l look) badgeKey(kinds []string) []legendEntry {
	entries := []legendEntry{{label: honest, marker: l.badgeOf(kinds, honest).sample(l)}}
	for _, kind := range kinds {
		entries = append(entries, legendEntry{label: kind,
			marker: l.badgeOf(kinds, kind).sample(l)})
	}
	return entries
}

func (b badge) sample(l look) *points { return &points{nil, b.marker, l.radius, b.fill, b.rim} }

// A bytesScale is an axis of bytes, logarithmic, with a place for none at its lower end.
type bytesScale struct {
	ruler ruler
	zero  float64 // the place of none, as a value
}

// decadesMost is how many powers of ten such an axis has: what is less counts as none, so that a
// user who sent a few blocks does not press all others together.
const decadesMost = 3

func bytesScaleOf(values []float64) (s bytesScale, ok bool) {
	low, high := math.Inf(1), 0.0
	for _, v := range values {
		high = max(high, v)
	}
	for _, v := range values {
		if v > high/math.Pow10(decadesMost) {
			low = min(low, v)
		}
	}
	if high == 0 {
		return s, false
	}
	step := math.Pow(max(high/low, 10), 0.08)
	s.zero = low / step / step
	s.ruler = ruler{true, s.zero / step, high * step}
	return s, true
}

// at returns where a number of bytes is along the axis.
func (s *bytesScale) at(bytes float64) float64 {
	return s.ruler.at(min(max(bytes, s.zero), s.ruler.high))
}

// set gives the axis its range and labels: none, and as many powers of ten as fit, for which each
// label needs some room.
func (s *bytesScale) set(a *plot.Axis, across vg.Length, need func(string) vg.Length) {
	first, last := math.Ceil(math.Log10(s.zero)), math.Floor(math.Log10(s.ruler.high))
	for step := 1.0; step <= last-first+1; step++ {
		for from := first; from < first+step && from <= last; from++ {
			ticks := []plot.Tick{{Value: s.zero, Label: "0"}}
			for e := from; e <= last; e += step {
				v := math.Pow(10, e)
				ticks = append(ticks, plot.Tick{Value: v, Label: bytesText(v)})
			}
			if s.fit(ticks, across, need) {
				s.ruler.set(a, ticks)
				return
			}
		}
	}
	s.ruler.set(a, []plot.Tick{{Value: s.zero, Label: "0"}})
}

// fit tells whether no label is too close to the next.
func (s *bytesScale) fit(ticks []plot.Tick, across vg.Length, need func(string) vg.Length) bool {
	whole := s.ruler.at(s.ruler.high) - s.ruler.at(s.ruler.low)
	for i, t := range ticks[1:] {
		room := across * vg.Length((s.ruler.at(t.Value)-s.ruler.at(ticks[i].Value))/whole)
		if room < (need(ticks[i].Label)+need(t.Label))/2 {
			return false
		}
	}
	return true
}

// bytesText prints a number of bytes with its unit.
func bytesText(n float64) string {
	for _, unit := range []struct {
		size float64
		name string
	}{{1e12, "TB"}, {1e9, "GB"}, {1e6, "MB"}, {1e3, "kB"}} {
		if n >= 0.9995*unit.size {
			return significant(n/unit.size) + "\u00A0" + unit.name
		}
	}
	return significant(n) + "\u00A0B"
}

// byCheat orders ways to cheat as the catalogue does, the honest first.
func byCheat(a, b string) int {
	names := cheatNames()
	return cmp.Compare(slices.Index(names, a), slices.Index(names, b))
}

// isCheatSetting tells whether a setting says how users cheat.
func isCheatSetting(path string) bool { return strings.HasSuffix(path, ".cheat") }

// cheatOfMix is what a mix has beside the honest: "multiplier" of "honest 90%, multiplier 10%".
func cheatOfMix(mix string) string {
	var kinds []string
	for _, part := range strings.Split(strings.Trim(mix, `"`), ",") {
		if kind, _, _ := strings.Cut(strings.TrimSpace(part), " "); kind != honest {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		return honest
	}
	return strings.Join(kinds, ", ")
}
