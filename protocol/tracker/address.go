package tracker

import (
	"encoding/binary"
	"strings"
	"time"

	"swarmlab/protocol"
)

// The lengths of an address in compact form, in bytes (BEP 23, BEP 7).
const (
	peerSize4 = 6
	peerSize6 = 18
)

// appendAddr appends the compact form of an address, by its family.
func appendAddr(dst []byte, a protocol.Addr) []byte {
	return binary.BigEndian.AppendUint16(appendHost(dst, a), a.Port())
}

// appendHost appends the 4 or 16 bytes of an address without its port.
func appendHost(dst []byte, a protocol.Addr) []byte {
	if a.Is4() {
		return binary.BigEndian.AppendUint32(dst, a.IP4())
	}
	hi, lo := a.IP16()
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(dst, hi), lo)
}

// addrOf reads an address of 6 or 18 bytes.
func addrOf(b []byte) protocol.Addr {
	if len(b) == peerSize4 {
		return protocol.Addr4(binary.BigEndian.Uint32(b), binary.BigEndian.Uint16(b[4:]))
	}
	return protocol.Addr6(b, binary.BigEndian.Uint16(b[16:]))
}

// hostOf reads an address of 4 or 16 bytes without a port. Others are none.
func hostOf(b []byte) protocol.Addr {
	switch len(b) {
	case 4:
		return protocol.Addr4(binary.BigEndian.Uint32(b), 0)
	case 16:
		return protocol.Addr6(b, 0)
	}
	return protocol.Addr{}
}

// usable reports whether a peer could be at an address: it has a port, and is neither everybody's
// nor nobody's.
func usable(a protocol.Addr) bool {
	if a.Port() == 0 {
		return false
	}
	if a.Is4() {
		return a.IP4()>>24 != 0 && a.IP4()>>28 < 0xe
	}
	hi, lo := a.IP16()
	return hi>>56 != 0xff && (hi != 0 || lo != 0)
}

// intervalMax is the longest time, in seconds, that a tracker is believed: a day.
const intervalMax = 24 * 60 * 60

// seconds makes a time of what a tracker says. It says nothing if it is not positive.
func seconds(n int64) time.Duration {
	return time.Duration(min(max(n, 0), intervalMax)) * time.Second
}

// clamp makes a count of what a tracker says.
func clamp(n int64) uint32 { return uint32(min(max(n, 0), 1<<32-1)) }

// Text makes what a tracker says fit for a terminal: its beginning, on one line, without control
// characters or bytes that are no UTF-8.
func Text(b []byte) string {
	s := strings.ToValidUTF8(string(b[:min(len(b), textMax)]), "?")
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 ||
			r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 { // that turn text around
			return '?'
		}
		return r
	}, s)
}
