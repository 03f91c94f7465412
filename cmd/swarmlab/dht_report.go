package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"swarmlab/protocol/krpc"
)

// dhtReport is what a command prints, for people or as a JSON document.
type dhtReport interface{ print(w io.Writer) }

// printDHT prints r and returns err. The document is printed also after a failure, and says so.
func printDHT(c *cobra.Command, asJSON bool, r dhtReport, err error) error {
	if !asJSON {
		r.print(c.OutOrStdout())
		return err
	}
	e := json.NewEncoder(c.OutOrStdout())
	e.SetIndent("", "  ")
	if failure := e.Encode(r); failure != nil {
		return dhtError(failed, "cannot print the result: %w", failure)
	}
	return err
}

// lookupReport is what find-node, get-peers and announce print. Times are inMilliseconds.
type lookupReport struct {
	Target   string       `json:"target"`
	Nodes    []nodeReport `json:"nodes"`           // that answered, closest to the target first
	Peers    []string     `json:"peers,omitzero"`  // of get-peers and announce
	Port     int          `json:"port,omitempty"`  // of announce
	Stored   *int         `json:"stored,omitzero"` // nodes that stored our announce
	Hops     hopsReport   `json:"hops"`
	Queries  int          `json:"queries"`
	Answers  int          `json:"answers"`
	Timeouts int          `json:"timeouts"`
	Time     float64      `json:"time_ms"`
	Entries  int          `json:"entries"` // bootstrap addresses that answered
	Error    string       `json:"error,omitempty"`
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

func (x *explorer) report() *lookupReport {
	f := &x.found
	r := &lookupReport{
		Target: x.request.Target.String(), Nodes: []nodeReport{},
		Hops:    hopsReport{f.Hops.Contact, f.Hops.FirstValue, f.Hops.Total},
		Queries: f.Messages, Answers: f.Answers, Timeouts: f.Timeouts,
		Time: inMilliseconds(x.ended.Sub(x.began)),
	}
	for k := range x.all {
		if x.all[k].answered() {
			r.Entries++
		}
	}
	for _, c := range f.Closest {
		s := x.tap.seen[c.Addr]
		r.Nodes = append(r.Nodes,
			nodeReport{c.ID.String(), c.Addr.String(), s.hops, inMilliseconds(s.rtt)})
	}
	if x.request.Method != krpc.FindNode {
		r.Peers = []string{}
		for _, a := range f.Peers {
			r.Peers = append(r.Peers, a.String())
		}
	}
	if x.request.Method == krpc.AnnouncePeer {
		r.Port, r.Stored = int(x.request.Port), &f.Stored
	}
	return r
}

// failure returns why the command did not succeed, or nil.
func (x *explorer) failure() error {
	f := &x.found
	switch {
	case !x.anybody():
		return dhtError(failed, "nobody answered %s of %s; is it running, and reachable from here?",
			countOf(greetTries, "ping"), addressesOf(x.all))
	case len(f.Closest) == 0:
		return dhtError(failed, "no node answered the lookup (%s, %s)",
			countOf(f.Messages, "message"), countOf(f.Timeouts, "timeout"))
	case x.request.Method == krpc.GetPeers && len(f.Peers) == 0:
		return dhtError(failed, "no peers of %v are known to the %s that answered",
			x.request.Target, countOf(f.Answers, "node"))
	case x.request.Method == krpc.AnnouncePeer && f.Stored == 0:
		return dhtError(failed, "none of the %s that answered stored the announce",
			countOf(f.Answers, "node"))
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

func (r *lookupReport) print(w io.Writer) {
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
	if r.Stored != nil {
		fmt.Fprintf(w, "port %d stored by %s\n", r.Port, countOf(*r.Stored, "node"))
	}
	fmt.Fprintf(w, "%s, %s, %s, %s, %.3f ms\n", countOf(r.Queries, "message"),
		countOf(r.Answers, "answer"), countOf(r.Timeouts, "timeout"), countOf(r.Hops.Total, "hop"),
		r.Time)
}
