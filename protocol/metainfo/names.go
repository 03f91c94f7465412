package metainfo

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// NameFault says why a name is none that a file or a folder of a torrent may have, whatever the
// disk; empty if it may.
func NameFault(name string) string {
	switch {
	case name == "":
		return "is an empty name"
	case name == "." || name == "..":
		return "is no name but leads to another folder"
	case len(name) > NameMax:
		return fmt.Sprintf("is a name of %d bytes, longer than the limit of %d", len(name), NameMax)
	case strings.ContainsAny(name, `/\`):
		return "is a path, and should be a single name"
	case isDrive(name):
		return "is a drive"
	}
	for i := range len(name) {
		if name[i] < ' ' || name[i] == 0x7f {
			return fmt.Sprintf("has the control character %#02x in it", name[i])
		}
	}
	return ""
}

// isDrive reports whether a name is a drive of Windows: a letter and a colon.
func isDrive(name string) bool {
	return len(name) == 2 && name[1] == ':' && 'a' <= name[0]|0x20 && name[0]|0x20 <= 'z'
}

// Disk says which names a disk can hold and which of them it takes for the same.
type Disk uint8

const (
	// UnixDisk holds every name, and tells all of them apart.
	UnixDisk Disk = iota
	// FoldingDisk holds every name, and takes a and A for the same: those of macOS.
	FoldingDisk
	// WindowsDisk is a FoldingDisk on which some characters and names are not to be had.
	WindowsDisk
)

// Name returns the name that a file or folder gets on the disk. It is as long as the other one, and
// the same unless the disk cannot hold it.
func (d Disk) Name(name string) string {
	if d != WindowsDisk {
		return name
	}
	b := []byte(name)
	for i, r := range name {
		_, size := utf8.DecodeRuneInString(name[i:])
		if r == utf8.RuneError && size == 1 || strings.ContainsRune(`<>:"|?*`, r) {
			b[i] = '_'
		}
	}
	if last := len(b) - 1; b[last] == '.' || b[last] == ' ' {
		b[last] = '_'
	}
	if stem := deviceStem(string(b)); stem > 0 {
		// COM¹ ends in a letter of two bytes.
		_, size := utf8.DecodeLastRune(b[:stem])
		for i := range size {
			b[stem-1-i] = '_'
		}
	}
	return string(b)
}

// deviceStem returns how many bytes at the start of a name are that of a device, which Windows
// opens instead of a file whatever follows a point after it; 0 if there is none.
func deviceStem(name string) int {
	stem, _, _ := strings.Cut(name, ".")
	stem = strings.TrimRight(stem, " ")
	upper := strings.ToUpper(stem)
	switch upper {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return len(stem)
	}
	number, ok := strings.CutPrefix(upper, "COM")
	if !ok {
		number, ok = strings.CutPrefix(upper, "LPT")
	}
	if ok && utf8.RuneCountInString(number) == 1 && strings.Contains("0123456789¹²³", number) {
		return len(stem)
	}
	return 0
}

// fold makes names alike that disks which fold take for the same.
func fold(name string) string {
	return strings.ToLower(strings.ToUpper(name)) // which also joins the two small sigmas
}

// Paths returns the place of each file below the folder that a download is given, its parts joined
// by slashes and the torrent's own folder included. Pad files have none: theirs is empty. It is an
// error if two files would be in one place, or one in the place of a folder.
func (in *Info) Paths(d Disk) ([]string, error) {
	if err := in.conflict(d); err != nil {
		return nil, err
	}
	paths := make([]string, len(in.Files))
	var b strings.Builder
	for i := range in.Files {
		if in.Files[i].Pad {
			continue
		}
		b.Reset()
		if in.Folder {
			b.WriteString(d.Name(in.Name))
			b.WriteByte('/')
		}
		for n, name := range in.Files[i].Path {
			if n > 0 {
				b.WriteByte('/')
			}
			b.WriteString(d.Name(name))
		}
		paths[i] = b.String()
	}
	return paths, nil
}

// checkPlaces refuses paths that are too long for any system, and files in the place of another
// on a disk that tells all names apart.
func (in *Info) checkPlaces() error {
	for i := range in.Files {
		length := len(in.Name)
		for _, name := range in.Files[i].Path {
			length += 1 + len(name)
		}
		if length > PathMax {
			return fmt.Errorf("%.80q: the path is %d bytes long, and the limit is %d; the names "+
				"must be shorter", strings.Join(in.Files[i].Path, "/"), length, PathMax)
		}
	}
	return in.conflict(UnixDisk)
}

// conflict returns an error if two files are in the same place on the disk, or one is a folder to
// the other. In the order of their folded paths such files are neighbours.
func (in *Info) conflict(d Disk) error {
	type place struct {
		file int
		path []string
	}
	places := make([]place, 0, len(in.Files))
	for i := range in.Files {
		path := in.Files[i].Path
		if in.Files[i].Pad {
			continue
		}
		if d != UnixDisk {
			path = slices.Clone(path)
			for n := range path {
				path[n] = fold(d.Name(path[n]))
			}
		}
		places = append(places, place{i, path})
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(slices.Compare(a.path, b.path), cmp.Compare(a.file, b.file))
	})
	for i := 1; i < len(places); i++ {
		a, b := places[i-1], places[i]
		if len(a.path) > len(b.path) || !slices.Equal(a.path, b.path[:len(a.path)]) {
			continue
		}
		first := strings.Join(in.Files[a.file].Path, "/")
		second := strings.Join(in.Files[b.file].Path, "/")
		switch {
		case len(a.path) < len(b.path):
			return fmt.Errorf("%.200q is both a file and a folder, that of %.200q", first, second)
		case first == second:
			return fmt.Errorf("two files are called %.200q", first)
		}
		return fmt.Errorf("this disk takes %.200q and %.200q for the same file; download them to "+
			"a disk that tells them apart", first, second)
	}
	return nil
}
