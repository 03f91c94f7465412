package display

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Visible returns a text of strangers as it may be shown on a terminal: quoted if there is anything
// in it that is not shown as it is.
func Visible(text string) string {
	for _, r := range text {
		if r == unicode.ReplacementChar || !strconv.IsPrint(r) {
			return strconv.Quote(text)
		}
	}
	return text
}

// Cut shortens a line to a width in columns.
func Cut(line string, width int) string {
	if utf8.RuneCountInString(line) <= width {
		return line
	}
	return string([]rune(line)[:max(width, 0)])
}

// Folded breaks a text into lines of so many letters at most, where words allow it.
func Folded(text string, most int) string {
	var b strings.Builder
	used := 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0:
		case used+1+n > most:
			b.WriteByte('\n')
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String() + "\n"
}

// Widest returns the letters of the longest line.
func Widest(text string) (most int) {
	for line := range strings.Lines(text) {
		most = max(most, utf8.RuneCountInString(strings.TrimRight(line, "\n")))
	}
	return most
}
