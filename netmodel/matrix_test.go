package netmodel

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat"
)

func TestLoadMatrix(t *testing.T) {
	want := []uint32{0, 5_000_000, 1_500_001, 10}
	for _, text := range []string{
		"0\t10\n3.000002\t.00002\n",
		"0 10\n3.000002 0.00002",
		"0,10\n3.000002,0.00002\n",
		"0, 10\r\n  3.000002 ,\t0.00002\r\n\r\n",
		"\n 0.0  10.  \n\n0003.0000029999 0.000020\n\n",
	} {
		for _, r := range []io.Reader{strings.NewReader(text),
			iotest.OneByteReader(strings.NewReader(text))} {
			m, err := LoadMatrix(r, "rtt.txt")
			require.NoError(t, err, "%q", text)
			require.Equal(t, 2, m.Rows())
			require.Equal(t, want, m.half)
			require.Equal(t, sha256.Sum256([]byte(text)), m.Digest())
		}
	}
}

func TestLoadMatrixRefuses(t *testing.T) {
	const form = "is not a plain decimal number: write 0.001, not 1e-3 or 1/1000"
	const missing = "fill in a time, or leave out the host's row and column"
	for text, want := range map[string]string{
		"":            "f:1:1: file is empty: write one row a line, in ms",
		"\n \n":       "f:3:1: file is empty: write one row a line, in ms",
		"1 2\n3":      "f:2:2: row 2 has 1 numbers, the first has 2: make them equal",
		"1 2\n3\n":    "f:2:2: row 2 has 1 numbers, the first has 2: make them equal",
		"1 2\n3 4 55": "f:2:5: row 2 has more numbers than the first, 2: make them equal",
		"1 2\n":       "f:2:1: file ends after row 1, but rows have 2 numbers: give as many rows",
		"1 2\n3 4\n5 6\n": "f:3:4: row 3 is one too many, rows have 2 numbers: " +
			"give as many rows",
		"1 -2":    `f:1:3: "-2" is negative: ` + missing,
		"1 NaN":   `f:1:3: "NaN" is no delay: ` + missing,
		"+Inf 1":  `f:1:1: "+Inf" is no delay: ` + missing,
		"-inf":    `f:1:1: "-inf" is no delay: ` + missing,
		"1\tnull": `f:1:3: "null" is no delay: ` + missing,
		"1 1e3":   `f:1:3: "1e3" ` + form,
		"1 1.2.3": `f:1:3: "1.2.3" ` + form,
		"1;2":     `f:1:1: "1;2" ` + form,
		"1 ms":    `f:1:3: "ms" ` + form,
		"\ufeff1": `f:1:1: "\ufeff1" ` + form,
		"1\x00":   `f:1:1: "1\x00" ` + form,
		".":       `f:1:1: "." is not a number: write digits, such as 12 or 0.5`,
		"1,,2":    "f:1:3: a number is missing before this comma: fill it in",
		",1":      "f:1:1: a number is missing before this comma: fill it in",
		"1 2\n, ": "f:2:1: a number is missing before this comma: fill it in",
		"1,\n":    "f:1:3: the row ends with a comma: remove it, or fill in the number",
		"8589.9346": `f:1:1: "8589.9346" is above 8589.934591 ms: ` +
			"leave out hosts that do not answer in time",
		"99999999999999999":     `f:1:1: "99999999999999999" is too large a number`,
		strings.Repeat("1", 33): "f:1:1: number is longer than 32 characters: round it",
		strings.Repeat("1 ", matrixRowsMax) + "7": "f:1:8193: row 1 has more than 4096 numbers: " +
			"use fewer hosts",
	} {
		m, err := LoadMatrix(strings.NewReader(text), "f")
		require.EqualError(t, err, want, "%.40q", text)
		require.Nil(t, m)
	}
}

func TestLoadMatrixPassesReadErrors(t *testing.T) {
	bad := errors.New("disk on fire")
	_, err := LoadMatrix(io.MultiReader(strings.NewReader("1 2\n"), iotest.ErrReader(bad)), "f")
	require.ErrorIs(t, err, bad)
	require.EqualError(t, err, "f: reading failed: disk on fire")
}

// blanks is an endless file that is never wrong.
type blanks struct{ read int }

func (b *blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	b.read += len(p)
	return len(p), nil
}

