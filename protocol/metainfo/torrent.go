package metainfo

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Torrent is a .torrent file.
type Torrent struct {
	Info *Info

	// Trackers are the addresses of trackers in tiers: all of one tier are tried, in any order,
	// before the next (BEP 12). A file with one tracker gives one tier of one.
	Trackers [][]string
	Nodes    []Endpoint // of the DHT, to enter it (BEP 5)
	WebSeeds []string   // HTTP servers that have the files, too (BEP 19)

	Comment   string
	CreatedBy string
	Created   int64 // in seconds since 1970, if above 0
}

// Endpoint is a host, given as a name or an address, and a port.
type Endpoint struct {
	Host string
	Port uint16
}

// String returns HOST:PORT.
func (e Endpoint) String() string {
	host := e.Host
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	return host + ":" + strconv.Itoa(int(e.Port))
}

// Parse reads a .torrent file. Errors are of type *Error.
func Parse(p []byte) (*Torrent, error) {
	if err := checkForm(p, "torrent"); err != nil {
		return nil, err
	}
	top := record{raw: p}
	info, err := top.record("info")
	if err != nil {
		return nil, err
	}
	t := &Torrent{}
	if t.Info, err = readInfo(info); err != nil {
		return nil, err
	}
	for _, read := range []func(record) error{t.readTrackers, t.readNodes, t.readWebSeeds} {
		if err := read(top); err != nil {
			return nil, err
		}
	}
	if err := top.decode("comment", "a string", &t.Comment); err != nil {
		return nil, err
	}
	if err := top.decode("created by", "a string", &t.CreatedBy); err != nil {
		return nil, err
	}
	return t, top.decode("creation date", "a number", &t.Created)
}

// readTrackers reads the tiers. Where there is a list, the single tracker counts no more.
func (t *Torrent) readTrackers(top record) error {
	var one string
	if err := top.decode("announce", "a string", &one); err != nil {
		return err
	}
	var tiers [][]string
	err := top.decode("announce-list", "a list of lists of strings", &tiers)
	if err != nil {
		return err
	}
	for _, tier := range tiers {
		if tier = unblank(tier); len(tier) > 0 {
			t.Trackers = append(t.Trackers, tier)
		}
	}
	if len(t.Trackers) == 0 && one != "" {
		t.Trackers = [][]string{{one}}
	}
	return nil
}

// unblank leaves out empty strings, which are found where others would leave out the key.
func unblank(all []string) []string {
	return slices.DeleteFunc(all, func(s string) bool { return s == "" })
}

func (t *Torrent) readNodes(top record) error {
	var nodes [][]any
	const what = "a list of [host, port]"
	if err := top.decode("nodes", what, &nodes); err != nil {
		return err
	}
	for _, node := range nodes {
		if len(node) != 2 {
			return top.unlike("nodes", what)
		}
		host, isHost := node[0].(string)
		port, isPort := node[1].(int64)
		if !isHost || !isPort || host == "" || port < 1 || port > math.MaxUint16 {
			return top.unlike("nodes", what)
		}
		t.Nodes = append(t.Nodes, Endpoint{host, uint16(port)})
	}
	return nil
}

func (t *Torrent) readWebSeeds(top record) error {
	raw, _ := top.value("url-list")
	if raw == nil {
		return nil
	}
	const what = "a string or a list of strings"
	if raw[0] == 'l' {
		err := top.decode("url-list", what, &t.WebSeeds)
		t.WebSeeds = unblank(t.WebSeeds)
		return err
	}
	t.WebSeeds = []string{""}
	err := top.decode("url-list", what, &t.WebSeeds[0])
	t.WebSeeds = unblank(t.WebSeeds)
	return err
}

// Magnet returns the link to the same torrent.
func (t *Torrent) Magnet() Magnet {
	return Magnet{
		Hash: t.Info.Hash, Name: t.Info.Name,
		Trackers: slices.Concat(t.Trackers...), WebSeeds: t.WebSeeds,
	}
}
