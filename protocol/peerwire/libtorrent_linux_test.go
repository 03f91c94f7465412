package peerwire_test

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// systemPython is the one that has libtorrent, where it is installed.
const systemPython = "/usr/bin/python3"

// TestLibtorrent fetches a torrent, and its metadata, from a libtorrent seed with the codec alone.
func TestLibtorrent(t *testing.T) {
	if testing.Short() {
		t.Skip("with a program of others")
	}
	if exec.Command(systemPython, "-c", "import libtorrent").Run() != nil {
		t.Skip("no libtorrent here")
	}
	data := content(protocol.Body{Length: 5*65536 + 20000})
	path := filepath.Join(t.TempDir(), "data")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	port, hash := seedOf(t, path)
	c, err := net.Dial("tcp4", fmt.Sprintf("127.0.0.1:%d", port))
	require.NoError(t, err)
	defer c.Close()
	require.NoError(t, c.SetDeadline(time.Now().Add(30*time.Second)))

	l := leecher{t: t, c: c, data: make([]byte, len(data)), hash: hash}
	l.hello()
	read := make([]byte, 5000)
	for !l.done() {
		n, err := c.Read(read)
		require.NoError(t, err, "%+v", l.seen)
		l.feed(read[:n])
	}
	require.Equal(t, data, l.data)
	require.Equal(t, hash, sha1.Sum(l.info))
	require.NotZero(t, l.ids[peerwire.ExtPEX])
	require.Zero(t, l.seen[peerwire.Unknown])
}

// seedOf starts a libtorrent seed of a file.
func seedOf(t *testing.T, path string) (port int, hash [20]byte) {
	cmd := exec.Command(systemPython, filepath.Join("testdata", "seed.py"), path)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		in.Close()
		stuck := time.AfterFunc(10*time.Second, func() { cmd.Process.Kill() })
		cmd.Wait()
		stuck.Stop()
	})
	text := ""
	_, err = fmt.Fscan(out, &port, &text)
	require.NoError(t, err)
	require.Len(t, text, 40)
	copy(hash[:], unhex(t, text))
	require.NotZero(t, port)
	return port, hash
}

// leecher asks a seed for all it has.
type leecher struct {
	t       *testing.T
	c       net.Conn
	d       peerwire.Decoder
	hash    [20]byte
	shaken  bool
	ids     peerwire.ExtIDs
	data    []byte
	info    []byte
	got     int
	refused int
	seen    map[peerwire.Kind]int
}

func (l *leecher) done() bool {
	return l.got == len(l.data) && l.info != nil && l.refused == 1
}

func (l *leecher) write(p []byte) {
	_, err := l.c.Write(p)
	require.NoError(l.t, err)
}

// hello sends what a leecher with nothing says first.
func (l *leecher) hello() {
	h := shaker()
	h.InfoHash = l.hash
	var ext peerwire.ExtHandshake
	ext.Support(peerwire.ExtMetadata)
	ext.Support(peerwire.ExtPEX)
	ext.Support(peerwire.ExtDontHave)
	ext.Version, ext.Queue = []byte("swarmlab"), 250
	p := ext.Append(peerwire.AppendHandshake(nil, &h))
	l.write(peerwire.AppendPlain(p, peerwire.HaveNone))
	l.seen = map[peerwire.Kind]int{}
	l.d.Buffers = new(peerwire.Buffers)
}

func (l *leecher) feed(p []byte) {
	l.d.Feed(part{Bytes: p})
	if !l.shaken {
		h, s := l.d.Handshake()
		if s == peerwire.Whole {
			require.Equal(l.t, hex.EncodeToString(l.hash[:]), hex.EncodeToString(h.InfoHash[:]))
			require.True(l.t, h.Offers(peerwire.FeatureFast))
			require.True(l.t, h.Offers(peerwire.FeatureExtensions))
			l.shaken = true
			l.d.Limits = peerwire.Limits{Pieces: 6, Fast: true}
			l.write(peerwire.AppendPlain(nil, peerwire.Interested))
		}
	}
	var m peerwire.Message
	for {
		ok, f := l.d.Next(&m)
		require.Equal(l.t, peerwire.OK, f)
		if !ok {
			return
		}
		l.seen[m.Kind]++
		l.take(&m)
	}
}

func (l *leecher) take(m *peerwire.Message) {
	switch m.Kind {
	case peerwire.Unchoke:
		if l.seen[m.Kind] == 1 { // it unchokes again each time it has thought about it
			l.ask()
		}
	case peerwire.Piece:
		copy(l.data[int(m.Index)*65536+int(m.Begin):], m.Payload)
		l.got += int(m.Length)
	case peerwire.Reject:
		require.Equal(l.t, uint32(99), m.Begin)
		l.refused++
	case peerwire.Extended:
		l.takeExtended(m)
	}
}

// ask requests all blocks, and one that is longer than a block may be.
func (l *leecher) ask() {
	var p []byte
	for at := 0; at < len(l.data); at += peerwire.BlockMax {
		p = peerwire.AppendBlock(p, peerwire.Request, uint32(at/65536), uint32(at%65536),
			uint32(min(peerwire.BlockMax, len(l.data)-at)))
	}
	l.write(peerwire.AppendBlock(p, peerwire.Request, 0, 99, 2*peerwire.BlockMax))
}

func (l *leecher) takeExtended(m *peerwire.Message) {
	switch m.Ext {
	case peerwire.ExtHandshakeID:
		var h peerwire.ExtHandshake
		require.Equal(l.t, peerwire.OK, h.Parse(m.Payload), "%q", m.Payload)
		h.Update(&l.ids)
		require.NotZero(l.t, h.MetadataSize)
		require.True(l.t, h.YourIP.SameIP(host4(127, 0, 0, 1)))
		require.Contains(l.t, string(h.Version), "libtorrent")
		ask := peerwire.Metadata{Type: peerwire.MetadataRequest}
		l.write(ask.Append(nil, l.ids[peerwire.ExtMetadata]))
	case peerwire.ExtMetadata:
		var d peerwire.Metadata
		require.Equal(l.t, peerwire.OK, d.Parse(m.Payload), "%q", m.Payload)
		require.Equal(l.t, peerwire.MetadataData, d.Type)
		l.info = append([]byte{}, d.Data...)
	}
}
