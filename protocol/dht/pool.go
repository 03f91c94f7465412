package dht

// nilIndex is no entry of a pool.
const nilIndex = ^uint32(0)

// pool hands out entries by index and takes them back. A pointer from at is valid until the next
// take, which may move the entries.
type pool[T any] struct {
	items []T
	free  []uint32
}

func (p *pool[T]) take() uint32 {
	if n := len(p.free); n > 0 {
		x := p.free[n-1]
		p.free = p.free[:n-1]
		return x
	}
	var zero T
	p.items = append(p.items, zero)
	return uint32(len(p.items) - 1)
}

func (p *pool[T]) at(x uint32) *T { return &p.items[x] }

func (p *pool[T]) release(x uint32) { p.free = append(p.free, x) }

// inUse returns how many entries are taken.
func (p *pool[T]) inUse() int { return len(p.items) - len(p.free) }
