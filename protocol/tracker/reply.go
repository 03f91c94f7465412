package tracker

import (
	"net/netip"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/bencode"
)

const (
	// BodyMax is how long the body of an HTTP answer may be, in bytes: as in libtorrent.
	BodyMax = 835584
	// PeersMax is how many peers of one answer are looked at.
	PeersMax = 1024
	// textMax is how much of a tracker's text is kept, in bytes.
	textMax = 200
	// bodyDepth and bodyItems bound what a body may hold: five containers are nested in an honest
	// one, and a dictionary of a peer has seven items.
	bodyDepth = 8
	bodyItems = 1 << 16
)

// Forever is the RetryIn of a tracker that is not to be asked again.
const Forever = time.Duration(1<<63 - 1)

// Peer is one that a tracker names.
type Peer struct {
	Addr  protocol.Addr
	ID    [20]byte
	HasID bool // ID is known: compact answers have none
}

// Reply is a tracker's answer to an announce. It owns its memory, which is used again.
type Reply struct {
	Failure string        // not empty: it refused, and says why
	RetryIn time.Duration // of a failure (BEP 31); 0: not said

	Warning     string
	Interval    time.Duration // until the next announce; 0: not said
	MinInterval time.Duration // no announce before; 0: not said
	TrackerID   []byte        // to be echoed; empty: keep the old one
	Seeders     uint32
	Leechers    uint32
	Completed   uint32        // times that a download was completed; HTTP only
	External    protocol.Addr // of the host that asked, as the tracker sees it (BEP 24); port 0
	Peers       []Peer
	Skipped     int // peers left out: broken, not usable, or more than PeersMax
}

// reset empties r and keeps its memory.
func (r *Reply) reset() { *r = Reply{Peers: r.Peers[:0], TrackerID: r.TrackerID[:0]} }

// ParseReply reads the body of an answer by HTTP into r. After a fault r is not to be used.
//
// Peers whose address is a name are left out: a tracker could make us ask anyone's name server for
// anything.
func ParseReply(body []byte, r *Reply) Fault {
	r.reset()
	if len(body) > BodyMax {
		return TooLong
	}
	s := bencode.NewScanner(body, bencode.Limits{Depth: bodyDepth, Items: bodyItems},
		bencode.Tolerant)
	keys, ok := s.Dict()
	if !ok {
		return NotBencode
	}
	f := OK
	for {
		key, ok := keys.Next(&s)
		if !ok {
			break
		}
		if bad := r.value(string(key), &s); f == OK {
			f = bad
		}
	}
	if s.End() != bencode.OK {
		return NotBencode
	}
	if r.Failure != "" {
		*r = Reply{Failure: r.Failure, RetryIn: r.RetryIn, Peers: r.Peers[:0],
			TrackerID: r.TrackerID[:0]}
		return OK // whatever else it says is of no interest
	}
	r.RetryIn = 0
	return f
}

// value reads what follows a key. What is of another kind than it should be is passed over, unless
// it is the peers.
func (r *Reply) value(key string, s *bencode.Scanner) (f Fault) {
	switch key {
	case "failure reason":
		if b, ok := s.Bytes(); ok {
			if r.Failure = Text(b); r.Failure == "" {
				r.Failure = "no reason given"
			}
			return OK
		}
	case "retry in":
		return r.retry(s)
	case "warning message":
		if b, ok := s.Bytes(); ok {
			r.Warning = Text(b)
			return OK
		}
	case "tracker id":
		if b, ok := s.Bytes(); ok {
			r.TrackerID = append(r.TrackerID, b[:min(len(b), textMax)]...)
			return OK
		}
	case "external ip":
		if b, ok := s.Bytes(); ok {
			r.External = hostOf(b)
			return OK
		}
	case "peers":
		return r.peers(s)
	case "peers6":
		if b, ok := s.Bytes(); ok {
			return r.compact(b, peerSize6)
		}
		return notPeers(s)
	default:
		r.count(key, s)
		return OK
	}
	s.Skip()
	return OK
}

// count reads the numbers.
func (r *Reply) count(key string, s *bencode.Scanner) {
	n, ok := s.Int()
	if !ok {
		s.Skip()
		return
	}
	switch key {
	case "interval":
		r.Interval = seconds(n)
	case "min interval":
		r.MinInterval = seconds(n)
	case "complete":
		r.Seeders = clamp(n)
	case "incomplete":
		r.Leechers = clamp(n)
	case "downloaded":
		r.Completed = clamp(n)
	}
}

// retry reads the minutes of BEP 31, whose own examples write them as a string.
func (r *Reply) retry(s *bencode.Scanner) Fault {
	n, ok := s.Int()
	if !ok {
		b, ok := s.Bytes()
		if !ok {
			s.Skip()
			return OK
		}
		if string(b) == "never" {
			r.RetryIn = Forever
			return OK
		}
		minutes, f := number(string(b[:min(len(b), 20)]))
		if f != OK {
			return OK // not worth losing the reason for
		}
		n = int64(min(minutes, unknownSigned))
	}
	r.RetryIn = min(seconds(min(max(n, 0), intervalMax)*60), intervalMax*time.Second)
	return OK
}

// peers reads the addresses in either form.
func (r *Reply) peers(s *bencode.Scanner) Fault {
	if b, ok := s.Bytes(); ok {
		return r.compact(b, peerSize4)
	}
	if !s.List() {
		return notPeers(s)
	}
	good, all := len(r.Peers), 0
	for s.More() {
		all++
		p, ok := onePeer(s)
		if ok && len(r.Peers) < PeersMax {
			r.Peers = append(r.Peers, p)
		} else {
			r.Skipped++
		}
		if s.Fault() != bencode.OK {
			return NotBencode
		}
	}
	if all > 0 && len(r.Peers) == good {
		return BadPeers
	}
	return OK
}

func notPeers(s *bencode.Scanner) Fault {
	s.Skip()
	return BadPeers
}

// onePeer reads a peer in the form of a dictionary.
func onePeer(s *bencode.Scanner) (p Peer, ok bool) {
	keys, ok := s.Dict()
	if !ok {
		s.Skip()
		return p, false
	}
	var ip netip.Addr
	var port int64
	for {
		key, ok := keys.Next(s)
		if !ok {
			break
		}
		switch string(key) {
		case "ip":
			if b, ok := s.Bytes(); ok {
				ip, _ = netip.ParseAddr(string(b[:min(len(b), 64)]))
				continue
			}
		case "peer id":
			if b, ok := s.Bytes(); ok {
				p.HasID = len(b) == len(p.ID)
				copy(p.ID[:], b)
				continue
			}
		case "port":
			if n, ok := s.Int(); ok {
				port = n
				continue
			}
		}
		s.Skip()
	}
	if !p.HasID {
		p.ID = [20]byte{}
	}
	if !ip.IsValid() || ip.Zone() != "" || port < 1 || port > 0xffff {
		return p, false
	}
	p.Addr = protocol.AddrOf(netip.AddrPortFrom(ip, uint16(port)))
	return p, usable(p.Addr)
}

// compact reads addresses of 6 or 18 bytes.
func (r *Reply) compact(b []byte, size int) Fault {
	if len(b)%size != 0 {
		return BadTail
	}
	for ; len(b) > 0; b = b[size:] {
		a := addrOf(b[:size])
		if usable(a) && len(r.Peers) < PeersMax {
			r.Peers = append(r.Peers, Peer{Addr: a})
		} else {
			r.Skipped++
		}
	}
	return OK
}
