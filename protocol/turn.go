package protocol

import "time"

// Time is nanoseconds since the driver's start: virtual in the simulator, monotonic in live.
type Time int64

// Never is a deadline that does not come.
const Never = Time(1<<63 - 1)

// Add returns t later by d.
func (t Time) Add(d time.Duration) Time { return t + Time(d) }

// Sub returns the time that passed from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t - u) }

// Turn is everything a core sees while it is called.
type Turn struct {
	Self uint32  // the driver's number for this core, opaque to the core
	Now  Time    // constant during the turn
	Rand *Rand   // this core's own random stream
	Out  *Outbox // effects, in order; the driver applies them when the turn ends
}

// Group is a population of cores of one kind; i picks the core. The interface sits on the
// population, not on the core, so that a million cores can be one slice without pointers.
type Group interface {
	Len() int
	Start(i uint32, t *Turn)
	Wake(i uint32, t *Turn)
	Stop(i uint32, t *Turn)
	Drop(i uint32)
}

// Datagrams is a group whose cores receive datagrams. The bytes p are valid during the call only.
type Datagrams interface {
	Group
	Datagram(i uint32, t *Turn, from Addr, p []byte)
}

// Foreseer is a group that can prepare for datagrams that will reach its cores soon. In a
// population of a million, nearly all time goes into waiting for memory; Foresee reads what they
// will need, so that many such waits go on side by side. It changes nothing, and is never needed:
// what it returns is only there so that the compiler does not remove the reads.
type Foreseer interface {
	Foresee(list []Prospect) uint64
}

// Prospect is what a core has to do soon.
type Prospect struct {
	Core uint32 // in its group
	Conn Conn   // on which it happens, if on one; perhaps that will have another number, or none
	Head []byte // the first bytes of what will come, if something will; of a datagram all of them
}
