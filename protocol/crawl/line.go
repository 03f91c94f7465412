package crawl

// line is a queue: first in, first out. It keeps its memory.
type line[T any] struct {
	items []T
	head  int
}

func (l *line[T]) len() int { return len(l.items) - l.head }

func (l *line[T]) push(v T) {
	if l.head > 0 && len(l.items) == cap(l.items) && 2*l.head >= len(l.items) {
		l.items = l.items[:copy(l.items, l.items[l.head:])]
		l.head = 0
	}
	l.items = append(l.items, v)
}

// first returns the first of a line that is not empty.
func (l *line[T]) first() *T { return &l.items[l.head] }

func (l *line[T]) pop() T {
	v := l.items[l.head]
	l.head++
	if l.head == len(l.items) {
		l.clear()
	}
	return v
}

func (l *line[T]) clear() { l.items, l.head = l.items[:0], 0 }
