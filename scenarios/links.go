package scenarios

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"swarmlab/netmodel"
)

// Links is how wide the nodes' access lines are; the zero value has no limits.
type Links struct {
	Preset string   `yaml:"preset"` // custom, or the name of a netmodel.LinksPreset
	Lines  []Line   `yaml:"lines"`  // of custom
	Queue  Duration `yaml:"queue"`  // a datagram waits so long for the line at most
}

// Line is one kind of access line.
type Line struct {
	Share netmodel.Probability `yaml:"share"` // of the nodes
	Down  Width                `yaml:"down"`
	Up    Width                `yaml:"up"`
}

// None reports whether lines have no limits.
func (l *Links) None() bool { return l.Preset == "" }

// links translates the lines.
func (l *Links) links() netmodel.Links {
	if l.None() {
		return netmodel.Links{}
	}
	links, known := netmodel.LinksPreset(l.Preset)
	if !known {
		for _, line := range l.Lines {
			links.Lines = append(links.Lines,
				netmodel.Line{Share: line.Share, Down: uint64(line.Down), Up: uint64(line.Up)})
		}
	}
	links.Queue = time.Duration(l.Queue)
	return links
}

// links are the lines of all nodes: those that the network draws, and those that groups have.
func (s *Scenario) links() netmodel.Links {
	links := s.Network.Links.links()
	if links.Own = s.ownLines(); len(links.Own) > 0 && links.Queue == 0 {
		links.Queue = time.Duration(ownQueue)
	}
	return links
}

// ownQueue is how long datagrams may wait where only groups have lines.
const ownQueue = 500 * Duration(time.Millisecond)

// checkLinks demands that each node has a line.
func (s *Scenario) checkLinks(c *complaints) {
	l := &s.Network.Links
	if l.Preset != customWord {
		return
	}
	sum := netmodel.Probability(0)
	for _, line := range l.Lines {
		sum += line.Share
	}
	if sum != netmodel.Certain {
		c.addAt("network.links.lines", "the shares add up to %v; they must make 100%%", sum)
	}
}

// Width is a line's in bit/s, written 784kbit/s or 1.5Mbit/s; 0 is without a limit.
type Width uint64

const widthHelp = "write bits per second, as in 128kbit/s, 1.5Mbit/s or 1Gbit/s"

// widthUnits are the units of a width, the largest first.
func widthUnits() []widthUnit {
	return []widthUnit{{"Gbit/s", 1_000_000_000}, {"Mbit/s", 1_000_000}, {"kbit/s", 1000},
		{"bit/s", 1}}
}

type widthUnit struct {
	name string
	bits uint64
}

// String is the text that gives the width, in the largest unit that makes it a whole number.
func (w Width) String() string {
	for _, unit := range widthUnits() {
		if uint64(w)%unit.bits == 0 && uint64(w) >= unit.bits {
			return strconv.FormatUint(uint64(w)/unit.bits, 10) + unit.name
		}
	}
	return "0bit/s"
}

func parseWidth(text string) (Width, error) {
	for _, unit := range widthUnits() {
		number, found := strings.CutSuffix(text, unit.name)
		if !found {
			continue
		}
		bits, err := parseDecimal(strings.TrimSpace(number), int64(unit.bits))
		if err != nil {
			return 0, fmt.Errorf("%s is not a width: %w; %s", show(text), err, widthHelp)
		}
		return Width(bits), nil
	}
	return 0, fmt.Errorf("%s is not a width; %s", show(text), widthHelp)
}

// itemPattern is what stands for an item of a list of mappings in the paths of rules, or empty for
// what is no such list.
func itemPattern(t reflect.Type) string {
	switch t {
	case reflect.TypeFor[[]Group](), reflect.TypeFor[[]Torrent]():
		return "NAME"
	case reflect.TypeFor[[]Work](), reflect.TypeFor[[]Fault]():
		return "KIND"
	case reflect.TypeFor[[]Line](), reflect.TypeFor[[]Target]():
		return "NUMBER"
	}
	return ""
}
