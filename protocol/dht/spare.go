package dht

import "swarmlab/protocol/krpc"

const (
	filterBytes = len("4:BFsd256:") + krpc.FilterSize
	sampleBytes = len("8:intervali21600e" + "3:numi1048576e" + "7:samples400:")
	valueBytes  = len("1:v")
	seqBytes    = len("3:seqi9223372036854775807e")
	proofBytes  = seqBytes + len("1:k32:") + krpc.KeySize + len("3:sig64:") + krpc.SigSize
)

// spare returns how many bytes of contacts and peers can be added to a reply until it is as long
// as a node may send; less than 0 if it is too long already.
func spare(tid []byte, r *krpc.Reply) int {
	space := maxPacket - envelope - len(tid) - len(r.Nodes) - len(r.Nodes6) - len(r.Token)
	if r.HasNodes && len(r.Nodes6) > 0 {
		space -= len("5:nodes123:")
	}
	if r.SeedFilter != nil {
		space -= 2 * filterBytes
	}
	if r.Sample != nil {
		space -= sampleBytes + len(r.Sample.IDs)
	}
	if r.Item != nil {
		space -= itemBytes(r.Item)
	}
	return space
}

// itemBytes returns how many bytes an item takes in a reply, at most.
func itemBytes(it *krpc.Item) int {
	switch {
	case it.Key != nil:
		return proofBytes + valueBytes + len(it.V)
	case len(it.V) == 0: // the asker has the value already
		return seqBytes
	}
	return valueBytes + len(it.V)
}

// Returnable reports whether an item fits into a reply, beside a token, to an asker with a
// transaction id of no more than the usual length.
func Returnable(it *krpc.Item) bool {
	const usualTID = 8
	return envelope+usualTID+tokenLen+itemBytes(it) <= maxPacket
}
