// The program runs nodes of anacrolix/dht, told what to do in JSON, a line each way, as
// libtorrent_nodes.py beside it is.
package main

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/anacrolix/dht/v2"
	"github.com/anacrolix/dht/v2/bep44"
	"github.com/anacrolix/dht/v2/exts/getput"
	"github.com/anacrolix/dht/v2/krpc"
	peer_store "github.com/anacrolix/dht/v2/peer-store"
	"github.com/anacrolix/log"
	"github.com/anacrolix/torrent/bencode"
	"golang.org/x/time/rate"
)

type setup struct {
	Listen    []string
	Bootstrap []string
	Passive   bool `json:"read_only"`
}

// command is a line of input.
type command struct {
	ID     int
	Op     string
	Node   int
	Key    string
	Addr   string
	Port   int
	Value  string
	Secret string
	Public string
	Salt   string
	Seq    int64
	Target string
}

// result is a line of output.
type result struct {
	ID      int      `json:"id"`
	Error   string   `json:"error,omitempty"`
	Peer    string   `json:"peer,omitempty"`
	Peers   []string `json:"peers,omitempty"`
	Filters int      `json:"filters,omitempty"` // answers with filters (BEP 33)
	Target  string   `json:"target,omitempty"`
	Value   string   `json:"value,omitempty"`
	Seq     int64    `json:"seq,omitempty"`
}

func main() {
	var s setup
	check(json.Unmarshal([]byte(os.Args[1]), &s))
	var nodes []*dht.Server
	for _, addr := range s.Listen {
		nodes = append(nodes, start(addr, &s))
	}
	out := json.NewEncoder(os.Stdout)
	var mu sync.Mutex
	out.Encode(map[string]bool{"ready": true})
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var c command
		check(json.Unmarshal(lines.Bytes(), &c))
		go func() {
			r, err := obey(nodes[c.Node], &c)
			r.ID = c.ID
			if err != nil {
				r.Error = err.Error()
			}
			mu.Lock()
			defer mu.Unlock()
			out.Encode(r)
		}()
	}
}

func start(addr string, s *setup) *dht.Server {
	conn, err := net.ListenPacket("udp", addr)
	check(err)
	cfg := dht.NewDefaultServerConfig()
	cfg.Conn = conn
	cfg.Passive = s.Passive
	cfg.PeerStore = &peers{known: make(map[peer_store.InfoHash][]krpc.NodeAddr)}
	cfg.Logger = log.Default.FilterLevel(log.Critical)
	cfg.SendLimiter = rate.NewLimiter(rate.Inf, 1) // all nodes of the process would share the default
	cfg.StartingNodes = func() (all []dht.Addr, err error) {
		for _, text := range s.Bootstrap {
			all = append(all, address(text))
		}
		return all, nil
	}
	node, err := dht.NewServer(cfg)
	check(err)
	if len(s.Bootstrap) > 0 {
		go node.TableMaintainer()
	}
	return node
}

// peers takes the place of peer_store.InMemory, which in this version takes the IP address that it
// has for an index apart as if a port followed it, and so gives no peers to anybody.
type peers struct {
	mu    sync.Mutex
	known map[peer_store.InfoHash][]krpc.NodeAddr
}

func (p *peers) AddPeer(key peer_store.InfoHash, a krpc.NodeAddr) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.known[key] {
		if a.String() == b.String() {
			return
		}
	}
	p.known[key] = append(p.known[key], a)
}

func (p *peers) GetPeers(key peer_store.InfoHash) []krpc.NodeAddr {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.known[key])
}

func address(text string) dht.Addr {
	a, err := net.ResolveUDPAddr("udp", text)
	check(err)
	return dht.NewAddr(a)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func obey(node *dht.Server, c *command) (result, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	switch c.Op {
	case "ping":
		r := node.Ping(address(c.Addr).Raw().(*net.UDPAddr))
		if err := r.ToError(); err != nil {
			return result{}, err
		}
		return result{Peer: r.Reply.SenderID().String()}, nil
	case "announce":
		_, err := search(ctx, node, c.Key, dht.AnnouncePeer(dht.AnnouncePeerOpts{Port: c.Port}))
		return result{}, err
	case "find":
		return search(ctx, node, c.Key)
	case "scrape":
		return search(ctx, node, c.Key, dht.Scrape())
	case "put":
		return put(ctx, node, c)
	case "get":
		r, _, err := getput.Get(ctx, krpc.IdFromString(unhex(c.Target)), node, nil, []byte(c.Salt))
		if err != nil {
			return result{}, err
		}
		var value string
		err = bencode.Unmarshal(r.V, &value)
		return result{Value: value, Seq: max(0, r.Seq)}, err
	}
	return result{}, fmt.Errorf("unknown op %s", c.Op)
}

func unhex(digits string) string {
	b, err := hex.DecodeString(digits)
	check(err)
	return string(b)
}

func search(
	ctx context.Context, node *dht.Server, key string, opts ...dht.AnnounceOpt,
) (r result, err error) {
	a, err := node.AnnounceTraversal(krpc.IdFromString(unhex(key)), opts...)
	if err != nil {
		return r, err
	}
	defer a.Close()
	for {
		select {
		case found, more := <-a.Peers:
			if !more {
				slices.Sort(r.Peers)
				r.Peers = slices.Compact(r.Peers)
				return r, nil
			}
			if found.BFpe != nil && found.BFsd != nil {
				r.Filters++
			}
			for _, p := range found.Peers {
				r.Peers = append(r.Peers, p.String())
			}
		case <-ctx.Done():
			return r, ctx.Err()
		}
	}
}

func put(ctx context.Context, node *dht.Server, c *command) (result, error) {
	item := bep44.Put{V: c.Value, Salt: []byte(c.Salt), Seq: c.Seq}
	if c.Secret != "" {
		secret := ed25519.NewKeyFromSeed([]byte(unhex(c.Secret)))
		item.K = (*[32]byte)(secret.Public().(ed25519.PublicKey))
		item.Sign(secret)
	}
	target := item.Target()
	_, err := getput.Put(ctx, krpc.ID(target), node, item.Salt, func(int64) bep44.Put { return item })
	return result{Target: hex.EncodeToString(target[:])}, err
}
