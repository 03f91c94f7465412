package protocol

// Conn is a core's own number for one of its connections, best an index into its table of them.
// The core chooses it, when it dials and when it accepts, and may use it again as soon as it has
// closed the connection or heard that it is closed.
type Conn uint32

// Body is a run of bytes that need not be carried, for both ends can produce them: a block of a
// torrent. A core always writes blocks in this form; who reads gets the form or the bytes,
// whichever its driver has, and must do the same with both.
type Body struct {
	Content uint32 // which content; the group's Contents know the numbers
	Length  uint32 // in bytes; 0 for no body
	Offset  uint64 // of the first byte in the content
}

// Junk is the bit in a content's number that says: as many other bytes than those of the content.
// It is how a polluter sends what will fail its hash.
const Junk = 1 << 31

// Chunk is a part of a stream: Bytes, and then the body.
type Chunk struct {
	Bytes []byte
	Body  Body
}

// Len returns how many bytes of the stream the chunk is.
func (c Chunk) Len() int { return len(c.Bytes) + int(c.Body.Length) }

// Contents produces the bytes of bodies.
type Contents interface {
	// ReadBody fills p, which is as long as the body. An error means that the bytes are not to be
	// had any more; the driver then resets the connection that they were to go out on.
	ReadBody(b Body, p []byte) error
}

// Streams is a group whose cores hold connections: reliable, ordered streams of bytes in both
// directions. Bytes that Data hands over are valid during the call only.
//
// After a core has closed a connection it hears no more of it.
type Streams interface {
	Group
	// Accept asks for the number of a connection that peer opens. It is established at once; if
	// ok is false it is refused.
	Accept(i uint32, t *Turn, peer Addr) (c Conn, ok bool)
	// Opened says that a connection that the core dialed is established.
	Opened(i uint32, t *Turn, c Conn)
	// Data hands over what came, in order. Chunks need not be those that the other end wrote, but
	// a body comes whole and with the bytes that were written with it, or as bytes.
	Data(i uint32, t *Turn, c Conn, ch Chunk)
	// Sent says that n more bytes of what the core wrote have left its line. Who writes the next
	// block only then keeps the queue short, and can still change its mind.
	Sent(i uint32, t *Turn, c Conn, n int)
	// Closed says that a connection is no more, also that dialing it failed.
	Closed(i uint32, t *Turn, c Conn, why Reason)
}

// StreamForeseer is a [Foreseer] for what happens on connections.
type StreamForeseer interface {
	ForeseeStreams(list []Prospect) uint64
}

// Reason says why a connection ended, or never began.
type Reason uint8

const (
	// Finished: the other end closed it, and all that it wrote has been handed over.
	Finished Reason = iota
	// Refused: nobody there accepts connections, or not this one.
	Refused
	// Unreachable: nothing answered, for as long as the driver tries.
	Unreachable
	// Reset: the other end went away without a word.
	Reset
)

// String returns the reason in a word.
func (r Reason) String() string {
	return [...]string{"finished", "refused", "unreachable", "reset"}[r]
}
