package tracker

import (
	"time"

	"swarmlab/protocol"
)

// Datagram takes a packet that came from an address, and reports whether it is for this client: it
// came from the tracker that is asked, and answers what was asked. Others may be for another part
// of the owner, such as the client of another torrent, and are not counted.
func (c *Client) Datagram(
	t *protocol.Turn, from protocol.Addr, p []byte, now Totals,
) (due protocol.Time, taken bool) {
	s := c.sites.at(c.at)
	if s == nil || s.web || s.addr != from {
		return c.due, false
	}
	c.reply.Peers = c.reply.Peers[:0]
	switch f := c.heard(t, s, p, now); f {
	case OK:
	case BadTransaction:
		return c.due, false
	default:
		c.tally.Drops[f]++
	}
	return c.due, true
}

func (c *Client) heard(t *protocol.Turn, s *site, p []byte, now Totals) Fault {
	a := &c.answer
	if f := ParseAnswer(p, !s.addr.Is4(), a); f != OK {
		return f
	}
	if a.Transaction != c.tid || c.doing != connecting && c.doing != announcing {
		return BadTransaction
	}
	switch {
	case a.Action == ActionError:
		s.idAt = -1 // that may be what is wrong
		c.refused(t, now, Text(a.Text), 0)
	case a.Action == ActionConnect && c.doing == connecting:
		s.id, s.idAt = a.Connection, t.Now
		c.ask(t, now)
	case a.Action == ActionAnnounce && c.doing == announcing:
		a.reply(&c.reply, !s.addr.Is4())
		c.accepted(t, now)
	default:
		return BadAction
	}
	return OK
}

// Fetched takes the body of a URL that the owner has fetched, or the reason why there is none.
func (c *Client) Fetched(
	t *protocol.Turn, number uint32, body []byte, problem string, now Totals,
) protocol.Time {
	c.reply.Peers = c.reply.Peers[:0]
	if c.doing != fetching || number != c.fetchID {
		return c.due // it took too long
	}
	f := OK
	if problem == "" {
		if f = ParseReply(body, &c.reply); f != OK {
			c.tally.Drops[f]++
			problem = "its answer is not one of a tracker: " + f.String()
		}
	}
	switch {
	case problem != "":
		c.reply.Peers = c.reply.Peers[:0]
		c.blame(problem)
		c.tally.Silent++
		c.next(t, now)
	case c.reply.Failure != "":
		c.refused(t, now, c.reply.Failure, c.reply.RetryIn)
	default:
		s := c.sites.at(c.at)
		if len(c.reply.TrackerID) > 0 {
			s.trackerID = append(s.trackerID[:0], c.reply.TrackerID...)
		}
		c.accepted(t, now)
	}
	return c.due
}

// refused goes on to the next tracker, since this one said no.
func (c *Client) refused(t *protocol.Turn, now Totals, why string, retry time.Duration) {
	s := c.sites.at(c.at)
	c.blame(why)
	c.tally.Refused++
	if retry == Forever {
		s.barred = true
	} else if retry > 0 {
		s.patience = t.Now.Add(retry)
	}
	c.next(t, now)
}

// accepted takes a good answer.
func (c *Client) accepted(t *protocol.Turn, now Totals) {
	c.tally.Answered++
	c.withoutSelf()
	c.last, c.fails, c.answered = "", 0, t.Now
	c.interval, c.least = c.reply.Interval, c.reply.MinInterval
	if c.interval == 0 {
		c.interval = intervalDefault
	}
	c.interval = max(c.interval, c.least, c.cfg.IntervalMin)
	c.at = c.sites.promote(c.at)
	s := c.sites.at(c.at)
	switch c.event {
	case Started:
		s.started = true
	case Completed:
		c.completed = false
	case Stopped:
		s.started = false
		c.tally.Stopped++
	}
	switch {
	case c.leaving: // and the others
		c.round(t, now)
	case c.completed: // while this was under way
		c.resends = 0
		c.event = c.eventFor(s)
		c.ask(t, now)
	default:
		c.rest(resting, t.Now.Add(c.interval))
	}
}

// withoutSelf takes the client itself out of the peers that it was told.
func (c *Client) withoutSelf() {
	kept := c.reply.Peers[:0]
	for _, p := range c.reply.Peers {
		if !p.HasID || p.ID != c.cfg.PeerID {
			kept = append(kept, p)
		}
	}
	c.reply.Peers = kept
}
