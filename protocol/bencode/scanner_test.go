package bencode_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"swarmlab/protocol/bencode"
)

var (
	wide     = bencode.Limits{Depth: 100, Items: 1000}
	datagram = bencode.Limits{Depth: 10, Items: 500}
)

// whole validates p as exactly one value.
func whole(p string, lim bencode.Limits, mode bencode.Mode) (canonical bool, f bencode.Fault) {
	s := bencode.NewScanner([]byte(p), lim, mode)
	s.Skip()
	f = s.End()
	return s.Canonical(), f
}

// rejected are the malformed inputs that a strict decoder must refuse, with the fault it finds, and
// with what the tolerant mode says.
var rejected = []struct {
	in               string
	strict, tolerant bencode.Fault
}{
	{"", bencode.Truncated, bencode.Truncated},
	{"i", bencode.Truncated, bencode.Truncated},
	{"ie", bencode.BadInt, bencode.BadInt},
	{"i-e", bencode.BadInt, bencode.BadInt},
	{"i-0e", bencode.LeadingZero, bencode.OK},
	{"i00e", bencode.LeadingZero, bencode.OK},
	{"i01e", bencode.LeadingZero, bencode.OK},
	{"i-01e", bencode.LeadingZero, bencode.OK},
	{"i+1e", bencode.BadInt, bencode.BadInt},
	{"i 1e", bencode.BadInt, bencode.BadInt},
	{"i1 e", bencode.BadInt, bencode.BadInt},
	{"i1", bencode.Truncated, bencode.Truncated},
	{"i1.0e", bencode.BadInt, bencode.BadInt},
	{"i1e3e", bencode.Trailing, bencode.Trailing},
	{"i0x10e", bencode.BadInt, bencode.BadInt},
	{"i--1e", bencode.BadInt, bencode.BadInt},
	{"i9223372036854775808e", bencode.IntRange, bencode.IntRange},
	{"i-9223372036854775809e", bencode.IntRange, bencode.IntRange},
	{"i18446744073709551616e", bencode.IntRange, bencode.IntRange},
	{"i\xEF\xBC\x91e", bencode.BadInt, bencode.BadInt},
	{"4:abc", bencode.LongString, bencode.LongString},
	{"4abcd", bencode.BadLength, bencode.BadLength},
	{":", bencode.BadToken, bencode.BadToken},
	{"-1:a", bencode.BadToken, bencode.BadToken},
	{"+1:a", bencode.BadToken, bencode.BadToken},
	{"01:a", bencode.LeadingZero, bencode.OK},
	{"00:", bencode.LeadingZero, bencode.OK},
	{"1 :a", bencode.BadLength, bencode.BadLength},
	{"1:", bencode.LongString, bencode.LongString},
	{"2:a", bencode.LongString, bencode.LongString},
	{"5", bencode.LongString, bencode.LongString},
	{"1", bencode.Truncated, bencode.Truncated},
	{"99999999999999999999:a", bencode.LongString, bencode.LongString},
	{"4294967297:a", bencode.LongString, bencode.LongString},
	{"1:\xC3\xA9", bencode.Trailing, bencode.Trailing},
	{"l", bencode.Truncated, bencode.Truncated},
	{"li1e", bencode.Truncated, bencode.Truncated},
	{"lee", bencode.Trailing, bencode.Trailing},
	{"le0", bencode.Trailing, bencode.Trailing},
	{"d", bencode.Truncated, bencode.Truncated},
	{"d1:a", bencode.Truncated, bencode.Truncated},
	{"d1:ae", bencode.NoValue, bencode.NoValue},
	{"di1e1:ae", bencode.KeyKind, bencode.KeyKind},
	{"dl1:aei1ee", bencode.KeyKind, bencode.KeyKind},
	{"d1:ai1e1:ai2ee", bencode.KeyTwice, bencode.KeyTwice},
	{"d0:0:0:0:e", bencode.KeyTwice, bencode.KeyTwice},
	{"d1:bi1e1:ai2ee", bencode.KeyOrder, bencode.OK},
	{"d2:aai1e1:ai2ee", bencode.KeyOrder, bencode.OK},
	{"d1:A0:1:a0:1:B0:e", bencode.KeyOrder, bencode.OK},
	{"d1:ad1:bi1e1:ai2eee", bencode.KeyOrder, bencode.OK},
	{"d1:ai1e", bencode.Truncated, bencode.Truncated},
	{"d1:ai1eee", bencode.Trailing, bencode.Trailing},
	{"d3:key5:valueee", bencode.Trailing, bencode.Trailing},
	{"e", bencode.NoValue, bencode.NoValue},
	{"x", bencode.BadToken, bencode.BadToken},
	{"n", bencode.BadToken, bencode.BadToken},
	{"D1:ai1ee", bencode.BadToken, bencode.BadToken},
	{"i1ei2e", bencode.Trailing, bencode.Trailing},
	{"0:0:", bencode.Trailing, bencode.Trailing},
	{"d1:ai1ee\n", bencode.Trailing, bencode.Trailing},
	{"i1e\x00", bencode.Trailing, bencode.Trailing},
	{"\xEF\xBB\xBFd1:ai1ee", bencode.BadToken, bencode.BadToken},
	{strings.Repeat("l", 101) + strings.Repeat("e", 101), bencode.TooDeep, bencode.TooDeep},

	// Duplicates that no neighbour gives away, at several distances.
	{"d1:b0:1:a0:1:be", bencode.KeyOrder, bencode.KeyTwice},
	{"d1:c0:1:ad1:bi1ee1:b0:1:a0:e", bencode.KeyOrder, bencode.KeyTwice},
	{"d1:c0:1:al1:bi1ed1:b0:ee1:b0:e", bencode.KeyOrder, bencode.OK},
	{"d1:ai-e", bencode.BadInt, bencode.BadInt},
	{"dx", bencode.BadToken, bencode.BadToken},
}

