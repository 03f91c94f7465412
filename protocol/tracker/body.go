package tracker

import (
	"strconv"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/bencode"
)

// AppendReply appends the body of an answer by HTTP to the request q, of which only the form of
// the peers matters: compact, unless it is to be dictionaries.
func AppendReply(dst []byte, r *Reply, q *Request) []byte {
	if r.Failure != "" {
		return appendFailure(dst, r)
	}
	dst = appendCount(append(dst, 'd'), "complete", int64(r.Seeders))
	dst = appendCount(dst, "downloaded", int64(r.Completed))
	if r.External != (protocol.Addr{}) {
		var host [16]byte
		dst = bencode.AppendString(dst, "external ip")
		dst = bencode.AppendBytes(dst, appendHost(host[:0], r.External))
	}
	dst = appendCount(dst, "incomplete", int64(r.Leechers))
	dst = appendCount(dst, "interval", wholeSeconds(r.Interval))
	dst = appendCount(dst, "min interval", wholeSeconds(r.MinInterval))
	if q.Dictionary {
		dst = appendDictionaries(dst, r.Peers, !q.NoPeerID)
	} else {
		dst = appendFamily(dst, "peers", r.Peers, peerSize4)
		dst = appendFamily(dst, "peers6", r.Peers, peerSize6)
	}
	if len(r.TrackerID) > 0 {
		dst = bencode.AppendBytes(bencode.AppendString(dst, "tracker id"), r.TrackerID)
	}
	if r.Warning != "" {
		dst = bencode.AppendString(bencode.AppendString(dst, "warning message"), r.Warning)
	}
	return append(dst, 'e')
}

// appendFailure appends a body that refuses. The minutes of BEP 31 are a string, as in its
// examples.
func appendFailure(dst []byte, r *Reply) []byte {
	dst = bencode.AppendString(append(dst, 'd'), "failure reason")
	dst = bencode.AppendString(dst, r.Failure)
	if r.RetryIn > 0 {
		dst = bencode.AppendString(dst, "retry in")
		if r.RetryIn == Forever {
			dst = bencode.AppendString(dst, "never")
		} else {
			minutes := (r.RetryIn + time.Minute - 1) / time.Minute
			dst = bencode.AppendString(dst, strconv.FormatInt(int64(minutes), 10))
		}
	}
	return append(dst, 'e')
}

func appendCount(dst []byte, key string, n int64) []byte {
	return bencode.AppendInt(bencode.AppendString(dst, key), n)
}

// wholeSeconds rounds up: a client that comes as early as it may is not to be too early.
func wholeSeconds(d time.Duration) int64 { return int64((d + time.Second - 1) / time.Second) }

// appendFamily appends the peers of one family in compact form. IPv6 is left out if there is none.
func appendFamily(dst []byte, key string, peers []Peer, size int) []byte {
	length := 0
	for k := range peers {
		if peers[k].Addr.Is4() == (size == peerSize4) {
			length += size
		}
	}
	if length == 0 && size == peerSize6 {
		return dst
	}
	dst = bencode.AppendString(dst, key)
	dst = append(strconv.AppendInt(dst, int64(length), 10), ':')
	for k := range peers {
		if peers[k].Addr.Is4() == (size == peerSize4) {
			dst = appendAddr(dst, peers[k].Addr)
		}
	}
	return dst
}

// appendDictionaries appends the peers of both families in the form of BEP 3.
func appendDictionaries(dst []byte, peers []Peer, ids bool) []byte {
	dst = append(bencode.AppendString(dst, "peers"), 'l')
	for k := range peers {
		p := &peers[k]
		var text [64]byte
		dst = bencode.AppendString(append(dst, 'd'), "ip")
		dst = bencode.AppendBytes(dst, p.Addr.AddrPort().Addr().AppendTo(text[:0]))
		if ids && p.HasID {
			dst = bencode.AppendBytes(bencode.AppendString(dst, "peer id"), p.ID[:])
		}
		dst = append(appendCount(dst, "port", int64(p.Addr.Port())), 'e')
	}
	return append(dst, 'e')
}
