package peerwire_test

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/peerwire"
)

// host4 and host6 return addresses without port.
func host4(a, b, c, d byte) protocol.Addr {
	return protocol.Addr4(uint32(a)<<24|uint32(b)<<16|uint32(c)<<8|uint32(d), 0)
}

func host6(t require.TestingT, s string) protocol.Addr { return protocol.Addr6(unhex(t, s), 0) }

// simExt is the extension handshake of the sheet, and simHandshake what it says.
const simExt = "d1:md11:lt_donthavei7e11:upload_onlyi2e12:ut_holepunchi4e" +
	"11:ut_metadatai3e6:ut_pexi1ee13:metadata_sizei31235e1:pi6881e4:reqqi250e1:v7:Sim 1.0" +
	"6:yourip4:\xCB\x00\x71\x07e"

func simHandshake() (h peerwire.ExtHandshake) {
	for _, ext := range []uint8{
		peerwire.ExtDontHave, peerwire.ExtUploadOnly, peerwire.ExtHolepunch,
		peerwire.ExtMetadata, peerwire.ExtPEX,
	} {
		h.Support(ext)
	}
	h.Port, h.Queue, h.MetadataSize, h.Version = 6881, 250, 31235, []byte("Sim 1.0")
	h.YourIP = host4(203, 0, 113, 7)
	return h
}

const publicKey = "0123456789abcdef0123456789ABCDEF"

// Keys go where a dictionary has them.
func TestExtHandshakeWithKey(t *testing.T) {
	var h, again peerwire.ExtHandshake
	h.Support(peerwire.ExtReceipt)
	h.Support(peerwire.ExtDontHave)
	h.Support(peerwire.ExtUploadOnly)
	h.Queue, h.UploadOnly, h.Key = 1, peerwire.Yes, []byte(publicKey)
	want := "d1:md11:lt_donthavei7e10:sl_receipti5e11:upload_onlyi2ee4:reqqi1e6:sl_key32:" +
		publicKey + "11:upload_onlyi1ee"
	p := h.Append(nil)[6:]
	require.Equal(t, want, string(p))
	require.Equal(t, peerwire.OK, again.Parse(p))
	require.Equal(t, h, again)
}

func TestExtHandshakeVector(t *testing.T) {
	h := simHandshake()
	p := h.Append([]byte{9})
	require.Len(t, simExt, 156)
	require.Equal(t, "0000009e1400", hex.EncodeToString(p[1:7]))
	require.Equal(t, simExt, string(p[7:]))
	var again peerwire.ExtHandshake
	require.Equal(t, peerwire.OK, again.Parse([]byte(simExt)))
	require.Equal(t, h, again)
}

