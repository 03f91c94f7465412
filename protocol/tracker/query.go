package tracker

import (
	"math"
	"strconv"
	"strings"

	"swarmlab/protocol"
)

// AppendAnnounce appends the URL that announces q to the tracker at url.
func AppendAnnounce(dst []byte, url string, q *Request) []byte {
	dst = appendFirst(dst, url, "info_hash=")
	dst = AppendEscaped(dst, q.InfoHash[:])
	dst = AppendEscaped(append(dst, "&peer_id="...), q.PeerID[:])
	dst = appendNumber(dst, "&port=", uint64(q.Addr.Port()))
	dst = appendNumber(dst, "&uploaded=", q.Uploaded)
	dst = appendNumber(dst, "&downloaded=", q.Downloaded)
	dst = appendNumber(dst, "&left=", min(q.Left, unknownSigned))
	dst = appendNumber(dst, "&corrupt=", q.Corrupt)
	dst = appendNumber(dst, "&redundant=", q.Redundant)
	if q.Event != Update {
		dst = append(append(dst, "&event="...), q.Event.String()...)
	}
	if q.Want >= 0 {
		dst = appendNumber(dst, "&numwant=", uint64(q.Want))
	}
	if q.Key != 0 {
		dst = append(dst, "&key="...)
		for shift := 28; shift >= 0; shift -= 4 {
			dst = append(dst, hexDigits[q.Key>>shift&15])
		}
	}
	if q.Dictionary {
		dst = append(dst, "&compact=0"...)
	} else {
		dst = append(dst, "&compact=1"...)
	}
	if q.NoPeerID {
		dst = append(dst, "&no_peer_id=1"...)
	}
	if len(q.TrackerID) > 0 {
		dst = AppendEscaped(append(dst, "&trackerid="...), q.TrackerID)
	}
	return dst
}

// appendFirst appends a URL and the name of its first parameter of ours.
func appendFirst(dst []byte, url, name string) []byte {
	dst = append(dst, url...)
	if strings.Contains(url, "?") {
		dst = append(dst, '&')
	} else {
		dst = append(dst, '?')
	}
	return append(dst, name...)
}

func appendNumber(dst []byte, name string, n uint64) []byte {
	return strconv.AppendUint(append(dst, name...), n, 10)
}

// ParseAnnounce reads the query of an announce's URL, all that comes after the question mark, into
// q. The peer is on the host of from; what the query says about its address is ignored, since it
// could name anybody's. Of a parameter that comes twice the last one counts, but the infohash must
// not. The tracker id of q is always empty: we give none.
func ParseAnnounce(query string, from protocol.Addr, q *Request) Fault {
	*q = Request{Totals: Totals{Left: UnknownLeft}, Want: DefaultWant}
	var have parts
	for query != "" {
		var pair string
		pair, query, _ = strings.Cut(query, "&")
		name, value, _ := strings.Cut(pair, "=")
		if f := q.set(name, value, &have); f != OK {
			return f
		}
	}
	switch {
	case !have.hash:
		return BadHash
	case !have.id:
		return BadPeerID
	case have.port == 0:
		return BadPort
	}
	q.Addr = from.WithPort(have.port)
	return OK
}

// parts is what an announce must have.
type parts struct {
	hash, id bool
	port     uint16
}

// set takes one parameter of an announce.
func (q *Request) set(name, value string, have *parts) (f Fault) {
	switch name {
	case "info_hash":
		if f = hashOf(&q.InfoHash, value); f == OK && have.hash {
			return BadHash
		}
		have.hash = true
	case "peer_id":
		if f = hashOf(&q.PeerID, value); f == BadHash {
			return BadPeerID
		}
		have.id = true
	case "port":
		port, f := number(value)
		if f != OK || port == 0 || port > math.MaxUint16 {
			return BadPort
		}
		have.port = uint16(port)
	case "uploaded":
		q.Uploaded, f = number(value)
	case "downloaded":
		q.Downloaded, f = number(value)
	case "left":
		q.Left, f = number(value)
		q.Left = known(q.Left)
	case "corrupt":
		q.Corrupt, f = number(value)
	case "redundant":
		q.Redundant, f = number(value)
	case "event":
		q.Event, f = eventOf(value)
	case "numwant":
		q.Want, f = wantOf(value)
	case "key":
		q.Key = keyOf(value)
	case "compact":
		q.Dictionary = value == "0"
	case "no_peer_id":
		q.NoPeerID = value == "1"
	}
	return f
}

// hashOf decodes 20 bytes.
func hashOf(dst *[20]byte, value string) Fault {
	n, f := unescape(dst[:], value)
	if f == OK && n != len(dst) {
		return BadHash
	}
	return f
}

// number reads a count of bytes.
func number(value string) (n uint64, f Fault) {
	if value == "" || len(value) > 20 {
		return 0, BadNumber
	}
	for k := range len(value) {
		c := uint64(value[k] - '0')
		if c > 9 || n > (math.MaxUint64-c)/10 {
			return 0, BadNumber
		}
		n = n*10 + c
	}
	return n, OK
}

func eventOf(value string) (Event, Fault) {
	for e, name := range eventNames {
		if value == name {
			return Event(e), OK
		}
	}
	return Update, BadEvent
}

// wantOf reads how many peers are wanted. Some write -1 for the default, as in UDP.
func wantOf(value string) (int, Fault) {
	if strings.HasPrefix(value, "-") {
		if _, f := number(value[1:]); f != OK {
			return 0, f
		}
		return DefaultWant, OK
	}
	n, f := number(value)
	return int(min(n, math.MaxInt32)), f
}

// keyOf makes 32 bits of a key, which is a number of eight hexadecimal digits or fewer, a decimal
// number, or something else that only has to be told from others.
func keyOf(value string) uint32 {
	if n, err := strconv.ParseUint(value, 16, 32); err == nil {
		return uint32(n)
	}
	if n, err := strconv.ParseUint(value, 10, 32); err == nil {
		return uint32(n)
	}
	h := uint64(len(value))
	for k := range len(value) {
		h = protocol.Mix(h ^ uint64(value[k]))
	}
	return uint32(h)
}
