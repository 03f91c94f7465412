// The program is a client of anacrolix/torrent that exchanges torrents, told what to do in JSON, a
// line each way, as libtorrent_torrents.py is.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/anacrolix/dht/v2"
	"github.com/anacrolix/log"
	"github.com/anacrolix/torrent"
	"github.com/anacrolix/torrent/metainfo"
	"github.com/anacrolix/torrent/storage"
)

type setup struct {
	Listen    []string // one
	Bootstrap []string
}

// command is a line of input.
type command struct {
	ID     int
	Op     string
	Source string
	Folder string
	Key    string
}

// result is a line of output.
type result struct {
	ID       int    `json:"id"`
	Error    string `json:"error,omitempty"`
	Complete bool   `json:"complete"`
	Down     int64  `json:"down"`
	Up       int64  `json:"up"`
	Said     string `json:"said"`
}

func main() {
	var s setup
	check(json.Unmarshal([]byte(os.Args[1]), &s))
	client, err := torrent.NewClient(s.config())
	check(err)
	torrents := make(map[string]*torrent.Torrent)
	out := json.NewEncoder(os.Stdout)
	out.Encode(map[string]bool{"ready": true})
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var c command
		check(json.Unmarshal(lines.Bytes(), &c))
		r, err := obey(client, torrents, &c)
		r.ID = c.ID
		if err != nil {
			r.Error = err.Error()
		}
		out.Encode(r)
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// config is that of a client at one address, which knows nobody but what it is told.
func (s *setup) config() *torrent.ClientConfig {
	host, port, err := net.SplitHostPort(s.Listen[0])
	check(err)
	number, err := strconv.Atoi(port)
	check(err)
	cfg := torrent.NewDefaultClientConfig()
	cfg.ListenHost = func(string) string { return host }
	cfg.ListenPort = number
	cfg.Seed = true
	cfg.DisableIPv6 = true
	cfg.DisableWebtorrent = true
	cfg.NoDefaultPortForwarding = true
	cfg.NoDHT = len(s.Bootstrap) == 0
	cfg.DhtStartingNodes = func(string) dht.StartingNodesGetter { return s.nodes }
	cfg.Logger = log.Default.FilterLevel(log.Critical)
	cfg.Slogger = slog.New(slog.DiscardHandler)
	// This version reads for one request at a time, any of those that wait, and lets it wait until
	// all that came before it have room: with more requests than have room, 64 by default, it
	// stops for ever. It says that it takes 1024.
	cfg.MaxAllocPeerRequestDataPerConn = 1024 << 14
	// A tracker takes the address that asks it for that of the peer.
	from := net.ParseIP(host)
	cfg.TrackerDialContext = func(ctx context.Context, network, to string) (net.Conn, error) {
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}}
		return d.DialContext(ctx, network, to)
	}
	cfg.TrackerListenPacket = func(network, _ string) (net.PacketConn, error) {
		return net.ListenUDP("udp4", &net.UDPAddr{IP: from})
	}
	return cfg
}

func (s *setup) nodes() (all []dht.Addr, err error) {
	for _, text := range s.Bootstrap {
		a, err := net.ResolveUDPAddr("udp", text)
		if err != nil {
			return nil, err
		}
		all = append(all, dht.NewAddr(a))
	}
	return all, nil
}

func obey(
	client *torrent.Client, torrents map[string]*torrent.Torrent, c *command,
) (r result, err error) {
	if c.Op == "add" {
		t, err := add(client, c)
		if err == nil {
			torrents[t.InfoHash().HexString()] = t
		}
		return r, err
	}
	t := torrents[c.Key]
	if t == nil {
		return r, fmt.Errorf("no torrent %s", c.Key)
	}
	switch c.Op {
	case "status":
		stats := t.Stats()
		r.Complete = t.Info() != nil && t.BytesMissing() == 0
		r.Down = stats.BytesReadUsefulData.Int64()
		r.Up = stats.BytesWrittenData.Int64()
		r.Said = fmt.Sprintf("%d peers, %d half open, %d known, %d pieces", stats.ActivePeers,
			stats.HalfOpenPeers, stats.TotalPeers, stats.PiecesComplete)
	case "announce": // it does by itself
	case "remove":
		t.Drop()
		delete(torrents, c.Key)
	default:
		return r, fmt.Errorf("unknown op %s", c.Op)
	}
	return r, nil
}

func add(client *torrent.Client, c *command) (*torrent.Torrent, error) {
	spec, err := read(c.Source)
	if err != nil {
		return nil, err
	}
	spec.Storage = storage.NewFileOpts(storage.NewFileClientOpts{
		ClientBaseDir:   c.Folder,
		PieceCompletion: storage.NewMapPieceCompletion(), // no file of its own beside the content
	})
	trackers := spec.Trackers
	spec.Trackers = nil
	t, _, err := client.AddTorrentSpec(spec)
	if err != nil {
		return nil, err
	}
	go func() {
		<-t.GotInfo()
		t.VerifyData()
		t.DownloadAll()
		t.AddTrackers(trackers) // while it wants nothing it asks them for no peers
	}()
	return t, nil
}

func read(source string) (*torrent.TorrentSpec, error) {
	if strings.HasPrefix(source, "magnet:") {
		return torrent.TorrentSpecFromMagnetUri(source)
	}
	file, err := metainfo.LoadFromFile(source)
	if err != nil {
		return nil, err
	}
	return torrent.TorrentSpecFromMetaInfoErr(file)
}
