package httptracker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"swarmlab/protocol"
	"swarmlab/protocol/tracker"
)

const (
	headersMax  = 8 << 10 // of a request, in bytes, its URL counted
	requestTime = 5 * time.Second
	answerTime  = 10 * time.Second
)

// Server answers announces and scrapes on one port.
type Server struct {
	listener *listener
	turns    Turns
	tracker  *tracker.Tracker
	pool     sync.Pool // of *request
	requests atomic.Uint64
	other    atomic.Uint64

	mu    sync.Mutex
	drops tracker.Drops
}

// Stats is what a server has counted.
type Stats struct {
	Requests uint64 // announces and scrapes
	Other    uint64 // requests for anything else
	Turned   uint64 // connections beyond the limits
	Drops    tracker.Drops
}

// request is the memory for one request.
type request struct {
	announce tracker.Request
	reply    tracker.Reply
	scrape   tracker.Scrape
	hashes   [][20]byte
	body     []byte
}

// Listen binds a TCP port; port 0 takes any that is free. The owner calls Run next, or Close.
func Listen(addr string) (*Server, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("cannot listen for HTTP at %q: %w; write HOST:PORT; is the address "+
			"one of this machine's, and the port free?", addr, err)
	}
	return &Server{listener: newListener(l), pool: sync.Pool{New: func() any {
		return new(request)
	}}}, nil
}

// Addr returns the address that the server is bound to.
func (s *Server) Addr() protocol.Addr {
	return protocol.AddrOf(s.listener.Addr().(*net.TCPAddr).AddrPort())
}

// Close closes the port. Run, if it is running, returns.
func (s *Server) Close() error { return s.listener.Close() }

// Stats returns the counts so far.
func (s *Server) Stats() Stats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Stats{Requests: s.requests.Load(), Other: s.other.Load(),
		Turned: s.listener.turned.Load(), Drops: s.drops}
}

// Run answers for k until ctx ends, and returns nil then. Connections end with it. It must be
// called once.
func (s *Server) Run(ctx context.Context, turns Turns, k *tracker.Tracker) error {
	s.turns, s.tracker = turns, k
	web := http.Server{
		Handler: s, ReadHeaderTimeout: requestTime, ReadTimeout: requestTime,
		WriteTimeout: answerTime, MaxHeaderBytes: headersMax,
		ErrorLog: log.New(io.Discard, "", 0),
	}
	web.SetKeepAlivesEnabled(false) // the next announce comes in half an hour
	defer context.AfterFunc(ctx, func() { web.Close() })()
	err := web.Serve(s.listener)
	if errors.Is(err, http.ErrServerClosed) || errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	known := r.URL.Path == "/announce" || r.URL.Path == "/scrape"
	if err != nil || !known || r.Method != http.MethodGet {
		s.other.Add(1)
		http.Error(w, "this is a BitTorrent tracker: GET /announce or /scrape", http.StatusNotFound)
		return
	}
	s.requests.Add(1)
	q := s.pool.Get().(*request)
	defer s.pool.Put(q)
	if r.URL.Path == "/scrape" {
		s.scrape(q, r.URL.RawQuery, protocol.AddrOf(from))
	} else {
		s.announce(q, r.URL.RawQuery, protocol.AddrOf(from))
	}
	w.Header().Set("Content-Type", "text/plain")
	w.Write(q.body) // nobody is there to be told that it failed
}

// announce takes an announce; the body is the answer.
func (s *Server) announce(q *request, query string, from protocol.Addr) {
	f := tracker.ParseAnnounce(query, from, &q.announce)
	if f == tracker.OK {
		f = s.turn(from, func(t *protocol.Turn) {
			s.tracker.Announce(t.Now, t.Rand, &q.announce, &q.reply)
		})
	}
	if f != tracker.OK {
		q.body = s.refuse(q.body[:0], f)
		return
	}
	q.body = tracker.AppendReply(q.body[:0], &q.reply, &q.announce)
}

// scrape answers for the torrents that are named.
func (s *Server) scrape(q *request, query string, from protocol.Addr) {
	var f tracker.Fault
	q.hashes, f = tracker.ParseScrape(query, q.hashes[:0])
	q.scrape.Files = q.scrape.Files[:0]
	if f == tracker.OK {
		f = s.turn(from, func(t *protocol.Turn) {
			q.scrape.MinInterval = s.tracker.MinInterval()
			q.scrape.Files = s.tracker.ScrapeAll(t.Now, q.hashes, q.scrape.Files)
		})
	}
	if f != tracker.OK {
		q.body = s.refuse(q.body[:0], f)
		return
	}
	q.body = tracker.AppendScrapeReply(q.body[:0], &q.scrape)
}

// turn runs f as a turn of the tracker's, unless its host has asked too much, or it has ended.
func (s *Server) turn(from protocol.Addr, f func(t *protocol.Turn)) tracker.Fault {
	fault := tracker.Ended
	err := s.turns.Do(func(t *protocol.Turn) {
		if s.tracker.Flooded(t.Now, from) {
			fault = tracker.Flood
			return
		}
		fault = tracker.OK
		f(t)
	})
	if err != nil {
		return tracker.Ended
	}
	return fault
}

// refuse counts what is not accepted and appends the body that says so.
func (s *Server) refuse(dst []byte, f tracker.Fault) []byte {
	s.mu.Lock()
	s.drops[f]++
	s.mu.Unlock()
	r := tracker.Reply{Failure: "not accepted: " + f.String()}
	if f == tracker.Flood {
		r.RetryIn = time.Minute
	}
	return tracker.AppendReply(dst, &r, &tracker.Request{})
}
