package dht

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

var rewrite = flag.Bool("rewrite", false, "write the traces that the scripts give now")

// TestScripts runs testdata/*.txt. A script is a sequence of scenes: commands, a line of four
// dashes, the whole trace that they give, an empty line. Lines that start with # are comments.
//
//	node A id=00 k=2 seeds=B,C   a node that is not running yet; more settings in nodeConfig
//	node A id=00 dual            a node in both networks: A and A6, which has a table of its own
//	peer X id=90                 a host that says only what the script makes it say
//	start A
//	fill A 80@B c0@C             contacts that A has known from now on
//	deliver [N]                  what is on its way now, or its first N letters
//	run                          deliver until nothing is on its way
//	clock 2s                     time passes
//	drop A>B, hold A>B, release  what is on its way from A to B is lost, or late; * is anybody
//	deaf B, hears B              from now on
//	send X>A ping id=90 t=zz     a packet by its fields; t=a1 and token=tb1 are those of the trace
//	send X>A put token=ta1 v=1:a key=1 salt=s seq=2 cas=1    signed by a key of that number; and
//	                             get, sample_infohashes, and flags scrape, noseed and seed
//	lookup A get_peers target=c0 also find_node, and the others with the words of requestOf
//	table A, counters A          what A believes
//
// A letter in the trace is FROM>TO, what it is, t (numbered by asker), and its fields. Contacts are
// ID@HOST; a table marks questionable ones with ? and bad ones with !, and with * those that never
// answered. Hops of a lookup are
// contact/first value/all k/total.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(files), 15)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			b, err := os.ReadFile(file)
			require.NoError(t, err)
			got, scenes := perform(string(b))
			require.Positive(t, scenes)
			if *rewrite {
				require.NoError(t, os.WriteFile(file, []byte(got), 0o644))
				return
			}
			require.Equal(t, string(b), got)
		})
	}
}

// perform returns a script with the traces that it gives, and the number of its scenes.
func perform(script string) (string, int) {
	var out strings.Builder
	s, scenes, skipping := &stage{}, 0, false
	for line := range strings.Lines(script) {
		text := strings.TrimSpace(line)
		switch {
		case skipping:
			skipping = text != ""
			if !skipping {
				out.WriteString("\n")
			}
		case text == "----":
			out.WriteString(text + "\n" + s.trace.String())
			s.trace.Reset()
			skipping = true
			scenes++
		default:
			out.WriteString(line)
			if text != "" && text[0] != '#' {
				s.command(strings.Fields(text))
			}
		}
	}
	if s.trace.Len() > 0 {
		panic("a script ends without its last trace: put a line of four dashes there")
	}
	return out.String(), scenes
}

// words are the arguments of a command: KEY=VALUE, or KEY alone.
type words []string

func (w words) has(key string) bool { return slices.Contains(w, key) }

func (w words) get(key, fallback string) string {
	for _, word := range w {
		if k, v, ok := strings.Cut(word, "="); ok && k == key {
			return v
		}
	}
	return fallback
}

func (w words) list(key string) []string {
	return strings.FieldsFunc(w.get(key, ""), func(r rune) bool { return r == ',' })
}

func (w words) number(key string, n *int) {
	if v := w.get(key, ""); v != "" {
		var err error
		*n, err = strconv.Atoi(v)
		must(err)
	}
}

func (w words) duration(key string, d *time.Duration) {
	if v := w.get(key, ""); v != "" {
		var err error
		*d, err = time.ParseDuration(v)
		must(err)
	}
}

// nodeConfig starts from small numbers, without maintenance: what a script is about, it says.
func nodeConfig(w words) *Config {
	c := Default()
	c.K, c.Alpha, c.Refresh, c.Depth = 2, 1, 0, 8
	w.number("k", &c.K)
	c.Buckets, c.ReplyContacts = []int{c.K}, c.K
	w.number("bucket", &c.Buckets[0])
	w.number("alpha", &c.Alpha)
	w.number("depth", &c.Depth)
	w.number("reply", &c.ReplyContacts)
	w.number("stale", &c.StalenessLimit)
	w.duration("refresh", &c.Refresh)
	w.duration("good", &c.GoodFor)
	w.duration("timeout", &c.QueryTimeout)
	c.Rounds, c.VerifySenders = w.has("rounds"), !w.has("trusting")
	c.ReadOnly = w.has("readonly")
	patienceOf(&c, w)
	tableRules(&c, w)
	return &c
}

