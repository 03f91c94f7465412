package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"swarmlab/scenarios/results"
)

func auditTime(ms results.Number) time.Duration {
	return time.Duration(float64(ms) * float64(time.Millisecond))
}

// auditLine is how things are, in a line.
func auditLine(o *results.Observation) string {
	if o.Size == 0 {
		return fmt.Sprintf("no metadata yet, %s known", quantity(o.Known, "address"))
	}
	text := fmt.Sprintf("%s: %d of %s connected, %s gained", clock(auditTime(o.Time)), o.Now,
		quantity(o.Seen, "peer"), volume(o.Gained))
	if o.Completed > 0 {
		text += fmt.Sprintf(", %d completed", o.Completed)
	}
	return text
}

// auditFacts are the sums, a fact a line.
func auditFacts(o *results.Observation) string {
	f := table{left: 2}
	peers := fmt.Sprintf("%d seen, %d connected; %d with everything at first, %d completed since",
		o.Seen, o.Now, o.Seeds, o.Completed)
	if o.Silent > 0 {
		peers += fmt.Sprintf("; %d said nothing", o.Silent)
	}
	f.add("peers", peers+"; "+addresses(o.Known)+" known")
	f.add("gained", fmt.Sprintf("%s (between %s and %s)", volume(o.Gained), volume(o.Low),
		volume(o.High)))
	f.add("not seen", fmt.Sprintf("%s that leechers had when first met, at most %s that they "+
		"lacked when last seen", volume(heads(o)), volume(o.Rest)))
	if o.Doubted > 0 || o.Ignored > 0 || o.Missed > 0 {
		f.add("doubted", fmt.Sprintf("%s claimed too fast or twice; %s ignored, %s without room",
			volume(o.Doubted), quantity(int(o.Ignored), "message"),
			quantity(int(o.Missed), "connection")))
	}
	for _, s := range lastScrapes(o.Scrapes) {
		f.add("tracker", scrapeText(o, s))
	}
	if o.Share != nil {
		f.add("share", shareText(*o.Share)+" of the swarm that the trackers count is connected")
	}
	return f.String()
}

// heads is what those had when first met that had not everything.
func heads(o *results.Observation) (n uint64) {
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
	return count(uint64(n)) + " addresses"
}

// scrapeText is what a tracker counts, and how that has changed.
func scrapeText(o *results.Observation, s results.ObservedScrape) string {
	if s.Problem != "" {
		return visible(s.Tracker) + ": " + visible(s.Problem)
	}
	first, _ := firstScrape(o.Scrapes, s.Tracker)
	change := func(from, to uint32) string {
		if from == to {
			return count(uint64(to))
		}
		return fmt.Sprintf("%s → %s", count(uint64(from)), count(uint64(to)))
	}
	text := fmt.Sprintf("%s: complete %s, incomplete %s, downloads completed %s",
		visible(s.Tracker), change(first.Seeders, s.Seeders),
		change(others(first), others(s)),
		change(first.Completed, s.Completed))
	return text
}

// others is how many of the incomplete are not the observer.
func others(s results.ObservedScrape) uint32 { return s.Leechers - min(s.Us, s.Leechers) }

// auditPeersShown is how many peers the summary lists.
const auditPeersShown = 20

// auditSummary is the result for people.
func auditSummary(o *results.Observation) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s in %s, observed for %s\n", visible(o.Name), volume(o.Size),
		quantity(int(o.Pieces), "piece"), timeText(auditTime(o.Time)))
	b.WriteString(auditFacts(o))
	b.WriteString("\n" + peerTable(o, auditPeersShown, nil))
	if more := len(o.Peers) - auditPeersShown; more > 0 {
		fmt.Fprintf(&b, "and %s\n", quantity(more, "more peer"))
	}
	return b.String()
}

