package auditor

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/scenarios/results/observation"
)

var journalTorrent = subject{Infohash: strings.Repeat("0f", 20), Name: "x\ny",
	Size: 19*100 + 7, Pieces: 20, PieceLength: 100, Parallel: 2, Fastest: 1 << 20}

// drawGlimpse draws something that may be seen when there are so many peers.
func drawGlimpse(t *rapid.T, at *protocol.Time, users int) *glimpse {
	*at += protocol.Time(rapid.Int64Range(0, 2e9).Draw(t, "after"))
	s := &glimpse{what: rapid.SampledFrom([]sight{sawPeer, sawHave, sawHave, sawHave, sawLacks,
		sawGone, sawTick}).Draw(t, "what"), at: *at}
	if users == 0 && s.what != sawTick {
		s.what = sawPeer
	}
	if s.what == sawPeer {
		s.user = audit.User(rapid.IntRange(0, users).Draw(t, "user"))
		s.peer.addr = protocol.Addr4(rapid.Uint32().Draw(t, "ip"), 99)
		s.peer.listens = rapid.Bool().Draw(t, "listens")
		copy(s.peer.id[:], rapid.SliceOfN(rapid.Byte(), 20, 20).Draw(t, "id"))
		s.field = rapid.SliceOfN(rapid.Byte(), 3, 3).Draw(t, "field")
		s.field[2] &= 0xf0
	} else if s.what != sawTick {
		s.user = audit.User(rapid.IntRange(0, users-1).Draw(t, "user"))
		s.piece = rapid.Uint32Range(0, 19).Draw(t, "piece")
	}
	return s
}

// TestAuditJournal: a journal, cut off anywhere, makes the book of what is whole in it.
func TestAuditJournal(t *testing.T) {
	parent := t.TempDir()
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		dir := filepath.Join(parent, fmt.Sprint(runs))
		j, book, err := openJournal(dir, journalTorrent)
		require.NoError(t, err)
		begin, err := os.ReadFile(journalName(dir))
		require.NoError(t, err)
		var at protocol.Time
		states := []*observation.Observation{book.observation()}
		ends := []int{len(begin)}
		all := begin
		for range rapid.IntRange(0, 30).Draw(t, "sightings") {
			s := drawGlimpse(t, &at, len(book.users))
			if book.add(s) {
				j.note(s)
			}
			p := j.take()
			require.NoError(t, j.write(p))
			all = append(all, p...)
			states, ends = append(states, book.observation()), append(ends, len(all))
		}
		j.close(true)
		cut := rapid.IntRange(len(begin), len(all)).Draw(t, "cut")
		require.NoError(t, os.Truncate(journalName(dir), int64(cut)))
		n := len(ends) - 1
		for ends[n] > cut {
			n--
		}
		again, resumed, err := openJournal(dir, journalTorrent)
		require.NoError(t, err)
		require.Equal(t, 1, again.resumed)
		is, was := resumed.observation(), states[n]
		for k := range was.Peers { // nobody is connected any more
			was.Peers[k].Now, was.Peers[k].Last = false, is.Peers[k].Last
			was.Peers[k].Connected = is.Peers[k].Connected
		}
		was.Now, was.Refused, is.Refused = 0, nil, nil
		was.Time, was.Ignored, is.Ignored = is.Time, 0, 0
		require.Equal(t, was, is)
		again.close(true)
		third, same, err := openJournal(dir, journalTorrent)
		require.NoError(t, err)
		require.Equal(t, 2, third.resumed)
		require.Equal(t, is.Peers, same.observation().Peers)
		third.close(false)
		require.NoFileExists(t, journalName(dir))
	})
}

