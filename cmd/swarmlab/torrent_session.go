package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/endpoint"
	"swarmlab/cmd/swarmlab/identity"
	"swarmlab/protocol"
	"swarmlab/protocol/client"
	"swarmlab/protocol/dht"
	"swarmlab/protocol/live"
	store "swarmlab/protocol/live/folder"
	"swarmlab/protocol/live/httptracker"
	"swarmlab/protocol/metainfo"
	"swarmlab/protocol/swarm"
)

const (
	openFiles = 200             // of a torrent, at a time
	farewell  = 6 * time.Second // for the trackers to hear that we leave

	// reconnect is the least time between two connections with a peer, and remind that after which
	// those that the user named are tried again, however often that failed.
	reconnect = 20 * time.Second
	remind    = 5 * time.Second

	// unanswered is how long requests wait for a first answer, as in Transmission: a minute, as in
	// libtorrent, is long for who sits there and waits.
	unanswered = 25 * time.Second
)

// torrentSession is one client with one torrent on real sockets and files.
type torrentSession struct {
	source torrentSource
	dir    string
	places torrentPlaces
	seeds  bool      // the files are only read
	role   *observer // it observes, and has no files; nil: it does not

	node  *live.Node
	group *client.Group
	store *store.Store
	files *store.Torrent  // nil until the files are known
	found uint32          // pieces that were there at the start
	work  context.Context // of lookups of names and of fetches
	stop  context.CancelFunc
	jobs  sync.WaitGroup

	described chan struct{}  // the metadata of a link has come:
	metadata  *metainfo.Info // this
	complete  chan struct{}  // everything is there
	trouble   chan error     // why it cannot go on
	over      chan struct{}  // the node has ended
	failure   error          // of the node; after over
}

// only is the number of the torrent, and of the client in its group.
const only = 0

