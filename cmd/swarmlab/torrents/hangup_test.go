package torrents

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// TestTorrentPeersThatHangUp: a peer that closes its connection while it is written to ends that
// connection, and not the seed. The same of the clients of a tracker.
func TestTorrentPeersThatHangUp(t *testing.T) {
	site := clientServe(t, "tracker", "--http", "127.0.0.1:0")
	var k TrackerReport
	site.Last(&k)
	l := newLoad(t, 2)
	file, tor := l.Torrent("--tracker", k.Addresses[0])
	seed, at := l.Seeding(file, "--listen", "127.0.0.1:0")
	h := peerwire.Handshake{InfoHash: tor.Info.Hash}
	hello := peerwire.AppendPlain(peerwire.AppendHandshake(nil, &h), peerwire.Interested)
	var wants []byte
	for piece := range tor.Info.Count() - 1 {
		wants = peerwire.AppendBlock(wants, peerwire.Request, piece, 0, 16384)
	}
	for n := range 20 {
		copy(hello[48:], []byte{byte(n), 1})
		c, err := net.Dial("tcp4", at)
		require.NoError(t, err)
		c.SetDeadline(time.Now().Add(20 * time.Second))
		c.Write(hello)
		until(t, c, tor.Info.Count(), peerwire.Unchoke)
		c.Write(wants)
		until(t, c, tor.Info.Count(), peerwire.Piece)
		c.Close() // with much unread: a reset
		w, err := net.Dial("tcp4", strings.Split(k.Addresses[0], "/")[2])
		require.NoError(t, err)
		for range 50 {
			w.Write([]byte("GET /scrape HTTP/1.1\r\nHost: x\r\n\r\n"))
		}
		w.Close()
	}
	_, r := l.fetch(file, "--peer", at)
	require.Len(t, r.Peers, 1)
	a, err := http.Get(strings.Replace(k.Addresses[0], "announce", "scrape", 1))
	require.NoError(t, err, "the tracker is gone")
	a.Body.Close()
	for _, s := range []*trial.Running{seed, site} {
		code, err := s.End()
		require.NoError(t, err)
		require.Zero(t, code)
	}
}

// until reads messages until one of a kind comes.
func until(t *testing.T, c net.Conn, pieces uint32, kind peerwire.Kind) {
	var d peerwire.Decoder
	d.Limits.Pieces = pieces
	for b := make([]byte, 1000); ; {
		n, err := c.Read(b)
		require.NoError(t, err)
		d.Feed(protocol.Chunk{Bytes: b[:n]})
		if kind == peerwire.Piece { // somewhere in a stream that was begun before
			return
		}
		if _, s := d.Handshake(); s == peerwire.Whole || s == peerwire.Past {
			var m peerwire.Message
			for ok := true; ok; {
				if ok, _ = d.Next(&m); ok && m.Kind == kind {
					return
				}
			}
		}
	}
}
