package torrents

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol"
	"swarmlab/protocol/swarm"
)

// TransferReport is what a client has done with a torrent.
type TransferReport struct {
	Name     string         `json:"name"`
	Hash     string         `json:"infohash"`
	Dir      string         `json:"dir"`
	Address  string         `json:"address"`            // at which it listens
	Address6 string         `json:"address6,omitempty"` // and that of IPv6, if it has both
	Size     uint64         `json:"size"`               // 0: not known yet
	Pieces   uint32         `json:"pieces"`
	Found    uint32         `json:"pieces_found"` // in the folder, at the start
	Have     uint32         `json:"pieces_have"`
	Left     uint64         `json:"left"` // bytes
	Complete bool           `json:"complete"`
	Time     float64        `json:"time_ms"`
	Conns    int            `json:"connections"`
	Known    int            `json:"peers_known"`
	All      tallyReport    `json:"all"`
	Peers    []peerTally    `json:"peers"` // most bytes first
	Tracker  *trackerStatus `json:"tracker,omitempty"`
	Failures uint64         `json:"hash_failures"`
	Bans     uint64         `json:"banned"`
	// Dropped are connections that were closed from this end, by the reason.
	Dropped map[string]uint64 `json:"dropped"`
	// Counted is what the client's peer counted of connections and messages, by name.
	Counted map[string]uint64 `json:"counted"`
	Error   string            `json:"error,omitempty"`
}

// tallyReport is a tally in bytes.
type tallyReport struct {
	PayloadDown  uint64 `json:"payload_down"`
	PayloadUp    uint64 `json:"payload_up"`
	OverheadDown uint64 `json:"overhead_down"`
	OverheadUp   uint64 `json:"overhead_up"`
	Useful       uint64 `json:"useful"`    // of payload_down
	Redundant    uint64 `json:"redundant"` // it was there already
	Failed       uint64 `json:"failed"`    // in pieces whose hash was wrong
	Partial      uint64 `json:"partial"`   // in blocks that did not come whole
}

// plus returns the sum of two.
func (t *tallyReport) plus(o *tallyReport) tallyReport {
	return tallyReport{
		PayloadDown: t.PayloadDown + o.PayloadDown, PayloadUp: t.PayloadUp + o.PayloadUp,
		OverheadDown: t.OverheadDown + o.OverheadDown, OverheadUp: t.OverheadUp + o.OverheadUp,
		Useful: t.Useful + o.Useful, Redundant: t.Redundant + o.Redundant,
		Failed: t.Failed + o.Failed, Partial: t.Partial + o.Partial,
	}
}

// Wasted is payload that came in vain.
func (t *tallyReport) Wasted() uint64 { return t.Redundant + t.Failed + t.Partial }

func tallyOf(a *swarm.Tally) tallyReport {
	return tallyReport{PayloadDown: a.PayloadDown, PayloadUp: a.PayloadUp,
		OverheadDown: a.OverheadDown, OverheadUp: a.OverheadUp, Useful: a.Useful,
		Redundant: a.Redundant, Failed: a.Failed, Partial: a.Partial}
}

// peerTally is what was exchanged with a peer.
type peerTally struct {
	// Peer is where it listens, as far as known. It is empty for all others together: those that
	// are not remembered any more, and those that never got past the handshake.
	Peer string `json:"peer"`
	tallyReport
	Connections uint32  `json:"connections"`
	Connected   float64 `json:"connected_ms"`
}

// trackerStatus is how it stands with its trackers.
type trackerStatus struct {
	URL      string `json:"url"`
	Problem  string `json:"problem,omitempty"`
	Seeders  uint32 `json:"seeders"`
	Leechers uint32 `json:"leechers"`
}

// outset is what can be said before the client runs.
func (s *Session) outset() TransferReport {
	r := TransferReport{Name: s.Source.Name, Hash: s.Source.Hash.String(), Dir: s.dir,
		Address: s.Node.Addr().String(), Peers: []peerTally{}, Dropped: map[string]uint64{},
		Counted: map[string]uint64{}}
	if s.places.both {
		r.Address6 = s.Node.Addrs()[1].String()
	}
	if in := s.Source.Info; in != nil {
		r.Size, r.Pieces, r.Found = in.Total, in.Count(), s.found
		r.Have, r.Complete = s.found, s.found == in.Count()
	}
	return r
}

