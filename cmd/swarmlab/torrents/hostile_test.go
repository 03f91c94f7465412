package torrents

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol"
	"swarmlab/protocol/metainfo"
	"swarmlab/protocol/peerwire"
)

// villain is a peer that does not play by the rules.
type villain struct {
	t    *testing.T
	tor  *metainfo.Torrent
	turn func(c net.Conn, m *peerwire.Message) // what it does with a message
	// after is what it sends after the handshake, or without one.
	after []byte
	raw   bool // without one
	// out is closed when the other end has closed a connection.
	out  chan struct{}
	once sync.Once
}

// listen takes connections, one after the other, until the test ends.
func (v *villain) listen() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(v.t, err)
	v.t.Cleanup(func() { listener.Close() })
	v.out = make(chan struct{})
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go v.serve(c)
		}
	}()
	return listener.Addr().String()
}

func (v *villain) serve(c net.Conn) {
	defer c.Close()
	h := peerwire.Handshake{InfoHash: v.tor.Info.Hash}
	h.Offer(peerwire.FeatureExtensions)
	copy(h.PeerID[:], c.LocalAddr().String())
	if v.raw {
		c.Write(v.after)
	} else {
		c.Write(append(peerwire.AppendHandshake(nil, &h), v.after...))
	}
	var d peerwire.Decoder
	d.Limits.Pieces = v.tor.Info.Count()
	buffer := make([]byte, 4096)
	shaken := false
	for {
		c.SetReadDeadline(time.Now().Add(20 * time.Second))
		n, err := c.Read(buffer)
		if err != nil {
			if !errors.Is(err, os.ErrDeadlineExceeded) {
				v.once.Do(func() { close(v.out) })
			}
			return
		}
		d.Feed(protocol.Chunk{Bytes: buffer[:n]})
		if !shaken {
			_, s := d.Handshake()
			if shaken = s == peerwire.Whole; !shaken {
				continue
			}
		}
		var m peerwire.Message
		for {
			ok, f := d.Next(&m)
			if f != peerwire.OK || !ok {
				break
			}
			if v.turn != nil {
				v.turn(c, &m)
			}
		}
	}
}

// everything is what a seed says at first.
func everything(in *metainfo.Info) []byte {
	bits := make([]byte, (in.Count()+7)/8)
	for piece := range in.Count() {
		bits[piece/8] |= 0x80 >> (piece % 8)
	}
	return peerwire.AppendPlain(peerwire.AppendBitfield(nil, bits), peerwire.Unchoke)
}

// poison answers every request with other bytes.
func poison(c net.Conn, m *peerwire.Message) {
	if m.Kind == peerwire.Request {
		out := peerwire.AppendPiece(nil, m.Index, m.Begin, m.Length)
		c.Write(append(out, make([]byte, m.Length)...))
	}
}

// honestLater has a seed come when a download has found all of some villains out. What it returns
// waits for that.
func (l load) honestLater(file, at string, villains ...*villain) (wait func()) {
	come, over := make(chan bool, 1), make(chan struct{})
	l.T.Cleanup(func() { close(over) })
	go func() {
		for _, v := range villains {
			select {
			case <-v.out:
			case <-over:
				return
			}
		}
		l.Seeding(file, "--listen", "127.0.0.1:0", "--peer", at)
		come <- true
	}()
	return func() { <-come }
}

