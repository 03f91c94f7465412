package overlay

import (
	"fmt"
	"io"
	"strings"
	"time"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/scenarios/results/crawls"
	"swarmlab/scenarios/stats"
)

// crawlReport is what crawl prints.
type crawlReport struct {
	*crawls.Crawl
	Out     string   `json:"out,omitempty"` // where it is stored
	Figures []string `json:"-"`
}

func (w *crawlWork) report() *crawlReport {
	r := &crawlReport{Crawl: w.result, Figures: w.figures}
	if w.stored {
		r.Out = w.dir.Path
	}
	return r
}

// sizePointsShown is how many points an estimate of the size must have to be printed.
const sizePointsShown = 8

// clientsShown is how many programs the printed table names.
const clientsShown = 8

func (r *crawlReport) Print(w io.Writer) {
	t := &r.Totals
	fmt.Fprintf(w, "%s DHT, crawl %s\n\n", r.Family, endingText(r.Ended))
	row := func(name, value, note string) {
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("%-18s%10s  %s", name, value, note), " "))
	}
	row("known nodes", display.Count(uint64(t.Known)), "")
	row("asked", display.Count(uint64(t.Asked)), "")
	row("reachable", display.Count(uint64(t.Reachable)),
		display.Share(float64(t.Share))+" of the asked")
	row("BEP 42 ids", display.Count(uint64(t.Secure)),
		display.Share(float64(t.SecurePart))+" of the reachable")
	if t.ManyIDs > 0 {
		row("several ids", display.Count(uint64(t.ManyIDs)), "addresses")
	}
	if t.ManyAddrs > 0 {
		row("several addresses", display.Count(uint64(t.ManyAddrs)), "ids")
	}
	if t.Sampled > 0 {
		row("sampled", display.Count(uint64(t.Sampled)),
			display.Count(uint64(t.Infohashes))+" infohashes seen")
	}
	for n, c := range r.Clients {
		if n == clientsShown {
			row("other programs", display.Count(uint64(len(r.Clients)-n)), "kinds")
			break
		}
		name := c.Client
		if name == "" {
			name = "unnamed"
		}
		row("runs "+name, display.Count(uint64(c.Nodes)),
			display.Share(float64(c.Share))+" of the reachable")
	}
	if s := r.Size; s.Points >= sizePointsShown {
		fmt.Fprintf(w, "\nthe network: %s nodes in tables, %s of them reachable "+
			"(density of ids around %s)\n", sizeText(s.Known, s.KnownCI),
			sizeText(s.Reachable, s.ReachCI), countOf(s.Points, "point"))
	}
	queries := "queries"
	if t.Queries == 1 {
		queries = "query"
	}
	fmt.Fprintf(w, "\n%s %s in %s: %s a second; up to %s; median round trip %s ms\n",
		display.Count(t.Queries), queries, display.Duration(time.Duration(float64(t.Seconds)*1e9)),
		display.Significant(float64(t.Rate), 3),
		countOf(t.Hops, "hop"), display.Significant(float64(t.RTT), 3))
	for _, line := range r.Figures {
		fmt.Fprintln(w, line)
	}
	if r.Out == "" {
		return // and the error says what could be
	}
	fmt.Fprintf(w, "%s holds nodes.parquet, nodes.csv and crawl.json\n", r.Out)
}

func endingText(ended string) string {
	switch ended {
	case "complete":
		return "complete: everybody known was asked"
	case "max_nodes":
		return "ended at --max: everybody known was asked, but there are more"
	case command.EndedInTime:
		return "ended by --for: not everybody was asked"
	}
	return "interrupted: not everybody was asked"
}

// sizeText writes an estimate with the half width of its interval.
func sizeText(mean stats.Number, ci *crawls.Range95) string {
	if ci == nil {
		return "about " + display.Roughly(uint64(mean))
	}
	return fmt.Sprintf("%s ± %s", display.Roughly(uint64(mean)),
		display.Roughly(uint64(float64(ci[1]-ci[0])/2)))
}
