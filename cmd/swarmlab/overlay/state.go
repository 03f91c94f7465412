package overlay

import (
	"fmt"
	"io"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/live"
)

// ServeReport is the state of a serving node.
type ServeReport struct {
	Address   string            `json:"address"`   // of the first socket
	Addresses []string          `json:"addresses"` // of all
	ID        string            `json:"id"`
	SeenAs    []string          `json:"seen_as,omitempty"` // at which others see it (BEP 42)
	Uptime    float64           `json:"uptime_s"`
	Contacts  int               `json:"contacts"`
	Good      int               `json:"good"`
	Buckets   int               `json:"buckets"`
	Asked     uint64            `json:"asked"` // queries of ours that have come to an end
	Counters  map[string]uint64 `json:"counters"`
	Socket    live.Stats        `json:"socket"`
	Table     []bucketReport    `json:"table"`
}

// bucketReport is a bucket of a serving node's tables.
type bucketReport struct {
	Family   string `json:"family"`
	Depth    int    `json:"depth"` // leading bits that its contacts share with the node's id
	Size     int    `json:"size"`
	Contacts int    `json:"contacts"`
	Good     int    `json:"good"`
}

// state asks the node, in a turn of its own; ok is false if it has ended.
func (s *server) state() (r ServeReport, ok bool) {
	r = ServeReport{
		Address: s.node.Addr().String(), Counters: make(map[string]uint64),
		Uptime: time.Since(s.start).Round(time.Millisecond).Seconds(),
	}
	for _, a := range s.node.Addrs() {
		r.Addresses = append(r.Addresses, a.String())
	}
	var sum dht.Counters
	err := s.node.Do(func(t *protocol.Turn) {
		r.ID, r.Socket = s.groups[0].ID(0).String(), s.node.Stats()
		for n, g := range s.groups {
			counters := g.Counters()
			counters.Each(func(why dht.Reason, count uint64) { sum[why] += count })
			r.addTable(g, t.Now, s.node.Addrs()[n].Is4())
		}
	})
	sum.Each(func(why dht.Reason, n uint64) { r.Counters[why.String()] = n })
	r.Asked = sum[dht.Matched] + sum[dht.TimedOut] + sum[dht.IDMismatch] + sum[dht.NoID]
	return r, err == nil
}

// addTable adds a group's table to the report.
func (r *ServeReport) addTable(g *dht.Group, now protocol.Time, four bool) {
	family := "v6"
	if four {
		family = "v4"
	}
	first := len(r.Table)
	for depth := range g.Depth(0) {
		r.Table = append(r.Table, bucketReport{Family: family, Depth: depth,
			Size: g.BucketSize(depth)})
	}
	r.Buckets += g.Depth(0)
	g.EachContact(0, now, func(depth int, _ dht.Contact, good bool) {
		r.Contacts++
		r.Table[first+depth].Contacts++
		if good {
			r.Good++
			r.Table[first+depth].Good++
		}
	})
	if a, known := g.External(0); known {
		r.SeenAs = append(r.SeenAs, a.String())
	}
}

// Print implements command.Report.
func (r *ServeReport) Print(w io.Writer) {
	n := r.Counters
	fmt.Fprintf(w, "%8s  table %d (%d good) in %s; answered %d, refused %d; "+
		"asked %d, no answer %d; junk %d; in %d B, out %d B\n",
		time.Duration(r.Uptime*float64(time.Second)).Round(time.Second/10), r.Contacts, r.Good,
		countOf(r.Buckets, "bucket"), n[dht.Answered.String()], n[dht.Refused.String()], r.Asked,
		n[dht.TimedOut.String()], n[dht.Junk.String()], r.Socket.ReceivedBytes, r.Socket.SentBytes)
}