// TestExtHandshakeForms has a row for each key and way of being odd.
func TestExtHandshakeForms(t *testing.T) {
	six := "20010db8000000000000000000000007"
	for _, c := range []struct {
		in   string
		want peerwire.ExtHandshake
		f    peerwire.Fault
	}{
		{in: "de"},
		{in: "d1:mdee"},
		{in: "d3:fooli1ei2eee"},
		{in: "d1:ei1ee", want: peerwire.ExtHandshake{Encrypt: peerwire.Yes}},
		{in: "d11:upload_onlyi0ee", want: peerwire.ExtHandshake{UploadOnly: peerwire.No}},
		{in: "d4:ipv44:\x01\x02\x03\x04e", want: peerwire.ExtHandshake{IP4: host4(1, 2, 3, 4)}},
		{in: "d4:ipv45:\x01\x02\x03\x04\x05e"},
		{in: "d4:ipv6" + "16:" + string(unhex(t, six)) + "e",
			want: peerwire.ExtHandshake{IP6: host6(t, six)}},
		{in: "d6:yourip16:" + string(unhex(t, six)) + "e",
			want: peerwire.ExtHandshake{YourIP: host6(t, six)}},
		{in: "d6:yourip0:e"},
		{in: "d4:ipv616:" + string(unhex(t, "00000000000000000000ffff01020304")) + "e"},
		{in: "d4:reqqi100000ee", want: peerwire.ExtHandshake{Queue: 65535}},
		{in: "d4:reqqi-1ee"},
		{in: "d1:pi65536ee"},
		{in: "d1:pi-1ee"},
		{in: "d12:complete_agoi-1ee"},
		{in: "d13:metadata_sizei4194304ee",
			want: peerwire.ExtHandshake{MetadataSize: peerwire.MetadataMax}},
		{in: "d13:metadata_sizei4194305ee"},
		{in: "d13:metadata_sizei-5ee"},
		{in: "d1:md6:ut_pexi0eee", want: peerwire.ExtHandshake{Listed: 2}},
		{in: "d1:md6:ut_pexi256eee", want: peerwire.ExtHandshake{Listed: 2}},
		{in: "d1:v0:1:md6:ut_pexi255eee", want: peerwire.ExtHandshake{
			Listed: 2, IDs: peerwire.ExtIDs{1: 255}, Version: []byte{}}},

		{in: "d6:sl_key32:" + publicKey + "e",
			want: peerwire.ExtHandshake{Key: []byte(publicKey)}},
		{in: "d6:sl_key31:" + publicKey[1:] + "e"},
		{in: "d1:md10:sl_receipti9eee",
			want: peerwire.ExtHandshake{Listed: 32, IDs: peerwire.ExtIDs{5: 9}}},

		{in: "d6:sl_keyi1ee", f: peerwire.BadField},
		{in: "", f: peerwire.BadBencode},
		{in: "d", f: peerwire.BadBencode},
		{in: "i1e", f: peerwire.BadBencode},
		{in: "dee", f: peerwire.BadBencode},
		{in: "d1:pi6881e", f: peerwire.BadBencode},
		{in: "d1:p", f: peerwire.BadBencode},
		{in: "d1:pi68", f: peerwire.BadBencode},
		{in: "d1:pi1e1:pi2ee", f: peerwire.BadBencode},
		{in: "d1:v99:xe", f: peerwire.BadBencode},
		{in: "d1:v99999999999999999999:xe", f: peerwire.BadBencode},
		{in: "d1:x" + strings.Repeat("l", 5000) + strings.Repeat("e", 5001),
			f: peerwire.BadBencode},
		{in: "d1:xl" + strings.Repeat("i1e", 2000) + "ee", f: peerwire.BadBencode},
		{in: "d1:mi1ee", f: peerwire.BadField},
		{in: "d1:md6:ut_pex1:1ee", f: peerwire.BadField},
		{in: "d1:mi1e1:vi1e", f: peerwire.BadBencode},
		{in: "d1:md6:ut_pexlee1:p0:e", f: peerwire.BadField},
		{in: "d1:vi1ee", f: peerwire.BadField},
		{in: "d1:p4:6881e", f: peerwire.BadField},
		{in: "d6:youripi1ee", f: peerwire.BadField},
		{in: "d11:upload_only1:1e", f: peerwire.BadField},
	} {
		got := peerwire.ExtHandshake{Port: 99, Listed: 255}
		require.Equal(t, c.f, got.Parse([]byte(c.in)), "%.80q", c.in)
		if c.f == peerwire.OK {
			require.Equal(t, c.want, got, "%.80q", c.in)
		}
	}
}

// TestExtUpdate checks that a later handshake changes only what it lists.
func TestExtUpdate(t *testing.T) {
	var ids peerwire.ExtIDs
	var h peerwire.ExtHandshake
	for _, c := range []struct {
		in        string
		pex, meta uint8
	}{
		{"d1:md11:ut_metadatai3e6:ut_pexi9eee", 9, 3},
		{"d1:md6:ut_pexi0eee", 0, 3},
		{"de", 0, 3},
		{"d1:md6:ut_pexi20eee", 20, 3},
	} {
		require.Equal(t, peerwire.OK, h.Parse([]byte(c.in)))
		h.Update(&ids)
		require.Equal(t, c.pex, ids[peerwire.ExtPEX])
		require.Equal(t, c.meta, ids[peerwire.ExtMetadata])
	}
}

