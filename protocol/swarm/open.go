package swarm

// openPieces holds the pieces that are asked for or partly there, and the state of their blocks.
type openPieces struct {
	list   []openPiece // those with free blocks first
	ready  int         // how many these are
	cells  []cell      // the blocks: row times stride
	stride uint32      // blocks of a whole piece
	spare  []uint32    // rows that are not in use
	twice  []twin      // second and further requests for the same block, in the endgame
}

// openPiece is one of them.
type openPiece struct {
	piece uint32
	row   uint32 // of its cells
	size  uint32 // blocks
	free  uint32 // of which neither asked for nor there
	got   uint32 // of which there
	first uint32 // no free block lies before this one
	owner slot   // who gets the rest of it, if possible; or nobody
	alone bool   // the owner is on parole: nobody else is to contribute
	slow  bool   // a snubbed peer opened it
}

// asked returns how many of its blocks are asked for.
func (o *openPiece) asked() uint32 { return o.size - o.free - o.got }

// untouched says that nothing is asked for and nothing there.
func (o *openPiece) untouched() bool { return o.free == o.size }

// cell is the state of one block.
type cell struct {
	by    slot // who was asked first, or who sent it
	state cellState
	twins uint8 // how many of twice are for it, at most 255
}

type cellState uint8

const (
	blockFree cellState = iota
	blockAsked
	blockThere
)

// twin is one request too many.
type twin struct {
	block block
	slot  slot
}

func (o *openPieces) reset(stride uint32) {
	*o = openPieces{list: o.list[:0], cells: o.cells[:0], spare: o.spare[:0],
		twice: o.twice[:0], stride: stride}
}

// row returns the cells of a piece.
func (o *openPieces) row(e *openPiece) []cell {
	at := e.row * o.stride
	return o.cells[at : at+e.size]
}

// add makes room for a piece, with all blocks free, and returns where in the list it is.
func (o *openPieces) add(piece, size uint32, where []uint32) int {
	var row uint32
	if n := len(o.spare); n > 0 {
		row, o.spare = o.spare[n-1], o.spare[:n-1]
	} else {
		row = uint32(len(o.cells)) / o.stride
		for range o.stride {
			o.cells = append(o.cells, cell{})
		}
	}
	o.list = append(o.list, openPiece{piece: piece, row: row, size: size, free: size,
		owner: nobody})
	clear(o.row(&o.list[len(o.list)-1]))
	return o.regroup(len(o.list)-1, where)
}

// regroup puts a piece where it belongs after its free blocks have changed.
func (o *openPieces) regroup(i int, where []uint32) int {
	where[o.list[i].piece] = uint32(i)
	switch free := o.list[i].free > 0; {
	case free && i >= o.ready:
		i = o.swap(i, o.ready, where)
		o.ready++
	case !free && i < o.ready:
		o.ready--
		i = o.swap(i, o.ready, where)
	}
	return i
}

func (o *openPieces) swap(i, j int, where []uint32) int {
	o.list[i], o.list[j] = o.list[j], o.list[i]
	where[o.list[i].piece], where[o.list[j].piece] = uint32(i), uint32(j)
	return j
}

// remove forgets a piece.
func (o *openPieces) remove(i int, where []uint32) {
	o.spare = append(o.spare, o.list[i].row)
	if i < o.ready {
		o.ready--
		i = o.swap(i, o.ready, where)
	}
	last := len(o.list) - 1
	o.swap(i, last, where)
	o.list = o.list[:last]
}

// part puts all pieces where they belong, after the free blocks of many have changed.
func (o *openPieces) part(where []uint32) {
	o.ready = 0
	for i := range o.list {
		o.regroup(i, where)
	}
}

// twinAt returns where a further request for a block is: to a peer, or to anybody; or -1.
func (o *openPieces) twinAt(b block, s slot) int {
	for i, t := range o.twice {
		if t.block == b && (s == nobody || t.slot == s) {
			return i
		}
	}
	return -1
}

// untwin forgets a further request. The order of the others stays.
func (o *openPieces) untwin(i int) { o.twice = append(o.twice[:i], o.twice[i+1:]...) }
