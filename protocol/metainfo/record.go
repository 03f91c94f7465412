package metainfo

import (
	"slices"
	"strings"

	zeebo "github.com/zeebo/bencode"

	"swarmlab/protocol/bencode"
)

// record is a dictionary whose form the scanner has checked.
type record struct {
	raw    []byte
	at     int    // of its first byte in the input
	name   string // as in info, or empty for the outermost
	fields []field
}

// field is a value of which something is known.
type field struct {
	key string
	raw []byte
	at  int // of its first byte in the input
}

// newRecord finds the fields. Others, of which there may be many, are passed over.
func newRecord(raw []byte, at int, name string) record {
	r := record{raw: raw, at: at, name: name}
	s := bencode.NewScanner(raw, form, bencode.Strict)
	keys, _ := s.Dict()
	for key, ok := keys.Next(&s); ok; key, ok = keys.Next(&s) {
		start := s.At()
		if v := s.Skip(); known(string(key)) {
			r.fields = append(r.fields, field{string(key), v, at + start})
		}
	}
	return r
}

// known reports whether a key means something in a torrent or its info dictionary.
func known(key string) bool {
	switch key {
	case "announce", "announce-list", "comment", "created by", "creation date", "info", "nodes",
		"url-list":
		return true
	case "attr", "file tree", "files", "length", "meta version", "name", "name.utf-8",
		"piece length", "pieces", "private", "source":
		return true
	}
	return false
}

// value returns the bytes of the value of a key and where they start in the input; if there is
// none, nil and the start of the dictionary.
func (r record) value(key string) (raw []byte, at int) {
	for _, f := range r.fields {
		if f.key == key {
			return f.raw, f.at
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
	return newRecord(raw, at, r.path(key)), nil
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
		return wrong("", -1, "this %s of %d bytes is larger than the limit of %d", what, len(p),
			SizeMax)
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
