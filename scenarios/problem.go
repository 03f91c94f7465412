package scenarios

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// position is a place in a source, lines and columns from 1; the zero value is no place.
type position struct{ line, column int }

// origin is where a scenario's settings were written.
type origin struct {
	name string // of the file, or "scenario NAME"
	dir  string // of the file; paths in the scenario are relative to it
	src  string
	at   map[string]position // by path; a setting changed by Set has none
}

// Problem is one thing wrong with a scenario, and how to mend it.
type Problem struct {
	Source  string // the file, or "scenario NAME"
	Line    int    // from 1; 0 if no line is to blame
	Column  int
	Message string
	Excerpt string // the line, marked
}

// Error is the whole message, with the excerpt on lines of its own.
func (p *Problem) Error() string {
	if p.Line == 0 {
		return p.Source + ": " + p.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s%s", p.Source, p.Line, p.Column, p.Message, p.Excerpt)
}

// Problems is an error: all that is wrong with a scenario, in the order of its lines.
type Problems []*Problem

// problemsShown bounds the output for a file that is wrong throughout.
const problemsShown = 10

// Error lists the problems, a paragraph each.
func (ps Problems) Error() string {
	texts := make([]string, 0, problemsShown+1)
	for _, p := range ps[:min(len(ps), problemsShown)] {
		texts = append(texts, p.Error())
	}
	if more := len(ps) - problemsShown; more > 0 {
		texts = append(texts, fmt.Sprintf("%s: and %d more", ps[0].Source, more))
	}
	return strings.Join(texts, "\n")
}

// complaints collects problems of one source.
type complaints struct {
	origin *origin
	list   Problems
}

func (c *complaints) add(at position, format string, args ...any) {
	p := &Problem{Line: at.line, Column: at.column, Message: fmt.Sprintf(format, args...)}
	p.Source, p.Excerpt = c.origin.name, excerpt(c.origin.src, at)
	c.list = append(c.list, p)
}

// addAt blames the place where the setting of that path was written, or its nearest parent.
func (c *complaints) addAt(path, format string, args ...any) {
	at, found := c.origin.at[path]
	for parent := path; !found && strings.Contains(parent, "."); {
		parent = parent[:strings.LastIndexByte(parent, '.')]
		at, found = c.origin.at[parent]
	}
	c.add(at, path+": "+format, args...)
}

// err is nil if there were no complaints.
func (c *complaints) err() error {
	if len(c.list) == 0 {
		return nil
	}
	slices.SortStableFunc(c.list, func(a, b *Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return c.list
}

const excerptMax = 90 // characters of a line that an excerpt shows

// excerpt shows the line with a caret under the column, and the line before it. Of lines that are
// longer than an excerpt it shows the part around the column.
func excerpt(src string, at position) string {
	lines := strings.Split(src, "\n")
	if at.line < 1 || at.line > len(lines) {
		return ""
	}
	from := 0
	if at.column > excerptMax {
		from = at.column - excerptMax/2
	}
	var b strings.Builder
	for n := max(1, at.line-1); n <= at.line; n++ {
		text := []rune(strings.TrimRight(strings.ReplaceAll(lines[n-1], "\t", " "), "\r "))
		mark := " "
		if n == at.line {
			mark = ">"
		}
		text = text[min(from, len(text)):min(from+excerptMax, len(text))]
		fmt.Fprintf(&b, "\n%s %4d | %s", mark, n, string(text))
	}
	if at.column >= 1 {
		fmt.Fprintf(&b, "\n       | %s^", strings.Repeat(" ", at.column-1-from))
	}
	return b.String()
}

// suggest says what could be meant by an unknown word: the nearest of the known ones if one is
// near, or all of them, up to a screenful: there are hundreds of metrics.
func suggest(word string, known []string) string {
	best, least := "", 1+min(len(word), 40)/2
	for _, k := range known {
		if d := editDistance(word, k); d < least {
			best, least = k, d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	const most = 60
	if more := len(known) - most; more > 0 {
		return fmt.Sprintf("; known: %s and %d more", strings.Join(known[:most], ", "), more)
	}
	return "; known: " + strings.Join(known, ", ")
}

// editDistance is the number of insertions, deletions, replacements and swaps of neighbours
// (optimal string alignment) between two words. Long words are cut: nothing known is long.
func editDistance(a, b string) int {
	a, b = a[:min(len(a), 40)], b[:min(len(b), 40)]
	var before, above, row [41]int
	for j := range len(b) + 1 {
		above[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(above[j]+1, row[j-1]+1, above[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, above = above, row
	}
	return above[len(b)]
}
