package torrents

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"sync/atomic"
	"time"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/display"
	"swarmlab/protocol"
)

// addrOf returns an address without port.
func addrOf(ip netip.Addr) protocol.Addr {
	return protocol.AddrOf(netip.AddrPortFrom(ip.Unmap(), 0))
}

// open finds out which pieces are in the folder, with a bar on a terminal.
func (s *Session) open(ctx context.Context, screen io.Writer) (err error) {
	in := s.Source.Info
	add := s.store.Download
	if s.seeds {
		add = s.store.Seed
	}
	if s.files, err = add(only, in, s.dir); err != nil {
		return command.Exit(command.Refused, err)
	}
	p := &checking{total: in.Total, piece: uint64(in.PieceLength), began: time.Now()}
	if w := display.Terminal(screen); w != nil {
		p.bar = display.NewBar(w, display.BarRefresh,
			func() string { return "checking what is there " }, p.text)
	}
	s.found, err = s.files.Check(ctx, p.update)
	p.bar.Stop()
	if errors.Is(err, context.Canceled) {
		return command.Interrupt("interrupted")
	}
	if err != nil {
		return command.Exit(command.Failed, err)
	}
	return nil
}

// all says whether everything was in the folder at the start.
func (s *Session) all() bool { return s.found == s.Source.Info.Count() }

// checking is how far the check of the files is. The bar's goroutine reads it.
type checking struct {
	total, piece uint64
	done         atomic.Uint64
	began        time.Time
	bar          *display.Bar
}

func (p *checking) update(pieces uint32) {
	done := min(uint64(pieces)*p.piece, p.total)
	p.done.Store(done)
	p.bar.Advance(float64(done) / float64(p.total))
}

func (p *checking) text() string {
	text := " of " + display.Bytes(p.total)
	if done := p.done.Load(); done > 0 && time.Since(p.began) > time.Second {
		left := float64(p.total-done) / float64(done) * float64(time.Since(p.began))
		text += ", " + display.Duration(time.Duration(left)) + " left"
	}
	return text
}
