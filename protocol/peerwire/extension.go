package peerwire

import (
	"encoding/binary"

	"swarmlab/protocol"
	"swarmlab/protocol/bencode"
)

// The extensions of BEP 10 that this package knows, as we number them: under these ids a peer
// sends them to us. It has its own numbers for what we send; see ExtIDs.
const (
	ExtHandshakeID = 0 // the extension handshake itself, which has this id everywhere
	ExtPEX         = 1 // ut_pex, BEP 11
	ExtUploadOnly  = 2 // upload_only
	ExtMetadata    = 3 // ut_metadata, BEP 9
	ExtHolepunch   = 4 // ut_holepunch, BEP 55
	ExtReceipt     = 5 // sl_receipt, of this program: see package audit
	ExtDontHave    = 7 // lt_donthave, BEP 54

	extensions = 8
)

// extNames are the names by which extensions are agreed on, by our id.
var extNames = [extensions]string{
	ExtPEX: "ut_pex", ExtUploadOnly: "upload_only", ExtMetadata: "ut_metadata",
	ExtHolepunch: "ut_holepunch", ExtReceipt: "sl_receipt", ExtDontHave: "lt_donthave",
}

// extOrder is our ids in the order of their names, as a dictionary needs them.
var extOrder = [...]uint8{ExtDontHave, ExtReceipt, ExtUploadOnly, ExtHolepunch, ExtMetadata, ExtPEX}

// ExtIDs is how one side numbers extensions, by our ids: what is sent to it as ExtPEX goes out
// under ids[ExtPEX]. 0 means that it does not take them.
type ExtIDs [extensions]uint8

// extLimits bounds the bencode in extended messages.
var extLimits = bencode.Limits{Depth: 10, Items: 1000}

// appendCompact appends the 6 or 18 bytes of an address and port.
func appendCompact(dst []byte, a protocol.Addr) []byte {
	return binary.BigEndian.AppendUint16(appendIP(dst, a), a.Port())
}

// appendIP appends the 4 or 16 bytes of an address.
func appendIP(dst []byte, a protocol.Addr) []byte {
	if a.Is4() {
		return binary.BigEndian.AppendUint32(dst, a.IP4())
	}
	hi, lo := a.IP16()
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(dst, hi), lo)
}

// parseIP reads an address of 4 or 16 bytes.
func parseIP(p []byte, port uint16) (a protocol.Addr, ok bool) {
	switch len(p) {
	case 4:
		return protocol.Addr4(binary.BigEndian.Uint32(p), port), true
	case 16:
		return protocol.Addr6(p, port), true
	}
	return a, false
}

// taken makes sure that a value is taken that starts at a place, after an attempt to take it.
func taken(s *bencode.Scanner, at int, good bool) bool {
	if !good && s.At() == at {
		s.Skip()
	}
	return good
}

// verdict is the fault of a dictionary that was walked to its end, whose values may not all have
// been good.
func verdict(fault bencode.Fault, good bool) Fault {
	switch {
	case fault != bencode.OK:
		return BadBencode
	case !good:
		return BadField
	}
	return OK
}
