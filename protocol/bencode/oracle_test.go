package bencode_test

import (
	"maps"
	"math/big"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// oracle is a second decoder, written to be obviously right rather than fast: recursive, with
// regular expressions and big numbers. It knows no limits.
type oracle struct {
	tolerant bool
	variant  bool // something not canonical was met
}

var (
	intTolerant = regexp.MustCompile(`^i(-?[0-9]+)e`)
	intStrict   = regexp.MustCompile(`^i(0|-?[1-9][0-9]*)e`)
	lenTolerant = regexp.MustCompile(`^([0-9]+):`)
	lenStrict   = regexp.MustCompile(`^(0|[1-9][0-9]*):`)
)

// whole decodes p if it is exactly one value: int64, string, []any or map[string]any.
func (o *oracle) whole(p string) (any, bool) {
	v, rest, ok := o.value(p)
	return v, ok && rest == ""
}

// match returns the number at the start of p and what follows it.
func (o *oracle) match(
	p string, tolerant, strict *regexp.Regexp,
) (n *big.Int, rest string, ok bool) {
	m := tolerant.FindStringSubmatch(p)
	if m == nil {
		return nil, "", false
	}
	if !strict.MatchString(p) {
		if !o.tolerant {
			return nil, "", false
		}
		o.variant = true
	}
	n, ok = new(big.Int).SetString(m[1], 10)
	return n, p[len(m[0]):], ok
}

func (o *oracle) value(p string) (v any, rest string, ok bool) {
	switch {
	case strings.HasPrefix(p, "i"):
		n, rest, ok := o.match(p, intTolerant, intStrict)
		if !ok || !n.IsInt64() {
			return nil, "", false
		}
		return n.Int64(), rest, true
	case strings.HasPrefix(p, "l"):
		return o.list(p[1:])
	case strings.HasPrefix(p, "d"):
		return o.dict(p[1:])
	}
	n, rest, ok := o.match(p, lenTolerant, lenStrict)
	if !ok || n.Cmp(big.NewInt(int64(len(rest)))) > 0 {
		return nil, "", false
	}
	return rest[:n.Int64()], rest[n.Int64():], true
}

func (o *oracle) list(p string) (v any, rest string, ok bool) {
	items := []any{}
	for !strings.HasPrefix(p, "e") {
		var item any
		if item, p, ok = o.value(p); !ok {
			return nil, "", false
		}
		items = append(items, item)
	}
	return items, p[1:], true
}

func (o *oracle) dict(p string) (v any, rest string, ok bool) {
	dict, last := map[string]any{}, ""
	for !strings.HasPrefix(p, "e") {
		var k, item any
		if k, p, ok = o.value(p); !ok {
			return nil, "", false
		}
		key, isString := k.(string)
		if _, twice := dict[key]; !isString || twice {
			return nil, "", false
		}
		if key < last {
			if !o.tolerant {
				return nil, "", false
			}
			o.variant = true
		}
		if item, p, ok = o.value(p); !ok {
			return nil, "", false
		}
		dict[key], last = item, key
	}
	return dict, p[1:], true
}

// encode writes the canonical form of a value as the oracle decodes it.
func encode(v any) string {
	switch v := v.(type) {
	case int64:
		return "i" + strconv.FormatInt(v, 10) + "e"
	case string:
		return strconv.Itoa(len(v)) + ":" + v
	case []any:
		out := "l"
		for _, item := range v {
			out += encode(item)
		}
		return out + "e"
	case map[string]any:
		out := "d"
		for _, key := range slices.Sorted(maps.Keys(v)) {
			out += encode(key) + encode(v[key])
		}
		return out + "e"
	}
	panic("no such value")
}
