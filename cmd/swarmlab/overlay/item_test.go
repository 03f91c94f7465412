package overlay

import (
	"context"
	"crypto/ed25519"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/cmd/swarmlab/command"
	"swarmlab/cmd/swarmlab/trial"
	"swarmlab/protocol/krpc"
)

// must runs a command that must succeed.
func must(t *testing.T, args ...string) string {
	t.Helper()
	out, code, err := run(context.Background(), args...)
	require.NoError(t, err, args)
	require.Equal(t, command.Done, code)
	return out
}

// look runs a command that does a lookup through an entry.
func look(t *testing.T, entry string, args ...string) LookupReport {
	t.Helper()
	return trial.Document[LookupReport](t, must(t, append(args, "--bootstrap", entry, "--json")...))
}

func TestDHTItems(t *testing.T) {
	all := servedMesh(t, 5)
	put := look(t, all[1].addr, "put", "Hello World!")
	require.Equal(t, "e5f96f6f38320f0f33959cb4d3d656452117aadb", put.Target, "BEP 44, test 3")
	require.Equal(t, 5, *put.Stored)
	got := look(t, all[2].addr, "get", put.Target)
	require.Equal(t, `"Hello World!"`, got.Item.Value)
	require.False(t, got.Item.Mutable)
	require.Equal(t, 5, *got.Item.Copies)

	file := filepath.Join(t.TempDir(), "value")
	require.NoError(t, os.WriteFile(file, []byte("d4:listli1e2:\xff\x00ee"), 0o600))
	put = look(t, all[1].addr, "put", "--file", file)
	got = look(t, all[3].addr, "get", put.Target)
	require.Equal(t, `{"list": [1, 0xff00]}`, got.Item.Value)
}

func TestDHTMutableItems(t *testing.T) {
	all := servedMesh(t, 5)
	key := filepath.Join(t.TempDir(), "key")
	public := strings.TrimSpace(strings.TrimPrefix(must(t, "keygen", key), "public key "))
	_, code, err := run(context.Background(), "keygen", key)
	require.ErrorContains(t, err, "exists", "a key is never overwritten")
	require.Equal(t, command.Refused, code)

	for seq, value := range []string{"zero", "one", "two"} {
		put := look(t, all[seq].addr, "put", value, "--key", key, "--salt", "s")
		require.EqualValues(t, seq, *put.Item.Seq)
		require.Equal(t, 5, *put.Stored)
		got := look(t, all[4-seq].addr, "get", public, "--salt", "s")
		require.Equal(t, `"`+value+`"`, got.Item.Value)
		require.Equal(t, put.Target, got.Target)
		require.EqualValues(t, seq, *got.Item.Seq)
	}
	out, code, err := run(context.Background(), "get", public, "--bootstrap", all[0].addr)
	require.ErrorContains(t, err, "needs --salt")
	require.Equal(t, command.Failed, code)
	require.NotContains(t, out, "value")

	for _, c := range []struct{ flags, refusal string }{
		{"--seq 1", "error 302"}, {"--seq 7 --cas 1", "error 301"},
	} {
		args := append(strings.Fields(c.flags), "put", "old", "--key", key, "--salt", "s",
			"--bootstrap", all[0].addr, "--json")
		out, code, err = run(context.Background(), args...)
		require.ErrorContains(t, err, "none of the 5 nodes that answered stored it")
		require.Equal(t, command.Failed, code)
		require.Contains(t, trial.Document[LookupReport](t, out).Refusal, c.refusal)
	}
}

func TestDHTPointers(t *testing.T) {
	all := servedMesh(t, 3)
	key := filepath.Join(t.TempDir(), "key")
	must(t, "keygen", key)
	put := look(t, all[0].addr, "put", "--pointer", someHash, "--key", key, "--salt", "n")
	require.True(t, strings.HasSuffix(put.Item.Magnet, "&s=6e"), put.Item.Magnet)
	got := look(t, all[1].addr, "get", put.Item.Magnet)
	require.Equal(t, someHash, got.Item.Pointer)
	require.Equal(t, put.Item.Magnet, got.Item.Magnet)

	// The links of BEP 46.
	const public = "8543d3e6115f0f98c944077a4493dcd543e49c739fd998550a1f614ab36ed63e"
	for link, target := range map[string]string{
		"magnet:?xs=urn:btpk:" + public:           "cc3f9d90b572172053626f9980ce261a850d050b",
		"magnet:?xs=urn:btpk:" + public + "&s=6e": "59ee7c2cb9b4f7eb1986ee2d18fd2fdb8a56554f",
	} {
		r, err := parseItemPlace(link, "")
		require.NoError(t, err)
		require.Equal(t, target, r.Target.String())
	}
}

