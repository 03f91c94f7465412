package stored

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"swarmlab/plots/number"
)

// How the settings end that say how many nodes a group has, and which clients they run.
const (
	SizeSetting   = ".size"
	ClientSetting = ".client"
)

// Label names a cell by what was varied: "10 000 nodes, alpha = 3".
func (r *Results) Label(c Cell) string {
	return cmp.Or(strings.Join(r.parts(c, true), ", "), number.Plural(c.Nodes, "node"))
}

// Arm names what distinguishes a cell other than its size; empty if nothing does.
func (r *Results) Arm(c Cell) string {
	return strings.Join(r.parts(c, false), ", ")
}

// parts names each setting of the cell that is not the same in all cells, with or without sizes.
func (r *Results) parts(c Cell, sizes bool) []string {
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		value, isSize := fmt.Sprint(c.Set[key]), strings.HasSuffix(key, SizeSetting)
		switch {
		case !r.Varies(key), isSize && !sizes:
		case isSize && value == fmt.Sprint(c.Nodes):
			parts = append(parts, number.Plural(c.Nodes, "node"))
		case strings.HasSuffix(key, ClientSetting) && value == c.Client():
			parts = append(parts, r.ShortClient(value))
		default:
			parts = append(parts, fmt.Sprintf("%s = %s", ShortName(c.Set, key), value))
		}
	}
	return parts
}

// Varies says whether the setting differs between cells.
func (r *Results) Varies(key string) bool {
	first := fmt.Sprint(r.Cells[0].Set[key])
	return slices.ContainsFunc(r.Cells, func(c Cell) bool {
		return fmt.Sprint(c.Set[key]) != first
	})
}

// ShortName returns the fewest last elements of a setting's path that tell it from the others.
func ShortName(set map[string]any, key string) string {
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

// Client returns the client of the cell's nodes, or a mix, if that was varied; the first of several
// groups.
func (c *Cell) Client() string {
	for _, key := range slices.Sorted(maps.Keys(c.Set)) {
		if strings.HasSuffix(key, ClientSetting) {
			return fmt.Sprint(c.Set[key])
		}
	}
	return ""
}

// Mixes lists the mixes of clients, each once.
func (r *Results) Mixes() []string {
	var all []string
	for _, c := range r.Cells {
		if mix := c.Client(); strings.Contains(mix, ", ") && !slices.Contains(all, mix) {
			all = append(all, mix)
		}
	}
	return all
}

// ShortClient names a client in little room: a mix by its number, if there are several.
func (r *Results) ShortClient(client string) string {
	all := r.Mixes()
	switch i := slices.Index(all, client); {
	case i < 0:
		return client
	case len(all) == 1:
		return "mix"
	default:
		return fmt.Sprintf("mix %d", i+1)
	}
}
