package sim

import "slices"

const (
	fewEvents = 20           // the length up to which insertion is the fastest way to sort
	binBits   = 8            // a slot is cut into this many bins (as a power of 2)
	bins      = 1 << binBits // of 256 ns each
)

// sortEvents sorts the events of one slot: they are dealt into bins by time, and each bin is sorted
// by comparison. It returns the scratch memory, which may have grown.
func sortEvents(events, scratch []event) []event {
	if len(events) <= fewEvents {
		insertionSort(events)
		return scratch
	}
	var ends [bins]uint32
	for i := range events {
		ends[bin(&events[i])]++
	}
	total := uint32(0)
	for b := range ends {
		total, ends[b] = total+ends[b], total
	}
	sorted := slices.Grow(scratch[:0], len(events))[:len(events)]
	for i := range events {
		end := &ends[bin(&events[i])]
		sorted[*end] = events[i]
		*end++
	}
	start := uint32(0)
	for _, end := range ends {
		sortBin(sorted[start:end])
		start = end
	}
	copy(events, sorted)
	return sorted
}

func bin(e *event) uint8 { return uint8(e.when >> (slotBits - binBits)) }

func sortBin(events []event) {
	if len(events) <= fewEvents {
		insertionSort(events)
		return
	}
	slices.SortFunc(events, func(a, b event) int {
		switch {
		case a.before(&b):
			return -1
		case b.before(&a):
			return 1
		}
		return 0
	})
}

func insertionSort(s []event) {
	for i := 1; i < len(s); i++ {
		if !s[i].before(&s[i-1]) {
			continue
		}
		e, j := s[i], i
		for j > 0 && e.before(&s[j-1]) {
			s[j] = s[j-1]
			j--
		}
		s[j] = e
	}
}
