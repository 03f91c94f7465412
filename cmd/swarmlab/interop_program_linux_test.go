package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/trial"
)

// The programs of others, by the names that their nodes have in tables and messages.
const (
	libtorrent    = "libtorrent"
	bittorrentDHT = "bittorrent-dht"
	anacrolix     = "anacrolix"
	aria2         = "aria2"
	transmission  = "transmission"
)

const (
	bittorrentDHTVersion = "11.0.12"
	anacrolixVariable    = "SWARMLAB_TEST_ANACROLIX" // where its program is
	torrentsVariable     = "SWARMLAB_TEST_TORRENTS"  // where the one for torrents is
)

// needPrograms skips the test unless all of them are here. It returns the environment in which the
// isolated test finds them.
func needPrograms(t *testing.T) []string {
	t.Helper()
	if os.Getenv(trial.IsolatedVariable) != "" {
		return nil
	}
	trial.NeedLibtorrent(t)
	for _, name := range []string{"aria2c", "transmission-daemon", "node"} {
		if _, err := exec.LookPath(name); err != nil {
			trial.Missing(t, "no %s here (Debian: aria2, transmission-daemon, nodejs)", name)
		}
	}
	if got := installedVersion(bittorrentDHT); got != bittorrentDHTVersion {
		trial.Missing(t, "bittorrent-dht %s is not in %s, but %q: copy "+
			"testdata/interop/package*.json there and run: npm ci --ignore-scripts",
			bittorrentDHTVersion, modulesFolder(), got)
	}
	return []string{anacrolixVariable + "=" + buildAnacrolix(t, ".")}
}

// modulesFolder is where npm has installed what package.json names.
func modulesFolder() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "swarmlab", "interop")
}

func installedVersion(name string) string {
	b, err := os.ReadFile(filepath.Join(modulesFolder(), "node_modules", name, "package.json"))
	if err != nil {
		return ""
	}
	var p struct{ Version string }
	if json.Unmarshal(b, &p) != nil {
		return ""
	}
	return p.Version
}

// buildAnacrolix builds the program in a folder of the nested module.
func buildAnacrolix(t *testing.T, folder string) string {
	program := filepath.Join(t.TempDir(), "anacrolix")
	c := exec.Command("go", "build", "-o", program, folder)
	c.Dir = filepath.Join("testdata", "interop", "anacrolix")
	c.Env = append(os.Environ(), "GOFLAGS=-mod=readonly -buildvcs=false",
		"GOWORK=off", "CGO_ENABLED=0")
	if out, err := c.CombinedOutput(); err != nil {
		trial.Missing(t, "anacrolix cannot be built here: %v %s", err, out)
	}
	return program
}

// foreign is a process with nodes of others, which is told what to do in JSON.
type foreign struct {
	t      *testing.T
	kind   string
	listen []string // the addresses of its nodes

	mu    sync.Mutex
	in    io.Writer
	calls []chan answer
}

// setup is what a program is started with.
type setup struct {
	Listen    []string `json:"listen"`
	Bootstrap []string `json:"bootstrap,omitempty"`
	ReadOnly  bool     `json:"read_only,omitempty"`
	Modules   string   `json:"modules,omitempty"`
	MaxUp     int      `json:"max_up,omitempty"`   // bytes/s; 0: unlimited
	MaxDown   int      `json:"max_down,omitempty"` // of each torrent
	TCPOnly   bool     `json:"tcp_only,omitempty"` // no uTP

	torrents bool // not nodes, but one client that exchanges torrents
}

// question is a line of its input. Public, Secret and Target are hexadecimal.
type question struct {
	ID     int    `json:"id"`
	Op     string `json:"op"`
	Node   int    `json:"node"`
	Addr   string `json:"addr,omitempty"`
	Key    string `json:"key,omitempty"`
	Port   int    `json:"port,omitempty"`
	Value  string `json:"value,omitempty"`
	Secret string `json:"secret,omitempty"`
	Public string `json:"public,omitempty"`
	Salt   string `json:"salt,omitempty"`
	Seq    int64  `json:"seq,omitempty"`
	Target string `json:"target,omitempty"`

	Source string   `json:"source,omitempty"` // a .torrent file or a magnet link
	Folder string   `json:"folder,omitempty"`
	Peers  []string `json:"peers,omitempty"`
}

// answer is a line of its output.
type answer struct {
	Ready   bool
	ID      int
	Error   string
	Peer    string
	Peers   []string
	Target  string
	Stored  int
	Value   string
	Seq     int64
	Filters int
	Num     int
	Samples []string

	Complete bool
	Seconds  float64 // from the first byte of payload until it was complete
	Up       uint64  // bytes of payload
	Down     uint64
	Wasted   uint64 // of Down
	Pieces   uint32 // that it has
	Said     string // for people
}

// command returns what runs nodes of that kind.
func (s setup) command(kind string) []string {
	folder := filepath.Join("testdata", "interop")
	var words []string
	switch {
	case kind == libtorrent && s.torrents:
		words = []string{trial.SystemPython, filepath.Join(folder, "libtorrent_torrents.py")}
	case kind == anacrolix && s.torrents:
		words = []string{os.Getenv(torrentsVariable)}
	case kind == libtorrent:
		words = []string{trial.SystemPython, filepath.Join(folder, "libtorrent_nodes.py")}
	case kind == bittorrentDHT:
		s.Modules = modulesFolder()
		words = []string{"node", filepath.Join(folder, "bittorrent-dht.mjs")}
	case kind == anacrolix:
		words = []string{os.Getenv(anacrolixVariable)}
	}
	b, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings only
	}
	return append(words, string(b))
}

// startForeign starts nodes of a kind and returns when they are there.
func startForeign(t *testing.T, kind string, s setup) *foreign {
	t.Helper()
	p := &foreign{t: t, kind: kind, listen: s.Listen}
	words := s.command(kind)
	c := exec.Command(words[0], words[1:]...)
	c.Stderr = os.Stderr
	in, err := c.StdinPipe()
	require.NoError(t, err)
	out, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	p.in = in
	ready := make(chan struct{})
	read := make(chan struct{})
	go func() {
		defer close(read)
		p.read(out, ready)
	}()
	t.Cleanup(func() {
		c.Process.Kill()
		<-read
		c.Wait()
	})
	select {
	case <-ready:
	case <-read:
		t.Fatalf("%s ended at once", kind)
	case <-time.After(time.Minute):
		t.Fatalf("%s is not ready after a minute", kind)
	}
	return p
}

func (p *foreign) read(out io.Reader, ready chan struct{}) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var a answer
		if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
			p.t.Errorf("output of %s: %v: %s", p.kind, err, lines.Bytes())
			continue
		}
		if a.Ready {
			close(ready)
			continue
		}
		p.mu.Lock()
		call := p.calls[a.ID]
		p.mu.Unlock()
		call <- a
	}
}

// ask has a node of the program do something, and returns how that ended.
func (p *foreign) ask(q question) (answer, error) {
	call := make(chan answer, 1)
	p.mu.Lock()
	q.ID = len(p.calls)
	p.calls = append(p.calls, call)
	b, err := json.Marshal(q)
	if err == nil {
		_, err = p.in.Write(append(b, '\n'))
	}
	p.mu.Unlock()
	if err != nil {
		return answer{}, err
	}
	select {
	case a := <-call:
		if a.Error != "" {
			return a, fmt.Errorf("%s: %s: %s", p.kind, q.Op, a.Error)
		}
		return a, nil
	case <-time.After(trial.InteropTime):
		return answer{}, fmt.Errorf("%s: %s: no answer", p.kind, q.Op)
	}
}