func TestDHTScrapeAndSample(t *testing.T) {
	all := servedMesh(t, 4)
	entry := all[0].addr
	_, code, err := run(context.Background(), "sample", "--bootstrap", entry, "--timeout", "5s")
	require.NoError(t, err, "no infohashes are an answer, too")
	require.Equal(t, command.Done, code)
	must(t, "announce", someHash, "--port", "4321", "--bootstrap", entry)
	scraped := look(t, all[1].addr, "scrape", someHash)
	require.Zero(t, scraped.Swarm.Seeds)
	require.InDelta(t, 1, scraped.Swarm.Peers, 0.01)
	require.Equal(t, 4, scraped.Swarm.Filters)
	must(t, "announce", someHash, "--port", "4321", "--seed", "--bootstrap", entry)
	scraped = look(t, all[1].addr, "scrape", someHash)
	require.InDelta(t, 1, scraped.Swarm.Seeds, 0.01)
	require.Zero(t, scraped.Swarm.Peers)
	_, code, err = run(context.Background(), "scrape", meshID(0), "--bootstrap", entry)
	require.ErrorContains(t, err, "no peers of")
	require.Equal(t, command.Failed, code)

	sampled := look(t, all[2].addr, "sample", someHash)
	require.Equal(t, []string{someHash}, sampled.Samples.InfoHashes)
	require.Equal(t, 4, sampled.Samples.Nodes)
	require.EqualValues(t, 4, sampled.Samples.Held)
}

func TestDHTRefusesBadItems(t *testing.T) {
	dir := t.TempDir()
	value := filepath.Join(dir, "value")
	require.NoError(t, os.WriteFile(value, []byte("5:hello\n"), 0o600))
	for line, hint := range map[string]string{
		"get":                            "TARGET is missing",
		"get 12":                         "is not 40 hexadecimal digits",
		"get magnet:?xs=urn:btih:12":     "is no link to a mutable torrent",
		"get " + strings.Repeat("g", 64): "is not 64 hexadecimal digits",
		"get " + someHash + " --salt " + strings.Repeat("s", 65): "the salt has 65 bytes",
		"put":                                    "give one value to store",
		"put a --pointer " + someHash:            "give one value to store",
		"put --pointer 12":                       "--pointer \"12\" is not 40",
		"put --file " + value:                    "not one value in bencode's canonical form",
		"put --file nowhere":                     "nowhere: no such file",
		"put a --salt b":                         "give --key too",
		"put a --seq -2":                         "--seq -2 is negative",
		"put a --cas -2":                         "--cas -2 is negative",
		"sample a b":                             "\"b\" is one argument too many",
		"put a --key " + value:                   "is no key file; make one with",
		"put " + strings.Repeat("x", 997):        "the value has 1001 bytes",
		"put a":                                  "--bootstrap is missing",
		"keygen":                                 "FILE is missing",
		"sample 12":                              "TARGET \"12\" is not 40",
		"scrape":                                 "INFOHASH is missing",
		"serve --client utorrent":                "--client \"utorrent\" is not known; take one",
		"serve --state " + value:                 "not this node's, give another file",
		"serve --listen [::1]:0 --listen [::]:0": "are of one address",
		"monitor --every 0s":                     "--every 0s is too short",
	} {
		out, code, err := run(context.Background(), strings.Fields(line)...)
		require.ErrorContains(t, err, hint, line)
		require.Equal(t, command.Refused, code, line)
		require.Empty(t, out, line)
	}
}

func TestDHTKeysAreSecretAndStay(t *testing.T) {
	file := filepath.Join(t.TempDir(), "my.key")
	must(t, "keygen", file)
	key, err := readKey(file)
	require.NoError(t, err)
	_, code, err := run(t.Context(), "keygen", file)
	require.ErrorContains(t, err, "exists and is left as it is")
	require.Equal(t, command.Refused, code)
	again, err := readKey(file)
	require.NoError(t, err)
	require.Equal(t, key, again)
	if runtime.GOOS == "windows" {
		return
	}
	for _, mode := range []fs.FileMode{0o640, 0o604, 0o620} {
		require.NoError(t, os.Chmod(file, mode))
		_, err = readKey(file)
		require.ErrorContains(t, err, "chmod 600 "+file)
	}
}

// The sizes of which put warns are those that a node of ours refuses.
func TestDHTPutWarnsOfLargeValues(t *testing.T) {
	key := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	for _, c := range []struct {
		key  ed25519.PublicKey
		most int
	}{{nil, 893}, {key.Public().(ed25519.PublicKey), 757}} {
		for size := c.most - 1; size <= c.most+1; size++ {
			var b strings.Builder
			it := &krpc.Item{V: make([]byte, size), Key: c.key}
			it.Seq, it.HasSeq = math.MaxInt64, c.key != nil
			warnOfSize(&b, it)
			require.Equal(t, size > c.most, strings.Contains(b.String(), "up to 893"), "%d", size)
		}
	}
	entry := servedMesh(t, 1)[0].addr
	must(t, "put", strings.Repeat("x", 893-len("889:")), "--bootstrap", entry)
	_, code, err := run(t.Context(), "put", strings.Repeat("x", 894-len("890:")),
		"--bootstrap", entry)
	require.ErrorContains(t, err, "v is too big")
	require.Equal(t, command.Failed, code)
}
