package swarm

import (
	"cmp"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

var rewritePicker = flag.Bool("rewrite-picker", false, "write the picker's traces anew")

// TestPickerTraces plays the scripts of testdata/picker: what is indented is the picker's answer.
//
//	torrent PIECES of BLOCKS [first=N] [rarest|random|sequential]
//	peer SLOT HAS            HAS is a letter a piece, x or a point; or all
//	have SLOT PIECE, dont SLOT PIECE, leave SLOT, choke SLOT
//	pick SLOT N [snubbed] [whole] [fast=P,P] [suggested=P,P]
//	got SLOT PIECE.BLOCK, reject SLOT PIECE.BLOCK, cancel SLOT PIECE.BLOCK
//	good PIECE, bad PIECE
//	show                     the pieces (# verified, a digit: copies of an idle one), and the open
func TestPickerTraces(t *testing.T) {
	files, err := filepath.Glob("testdata/picker/*.txt")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 5)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			script, err := os.ReadFile(file)
			require.NoError(t, err)
			var out strings.Builder
			var s scripted
			for line := range strings.Lines(string(script)) {
				if strings.HasPrefix(line, "  ") {
					continue
				}
				out.WriteString(line)
				if words := strings.Fields(line); len(words) > 0 && words[0] != "#" {
					s.do(t, words, &out)
				}
			}
			if *rewritePicker {
				require.NoError(t, os.WriteFile(file, []byte(out.String()), 0o644))
			}
			require.Equal(t, string(script), out.String())
		})
	}
}

type scripted struct{ p picker }

func (c *scripted) do(t *testing.T, w []string, out *strings.Builder) {
	number := func(i int) uint32 {
		n, err := strconv.ParseUint(w[i], 10, 16)
		require.NoError(t, err, w)
		return uint32(n)
	}
	p := &c.p
	switch w[0] {
	case "torrent":
		c.torrent(t, w)
	case "peer":
		c.peer(slot(number(1)), w[2])
	case "have":
		fmt.Fprintf(out, "  new %v\n", p.gain(slot(number(1)), number(2)))
	case "dont":
		p.lose(slot(number(1)), number(2))
	case "leave":
		p.leave(slot(number(1)))
	case "choke":
		p.drop(slot(number(1)))
	case "pick":
		c.pick(t, slot(number(1)), w[2:], out)
	case "got", "reject", "cancel":
		c.answer(t, w, slot(number(1)), out)
	case "good":
		fmt.Fprintf(out, "  of no interest any more: %v\n", p.passed(number(1), nil))
	case "bad":
		for _, b := range p.failed(number(1), nil) {
			word := [...]string{"suspect", "banned", "gone"}[b.sentence]
			fmt.Fprintf(out, "  %d sent %d KiB: %s\n", int16(b.slot), b.bytes>>10, word)
		}
	case "show":
		c.show(out)
	default:
		require.Fail(t, "a command", "%v", w)
	}
}

func (c *scripted) torrent(t *testing.T, w []string) {
	pieces, err := strconv.Atoi(w[1])
	require.NoError(t, err)
	blocks, err := strconv.Atoi(w[3])
	require.NoError(t, err)
	var cfg PickerConfig
	for _, word := range w[4:] {
		if n, ok := strings.CutPrefix(word, "first="); ok {
			first, err := strconv.Atoi(n)
			require.NoError(t, err)
			cfg.FirstRandom = uint32(first)
		}
		for _, m := range []Picking{Rarest, Random, Sequential} {
			if m.String() == word {
				cfg.Picking = m
			}
		}
	}
	r := protocol.NewRand(1, 2, 3)
	length := uint32(blocks) * BlockSize
	c.p.reset(cfg, Geometry{Total: uint64(pieces) * uint64(length), PieceLength: length}, nil, &r)
}

func (c *scripted) peer(s slot, has string) {
	c.p.join(s)
	if has == "all" {
		c.p.gainAll(s)
		return
	}
	for i, letter := range has {
		if letter == 'x' {
			c.p.gain(s, uint32(i))
		}
	}
}

func (c *scripted) pick(t *testing.T, s slot, w []string, out *strings.Builder) {
	n, err := strconv.Atoi(w[0])
	require.NoError(t, err)
	list := func(text string) (pieces []uint32) {
		for word := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(word)
			require.NoError(t, err)
			pieces = append(pieces, uint32(n))
		}
		return pieces
	}
	ask := wish{n: n, snubbed: slices.Contains(w, "snubbed"), whole: slices.Contains(w, "whole")}
	for _, word := range w[1:] {
		if text, ok := strings.CutPrefix(word, "fast="); ok {
			ask.choked, ask.fast = true, list(text)
		}
		if text, ok := strings.CutPrefix(word, "suggested="); ok {
			ask.suggested = list(text)
		}
	}
	var blocks []string
	for _, b := range c.p.pick(s, ask, nil) {
		blocks = append(blocks, fmt.Sprintf("%d.%d", b.piece, b.index))
	}
	fmt.Fprintf(out, "  %s\n", cmp.Or(strings.Join(blocks, " "), "nothing"))
}

func (c *scripted) answer(t *testing.T, w []string, s slot, out *strings.Builder) {
	var b block
	_, err := fmt.Sscanf(w[2], "%d.%d", &b.piece, &b.index)
	require.NoError(t, err)
	switch w[0] {
	case "reject":
		fmt.Fprintf(out, "  asked %v\n", c.p.lost(s, b))
	case "cancel":
		fmt.Fprintf(out, "  asked %v\n", c.p.cancel(s, b))
	default:
		a, others := c.p.got(s, b, nil)
		word := [...]string{"fresh", "redundant", "stray"}[a.fate]
		if !a.asked {
			word += ", not asked for"
		}
		if a.full {
			word += ", full"
		}
		for _, o := range others {
			word += fmt.Sprintf(", cancel at %d", o)
		}
		fmt.Fprintf(out, "  %s\n", word)
	}
}

func (c *scripted) show(out *strings.Builder) {
	p := &c.p
	out.WriteString("  ")
	for i := range p.geo.Pieces() {
		switch {
		case p.have.has(i):
			out.WriteString("#")
		case p.idle.has(i):
			fmt.Fprint(out, p.copies(i))
		default:
			out.WriteString("-")
		}
	}
	out.WriteString("\n")
	for i := range p.geo.Pieces() {
		if !p.isOpen(i) {
			continue
		}
		o := &p.open.list[p.avail.where[i]]
		fmt.Fprintf(out, "  piece %d:", i)
		for _, cell := range p.open.row(o) {
			word := [...]string{" free", " asked of %d", " from %d"}[cell.state]
			if cell.state != blockFree {
				word = fmt.Sprintf(word, int16(cell.by))
			}
			out.WriteString(word + strings.Repeat(" and another", int(cell.twins)))
		}
		fmt.Fprintf(out, "%s\n", map[bool]string{true: ", alone"}[o.alone])
	}
}
