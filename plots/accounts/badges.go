package accounts

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"swarmlab/plots/page"
)

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

// A badge is the mark of a way to cheat: colour, shape, and filled or hollow.
type badge struct {
	marker    page.Marker
	fill, rim color.Color
}

// badgeAt returns the mark of number i of those that a figure shows. Colours come twice, with other
// shapes, hollow.
func badgeAt(l page.Look, i int) badge {
	shapes := []page.Marker{{Corners: 4, Turn: 45}, {Corners: 3, Turn: 90}, {Corners: 4},
		{Corners: 3, Turn: 270}, {Corners: 6}}
	tone := l.Palette[(i+1)%len(l.Palette)]
	b := badge{shapes[i%len(shapes)], tone, l.Background}
	if i >= len(shapes) {
		b.fill, b.rim = color.Transparent, tone // so that those below are seen
	}
	return b
}

// badgeOf marks a way to cheat; the honest are dots in the colour of small
// print, and those not told apart circles.
func badgeOf(l page.Look, kinds []string, kind string) badge {
	switch kind {
	case honest:
		return badge{page.Marker{Corners: 30}, page.Faded(l.Muted, 0.55), color.Transparent}
	case otherCheats:
		return badge{page.Marker{Corners: 30}, l.Background, l.Muted}
	}
	return badgeAt(l, slices.Index(kinds, kind))
}

// badgeKey is the legend of the ways to cheat.
func badgeKey(l page.Look, kinds []string) []page.LegendEntry {
	entries := []page.LegendEntry{{Label: honest, Marker: badgeOf(l, kinds, honest).sample(l)}}
	for _, kind := range kinds {
		entries = append(entries, page.LegendEntry{Label: kind,
			Marker: badgeOf(l, kinds, kind).sample(l)})
	}
	return entries
}

func (b badge) sample(l page.Look) *page.Points {
	return &page.Points{Marker: b.marker, Radius: l.Radius, Fill: b.fill, Rim: b.rim}
}