func TestMalformed(t *testing.T) {
	for _, c := range rejected {
		canonical, f := whole(c.in, wide, bencode.Strict)
		require.Equal(t, c.strict, f, "strict %q", c.in)
		require.False(t, canonical, "%q", c.in)
		canonical, f = whole(c.in, wide, bencode.Tolerant)
		require.Equal(t, c.tolerant, f, "tolerant %q", c.in)
		require.False(t, canonical, "%q", c.in)
	}
}

// accepted are canonical values.
var accepted = []string{
	"0:", "i0e", "i-1e", "i9223372036854775807e", "i-9223372036854775808e", "le", "de",
	"d0:i1ee", "d1:Ai1e1:ai2ee", "d1:ai1e2:aai2ee", "d1:ai1e1:\xC3i2ee", "lli1eei2ee",
	"3:\x00\xFF\x00", "d3:cow3:moo4:spam4:eggse", "d4:spaml1:a1:bee",
	strings.Repeat("l", 100) + strings.Repeat("e", 100),
	"d5:added0:7:added.f0:6:added60:8:added6.f0:e",
	"d12:piece layers0:12:piece lengthi1e6:pieces0:e",
	"100:" + strings.Repeat("x", 100), "10:0123456789",
	"d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz1234564:wantl2:n42:n6ee" +
		"1:q9:find_node2:roi1e1:t2:\x00\x011:v4:SM\x00\x011:y1:qe",
}

func TestCanonical(t *testing.T) {
	for _, in := range accepted {
		for _, mode := range []bencode.Mode{bencode.Strict, bencode.Tolerant} {
			n, canonical, f := bencode.Check([]byte(in+"tail"), wide, mode)
			require.Equal(t, bencode.OK, f, "%q", in)
			require.Equal(t, len(in), n, "%q", in)
			require.True(t, canonical, "%q", in)
		}
		v, ok := new(oracle).whole(in)
		require.True(t, ok, "%q", in)
		require.Equal(t, in, encode(v))
		require.Equal(t, in, string(copyOf([]byte(in))))
	}
}

