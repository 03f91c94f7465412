package main

import (
	"fmt"
	"strings"
	"testing"
	"text/tabwriter"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/krpc"
)

// knowledge is who has to exchange a message with us: they ask, we answer, or the other way.
type knowledge string

const (
	both       knowledge = "both"
	onlyAsk    knowledge = "asks"
	onlyAnswer knowledge = "answers"
	neither    knowledge = ""
)

func (k knowledge) asked() bool  { return k == both || k == onlyAsk }
func (k knowledge) theirs() bool { return k == both || k == onlyAnswer }

// row is what each kind knows of a message.
type row struct {
	message string
	of      map[string]knowledge
	why     string // not everybody does
}

// messageTable is the whole of what is exchanged. A cell that is not here never is: the program has
// no such message, or does not use it.
func messageTable() []row {
	all := func(k knowledge) map[string]knowledge {
		return map[string]knowledge{libtorrent: k, bittorrentDHT: k, anacrolix: k, aria2: k,
			transmission: k}
	}
	but := func(of map[string]knowledge, kind string, k knowledge) map[string]knowledge {
		of[kind] = k
		return of
	}
	three := func(k knowledge) map[string]knowledge {
		return map[string]knowledge{libtorrent: k, bittorrentDHT: k, anacrolix: k}
	}
	items := "torrent clients have no items"
	return []row{
		{krpc.Ping.String(), but(all(both), libtorrent, onlyAnswer),
			"libtorrent asks with get_peers instead"},
		{krpc.FindNode.String(), but(all(both), libtorrent, onlyAnswer),
			"libtorrent asks with get_peers instead"},
		{krpc.GetPeers.String(), all(both), ""},
		{krpc.AnnouncePeer.String(), all(both), ""},
		{getImmutable, three(both), items},
		{getMutable, three(both), items},
		{putImmutable, three(both), items},
		{putMutable, three(both), items},
		{putSalted, three(both), items},
		{samples, map[string]knowledge{libtorrent: both}, "only libtorrent has BEP 51"},
		{scrapes, map[string]knowledge{libtorrent: onlyAnswer, anacrolix: onlyAsk},
			"libtorrent never asks, anacrolix leaves it out of its answers, others lack BEP 33"},
		{readOnly, but(but(all(onlyAnswer), libtorrent, both), anacrolix, both),
			"only libtorrent and anacrolix can be read-only"},
		{wants, but(all(onlyAnswer), anacrolix, both), "others want nothing over one family"},
	}
}

// knows returns what the bench's kind knows of a message.
func (b *bench) knows(message string) knowledge {
	for _, r := range messageTable() {
		if r.message == message {
			return r.of[b.kind]
		}
	}
	panic("no such message: " + message)
}

// checkMessages prints what was exchanged, and demands that all was that has to be.
func checkMessages(t *testing.T, w *wire) {
	t.Helper()
	var text strings.Builder
	p := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	fmt.Fprintf(p, "answered: asked by them/by us\t%s\n", strings.Join(kinds[2:], "\t"))
	var lost []string
	for _, r := range messageTable() {
		fmt.Fprint(p, r.message)
		for _, kind := range kinds[2:] {
			asked := w.count(exchange{kind, ours, r.message})
			told := w.count(exchange{ours, kind, r.message})
			k := r.of[kind]
			fmt.Fprintf(p, "\t%s/%s", cell(asked, k.asked()), cell(told, k.theirs()))
			if k.asked() && asked == 0 {
				lost = append(lost, kind+" asks us: "+r.message)
			}
			if k.theirs() && told == 0 {
				lost = append(lost, kind+" answers us: "+r.message)
			}
		}
		fmt.Fprintln(p)
	}
	p.Flush()
	for _, r := range messageTable() {
		if r.why != "" {
			fmt.Fprintf(&text, "%s: %s\n", r.message, r.why)
		}
	}
	t.Logf("\n%s", text.String())
	w.mu.Lock()
	defer w.mu.Unlock()
	t.Log("refused:", w.refused)
	t.Log("undecodable:", w.junk, w.strange)
	require.Empty(t, lost)
}

// cell is a count, marked if it need not be there.
func cell(count int, required bool) string {
	switch {
	case required:
		return fmt.Sprint(count)
	case count > 0:
		return fmt.Sprintf("(%d)", count)
	}
	return "-"
}
