package plots

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"swarmlab/plots/page"
)

// unfinished begins the names of files that are not yet whole.
const unfinished = ".swarmlab-"

// Clear removes from dir/figures the figures of results that are about to be replaced, and what a
// killed program left there. The caller has the folder for itself. Other files stay.
func Clear(dir string) {
	dir = filepath.Join(dir, "figures")
	entries, _ := os.ReadDir(dir) // without figures there is none
	for _, e := range entries {
		ending := filepath.Ext(e.Name())
		ours := slices.Contains(endings(), ending) &&
			slices.Contains(Names(), strings.TrimSuffix(e.Name(), ending))
		if ours || strings.HasPrefix(e.Name(), unfinished) {
			os.Remove(filepath.Join(dir, e.Name())) // what stays is replaced, or of no harm
		}
	}
}

// endings returns those of the files of a figure.
func endings() []string { return []string{".svg", ".pdf", ".png", ".csv", ".md"} }

// writeAll writes stem+ending for each file, replacing older ones.
func writeAll(stem string, files []page.File) error {
	if err := os.MkdirAll(filepath.Dir(stem), 0o755); err != nil {
		return fmt.Errorf("cannot make the folder of the figures: %w", err)
	}
	for _, f := range files {
		if err := writeWhole(stem+f.Ending, f.Body); err != nil {
			return err
		}
	}
	return nil
}

// writeWhole makes path appear with all of body, or not at all: a reader, or a run cut short, never
// sees half a figure.
func writeWhole(path string, body []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), unfinished+filepath.Base(path)+"-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(tmp.Name())
		}
	}()
	_, err = tmp.Write(body)
	if e := tmp.Chmod(0o644); err == nil {
		err = e
	}
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return os.Rename(tmp.Name(), path)
}
