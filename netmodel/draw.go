package netmodel

import (
	"math/bits"

	"swarmlab/protocol"
)

// Purposes name the separate random streams of the network. The numbers are part of the meaning
// of a seed: changing one changes every run.
const (
	purposePair   = 0x6e6574_01 // delay of an unordered pair of nodes
	purposePlace  = 0x6e6574_02 // region or matrix row of a node
	purposeAccess = 0x6e6574_03 // access delay of a node
	purposeJitter = 0x6e6574_04 // extra delay of a message
	purposeLoss   = 0x6e6574_05 // fate of a message
	purposeClass  = 0x6e6574_06 // reachability of a node
	purposePort   = 0x6e6574_07 // external ports of a symmetric NAT
	purposeWhom   = 0x6e6574_08 // nodes that a fault concerns; with the number of the draw
	purposeFault  = 0x6e6574_09 // what a fault does; with its kind and draw
	purposeSpell  = 0x6e6574_0a // when a link is bad; the same
	purposeLine   = 0x6e6574_0b // access line of a node
	purposeEast   = 0x6e6574_0c // coordinate of a node
	purposeNorth  = 0x6e6574_0d // the other one
)

const golden = 0x9e3779b97f4a7c15

// stream is the key of one purpose's hash: each index has 64 random bits, in no order.
type stream uint64

func newStream(seed, purpose uint64) stream { return stream(protocol.NewRand(seed, purpose, 0)) }

// node returns the bits of one node.
func (s stream) node(i uint32) uint64 {
	return protocol.Mix(protocol.Mix(uint64(s) + uint64(i)*golden))
}

// pair returns the bits of two nodes, the same in both directions.
func (s stream) pair(a, b uint32) uint64 {
	key := uint64(max(a, b))<<32 | uint64(min(a, b))
	return protocol.Mix(protocol.Mix(uint64(s) + key*golden))
}

// message returns the bits of one message.
func (s stream) message(src, dst, seq uint32) uint64 {
	key := uint64(src)<<32 | uint64(dst)
	return protocol.Mix(protocol.Mix(uint64(s)+key*golden) + uint64(seq)*golden)
}

// below maps 64 random bits to 0..n-1. The bias is below n/2^64: for delays, less than one draw
// in ten million lands on a different nanosecond.
func below(u, n uint64) uint64 {
	hi, _ := bits.Mul64(u, n)
	return hi
}
