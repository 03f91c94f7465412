package unfinished

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"

	"swarmlab/scenarios/findings"
)

// storeMagic begins the file of a stored run. Behind it come the sections, each with its length,
// the SHA-256 of length and content, and the content: gob, compressed. Whoever changes the form
// changes the number.
const (
	storeMagic  = storePrefix + "5\n"
	storePrefix = "swarmlab run "
)

// The first section is the head, and behind it come all kinds of rows.
const (
	headSection = 0
	firstRows   = 1
	runSections = firstRows + int(findings.Kinds)
)

// storedHead is the first section: what is kept in memory of a run.
type storedHead struct {
	Hash     runHash
	Build    string
	Scenario string
	Run      *findings.Run     // without rows; nil of one that failed
	Failure  *findings.Failure // of one that failed
	Budget   string            // that it had
	Rows     rowCounts
}

// rowCounts is how many rows a run has of those kinds that are also written as text.
type rowCounts struct {
	Lookups, Series, Buckets, Records int
	Swarm                             swarmCounts
	Audit                             auditCounts
	Claims                            claimsCounts
}

// swarmCounts, auditCounts and claimsCounts are those of runs with torrents, an audit and a ledger.
type (
	swarmCounts struct {
		Peers, Transfers, Samples int
		Messages                  uint64
	}
	auditCounts  struct{ Accounts, Costs, Balances int }
	claimsCounts struct{ Credits, Verdicts, Audits int }
)

func storedCounts(n findings.Counts) rowCounts {
	return rowCounts{n.Lookups, n.Series, n.Buckets, n.Records,
		swarmCounts{n.Peers, n.Transfers, n.Samples, n.Messages},
		auditCounts{n.Accounts, n.Costs, n.Balances},
		claimsCounts{n.Credits, n.Verdicts, n.Audits}}
}

// Counts returns what the head says of rows.
func (k *kept) Counts() findings.Counts {
	n := &k.rows
	return findings.Counts{
		Lookups: n.Lookups, Series: n.Series, Buckets: n.Buckets, Records: n.Records,
		Peers: n.Swarm.Peers, Transfers: n.Swarm.Transfers, Samples: n.Swarm.Samples,
		Messages: n.Swarm.Messages, Accounts: n.Audit.Accounts, Costs: n.Audit.Costs,
		Balances: n.Audit.Balances, Credits: n.Claims.Credits, Verdicts: n.Claims.Verdicts,
		Audits: n.Claims.Audits,
	}
}

// encodeRun makes the sections of a run.
func encodeRun(head *storedHead, run *findings.Run) ([][]byte, error) {
	parts := append([]any{head}, run.Rows()...)
	sections := make([][]byte, len(parts))
	for n, part := range parts {
		var b bytes.Buffer
		small, err := flate.NewWriter(&b, flate.BestSpeed)
		if err != nil {
			return nil, err
		}
		if err := errors.Join(gob.NewEncoder(small).Encode(part), small.Close()); err != nil {
			return nil, err
		}
		sections[n] = b.Bytes()
	}
	return sections, nil
}

// writeSections writes a whole file.
func writeSections(w io.Writer, sections [][]byte) error {
	if _, err := io.WriteString(w, storeMagic); err != nil {
		return err
	}
	for _, s := range sections {
		length := binary.LittleEndian.AppendUint64(nil, uint64(len(s)))
		sum := sectionSum(length, s)
		for _, part := range [][]byte{length, sum[:], s} {
			if _, err := w.Write(part); err != nil {
				return err
			}
		}
	}
	return nil
}

func sectionSum(length, content []byte) [sha256.Size]byte {
	sum := sha256.New()
	sum.Write(length)
	sum.Write(content)
	return [sha256.Size]byte(sum.Sum(nil))
}

var (
	errNoRun     = errors.New("it is not the file of a run")
	errOtherForm = errors.New("it is in the form of another version of the program")
	errCut       = errors.New("it is cut short")
	errChanged   = errors.New("its content has changed")
	errTooLong   = errors.New("there is something behind its end")
	errOtherName = errors.New("it has the name of another run")
)

// cutSections takes a whole file apart and checks those sections that are wanted.
func cutSections(b []byte, wanted func(section int) bool) ([][]byte, error) {
	rest, ok := bytes.CutPrefix(b, []byte(storeMagic))
	switch {
	case !ok && bytes.HasPrefix(b, []byte(storePrefix)):
		return nil, errOtherForm
	case !ok:
		return nil, errNoRun
	}
	sections := make([][]byte, runSections)
	for n := range sections {
		const header = 8 + sha256.Size
		if len(rest) < header {
			return nil, errCut
		}
		length := binary.LittleEndian.Uint64(rest)
		if length > uint64(len(rest)-header) {
			return nil, errCut
		}
		content := rest[header : header+int(length)]
		sum := sectionSum(rest[:8], content)
		if wanted(n) && !bytes.Equal(sum[:], rest[8:header]) {
			return nil, errChanged
		}
		sections[n], rest = content, rest[header+int(length):]
	}
	if len(rest) > 0 {
		return nil, errTooLong
	}
	return sections, nil
}

func decode(section []byte, v any) error {
	return gob.NewDecoder(flate.NewReader(bytes.NewReader(section))).Decode(v)
}

// readHead checks a whole file and returns its head.
func readHead(path string) (*storedHead, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	return headOf(b)
}

func headOf(b []byte) (*storedHead, error) {
	sections, err := cutSections(b, func(int) bool { return true })
	if err != nil {
		return nil, err
	}
	head := &storedHead{}
	if err := decode(sections[headSection], head); err != nil {
		return nil, err
	}
	if (head.Run == nil) == (head.Failure == nil) {
		return nil, errNoRun
	}
	return head, nil
}

// kept is where the rows of a run are that is not in memory.
type kept struct {
	path string
	rows rowCounts
}

// Read reads one section of a stored run. The file was checked when it was written or found; what
// has become of it since is an error.
func (k *kept) Read(kind findings.Kind, rows any) error {
	section := firstRows + int(kind)
	b, err := os.ReadFile(k.path)
	var sections [][]byte
	if err == nil {
		sections, err = cutSections(b, func(n int) bool { return n == section })
	}
	if err == nil {
		err = decode(sections[section], rows)
	}
	if err != nil {
		return fmt.Errorf("%s: damaged: %w; run the same command again", k.path, err)
	}
	return nil
}
