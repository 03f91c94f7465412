package main

import (
	"fmt"
	"io"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/live"
)

// serveReport is the state of a serving node.
type serveReport struct {
	Address  string            `json:"address"`
	ID       string            `json:"id"`
	Uptime   float64           `json:"uptime_s"`
	Contacts int               `json:"contacts"`
	Good     int               `json:"good"`
	Buckets  int               `json:"buckets"`
	Asked    uint64            `json:"asked"` // queries of ours that have come to an end
	Counters map[string]uint64 `json:"counters"`
	Socket   live.Stats        `json:"socket"`
}

// state asks the node, in a turn of its own; ok is false if it has ended.
func (s *dhtServer) state() (r serveReport, ok bool) {
	r = serveReport{
		Address: s.node.Addr().String(), ID: s.id.String(), Counters: make(map[string]uint64),
		Uptime: time.Since(s.start).Round(time.Millisecond).Seconds(),
	}
	var c dht.Counters
	err := s.node.Do(func(t *protocol.Turn) {
		c, r.Buckets, r.Socket = s.group.Counters(), s.group.Depth(0), s.node.Stats()
		s.group.EachContact(0, t.Now, func(_ int, _ dht.Contact, good bool) {
			r.Contacts++
			if good {
				r.Good++
			}
		})
	})
	c.Each(func(why dht.Reason, n uint64) { r.Counters[why.String()] = n })
	r.Asked = c[dht.Matched] + c[dht.TimedOut] + c[dht.IDMismatch] + c[dht.NoID]
	return r, err == nil
}

func (r *serveReport) print(w io.Writer) {
	n := r.Counters
	fmt.Fprintf(w, "%8s  table %d (%d good) in %s; answered %d, refused %d; "+
		"asked %d, no answer %d; junk %d; in %d B, out %d B\n",
		time.Duration(r.Uptime*float64(time.Second)).Round(time.Second/10), r.Contacts, r.Good,
		countOf(r.Buckets, "bucket"), n[dht.Answered.String()], n[dht.Refused.String()], r.Asked,
		n[dht.TimedOut.String()], n[dht.Junk.String()], r.Socket.ReceivedBytes, r.Socket.SentBytes)
}
