package netmodel

import "math/bits"

const (
	slabBits  = 10 // 1,024 sets, 128 KiB
	slabSets  = 1 << slabBits
	sizeCount = 8 // from 1 to setsMax
)

// buddies allocates tables by the buddy system (Knowlton 1965): a free table of twice the size is
// split where none of the size is left, and a table that is given back joins its other half as
// soon as that is free, so that small tables become large ones again. Free tables of a size are
// a list, whose links are in their first sets.
type buddies struct {
	slabs [][]set
	free  [sizeCount]uint32 // one more than the first set of the first free table; 0: none
	// Of each set, if it begins a free table: one more than the logarithm of the table's size.
	state []uint8
}

func (b *buddies) at(first uint32) *set { return &b.slabs[first>>slabBits][first%slabSets] }

// take returns an empty table.
func (b *buddies) take(sets uint32) table {
	t := table{b.split(bits.Len32(sets) - 1), sets}
	for i := range sets {
		*b.at(t.first + i) = set{}
	}
	return t
}

// split returns a table of a size, which is no longer free.
func (b *buddies) split(size int) (first uint32) {
	switch {
	case b.free[size] != 0:
		first = b.free[size] - 1
		b.remove(first, size)
	case 1<<size == setsMax:
		first = uint32(len(b.slabs)) << slabBits
		b.slabs = append(b.slabs, make([]set, slabSets))
		b.state = append(b.state, make([]uint8, slabSets)...)
		for other := first + setsMax; other < first+slabSets; other += setsMax {
			b.insert(other, size)
		}
	default:
		first = b.split(size + 1)
		b.insert(first+1<<size, size)
	}
	return first
}

// put takes a table back.
func (b *buddies) put(t table) {
	first, size := t.first, bits.Len32(t.sets)-1
	for 1<<size < setsMax {
		other := first ^ 1<<size
		if b.state[other] != uint8(size+1) {
			break
		}
		b.remove(other, size)
		first = min(first, other)
		size++
	}
	b.insert(first, size)
}

// links of a free table: one more than the first sets of the next and of the last one.
func (b *buddies) links(first uint32) (next, last *uint32) {
	s := b.at(first)
	return &s[0].remote, &s[1].remote
}

func (b *buddies) insert(first uint32, size int) {
	next, last := b.links(first)
	*next, *last = b.free[size], 0
	if *next != 0 {
		_, back := b.links(*next - 1)
		*back = first + 1
	}
	b.free[size] = first + 1
	b.state[first] = uint8(size + 1)
}

func (b *buddies) remove(first uint32, size int) {
	next, last := b.links(first)
	if *last == 0 {
		b.free[size] = *next
	} else {
		forth, _ := b.links(*last - 1)
		*forth = *next
	}
	if *next != 0 {
		_, back := b.links(*next - 1)
		*back = *last
	}
	b.state[first] = 0
}
