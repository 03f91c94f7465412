package auditor

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/results/observation"
	"swarmlab/scenarios/stats"
)

func timeOf(ms stats.Number) time.Duration {
	return time.Duration(float64(ms) * float64(time.Millisecond))
}

// lineOf is how things are, in a line.
func lineOf(o *observation.Observation) string {
	if o.Size == 0 {
		return fmt.Sprintf("no metadata yet, %s known", display.Quantity(o.Known, "address"))
	}
	text := fmt.Sprintf("%s: %d of %s connected, %s gained", display.Clock(timeOf(o.Time)),
		o.Now, display.Quantity(o.Seen, "peer"), display.Volume(o.Gained))
	if o.Completed > 0 {
		text += fmt.Sprintf(", %d completed", o.Completed)
	}
	return text
}

// factText are the sums, a fact a line.
func factText(o *observation.Observation) string {
	f := display.Table{Left: 2}
	for _, fact := range factsOf(o) {
		f.Add(fact[:]...)
	}
	return f.String()
}

// factsOf are the sums, each with its name, those first that matter most.
func factsOf(o *observation.Observation) (facts [][2]string) {
	add := func(name, text string) { facts = append(facts, [2]string{name, text}) }
	peers := fmt.Sprintf("%d seen, %d connected; %d with everything at first, %d completed since",
		o.Seen, o.Now, o.Seeds, o.Completed)
	if o.Silent > 0 {
		peers += fmt.Sprintf("; %d said nothing", o.Silent)
	}
	add("peers", peers+"; "+addresses(o.Known)+" known")
	add("gained",
		fmt.Sprintf("%s (between %s and %s)", display.Volume(o.Gained), display.Volume(o.Low),
			display.Volume(o.High)))
	add("not seen", fmt.Sprintf("%s that leechers had when first met, at most %s that they "+
		"lacked when last seen", display.Volume(heads(o)), display.Volume(o.Rest)))
	if o.Doubted > 0 || o.Ignored > 0 || o.Missed > 0 {
		add("doubted", fmt.Sprintf("%s claimed too fast or twice; %s ignored, %s without room",
			display.Volume(o.Doubted), display.Quantity(int(o.Ignored), "message"),
			display.Quantity(int(o.Missed), "connection")))
	}
	for _, s := range lastScrapes(o.Scrapes) {
		add("tracker", scrapeText(o, s))
	}
	if o.Share != nil {
		text := display.Share(float64(*o.Share)) +
			" of the swarm that the trackers count is connected"
		if *o.Share > 1 {
			text = "more peers are connected than the trackers count"
		}
		add("share", text)
	}
	return facts
}

// heads is what those had when first met that had not everything.
func heads(o *observation.Observation) (n uint64) {
	for k := range o.Peers {
		if p := &o.Peers[k]; !p.Seed {
			n += p.Held
		}
	}
	return n
}

func addresses(n int) string {
	if n == 1 {
		return "1 address"
	}
	return display.Count(uint64(n)) + " addresses"
}

// scrapeText is what a tracker counts, and how that has changed.
func scrapeText(o *observation.Observation, s observation.Scrape) string {
	if s.Problem != "" {
		return display.Visible(s.Tracker) + ": " + display.Visible(s.Problem)
	}
	first, _ := firstScrape(o.Scrapes, s.Tracker)
	change := func(from, to uint32) string {
		if from == to {
			return display.Count(uint64(to))
		}
		return fmt.Sprintf("%s → %s", display.Count(uint64(from)), display.Count(uint64(to)))
	}
	text := fmt.Sprintf("%s: complete %s, incomplete %s, downloads completed %s",
		display.Visible(s.Tracker), change(first.Seeders, s.Seeders),
		change(others(first), others(s)), change(first.Completed, s.Completed))
	return text
}

// others is how many of the incomplete are not the observer.
func others(s observation.Scrape) uint32 { return s.Leechers - min(s.Us, s.Leechers) }

// peersShown is how many peers the summary lists.
const peersShown = 20

// Summary is the result for people.
func Summary(o *observation.Observation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s in %s, observed for %s\n", display.Visible(o.Name),
		display.Volume(o.Size), display.Quantity(int(o.Pieces), "piece"),
		display.Duration(timeOf(o.Time)))
	b.WriteString(factText(o))
	b.WriteString("\n" + peerTable(o, peersShown, peerColumns(o)))
	if more := len(o.Peers) - peersShown; more > 0 {
		fmt.Fprintf(&b, "and %s\n", display.Quantity(more, "more peer"))
	}
	return b.String()
}

