package live

import (
	"sync"
	"sync/atomic"
)

const (
	// smallBuffer is what a connection writes at a time that is slow, or whose speed is not known.
	smallBuffer = 32 << 10
	// largeBuffer is what a fast connection reads or writes at a time, in bytes.
	largeBuffer = 256 << 10
	// largeBuffers is how many of these may be in use: the memory of all fast connections together
	// is bounded by 32 MiB. Those that get none go on with small ones.
	largeBuffers = 128
)

// buffers are those that the connections share. Whoever is silent has none.
type buffers struct {
	small, large sync.Pool
	used         atomic.Int32 // large ones
}

// takeLarge returns a large buffer, or nil if there are too many in use.
func (b *buffers) takeLarge() *[largeBuffer]byte {
	if b.used.Add(1) > largeBuffers {
		b.used.Add(-1)
		return nil
	}
	if p, ok := b.large.Get().(*[largeBuffer]byte); ok {
		return p
	}
	return new([largeBuffer]byte)
}

// giveLarge takes a buffer back, if it is one.
func (b *buffers) giveLarge(p *[largeBuffer]byte) {
	if p != nil {
		b.large.Put(p)
		b.used.Add(-1)
	}
}

func (b *buffers) takeSmall() *[smallBuffer]byte {
	if p, ok := b.small.Get().(*[smallBuffer]byte); ok {
		return p
	}
	return new([smallBuffer]byte)
}

func (b *buffers) giveSmall(p *[smallBuffer]byte) { b.small.Put(p) }