// TestTorrentAmongHostilePeers is a download among peers that lie, poison, are silent or talk
// nonsense: each is found out, nothing outside the folder is touched, and when an honest one comes
// the content is right.
func TestTorrentAmongHostilePeers(t *testing.T) {
	l := newLoad(t, 4)
	file, tor := l.Torrent()
	in := tor.Info
	all := []*villain{
		{after: everything(in), turn: poison},
		{after: everything(in)}, // never answers
		{after: []byte(strings.Repeat("\xff", 4096))},
		{after: peerwire.AppendIndex(nil, peerwire.Have, in.Count())},
		{after: peerwire.AppendBlock(everything(in), peerwire.Request, 0, 1<<30, 16384)},
		{after: peerwire.AppendExtended(nil, 0, []byte(strings.Repeat("l", 10_000)))},
		{after: bytes.Repeat([]byte{0xc3, 0x51}, 48), raw: true}, // as if encrypted
		{after: []byte{0, 0, 0, 4, 4, 0, 0, 0}},                  // a have of three bytes
		{after: append(everything(in), 0xff, 0xff, 0xff, 0xff, 7)},
	}
	at := trial.VacantAddress(t)
	args := []string{"--listen", at}
	for _, v := range all {
		v.t, v.tor = t, tor
		args = append(args, "--peer", v.listen())
	}
	wait := l.honestLater(file, at, all[0], all[2], all[3], all[4], all[6], all[7], all[8])
	dir := filepath.Join(t.TempDir(), "new")
	r := l.fetchInto(dir, file, args...)
	wait()
	require.Equal(t, l.Size+r.All.Failed, r.All.Useful)
	require.Positive(t, r.Failures)
	for why, least := range map[string]uint64{"wire": 3, "index": 1, "range": 1, "handshake": 1} {
		require.GreaterOrEqual(t, r.Dropped[why], least, "%s: %v", why, r.Dropped)
	}
	entries, err := os.ReadDir(filepath.Dir(dir))
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// TestTorrentPoisonerIsFoundOut: alone with a poisoner nothing comes; he is banned, and when an
// honest peer comes everything does.
func TestTorrentPoisonerIsFoundOut(t *testing.T) {
	l := newLoad(t, 1)
	file, tor := l.Torrent()
	v := &villain{t: t, tor: tor, after: everything(tor.Info), turn: poison}
	bad, at := v.listen(), trial.VacantAddress(t)
	wait := l.honestLater(file, at, v)
	_, r := l.fetch(file, "--listen", at, "--peer", bad)
	wait()
	require.EqualValues(t, 1, r.Dropped["poison"])
	require.EqualValues(t, 1, r.Bans)
	require.EqualValues(t, 1, r.Counted["bans"])
	require.Equal(t, r.Failures, r.Counted["failures"])
	require.GreaterOrEqual(t, r.Counted["shaken"], uint64(2))
	require.Len(t, r.Peers, 2)
	for _, p := range r.Peers {
		if p.Peer == bad {
			require.Positive(t, p.Failed)
			require.EqualValues(t, 1, p.Connections)
		} else {
			require.Zero(t, p.Failed)
			require.Equal(t, l.Size, p.Useful)
		}
	}
}

// TestTorrentHostileMetadata: nobody can make a link's download write to other places.
func TestTorrentHostileMetadata(t *testing.T) {
	raw := []byte("d5:filesld6:lengthi5e4:pathl2:..6:escapeeee4:name1:x12:piece lengthi16384e" +
		"6:pieces20:xxxxxxxxxxxxxxxxxxxxe")
	hash := metainfo.Hash(sha1.Sum(raw))
	v := &villain{t: t, tor: &metainfo.Torrent{Info: &metainfo.Info{Hash: hash, Total: 5,
		PieceLength: 16384}}}
	var hello peerwire.ExtHandshake
	hello.Support(peerwire.ExtMetadata)
	hello.MetadataSize = uint32(len(raw))
	v.after = hello.Append(nil)
	v.turn = func(c net.Conn, m *peerwire.Message) {
		if m.Kind == peerwire.Extended && m.Ext == peerwire.ExtMetadata {
			d := peerwire.Metadata{Type: peerwire.MetadataData, Total: uint32(len(raw)), Data: raw}
			c.Write(d.Append(nil, peerwire.ExtMetadata))
		}
	}
	m := metainfo.Magnet{Hash: hash, Peers: []metainfo.Endpoint{endpointAt(v.listen())}}
	dir := t.TempDir()
	out, code, err := run(t.Context(), "download", m.String(), "--dir",
		filepath.Join(dir, "new"), "--json")
	require.ErrorContains(t, err, `".." is no name`)
	require.Equal(t, command.Failed, code)
	require.Contains(t, trial.Document[TransferReport](t, out).Error, "the metadata of the link")
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}