// report says how far it is. Without details it costs little. ok is false if the node has ended.
func (s *Session) report(details bool) (r TransferReport, ok bool) {
	r = s.outset()
	err := s.Node.Do(func(t *protocol.Turn) {
		peers := s.Group.Swarm()
		p, in := s.Progress()
		if !in {
			return
		}
		r.Time = display.Milliseconds(t.Now.Sub(p.Added))
		r.Conns, r.Known = p.Conns, p.Peers
		if p.Known {
			r.Have, r.Left, r.Complete = p.Have, p.Left, p.Left == 0
		}
		a := peers.Tally(only, only, t.Now)
		r.All = tallyOf(&a)
		counters := peers.Counters()
		r.Failures, r.Bans = counters.Failures, counters.Bans
		for why, n := range counters.Drops {
			if n > 0 {
				r.Dropped[swarm.Drop(why).String()] = n
			}
		}
		counters.Each(func(name string, n uint64) { r.Counted[name] = n })
		if st, any := s.Tracker(); any {
			r.Tracker = &trackerStatus{st.URL, st.Problem, st.Seeders, st.Leechers}
		}
		if details {
			peers.Tallies(only, only, t.Now, r.add)
		}
	})
	slices.SortFunc(r.Peers, func(a, b peerTally) int {
		return cmp.Or(cmp.Compare(b.PayloadDown+b.PayloadUp, a.PayloadDown+a.PayloadUp),
			cmp.Compare(a.Peer, b.Peer))
	})
	return r, err == nil
}

// add notes what was exchanged with a peer. Those with which no connection came about do not count.
func (r *TransferReport) add(peer protocol.Addr, a *swarm.Tally) {
	row := peerTally{tallyReport: tallyOf(a), Connections: a.Conns,
		Connected: display.Milliseconds(a.Connected)}
	if a.Conns > 0 && peer != (protocol.Addr{}) {
		row.Peer = peer.String()
		r.Peers = append(r.Peers, row)
		return
	}
	at := slices.IndexFunc(r.Peers, func(p peerTally) bool { return p.Peer == "" })
	if at < 0 {
		r.Peers = append(r.Peers, row)
		return
	}
	others := &r.Peers[at]
	others.tallyReport = others.plus(&row.tallyReport)
	others.Connections += row.Connections
	others.Connected += row.Connected
}

// peersShown is how many peers people are shown.
const peersShown = 20

// Print writes the summary for people.
func (r *TransferReport) Print(w io.Writer) {
	took := time.Duration(r.Time) * time.Millisecond
	fmt.Fprintf(w, "%s: %s\n", display.Visible(r.Name), r.outcome())
	a := &r.All
	fmt.Fprintf(w, "received  %s of payload and %s of overhead in %s%s\n",
		display.Volume(a.PayloadDown), display.Volume(a.OverheadDown), display.Duration(took),
		rateText(a.PayloadDown, took))
	fmt.Fprintf(w, "wasted    %s: %s twice, %s with a wrong hash, %s of broken blocks\n",
		display.Volume(a.Wasted()), display.Volume(a.Redundant), display.Volume(a.Failed),
		display.Volume(a.Partial))
	fmt.Fprintf(w, "sent      %s of payload and %s of overhead\n",
		display.Volume(a.PayloadUp), display.Volume(a.OverheadUp))
	if t := r.Tracker; t != nil && t.Problem != "" {
		fmt.Fprintf(w, "tracker   %s: %s\n", display.Visible(t.URL), display.Visible(t.Problem))
	}
	if len(r.Peers) == 0 {
		fmt.Fprintln(w, "there was no peer")
		return
	}
	rows := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(rows, "peer\treceived\tsent\toverhead\twasted\t")
	for n := range r.Peers[:min(len(r.Peers), peersShown)] {
		p := &r.Peers[n]
		fmt.Fprintf(rows, "%s\t%s\t%s\t%s\t%s\t\n", cmp.Or(p.Peer, "others"),
			display.Volume(p.PayloadDown), display.Volume(p.PayloadUp),
			display.Volume(p.OverheadDown+p.OverheadUp), display.Volume(p.Wasted()))
	}
	rows.Flush()
	if more := len(r.Peers) - peersShown; more > 0 {
		fmt.Fprintf(w, "and %s\n", display.Quantity(more, "more peer"))
	}
}

// outcome is how far it came, in words.
func (r *TransferReport) outcome() string {
	switch {
	case r.Size == 0:
		return "the metadata has not come"
	case r.Complete:
		return fmt.Sprintf("complete, %s in %s", display.Volume(r.Size), display.Visible(r.Dir))
	}
	return fmt.Sprintf("%s of %s are in %s; start again to go on",
		display.Volume(r.Size-r.Left), display.Volume(r.Size), display.Visible(r.Dir))
}

// rateText is a rate in brackets; nothing where it would mean nothing.
func rateText(n uint64, d time.Duration) string {
	if n == 0 || d <= 0 {
		return ""
	}
	return " (" + display.Bytes(uint64(float64(n)/d.Seconds())) + "/s)"
}
