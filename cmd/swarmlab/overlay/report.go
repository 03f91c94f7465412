package overlay

import (
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol/krpc"
)

// LookupReport is what the commands print that do a lookup. Times are display.Milliseconds.
type LookupReport struct {
	Target  string       `json:"target"`
	Nodes   []nodeReport `json:"nodes"`             // that answered, closest to the target first
	Peers   []string     `json:"peers,omitzero"`    // of get-peers and announce
	Port    int          `json:"port,omitempty"`    // of announce
	Stored  *int         `json:"stored,omitzero"`   // nodes that stored our announce, or item
	Refusal string       `json:"refusal,omitempty"` // why others did not; the latest error

	Item    *itemReport    `json:"item,omitzero"`    // of get, and of put
	Swarm   *swarmReport   `json:"swarm,omitzero"`   // of scrape
	Samples *samplesReport `json:"samples,omitzero"` // of sample

	Hops     hopsReport `json:"hops"`
	Queries  int        `json:"queries"`
	Answers  int        `json:"answers"`
	Timeouts int        `json:"timeouts"`
	Time     float64    `json:"time_ms"`
	Entries  int        `json:"entries"` // bootstrap addresses that answered
	Error    string     `json:"error,omitempty"`
}

type nodeReport struct {
	ID      string  `json:"id"`
	Address string  `json:"address"`
	Hops    int     `json:"hops"`
	RTT     float64 `json:"rtt_ms"`
}

type hopsReport struct {
	Contact    int `json:"contact"`     // to the closest node
	FirstValue int `json:"first_value"` // to the first node that knew peers; 0: none did
	Total      int `json:"total"`       // to the farthest node that answered
}

func (x *explorer) report() *LookupReport {
	f := &x.found
	r := &LookupReport{
		Target: x.target().String(), Nodes: []nodeReport{},
		Hops:    hopsReport{f.Hops.Contact, f.Hops.FirstValue, f.Hops.Total},
		Queries: f.Messages, Answers: f.Answers, Timeouts: f.Timeouts,
		Time: display.Milliseconds(x.ended.Sub(x.began)),
	}
	for k := range x.all {
		if x.all[k].answered() {
			r.Entries++
		}
	}
	for _, c := range f.Closest {
		s := x.tap.seen[c.Addr]
		r.Nodes = append(r.Nodes,
			nodeReport{c.ID.String(), c.Addr.String(), s.hops, display.Milliseconds(s.rtt)})
	}
	x.reportFindings(r)
	return r
}

// reportFindings adds what is not the same for every method.
func (x *explorer) reportFindings(r *LookupReport) {
	f := &x.found
	switch m := x.request.Method; {
	case m == krpc.GetPeers || m == krpc.AnnouncePeer:
		r.Peers = []string{}
		for _, a := range f.Peers {
			r.Peers = append(r.Peers, a.String())
		}
		if f.SeedFilter != nil {
			r.Swarm = reportSwarm(f)
		}
	case m == krpc.Put:
		r.Item = reportItem(x.request.Item)
	case m == krpc.Get && f.Item != nil:
		r.Item = reportItem(f.Item)
		r.Item.Copies = &f.Copies
	case m == krpc.SampleInfohashes:
		r.Samples = reportSamples(f)
	}
	if x.request.Method == krpc.AnnouncePeer {
		r.Port = int(x.request.Port)
	}
	if x.request.Method == krpc.AnnouncePeer || x.request.Method == krpc.Put {
		r.Stored = &f.Stored
	}
	if f.Refused > 0 {
		r.Refusal = fmt.Sprintf("error %d %.100q", f.RefusedCode, f.RefusedText)
	}
}

// failure returns why the command did not succeed, or nil.
func (x *explorer) failure() error {
	f := &x.found
	switch {
	case !x.anybody():
		return command.Fail("nobody answered %s of %s; is it running, and reachable from here?",
			countOf(greetTries, "ping"), addressesOf(x.all))
	case len(f.Closest) == 0:
		return command.Fail("no node answered the lookup (%s, %s)",
			countOf(f.Messages, "message"), countOf(f.Timeouts, "timeout"))
	}
	return x.fruitless()
}

// fruitless returns what a lookup that was answered did not find or do, or nil.
func (x *explorer) fruitless() error {
	f := &x.found
	answered := countOf(f.Answers, "node") + " that answered"
	switch m := x.request.Method; {
	case m == krpc.GetPeers && x.request.Scrape && f.Scraped == 0 && len(f.Peers) == 0,
		m == krpc.GetPeers && !x.request.Scrape && len(f.Peers) == 0:
		return command.Fail("no peers of %v are known to the %s", x.request.Target, answered)
	case m == krpc.Get && f.Item == nil:
		return command.Fail("no item with the hash %v, or none that is genuine, is stored by "+
			"the %s; a mutable item with a salt needs --salt", x.request.Target, answered)
	case m == krpc.SampleInfohashes && f.Sampled == 0:
		return command.Fail("none of the %s gave samples (BEP 51)", answered)
	case (m == krpc.AnnouncePeer || m == krpc.Put) && f.Stored == 0 && f.Refused > 0:
		return command.Fail("none of the %s stored it; the latest said: error %d %.100q",
			answered, f.RefusedCode, f.RefusedText)
	case (m == krpc.AnnouncePeer || m == krpc.Put) && f.Stored == 0:
		return command.Fail("none of the %s stored it", answered)
	}
	return nil
}

func addressesOf(all []greeting) string {
	texts := make([]string, len(all))
	for k := range all {
		texts[k] = all[k].addr.String()
	}
	return strings.Join(texts, ", ")
}

// Print implements command.Report.
func (r *LookupReport) Print(w io.Writer) {
	if len(r.Nodes) > 0 {
		table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "NODE\tADDRESS\tHOPS\tRTT")
		for _, n := range r.Nodes {
			fmt.Fprintf(table, "%s\t%s\t%d\t%.3f ms\n", n.ID, n.Address, n.Hops, n.RTT)
		}
		table.Flush()
	}
	for _, peer := range r.Peers {
		fmt.Fprintf(w, "peer %s\n", peer)
	}
	if r.Item != nil {
		r.Item.print(w)
	}
	if r.Swarm != nil {
		fmt.Fprintf(w, "about %s and %s, from the filters of %s\n",
			countOf(int(math.Round(r.Swarm.Seeds)), "seed"),
			countOf(int(math.Round(r.Swarm.Peers)), "other peer"), countOf(r.Swarm.Filters, "node"))
	}
	if r.Samples != nil {
		r.Samples.print(w)
	}
	r.printStored(w)
	fmt.Fprintf(w, "%s, %s, %s, %s, %.3f ms\n", countOf(r.Queries, "message"),
		countOf(r.Answers, "answer"), countOf(r.Timeouts, "timeout"), countOf(r.Hops.Total, "hop"),
		r.Time)
}

func (r *LookupReport) printStored(w io.Writer) {
	if r.Stored == nil {
		return
	}
	what := "item " + r.Target
	if r.Port != 0 {
		what = fmt.Sprintf("port %d", r.Port)
	}
	fmt.Fprintf(w, "%s stored by %s\n", what, countOf(*r.Stored, "node"))
	if r.Refusal != "" {
		fmt.Fprintf(w, "not by all: %s\n", r.Refusal)
	}
}
