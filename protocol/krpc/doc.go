// Package krpc turns the messages of the Mainline DHT into bytes and back: BEP 5 with want
// (BEP 32), scrapes (BEP 33), ip (BEP 42), ro (BEP 43), stored items (BEP 44), samples of
// infohashes (BEP 51) and v. It knows what a message may look like, and nothing of what a node
// does with it.
//
// # Receiving
//
// [Decode] reads a packet into a [Message] of the caller and answers with a [Fault]. Junk is to be
// dropped in silence, since an answer to junk would amplify attacks; faults that are
// [Fault.Answerable] deserve error 203; faults that are [Fault.Matchable] fail the query that the
// packet responds to. A query of an unknown method is no fault. [Nodes4], [Nodes6] and [Peers]
// walk the contacts in a message. What a value means, for instance whether a port may be 0, is for
// the caller. The keys n of announce_peer, bs and p, which are in no BEP, are passed over.
//
// The slices of a Message point into the packet. They are valid for as long as it is.
//
// # Sending
//
// A [Writer] appends whole messages to a slice of the caller, always in canonical form, because
// there are clients that search for byte patterns instead of parsing. [AppendNode] and
// [AppendPeer] make the compact strings that a [Reply] carries.
//
// # Facts
//
// What the BEPs fix beside messages is here too, as functions of their arguments: which IDs fit an
// address ([SecureID], [ValidID]; BEP 42), how hosts are counted ([Filter]; BEP 33), and where an
// item belongs and who signed it ([ImmutableTarget], [MutableTarget], [AppendSigned],
// [Item.Verify]; BEP 44), which may point to a torrent ([AppendPointer], [ParsePointer]; BEP 46).
//
// None of this allocates, as long as the slice appended to has room.
package krpc
