package netmodel

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
)

// neighbours is a trace of three nodes: b is up when the observation ends, c is so for all of it.
const neighbours = `# measured in a corridor
node,up_ms,down_ms
a,1000,2000

b,0,500
a,2500,2750.000001
c,0,9000
b,1500,9000
`

func traceOf(t testing.TB, text, name string) *Trace {
	t.Helper()
	trace, err := LoadTrace(strings.NewReader(text), name)
	require.NoError(t, err)
	return trace
}

// told are the events of a node of a trace, found by its number of events.
func told(t *testing.T, r Replay) map[string]bool {
	c := Churn{Trace: r, Graceful: Certain}
	require.NoError(t, c.Check())
	lives, stories := NewLives(c), map[string]bool{}
	for i := range uint64(r.Of.Nodes()) {
		l, story := lives.Of(1, i), ""
		for at, e := l.Next(); at != protocol.Never; at, e = l.Next() {
			story += fmt.Sprintf("%v at %v ", e, time.Duration(at))
		}
		stories[story] = true
	}
	return stories
}

func TestTraceIsReplayed(t *testing.T) {
	trace := traceOf(t, neighbours, "x.csv")
	require.Equal(t, 3, trace.Nodes())
	require.Equal(t, 5, trace.Sessions())
	require.Equal(t, 9*time.Second, trace.End())
	require.Equal(t, map[string]bool{
		"starts at 1s stops at 2s starts at 2.5s stops at 2.750000001s ": true,
		"starts at 0s stops at 500ms starts at 1.5s ":                    true,
		"starts at 0s ": true,
	}, told(t, Replay{Of: trace}))
	require.Equal(t, map[string]bool{
		"starts at 0s stops at 250ms starts at 750ms stops at 1.000000001s ": true,
		"starts at 0s ": true, // b and c
	}, told(t, Replay{trace, 1750 * time.Millisecond}))
	require.Equal(t, map[string]bool{ // just as a comes, and just after b went
		"starts at 0s stops at 1s starts at 1.5s stops at 1.750000001s ": true,
		"starts at 500ms ": true, "starts at 0s ": true,
	}, told(t, Replay{trace, time.Second}))
	c := Churn{Trace: Replay{Of: trace}}
	up := 1.000000000 + 0.250000001 + 0.5 + 7.5 + 9
	require.InEpsilon(t, up/27, float64(c.Online())/float64(Certain), 1e-12)
	at, ok := trace.Earliest(0)
	require.True(t, ok)
	require.Zero(t, at)
	late := traceOf(t, "node,up_ms,down_ms\na,500,600\nb,700,701\n", "x")
	for from, want := range map[time.Duration]time.Duration{0: 500, 550: 550, 600: 700, 650: 700} {
		at, ok = late.Earliest(from * time.Millisecond)
		require.True(t, ok)
		require.Equal(t, want*time.Millisecond, at)
	}
}

// The three forms of one trace are one trace.
func TestTraceForms(t *testing.T) {
	want := traceOf(t, "node,up_ms,down_ms\na,0,60000\nb,5000,7000\na,90000,100000\n", "x")
	for name, text := range map[string]string{
		"touching.csv": " Node, Up_ms ,DOWN_ms\r\na,0,1000\nb,5000,7000\na,1000,60000\n" +
			"a,90000,100000\n",
		"x.avt":    "a 2 0 60 90 100\nb 2 5 7 8 8\n",
		"x.avt.gz": "# what was unpacked\na 2 0 60 90.000 100\nb 1 5 7\n",
		"fta.tab": "#event_id component_id node_id platform_id node_name event_type " +
			"event_start_time event_end_time event_end_reason\n" +
			"0\t0\t10\t3\tn.0\t1\t \t\t2000000000\t2000000060\t0\n" +
			"1\t0\t10\t3\tn.0\t0\t2000000060\t2000000090\t0\n" +
			"0\t0\t11\t3\tn.0\t1\t2000000005\t2000000007\t0\n" +
			"2\t0\t10\t3\tn.0\t1\t2000000090\tNULL\t0\n" +
			"1\t0\t11\t3\tn.0\t0\t2000000007\t2000000100\t0\n",
		"plain.tab": "node_id event_type event_start_time event_stop_time\n" +
			"1 1 0 60\n2 1 5 7\n1 1 70 70\n1 1 90 100\n1 2 90 95",
	} {
		require.Equal(t, want, traceOf(t, text, name), name)
	}
	unix := traceOf(t, "node,up_ms,down_ms\na,1700000000000,1700000001000\n", "x")
	require.Equal(t, time.Second, unix.End())
}

