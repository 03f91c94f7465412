package tracker

import (
	"encoding/binary"

	"swarmlab/protocol"
)

// Action is what a UDP packet asks for, or answers (BEP 15).
type Action uint32

// The actions.
const (
	ActionConnect Action = iota
	ActionAnnounce
	ActionScrape
	ActionError
)

// magic begins a connect request.
const magic = 0x41727101980

// The shortest packets, in bytes. Longer ones are accepted.
const (
	connectSize       = 16 // request and answer
	announceSize      = 98
	announceReplySize = 20
	scrapeSize        = 16
	headerSize        = 8 // of every answer
	countsSize        = 12
)

// Packet is a request by UDP, as a tracker reads it. Its slices point into the packet.
type Packet struct {
	Action      Action
	Transaction uint32
	Connection  uint64
	Announce    Request
	Options     []byte // of an announce (BEP 41); URLData reads them
	Hashes      []byte // of a scrape, 20 bytes each
}

// AppendConnect appends a connect request.
func AppendConnect(dst []byte, transaction uint32) []byte {
	return appendRequest(dst, magic, ActionConnect, transaction)
}

func appendRequest(dst []byte, connection uint64, a Action, transaction uint32) []byte {
	dst = binary.BigEndian.AppendUint64(dst, connection)
	dst = binary.BigEndian.AppendUint32(dst, uint32(a))
	return binary.BigEndian.AppendUint32(dst, transaction)
}

// AppendAnnounceRequest appends an announce by UDP. Path is that of the tracker's URL, with its
// query (BEP 41).
func AppendAnnounceRequest(
	dst []byte, connection uint64, transaction uint32, q *Request, path string,
) []byte {
	dst = appendRequest(dst, connection, ActionAnnounce, transaction)
	dst = append(append(dst, q.InfoHash[:]...), q.PeerID[:]...)
	dst = binary.BigEndian.AppendUint64(dst, q.Downloaded)
	dst = binary.BigEndian.AppendUint64(dst, q.Left)
	dst = binary.BigEndian.AppendUint64(dst, q.Uploaded)
	dst = binary.BigEndian.AppendUint32(dst, uint32(q.Event))
	dst = binary.BigEndian.AppendUint32(dst, 0) // the address that the packet comes from
	dst = binary.BigEndian.AppendUint32(dst, q.Key)
	dst = binary.BigEndian.AppendUint32(dst, uint32(int32(q.Want)))
	dst = binary.BigEndian.AppendUint16(dst, q.Addr.Port())
	for path != "" {
		n := min(len(path), 255)
		dst = append(append(dst, optionURLData, byte(n)), path[:n]...)
		path = path[n:]
	}
	return dst
}

// AppendScrapeRequest appends a scrape by UDP of at most ScrapeMax torrents.
func AppendScrapeRequest(
	dst []byte, connection uint64, transaction uint32, hashes ...[20]byte,
) []byte {
	dst = appendRequest(dst, connection, ActionScrape, transaction)
	for k := range hashes {
		dst = append(dst, hashes[k][:]...)
	}
	return dst
}

// ParsePacket reads a request that came by UDP from an address. The peer of an announce is on that
// host, whatever the packet says. Whether the connection id is good is not looked at.
func ParsePacket(p []byte, from protocol.Addr, q *Packet) Fault {
	if len(p) < connectSize {
		return Short
	}
	q.Connection = binary.BigEndian.Uint64(p)
	q.Action = Action(binary.BigEndian.Uint32(p[8:]))
	q.Transaction = binary.BigEndian.Uint32(p[12:])
	switch q.Action {
	case ActionConnect:
		if q.Connection != magic {
			return BadMagic
		}
		return OK
	case ActionAnnounce:
		return q.announce(p, from)
	case ActionScrape:
		q.Hashes = p[scrapeSize:]
		if len(q.Hashes)%20 != 0 {
			return BadTail
		}
		return OK
	}
	return BadAction
}

// announce reads an announce.
func (q *Packet) announce(p []byte, from protocol.Addr) Fault {
	if len(p) < announceSize {
		return Short
	}
	event := binary.BigEndian.Uint32(p[80:])
	if event >= uint32(events) {
		return BadEvent
	}
	port := binary.BigEndian.Uint16(p[96:])
	if port == 0 {
		return BadPort
	}
	q.Announce = Request{
		InfoHash: [20]byte(p[16:36]), PeerID: [20]byte(p[36:56]), Addr: from.WithPort(port),
		Totals: Totals{
			Downloaded: binary.BigEndian.Uint64(p[56:]),
			Left:       known(binary.BigEndian.Uint64(p[64:])),
			Uploaded:   binary.BigEndian.Uint64(p[72:]),
		},
		Event: Event(event), Key: binary.BigEndian.Uint32(p[88:]),
		Want: max(int(int32(binary.BigEndian.Uint32(p[92:]))), DefaultWant),
	}
	q.Options = p[announceSize:]
	_, f := URLData(nil, q.Options, false)
	return f
}

// The options of BEP 41.
const (
	optionEnd     = 0
	optionNothing = 1
	optionURLData = 2
)

// URLData walks the options of an announce, and if keep is set appends the path and query that the
// client was given as the tracker's URL.
func URLData(dst, options []byte, keep bool) ([]byte, Fault) {
	for k := 0; k < len(options) && options[k] != optionEnd; {
		kind := options[k]
		k++
		if kind == optionNothing {
			continue
		}
		if k == len(options) || k+1+int(options[k]) > len(options) {
			return dst, BadOption
		}
		end := k + 1 + int(options[k])
		if keep && kind == optionURLData {
			dst = append(dst, options[k+1:end]...)
		}
		k = end
	}
	return dst, OK
}
