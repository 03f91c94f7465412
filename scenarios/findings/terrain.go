package findings

// Terrain is what a run had beside delay and loss.
type Terrain struct {
	Gated  bool // some nodes are behind NATs or firewalls
	Narrow bool // access lines have limits
	Faults []FaultHits
}

// FaultHits is one fault of a run, how many datagrams it did something to, and how many nodes it
// froze or crashed.
type FaultHits struct {
	Fault     string // as the scenario file has it
	Datagrams uint64 // of a pause those that it lost, of a crash none
	Nodes     uint64
}