func TestPrefixesAreRejected(t *testing.T) {
	for _, in := range accepted {
		for n := range in {
			_, f := whole(in[:n], wide, bencode.Tolerant)
			require.NotEqual(t, bencode.OK, f, "%q", in[:n])
		}
	}
}

func TestDeletionOfOneByte(t *testing.T) {
	survivors := 0
	for _, in := range accepted {
		for i := range in {
			cut := in[:i] + in[i+1:]
			v, ok := new(oracle).whole(cut)
			_, f := whole(cut, wide, bencode.Strict)
			require.Equal(t, ok, f == bencode.OK, "%q: %v", cut, f)
			if ok {
				require.Equal(t, cut, encode(v))
				survivors++
			}
		}
	}
	require.Positive(t, survivors)
}

func TestLimits(t *testing.T) {
	list := func(n int) string { return strings.Repeat("l", n) + strings.Repeat("e", n) }
	for _, depth := range []int{0, 1, 10, bencode.DepthMax} {
		_, f := whole(list(depth+1), bencode.Limits{Depth: depth, Items: 1000}, bencode.Strict)
		require.Equal(t, bencode.TooDeep, f)
		if depth > 0 {
			_, f = whole(list(depth), bencode.Limits{Depth: depth, Items: 1000}, bencode.Strict)
			require.Equal(t, bencode.OK, f)
		}
	}
	in := "d1:ali1e0:e1:bdee" // the dictionary, two keys, the list and its two, the inner one
	_, f := whole(in, bencode.Limits{Depth: 2, Items: 7}, bencode.Strict)
	require.Equal(t, bencode.OK, f)
	for items := range 7 {
		_, f = whole(in, bencode.Limits{Depth: 2, Items: items}, bencode.Strict)
		require.Equal(t, bencode.TooMany, f, items)
	}
	require.Panics(t, func() {
		bencode.NewScanner(nil, bencode.Limits{Depth: bencode.DepthMax + 1}, bencode.Strict)
	})
}

func TestMillionsOfLevelsCostNothing(t *testing.T) {
	lim := bencode.Limits{Depth: bencode.DepthMax, Items: 1 << 30}
	for _, open := range []string{"l", "d0:", "d1:al"} {
		p := []byte(strings.Repeat(open, 4<<20))
		begin := time.Now()
		_, _, f := bencode.Check(p, lim, bencode.Tolerant)
		require.Equal(t, bencode.TooDeep, f)
		require.Less(t, time.Since(begin), time.Second)
	}
}

// TestUnsortedKeysCostLittle feeds the worst case of the search for duplicates: keys in falling
// order. A datagram of 500 items must pass; a huge file must end in a fault, soon.
func TestUnsortedKeysCostLittle(t *testing.T) {
	falling := func(keys int, value string) []byte {
		var p []byte
		p = append(p, 'd')
		for i := keys; i > 0; i-- {
			p = append(p, '3', ':', byte(i>>16), byte(i>>8), byte(i))
			p = append(p, value...)
		}
		return append(p, 'e')
	}
	for _, value := range []string{"0:", "le", "i1e"} {
		_, canonical, f := bencode.Check(falling(249, value), datagram, bencode.Tolerant)
		require.Equal(t, bencode.OK, f)
		require.False(t, canonical)
		lim := bencode.Limits{Depth: 32, Items: 1 << 30}
		begin := time.Now()
		_, _, f = bencode.Check(falling(1<<18, value), lim, bencode.Tolerant)
		require.Equal(t, bencode.TooMany, f)
		require.Less(t, time.Since(begin), 5*time.Second)
	}
}

