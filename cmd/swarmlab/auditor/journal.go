package auditor

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"swarmlab/cmd/swarmlab/claim"
	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol"
	"swarmlab/protocol/audit"
	"swarmlab/scenarios/results/observation"
	"swarmlab/scenarios/results/unfinished"
)

// journal is the file in which sightings are kept while an audit runs, a line each, so that it
// can go on after it was killed. The first line is the torrent, as JSON; scrapes are JSON, too.
// A last line that is not whole is what a kill left, and is dropped.
type journal struct {
	file    *os.File
	head    head
	pending []byte // is not in the file yet
	resumed int
	scrapes []observation.Scrape
}

// head is the first line of a journal.
type head struct {
	Audit int       `json:"audit"` // version of the form
	Began time.Time `json:"began"`
	subject
}

const (
	form = 1
	// journalLine bounds a line: a bitfield in hexadecimal, and what is before it.
	journalLine = 4 << 20
	lineScrape  = 's'
	lineResumed = 'r'
)

// journalName is where the journal of an audit is whose results go to a folder.
func journalName(dir string) string {
	return filepath.Join(dir, unfinished.Folder, "audit.journal")
}

// openJournal opens the journal in a results folder, and reads it into the book if there is
// one already. Errors say how to mend what is wrong.
func openJournal(dir string, of subject) (*journal, *book, error) {
	name := journalName(dir)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, nil, command.Exit(command.Failed, err)
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, nil, command.Exit(command.Failed, err)
	}
	j := &journal{file: file}
	book, err := j.open(of)
	if err != nil {
		file.Close()
		var told command.ExitError
		if !errors.As(err, &told) {
			err = command.Refuse("%s: %w; choose another folder with --out", name, err)
		}
		return nil, nil, err
	}
	return j, book, nil
}

func (j *journal) open(of subject) (*book, error) {
	if claim.Lock(j.file) != nil {
		return nil, errors.New("another audit is running there")
	}
	lines := bufio.NewReaderSize(j.file, 1<<16)
	first, err := wholeLine(lines)
	if err == io.EOF { // it is new, or was killed at once
		j.head = head{form, time.Now(), of}
		j.appendJSON("", j.head)
		book, err := newBook(of)
		if err == nil {
			err = j.begin(0)
		}
		return book, err
	}
	if err != nil {
		return nil, err
	}
	if json.Unmarshal(first, &j.head) != nil || j.head.Audit != form {
		return nil, errors.New("this is no journal of an audit")
	}
	if h := j.head; h.Infohash != of.Infohash || h.Size != of.Size || h.Pieces != of.Pieces ||
		h.PieceLength != of.PieceLength {
		return nil, fmt.Errorf("an audit of another torrent was begun there, %s (%s)",
			display.Visible(h.Name), h.Infohash)
	}
	if h := j.head; h.Parallel != of.Parallel || h.Fastest != of.Fastest {
		return nil, fmt.Errorf("the audit that was begun there has --parallel %d and --fastest "+
			"%d, and goes on with the same only", h.Parallel, h.Fastest)
	}
	book, err := newBook(j.head.subject)
	if err != nil {
		return nil, errors.New("this is no journal of an audit")
	}
	return book, j.resume(lines, book, int64(len(first)+1))
}

// resume reads the rest of a journal, and notes that nobody is connected any more.
func (j *journal) resume(lines *bufio.Reader, book *book, at int64) error {
	for number := 2; ; number++ {
		line, err := wholeLine(lines)
		if err == io.EOF {
			break
		}
		if err == nil {
			err = j.read(line, book)
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", number, err)
		}
		at += int64(len(line) + 1)
	}
	j.resumed++
	j.pending = append(j.pending, lineResumed, '\n')
	for u := range book.users {
		if book.users[u].there {
			s := glimpse{what: sawGone, user: audit.User(u)}
			book.add(&s)
			j.note(&s)
		}
	}
	return j.begin(at)
}

// begin cuts the file off after what is whole in it, and appends what is pending.
func (j *journal) begin(at int64) error {
	err := j.file.Truncate(at)
	if err == nil {
		_, err = j.file.Seek(at, io.SeekStart)
	}
	if err != nil {
		return command.Exit(command.Failed, err)
	}
	return j.write(j.take())
}

// read takes a line that was written before.
func (j *journal) read(line []byte, book *book) error {
	switch {
	case len(line) == 0:
		return errors.New("it is empty")
	case line[0] == lineResumed:
		j.resumed++
		return nil
	case line[0] == lineScrape:
		var s observation.Scrape
		if err := json.Unmarshal(line[1:], &s); err != nil {
			return fmt.Errorf("this is no scrape: %w", err)
		}
		j.scrapes = append(j.scrapes, s)
		return nil
	}
	s, err := parseSighting(line, book.torrent.Pieces)
	if err != nil {
		return err
	}
	if limit := len(book.users); s.what != sawTick && int(s.user) >= limit &&
		!(s.what == sawPeer && int(s.user) == limit) {
		return fmt.Errorf("there is no peer %d", s.user)
	}
	book.add(&s)
	return nil
}

