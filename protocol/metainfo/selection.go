package metainfo

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// Range is a run of files in the order of the torrent, both ends included, from 0.
type Range struct{ First, Last int }

// Selected reports whether the link asks for a file, by its index in Info.Files.
func (m *Magnet) Selected(file int) bool {
	for _, r := range m.Select {
		if r.First <= file && file <= r.Last {
			return true
		}
	}
	return len(m.Select) == 0
}

// appendRanges reads a selection as in 0,2,4,6-8. A foreign character spoils all of it; a part that
// means nothing is left out.
func appendRanges(all []Range, text string) []Range {
	if strings.Trim(text, "0123456789,-") != "" {
		return all
	}
	for part := range strings.SplitSeq(text, ",") {
		from, to, ranged := strings.Cut(part, "-")
		if !ranged {
			to = from
		}
		first, err1 := strconv.ParseUint(from, 10, 32)
		last, err2 := strconv.ParseUint(to, 10, 32)
		if err1 == nil && err2 == nil && first <= last && last <= SelectMax {
			all = append(all, Range{int(first), int(last)})
		}
	}
	return all
}

// tidy sorts ranges and joins those that touch.
func tidy(all []Range) []Range {
	slices.SortFunc(all, func(a, b Range) int { return cmp.Compare(a.First, b.First) })
	kept := all[:0]
	for _, r := range all {
		if n := len(kept); n > 0 && r.First <= kept[n-1].Last+1 {
			kept[n-1].Last = max(kept[n-1].Last, r.Last)
			continue
		}
		kept = append(kept, r)
	}
	return kept
}

func appendSelection(b []byte, all []Range) []byte {
	for i, r := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(r.First), 10)
		if r.Last > r.First {
			b = strconv.AppendInt(append(b, '-'), int64(r.Last), 10)
		}
	}
	return b
}
