package tracker

import (
	"errors"
	"time"

	"swarmlab/protocol"
)

// ClientConfig is who announces what to whom.
type ClientConfig struct {
	InfoHash [20]byte
	PeerID   [20]byte
	Port     uint16     // on which the client listens
	Key      uint32     // random; the same in both families
	Want     int        // how many peers it would like; negative for the tracker's default
	Tiers    [][]string // URLs of trackers (BEP 12); one tier of one if there is one only

	// IPv6 says that the owner's datagrams are of IPv6. UDP trackers of the other family are left
	// out; who is in both has two clients, with the same key.
	IPv6 bool

	// HTTP says that the owner can fetch URLs. Without it HTTP trackers are left out.
	HTTP bool

	// IntervalMin is the least time between two announces without event, whatever the tracker
	// says; more than 0.
	IntervalMin time.Duration
}

// IntervalMin is a good [ClientConfig].IntervalMin for the open network, as in libtorrent.
const IntervalMin = time.Minute

// Client announces one torrent to its trackers, one at a time, on behalf of a bigger core, its
// owner. See the package comment for the order of calls.
type Client struct {
	cfg     ClientConfig
	sites   sites
	at      turn // of the tracker that is asked, or the next one
	doing   doing
	event   Event // that is being announced
	due     protocol.Time
	resends int // of this attempt; a new connection id does not end it
	tid     uint32
	web     []byte // the URL to be fetched
	fetchID uint32

	fails     int           // rounds in a row in which no tracker answered
	answered  protocol.Time // when one did
	interval  time.Duration
	least     time.Duration
	begun     bool
	completed bool // to be told
	leaving   bool
	overtaken bool // it leaves, but what was under way is to be answered first
	paused    bool
	last      string // what went wrong last; empty if nothing has since an answer
	culprit   string // the URL of the tracker with which it did

	answer Answer
	reply  Reply
	packet []byte
	tally  ClientTally
}

// doing is what a client waits for.
type doing uint8

const (
	resting    doing = iota // for the time of the next announce
	connecting              // for a connection id
	announcing              // for the answer to an announce
	fetching                // for its owner to fetch a URL
	gone                    // for nothing: it has left
)

// ClientTally is what a client has counted.
type ClientTally struct {
	Sent     uint64 // packets by UDP and fetches by HTTP
	Resent   uint64 // of these because no answer came
	Answered uint64 // announces
	Stopped  uint64 // of these the ends of sessions
	Refused  uint64 // announces: the tracker said why
	Silent   uint64 // trackers given up
	Drops    Drops  // packets from a tracker, and bodies
}

// NewClient returns a client that has not started. The error names what is wrong.
func NewClient(cfg ClientConfig, rand *protocol.Rand) (*Client, error) {
	all, _ := newSites(cfg.Tiers, rand)
	switch {
	case len(all) == 0:
		return nil, errors.New("tracker: no URL of a tracker among those of the torrent")
	case cfg.Port == 0:
		return nil, errors.New("tracker: a client must have a port")
	case cfg.IntervalMin <= 0:
		return nil, errors.New("tracker: IntervalMin must be more than 0")
	}
	return &Client{cfg: cfg, sites: all, due: protocol.Never}, nil
}

// Names appends the hosts of UDP trackers whose addresses are not known: the owner looks them up
// and calls Resolved.
func (c *Client) Names(dst []string) []string {
	for _, row := range c.sites {
		for k := range row {
			if s := &row[k]; !s.web && s.addr == (protocol.Addr{}) {
				u, _ := ParseURL(s.url) // it was one before
				dst = append(dst, u.Host)
			}
		}
	}
	return dst
}

// Resolved tells the address of a host; its port is of no interest.
func (c *Client) Resolved(host string, addr protocol.Addr) {
	for _, row := range c.sites {
		for k := range row {
			if u, _ := ParseURL(row[k].url); !row[k].web && u.Host == host {
				row[k].addr = addr.WithPort(u.Port)
			}
		}
	}
}

