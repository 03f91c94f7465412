package plots

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// sizeSetting is how the settings end that say how many nodes a group has.
const sizeSetting = ".size"

// label names a cell by what was varied: "10 000 nodes, alpha = 3".
func (r *results) label(c cell) string {
	return cmp.Or(strings.Join(r.parts(c, true), ", "), plural(c.Nodes, "node"))
}

// arm names what distinguishes a cell other than its size; empty if nothing does.
func (r *results) arm(c cell) string {
	return strings.Join(r.parts(c, false), ", ")
}

// parts names each setting of the cell that is not the same in all cells, with or without sizes.
func (r *results) parts(c cell, sizes bool) []string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		value, isSize := fmt.Sprint(c.Set[key]), strings.HasSuffix(key, sizeSetting)
		switch {
		case !r.varies(key), isSize && !sizes:
		case isSize && value == fmt.Sprint(c.Nodes):
			parts = append(parts, plural(c.Nodes, "node"))
		default:
			parts = append(parts, fmt.Sprintf("%s = %s", shortName(c.Set, key), value))
		}
	}
	return parts
}

// varies says whether the setting differs between cells.
func (r *results) varies(key string) bool {
	first := fmt.Sprint(r.Cells[0].Set[key])
	return slices.ContainsFunc(r.Cells, func(c cell) bool {
		return fmt.Sprint(c.Set[key]) != first
	})
}

// shortName returns the fewest last elements of a setting's path that tell it from the others.
func shortName(set map[string]any, key string) string {
	elements := strings.Split(key, ".")
	for n := 1; n < len(elements); n++ {
		short := strings.Join(elements[len(elements)-n:], ".")
		same := 0
		for other := range set {
			if strings.HasSuffix("."+other, "."+short) {
				same++
			}
		}
		if same == 1 {
			return short
		}
	}
	return key
}

// shown returns the cells that a figure of one curve a cell shows: all, or the first if they are
// more than there are distinct looks.
func (r *results) shown() []cell {
	if len(r.Cells) > seriesMax {
		return r.Cells[:1]
	}
	return r.Cells
}

// shownNote says so in the caption.
func (r *results) shownNote() []string {
	if n := len(r.Cells); n > seriesMax {
		return []string{fmt.Sprintf("The run has %d cells, more than one figure can show apart: "+
			"this is the first.", n)}
	}
	return nil
}
