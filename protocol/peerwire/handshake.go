package peerwire

import "encoding/binary"

// HandshakeSize is the length of a handshake; its first handshakeNamed bytes tell the torrent.
const (
	HandshakeSize  = 68
	handshakeNamed = 48
)

// preface is how every handshake begins.
const preface = "\x13BitTorrent protocol"

// Handshake is what each side says first (BEP 3).
type Handshake struct {
	Reserved [8]byte  // what the sender can do; see Feature
	InfoHash [20]byte // of the torrent that the connection is for
	PeerID   [20]byte // chosen by the sender
}

// Feature is an extension that is agreed on in the handshake: it is in use if both sides offer it.
// The value is the place of its bit among the 64 reserved ones, the last of which is bit 0.
type Feature uint8

// The features with a bit of their own.
const (
	FeatureDHT        Feature = 0  // speaks BEP 5; a port message follows
	FeatureFast       Feature = 2  // BEP 6
	FeatureNAT        Feature = 3  // NAT traversal
	FeatureUpgrade    Feature = 4  // a hybrid torrent that could go on as v2 (BEP 52)
	FeatureExtensions Feature = 20 // BEP 10
	FeatureAzureus    Feature = 63 // Azureus messaging
)

// Offers reports whether the sender offers a feature.
func (h *Handshake) Offers(f Feature) bool {
	return binary.BigEndian.Uint64(h.Reserved[:])>>f&1 != 0
}

// Offer sets the bit of a feature.
func (h *Handshake) Offer(f Feature) { h.Reserved[7-f/8] |= 1 << (f % 8) }

// AppendHandshake appends the 68 bytes of a handshake.
func AppendHandshake(dst []byte, h *Handshake) []byte {
	dst = append(append(dst, preface...), h.Reserved[:]...)
	return append(append(dst, h.InfoHash[:]...), h.PeerID[:]...)
}

// Stage says how much of the other side's handshake has come.
type Stage uint8

// The stages, in order.
const (
	Waiting Stage = iota // for the infohash
	Named                // the infohash and the reserved bits have come, the peer ID has not
	Whole                // all has come, just now: messages follow
	Past                 // it was returned before and is not kept
)

// parse reads what is there of a handshake.
func (h *Handshake) parse(p []byte) Stage {
	if len(p) < handshakeNamed {
		return Waiting
	}
	copy(h.Reserved[:], p[20:])
	copy(h.InfoHash[:], p[28:])
	if len(p) < HandshakeSize {
		return Named
	}
	copy(h.PeerID[:], p[48:])
	return Whole
}

// prefaced reports whether p may be the start of a handshake.
func prefaced(p []byte) bool {
	n := min(len(p), len(preface))
	return string(p[:n]) == preface[:n]
}