// Start announces the start of the session. Like every method that returns a time, it returns when
// to call Wake.
func (c *Client) Start(t *protocol.Turn, now Totals) protocol.Time {
	if !c.begun {
		c.begun = true
		c.round(t, now)
	}
	return c.due
}

// Wake lets time pass. Early, late or twice is harmless.
func (c *Client) Wake(t *protocol.Turn, now Totals) protocol.Time {
	if t.Now < c.due {
		return c.due
	}
	if c.overtaken {
		c.round(t, now)
		return c.due
	}
	switch c.doing {
	case resting:
		c.round(t, now)
	case connecting, announcing:
		c.unanswered(t, now)
	case fetching:
		c.blame("no answer")
		c.tally.Silent++
		c.next(t, now)
	}
	return c.due
}

// Complete says that the download has just finished. A client that started with the whole torrent
// never calls it.
func (c *Client) Complete(t *protocol.Turn, now Totals) protocol.Time {
	c.completed = true
	if c.begun && c.doing == resting {
		c.round(t, now)
	}
	return c.due
}

// Pause says whether the owner is a partial seed from now on: it downloads nothing, but has not
// everything (BEP 21).
func (c *Client) Pause(paused bool) { c.paused = paused }

// More asks for more peers: the next announce comes as early as it may.
func (c *Client) More() protocol.Time {
	if c.begun && c.doing == resting && c.fails == 0 {
		c.due = min(c.due, c.answered.Add(max(c.least, c.cfg.IntervalMin)))
	}
	return c.due
}

// Leave announces the end of the session, to each tracker that knows of its start. It takes a
// question or two and a few seconds at most; then Left is true. The answer to an announce that is
// under way is waited for, a little: a tracker that heard of the end before it would list the
// client again.
func (c *Client) Leave(t *protocol.Turn, now Totals) protocol.Time {
	switch {
	case c.leaving:
	case c.doing == announcing || c.doing == fetching:
		c.leaving, c.overtaken = true, true
		c.due = min(c.due, t.Now.Add(overtakeTime))
	default:
		c.leaving = true
		c.round(t, now)
	}
	return c.due
}

// Left reports whether the client has left, and does nothing any more.
func (c *Client) Left() bool { return c.doing == gone }

// Last announces the end of the session where that takes one packet, for an owner that will not
// hear an answer.
func (c *Client) Last(t *protocol.Turn, now Totals) {
	c.event = Stopped
	for _, row := range c.sites {
		for k := range row {
			s := &row[k]
			if s.started && !s.web && s.connected(t.Now, slots*slot-slot) {
				c.tid = uint32(t.Rand.Uint64())
				c.announcePacket(t, s, now)
			}
		}
	}
	c.rest(gone, protocol.Never)
}

// Peers returns those that the last call of Datagram or Fetched brought. The client itself may be
// among them: some trackers name everybody, and only the owner knows its own addresses.
func (c *Client) Peers() []Peer { return c.reply.Peers }

// Tally returns what was counted so far.
func (c *Client) Tally() ClientTally { return c.tally }

// Due returns when to call Wake.
func (c *Client) Due() protocol.Time { return c.due }

// Status is how a client stands with its trackers.
type Status struct {
	URL      string // of the tracker that has the problem; or else that answered last, or is asked
	Fails    int    // rounds in a row in which no tracker answered
	Problem  string // of the last one that did not answer well; empty if one did since
	Seeders  uint32 // as told last
	Leechers uint32
	Interval time.Duration // between announces
}

// Status returns how the client stands.
func (c *Client) Status() Status {
	st := Status{Fails: c.fails, Problem: c.last, Interval: c.interval,
		Seeders: c.reply.Seeders, Leechers: c.reply.Leechers}
	if c.last != "" {
		st.URL = c.culprit
	} else if s := c.sites.at(c.at); s != nil {
		st.URL = s.url
	}
	return st
}

// blame notes what went wrong with the tracker that is asked.
func (c *Client) blame(why string) { c.last, c.culprit = why, c.sites.at(c.at).url }
