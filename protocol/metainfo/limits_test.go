package metainfo_test

import (
	"bytes"
	"crypto/sha1"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/metainfo"
)

// Section 8: limits of size, of values and of pieces, at the limit and above.
func TestSizeLimit(t *testing.T) {
	big := make([]byte, metainfo.SizeMax+1)
	_, err := metainfo.Parse(big)
	checkVerdict(t, err, `^this torrent of 50331649 bytes is larger than the limit of`, false)
	_, err = metainfo.ParseInfo(big, sha1.Sum(big))
	checkVerdict(t, err, `^this info dictionary of 50331649 bytes is larger`, false)
	_, err = metainfo.Parse(big[1:])
	checkVerdict(t, err, `^byte 0: this is no torrent`, false)
}

func TestPiecesLimit(t *testing.T) {
	const most = metainfo.PiecesMax
	info := func(pieces int) dict {
		return single().with("piece length", 1, "length", pieces,
			"pieces", strings.Repeat("x", pieces*metainfo.HashSize))
	}
	torrent, err := metainfo.Parse(encode(t, dict{"info": info(most)}))
	require.NoError(t, err)
	require.EqualValues(t, most, torrent.Info.Count())
	_, err = metainfo.Parse(encode(t, dict{"info": info(most + 1)}))
	checkVerdict(t, err, `2097153 pieces would be needed for 2097153 bytes, and the`, false)
}

// A file of the largest number of values takes memory in proportion to its size, and one of more
// is refused.
func TestValuesLimit(t *testing.T) {
	const files = 300000
	var b bytes.Buffer
	b.WriteString("d4:infod5:filesl")
	for n := range files {
		// Four bytes of a name that differs, as wide as the rest allows.
		name := []byte{'a' + byte(n%26), 'a' + byte(n/26%26), 'a' + byte(n/676%26),
			'A' + byte(n/17576)}
		b.WriteString("d6:lengthi1e4:pathl4:" + string(name) + "ee")
	}
	b.WriteString("e4:name1:x12:piece lengthi16384e6:pieces")
	const pieces = (files + 16383) / 16384
	b.WriteString("380:" + strings.Repeat("x", pieces*20) + "ee")
	require.Equal(t, 380, pieces*20)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	torrent, err := metainfo.Parse(b.Bytes())
	runtime.ReadMemStats(&after)
	require.NoError(t, err)
	require.Len(t, torrent.Info.Files, files)
	perByte := (after.TotalAlloc - before.TotalAlloc) / uint64(b.Len())
	require.Less(t, perByte, uint64(16), "bytes allocated for each byte read")

	list := "d1:al" + strings.Repeat("0:", 3000000-4) + "ee"
	_, err = metainfo.Parse([]byte(list))
	checkVerdict(t, err, `info: is missing`, false)
	list = "d1:al" + strings.Repeat("0:", 3000000-2) + "ee"
	_, err = metainfo.Parse([]byte(list))
	checkVerdict(t, err, `there are too many values`, false)
}

// The values that zeebo would allocate for, or recurse on, without end.
func TestWhatZeeboNeverSees(t *testing.T) {
	for _, in := range []string{
		"d8:announce67108864:x", "d8:announce2147483647:xe",
		"d5:nodes" + strings.Repeat("l", 1<<20),
		"d5:nodes" + strings.Repeat("l", 1<<20) + strings.Repeat("e", 1<<20) + "e",
	} {
		require.Less(t, testing.AllocsPerRun(1, func() {
			_, err := metainfo.Parse([]byte(in))
			require.Error(t, err)
		}), float64(1000))
	}
}
