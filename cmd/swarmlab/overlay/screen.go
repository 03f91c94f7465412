package overlay

import (
	"fmt"
	"strings"
	"time"

	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

// view is what the monitor shows: the node's state, and its traffic now and one look earlier.
type view struct {
	ServeReport
	in, out         flow
	inThen, outThen flow
	over            time.Duration // between the two looks
	now             protocol.Time
	lately          []passage
}

// barWidth is the room for the bar of a bucket.
const barWidth = 32

// frame lays a view out on a screen. What does not fit is left out: of the buckets the middle, of
// the messages the oldest.
func (v *view) frame(width, height int) []string {
	head := v.head()
	foot := v.messages()
	lines := append(head, v.buckets(max(height-len(head)-len(foot)-latelyLeast-2, 3))...)
	lines = append(lines, "")
	lines = append(lines, foot...)
	if room := height - len(lines) - 2; room > 0 {
		lines = append(lines, "", "lately")
		lines = append(lines, v.passages(room)...)
	}
	lines = lines[:min(len(lines), max(height, 0))]
	for n, line := range lines {
		lines[n] = display.Cut(line, width)
	}
	return lines
}

// latelyLeast messages are shown even if that costs buckets.
const latelyLeast = 6

func (v *view) head() []string {
	return []string{
		"node " + v.ID,
		fmt.Sprintf("at %s, up %s", strings.Join(v.Addresses, " and "),
			display.Clock(time.Duration(v.Uptime*float64(time.Second)))),
		"",
		fmt.Sprintf("table: %s, %d of them good", countOf(v.Contacts, "contact"), v.Good),
	}
}

// buckets draws a bar for each bucket, the good contacts of it filled.
func (v *view) buckets(most int) []string {
	var lines []string
	for _, b := range v.Table {
		scale := func(n int) int { return (n*barWidth + b.Size - 1) / max(b.Size, barWidth) }
		good, other := scale(b.Good), scale(b.Contacts)
		bar := strings.Repeat("█", good) + strings.Repeat("▒", max(other-good, 0)) +
			strings.Repeat("·", max(scale(b.Size)-other, 0))
		lines = append(lines, fmt.Sprintf("  %s %3d  %s %d of %d", b.Family, b.Depth, bar,
			b.Contacts, b.Size))
	}
	if len(lines) > most {
		keep := most / 2
		rest := fmt.Sprintf("  ... %s ...", countOf(len(lines)-2*keep, "bucket"))
		lines = append(append(lines[:keep:keep], rest), lines[len(lines)-keep:]...)
	}
	return lines
}

// messages is the table of the traffic.
func (v *view) messages() []string {
	t := display.Table{Left: 1}
	t.Add("", "in", "out")
	inRate, inBytes := v.in.since(&v.inThen, v.over)
	outRate, outBytes := v.out.since(&v.outThen, v.over)
	t.Add("now", perSecond(inRate, inBytes), perSecond(outRate, outBytes))
	t.Add("so far", soFar(&v.in), soFar(&v.out))
	for m := krpc.Ping; m <= krpc.SampleInfohashes+1; m++ {
		name := m.String()
		if m > krpc.SampleInfohashes {
			name = "other queries"
		}
		if v.in.queries[m]+v.out.queries[m] > 0 {
			t.Add(name, display.Count(v.in.queries[m]), display.Count(v.out.queries[m]))
		}
	}
	t.Add("responses", display.Count(v.in.responses), display.Count(v.out.responses))
	t.Add("errors", display.Count(v.in.errors), display.Count(v.out.errors))
	if v.in.junk > 0 {
		t.Add("junk", display.Count(v.in.junk), "")
	}
	return strings.Split(strings.TrimRight(t.String(), "\n"), "\n")
}

func perSecond(datagrams, bytes float64) string {
	return fmt.Sprintf("%.1f/s %.1f kB/s", datagrams, bytes/1000)
}

func soFar(f *flow) string {
	return fmt.Sprintf("%s, %s", display.Count(f.datagrams), display.Bytes(f.bytes))
}

// passages are the newest messages, the newest last.
func (v *view) passages(most int) []string {
	var lines []string
	for _, p := range v.lately[max(len(v.lately)-most, 0):] {
		way := "to  "
		if p.inward {
			way = "from"
		}
		line := fmt.Sprintf("  %6.1f s ago  %s %-21s %5d B  %s", v.now.Sub(p.at).Seconds(), way,
			p.other, p.size, p.what)
		if p.program != "" {
			line += "  [" + p.program + "]"
		}
		lines = append(lines, line)
	}
	return lines
}