func TestTraceRefuses(t *testing.T) {
	const head = "node,up_ms,down_ms\n"
	const fta = "node_id event_type event_start_time event_stop_time\n"
	for text, want := range map[string]string{
		"":                           "x:1: the trace has no session: nobody would ever be online",
		head:                         "x:1: the trace has no session",
		"a,0,5\n":                    `x:1: "a,0,5" is no heading of a trace: write node`,
		"\x1f\x8b\x08":               "is no heading of a trace",
		head + "a,0\n":               `x:2: "a,0" has 2 columns: write node,up_ms,down_ms`,
		head + "a,0,x\n":             `x:2: the time "x" is not a plain decimal number`,
		head + "a,NaN,5\n":           `x:2: the time "NaN" is not a plain decimal number`,
		head + "a,,5\n":              `x:2: the time "" is not a number`,
		head + "a,-5,5\n":            `x:2: the time "-5" is negative: count from the begin`,
		head + "a,5,5\n":             `x:2: node "a" is up for 0 ms: leave the row out`,
		head + "a,5,4\n":             `x:2: node "a" goes down before it comes up: exchange`,
		head + ",5,6\n":              "x:2: the node has no name: write one",
		head + "a,0,5e15\n":          `x:2: the time "5e15" is not a plain decimal number`,
		head + "a,0,5000000000000\n": `x:2: the time "5000000000000" is beyond 146 years`,
		head + "a,5,9\nb,0,1\na,8,20\n": `x:4: node "a": two sessions overlap, this one and the ` +
			"one above it: join them",
		head + "a,5,9\na,1,3\n": `x:3: node "a": a session that begins before the one above it: ` +
			"sort the rows by time",
		fta + "1 1 0\n":                 "x:2: 3 columns, and the heading has 4: fill in NULL",
		fta + "1 1 x 5\n":               `x:2: the time "x" is not a plain`,
		fta + "1 0 0 5\n":               "x:2: the trace has no session",
		"event_type\n1\n":               "x:1: the heading has no node_id: an event_trace needs it",
		fta[:len(fta)-17]:               "x:1: the heading has no event_stop_time",
		fta + "1 1 5 4\n":               `x:2: node "1" goes down before it comes up`,
		fta + "1 1 9 NULL\n1 1 10 20\n": `x:3: node "1": two sessions overlap`,
	} {
		_, err := LoadTrace(strings.NewReader(text), "x")
		require.ErrorContains(t, err, want, text)
		require.Less(t, len(err.Error()), 400)
	}
	for text, want := range map[string]string{
		"a\n":                       `x.avt:1: "a" is no line of an .avt file`,
		"a 2 1 2 3\n":               `x.avt:1: node "a" has "2" sessions and 3 times: write`,
		"a -1\n":                    `x.avt:1: node "a" has "-1" sessions`,
		"a 1 1 2\na 1 3 4":          `x.avt:2: node "a" has two lines: join them, or rename one`,
		"a 2 1 5 3 6":               `x.avt:1: node "a": two sessions overlap`,
		"a 1 0 9223372036854775807": `x.avt:1: the time "9223372036854775807" is too large`,
	} {
		_, err := LoadTrace(strings.NewReader(text), "x.avt")
		require.ErrorContains(t, err, want, text)
	}
	_, err := LoadTrace(endless{}, "x")
	require.EqualError(t, err, "x:1: line is longer than 16 MiB: is it a text?")
}