// A peerColumn is what the table of peers says of each.
type peerColumn struct {
	name string
	text func(p *observation.Peer) string
}

// peerColumns are the columns of the table; what stands left of the others is text.
func peerColumns(o *observation.Observation) []peerColumn {
	of := func(n func(p *observation.Peer) uint64) func(*observation.Peer) string {
		return func(p *observation.Peer) string { return display.Volume(n(p)) }
	}
	return []peerColumn{
		{"peer", func(p *observation.Peer) string { return p.Peer }},
		{programColumn, func(p *observation.Peer) string {
			return cmp.Or(p.Client, "unknown")
		}},
		{"has", func(p *observation.Peer) string { return shareOf(o.Size-p.Rest, o.Size) }},
		{"gained", of(func(p *observation.Peer) uint64 { return p.Gained })},
		{"at least", of(func(p *observation.Peer) uint64 { return p.Low })},
		{"at most", of(func(p *observation.Peer) uint64 { return p.High })},
		{"before", of(func(p *observation.Peer) uint64 { return p.Held })},
		{"gaps", func(p *observation.Peer) string { return display.Count(uint64(p.Gaps)) }},
		{"seen for", func(p *observation.Peer) string {
			return display.Duration(timeOf(p.Connected))
		}},
	}
}

// programColumn is the second column that is flush left.
const programColumn = "program"

// peerTable lists peers, those that gained most first.
func peerTable(o *observation.Observation, most int, columns []peerColumn) string {
	t := display.Table{Left: 1}
	var names []string
	for _, c := range columns {
		names = append(names, c.name)
		if c.name == programColumn {
			t.Left = 2
		}
	}
	t.Add(names...)
	for n, p := range byGain(o.Peers) {
		if n == most {
			break
		}
		var row []string
		for _, c := range columns {
			row = append(row, c.text(p))
		}
		t.Add(row...)
	}
	return t.String()
}

// shareOf is a share in percent; only all is 100.
func shareOf(n, of uint64) string {
	if n == of {
		return "100 %"
	}
	return fmt.Sprintf("%d %%", min(uint64(float64(n)/float64(of)*100), 99))
}

// reading explains the tables.
const reading = `## How to read this

- *gained* is the estimate of what a peer downloaded between its first and last sighting: the
  pieces that it said it had got. *at least* and *at most* allow for %s that it may have
  begun at a time, and the latter for what is doubted, claimed too fast or twice.
- *before* is what it had when it was first met, from its disk or downloaded unobserved; what it
  lacks of 100 %% in *has* it may have got after it was last seen. session_high in %s
  bounds its whole session.
- A *gap* is a time in which it was not connected; what it had more of afterwards is in *gained*.
- What was downloaded in vain (hash failures, duplicates) is not seen, nor who sent what: gave in
  %s is each piece divided among all that were seen to have it, gave_low what only one had.
- Peers are believed: fake haves and bitfields count. Who hides what it has shows less; who could
  not be reached is missing. Some clients announce pieces late: Transmission and aria2 by up to
  ten seconds, which is lost if they leave.
- Trackers count peers, as these tell them, and no bytes.
`

// markdown is report.md.
func markdown(o *observation.Observation) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Who got what: %s\n\n", display.Visible(o.Name))
	fmt.Fprintf(&b, "Torrent %s of %s in %s of %s, observed for %s; it ended %s.\n\n```\n%s```\n\n",
		o.Infohash, display.ExactSize(o.Size), display.Quantity(int(o.Pieces), "piece"),
		display.ExactSize(uint64(o.PieceLength)), display.Duration(timeOf(o.Time)),
		ending(o), factText(o))
	fmt.Fprintf(&b, "## Peers\n\n```\n%s```\n\n", peerTable(o, len(o.Peers), peerColumns(o)))
	fmt.Fprintf(&b, reading, display.Quantity(int(o.Parallel), "piece"), observation.PeersFile,
		observation.PeersFile)
	return []byte(b.String())
}

func ending(o *observation.Observation) string {
	switch o.Ended {
	case command.EndedInTime:
		return "when its time was up"
	case command.EndedByCaller:
		return "when it was interrupted"
	}
	return "because it failed: " + display.Visible(o.Error)
}
