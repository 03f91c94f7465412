package torrents

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
	"swarmlab/protocol/tracker"
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

// Session is one client with one torrent on real sockets and files.
type Session struct {
	Source Source
	dir    string
	places places
	seeds  bool      // the files are only read
	role   *Observer // it observes, and has no files; nil: it does not

	Node  *live.Node
	Group *client.Group
	store *store.Store
	files *store.Torrent  // nil until the files are known
	found uint32          // pieces that were there at the start
	work  context.Context // of lookups of names and of fetches
	stop  context.CancelFunc
	jobs  sync.WaitGroup

	Described chan struct{}  // the metadata of a link has come:
	metadata  *metainfo.Info // this
	complete  chan struct{}  // everything is there
	trouble   chan error     // why it cannot go on
	over      chan struct{}  // the node has ended
	failure   error          // of the node; after over
}

// only is the number of the torrent, and of the client in its group.
const only = 0

// NewSession opens the sockets and makes the client: one that seeds, one that downloads, or,
// if watch is not nil, an observer.
func NewSession(
	ctx context.Context, f *Flags, source *Source, seeds bool, watch *Observer,
) (*Session, error) {
	s := &Session{
		Source: *source, dir: f.dir, seeds: seeds, role: watch,
		Described: make(chan struct{}), complete: make(chan struct{}),
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
		settings.Connections = max(settings.Connections, 2*watch.Connections)
	}
	if s.Node, err = live.ListenStreams(settings, s.places.listen...); err != nil {
		return nil, command.Exit(command.Failed, err)
	}
	if err := s.equip(); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// Close ends a session that was not run.
func (s *Session) Close() {
	s.stop()
	s.Node.Close()
	s.store.Close()
}

// equip makes the client for the node's address.
func (s *Session) equip() error {
	cfg := client.Default()
	cfg.IPv6, cfg.Swarm.ReconnectAfter = s.places.six, reconnect
	cfg.Swarm.RequestTimeout = unanswered
	random := identity.Random()
	if s.Source.Info != nil && s.Source.Info.Private {
		cfg.DHT = nil
	} else {
		copy(cfg.DHT.Secret[:], random[:])
		cfg.DHT.SecureIDs = dht.SecureIDsPreferred
		if !s.Node.Addr().AddrPort().Addr().IsLoopback() {
			cfg.DHT.SourceLimit, cfg.DHT.SourceBan = endpoint.SourceLimit, 5*time.Minute
		}
	}
	env := client.Env{Resolve: s.resolve, Fetch: s.fetch}
	env.Swarm = swarm.Env{Store: s.store, Observer: s, Describe: s.describe}
	if s.role != nil {
		s.role.apply(&cfg.Swarm)
		env.Swarm.Watcher = s.role.Eye
	}
	env.DHT = dht.Env{Directory: dht.NewBook(),
		Seeds: func(_ uint32, dst []protocol.Addr) []protocol.Addr {
			return append(dst, s.places.nodes...)
		}}
	var err error
	if s.Group, err = client.New(cfg, env, 1); err != nil {
		return command.Exit(command.Failed, err)
	}
	s.Group.Assign(only, newPeerID(), s.Node.Addr())
	if s.Group.DHT() != nil {
		s.Group.DHT().Assign(only, identity.New())
	}
	tor := client.Torrent{Trackers: s.Source.Trackers}
	tor.InfoHash = s.Source.Hash
	if in := s.Source.Info; in != nil {
		tor.Geometry, tor.Metadata, tor.Private = geometryOf(in), in.Raw, in.Private
	}
	s.Group.Register(tor)
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
func (s *Session) fail(err error) {
	select {
	case s.trouble <- err:
	default:
	}
}

// Run runs the client, does what is to be done with it, and says farewell.
func (s *Session) Run(work func() error) error {
	serving, end := context.WithCancel(context.Background())
	go func() {
		s.failure = s.Node.Run(serving, s.Group)
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
func (s *Session) leave() {
	err := s.Node.Do(func(t *protocol.Turn) { s.Group.Leave(only, t, only) })
	for end := time.Now().Add(farewell); err == nil && time.Now().Before(end); {
		left := false
		err = s.Node.Do(func(*protocol.Turn) { left = s.Group.Left(only, only) })
		if left {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// Join makes the client take part, with what there is of the content.
func (s *Session) Join() error {
	e := swarm.Entry{Torrent: only, Magnet: s.Source.Info == nil, Have: s.have()}
	err := s.Node.Do(func(t *protocol.Turn) { s.Group.Add(only, t, e) })
	s.jobs.Go(s.introduce)
	return err
}

// alone reports whether there is nobody who could name a peer.
func (s *Session) alone() bool {
	for _, tier := range s.Source.Trackers {
		for _, url := range tier {
			if _, err := tracker.ParseURL(url); err == nil {
				return false
			}
		}
	}
	private := s.Source.Info != nil && s.Source.Info.Private
	return len(s.places.peers) == 0 && (private || len(s.places.nodes) == 0)
}

// introduce names the peers that are known from the start, again and again: they may come late.
func (s *Session) introduce() {
	tick := time.NewTicker(remind)
	defer tick.Stop()
	for s.work.Err() == nil {
		s.Node.Do(func(t *protocol.Turn) {
			s.Group.Found(only, t, only, s.places.peers, swarm.FromManual)
		})
		select {
		case <-tick.C:
		case <-s.work.Done():
		}
	}
}

// have is the bitfield of what was found in the folder; nil if there is none.
func (s *Session) have() []byte {
	if s.files == nil {
		return nil
	}
	n := s.Source.Info.Count()
	b := make([]byte, (n+7)/8)
	for piece := range n {
		if s.files.Good(piece) {
			b[piece/8] |= 0x80 >> (piece % 8)
		}
	}
	return b
}

// describe reads metadata that came. The files are looked at outside the turn.
func (s *Session) describe(
	_, _ uint32, raw []byte,
) (geo swarm.Geometry, private, ok bool) {
	in, err := metainfo.ParseInfo(raw, s.Source.Hash)
	if err != nil {
		s.fail(fmt.Errorf("the metadata of the link cannot be used: %w", err))
		return geo, false, false
	}
	s.metadata = in // once: what can be used is not asked for again
	close(s.Described)
	return geo, in.Private, true
}

// Completed implements swarm.Observer.
func (s *Session) Completed(uint32, *protocol.Turn, uint32) { close(s.complete) }

// Verified implements swarm.Observer.
func (s *Session) Verified(uint32, *protocol.Turn, uint32, uint32) {}

// resolve looks the host of a tracker up.
func (s *Session) resolve(_, torrent uint32, host string) {
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
		s.Node.Do(func(t *protocol.Turn) { s.Group.Resolved(only, t, torrent, host, addr) })
	})
}

// fetch gets the answer of a tracker.
func (s *Session) fetch(_, torrent, number uint32, url string) {
	s.jobs.Go(func() {
		problem := ""
		body, err := httptracker.FetchFrom(s.work, s.Node.Addr().AddrPort().Addr(), url)
		if err != nil {
			problem = endpoint.Cause(err)
		}
		s.Node.Do(func(t *protocol.Turn) {
			s.Group.Fetched(only, t, torrent, number, body, problem)
		})
	})
}
