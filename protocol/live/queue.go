package live

import "swarmlab/protocol"

// queue is a run of chunks: bytes in one buffer, and bodies between them.
type queue struct {
	bytes []byte
	parts []part
	// What went out already: parts, bytes of all, and of the body of the first part that is left.
	part, byte int
	body       uint32
}

// part is bytes up to an end, and then a body, which may be empty in the last part only.
type part struct {
	end  int
	body protocol.Body
}

const (
	// partMemory is what a part takes.
	partMemory = 32
	// plainLength is the number of bytes in a row that go out without being copied once more.
	plainLength = 16 << 10
	// keptMemory is the most memory that an empty queue keeps for what comes next.
	keptMemory = 16 << 10
)

// append adds a chunk, whose bytes are copied.
func (q *queue) append(ch protocol.Chunk) {
	q.bytes = append(q.bytes, ch.Bytes...)
	if last := len(q.parts) - 1; last >= 0 && q.parts[last].body.Length == 0 {
		q.parts[last] = part{len(q.bytes), ch.Body}
		return
	}
	q.parts = append(q.parts, part{len(q.bytes), ch.Body})
}

// memory returns how many bytes of memory the chunks take.
func (q *queue) memory() int { return len(q.bytes) + partMemory*len(q.parts) }

func (q *queue) empty() bool { return q.part == len(q.parts) }

// reset makes the queue ready for the next chunks. It must be empty.
func (q *queue) reset() {
	if cap(q.bytes) > keptMemory || cap(q.parts) > keptMemory/partMemory {
		*q = queue{}
		return
	}
	*q = queue{bytes: q.bytes[:0], parts: q.parts[:0]}
}

// plain returns the next bytes if they can go out as they lie, for they are many, or all.
func (q *queue) plain() []byte {
	at := q.parts[q.part]
	size := at.end - q.byte
	if size < plainLength && at.body.Length > 0 || size == 0 {
		return nil
	}
	return q.bytes[q.byte : q.byte+min(size, largeBuffer)]
}

// fill copies what comes next into p and returns how much that is. A body that does not fit is
// read in part. It takes nothing away: that is advance's work.
func (q *queue) fill(p []byte, contents protocol.Contents) (size int, err error) {
	from, done := q.byte, q.body
	for _, at := range q.parts[q.part:] {
		n := copy(p[size:], q.bytes[from:at.end])
		from += n
		size += n
		left := at.body
		left.Offset += uint64(done)
		left.Length = min(left.Length-done, uint32(len(p)-size))
		if left.Length > 0 {
			if err := contents.ReadBody(left, p[size:size+int(left.Length)]); err != nil {
				return 0, err
			}
		}
		size += int(left.Length)
		if size == len(p) {
			break
		}
		done = 0
	}
	return size, nil
}

// advance takes n bytes away.
func (q *queue) advance(n int) {
	for n > 0 {
		at := q.parts[q.part]
		step := min(n, at.end-q.byte)
		q.byte += step
		n -= step
		part := min(uint32(n), at.body.Length-q.body)
		q.body += part
		n -= int(part)
		if q.byte == at.end && q.body == at.body.Length {
			q.part++
			q.body = 0
		}
	}
}