func TestMetadataVectors(t *testing.T) {
	ask := peerwire.Metadata{Type: peerwire.MetadataRequest}
	require.Equal(t, "0000001b140364383a6d73675f74797065693065353a706965636569306565",
		hex.EncodeToString(ask.Append(nil, 3)))
	data := make([]byte, 3425)
	for _, c := range []struct {
		m    peerwire.Metadata
		want string
	}{
		{ask, "d8:msg_typei0e5:piecei0ee"},
		{peerwire.Metadata{Type: peerwire.MetadataReject}, "d8:msg_typei2e5:piecei0ee"},
		{peerwire.Metadata{Type: peerwire.MetadataData, Total: 3425, Data: data},
			"d8:msg_typei1e5:piecei0e10:total_sizei3425ee" + string(data)},
	} {
		p := c.m.Append(nil, 3)
		require.Equal(t, c.want, string(p[6:]))
		var again peerwire.Metadata
		require.Equal(t, peerwire.OK, again.Parse(p[6:]))
		require.Equal(t, c.m, again)
	}
}

func TestMetadataForms(t *testing.T) {
	block := strings.Repeat("x", 16384)
	for _, c := range []struct {
		in string
		f  peerwire.Fault
	}{
		{"d8:msg_typei1e5:piecei1e10:total_sizei16387eeabc", peerwire.OK},
		{"d8:msg_typei1e5:piecei0e10:total_sizei16387ee" + block, peerwire.OK},
		{"d8:msg_typei1e5:piecei1e10:total_sizei32768ee" + block, peerwire.OK},
		{"d3:fooi1e8:msg_typei0e5:piecei255ee", peerwire.OK},
		{"d8:msg_typei0e5:piecei0e10:total_sizei9ee", peerwire.OK},
		{"d5:piecei0e8:msg_typei0ee", peerwire.OK},
		{"d8:msg_typei3ee", peerwire.OK},
		{"d8:msg_typei3eexyz", peerwire.OK},

		{"", peerwire.BadBencode},
		{"le", peerwire.BadBencode},
		{"d8:msg_typei0e", peerwire.BadBencode},
		{"d8:msg_typei0e5:piece", peerwire.BadBencode},
		{"de", peerwire.NoField},
		{"d5:piecei0ee", peerwire.NoField},
		{"d8:msg_typei0ee", peerwire.NoField},
		{"d8:msg_typei1e5:piecei0eeabc", peerwire.NoField},
		{"d8:msg_typei0e5:piecei256ee", peerwire.BadField},
		{"d8:msg_typei0e5:piecei-1ee", peerwire.BadField},
		{"d8:msg_typei-1e5:piecei0ee", peerwire.BadField},
		{"d8:msg_type1:05:piecei0ee", peerwire.BadField},
		{"d8:msg_typei1e5:piecei0e10:total_sizei4194305eeabc", peerwire.BadField},
		{"d8:msg_typei1e5:piecei0e10:total_sizei-3eeabc", peerwire.BadField},
		{"d8:msg_typei0e5:piecei0eex", peerwire.BadSize},
		{"d8:msg_typei2e5:piecei0eex", peerwire.BadSize},
		{"d8:msg_typei1e5:piecei0e10:total_sizei4eeabc", peerwire.BadSize},
		{"d8:msg_typei1e5:piecei0e10:total_sizei2eeabc", peerwire.BadSize},
		{"d8:msg_typei1e5:piecei1e10:total_sizei16384ee", peerwire.BadSize},
		{"d8:msg_typei1e5:piecei2e10:total_sizei16387ee", peerwire.BadSize},
		{"d8:msg_typei1e5:piecei1e10:total_sizei99999ee" + block + "x", peerwire.BadSize},
	} {
		var m peerwire.Metadata
		require.Equal(t, c.f, m.Parse([]byte(c.in)), "%.80q", c.in)
	}
}

