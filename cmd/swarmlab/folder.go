package main

import (
	"os"
	"path/filepath"

	"swarmlab/scenarios/results"
)

// folder is where a run puts its results, claimed before the work begins.
type folder struct {
	path string
	made []string // what claiming it created, the innermost first
}

// claim claims a folder. parts are folders in it that are claimed by themselves.
func claim(path string, parts ...string) (*folder, error) {
	f := &folder{path: path}
	for dir := filepath.Clean(path); ; dir = filepath.Dir(dir) {
		if _, err := os.Lstat(dir); err == nil || dir == filepath.Dir(dir) {
			break
		}
		f.made = append(f.made, dir)
	}
	if err := results.Claim(path, parts...); err != nil {
		f.discard()
		return nil, err
	}
	return f, nil
}

// discard removes what was created, as far as it is empty: nothing that anyone wrote is lost.
func (f *folder) discard() {
	for _, dir := range f.made {
		if os.Remove(dir) != nil {
			return
		}
	}
}