// peerTable lists peers, those that gained most first; with rates if there are any.
func peerTable(o *results.Observation, most int, rates map[string]uint64) string {
	t := table{left: 2}
	t.add(withRate(rates, "now", "peer", "program", "has", "gained", "at least", "at most",
		"before", "gaps", "seen for")...)
	for n, p := range byGain(o.Peers) {
		if n == most {
			break
		}
		t.add(withRate(rates, nowText(p, rates), p.Peer, cmp.Or(p.Client, "unknown"),
			shareOf(o.Size-p.Rest, o.Size), volume(p.Gained), volume(p.Low), volume(p.High),
			volume(p.Held), count(uint64(p.Gaps)), timeText(auditTime(p.Connected)))...)
	}
	return t.String()
}

// withRate puts what is going on into a row, if it is to be told.
func withRate(rates map[string]uint64, now string, row ...string) []string {
	const at = 4 // after gained: what follows may be cut off in a narrow window
	if rates == nil {
		return row
	}
	return slices.Insert(row, at, now)
}

func nowText(p *results.ObservedPeer, rates map[string]uint64) string {
	switch rate := rates[p.Peer]; {
	case !p.Now:
		return "gone"
	case p.Rest == 0 && rate == 0:
		return "seeds"
	default:
		return volume(rate) + "/s"
	}
}

// shareOf is a share in percent; only all is 100.
func shareOf(n, of uint64) string {
	if n == of {
		return "100 %"
	}
	return fmt.Sprintf("%d %%", min(uint64(float64(n)/float64(of)*100), 99))
}

// auditView is what is shown on a terminal.
type auditView struct {
	o     *results.Observation
	rates auditRates
}

// frame lays it out on a screen; peers that do not fit are left out.
func (v *auditView) frame(width, height int) []string {
	o := v.o
	if o.Size == 0 {
		return []string{cut(visible(o.Name)+": "+auditLine(o), width)}
	}
	lines := []string{fmt.Sprintf("%s: %s in %s, observed for %s, %s/s", visible(o.Name),
		volume(o.Size), quantity(int(o.Pieces), "piece"), clock(auditTime(o.Time)),
		volume(v.rates.all))}
	add := func(text string) {
		lines = append(lines, strings.Split(strings.TrimRight(text, "\n"), "\n")...)
	}
	add(auditFacts(o))
	room := max(height-len(lines)-3, 0)
	rates := v.rates.peer
	if rates == nil {
		rates = map[string]uint64{}
	}
	add("\n" + peerTable(o, room, rates))
	if more := len(o.Peers) - room; more > 0 {
		lines = append(lines, fmt.Sprintf("and %s; Ctrl-C ends it and keeps all",
			quantity(more, "more peer")))
	} else {
		lines = append(lines, "Ctrl-C ends it and keeps all")
	}
	lines = lines[:min(len(lines), max(height, 0))]
	for n := range lines {
		lines[n] = cut(lines[n], width)
	}
	return lines
}

// auditReading explains the tables.
const auditReading = `## How to read this

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

// auditMarkdown is report.md.
func auditMarkdown(o *results.Observation) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Who got what: %s\n\n", visible(o.Name))
	fmt.Fprintf(&b, "Torrent %s of %s in %s of %s, observed for %s; it ended %s.\n\n```\n%s```\n\n",
		o.Infohash, exactSize(o.Size), quantity(int(o.Pieces), "piece"),
		exactSize(uint64(o.PieceLength)), timeText(auditTime(o.Time)), auditEnding(o),
		auditFacts(o))
	fmt.Fprintf(&b, "## Peers\n\n```\n%s```\n\n", peerTable(o, len(o.Peers), nil))
	fmt.Fprintf(&b, auditReading, quantity(int(o.Parallel), "piece"), results.SeenPeersFile,
		results.SeenPeersFile)
	return []byte(b.String())
}

func auditEnding(o *results.Observation) string {
	switch o.Ended {
	case endedInTime:
		return "when its time was up"
	case endedByCaller:
		return "when it was interrupted"
	}
	return "because it failed: " + visible(o.Error)
}
