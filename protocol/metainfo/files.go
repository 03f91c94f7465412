package metainfo

import (
	"fmt"
	"math"
	"strings"

	"swarmlab/protocol/bencode"
)

// readFiles reads the one file, or the list of files.
func (in *Info) readFiles(r record) error {
	list, at := r.value("files")
	switch single := r.has("length"); {
	case single && list != nil:
		return wrong(r.path("files"), at, "stands beside length: one file or several? the torrent "+
			"was made wrongly")
	case single:
		if err := in.readSingle(r); err != nil {
			return err
		}
	case list == nil:
		return wrong(r.name, r.at, "has neither length nor files"+wrongly)
	default:
		in.Folder = true
		if err := in.readList(r, list, at); err != nil {
			return err
		}
	}
	if in.Size() == 0 {
		return wrong(r.name, r.at, "the torrent holds no data at all")
	}
	if err := in.checkPlaces(); err != nil {
		return wrong(r.path("files"), at, "%v", err)
	}
	return nil
}

// readSingle reads the form of one file, which carries the name of the torrent.
func (in *Info) readSingle(r record) error {
	var length int64
	var attr string
	if err := r.decode("length", "a number", &length); err != nil {
		return err
	}
	if length < 0 {
		_, at := r.value("length")
		return wrong(r.path("length"), at, "%d is negative"+wrongly, length)
	}
	if err := r.decode("attr", "a string", &attr); err != nil {
		return err
	}
	f := File{Path: []string{in.Name}, Length: uint64(length)}
	if link := f.attributes(attr); link {
		_, at := r.value("attr")
		return wrong(r.path("attr"), at, linkRefused)
	}
	f.Pad = false // there is nothing to pad
	in.Files, in.Total = []File{f}, f.Length
	return nil
}

// wrongly is how errors end that the user cannot mend.
const wrongly = "; the torrent was made wrongly: ask for another one"

const badName = "; ask for a torrent without such names"

const linkRefused = "the file is a symbolic link, which could lead anywhere; links are not made: " +
	"ask for a torrent without"

// attributes applies the letters of BEP 47. It reports whether the file is a symbolic link.
func (f *File) attributes(letters string) (link bool) {
	f.Pad = strings.Contains(letters, "p")
	f.Executable = strings.Contains(letters, "x")
	f.Hidden = strings.Contains(letters, "h")
	return strings.Contains(letters, "l")
}

// lister reads the list of files.
type lister struct {
	s    bencode.Scanner
	text string // the list; names are parts of it instead of a string each
	at   int    // of the list in the input
	key  string // of the list
	n    int    // the number of the file that is read
}

func (in *Info) readList(r record, list []byte, at int) error {
	if list[0] != 'l' {
		return r.unlike("files", "a list of dictionaries")
	}
	l := lister{
		s:    bencode.NewScanner(list, form, bencode.Strict),
		text: string(list), at: at, key: r.path("files"),
	}
	for l.s.List(); l.s.More(); l.n++ {
		f, err := l.file()
		if err != nil {
			return err
		}
		f.Offset = in.Total
		in.Total += f.Length // both are less than 1<<63
		if in.Total > math.MaxInt64 {
			return wrong(l.key, at, "the lengths of the files add up to more than 2^63-1"+wrongly)
		}
		in.Files = append(in.Files, f)
	}
	if len(in.Files) == 0 {
		return wrong(l.key, at, "is empty"+wrongly)
	}
	return nil
}

// wrong returns an error about a key of the file, or the file.
func (l *lister) wrong(key string, at int, format string, args ...any) error {
	place := fmt.Sprintf("%s[%d]%s", l.key, l.n, key)
	return wrong(place, l.at+at, format, args...)
}

// file reads a file. Its keys come in order, so that attr is known when the path comes.
func (l *lister) file() (f File, err error) {
	start, pathAt, length := l.s.At(), 0, int64(-1)
	keys, ok := l.s.Dict()
	if !ok {
		return f, l.wrong("", start, "is no dictionary"+wrongly)
	}
	for key, ok := keys.Next(&l.s); ok && err == nil; key, ok = keys.Next(&l.s) {
		at, good := l.s.At(), true
		switch string(key) {
		case "attr":
			var attr []byte
			attr, good = l.s.Bytes()
			if good && f.attributes(string(attr)) {
				return f, l.wrong(".attr", at, linkRefused)
			}
		case "length":
			length, good = l.s.Int()
		case "path", "path.utf-8":
			if f.Pad {
				l.s.Skip()
				continue
			}
			pathAt = at
			f.Path, good = l.path(f.Path[:0])
		default:
			l.s.Skip()
		}
		if !good {
			return f, l.wrong("."+string(key), at, "is not what it should be: attr is a string, "+
				"length a number, path a list of strings"+wrongly)
		}
	}
	if length < 0 {
		return f, l.wrong(".length", start, "is missing or negative"+wrongly)
	}
	f.Length = uint64(length)
	return f, l.checkPath(&f, start, pathAt)
}

// path reads a list of names.
func (l *lister) path(names []string) ([]string, bool) {
	if !l.s.List() {
		return nil, false
	}
	for l.s.More() {
		b, ok := l.s.Bytes()
		if !ok {
			return nil, false
		}
		end := l.s.At()
		names = append(names, l.text[end-len(b):end])
	}
	return names, true
}

// checkPath refuses what is not the path of a file.
func (l *lister) checkPath(f *File, start, at int) error {
	switch {
	case f.Pad:
		return nil
	case len(f.Path) == 0:
		return l.wrong(".path", start, "is missing or empty"+wrongly)
	case len(f.Path) > DepthMax:
		return l.wrong(".path", at, "has %d names, and the limit is %d; ask for a torrent with "+
			"fewer folders in each other", len(f.Path), DepthMax)
	}
	for i, name := range f.Path {
		if what := NameFault(name); what != "" {
			return l.wrong(fmt.Sprintf(".path[%d]", i), at, "%.80q %s"+badName, name, what)
		}
	}
	return nil
}
