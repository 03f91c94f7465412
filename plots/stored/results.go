package stored

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// SummaryFile is the file that makes a folder one of results.
const SummaryFile = "summary.json"

// Results is one results folder: where it is, and its summary.json.
type Results struct {
	dir   string
	Crawl *Crawl `json:"-"` // if the folder holds a crawl and no run

	Scenario    string      `json:"scenario"`
	Title       string      `json:"title"`
	Version     string      `json:"version"`
	Fingerprint string      `json:"fingerprint"`
	Figures     []string    `json:"figures"`
	Study       *Study      `json:"study"` // of a sweep; may be absent
	Cells       []Cell      `json:"cells"`
	Targets     []Target    `json:"targets"`
	Accounting  []Judgement `json:"accounting"` // methods by ways to cheat; may be absent
	Parts       []Part      `json:"parts"`      // of a joint folder, which has no cells
}

// A Part is one of several scenarios whose targets are joined.
type Part struct {
	Scenario string `json:"scenario"`
	Title    string `json:"title"`
	Seed     uint64 `json:"seed"`
	Repeat   int    `json:"repeat"`
}

// Path returns the path of a file in the results folder.
func (r *Results) Path(names ...string) string {
	return filepath.Join(append([]string{r.dir}, names...)...)
}

// File names what the figures are drawn from.
func (r *Results) File() string {
	switch {
	case r.Crawl != nil:
		return CrawlFile
	case len(r.Parts) > 0:
		return targetsFile
	}
	return SummaryFile
}

// Open reads and checks dir/summary.json, or without one dir/crawl.json.
func Open(dir string) (*Results, error) {
	r := &Results{dir: dir}
	path := r.Path(SummaryFile)
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if joined, e := os.ReadFile(r.Path(targetsFile)); e == nil {
			path, body, err = r.Path(targetsFile), joined, nil
		}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if r.Crawl, err = r.OpenCrawl(); r.Crawl != nil || err != nil {
			r.Version, r.Figures = r.Crawl.version(), crawlFigures()
			return r, err
		}
		return nil, fmt.Errorf("%s: no such file, so this is not a results folder; "+
			"run 'swarmlab run --out DIR' first", path)
	case err != nil:
		return nil, err
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // a varied value is shown as it was written
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("%s: not a swarmlab result: %w; run 'swarmlab run' again", path, err)
	}
	if err := r.validate(); err != nil {
		return nil, fmt.Errorf("%s: not a swarmlab result: %w; run 'swarmlab run' first", path, err)
	}
	return r, nil
}

// validate refuses what no run writes, so that the figures need not.
func (r *Results) validate() error {
	for _, required := range []struct {
		key     string
		missing bool
	}{
		{"scenario", r.Scenario == ""},
		{"version", r.Version == ""},
		{"fingerprint", r.Fingerprint == ""},
		{"figures", r.Figures == nil},
		{"cells", len(r.Cells) == 0 && len(r.Parts) == 0},
	} {
		if required.missing {
			return fmt.Errorf("missing %q", required.key)
		}
	}
	if r.Study != nil {
		if err := r.Study.validate(); err != nil {
			return err
		}
	}
	numbers := map[int]bool{}
	for i, c := range r.Cells {
		if err := c.validate(); err != nil {
			return fmt.Errorf("cells[%d]: %w", i, err)
		}
		if numbers[c.Cell] {
			return fmt.Errorf("cells[%d]: a second cell with the number %d", i, c.Cell)
		}
		numbers[c.Cell] = true
	}
	return nil
}
