package main

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// exchanger is a client of somebody's, which has several torrents at once.
type exchanger struct {
	kind    string
	addr    string
	program *foreign       // libtorrent and anacrolix
	client  *torrentClient // aria2 and Transmission
}

// exchangeKinds are the clients of others that exchange torrents. The slowest one is first.
var exchangeKinds = []string{transmission, aria2, anacrolix, libtorrent}

// startExchanger starts a client of a kind whose DHT node enters by nodes of ours.
func startExchanger(t *testing.T, kind string, number, maxUp int, nodes []*ourNode) *exchanger {
	t.Helper()
	e := &exchanger{kind: kind, addr: nodeAddr(kind, number)}
	var entries []string
	for _, n := range nodes {
		entries = append(entries, n.addr)
	}
	switch kind {
	case aria2:
		e.client = startAria2(t, e.addr, entries[0], nodes[0].group.ID(0))
	case transmission:
		e.client = startTransmission(t, e.addr, entries)
	default:
		e.program = startForeign(t, kind, setup{Listen: []string{e.addr}, Bootstrap: entries[:3],
			MaxUp: maxUp, torrents: true})
	}
	return e
}

// add gives it a .torrent file or a magnet link, and the folder that has the content or is to have
// it.
func (e *exchanger) add(t *testing.T, source, folder string) {
	t.Helper()
	link := strings.HasPrefix(source, "magnet:")
	var file []byte
	if !link {
		var err error
		file, err = os.ReadFile(source)
		require.NoError(t, err)
	}
	text := base64.StdEncoding.EncodeToString(file)
	switch e.kind {
	case aria2:
		options := map[string]any{"dir": folder, "check-integrity": "true", "seed-ratio": "0.0",
			"bt-save-metadata": "false"}
		if link {
			e.aria2(t, "addUri", []string{source}, options)
		} else {
			e.aria2(t, "addTorrent", text, []string{}, options)
		}
	case transmission:
		options := map[string]any{"download-dir": folder, "metainfo": text}
		if link {
			delete(options, "metainfo")
			options["filename"] = source
		}
		said := e.client.call(map[string]any{"method": "torrent-add", "arguments": options})
		require.Contains(t, string(said), `"result":"success"`)
	default:
		_, err := e.program.ask(question{Op: "add", Source: source, Folder: folder})
		require.NoError(t, err)
	}
}

// aria2 calls a method of aria2's remote control.
func (e *exchanger) aria2(t *testing.T, method string, params ...any) json.RawMessage {
	t.Helper()
	said := e.client.call(map[string]any{
		"jsonrpc": "2.0", "id": "1", "method": "aria2." + method, "params": params,
	})
	var r struct{ Result json.RawMessage }
	require.NoError(t, json.Unmarshal(said, &r))
	return r.Result
}

// standing is how a client of others stands with a torrent.
type standing struct {
	complete bool
	up       uint64 // payload sent
	said     string // for people
}

// standing asks the client.
func (e *exchanger) standing(t *testing.T, of sharedTorrent) standing {
	t.Helper()
	key := of.hash.String()
	switch e.kind {
	case aria2:
		return e.aria2Standing(t, key)
	case transmission:
		return e.transmissionStanding(t, key)
	}
	a, err := e.program.ask(question{Op: "status", Key: key})
	require.NoError(t, err)
	return standing{a.Complete, a.Up, a.Said}
}

func (e *exchanger) aria2Standing(t *testing.T, key string) (s standing) {
	t.Helper()
	fields := []string{"infoHash", "status", "totalLength", "completedLength", "uploadLength",
		"errorMessage", "numSeeders", "connections"}
	for _, result := range []json.RawMessage{
		e.aria2(t, "tellActive", fields), e.aria2(t, "tellStopped", -1, 100, fields),
	} {
		var all []struct {
			InfoHash, Status, ErrorMessage, NumSeeders, Connections string
			TotalLength, CompletedLength, UploadLength              uint64 `json:",string"`
		}
		require.NoError(t, json.Unmarshal(result, &all))
		for _, a := range all {
			// A magnet link's metadata is a download of its own, with the same key.
			if a.InfoHash == key && (s.said == "" || a.TotalLength == sharedSize) {
				s.complete = a.TotalLength == sharedSize && a.CompletedLength == sharedSize
				s.up = a.UploadLength
				b, err := json.Marshal(a)
				require.NoError(t, err)
				s.said = string(b)
			}
		}
	}
	return s
}

func (e *exchanger) transmissionStanding(t *testing.T, key string) (s standing) {
	t.Helper()
	said := e.client.call(map[string]any{"method": "torrent-get", "arguments": map[string]any{
		"ids": []string{key}, "fields": []string{"status", "errorString", "sizeWhenDone",
			"leftUntilDone", "metadataPercentComplete", "uploadedEver", "peersConnected",
			"recheckProgress", "peers"},
	}})
	var r struct {
		Arguments struct {
			Torrents []struct {
				Status                                    int
				SizeWhenDone, LeftUntilDone, UploadedEver uint64
				MetadataPercentComplete                   float64
			}
		}
	}
	require.NoError(t, json.Unmarshal(said, &r))
	require.Len(t, r.Arguments.Torrents, 1)
	const downloading, seeding = 4, 6
	a := r.Arguments.Torrents[0]
	s.complete = a.MetadataPercentComplete == 1 && a.SizeWhenDone == sharedSize &&
		a.LeftUntilDone == 0 && (a.Status == downloading || a.Status == seeding)
	s.up, s.said = a.UploadedEver, string(said)
	return s
}

// nudge has a client that announces seldom by itself do so.
func (e *exchanger) nudge(t *testing.T, of sharedTorrent) {
	t.Helper()
	if e.kind == libtorrent {
		_, err := e.program.ask(question{Op: "announce", Key: of.hash.String()})
		require.NoError(t, err)
	}
}