// wholeLine reads a line; io.EOF also if it has no end.
func wholeLine(r *bufio.Reader) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return line[:len(line)-1], nil
		case err != bufio.ErrBufferFull:
			return nil, err
		case len(line) > journalLine:
			return nil, errors.New("a line is too long")
		}
	}
}

// take returns what is pending, which is then pending no more.
func (j *journal) take() []byte {
	p := j.pending
	j.pending = nil
	return p
}

// write appends to the file.
func (j *journal) write(p []byte) error {
	if _, err := j.file.Write(p); err != nil {
		return command.Fail("what is seen cannot be kept: %w", err)
	}
	return nil
}

// close closes the file; keep says whether it stays.
func (j *journal) close(keep bool) {
	j.file.Close()
	if !keep {
		os.Remove(j.file.Name())
		os.Remove(filepath.Dir(j.file.Name())) // if it is empty
	}
}

func (j *journal) appendJSON(kind string, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // our own types can be encoded
	}
	j.pending = append(append(append(j.pending, kind...), b...), '\n')
}

func (j *journal) noteScrape(s observation.Scrape) {
	j.scrapes = append(j.scrapes, s)
	j.appendJSON(string(lineScrape), s)
}

// note appends a sighting: its letter, time, user, and then by its kind the piece, or address, id
// and bitfield.
func (j *journal) note(s *glimpse) {
	b := append(j.pending, byte(s.what), ' ')
	b = strconv.AppendInt(b, int64(s.at), 10)
	if s.what != sawTick {
		b = strconv.AppendUint(append(b, ' '), uint64(s.user), 10)
	}
	switch s.what {
	case sawHave, sawLacks:
		b = strconv.AppendUint(append(b, ' '), uint64(s.piece), 10)
	case sawPeer:
		b = append(append(b, ' '), s.peer.addr.String()...)
		b = strconv.AppendBool(append(b, ' '), s.peer.listens)
		b = hex.AppendEncode(append(b, ' '), s.peer.id[:])
		b = hex.AppendEncode(append(b, ' '), s.field)
	}
	j.pending = append(b, '\n')
}

// parseSighting reads what note wrote.
func parseSighting(line []byte, pieces uint32) (s glimpse, err error) {
	broken := errors.New("this is no sighting")
	words := strings.Split(string(line), " ")
	s.what = sight(line[0])
	wanted := map[sight]int{sawPeer: 7, sawHave: 4, sawLacks: 4, sawGone: 3, sawTick: 2}[s.what]
	if len(words[0]) != 1 || len(words) != wanted {
		return s, broken
	}
	numbers := make([]uint64, 3)
	for n, word := range words[1:min(wanted, 4)] {
		if n == 2 && s.what == sawPeer {
			break
		}
		if numbers[n], err = strconv.ParseUint(word, 10, 63); err != nil {
			return s, broken
		}
	}
	s.at, s.user = protocol.Time(numbers[0]), audit.User(numbers[1])
	if numbers[1] > peersMax || numbers[2] >= uint64(pieces) {
		return s, broken
	}
	s.piece = uint32(numbers[2])
	if s.what == sawPeer && !s.readPeer(words[3:], pieces) {
		return s, broken
	}
	return s, nil
}

func (s *glimpse) readPeer(words []string, pieces uint32) bool {
	at, err := netip.ParseAddrPort(words[0])
	listens, wrong := strconv.ParseBool(words[1])
	id, unreadable := hex.DecodeString(words[2])
	if errors.Join(err, wrong, unreadable) != nil || len(id) != len(s.peer.id) {
		return false
	}
	s.peer = contact{protocol.AddrOf(at), listens, [20]byte(id)}
	s.field, err = hex.DecodeString(words[3])
	n := (pieces + 7) / 8
	return err == nil && len(s.field) == int(n) &&
		(pieces%8 == 0 || s.field[n-1]<<(pieces%8) == 0)
}

// sightings reads the journal once more, as rows.
func (j *journal) sightings() iter.Seq2[observation.Sighting, error] {
	return func(yield func(observation.Sighting, error) bool) {
		file, err := os.Open(j.file.Name())
		if err != nil {
			yield(observation.Sighting{}, err)
			return
		}
		defer file.Close()
		lines := bufio.NewReaderSize(file, 1<<16)
		for {
			line, err := wholeLine(lines)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(observation.Sighting{}, err)
				return
			}
			if len(line) == 0 || !strings.Contains("phlg", string(line[:1])) {
				continue
			}
			s, err := parseSighting(line, j.head.Pieces)
			if !yield(s.row(), err) || err != nil {
				return
			}
		}
	}
}

// row is a sighting as it is stored.
func (s *glimpse) row() observation.Sighting {
	r := observation.Sighting{At: int64(s.at), Peer: int32(s.user), Piece: -1}
	switch s.what {
	case sawPeer:
		r.Event, r.Field = "field", s.field
	case sawHave:
		r.Event, r.Piece = "have", int32(s.piece)
	case sawLacks:
		r.Event, r.Piece = "lacks", int32(s.piece)
	case sawGone:
		r.Event = "gone"
	}
	return r
}
