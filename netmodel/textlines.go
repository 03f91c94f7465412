package netmodel

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
)

const lineBytesMax = 16 << 20

// textLines reads a text file from outside line by line, and no more of it than is allowed.
type textLines struct {
	name  string
	line  int    // the present one, from 1
	text  string // of it, trimmed
	in    *bufio.Scanner
	limit *io.LimitedReader
	most  int64
	err   error
}

func newTextLines(r io.Reader, name string, most int64) *textLines {
	limit := &io.LimitedReader{R: r, N: most + 1}
	l := &textLines{name: name, in: bufio.NewScanner(limit), limit: limit, most: most}
	l.in.Buffer(make([]byte, 1<<16), lineBytesMax)
	return l
}

// next goes to the next line that is not blank, and reports whether there is one. If not, err says
// whether that is the end of the file.
func (l *textLines) next() bool {
	for l.in.Scan() {
		l.line++
		if l.limit.N == 0 {
			break
		}
		l.text = strings.TrimSpace(strings.TrimPrefix(l.in.Text(), "\ufeff"))
		if l.text != "" {
			return true
		}
	}
	switch err := l.in.Err(); {
	case l.limit.N == 0:
		l.err = fmt.Errorf("%s: file is larger than %d MiB: use a part of it", l.name, l.most>>20)
	case errors.Is(err, bufio.ErrTooLong):
		l.line++
		l.err = l.fail("line is longer than %d MiB: is it a text?", lineBytesMax>>20)
	case err != nil:
		l.err = fmt.Errorf("%s: reading failed: %w", l.name, err)
	}
	return false
}

// fail returns an error about the present line.
func (l *textLines) fail(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %w", l.name, max(l.line, 1), fmt.Errorf(format, args...))
}
