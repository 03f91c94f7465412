package swarm

import (
	"fmt"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// swarm of benchmarks: one peer with 80 connections, 4 of them seeds, the others with anything
// from nothing to everything, that downloads the whole content while the others go on too.
type downloading struct {
	p      picker
	r      protocol.Rand
	queue  [80][]block
	next   int
	others []slot
	picks  int
	haves  int
}

func newDownloading(pieces uint32, havesPerBlock int) *downloading {
	d := &downloading{r: protocol.NewRand(1, 2, 3), haves: havesPerBlock}
	d.restart(pieces)
	return d
}

func (d *downloading) restart(pieces uint32) {
	g := Geometry{Total: uint64(pieces) << 18, PieceLength: 1 << 18}
	d.p.reset(DefaultPicker(), g, nil, &d.r)
	for s := range slot(80) {
		d.p.join(s)
		d.queue[s] = d.queue[s][:0]
		if s%20 == 0 {
			d.p.gainAll(s)
			continue
		}
		for range d.r.Intn(int(pieces)) {
			d.p.gain(s, uint32(d.r.Intn(int(pieces))))
		}
	}
}

// step lets the next peer send its oldest block, some peers gain pieces, and fills the queue.
func (d *downloading) step() {
	if d.p.done() {
		d.restart(d.p.geo.Pieces())
	}
	s := slot(d.next)
	d.next = (d.next + 1) % 80
	if q := d.queue[s]; len(q) > 0 {
		b := q[0]
		d.queue[s] = append(q[:0], q[1:]...)
		var a arrival
		a, d.others = d.p.got(s, b, d.others[:0])
		for _, o := range d.others {
			for i, x := range d.queue[o] {
				if x == b {
					d.queue[o] = append(d.queue[o][:i], d.queue[o][i+1:]...)
					break
				}
			}
		}
		if a.full {
			d.others = d.p.passed(b.piece, d.others[:0])
		}
	}
	for range d.haves {
		at := slot(d.r.Intn(80))
		d.p.gain(at, uint32(d.r.Intn(int(d.p.geo.Pieces()))))
	}
	if n := 8 - d.p.outstanding(s); n > 0 && d.p.interesting(s) {
		before := len(d.queue[s])
		d.queue[s] = d.p.pick(s, wish{n: n}, d.queue[s])
		d.picks += len(d.queue[s]) - before
	}
}

// BenchmarkPick measures the whole of a picker's work for a block: the block that came, the next
// one to ask for, and 5 haves of others, as many as come when 80 peers load at the same rate.
func BenchmarkPick(b *testing.B) {
	for _, haves := range []int{0, 5} {
		for _, pieces := range []uint32{400, 10_000} {
			b.Run(fmt.Sprintf("pieces=%d/haves=%d", pieces, haves), func(b *testing.B) {
				d := newDownloading(pieces, haves)
				d.picks = 0
				for b.Loop() {
					d.step()
				}
				b.ReportMetric(float64(d.picks)/b.Elapsed().Seconds(), "picks/s")
			})
		}
	}
}

// BenchmarkHave measures a have alone.
func BenchmarkHave(b *testing.B) {
	for _, pieces := range []uint32{400, 10_000} {
		b.Run(fmt.Sprintf("pieces=%d", pieces), func(b *testing.B) {
			d := newDownloading(pieces, 0)
			gained := 0
			for b.Loop() {
				s, piece := slot(d.r.Intn(80)), uint32(d.r.Intn(int(pieces)))
				if !d.p.gain(s, piece) {
					d.p.lose(s, piece)
				}
				gained++
			}
		})
	}
}

// BenchmarkChoose compares the two ways to a rarest piece, for peers that have anything from
// nothing to everything.
func BenchmarkChoose(b *testing.B) {
	for _, pieces := range []uint32{400, 10_000} {
		d := newDownloading(pieces, 5)
		for range 5 * pieces {
			d.step()
		}
		for name, way := range map[string]func(slot, bool) (uint32, bool){
			"walk": d.p.walk, "scan": d.p.scan,
		} {
			b.Run(fmt.Sprintf("%s/pieces=%d", name, pieces), func(b *testing.B) {
				s := 0
				for b.Loop() {
					if s = (s + 1) % 80; s%20 == 0 {
						s++
					}
					way(slot(s), false)
				}
			})
		}
	}
}

func TestPickerDoesNotAllocate(t *testing.T) {
	for _, pieces := range []uint32{400, 2000} {
		d := newDownloading(pieces, 5)
		for range 3 * 16 * pieces {
			d.step()
		}
		require.Zero(t, testing.AllocsPerRun(5, func() {
			for range 1000 {
				d.step()
			}
		}))
	}
}

// TestPickerSizes pins what a picker costs: of 400 pieces and 80 connections 18 kB, so that those
// of 10,000 peers are 180 MB of the 4 GiB; of 10,000 pieces 235 kB.
func TestPickerSizes(t *testing.T) {
	require.Equal(t, uintptr(16), unsafe.Sizeof(party{}))
	require.Equal(t, uintptr(4), unsafe.Sizeof(cell{}))
	require.Equal(t, uintptr(28), unsafe.Sizeof(openPiece{}))
	for pieces, budget := range map[uint32]int{400: 18_000, 10_000: 235_000} {
		d := newDownloading(pieces, 5)
		for range 10 * pieces {
			d.step()
		}
		require.LessOrEqual(t, d.p.bytes(), budget)
		require.Greater(t, d.p.bytes(), budget*9/10)
	}
}

// bytes returns the memory in use, without what the growth of slices leaves over.
func (p *picker) bytes() int {
	return int(unsafe.Sizeof(*p)) + 8*(len(p.have)+len(p.idle)+len(p.theirs)) +
		16*len(p.peers) + 4*(cap(p.avail.order)+len(p.avail.where)+len(p.avail.ends)) +
		2*len(p.avail.count) + 28*len(p.open.list) + 4*len(p.open.cells) +
		16*len(p.open.twice) + 4*len(p.open.spare)
}
