package plots

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// How the settings end that say how many nodes a group has, and which clients they run.
const (
	sizeSetting   = ".size"
	clientSetting = ".client"
)

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
		case strings.HasSuffix(key, clientSetting) && value == c.client():
			parts = append(parts, r.shortClient(value))
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

// client returns the client of the cell's nodes, or a mix, if that was varied; the first of several
// groups.
func (c *cell) client() string {
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		if strings.HasSuffix(key, clientSetting) {
			return fmt.Sprint(c.Set[key])
		}
	}
	return ""
}

// mixes lists the mixes of clients, each once.
func (r *results) mixes() []string {
	var all []string
	for _, c := range r.Cells {
		if mix := c.client(); strings.Contains(mix, ", ") && !slices.Contains(all, mix) {
			all = append(all, mix)
		}
	}
	return all
}

// shortClient names a client in little room: a mix by its number, if there are several.
func (r *results) shortClient(client string) string {
	all := r.mixes()
	switch i := slices.Index(all, client); {
	case i < 0:
		return client
	case len(all) == 1:
		return "mix"
	default:
		return fmt.Sprintf("mix %d", i+1)
	}
}