func TestSmallBodies(t *testing.T) {
	require.Equal(t, "00000006140700000005",
		hex.EncodeToString(peerwire.AppendDontHave(nil, 7, 5)))
	index, f := peerwire.ParseDontHave([]byte{0, 0, 1, 5})
	require.Equal(t, peerwire.OK, f)
	require.Equal(t, uint32(261), index)
	for _, n := range []int{0, 3, 5} {
		_, f = peerwire.ParseDontHave(make([]byte, n))
		require.Equal(t, peerwire.BadSize, f)
	}
	for _, only := range []bool{false, true} {
		p := peerwire.AppendUploadOnly(nil, 2, only)
		require.Equal(t, "000000031402", hex.EncodeToString(p[:6]))
		got, f := peerwire.ParseUploadOnly(p[6:])
		require.Equal(t, peerwire.OK, f)
		require.Equal(t, only, got)
	}
	for _, n := range []int{0, 2} {
		_, f = peerwire.ParseUploadOnly(make([]byte, n))
		require.Equal(t, peerwire.BadSize, f)
	}
}

func TestHolepunchVectors(t *testing.T) {
	four := host4(203, 0, 113, 7).WithPort(6881)
	six := host6(t, "20010db8000000000000000000000007").WithPort(6881)
	for _, c := range []struct {
		m    peerwire.Holepunch
		want string
	}{
		{peerwire.Holepunch{Addr: four}, "0000000e14040000cb0071071ae100000000"},
		{peerwire.Holepunch{Type: peerwire.PunchFailed, Addr: four, Error: peerwire.NotConnected},
			"0000000e14040200cb0071071ae100000002"},
		{peerwire.Holepunch{Type: peerwire.Connect, Addr: six},
			"0000001a1404010120010db80000000000000000000000071ae100000000"},
	} {
		p := c.m.Append(nil, 4)
		require.Equal(t, c.want, hex.EncodeToString(p))
		var again peerwire.Holepunch
		require.Equal(t, peerwire.OK, again.Parse(p[6:]))
		require.Equal(t, c.m, again)
		for n := range p[6:] {
			f := again.Parse(p[6 : 6+n])
			short := n == len(p)-10 && c.m.Type != peerwire.PunchFailed
			require.Equal(t, short, f == peerwire.OK, "%d bytes", n)
		}
		require.Equal(t, peerwire.BadSize, again.Parse(append(p[6:], 0)))
		p[7] = 2
		require.Equal(t, peerwire.BadField, again.Parse(p[6:]))
	}
}

func TestPriorityVectors(t *testing.T) {
	six := func(s string) protocol.Addr { return host6(t, s) }
	for _, c := range []struct {
		a, b protocol.Addr
		want uint32
	}{
		{host4(123, 213, 32, 10), host4(98, 76, 54, 32), 0xec2d7224},
		{host4(123, 213, 32, 10), host4(123, 213, 32, 234), 0x99568189},
		{host4(230, 12, 123, 3).WithPort(1234), host4(230, 12, 123, 3).WithPort(300), 0xae8b7034},
		{host4(230, 12, 123, 1), host4(230, 12, 123, 3), 0x99c54d79},
		{host4(230, 12, 23, 1), host4(230, 12, 123, 3), 0x21fd5f80},
		{host4(230, 120, 23, 1), host4(230, 12, 123, 3), 0xfa9a860e},
		{six("20010db8000100020000000000000010"), six("20010db8000900090000000000000020"),
			0x982f0aa7},
		{six("20010db8000100020000000000000010"), six("20010db8000100990000000000000020"),
			0x03689cf2},
	} {
		require.Equal(t, c.want, peerwire.Priority(c.a, c.b))
		require.Equal(t, c.want, peerwire.Priority(c.b, c.a))
		if c.a.Is4() {
			mixed := peerwire.Priority(c.a, six("20010db8000100020000000000000010"))
			require.NotEqual(t, c.want, mixed)
		}
	}
}
