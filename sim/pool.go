package sim

import (
	"encoding/binary"
	"math/bits"

	"swarmlab/protocol"
)

// handle is the number of a block's first unit. 29 bits fit into an event beside its kind, which
// is 32 GiB of datagrams in flight. 0 is no block.
type handle uint32

const (
	unitBytes   = 64
	slabUnits   = 4096 // 256 KiB; a block lies within one slab
	exactUnits  = 32   // up to here there is a size class for every number of units
	classes     = exactUnits + 7
	handleMax   = 1<<(32-kindBits) - 1
	headerBytes = 16 // time of sending, length, moves where nodes move, ports on a terrain
)

// pool keeps what is in flight: blocks of whole units, each with a header and a payload. Blocks
// are recycled by size class and never given back; a slab never moves.
type pool struct {
	slabs [][]byte
	fresh handle          // first unit never used
	free  [classes]handle // the first four bytes of a free block name the next
	live  int             // blocks in use
}

// class returns the size class for a number of units, and the units of its blocks.
func class(units int) (index, size int) {
	if units <= exactUnits {
		return units, units
	}
	b := bits.Len(uint(units - 1)) // 33..64 units: 6
	return exactUnits + b - 5, 1 << b
}

// put stores a payload with the time it was sent.
func (p *pool) put(sent protocol.Time, payload []byte) handle {
	index, size := class((headerBytes + len(payload) + unitBytes - 1) / unitBytes)
	h := p.free[index]
	if h == 0 {
		h = p.carve(size)
	}
	b := p.block(h)
	if p.free[index] == h {
		p.free[index] = handle(binary.LittleEndian.Uint32(b))
	}
	binary.LittleEndian.PutUint64(b, uint64(sent))
	binary.LittleEndian.PutUint32(b[8:], uint32(len(payload)))
	copy(b[headerBytes:], payload)
	p.live++
	return h
}

// get returns what put stored. The payload is valid until the block is dropped.
func (p *pool) get(h handle) (sent protocol.Time, payload []byte) {
	b := p.block(h)
	end := headerBytes + uint32(binary.LittleEndian.Uint16(b[8:]))
	return protocol.Time(binary.LittleEndian.Uint64(b)), b[headerBytes:end:end]
}

// label adds the ports that a datagram comes from and goes to.
func (p *pool) label(h handle, from, to uint16) {
	b := p.block(h)
	binary.LittleEndian.PutUint16(b[12:], from)
	binary.LittleEndian.PutUint16(b[14:], to)
}

// ports returns what label added.
func (p *pool) ports(h handle) (from, to uint16) {
	b := p.block(h)
	return binary.LittleEndian.Uint16(b[12:]), binary.LittleEndian.Uint16(b[14:])
}

// address adds how often the node that a datagram comes from, and the address that it goes to, have
// moved. Without it that is never.
func (p *pool) address(h handle, from, to uint8) {
	b := p.block(h)
	b[10], b[11] = from, to
}

// moves returns what address added.
func (p *pool) moves(h handle) (from, to uint8) {
	b := p.block(h)
	return b[10], b[11]
}

// drop takes a block back.
func (p *pool) drop(h handle) {
	b := p.block(h)
	length := int(binary.LittleEndian.Uint16(b[8:]))
	index, _ := class((headerBytes + length + unitBytes - 1) / unitBytes)
	binary.LittleEndian.PutUint32(b, uint32(p.free[index]))
	p.free[index] = h
	p.live--
}

func (p *pool) block(h handle) []byte {
	return p.slabs[h/slabUnits][h%slabUnits*unitBytes:]
}

// carve takes units that were never used. The end of a slab that is too short is left alone.
func (p *pool) carve(units int) handle {
	if p.fresh == 0 {
		p.fresh = 1
	}
	if left := slabUnits - int(p.fresh%slabUnits); left < units {
		p.fresh += handle(left)
	}
	h := p.fresh
	if h > handleMax-slabUnits {
		panic("sim: more than 32 GiB of datagrams in flight")
	}
	p.fresh += handle(units)
	for int(p.fresh-1)/slabUnits >= len(p.slabs) {
		p.slabs = append(p.slabs, make([]byte, slabUnits*unitBytes))
	}
	return h
}