// TestAuditJournalDamaged: whatever a disk makes of a journal, it is refused with the line, or is
// one in which no peer has more than there is.
func TestAuditJournalDamaged(t *testing.T) {
	parent := t.TempDir()
	runs, refusals := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		dir := filepath.Join(parent, fmt.Sprint(runs))
		j, book, err := openJournal(dir, journalTorrent)
		require.NoError(t, err)
		var at protocol.Time
		for range rapid.IntRange(1, 20).Draw(t, "sightings") {
			s := drawGlimpse(t, &at, len(book.users))
			if book.add(s) {
				j.note(s)
			}
		}
		require.NoError(t, j.write(j.take()))
		j.close(true)
		all, err := os.ReadFile(journalName(dir))
		require.NoError(t, err)
		damages := rapid.IntRange(0, 5).Draw(t, "damages")
		if runs == 1 {
			damages = 0 // so that one at least is as it was
		}
		for range damages {
			n := rapid.IntRange(0, len(all)-1).Draw(t, "where")
			switch rapid.IntRange(0, 2).Draw(t, "how") {
			case 0:
				all[n] = rapid.Byte().Draw(t, "byte")
			case 1: // some other line's piece
				all = append(all[:n:n], all[rapid.IntRange(0, n).Draw(t, "from"):]...)
			default:
				all[n] = rapid.SampledFrom([]byte("0123456789 \nphlgtrs")).Draw(t, "letter")
			}
		}
		require.NoError(t, os.WriteFile(journalName(dir), all, 0o644))
		again, resumed, err := openJournal(dir, journalTorrent)
		if err != nil {
			refusals++
			require.Positive(t, damages)
			require.ErrorContains(t, err, "choose another folder")
			return
		}
		for _, p := range resumed.observation().Peers {
			require.LessOrEqual(t, p.Held+p.Gained, journalTorrent.Size)
			require.LessOrEqual(t, p.Rest, journalTorrent.Size)
		}
		for _, err := range again.sightings() {
			require.NoError(t, err)
		}
		again.close(false)
	})
	require.Positive(t, refusals)
	require.Less(t, refusals, runs)
}

// TestAuditJournalRefused: what is no journal, or another's, is left alone, and the line is named.
func TestAuditJournalRefused(t *testing.T) {
	dir := t.TempDir()
	j, book, err := openJournal(dir, journalTorrent)
	require.NoError(t, err)
	_, _, err = openJournal(dir, journalTorrent)
	require.ErrorContains(t, err, "another audit is running there; choose another folder")
	s := &glimpse{what: sawPeer, field: make([]byte, 3)}
	require.True(t, book.add(s))
	j.note(s)
	require.NoError(t, j.write(j.take()))
	j.close(true)
	good, err := os.ReadFile(journalName(dir))
	require.NoError(t, err)
	for bad, want := range map[string]string{
		"":                                 "",
		"h 5 0 3\n":                        "",
		"s {}\n":                           "",
		"h 5 0":                            "",
		"h 5 1 3\n":                        "line 3: there is no peer 1",
		"h 5 0 20\n":                       "line 3: this is no sighting",
		"h 5 0 -1\n":                       "line 3: this is no sighting",
		"h 5 0 3 4\n":                      "line 3: this is no sighting",
		"x 5 0 3\n":                        "line 3: this is no sighting",
		"hh 5 0 3\n":                       "line 3: this is no sighting",
		"\n":                               "line 3: it is empty",
		"s {\n":                            "line 3: this is no scrape",
		"t 9223372036854775808\n":          "line 3: this is no sighting",
		"g 1 99999999999\n":                "line 3: this is no sighting",
		"p 1 1 0.0.0.0:1 true 00 000000\n": "line 3: this is no sighting",
		"t 1\n" + strings.Repeat("\x00", 99) + "\n": "line 4: this is no sighting",
		strings.Repeat("h", 9<<20) + "\n":           "line 3: a line is too long",
	} {
		require.NoError(t, os.WriteFile(journalName(dir), append(good, bad...), 0o644))
		j, _, err := openJournal(dir, journalTorrent)
		if want == "" {
			require.NoError(t, err, "%.40q", bad)
			j.close(true)
			continue
		}
		require.ErrorContains(t, err, want, "%.40q", bad)
		require.Equal(t, command.Refused, command.Status(err))
		after, err := os.ReadFile(journalName(dir))
		require.NoError(t, err)
		require.Equal(t, len(good)+len(bad), len(after), "it is as it was")
	}
	require.NoError(t, os.WriteFile(journalName(dir), good, 0o644))
	other := journalTorrent
	other.Infohash = strings.Repeat("1f", 20)
	_, _, err = openJournal(dir, other)
	require.ErrorContains(t, err, `an audit of another torrent was begun there, "x\ny" (0f0f`)
	other = journalTorrent
	other.Parallel++
	_, _, err = openJournal(dir, other)
	require.ErrorContains(t, err, "has --parallel 2 and --fastest 1048576, and goes on with the "+
		"same only; choose another folder")
	require.NoError(t, os.WriteFile(journalName(dir), []byte("{}\n"), 0o644))
	_, _, err = openJournal(dir, journalTorrent)
	require.ErrorContains(t, err, "this is no journal of an audit")
}

