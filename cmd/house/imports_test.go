package house

import (
	"slices"
	"strconv"
	"strings"
)

// room is a row of the table of who may import whom.
type room struct {
	path string
	own  string // packages of this module that it may import
	// Modules of others that it may import, and net, which is denied to all that do not name it.
	others string
	// Part of a run, which is a pure function: of the standard library only what is calm.
	deterministic bool
}

const (
	numbers    = "gonum.org/v1/gonum"
	rows       = "github.com/parquet-go/parquet-go"
	structured = "github.com/zeebo/bencode"
	drawing    = "gonum.org/v1/plot"
)

// house is the table. Packages in cmd may import anything and need no row.
var house = []room{
	{path: "protocol", deterministic: true},
	{path: "protocol/bencode", deterministic: true},
	{path: "protocol/krpc", own: "protocol protocol/bencode", deterministic: true},
	{path: "protocol/dht", own: "protocol protocol/krpc", deterministic: true},
	{path: "protocol/crawl", own: "protocol protocol/krpc", deterministic: true},
	{path: "protocol/metainfo", own: "protocol/bencode", others: structured, deterministic: true},
	{path: "protocol/swarm", own: "protocol protocol/peerwire", deterministic: true},
	{path: "protocol/peerwire", own: "protocol protocol/bencode", deterministic: true},
	{path: "protocol/live", own: "protocol", others: "net"},
	{path: "protocol/live/folder", own: "protocol protocol/metainfo"},
	{path: "protocol/tracker", own: "protocol protocol/bencode", deterministic: true},
	{path: "protocol/audit", own: "protocol protocol/tracker", deterministic: true},
	{path: "protocol/live/httptracker", own: "protocol protocol/tracker", others: "net"},
	{path: "protocol/client", deterministic: true,
		own: "protocol protocol/audit protocol/dht protocol/krpc protocol/swarm " +
			"protocol/tracker"},
	{path: "netmodel", own: "protocol", deterministic: true},
	{path: "sim", own: "protocol netmodel", deterministic: true},
	{path: "scenarios", own: "netmodel protocol protocol/client protocol/dht protocol/swarm " +
		"protocol/tracker",
		others: "github.com/goccy/go-yaml"},
	{path: "scenarios/oracle", own: "protocol", others: numbers},
	{path: "scenarios/accuracy", own: "protocol/audit", others: numbers},
	{path: "scenarios/stats", others: numbers},
	{path: "scenarios/findings", own: "protocol protocol/dht sim"},
	{path: "scenarios/findings/made", others: "github.com/stretchr/testify",
		own: "scenarios scenarios/findings scenarios/results/manifest sim"},
	{path: "scenarios/metrics/swarms",
		own: "scenarios/findings scenarios/oracle scenarios/stats netmodel protocol/swarm"},
	{path: "scenarios/metrics",
		own: "scenarios scenarios/accuracy scenarios/findings scenarios/metrics/swarms " +
			"scenarios/stats"},
	{path: "scenarios/results/staging"},
	{path: "scenarios/results/staging/broken", own: "scenarios/results/staging"},
	{path: "scenarios/results/manifest", own: "scenarios/findings"},
	{path: "scenarios/results/tables", others: rows,
		own: "scenarios/findings scenarios/results/staging protocol/dht sim"},
	{path: "scenarios/results/unfinished", own: "scenarios scenarios/findings " +
		"scenarios/results/manifest scenarios/results/staging"},
	{path: "scenarios/results/crawls", own: "protocol/crawl protocol/krpc scenarios/stats " +
		"scenarios/results/manifest scenarios/results/staging scenarios/results/tables"},
	{path: "scenarios/results/observation", own: "scenarios/stats " +
		"scenarios/results/manifest scenarios/results/staging scenarios/results/tables"},
	{path: "scenarios/results/worlds",
		own: "scenarios/findings scenarios/stats scenarios/results/staging"},
	{path: "scenarios/results/targets", own: "scenarios scenarios/stats"},
	{path: "scenarios/results", others: numbers,
		own: "scenarios scenarios/findings scenarios/metrics scenarios/metrics/swarms " +
			"scenarios/oracle scenarios/stats scenarios/results/crawls " +
			"scenarios/results/manifest scenarios/results/staging " +
			"scenarios/results/tables scenarios/results/targets scenarios/results/unfinished " +
			"scenarios/results/worlds " +
			"sim netmodel protocol protocol/dht protocol/tracker"},
	{path: "scenarios/lab", others: rows + " " + numbers,
		own: "scenarios scenarios/findings scenarios/metrics scenarios/oracle scenarios/results " +
			"scenarios/results/manifest scenarios/results/unfinished sim netmodel " +
			"protocol protocol/krpc protocol/dht protocol/crawl scenarios/lab/swarms " +
			"scenarios/lab/ledgers"},
	{path: "scenarios/lab/ledgers",
		own: "scenarios scenarios/accuracy scenarios/findings sim netmodel protocol " +
			"protocol/audit protocol/tracker"},
	{path: "scenarios/lab/swarms",
		own: "scenarios scenarios/findings scenarios/lab/audits sim netmodel protocol " +
			"protocol/krpc protocol/dht protocol/swarm protocol/tracker protocol/client " +
			"protocol/audit"},
	{path: "scenarios/lab/audits", own: "scenarios/findings scenarios/accuracy protocol " +
		"protocol/audit protocol/swarm protocol/tracker"},
	{path: "plots", own: "plots/accounts plots/ledgers plots/lookups plots/overlay plots/page " +
		"plots/stored plots/studies plots/swarms plots/targets"},
	{path: "plots/number", others: numbers},
	{path: "plots/stored", own: "plots/number", others: rows},
	{path: "plots/page", own: "plots/number plots/stored",
		others: drawing + " codeberg.org/go-pdf/fpdf"},
	{path: "plots/latency", own: "plots/number plots/stored", others: drawing},
	{path: "plots/course", own: "plots/number plots/page", others: drawing},
	{path: "plots/lookups", own: "plots/latency plots/number plots/page plots/stored",
		others: numbers + " " + drawing},
	{path: "plots/overlay", others: numbers + " " + drawing,
		own: "plots/course plots/latency plots/number plots/page plots/stored"},
	{path: "plots/swarms", own: "plots/course plots/number plots/page plots/stored",
		others: drawing},
	{path: "plots/accounts", own: "plots/number plots/page plots/stored", others: drawing},
	{path: "plots/ledgers", own: "plots/number plots/page plots/stored", others: drawing},
	{path: "plots/studies", own: "plots/number plots/page plots/stored", others: drawing},
	{path: "plots/targets", own: "plots/latency plots/number plots/page plots/stored",
		others: drawing},
}

