package peerwire_test

import (
	"encoding/hex"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

func TestPEXVector(t *testing.T) {
	var x peerwire.PEX
	x.Add(host4(203, 0, 113, 7).WithPort(6881), peerwire.PEXReachable|peerwire.PEXSeed)
	x.Add(host4(198, 51, 100, 9).WithPort(51413), peerwire.PEXUTP)
	x.Drop(host4(192, 0, 2, 33).WithPort(6889))
	p := x.Append(nil, 1)
	require.Equal(t, "64353a616464656431323acb0071071ae1c6336409c8d5373a61646465642e66323a120437"+
		"3a64726f70706564363ac00002211ae965", hex.EncodeToString(p[6:]))
	var again peerwire.PEX
	require.Equal(t, peerwire.OK, again.Parse(p[6:]))
	require.Equal(t, 2, again.AddedCount())
	a, flags := again.AddedAt(1)
	require.Equal(t, "198.51.100.9:51413", a.String())
	require.Equal(t, uint8(4), flags)
	require.Equal(t, "192.0.2.33:6889", again.DroppedAt(0).String())
}

func TestPEXForms(t *testing.T) {
	list := func(key string, n int) string {
		return strconv.Itoa(len(key)) + ":" + key + strconv.Itoa(n) + ":" + strings.Repeat("x", n)
	}
	for _, c := range []struct {
		in string
		f  peerwire.Fault
	}{
		{"d5:added0:e", peerwire.OK},
		{"d8:dropped60:e", peerwire.OK},
		{"d" + list("added", 12) + "e", peerwire.OK},
		{"d" + list("added", 12) + list("added.f", 2) + list("zzz", 9) + "e", peerwire.OK},
		{"d" + list("added", 12) + "7:added.f0:e", peerwire.OK},
		{"d" + list("added", 6*1024) + list("dropped", 6*1024) + "e", peerwire.OK},

		{"", peerwire.BadBencode},
		{"d", peerwire.BadBencode},
		{"le", peerwire.BadBencode},
		{"d5:added0:ex", peerwire.BadBencode},
		{"d5:added12:xxxe", peerwire.BadBencode},
		{"d5:added0:5:added0:e", peerwire.BadBencode},
		{"d5:added", peerwire.BadBencode},
		{"de", peerwire.NoField},
		{"d7:added.f0:e", peerwire.NoField},
		{"d3:fooi1ee", peerwire.NoField},
		{"d5:addedi1ee", peerwire.BadField},
		{"d5:addedlee", peerwire.BadField},
		{"d" + list("added", 7) + "e", peerwire.BadField},
		{"d" + list("added", 5) + list("dropped", 1) + "e", peerwire.BadField},
		{"d" + list("added6", 17) + "e", peerwire.BadField},
		{"d" + list("dropped6", 6) + "e", peerwire.BadField},
		{"d" + list("added", 12) + list("added.f", 3) + "e", peerwire.BadField},
		{"d" + list("added6", 18) + list("added6.f", 2) + "e", peerwire.BadField},
		{"d" + list("added", 6*1025) + "e", peerwire.TooMany},
		{"d" + list("dropped", 6*1000) + list("dropped6", 18*25) + "e", peerwire.TooMany},
	} {
		var x peerwire.PEX
		require.Equal(t, c.f, x.Parse([]byte(c.in)), "%.80q", c.in)
	}
}

// contactOf is a contact as the test remembers it.
type contactOf struct {
	a     protocol.Addr
	flags uint8
}

// TestPEXRoundTrip writes and reads random contacts of both families.
func TestPEXRoundTrip(t *testing.T) {
	addr := rapid.Custom(func(t *rapid.T) protocol.Addr {
		port := rapid.Uint16().Draw(t, "port")
		if rapid.Bool().Draw(t, "four") {
			return protocol.Addr4(rapid.Uint32().Draw(t, "ip"), port)
		}
		ip := append([]byte{0x20}, rapid.SliceOfN(rapid.Byte(), 15, 15).Draw(t, "ip")...)
		return protocol.Addr6(ip, port)
	})
	var x, y peerwire.PEX
	rapid.Check(t, func(t *rapid.T) {
		x.Reset()
		var want [2][]contactOf // by family
		for _, a := range rapid.SliceOfN(addr, 0, 40).Draw(t, "added") {
			flags := rapid.Uint8().Draw(t, "flags")
			x.Add(a, flags)
			family := 0
			if !a.Is4() {
				family = 1
			}
			want[family] = append(want[family], contactOf{a, flags})
		}
		dropped := rapid.SliceOfN(addr, 0, 40).Draw(t, "dropped")
		for _, a := range dropped {
			x.Drop(a)
		}
		p := x.Append(nil, 9)
		require.Equal(t, peerwire.OK, y.Parse(p[6:]))
		require.Equal(t, p, y.Append(nil, 9))
		all := append(want[0], want[1]...)
		require.Equal(t, len(all), y.AddedCount())
		for n, c := range all {
			a, flags := y.AddedAt(n)
			require.Equal(t, c, contactOf{a, flags})
		}
		got := []protocol.Addr{}
		for n := range y.DroppedCount() {
			got = append(got, y.DroppedAt(n))
		}
		require.ElementsMatch(t, dropped, got)
	})
}
