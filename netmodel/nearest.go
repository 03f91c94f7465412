package netmodel

import "strings"

// suggestForm names the distribution that may be meant by an unknown word, or all of them.
func suggestForm(word string) string {
	best, least := formNone, 1+min(len(word), wordMax)/2
	var all []string
	for f := formNone + 1; f < formCount; f++ {
		name := forms[f].name
		all = append(all, name)
		if d := edits(strings.ToLower(word), name); d < least {
			best, least = f, d
		}
	}
	if best != formNone {
		return "; did you mean " + forms[best].example + "?"
	}
	return "; known: " + strings.Join(all, ", ")
}

const wordMax = 20

// edits is Levenshtein's distance, the least number of letters to insert, delete or replace. Long
// words are cut.
func edits(a, b string) int {
	a, b = a[:min(len(a), wordMax)], b[:min(len(b), wordMax)]
	var row [wordMax + 1]int
	for j := range len(b) + 1 {
		row[j] = j
	}
	for i := range len(a) {
		corner := row[0]
		row[0]++
		for j := range len(b) {
			cost := corner
			if a[i] != b[j] {
				cost = 1 + min(corner, row[j], row[j+1])
			}
			corner, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
