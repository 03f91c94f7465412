package crawls

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/staging"
	"swarmlab/scenarios/results/tables"
)

// The files of a crawl's folder, beside its manifest.
const (
	File           = "crawl.json"
	NodesFile      = "nodes.parquet"
	NodesTextFile  = "nodes.csv"
	InfohashesFile = "infohashes.csv" // only if samples were asked for
)

// summaryFile is of runs that were in the folder before.
const summaryFile = "summary.json"

// Write lays out the folder of a crawl that began at started. As with runs, files appear whole
// or not at all, and the manifest, which knows the time of day, comes last.
func Write(dir string, r *Crawl, started time.Time) error {
	for _, old := range []string{manifest.File, summaryFile, InfohashesFile} {
		err := os.Remove(filepath.Join(dir, old))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	text := r.nodesText()
	sum := sha256.Sum256(text)
	r.Digest = hex.EncodeToString(sum[:len(sum)/2])
	files := []func() error{
		func() error { return staging.Replace(dir, NodesFile, r.writeNodes) },
		func() error { return staging.ReplaceBytes(dir, NodesTextFile, text) },
		func() error { return staging.ReplaceJSON(dir, File, r) },
	}
	if r.Settings.Samples {
		files = append(files, func() error {
			return staging.ReplaceBytes(dir, InfohashesFile, r.infohashesText())
		})
	}
	files = append(files, func() error {
		return staging.ReplaceJSON(dir, manifest.File,
			manifest.New(started, r.Ended == "interrupted", nil, nil))
	})
	for _, write := range files {
		if err := write(); err != nil {
			return err
		}
	}
	return nil
}

func (r *Crawl) writeNodes(w io.Writer) error {
	p := tables.NewWriter[CrawlNode](w)
	if _, err := p.Write(r.Nodes); err != nil {
		return err
	}
	return p.Close()
}

func (r *Crawl) nodesText() []byte {
	var b bytes.Buffer
	c := csv.NewWriter(&b)
	c.Write([]string{"id", "ip", "port", "hop", "asked", "reachable", "rtt_ns", "client",
		"bep42_valid", "ids_at_address", "addresses_of_id", "queries", "timeouts", "errors",
		"contacts", "contacts_new", "buckets_asked", "complete", "buckets", "sampled",
		"infohashes", "sample_size", "sample_interval_s"})
	whole := func(n int32) string { return strconv.Itoa(int(n)) }
	for n := range r.Nodes {
		v := &r.Nodes[n]
		var fills []string
		for _, fill := range v.Buckets {
			fills = append(fills, whole(fill))
		}
		c.Write([]string{v.ID, v.IP, whole(v.Port), whole(v.Hop), strconv.FormatBool(v.Asked),
			strconv.FormatBool(v.Reachable), strconv.FormatInt(v.RTT, 10), v.Client,
			strconv.FormatBool(v.Secure), whole(v.IDs), whole(v.Addrs), whole(v.Queries),
			whole(v.Timeouts), whole(v.Errors), whole(v.Learned), whole(v.Taught), whole(v.Depth),
			strconv.FormatBool(v.Complete), strings.Join(fills, " "),
			strconv.FormatBool(v.Sampled), strconv.FormatInt(v.Num, 10), whole(v.Sample),
			whole(v.Interval)})
	}
	c.Flush() // a bytes.Buffer does not fail
	return b.Bytes()
}

func (r *Crawl) infohashesText() []byte {
	var b bytes.Buffer
	c := csv.NewWriter(&b)
	c.Write([]string{"infohash", "nodes"})
	for _, h := range r.Infohashes {
		c.Write([]string{h.ID.String(), strconv.Itoa(h.Nodes)})
	}
	c.Flush()
	return b.Bytes()
}