func TestFaultsStick(t *testing.T) {
	s := bencode.NewScanner([]byte("li01ei2e3:abcdee"), wide, bencode.Strict)
	require.True(t, s.List())
	_, ok := s.Int()
	require.False(t, ok)
	require.Equal(t, bencode.LeadingZero, s.Fault())
	require.False(t, s.More())
	require.Nil(t, s.Skip())
	require.Equal(t, bencode.None, s.Kind())
	require.False(t, s.List())
	_, ok = s.Bytes()
	require.False(t, ok)
	keys, ok := s.Dict()
	require.False(t, ok)
	_, ok = keys.Next(&s)
	require.False(t, ok)
	require.Equal(t, bencode.LeadingZero, s.End())
	require.False(t, s.Canonical())
	require.Zero(t, s.At())
}

func TestOtherKindConsumesNothing(t *testing.T) {
	for _, in := range []string{"i7e", "1:a", "le", "de"} {
		s := bencode.NewScanner([]byte(in), wide, bencode.Strict)
		kind := s.Kind()
		_, isInt := s.Int()
		require.Equal(t, kind == bencode.Int, isInt)
		if kind != bencode.String && !isInt {
			_, ok := s.Bytes()
			require.False(t, ok)
		}
		if kind == bencode.String {
			require.False(t, s.List())
			_, ok := s.Dict()
			require.False(t, ok)
		}
		if !isInt {
			require.Equal(t, 0, s.At())
			require.Equal(t, in, string(s.Skip()))
		}
		require.Equal(t, bencode.OK, s.End(), in)
	}
}

func TestFaultNames(t *testing.T) {
	seen := map[string]bool{}
	for f := bencode.OK; f <= bencode.Trailing; f++ {
		require.Regexp(t, "^[a-z_]+$", f.String())
		require.False(t, seen[f.String()], f.String())
		seen[f.String()] = true
	}
	require.Equal(t, "unknown_fault", (bencode.Trailing + 1).String())
}

// copyOf walks p value by value and writes it again with the appenders.
func copyOf(p []byte) []byte {
	s := bencode.NewScanner(p, bencode.Limits{Depth: 128, Items: 1 << 20}, bencode.Tolerant)
	return copyValue(nil, &s)
}

func copyValue(dst []byte, s *bencode.Scanner) []byte {
	if n, ok := s.Int(); ok {
		return bencode.AppendInt(dst, n)
	}
	if b, ok := s.Bytes(); ok {
		return bencode.AppendBytes(dst, b)
	}
	if s.List() {
		for dst = append(dst, 'l'); s.More(); {
			dst = copyValue(dst, s)
		}
		return append(dst, 'e')
	}
	keys, ok := s.Dict()
	if !ok {
		s.Skip()
		return dst
	}
	dst = append(dst, 'd')
	for key, ok := keys.Next(s); ok; key, ok = keys.Next(s) {
		dst = copyValue(bencode.AppendString(dst, string(key)), s)
	}
	return append(dst, 'e')
}

func TestNoAllocations(t *testing.T) {
	p := []byte(accepted[len(accepted)-1])
	nested := []byte(strings.Repeat("d1:bi1e1:a", 50) + "0:" + strings.Repeat("e", 50))
	dst := make([]byte, 0, 1024)
	allocs := testing.AllocsPerRun(100, func() {
		_, _, f := bencode.Check(p, wide, bencode.Strict)
		_, _, g := bencode.Check(nested, wide, bencode.Tolerant)
		if f != bencode.OK || g != bencode.OK {
			panic("not accepted")
		}
		dst = bencode.AppendInt(bencode.AppendBytes(dst[:0], p), -1<<63)
		dst = bencode.AppendString(dst, "token")
	})
	require.Zero(t, allocs)
	require.True(t, bytes.HasSuffix(dst, []byte("i-9223372036854775808e5:token")))
}

func BenchmarkCheck(b *testing.B) {
	p := []byte(accepted[len(accepted)-1])
	b.ReportAllocs()
	for b.Loop() {
		bencode.Check(p, datagram, bencode.Strict)
	}
}
