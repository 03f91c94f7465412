package peerwire

import (
	"math"

	"swarmlab/protocol"
	"swarmlab/protocol/bencode"
)

// Answer is a yes or no that need not be given.
type Answer uint8

// The answers.
const (
	Unsaid Answer = iota
	No
	Yes
)

// ExtHandshake is the extension handshake (BEP 10). A peer may send more than one, each of which
// tells only what is new; fields that are zero say nothing. The key complete_ago of libtorrent is
// passed over.
type ExtHandshake struct {
	// IDs is how the sender numbers extensions, of those in Listed: bit n is set for IDs[n]. The
	// others keep the number they had.
	IDs    ExtIDs
	Listed uint8
	// Encrypt says whether the sender prefers encryption.
	Encrypt Answer
	// UploadOnly says whether the sender wants nothing more (BEP 21).
	UploadOnly Answer
	// Port is where the sender listens, of use if it is the one who connected.
	Port uint16
	// Queue is how many requests the sender will queue, up to 65535.
	Queue uint32
	// MetadataSize is the length of the info dictionary (BEP 9), up to MetadataMax.
	MetadataSize uint32
	// IP4 and IP6 are the sender's addresses of the two families, YourIP that of the receiver as
	// the sender sees it. They have no port.
	IP4, IP6, YourIP protocol.Addr
	// Version is the name and version of the sender's program.
	Version []byte
	// Key is the public key by which an auditor knows the sender, of KeySize bytes; an extension of
	// this program (sl_key).
	Key []byte
}

// KeySize is the bytes of a public key.
const KeySize = 32

// Support lists an extension under our id.
func (h *ExtHandshake) Support(ext uint8) {
	h.IDs[ext] = ext
	h.Listed |= 1 << ext
}

// Update changes the numbers of a peer to what it listed.
func (h *ExtHandshake) Update(ids *ExtIDs) {
	for n := range ids {
		if h.Listed>>n&1 != 0 {
			ids[n] = h.IDs[n]
		}
	}
}

// Append appends the message.
func (h *ExtHandshake) Append(dst []byte) []byte {
	start := len(dst)
	dst = append(openExtended(dst, ExtHandshakeID), 'd')
	dst = appendAnswer(dst, "e", h.Encrypt)
	dst = appendHost(dst, "ipv4", h.IP4)
	dst = appendHost(dst, "ipv6", h.IP6)
	dst = append(bencode.AppendString(dst, "m"), 'd')
	for _, ext := range extOrder {
		if h.Listed>>ext&1 != 0 {
			dst = bencode.AppendInt(bencode.AppendString(dst, extNames[ext]), int64(h.IDs[ext]))
		}
	}
	dst = appendNumber(append(dst, 'e'), "metadata_size", h.MetadataSize)
	dst = appendNumber(dst, "p", uint32(h.Port))
	dst = appendNumber(dst, "reqq", h.Queue)
	if len(h.Key) > 0 {
		dst = bencode.AppendBytes(bencode.AppendString(dst, "sl_key"), h.Key)
	}
	dst = appendAnswer(dst, "upload_only", h.UploadOnly)
	if len(h.Version) > 0 {
		dst = bencode.AppendBytes(bencode.AppendString(dst, "v"), h.Version)
	}
	dst = append(appendHost(dst, "yourip", h.YourIP), 'e')
	return closeExtended(dst, start)
}

func appendAnswer(dst []byte, key string, a Answer) []byte {
	if a == Unsaid {
		return dst
	}
	return bencode.AppendInt(bencode.AppendString(dst, key), int64(a-No))
}

func appendNumber(dst []byte, key string, n uint32) []byte {
	if n == 0 {
		return dst
	}
	return bencode.AppendInt(bencode.AppendString(dst, key), int64(n))
}

func appendHost(dst []byte, key string, a protocol.Addr) []byte {
	if a == (protocol.Addr{}) {
		return dst
	}
	size := byte(4)
	if !a.Is4() {
		size = 16
	}
	dst = bencode.AppendString(dst, key)
	if size == 16 {
		dst = append(dst, '1', '6', ':')
	} else {
		dst = append(dst, '4', ':')
	}
	return appendIP(dst, a)
}

// Parse reads the body of an extended message with id 0. Version and Key point into p. A value of
// the wrong type is a fault; one that is out of range, or an address or key of another length,
// says nothing.
func (h *ExtHandshake) Parse(p []byte) Fault {
	*h = ExtHandshake{}
	s := bencode.NewScanner(p, extLimits, bencode.Tolerant)
	keys, ok := s.Dict()
	if !ok {
		return BadBencode
	}
	good := true
	for key, ok := keys.Next(&s); ok; key, ok = keys.Next(&s) {
		at := s.At()
		good = taken(&s, at, h.take(&s, key)) && good
	}
	return verdict(s.End(), good)
}

// take takes the value of a key, and reports whether it is of the right type.
func (h *ExtHandshake) take(s *bencode.Scanner, key []byte) (good bool) {
	n := int64(0)
	switch string(key) {
	case "m":
		return h.takeIDs(s)
	case "v":
		h.Version, good = s.Bytes()
	case "sl_key":
		if h.Key, good = s.Bytes(); len(h.Key) != KeySize {
			h.Key = nil
		}
	case "ipv4":
		h.IP4, good = host(s, 4)
	case "ipv6":
		h.IP6, good = host(s, 16)
	case "yourip":
		h.YourIP, good = host(s, 0)
	case "p":
		n, good = number(s, math.MaxUint16)
		h.Port = uint16(n)
	case "reqq":
		n, good = number(s, math.MaxInt64)
		h.Queue = uint32(min(n, math.MaxUint16))
	case "metadata_size":
		n, good = number(s, MetadataMax)
		h.MetadataSize = uint32(n)
	case "upload_only":
		h.UploadOnly, good = answer(s)
	case "e":
		h.Encrypt, good = answer(s)
	default:
		s.Skip()
		return true
	}
	return good
}

// takeIDs takes the dictionary of names and numbers. A number that is no byte means no support.
func (h *ExtHandshake) takeIDs(s *bencode.Scanner) (good bool) {
	names, ok := s.Dict()
	if !ok {
		return false
	}
	good = true
	for name, ok := names.Next(s); ok; name, ok = names.Next(s) {
		ext := extension(name)
		if ext == 0 {
			s.Skip()
			continue
		}
		at := s.At()
		n, ok := number(s, math.MaxUint8)
		good = taken(s, at, ok) && good
		h.IDs[ext] = uint8(n)
		h.Listed |= 1 << ext
	}
	return good
}

// extension returns our id of an extension, or 0.
func extension(name []byte) uint8 {
	for _, ext := range extOrder {
		if string(name) == extNames[ext] {
			return ext
		}
	}
	return 0
}

// number takes an integer; it is 0 if it is not in 0 to high.
func number(s *bencode.Scanner, high int64) (n int64, good bool) {
	n, good = s.Int()
	if n < 0 || n > high {
		n = 0
	}
	return n, good
}

func answer(s *bencode.Scanner) (a Answer, good bool) {
	n, good := s.Int()
	switch {
	case !good:
		return Unsaid, false
	case n == 0:
		return No, true
	}
	return Yes, true
}

// host takes an address of so many bytes, or of 4 or 16 if size is 0.
func host(s *bencode.Scanner, size int) (a protocol.Addr, good bool) {
	p, good := s.Bytes()
	if size == 0 || len(p) == size {
		a, _ = parseIP(p, 0)
	}
	if size == 16 && a.Is4() {
		return protocol.Addr{}, good
	}
	return a, good
}
