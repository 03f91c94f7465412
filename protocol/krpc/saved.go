package krpc

import (
	"fmt"

	"swarmlab/protocol/bencode"
)

// Saved is what a node keeps in a file between two runs. No BEP says how; this form is our own.
type Saved struct {
	ID            ID
	Nodes, Nodes6 []byte // compact strings, for Nodes4 and Nodes6
}

const savedVersion = 1

// Append appends the bencoded dictionary with id, nodes, nodes6 and a version.
func (s *Saved) Append(dst []byte) []byte {
	dst = s.ID.Append(append(dst, "d2:id20:"...))
	dst = bencode.AppendBytes(append(dst, "5:nodes"...), s.Nodes)
	dst = bencode.AppendBytes(append(dst, "6:nodes6"...), s.Nodes6)
	return append(bencode.AppendInt(append(dst, "7:version"...), savedVersion), 'e')
}

// ParseSaved reads what Append wrote, and nothing else. The strings point into b; whether they are
// whole contacts is for the caller to check.
func ParseSaved(b []byte) (s Saved, err error) {
	scan := bencode.NewScanner(b, bencode.Limits{Depth: 1, Items: 9}, bencode.Strict)
	keys, ok := scan.Dict()
	if !ok {
		return s, fmt.Errorf("not a bencoded dictionary (%d bytes)", len(b))
	}
	version, seen := int64(0), 0
	for key, ok := keys.Next(&scan); ok; key, ok = keys.Next(&scan) {
		seen++
		switch string(key) {
		case "id":
			id, _ := scan.Bytes()
			if len(id) != IDSize {
				return s, fmt.Errorf("id is not a string of %d bytes", IDSize)
			}
			s.ID = IDFromBytes(id)
		case "nodes":
			s.Nodes, ok = scan.Bytes()
		case "nodes6":
			s.Nodes6, ok = scan.Bytes()
		case "version":
			version, ok = scan.Int()
		default:
			return s, fmt.Errorf("unknown key %.40q", key)
		}
		if !ok {
			return s, fmt.Errorf("%s is cut off, or of the wrong type", key)
		}
	}
	switch {
	case scan.End() != bencode.OK:
		return s, fmt.Errorf("damaged: %v", scan.End())
	case seen != 4:
		return s, fmt.Errorf("%d of the keys id, nodes, nodes6 and version are missing", 4-seen)
	case version != savedVersion:
		return s, fmt.Errorf("version is %d, and not %d: another program wrote it", version,
			savedVersion)
	}
	return s, nil
}
