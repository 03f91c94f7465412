package stored

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"swarmlab/plots/number"
)

// CrawlFile is the file of a folder that holds a crawl and no run.
const CrawlFile = "crawl.json"

// nodesFile has a row for each id at an address.
const nodesFile = "nodes.parquet"

// A Crawl is crawl.json: what a crawl of a DHT found.
type Crawl struct {
	Version  string `json:"version"`
	Digest   string `json:"digest"`
	Family   string `json:"family"`
	Ended    string `json:"ended"`
	Settings struct {
		Bootstrap []string `json:"bootstrap"`
		Rate      int      `json:"rate_per_s"`
		Depth     int      `json:"buckets_asked"`
	} `json:"settings"`
	Totals struct {
		Known     int `json:"known"`
		Asked     int `json:"asked"`
		Reachable int `json:"reachable"`
	} `json:"totals"`
	Size struct {
		Points int     `json:"points"`
		Known  float64 `json:"known"`
	} `json:"size"`
	Buckets []struct {
		Depth int         `json:"depth"`
		Nodes int         `json:"nodes"`
		Mean  float64     `json:"mean"`
		CI95  *[2]float64 `json:"ci95"`
		P10   float64     `json:"p10"`
		P90   float64     `json:"p90"`
	} `json:"buckets"`
}

// crawlFigures are drawn of a folder that holds a crawl and no run.
func crawlFigures() []string { return []string{"id-space", "buckets"} }

// OpenCrawl reads dir/crawl.json. Without the file it returns nil.
func (r *Results) OpenCrawl() (*Crawl, error) {
	path := r.Path(CrawlFile)
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c := &Crawl{}
	if err := json.Unmarshal(body, c); err != nil {
		return nil, fmt.Errorf("%s: not a swarmlab crawl: %w; run 'swarmlab dht crawl' again", path,
			err)
	}
	if c.Version == "" || c.Digest == "" {
		return nil, fmt.Errorf("%s: not a swarmlab crawl: missing \"version\" or \"digest\"; "+
			"run 'swarmlab dht crawl' again", path)
	}
	return c, nil
}

// version is the program that crawled.
func (c *Crawl) version() string {
	if c == nil {
		return ""
	}
	return c.Version
}

// footer is the small print of a figure of a crawl.
func (c *Crawl) footer() string {
	return strings.Join([]string{"crawl of the " + c.Family + " DHT (" + c.Ending() + ")",
		fmt.Sprintf("at most %d queries/s", c.Settings.Rate), c.Version,
		"nodes " + c.Digest}, " · ")
}

// Ending says whether the crawl came to its end.
func (c *Crawl) Ending() string {
	switch c.Ended {
	case "complete":
		return "complete"
	case "max_nodes":
		return "ended at the most nodes"
	}
	return "cut short"
}

// Counted is the n of a caption: how many nodes were known, asked, and answered.
func (c *Crawl) Counted() string {
	return fmt.Sprintf("%s known, %s asked, %s answered", number.Plural(c.Totals.Known, "node"),
		number.Count(c.Totals.Asked), number.Count(c.Totals.Reachable))
}

// NodeRow is what the figures read of nodes.parquet.
type NodeRow struct {
	ID        string `parquet:"id"`
	Queries   int32  `parquet:"queries"`
	Reachable bool   `parquet:"reachable"`
}

// ScanNodes calls visit for each row of dir/nodes.parquet, in order.
func (r *Results) ScanNodes(visit func(*NodeRow) error) error {
	path := r.Path(nodesFile)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: no such file; restore it, or run 'swarmlab dht crawl' again", path)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if err := scanFile(f, visit); err != nil {
		return fmt.Errorf("%s: %w; restore the file, or run 'swarmlab dht crawl' again", path, err)
	}
	return nil
}