// program is the table of the program's own packages: which of each other they may import. Tests
// may import what they like; trial is only for them.
var program = []room{
	{path: "cmd/swarmlab", own: "auditor calibration command experiments overlay torrents"},
	{path: "cmd/swarmlab/auditor", own: "claim command display endpoint identity torrents"},
	{path: "cmd/swarmlab/torrents", own: "command display endpoint identity"},
	{path: "cmd/swarmlab/overlay", own: "claim command display endpoint identity"},
	{path: "cmd/swarmlab/calibration", own: "claim command display plan progress"},
	{path: "cmd/swarmlab/experiments", own: "claim command display plan progress report"},
	{path: "cmd/swarmlab/report", own: "display"},
	{path: "cmd/swarmlab/progress", own: "display"},
	{path: "cmd/swarmlab/plan", own: "display"},
	{path: "cmd/swarmlab/endpoint", own: "command"},
	{path: "cmd/swarmlab/identity", own: "command"},
	{path: "cmd/swarmlab/command"},
	{path: "cmd/swarmlab/display"},
	{path: "cmd/swarmlab/claim"},
	{path: "cmd/swarmlab/trial", own: "command"},
}

// calm lists the standard library's packages in which no clock, no randomness, no concurrency and
// no operating system is found. Of time only durations may be used, and of math only integers:
// the bans see to that.
var calm = strings.Fields(`bufio bytes cmp crypto/ed25519 crypto/sha1 crypto/sha256
	encoding/binary encoding/hex errors fmt hash hash/crc32 io iter math math/bits net/netip
	slices strconv strings time unicode/utf8`)

// checkTable reports packages without row and rows without package.
func checkTable(t *tree, table []room) (found []violation) {
	for _, u := range t.packages {
		if !strings.HasPrefix(u.path, "cmd/") && rowOf(table, u.path) == nil {
			found = append(found, violation{u.files[0].name, 1,
				"package " + u.path + " has no row in the table of imports"})
		}
	}
	for _, r := range table {
		if t.unit(r.path) == nil {
			found = append(found, violation{r.path, 1,
				"the table of imports has a row for a package that is gone"})
		}
	}
	return found
}

func rowOf(table []room, path string) *room {
	for n := range table {
		if table[n].path == path {
			return &table[n]
		}
	}
	return nil
}

// checkProgram holds the program's packages against the table of them.
func checkProgram(t *tree, table []room) (found []violation) {
	const home = "cmd/swarmlab"
	for _, r := range table {
		if t.unit(r.path) == nil {
			found = append(found, violation{r.path, 1,
				"the table of the program has a row for a package that is gone"})
		}
	}
	for _, u := range t.packages {
		if !within(u.path, home) {
			continue
		}
		r := rowOf(table, u.path)
		if r == nil {
			found = append(found, violation{u.files[0].name, 1,
				"package " + u.path + " has no row in the table of the program"})
			continue
		}
		for _, f := range u.files {
			for _, s := range f.syntax.Imports {
				path, err := strconv.Unquote(s.Path.Value)
				sister, is := strings.CutPrefix(path, module+"/"+home+"/")
				if err != nil || is && !f.test && !slices.Contains(strings.Fields(r.own), sister) {
					found = append(found, t.at(s.Pos(), "%s must not import %s", u.path, path))
				}
			}
		}
	}
	return found
}

// checkImports holds the table against a package. Tests may import what they like.
func checkImports(t *tree, u *unit, r *room) (found []violation) {
	for _, f := range u.files {
		if f.test {
			continue
		}
		for _, s := range f.syntax.Imports {
			path, err := strconv.Unquote(s.Path.Value)
			if err != nil || !r.allows(path) {
				found = append(found, t.at(s.Pos(), "%s must not import %s", u.path, path))
			}
		}
	}
	return found
}

func (r *room) allows(path string) bool {
	if own, ok := strings.CutPrefix(path, module+"/"); ok {
		return slices.Contains(strings.Fields(r.own), own)
	}
	for m := range strings.FieldsSeq(r.others) {
		if within(path, m) {
			return true
		}
	}
	first, _, _ := strings.Cut(path, "/")
	switch {
	case strings.Contains(first, ".") || path == "C" || path == "unsafe":
		return false
	case r.deterministic:
		return slices.Contains(calm, path)
	}
	return !within(path, "net") || path == "net/netip"
}

// within reports whether a package is a folder or lies in it.
func within(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, folder+"/")
}