// TestAuditFrame: the table fits every window, and of a long one the end says what is missing.
func TestAuditFrame(t *testing.T) {
	book, err := newBook(journalTorrent)
	require.NoError(t, err)
	for u := range 50 {
		s := &glimpse{what: sawPeer, user: audit.User(u), field: []byte{byte(u), 0, 0}}
		s.peer.addr = protocol.Addr4(0x7f000001, uint16(u+1))
		require.True(t, book.add(s))
	}
	o := book.observation()
	addScrapes(o, []observation.Scrape{{Tracker: "udp://\x1b[2J", Seeders: 3, Leechers: 50},
		{Tracker: "http://x/announce", Problem: "no answer"}})
	for _, width := range []int{0, 1, 9, 40, 79, 80, 132} {
		for height := range 70 {
			v := view{o: o}
			lines := v.frame(width, height)
			require.LessOrEqual(t, len(lines), height)
			for _, line := range lines {
				require.LessOrEqual(t, utf8.RuneCountInString(line), width)
				require.NotContains(t, line, "\x1b")
			}
		}
	}
	v := view{o: o}
	text := strings.Join(v.frame(120, 30), "\n")
	require.Contains(t, text, "\"x\\ny\": 1.86 KiB in 20 pieces, observed for 0:00, 0 B/s\n")
	require.Contains(t, text, "http://x/announce: no answer")
	require.Regexp(t, `and \d+ more peers; Ctrl-C ends it and keeps all$`, text)
	require.Contains(t, strings.Join(v.frame(120, 90), "\n"), "\nCtrl-C ends it and keeps all")
	narrow := strings.Join(v.frame(40, 24), "\n")
	require.Regexp(t, `\n127\.0\.0\.1:\d+ +\d+ % +0 B +0 B/s\n`, narrow, "what matters is shown")
	require.Contains(t, narrow, "not seen  13 KiB that leechers")
	require.NotContains(t, narrow, "program")
	low := strings.Join(v.frame(80, 9), "\n")
	require.Equal(t, 3, strings.Count(low, "127.0.0.1"), "peers go before facts")
	empty := view{o: &observation.Observation{Name: "x", Known: 1}}
	require.Equal(t, []string{"x: no metadata yet, 1 address known"}, empty.frame(80, 24))
}

func TestAuditClients(t *testing.T) {
	for id, want := range map[string]string{
		"-TR3000-123456789012": "Transmission 3.0", "-lt0D80-123456789012": "rTorrent 0.13.8",
		"-qB4520-123456789012": "qBittorrent 4.5.2", "A2-1-36-0-1234567890": "aria2 1.36.0",
		"-SL0001-123456789012": "swarmlab 0.0.0.1", "M7-10-5--12345678901": "BitTorrent 7.10.5",
		"-XX1000-123456789012": "", "--------------------": "",
		"-TR\x1b[2J-123456789012":    "Transmission",
		"A2-\x1b-\x1b[2J-1-12345678": `aria2 "\x1b.\x1b[2J.1"`, "A2-1-36-012345678901": "aria2",
		"\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c\x0d\x0e\x0f\x10\x11\x12\x13": "",
	} {
		var b [20]byte
		copy(b[:], id)
		require.Equal(t, want, clientOf(b), "%q", id)
	}
}
