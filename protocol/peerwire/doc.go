// Package peerwire turns the messages of the BitTorrent peer protocol into bytes and back: BEP 3,
// the Fast extension (BEP 6), the extension protocol (BEP 10) with metadata exchange (BEP 9), peer
// exchange (BEP 11), lt_donthave (BEP 54), upload_only (BEP 21) and ut_holepunch (BEP 55). It knows
// what a message may look like, and nothing of what a peer does with it.
//
// # Receiving
//
// A connection has one [Decoder], which is fed the stream in chunks, cut anywhere. For each chunk:
//
//	d.Feed(ch)
//	if !shaken {
//		h, stage := d.Handshake()
//		// Named: the torrent is known, and the handshake can be answered.
//		// Whole: set d.Limits and shaken; messages follow.
//	}
//	for {
//		ok, fault := d.Next(&m)
//		if !ok {
//			break // for good, if fault is not OK: count it, close the connection, d.Reset()
//		}
//	}
//
// Next must have said no before the next chunk is fed. Who turns away from a connection in the
// middle of a chunk calls [Decoder.Reset], after which the decoder is as new.
//
// The data of a piece is in Message.Payload if it came as bytes, and in Message.Body if it came by
// reference; all else is the same. A body must follow the 13 bytes of its own header, the last of
// which are in the same chunk, and be as long as they say.
//
// A [Fault] of Next ends the connection. A message with an unknown id, as those of BEP 52, is
// none: it comes out as kind [Unknown], to be counted, and its payload is passed over. Rules that
// need to know more than the bytes are for the caller: whether an index lies in the torrent,
// whether a bitfield is late, whether a piece was asked for.
//
// # Memory
//
// Messages that lie whole in a chunk are read where they are. Only the start of a message that is
// not whole yet is copied, into a buffer lent by the group's [Buffers], which grows with the bytes
// that came and not with what their length promises, and is given back with the message. An idle
// decoder holds nothing. A length is checked as soon as the id has come, so that nobody can make
// us wait for what will be refused; messages that are passed over take no memory.
//
// # Sending
//
// The Append functions append whole messages to a slice of the caller, but [AppendPiece], which
// appends the 13 bytes in front of the data, because that goes out as a [protocol.Body]. A message
// in a form that its kind does not have is a mistake of the caller and panics.
//
// # Extensions
//
// Extended messages are numbered by their receiver. We number them by constants ([ExtPEX] and so
// on), so that what is received can be told apart without a table; a peer's numbers come with its
// [ExtHandshake] and are kept in an [ExtIDs] by [ExtHandshake.Update]. The Append methods write
// whole messages, under the number of the receiver; the Parse methods read the body, which is
// Message.Payload. A fault of Parse concerns that body only. Unknown keys are passed over; values
// of known keys must be of the right type.
//
// # Whose bytes
//
// The slices in a Message are valid until the next call of the decoder, and no longer than the
// chunk that was fed. What Parse leaves in its receiver points into the body that it read.
//
// # Facts
//
// What BEPs fix beside messages is here too, as functions of their arguments: [AllowedFastSet]
// (BEP 6) and [Priority] (BEP 40).
//
// None of this allocates, as long as the slice appended to has room and buffers are in reserve.
package peerwire
