package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/identity"
	"swarmlab/protocol/bencode"
	"swarmlab/protocol/krpc"
)

// torrentClient is a program that has a DHT node for its torrents: it looks for their peers and
// announces itself. It is given magnet links, through its remote control.
type torrentClient struct {
	t      *testing.T
	kind   string
	listen string
	remote string
	client http.Client
	token  string // Transmission's, against forged requests
}

// startAria2 starts an aria2 that enters the DHT when it gets the first magnet link. The node at
// entry, whose id it is told, is one that it knew in 1970: it refreshes its table at once.
func startAria2(t *testing.T, addr, entry string, id krpc.ID) *torrentClient {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "dht"), aria2Table(entry, id), 0o600))
	host, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	c := &torrentClient{t: t, kind: aria2, listen: addr,
		remote: "http://" + host + ":6800/jsonrpc"}
	c.run("aria2c", "--no-conf", "--quiet", "--dir="+folder, "--interface="+host,
		"--enable-rpc", "--rpc-listen-port=6800", "--rpc-listen-all", // bound by --interface
		"--enable-dht", "--enable-dht6=false", "--dht-listen-port="+port, "--listen-port="+port,
		"--dht-entry-point="+entry, "--dht-file-path="+filepath.Join(folder, "dht"),
		"--bt-enable-lpd=false", "--enable-peer-exchange=false", "--max-concurrent-downloads=500",
		"--async-dns=false", "--file-allocation=none")
	return c
}

// aria2Table is the file in which aria2 keeps its table: of one node, without a date.
func aria2Table(entry string, id krpc.ID) []byte {
	b := make([]byte, 112)
	copy(b, "\xa1\xa2\x02\x00\x00\x00\x00\x03") // its magic, and the version
	copy(b[24:], identity.New().Append(nil))
	b[51] = 1 // how many nodes
	b[56] = 6 // the length of an address
	copy(b[64:], krpc.AppendPeer(nil, mustAddr(entry)))
	copy(b[88:], id.Append(nil))
	return b
}

// startTransmission starts a Transmission that enters the DHT through the nodes at entries.
func startTransmission(t *testing.T, addr string, entries []string) *torrentClient {
	t.Helper()
	folder := t.TempDir()
	host, port, err := net.SplitHostPort(addr)
	require.NoError(t, err)
	c := &torrentClient{t: t, kind: transmission, listen: addr,
		remote: "http://" + host + ":9091/transmission/rpc"}
	settings := fmt.Sprintf(`{"bind-address-ipv4": %q, "rpc-bind-address": %q, "rpc-port": 9091,
		"rpc-whitelist-enabled": false, "rpc-host-whitelist-enabled": false,
		"rpc-authentication-required": false, "peer-port": %s, "download-dir": %q,
		"dht-enabled": true, "lpd-enabled": false, "pex-enabled": false, "utp-enabled": false,
		"port-forwarding-enabled": false, "download-queue-enabled": false,
		"peer-limit-global": 1000, "trash-original-torrent-files": false}`,
		host, host, port, folder)
	file := filepath.Join(folder, "settings.json")
	require.NoError(t, os.WriteFile(file, []byte(settings), 0o600))
	var nodes []byte
	for _, e := range entries {
		nodes = krpc.AppendPeer(nodes, mustAddr(e))
	}
	table := identity.New().Append([]byte("d2:id20:"))
	table = append(bencode.AppendBytes(append(table, "5:nodes"...), nodes), 'e')
	require.NoError(t, os.WriteFile(filepath.Join(folder, "dht.dat"), table, 0o600))
	c.run("transmission-daemon", "--foreground", "--config-dir", folder,
		"--logfile", filepath.Join(folder, "log"))
	return c
}

// run starts the program and waits for its remote control.
func (c *torrentClient) run(name string, args ...string) {
	c.t.Helper()
	p := exec.Command(name, args...)
	p.Stderr = os.Stderr
	require.NoError(c.t, p.Start())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		p.Wait()
	}()
	c.t.Cleanup(func() {
		p.Process.Kill()
		<-ended
	})
	host := strings.SplitN(c.remote, "/", 4)[2]
	require.Eventually(c.t, func() bool {
		conn, err := net.Dial("tcp", host)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, 30*time.Second, 20*time.Millisecond, "%s does not start", c.kind)
}

// add gives the program a magnet link for a key: it looks for peers, and announces itself.
func (c *torrentClient) add(key string) {
	c.t.Helper()
	link := "magnet:?xt=urn:btih:" + key
	request := map[string]any{
		"method": "torrent-add", "arguments": map[string]any{"filename": link},
	}
	if c.kind == aria2 {
		request = map[string]any{
			"jsonrpc": "2.0", "id": "1", "method": "aria2.addUri", "params": []any{[]string{link}},
		}
	}
	text := c.call(request)
	if c.kind == transmission {
		require.Contains(c.t, string(text), `"result":"success"`)
	}
}

// again has Transmission look for a key once more: by itself it does so after half an hour. aria2
// asks again after a minute.
func (c *torrentClient) again(key string) {
	c.t.Helper()
	if c.kind == transmission {
		c.call(map[string]any{"method": "torrent-remove",
			"arguments": map[string]any{"ids": []string{key}, "delete-local-data": true}})
		c.add(key)
	}
}

// call has the remote control do something, and returns what it said.
func (c *torrentClient) call(request map[string]any) []byte {
	c.t.Helper()
	body, err := json.Marshal(request)
	require.NoError(c.t, err)
	for range 2 { // the first answer may be a token
		var r *http.Response
		q, err := http.NewRequest("POST", c.remote, bytes.NewReader(body))
		require.NoError(c.t, err)
		q.Header.Set("X-Transmission-Session-Id", c.token)
		r, err = c.client.Do(q)
		require.NoError(c.t, err)
		text, err := io.ReadAll(r.Body)
		require.NoError(c.t, err)
		r.Body.Close()
		if r.StatusCode == http.StatusConflict {
			c.token = r.Header.Get("X-Transmission-Session-Id")
			continue
		}
		require.Equal(c.t, http.StatusOK, r.StatusCode, "%s", text)
		return text
	}
	c.t.Fatalf("%s refuses its own token", c.kind)
	panic("unreachable")
}
