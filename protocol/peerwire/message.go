package peerwire

import (
	"strconv"

	"swarmlab/protocol"
)

// Kind is what a message is: its id on the wire, but for the last two.
type Kind uint8

// The kinds of BEP 3, BEP 5 (port), BEP 6 (suggest to allowed fast) and BEP 10 (extended).
const (
	Choke         Kind = 0
	Unchoke       Kind = 1
	Interested    Kind = 2
	NotInterested Kind = 3
	Have          Kind = 4
	Bitfield      Kind = 5
	Request       Kind = 6
	Piece         Kind = 7
	Cancel        Kind = 8
	Port          Kind = 9
	Suggest       Kind = 13
	HaveAll       Kind = 14
	HaveNone      Kind = 15
	Reject        Kind = 16
	AllowedFast   Kind = 17
	Extended      Kind = 20

	// Unknown is a message with an id that is none of these, to be counted and ignored.
	Unknown Kind = 254
	// KeepAlive is a message without id.
	KeepAlive Kind = 255
)

var kindNames = [...]string{
	"choke", "unchoke", "interested", "not_interested", "have", "bitfield", "request", "piece",
	"cancel", "port", 13: "suggest", "have_all", "have_none", "reject", "allowed_fast",
	20: "extended", 254: "unknown", 255: "keep_alive",
}

// String returns the name of k, in lower case with underscores, and id_N for ids without name.
func (k Kind) String() string {
	if name := kindNames[k]; name != "" {
		return name
	}
	return "id_" + strconv.Itoa(int(k))
}

// Sizes on the wire, in bytes.
const (
	// BlockMax is how much data a piece message may carry. More is a fault.
	BlockMax = 16384
	// PieceHeader is what goes before that data.
	PieceHeader = 13
	// BitfieldMax is how long a bitfield may be while the number of pieces is not known. It also
	// bounds messages of unknown kinds.
	BitfieldMax = 1 << 20
	// ExtendedMax bounds the body of an extended message, but that of peer exchange.
	ExtendedMax = 17 << 10
	// PEXMax bounds the body of a message of peer exchange (BEP 11).
	PEXMax = 500 << 10
)

// Message is a message as [Decoder.Next] reads it. Fields that its kind has no use for are zero.
type Message struct {
	Kind Kind
	// Ext is the id of an extended message, as the receiver numbered it; 0 is the handshake of
	// BEP 10. Of a message of kind Unknown it is the id on the wire.
	Ext uint8
	// Port is the sender's DHT port (BEP 5).
	Port uint16
	// Index is a piece: of have, request, piece, cancel, suggest, reject and allowed fast. Begin
	// is the first byte in it, and Length how many bytes: what is requested, or came with a piece.
	// Whether they lie in the torrent is for the caller to check. Of a message of kind Unknown,
	// Length is that of its payload, which is passed over.
	Index, Begin, Length uint32
	// Payload is the bits of a bitfield, the body of an extended message, or the data of a piece
	// that came as bytes.
	Payload []byte
	// Body is the data of a piece that came by reference; Payload is nil then.
	Body protocol.Body
}
