package claim

import (
	"os"
	"path/filepath"

	"swarmlab/scenarios/results"
)

// Folder is where a run puts its results, claimed before the work begins.
type Folder struct {
	Path string
	made []string // what claiming it created, the innermost first
}

// Take claims a folder. parts are folders in it that are claimed by themselves.
func Take(path string, parts ...string) (*Folder, error) {
	f := &Folder{Path: path}
	for dir := filepath.Clean(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		f.made = append(f.made, dir)
	}
	if err := results.Claim(path, parts...); err != nil {
		f.Discard()
		return nil, err
	}
	return f, nil
}

// Discard removes what was created, as far as it is empty: nothing that anyone wrote is lost.
func (f *Folder) Discard() {
	for _, dir := range f.made {
		if os.Remove(dir) != nil {
			return
		}
	}
}
