package metainfo

import (
	"slices"
	"strings"

	zeebo "github.com/zeebo/bencode"

	"swarmlab/protocol/bencode"
)

// record is a dictionary whose form the scanner has checked.
type record struct {
	raw  []byte
	at   int    // of its first byte in the input
	name string // as in info, or empty for the outermost
}

// value returns the bytes of the value of a key and where they start in the input, or nil.
func (r record) value(key string) (raw []byte, at int) {
	s := bencode.NewScanner(r.raw, form, bencode.Strict)
	keys, _ := s.Dict()
	for k, ok := keys.Next(&s); ok; k, ok = keys.Next(&s) {
		start := s.At()
		if v := s.Skip(); string(k) == key {
			return v, r.at + start
		}
	}
	return nil, r.at
}

func (r record) has(key string) bool {
	raw, _ := r.value(key)
	return raw != nil
}

// path returns the name of a key from the outermost dictionary on.
func (r record) path(key string) string {
	if r.name == "" {
		return key
	}
	return r.name + "." + key
}

// record returns the value of a key that has to be there and be a dictionary.
func (r record) record(key string) (record, error) {
	raw, at := r.value(key)
	if raw == nil {
		return record{}, r.missing(key)
	}
	if raw[0] != 'd' {
		return record{}, r.unlike(key, "a dictionary")
	}
	return record{raw, at, r.path(key)}, nil
}

// decode reads the value of a key into the variable that a pointer leads to. An absent key leaves
// it alone. A value that is not what the variable can hold is an error, which calls for what.
func (r record) decode(key, what string, into any) error {
	raw, _ := r.value(key)
	if raw == nil {
		return nil
	}
	if err := zeebo.DecodeBytes(raw, into); err != nil {
		return r.unlike(key, what)
	}
	return nil
}

// octets returns the value of a key, which is a string, without copying; nil if it is absent.
func (r record) octets(key string) ([]byte, error) {
	raw, _ := r.value(key)
	if raw == nil {
		return nil, nil
	}
	s := bencode.NewScanner(raw, form, bencode.Strict)
	b, ok := s.Bytes()
	if !ok {
		return nil, r.unlike(key, "a string")
	}
	return b, nil
}

func (r record) missing(key string) error {
	return wrong(r.path(key), r.at, "is missing; this is no torrent, or a damaged one")
}

// unlike returns an error for a value that is not what its key calls for.
func (r record) unlike(key, what string) error {
	raw, at := r.value(key)
	is := "a string"
	switch raw[0] {
	case 'i':
		is = "a number"
	case 'l':
		is = "a list with other contents"
		if !strings.Contains(what, "list") {
			is = "a list"
		}
	case 'd':
		is = "a dictionary"
	}
	return wrong(r.path(key), at, "should be %s, and is %s"+wrongly, what, is)
}

// checkForm refuses everything that is not one canonical value, a dictionary.
func checkForm(p []byte, what string) error {
	switch {
	case len(p) > SizeMax:
		return wrong("", -1, "%s of %d bytes is larger than the limit of %d", what, len(p), SizeMax)
	case len(p) == 0:
		return wrong("", -1, "is empty; get it again")
	case p[0] != 'd':
		return wrong("", 0, "this is no %s: the first byte is %q, and should be a d", what, p[0])
	}
	n, _, fault := bencode.Check(p, form, bencode.Strict)
	if fault == bencode.OK && n == len(p) {
		return nil
	}
	if fault == bencode.OK {
		return wrong("", n, "%d bytes follow the end of the %s; cut them off, or get it again",
			len(p)-n, what)
	}
	return wrong("", faultAt(p), "%s; the %s is damaged or was made wrongly: get it again",
		faultText(fault), what)
}

// faultText says in words what the scanner found.
func faultText(f bencode.Fault) string {
	switch f {
	case bencode.Truncated:
		return "the end is missing"
	case bencode.LongString:
		return "a string is longer than what is there"
	case bencode.KeyOrder:
		return "the keys of a dictionary are not in order"
	case bencode.KeyTwice:
		return "a dictionary has the same key twice"
	case bencode.TooDeep:
		return "lists and dictionaries are nested too deep"
	case bencode.TooMany:
		return "there are too many values"
	}
	return "this is no canonical bencode (" + f.String() + ")"
}

// faultAt walks to the first fault of a value that has one and returns the byte it is at.
func faultAt(p []byte) int {
	s := bencode.NewScanner(p, form, bencode.Strict)
	var open []*bencode.Keys // of the containers around; nil for a list
	for {
		at := s.At()
		switch s.Kind() {
		case bencode.List:
			s.List()
			open = append(open, nil)
		case bencode.Dict:
			keys, _ := s.Dict()
			open = append(open, &keys)
		default:
			s.Skip()
		}
		for s.Fault() == bencode.OK && len(open) > 0 {
			at = s.At()
			if keys := open[len(open)-1]; keys != nil {
				if _, ok := keys.Next(&s); ok {
					break
				}
			} else if s.More() {
				break
			}
			if s.Fault() == bencode.OK {
				open = slices.Delete(open, len(open)-1, len(open))
			}
		}
		if s.Fault() != bencode.OK {
			return at
		}
		if len(open) == 0 {
			return s.At()
		}
	}
}