func TestLoadMatrixStopsAtItsLimit(t *testing.T) {
	b := new(blanks)
	_, err := loadMatrix(b, "f", 2<<20)
	require.EqualError(t, err, "f: file is larger than 2 MiB: use fewer decimals or fewer rows")
	require.LessOrEqual(t, b.read, 2<<20+1<<16)
}

func TestMeasuredPlacesNodesEvenly(t *testing.T) {
	const rows, nodes = 40, 100_000
	n := mustNew(t, Config{Seed: 17, Nodes: nodes, Latency: Measured{Matrix: ringMatrix(rows)}})
	m := n.model.(*measured)
	var count [rows]int
	for node := range uint32(nodes) {
		count[m.row(node)]++
	}
	p := 1.0 / rows
	for _, got := range count {
		require.InDelta(t, nodes*p, got, 4.5*math.Sqrt(nodes*p*(1-p)))
	}
	for i := range uint32(2000) {
		a, b := i, i*31%nodes
		d, _ := n.Path(a, b, i, 100)
		want := time.Duration(m.half[m.row(a)*rows+m.row(b)])
		require.Equal(t, max(want, Floor), d)
	}
}

func TestAsymmetricMatrix(t *testing.T) {
	matrix, err := LoadMatrix(strings.NewReader("0 10\n30 0\n"), "f")
	require.NoError(t, err)
	n := mustNew(t, Config{Seed: 18, Latency: Measured{Matrix: matrix}})
	m := n.model.(*measured)
	seen := map[string]bool{}
	for i := range uint32(200) {
		d, _ := n.Path(i, i+1, 0, 0)
		seen[fmt.Sprint(m.row(i), m.row(i+1), " ", d)] = true
	}
	require.Equal(t, map[string]bool{"0 0 100µs": true, "0 1 5ms": true, "1 0 15ms": true,
		"1 1 100µs": true}, seen)
}

func TestPlanetLabMatrix(t *testing.T) {
	const path = "../../shared/data/planetlab-rtt-490.txt"
	file, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("%s is absent: the measured matrix stays untested", path)
	}
	require.NoError(t, err)
	defer file.Close()
	matrix, err := LoadMatrix(file, "planetlab-rtt-490.txt")
	require.NoError(t, err)
	require.Equal(t, 490, matrix.Rows())

	n := mustNew(t, Config{Seed: 19, Nodes: 20_000, Latency: Measured{Matrix: matrix}})
	m := n.model.(*measured)
	var rtts []float64
	for i := range uint32(400_000) {
		a, b := i%20_000, (i*7919+i/20_000)%20_000
		if m.row(a) == m.row(b) {
			continue
		}
		there, _ := n.Path(a, b, i, 100)
		back, _ := n.Path(b, a, i, 100)
		rtts = append(rtts, float64(there+back)/float64(ms))
	}
	slices.Sort(rtts)
	require.Greater(t, len(rtts), 390_000)
	require.InDelta(t, 135.0, stat.Quantile(0.5, stat.Empirical, rtts, nil), 1.5)
	require.InDelta(t, 146.8, stat.Mean(rtts, nil), 1.5)
	require.InDelta(t, 324.9, stat.Quantile(0.95, stat.Empirical, rtts, nil), 6)
	require.LessOrEqual(t, rtts[len(rtts)-1], 2984.1)
}

func FuzzLoadMatrix(f *testing.F) {
	for _, text := range []string{"", "0 1\n1 0\n", "0,1\r\n1,0", "1 NaN", "1 2\n3", "-1", "1,,2",
		"1e9", "0.0000000001 9999\n8589.9345 .5", "1 2\n3 4\n5 6", "\n\n7\n\n"} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := LoadMatrix(strings.NewReader(string(text)), "name")
		if err != nil {
			require.Regexp(t, `^name:\d+:\d+: .`, err.Error())
			return
		}
		require.Len(t, m.half, m.Rows()*m.Rows())
		require.LessOrEqual(t, len(m.half), len(text), "every number takes a byte")
		n, err := New(Config{Nodes: 9, Latency: Measured{Matrix: m}})
		require.NoError(t, err)
		d, _ := n.Path(1, 2, 3, 4)
		require.GreaterOrEqual(t, d, n.MinDelay())
	})
}

func BenchmarkLoadMatrix(b *testing.B) {
	text := strings.Repeat(strings.Repeat("121.42\t", 490)+"\n", 490)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		_, err := LoadMatrix(strings.NewReader(text), "f")
		require.NoError(b, err)
	}
}
