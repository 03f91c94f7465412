package krpc_test

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol"
	"swarmlab/protocol/krpc"
)

func addrOf(t *testing.T, ip string) protocol.Addr {
	a, err := netip.ParseAddr(ip)
	require.NoError(t, err)
	return protocol.AddrOf(netip.AddrPortFrom(a, 6881))
}

// secured are the addresses of BEP 42 with the hash of each, and some of IPv6.
var secured = []struct {
	ip     string
	last   byte
	masked string // in hexadecimal, what is hashed
	crc    uint32
	id     string
}{
	{"124.31.75.21", 1, "200f0b15", 0x5fbfbdb2, "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401"},
	{"21.75.31.124", 86, "c10b1f7c", 0x5a3ce9b0, "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256"},
	{"65.23.51.170", 22, "c10733aa", 0xa5d4344a, "a5d43220bc8f112a3d426c84764f8c2a1150e616"},
	{"84.124.73.14", 65, "200c090e", 0x1b03217b, "1b0321dd1bb1fe518101ceef99462b947a01ff41"},
	{"43.213.53.83", 90, "43053553", 0xe56f6972, "e56f6cbf5b7c4be0237986d5243b87aa6d51305a"},
	{"2001:db8::1", 0, "0001050800000000", 0x7c89c9bd, ""},
	{"2001:db8::1", 1, "2001050800000000", 0x7189ac24, ""},
	{"2001:db8::1", 86, "c001050800000000", 0x528894eb, ""},
	{"2001:db8:85a3:8d3:1319:8a2e:370:7344", 1, "20010508052308d3", 0x8113ddef, ""},
}

// TestSecureVectors takes the last byte as the table has it; what its low three bits give is in the
// hash, so that another last byte must fail.
func TestSecureVectors(t *testing.T) {
	r := protocol.NewRand(42, 0, 0)
	for _, c := range secured {
		a := addrOf(t, c.ip)
		require.Equal(t, c.crc, krpc.SecureHash(a, c.last), c.ip)
		var masked []byte
		_, err := fmt.Sscanf(c.masked, "%x", &masked)
		require.NoError(t, err)
		require.Equal(t, c.crc, crc32.Checksum(masked, crc32.MakeTable(crc32.Castagnoli)), c.ip)
		id := krpc.SecureID(a, c.last, &r)
		if c.id != "" {
			example, err := krpc.ParseID(c.id)
			require.NoError(t, err)
			require.GreaterOrEqual(t, example.SharedBits(id), 21)
			require.True(t, krpc.ValidID(example, a))
			example.Lo ^= 1
			require.False(t, krpc.ValidID(example, a))
		}
		require.Equal(t, c.crc>>11, uint32(id.Hi>>43), c.ip)
		require.True(t, krpc.ValidID(id, a.WithPort(1)), "the port does not matter")
	}
}

// TestSecureBits inverts every bit of valid IDs: only the first 21 and the last three bind.
func TestSecureBits(t *testing.T) {
	r := protocol.NewRand(42, 1, 0)
	for _, c := range secured {
		a := addrOf(t, c.ip)
		id := krpc.SecureID(a, c.last, &r)
		b := id.Append(nil)
		for i := range krpc.IDBits {
			b[i/8] ^= 0x80 >> (i % 8)
			require.Equal(t, i >= 21 && i < 157, krpc.ValidID(krpc.IDFromBytes(b), a), "bit %d", i)
			b[i/8] ^= 0x80 >> (i % 8)
		}
	}
}

// TestSecureIDIsRandom sees both values of every bit that is free, and the given last byte.
func TestSecureIDIsRandom(t *testing.T) {
	r := protocol.NewRand(42, 2, 0)
	a := addrOf(t, "124.31.75.21")
	var ones, zeros krpc.ID
	for range 200 {
		x := krpc.SecureID(a, 0xa5, &r)
		require.Equal(t, byte(0xa5), byte(x.Lo))
		ones = krpc.ID{Hi: ones.Hi | x.Hi, Mid: ones.Mid | x.Mid, Lo: ones.Lo | x.Lo}
		zeros = krpc.ID{Hi: zeros.Hi | ^x.Hi, Mid: zeros.Mid | ^x.Mid, Lo: zeros.Lo | ^x.Lo}
	}
	for n := range krpc.IDBits {
		varies := ones.Bit(n) == 1 && zeros.Bit(n) == 1
		require.Equal(t, n >= 21 && n < 152, varies, "bit %d", n)
	}
}

// TestExempt: an ID that is valid nowhere near is still valid in the exempt networks, up to their
// first and last address.
func TestExempt(t *testing.T) {
	id := krpc.ID{}
	for ip, want := range map[string]bool{
		"9.255.255.255": false, "10.0.0.0": true, "10.255.255.255": true, "11.0.0.0": false,
		"126.255.255.255": false, "127.0.0.0": true, "127.255.255.255": true, "128.0.0.0": false,
		"169.253.255.255": false, "169.254.0.0": true, "169.254.255.255": true,
		"169.255.0.0": false, "172.15.255.255": false, "172.16.0.0": true,
		"172.31.255.255": true, "172.32.0.0": false, "192.167.255.255": false,
		"192.168.0.0": true, "192.168.255.255": true, "192.169.0.0": false,
		"::1": false, "fe80::1": false, "fd00::1": false, "a00::": false,
	} {
		require.Equal(t, want, krpc.ValidID(id, addrOf(t, ip)), ip)
	}
}

// TestCRC compares with the standard library, and with the check value of CRC-32C.
func TestCRC(t *testing.T) {
	table := crc32.MakeTable(crc32.Castagnoli)
	require.Equal(t, uint32(0xe3069283), crc32.Checksum([]byte("123456789"), table))
	digits := binary.BigEndian.Uint64([]byte("12345678"))
	head := krpc.CRC32C(digits, 8)
	require.Equal(t, uint32(0xe3069283), crc32.Update(head, table, []byte("9")))
	r := protocol.NewRand(42, 3, 0)
	var b [8]byte
	for range 1000 {
		word := r.Uint64()
		binary.BigEndian.PutUint64(b[:], word)
		for n := range 9 {
			require.Equal(t, crc32.Checksum(b[:n], table), krpc.CRC32C(word, n))
		}
	}
}
