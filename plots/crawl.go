package plots

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

const (
	crawlFile = "crawl.json"
	nodesFile = "nodes.parquet"
)

// A crawled is crawl.json: what a crawl of a DHT found.
type crawled struct {
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

// openCrawl reads dir/crawl.json. Without the file it returns nil.
func (r *results) openCrawl() (*crawled, error) {
	path := r.path(crawlFile)
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	c := &crawled{}
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
func (c *crawled) version() string {
	if c == nil {
		return ""
	}
	return c.Version
}

// noCrawl says why a figure of a crawl is not drawn.
func noCrawl() *figure {
	return &figure{skipped: "the folder holds no crawl (no " + crawlFile + ")"}
}

// footer is the small print of a figure of a crawl.
func (c *crawled) footer() string {
	return strings.Join([]string{"crawl of the " + c.Family + " DHT (" + c.ending() + ")",
		fmt.Sprintf("at most %d queries/s", c.Settings.Rate), c.Version,
		"nodes " + c.Digest}, " · ")
}

func (c *crawled) ending() string {
	switch c.Ended {
	case "complete":
		return "complete"
	case "max_nodes":
		return "ended at the most nodes"
	}
	return "cut short"
}

// counted is the caption's n.
func (c *crawled) counted() string {
	return fmt.Sprintf("%s known, %s asked, %s answered", plural(c.Totals.Known, "node"),
		count(c.Totals.Asked), count(c.Totals.Reachable))
}

// nodeRow is what the figures read of nodes.parquet.
type nodeRow struct {
	ID        string `parquet:"id"`
	Queries   int32  `parquet:"queries"`
	Reachable bool   `parquet:"reachable"`
}

// scanNodes calls visit for each row of dir/nodes.parquet, in order.
func (r *results) scanNodes(visit func(*nodeRow) error) error {
	path := r.path(nodesFile)
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
