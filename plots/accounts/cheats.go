package accounts

import (
	"cmp"
	"slices"
	"strings"
)

// honest is the cheat of those who do not.
const honest = "honest"

// cheatNames are the ways to cheat, A1 first.
func cheatNames() []string {
	return []string{"multiplier", "constant", "fake-seed", "ghost", "under-report", "collusion",
		"sybil", "withholder", "framer", "fake-have", "shared", "whitewash", "adaptive"}
}

// cheatsOf returns the ways to cheat that there are, in their order, the honest apart.
func cheatsOf(all []ledger) (kinds []string) {
	known := map[string]bool{}
	for _, b := range all {
		for i := range b.entries {
			known[b.entries[i].cheat] = true
		}
	}
	for _, kind := range cheatNames() {
		if known[kind] {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// cheating tells in which cells anybody cheats.
func cheating(all []ledger) map[int]bool {
	cells := map[int]bool{}
	for _, b := range all {
		for i := range b.entries {
			if b.entries[i].cheat != honest {
				cells[b.entries[i].cell.Cell] = true
			}
		}
	}
	return cells
}

// byCheat orders ways to cheat as the catalogue does, the honest first.
func byCheat(a, b string) int {
	names := cheatNames()
	return cmp.Compare(slices.Index(names, a), slices.Index(names, b))
}

// isCheatSetting tells whether a setting says how users cheat.
func isCheatSetting(path string) bool { return strings.HasSuffix(path, ".cheat") }

// cheatOfMix is what a mix has beside the honest: "multiplier" of "honest 90%, multiplier 10%".
func cheatOfMix(mix string) string {
	var kinds []string
	for _, part := range strings.Split(strings.Trim(mix, `"`), ",") {
		if kind, _, _ := strings.Cut(strings.TrimSpace(part), " "); kind != honest {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) == 0 {
		return honest
	}
	return strings.Join(kinds, ", ")
}
