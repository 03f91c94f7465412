package tracker

import (
	"time"

	"swarmlab/protocol"
)

const (
	// connectionTime is how long a client uses a connection id.
	connectionTime = time.Minute
	// resendTime is the time to the first retransmission; each next one takes twice as long.
	resendTime = 15 * time.Second
	// triesAlone is how often a tracker is asked if there is no other one (BEP 15), and triesAmong
	// if there is: nobody is to wait two hours for a tracker when another one is there.
	triesAlone = 9
	triesAmong = 2
	// leaveTime is how long the answer to a stopped is waited for, as in libtorrent.
	leaveTime = 5 * time.Second
	// overtakeTime is how long that to an announce is which was under way before.
	overtakeTime = 2 * time.Second
	// fetchPatience is how long the owner may take for a fetch.
	fetchPatience = time.Minute
	// intervalDefault is what is kept if a tracker does not say (libtorrent).
	intervalDefault = 30 * time.Minute
	// failMax is the longest time between two rounds in vain (libtorrent).
	failMax = time.Hour
)

// connected reports whether a tracker gave a connection id not longer ago than that.
func (s *site) connected(now protocol.Time, within time.Duration) bool {
	return s.idAt >= 0 && now.Sub(s.idAt) < within
}

// fit reports whether a tracker is to be asked in this round.
func (c *Client) fit(s *site, now protocol.Time) bool {
	switch {
	case c.leaving && !s.started, s.barred, now < s.patience && !c.leaving:
		return false
	case s.web:
		return c.cfg.HTTP
	}
	return s.addr != protocol.Addr{} && s.addr.Is4() != c.cfg.IPv6
}

// round begins an announce: again with the first tier.
func (c *Client) round(t *protocol.Turn, now Totals) {
	c.at, c.overtaken = turn{}, false
	c.try(t, now)
}

// next gives up on a tracker and goes on to the one after it.
func (c *Client) next(t *protocol.Turn, now Totals) {
	if c.overtaken {
		c.round(t, now)
		return
	}
	if c.leaving {
		c.sites.at(c.at).started = false
	}
	c.at = c.sites.after(c.at)
	c.try(t, now)
}

// try asks the tracker at the present place, or the first one after it that is fit.
func (c *Client) try(t *protocol.Turn, now Totals) {
	c.at = c.sites.seek(c.at, func(s *site) bool { return c.fit(s, t.Now) })
	s := c.sites.at(c.at)
	switch {
	case s != nil:
		c.resends = 0
		c.event = c.eventFor(s)
		c.ask(t, now)
	case c.leaving:
		c.rest(gone, protocol.Never)
	default:
		c.fails++
		c.rest(resting, max(t.Now.Add(c.backoff()), c.answered.Add(c.least)))
	}
}

// eventFor returns what a tracker is to be told. A start comes first, at each tracker.
func (c *Client) eventFor(s *site) Event {
	switch {
	case c.leaving && !c.completed:
		return Stopped
	case !s.started:
		return Started
	case c.completed:
		return Completed
	case c.paused:
		return Paused
	}
	return Update
}

// backoff is the time after a round in vain: 17 s, 55 s, 117 s... (libtorrent).
func (c *Client) backoff() time.Duration {
	n := min(time.Duration(c.fails), 17)
	return min(5*time.Second+25*n*n/2*time.Second, failMax)
}

// ask sends what is to be sent next.
func (c *Client) ask(t *protocol.Turn, now Totals) {
	s := c.sites.at(c.at)
	c.tally.Sent++
	if s.web {
		c.fetch(t, s, now)
		return
	}
	next := announcing
	if !s.connected(t.Now, connectionTime) {
		next = connecting
	}
	if c.doing != next || c.resends == 0 {
		c.tid = uint32(t.Rand.Uint64())
	}
	if next == connecting {
		c.packet = AppendConnect(c.packet[:0], c.tid)
		t.Out.SendTo(s.addr, c.packet)
	} else {
		c.announcePacket(t, s, now)
	}
	wait := resendTime << c.resends
	if c.leaving {
		wait = leaveTime
	}
	c.rest(next, t.Now.Add(wait))
}

func (c *Client) rest(next doing, until protocol.Time) { c.doing, c.due = next, until }

// request is the announce to a tracker.
func (c *Client) request(s *site, now Totals) Request {
	q := Request{InfoHash: c.cfg.InfoHash, PeerID: c.cfg.PeerID, Totals: now, Event: c.event,
		Addr: protocol.Addr4(0, c.cfg.Port), Want: c.cfg.Want, Key: c.cfg.Key,
		TrackerID: s.trackerID}
	if c.event == Stopped {
		q.Want = 0
	}
	return q
}

func (c *Client) announcePacket(t *protocol.Turn, s *site, now Totals) {
	q := c.request(s, now)
	c.packet = AppendAnnounceRequest(c.packet[:0], s.id, c.tid, &q, s.path)
	t.Out.SendTo(s.addr, c.packet)
}

// fetch has the owner fetch a URL.
func (c *Client) fetch(t *protocol.Turn, s *site, now Totals) {
	q := c.request(s, now)
	c.web = AppendAnnounce(c.web[:0], s.url, &q)
	c.fetchID++
	wait := fetchPatience
	if c.leaving {
		wait = leaveTime
	}
	c.rest(fetching, t.Now.Add(wait))
}

// Fetch returns a URL that the owner is to fetch, under a number by which it says Fetched. The
// bytes are valid until the next call. The same one is returned until another one is to be
// fetched, or none.
func (c *Client) Fetch() (number uint32, url []byte, ok bool) {
	return c.fetchID, c.web, c.doing == fetching
}

// unanswered sends a question again, or gives the tracker up.
func (c *Client) unanswered(t *protocol.Turn, now Totals) {
	c.resends++
	tries := triesAmong
	if c.leaving {
		tries = 1
	} else if c.alone(t.Now) {
		tries = triesAlone
	}
	if c.resends >= tries {
		c.blame("no answer")
		c.tally.Silent++
		c.next(t, now)
		return
	}
	c.tally.Resent++
	c.ask(t, now)
}

// alone reports whether there is no other tracker to be asked. The last one of a round is not
// alone: it must not keep the client for two hours from those that come first in the next round.
func (c *Client) alone(now protocol.Time) bool {
	fit := func(s *site) bool { return c.fit(s, now) }
	first := c.sites.seek(turn{}, fit)
	if c.sites.at(first) == nil {
		return true
	}
	return c.sites.at(c.sites.seek(c.sites.after(first), fit)) == nil
}
