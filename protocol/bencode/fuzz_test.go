package bencode_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	zeebo "github.com/zeebo/bencode"
	"pgregory.net/rapid"

	"swarmlab/protocol/bencode"
)

// small bounds what the recursive decoders of the tests get to see.
var small = bencode.Limits{Depth: 64, Items: 10000}

func seed(f *testing.F) {
	for _, in := range accepted {
		f.Add([]byte(in))
	}
	for _, c := range rejected {
		f.Add([]byte(c.in))
	}
}

// FuzzAgainstOracle compares verdict, form and content of both modes with the oracle.
func FuzzAgainstOracle(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, p []byte) { againstOracle(t, p) })
}

func againstOracle(t require.TestingT, p []byte) {
	for _, mode := range []bencode.Mode{bencode.Strict, bencode.Tolerant} {
		canonical, fault := whole(string(p), small, mode)
		if fault == bencode.TooDeep || fault == bencode.TooMany {
			return
		}
		o := oracle{tolerant: mode == bencode.Tolerant}
		v, ok := o.whole(string(p))
		require.Equal(t, ok, fault == bencode.OK, "%q: %v", p, fault)
		if !ok {
			continue
		}
		require.Equal(t, !o.variant, canonical, "%q", p)
		if canonical {
			require.Equal(t, string(p), encode(v))
			require.Equal(t, p, copyOf(p))
			continue
		}
		again, ok := o.whole(string(copyOf(p)))
		require.True(t, ok)
		require.Equal(t, v, again)
	}
}

// FuzzAgainstZeebo checks that what the strict mode accepts is safe for github.com/zeebo/bencode,
// means the same there, and is written back by it without changing a byte. Other inputs are kept
// from it: it recurses and allocates as they please.
func FuzzAgainstZeebo(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, p []byte) { againstZeebo(t, p) })
}

func againstZeebo(t require.TestingT, p []byte) {
	if _, fault := whole(string(p), small, bencode.Strict); fault != bencode.OK {
		return
	}
	var theirs any
	require.NoError(t, zeebo.DecodeBytes(p, &theirs), "%q", p)
	mine, ok := new(oracle).whole(string(p))
	require.True(t, ok)
	require.Equal(t, mine, filled(theirs), "%q", p)
	again, err := zeebo.EncodeBytes(filled(theirs))
	require.NoError(t, err)
	require.Equal(t, string(p), string(again))
}

// filled replaces the nil slices by which zeebo means empty lists, and which it does not write.
func filled(v any) any {
	switch v := v.(type) {
	case []any:
		out := []any{}
		for _, item := range v {
			out = append(out, filled(item))
		}
		return out
	case map[string]any:
		for key := range v {
			v[key] = filled(v[key])
		}
	}
	return v
}

// value draws a random value.
func value(t *rapid.T, depth int) any {
	kind := rapid.IntRange(0, 3).Draw(t, "kind")
	if depth == 0 {
		kind %= 2
	}
	switch kind {
	case 0:
		return rapid.Int64().Draw(t, "int")
	case 1:
		return string(rapid.SliceOfN(rapid.Byte(), 0, 120).Draw(t, "string"))
	case 2:
		items := []any{}
		for range rapid.IntRange(0, 4).Draw(t, "items") {
			items = append(items, value(t, depth-1))
		}
		return items
	}
	dict := map[string]any{}
	for range rapid.IntRange(0, 5).Draw(t, "keys") {
		key := string(rapid.SliceOfN(rapid.ByteRange('a', 'c'), 0, 3).Draw(t, "key"))
		dict[key] = value(t, depth-1)
	}
	return dict
}

// TestRandomValues checks random canonical values, and the same with one byte changed, against
// both references.
func TestRandomValues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := value(t, 4)
		p := []byte(encode(v))
		_, fault := whole(string(p), small, bencode.Strict)
		require.Equal(t, bencode.OK, fault)
		againstOracle(t, p)
		againstZeebo(t, p)
		i := rapid.IntRange(0, len(p)-1).Draw(t, "at")
		p[i] = rapid.SampledFrom([]byte("ilde:-0123456789abc")).Draw(t, "byte")
		againstOracle(t, p)
		againstZeebo(t, p)
	})
}
