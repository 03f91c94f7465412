package scenarios

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"swarmlab/netmodel"
)

const matrixPath = "network.latency.file"

// matrix reads the measured round trips.
func (s *Scenario) matrix() (m *netmodel.Matrix, err error) {
	err = s.read(matrixPath, s.Network.Latency.File, func(r io.Reader, name string) (err error) {
		m, err = netmodel.LoadMatrix(r, name)
		return err
	})
	return m, err
}

// beside returns the path of a file that the scenario names: it is looked for beside the
// scenario's own file.
func (s *Scenario) beside(file string) string {
	if s.origin == nil || filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(s.origin.dir, file)
}

// inputName is the name under which a file is stored beside results, which have tables and
// documents of their own.
func inputName(name string) string {
	const prefix = "input-"
	switch filepath.Ext(name) {
	case ".csv", ".json", ".parquet", ".yaml":
		return prefix + strings.TrimPrefix(name, prefix)
	}
	return name
}

// Gather returns the scenario as it is to be stored in a folder: the files of measured round trips,
// traces and measured lengths that it names become names without a path. copy is called for each of
// them, with the file and its new name.
func (s *Scenario) Gather(copy func(file, name string) error) (*Scenario, error) {
	c := s.clone()
	names := map[string]string{}
	gather := func(file string) (string, error) {
		if name, ok := names[file]; ok {
			return name, nil
		}
		name := inputName(filepath.Base(file))
		if len(names) > 0 {
			name = fmt.Sprintf("%d-%s", len(names), name)
		}
		names[file] = name
		return name, copy(s.beside(file), name)
	}
	if err := c.gatherChurns(gather); err != nil {
		return nil, err
	}
	l := &c.Network.Latency
	if l.Model != "matrix" {
		return c, nil
	}
	var err error
	if l.File, err = gather(l.File); err != nil {
		return nil, err
	}
	for a := range c.Vary {
		if c.Vary[a].Path != matrixPath {
			continue
		}
		c.Vary[a].Values = slices.Clone(c.Vary[a].Values)
		for v, text := range c.Vary[a].Values {
			var file string
			if err := yaml.Unmarshal([]byte(text), &file); err != nil {
				return nil, err
			}
			if file, err = gather(file); err != nil {
				return nil, err
			}
			c.Vary[a].Values[v] = quoted(file)
		}
	}
	return c, nil
}