// endless is a file of zeros without end.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func TestTraceCheck(t *testing.T) {
	trace := traceOf(t, neighbours, "x")
	for want, c := range map[string]Churn{
		"trace: it replaces session, offline, always_on and arrivals: give the one or the others": {
			Trace: Replay{Of: trace}, Session: parseSpanOf(t, "constant(1h)")},
		"trace_from: 9s is not within the trace, which ends at 9s: write less": {
			Trace: Replay{trace, 9 * time.Second}},
		"graceful: 100.0000000000000001% is above 100%: a probability is 0 to 100%": {
			Trace: Replay{Of: trace}, Graceful: Certain + 1},
	} {
		require.EqualError(t, c.Check(), want)
	}
}

// Each pack that is dealt has every card once, and no two packs are in the same order.
func TestDealt(t *testing.T) {
	for _, count := range []uint64{1, 2, 3, 7, 64, 65, 1000} {
		orders := map[string]bool{}
		for seed := range uint64(3) {
			for pack := range uint64(3) {
				seen, order := map[uint64]bool{}, ""
				for n := range count {
					card := dealt(seed, pack*count+n, count)
					require.Less(t, card, count)
					seen[card] = true
					order += fmt.Sprint(card, " ")
				}
				require.Len(t, seen, int(count))
				orders[order] = true
			}
		}
		if count >= 64 {
			require.Len(t, orders, 9)
		}
	}
	// Every card is as likely to come first.
	var firsts [10]float64
	for seed := range uint64(10_000) {
		firsts[dealt(seed, 0, 10)]++
	}
	for _, n := range firsts {
		require.InDelta(t, 1000, n, 4*math.Sqrt(1000))
	}
}

func TestReplayAllocatesNothing(t *testing.T) {
	lives := NewLives(Churn{Trace: Replay{Of: traceOf(t, neighbours, "x")}})
	node := uint64(0)
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		node++
		l := lives.Of(1, node)
		for range 5 {
			l.Next()
		}
	}))
}

func FuzzLoadTrace(f *testing.F) {
	f.Add(neighbours, "x")
	f.Add("a 2 0 60 90 100\nb 2 5 7 8 8\n", "x.avt")
	f.Add("node_id event_type event_start_time event_stop_time\n1 1 0 60\n1 1 90 NULL\n", "x")
	f.Fuzz(func(t *testing.T, text, name string) {
		trace, err := LoadTrace(strings.NewReader(text), name)
		if err != nil {
			require.True(t, strings.HasPrefix(err.Error(), name+":"))
			return
		}
		require.Positive(t, trace.Nodes())
		require.Positive(t, trace.Sessions())
		for i := range uint64(min(trace.Nodes(), 10)) {
			l := NewLives(Churn{Trace: Replay{Of: trace}}).Of(1, i)
			up, last := false, protocol.Time(-1)
			for at, e := l.Next(); at != protocol.Never; at, e = l.Next() {
				require.Equal(t, up, e != Starts)
				require.Greater(t, at, last)
				up, last = e == Starts, at
			}
		}
	})
}

func BenchmarkReplay(b *testing.B) {
	lives, node := NewLives(Churn{Trace: Replay{Of: traceOf(b, neighbours, "x")}}), uint64(0)
	for b.Loop() {
		node++
		l := lives.Of(1, node)
		for range 5 {
			l.Next()
		}
	}
}

func BenchmarkLoadTrace(b *testing.B) {
	var text strings.Builder
	text.WriteString("node,up_ms,down_ms\n")
	for n := range 100_000 {
		fmt.Fprintf(&text, "n%d,%d,%d\n", n%1000, n*1000, n*1000+500)
	}
	b.SetBytes(int64(text.Len()))
	for b.Loop() {
		traceOf(b, text.String(), "x")
	}
}