func (s *stage) command(f []string) {
	name, w := f[0], words(f[1:])
	switch name {
	case "node":
		var seeds, seeds6 []protocol.Addr
		for _, host := range w.list("seeds") {
			if a := hostOf(host); a.Is4() || !w.has("dual") {
				seeds = append(seeds, a)
			} else {
				seeds6 = append(seeds6, a)
			}
		}
		s.add(f[1], idOf(w.get("id", "")), nodeConfig(w), seeds)
		if w.has("dual") {
			s.add(f[1]+"6", idOf(w.get("id", "")), nodeConfig(w), seeds6)
			s.marry(s.player(f[1]), s.player(f[1]+"6"))
		}
	case "peer":
		s.add(f[1], idOf(w.get("id", "")), nil, nil)
	case "deliver", "run":
		s.mailman(name, w)
	case "clock":
		d, err := time.ParseDuration(f[1])
		must(err)
		s.advance(d)
	case "drop", "hold", "release":
		s.divert(name, w)
	case "send":
		from, to, _ := strings.Cut(f[1], ">")
		s.post(letter{hostOf(from), hostOf(to), s.write(f[2], w)})
	default:
		s.tell(s.player(f[1]), name, w)
	}
}

func (s *stage) mailman(name string, w words) {
	n := len(s.mail)
	if name == "run" {
		n = 1000
	} else if len(w) > 0 {
		_, err := fmt.Sscan(w[0], &n)
		must(err)
	}
	for ; n > 0 && len(s.mail) > 0; n-- {
		s.deliver()
	}
}

// divert takes letters out of the mail.
func (s *stage) divert(name string, w words) {
	if name == "release" {
		s.mail, s.held = append(s.mail, s.held...), nil
		return
	}
	from, to, _ := strings.Cut(w[0], ">")
	before := len(s.mail)
	s.mail = slices.DeleteFunc(s.mail, func(l letter) bool {
		match := (from == "*" || from == nameOf(l.from)) && (to == "*" || to == nameOf(l.to))
		if match && name == "hold" {
			s.held = append(s.held, l)
		}
		return match
	})
	if len(s.mail) == before {
		panic("no letter to " + name + ": " + w[0])
	}
}

// tell makes one node do something.
func (s *stage) tell(p *player, command string, w words) {
	switch command {
	case "start":
		s.turn(p, func(t *protocol.Turn) { p.core.Start(0, t) })
	case "fill":
		for _, name := range w[1:] {
			id, a := contactOf(name)
			if !p.group.Fill(0, Contact{id, a}, s.now) {
				s.say("no room for %s", name)
			}
		}
	case "lookup":
		r := requestOf(w[1], w)
		s.turn(p, func(t *protocol.Turn) { p.group.Lookup(0, t, r) })
	case "table":
		s.showTable(p)
	case "counters":
		counters := p.group.Counters()
		s.trace.WriteString(p.name)
		counters.Each(func(r Reason, n uint64) {
			if n > 0 {
				fmt.Fprintf(&s.trace, " %v=%d", r, n)
			}
		})
		s.trace.WriteString("\n")
	case "deaf", "hears":
		p.deaf = command == "deaf"
	default:
		panic(fmt.Sprintf("there is no command %q", command))
	}
}

func (s *stage) showTable(p *player) {
	for b := range p.group.Depth(0) {
		s.say("%s bucket %d: %s", p.name, b, list(s.slotNames(p.group, p.group.bucket(0, b))))
		if p.group.cfg.Replacements > 0 {
			s.say("%s reserve %d: %s", p.name, b, list(s.slotNames(p.group, p.group.reserve(0, b))))
		}
	}
}
