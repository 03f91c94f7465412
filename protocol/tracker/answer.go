package tracker

import (
	"encoding/binary"
	"time"
)

// Answer is what a tracker sends by UDP, as a client reads it. Its slices point into the packet.
type Answer struct {
	Action      Action
	Transaction uint32
	Connection  uint64        // of a connect
	Interval    time.Duration // of an announce
	Leechers    uint32        // of an announce
	Seeders     uint32        // of an announce
	Peers       []byte        // of an announce, compact in the family of the packet
	Counts      []byte        // of a scrape, 12 bytes each; CountsAt reads them
	Text        []byte        // of an error
}

// AppendConnectReply appends the answer to a connect request.
func AppendConnectReply(dst []byte, transaction uint32, connection uint64) []byte {
	return binary.BigEndian.AppendUint64(appendHeader(dst, ActionConnect, transaction), connection)
}

func appendHeader(dst []byte, a Action, transaction uint32) []byte {
	dst = binary.BigEndian.AppendUint32(dst, uint32(a))
	return binary.BigEndian.AppendUint32(dst, transaction)
}

// AppendAnnounceReply appends the answer to an announce. The peers of r must all be of the family
// in which the answer goes out.
func AppendAnnounceReply(dst []byte, transaction uint32, r *Reply) []byte {
	dst = appendHeader(dst, ActionAnnounce, transaction)
	dst = binary.BigEndian.AppendUint32(dst, uint32(wholeSeconds(r.Interval)))
	dst = binary.BigEndian.AppendUint32(dst, r.Leechers)
	dst = binary.BigEndian.AppendUint32(dst, r.Seeders)
	for k := range r.Peers {
		dst = appendAddr(dst, r.Peers[k].Addr)
	}
	return dst
}

// AppendScrapeHeader begins the answer to a scrape; AppendCounts appends each torrent, in the
// order of the request.
func AppendScrapeHeader(dst []byte, transaction uint32) []byte {
	return appendHeader(dst, ActionScrape, transaction)
}

// AppendCounts appends a torrent to the answer to a scrape.
func AppendCounts(dst []byte, c Counts) []byte {
	dst = binary.BigEndian.AppendUint32(dst, c.Seeders)
	dst = binary.BigEndian.AppendUint32(dst, c.Completed)
	return binary.BigEndian.AppendUint32(dst, c.Leechers)
}

// AppendError appends the answer to what is refused.
func AppendError(dst []byte, transaction uint32, text string) []byte {
	return append(appendHeader(dst, ActionError, transaction), text...)
}

// ParseAnswer reads an answer that came over IPv6, or over IPv4: the family of the packet decides
// the length of an address in it.
func ParseAnswer(p []byte, six bool, a *Answer) Fault {
	if len(p) < headerSize {
		return Short
	}
	*a = Answer{Action: Action(binary.BigEndian.Uint32(p)),
		Transaction: binary.BigEndian.Uint32(p[4:])}
	rest := p[headerSize:]
	switch a.Action {
	case ActionConnect:
		if len(p) < connectSize {
			return Short
		}
		a.Connection = binary.BigEndian.Uint64(rest)
		return OK
	case ActionAnnounce:
		return a.announce(p, six)
	case ActionScrape:
		a.Counts = rest
		if len(rest)%countsSize != 0 {
			return BadTail
		}
		return OK
	case ActionError:
		a.Text = rest
		return OK
	}
	return BadAction
}

func (a *Answer) announce(p []byte, six bool) Fault {
	if len(p) < announceReplySize {
		return Short
	}
	a.Interval = seconds(int64(int32(binary.BigEndian.Uint32(p[8:]))))
	a.Leechers = binary.BigEndian.Uint32(p[12:])
	a.Seeders = binary.BigEndian.Uint32(p[16:])
	a.Peers = p[announceReplySize:]
	if len(a.Peers)%sizeOf(six) != 0 {
		return BadTail
	}
	return OK
}

func sizeOf(six bool) int {
	if six {
		return peerSize6
	}
	return peerSize4
}

// CountsAt returns the n-th torrent of a scrape's answer; ok is false if there are fewer.
func (a *Answer) CountsAt(n int) (c Counts, ok bool) {
	if n < 0 || n >= len(a.Counts)/countsSize {
		return Counts{}, false
	}
	b := a.Counts[n*countsSize:]
	c.Seeders, c.Completed = binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	c.Leechers = binary.BigEndian.Uint32(b[8:])
	c.Downloaders = c.Leechers
	return c, true
}

// reply makes a Reply of the answer to an announce.
func (a *Answer) reply(r *Reply, six bool) {
	r.reset()
	r.Interval, r.Seeders, r.Leechers = a.Interval, a.Seeders, a.Leechers
	r.compact(a.Peers, sizeOf(six))
}
