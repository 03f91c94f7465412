package netmodel

import (
	"bufio"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strings"
)

const (
	matrixRowsMax  = 4096
	matrixBytesMax = 256 << 20
	numberMax      = 32               // bytes of one number in the file
	rttMax         = 1<<33 - 1        // ns; half of it fits 32 bits
	rttMaxText     = "8589.934591 ms" // of rttMax
	nsPerMsPlaces  = 6                // decimals of a ms that are whole ns
)

// LoadMatrix reads a square matrix of round-trip times: one row a line, in ms, separated by tabs,
// spaces or commas, without headings. Decimals finer than 1 ns are cut off; blank lines do not
// count. At most 4096 rows and 256 MiB are read. Errors begin with name:line:column, where columns
// count bytes.
func LoadMatrix(r io.Reader, name string) (*Matrix, error) {
	return loadMatrix(r, name, matrixBytesMax)
}

func loadMatrix(r io.Reader, name string, bytesMax int) (*Matrix, error) {
	p := matrixParser{name: name, line: 1, sum: sha256.New()}
	in := bufio.NewReaderSize(r, 1<<16)
	for {
		chunk, err := in.Peek(1)
		if err == nil {
			chunk, _ = in.Peek(in.Buffered())
		} else if err != io.EOF {
			return nil, fmt.Errorf("%s: reading failed: %w", name, err)
		} else {
			return p.finish()
		}
		if p.bytes += len(chunk); p.bytes > bytesMax {
			return nil, fmt.Errorf("%s: file is larger than %d MiB: "+
				"use fewer decimals or fewer rows", name, bytesMax>>20)
		}
		p.sum.Write(chunk)
		for _, c := range chunk {
			if err := p.feed(c); err != nil {
				return nil, err
			}
		}
		if _, err := in.Discard(len(chunk)); err != nil {
			return nil, fmt.Errorf("%s: reading failed: %w", name, err)
		}
	}
}

// matrixParser takes the file byte by byte, so that its size and its lines' length do not matter.
type matrixParser struct {
	name         string
	line, column int // of the byte being fed, from 1
	bytes        int
	sum          hash.Hash

	cells []uint32
	width int // of the first row; 0 before its end
	row   int // rows completed
	cols  int // numbers in the present row

	number [numberMax]byte
	digits int  // bytes of number in use
	start  int  // its column
	comma  bool // the last separator was a comma, nothing but blanks since
}

func (p *matrixParser) feed(c byte) error {
	p.column++
	switch c {
	case '\n':
		err := p.endRow()
		p.line++
		p.column = 0
		return err
	case ' ', '\t', '\r':
		return p.endNumber()
	case ',':
		if err := p.endNumber(); err != nil {
			return err
		}
		if p.comma || p.cols == 0 {
			return p.fail(p.column, "a number is missing before this comma: fill it in")
		}
		p.comma = true
		return nil
	}
	if p.digits == 0 {
		p.start = p.column
	}
	if p.digits == numberMax {
		return p.fail(p.start, "number is longer than %d characters: round it", numberMax)
	}
	p.number[p.digits] = c
	p.digits++
	return nil
}

func (p *matrixParser) endNumber() error {
	if p.digits == 0 {
		return nil
	}
	text := string(p.number[:p.digits])
	p.digits, p.comma = 0, false
	rtt, _, err := parseDecimal(text, nsPerMsPlaces)
	if err == nil && rtt > rttMax {
		err = errors.New("is above " + rttMaxText + ": leave out hosts that do not answer in time")
	}
	if err != nil {
		return p.fail(p.start, "%q %s", text, explainNumber(text, err))
	}
	switch p.cols++; {
	case p.cols > matrixRowsMax:
		return p.fail(p.start, "row %d has more than %d numbers: use fewer hosts",
			p.row+1, matrixRowsMax)
	case p.width > 0 && p.cols > p.width:
		return p.fail(p.start, "row %d has more numbers than the first, %d: make them equal",
			p.row+1, p.width)
	}
	p.cells = append(p.cells, uint32(rtt/2))
	return nil
}

// explainNumber says more than that text is no number, where it is a familiar sight.
func explainNumber(text string, err error) string {
	lower := strings.ToLower(strings.TrimLeft(text, "+-"))
	switch {
	case lower == "nan", lower == "inf", lower == "infinity", lower == "na", lower == "null":
		return "is no delay: fill in a time, or leave out the host's row and column"
	case strings.HasPrefix(text, "-"):
		return "is negative: fill in a time, or leave out the host's row and column"
	}
	return err.Error()
}

func (p *matrixParser) endRow() error {
	if err := p.endNumber(); err != nil {
		return err
	}
	if p.cols == 0 {
		return nil
	}
	if p.comma {
		return p.fail(p.column, "the row ends with a comma: remove it, or fill in the number")
	}
	if p.width == 0 {
		p.width = p.cols
	}
	if p.cols != p.width {
		return p.fail(p.column, "row %d has %d numbers, the first has %d: make them equal",
			p.row+1, p.cols, p.width)
	}
	if p.row++; p.row > p.width {
		return p.fail(p.column, "row %d is one too many, rows have %d numbers: give as many rows",
			p.row, p.width)
	}
	p.cols = 0
	return nil
}

func (p *matrixParser) finish() (*Matrix, error) {
	p.column++
	if err := p.endRow(); err != nil {
		return nil, err
	}
	if p.row == 0 {
		return nil, p.fail(p.column, "file is empty: write one row a line, in ms")
	}
	if p.row < p.width {
		return nil, p.fail(p.column, "file ends after row %d, but rows have %d numbers: "+
			"give as many rows", p.row, p.width)
	}
	m := &Matrix{rows: uint64(p.row), half: slices.Clip(p.cells)}
	p.sum.Sum(m.digest[:0])
	return m, nil
}

func (p *matrixParser) fail(column int, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %s", p.name, p.line, column, fmt.Sprintf(format, args...))
}