// newTorrentSession opens the sockets and makes the client: one that seeds, one that downloads, or,
// if watch is not nil, an observer.
func newTorrentSession(
	ctx context.Context, f *torrentFlags, source *torrentSource, seeds bool, watch *observer,
) (*torrentSession, error) {
	s := &torrentSession{
		source: *source, dir: f.dir, seeds: seeds, role: watch,
		described: make(chan struct{}), complete: make(chan struct{}),
		trouble: make(chan error, 1), over: make(chan struct{}),
	}
	up, down, err := f.limits()
	if err == nil {
		s.places, err = f.places(ctx, source)
	}
	if err != nil {
		return nil, err
	}
	s.work, s.stop = context.WithCancel(context.Background())
	s.store = store.New(openFiles, func(_ uint32, err error) { s.fail(err) })
	settings := live.DefaultStreams()
	settings.Contents, settings.Up, settings.Down = s.store, up, down
	if watch != nil {
		settings.Connections = max(settings.Connections, 2*watch.connections)
	}
	if s.node, err = live.ListenStreams(settings, s.places.listen...); err != nil {
		return nil, command.Exit(command.Failed, err)
	}
	if err := s.equip(); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

// close ends a session that was not run.
func (s *torrentSession) close() {
	s.stop()
	s.node.Close()
	s.store.Close()
}

// equip makes the client for the node's address.
func (s *torrentSession) equip() error {
	cfg := client.Default()
	cfg.IPv6, cfg.Swarm.ReconnectAfter = s.places.six, reconnect
	cfg.Swarm.RequestTimeout = unanswered
	random := identity.Random()
	if s.source.info != nil && s.source.info.Private {
		cfg.DHT = nil
	} else {
		copy(cfg.DHT.Secret[:], random[:])
		cfg.DHT.SecureIDs = dht.SecureIDsPreferred
		if !s.node.Addr().AddrPort().Addr().IsLoopback() {
			cfg.DHT.SourceLimit, cfg.DHT.SourceBan = endpoint.SourceLimit, 5*time.Minute
		}
	}
	env := client.Env{Resolve: s.resolve, Fetch: s.fetch}
	env.Swarm = swarm.Env{Store: s.store, Observer: s, Describe: s.describe}
	if s.role != nil {
		s.role.apply(&cfg.Swarm)
		env.Swarm.Watcher = s.role.eye
	}
	env.DHT = dht.Env{Directory: dht.NewBook(),
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr {
			return append(dst, s.places.nodes...)
		}}
	var err error
	if s.group, err = client.New(cfg, env, 1); err != nil {
		return command.Exit(command.Failed, err)
	}
	s.group.Assign(only, newPeerID(), s.node.Addr())
	if s.group.DHT() != nil {
		s.group.DHT().Assign(only, identity.New())
	}
	tor := client.Torrent{Trackers: s.source.trackers}
	tor.InfoHash = s.source.hash
	if in := s.source.info; in != nil {
		tor.Geometry, tor.Metadata, tor.Private = geometryOf(in), in.Raw, in.Private
	}
	s.group.Register(tor)
	return nil
}

// newPeerID returns a random peer id that begins as other clients' do.
func newPeerID() (id [20]byte) {
	const letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
	random := identity.Random()
	for k := copy(id[:], "-SL0001-"); k < len(id); k++ {
		id[k] = letters[random[k]%64]
	}
	return id
}

func geometryOf(in *metainfo.Info) swarm.Geometry {
	return swarm.Geometry{Total: in.Total, PieceLength: in.PieceLength}
}

// fail notes why it cannot go on, unless something was noted before.
func (s *torrentSession) fail(err error) {
	select {
	case s.trouble <- err:
	default:
	}
}

// run runs the client, does what is to be done with it, and says farewell.
func (s *torrentSession) run(work func() error) error {
	serving, end := context.WithCancel(context.Background())
	go func() {
		s.failure = s.node.Run(serving, s.group)
		close(s.over)
	}()
	err := work()
	s.leave()
	end()
	<-s.over
	s.stop()
	s.jobs.Wait()
	for _, failure := range []error{s.failure, s.store.Close()} {
		if failure != nil {
			err = errors.Join(err, command.Exit(command.Failed, failure))
		}
	}
	return err
}

// leave tells the trackers that we go, and waits for them a little.
func (s *torrentSession) leave() {
	err := s.node.Do(func(t *protocol.Turn) { s.group.Leave(only, t, only) })
	for end := time.Now().Add(farewell); err == nil && time.Now().Before(end); {
		left := false
		err = s.node.Do(func(*protocol.Turn) { left = s.group.Left(only, only) })
		if left {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// join makes the client take part, with what there is of the content.
func (s *torrentSession) join() error {
	e := swarm.Entry{Torrent: only, Magnet: s.source.info == nil, Have: s.have()}
	err := s.node.Do(func(t *protocol.Turn) { s.group.Add(only, t, e) })
	s.jobs.Go(s.introduce)
	return err
}

// introduce names the peers that are known from the start, again and again: they may come late.
func (s *torrentSession) introduce() {
	tick := time.NewTicker(remind)
	defer tick.Stop()
	for s.work.Err() == nil {
		s.node.Do(func(t *protocol.Turn) {
			s.group.Found(only, t, only, s.places.peers, swarm.FromManual)
		})
		select {
		case <-tick.C:
		case <-s.work.Done():
		}
	}
}

// have is the bitfield of what was found in the folder; nil if there is none.
func (s *torrentSession) have() []byte {
	if s.files == nil {
		return nil
	}
	n := s.source.info.Count()
	b := make([]byte, (n+7)/8)
	for piece := range n {
		if s.files.Good(piece) {
			b[piece/8] |= 0x80 >> (piece % 8)
		}
	}
	return b
}

// describe reads metadata that came. The files are looked at outside the turn.
func (s *torrentSession) describe(
	_, _ uint32, raw []byte,
) (geo swarm.Geometry, private, ok bool) {
	in, err := metainfo.ParseInfo(raw, s.source.hash)
	if err != nil {
		s.fail(fmt.Errorf("the metadata of the link cannot be used: %w", err))
		return geo, false, false
	}
	s.metadata = in // once: what can be used is not asked for again
	close(s.described)
	return geo, in.Private, true
}

// Completed implements swarm.Observer.
func (s *torrentSession) Completed(uint32, *protocol.Turn, uint32) { close(s.complete) }

// Verified implements swarm.Observer.
func (s *torrentSession) Verified(uint32, *protocol.Turn, uint32, uint32) {}

// resolve looks the host of a tracker up.
func (s *torrentSession) resolve(_, torrent uint32, host string) {
	s.jobs.Go(func() {
		network := "ip4"
		if s.places.six {
			network = "ip6"
		}
		var addr protocol.Addr
		ctx, end := context.WithTimeout(s.work, 10*time.Second)
		defer end()
		ips, err := net.DefaultResolver.LookupNetIP(ctx, network, host)
		if err == nil && len(ips) > 0 {
			addr = addrOf(ips[0])
		}
		s.node.Do(func(t *protocol.Turn) { s.group.Resolved(only, t, torrent, host, addr) })
	})
}

// fetch gets the answer of a tracker.
func (s *torrentSession) fetch(_, torrent, number uint32, url string) {
	s.jobs.Go(func() {
		problem := ""
		body, err := httptracker.FetchFrom(s.work, s.node.Addr().AddrPort().Addr(), url)
		if err != nil {
			problem = err.Error()
		}
		s.node.Do(func(t *protocol.Turn) {
			s.group.Fetched(only, t, torrent, number, body, problem)
		})
	})
}
