package auditor

import (
	"fmt"
	"slices"
	"strings"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/results/observation"
)

// view is what is shown on a terminal.
type view struct {
	o     *observation.Observation
	rates rates
}

// frame lays it out on a screen. In a narrow one columns are left out, and in a low one facts and
// then peers.
func (v *view) frame(width, height int) []string {
	o := v.o
	if o.Size == 0 {
		return []string{display.Cut(display.Visible(o.Name)+": "+lineOf(o), width)}
	}
	lines := []string{fmt.Sprintf("%s: %s in %s, observed for %s, %s/s", display.Visible(o.Name),
		display.Volume(o.Size), display.Quantity(int(o.Pieces), "piece"),
		display.Clock(timeOf(o.Time)), display.Volume(v.rates.all))}
	const around, few = 4, 3 // lines beside facts and peers, and the peers that are always shown
	lines = append(lines, v.facts(width, height-around-min(len(o.Peers), few))...)
	room := max(height-len(lines)-3, 0)
	text := "\n" + peerTable(o, room, v.columns(room, width))
	lines = append(lines, strings.Split(strings.TrimRight(text, "\n"), "\n")...)
	end := "Ctrl-C ends it and keeps all"
	if more := len(o.Peers) - room; more > 0 {
		with := fmt.Sprintf("and %s; %s", display.Quantity(more, "more peer"), end)
		if len(with) > width {
			with = fmt.Sprintf("+%s; %s", display.Count(uint64(more)), end)
		}
		end = with
	}
	lines = append(lines, end)
	lines = lines[:min(len(lines), max(height, 0))]
	for n := range lines {
		lines[n] = display.Cut(lines[n], width)
	}
	return lines
}

// facts are the sums: folded if that fits into so many lines, or else a line each, the first ones.
func (v *view) facts(width, most int) (lines []string) {
	const name = 10 // columns for a fact's name
	facts := factsOf(v.o)
	for _, fact := range facts {
		rows := strings.Split(strings.TrimSpace(display.Folded(fact[1], max(width-name, name))),
			"\n")
		for n, row := range rows {
			label := fact[0]
			if n > 0 {
				label = ""
			}
			lines = append(lines, fmt.Sprintf("%-*s%s", name, label, row))
		}
	}
	if len(lines) <= most {
		return lines
	}
	lines = strings.Split(strings.TrimSpace(factText(v.o)), "\n")
	return lines[:min(len(lines), max(most, 1))]
}

// columns are those of the table of peers, with what is going on, that fit.
func (v *view) columns(room, width int) []peerColumn {
	const gained = 4 // columns to the end of what was gained
	all := slices.Insert(peerColumns(v.o), gained, peerColumn{"now", v.now})
	for _, name := range []string{"gaps", "before", "seen for", programColumn, "at least",
		"at most", "has", "now"} {
		if display.Widest(peerTable(v.o, room, all)) <= width {
			break
		}
		all = slices.DeleteFunc(all, func(c peerColumn) bool { return c.name == name })
	}
	return all
}

// now says what a peer does.
func (v *view) now(p *observation.Peer) string {
	switch rate := v.rates.peer[p.Peer]; {
	case !p.Now:
		return "gone"
	case p.Rest == 0 && rate == 0:
		return "seeds"
	default:
		return display.Volume(rate) + "/s"
	}
}
