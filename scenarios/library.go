package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed library/*.yaml
var library embed.FS

// exampleFile is the one file of the library that is not listed: init writes it.
const exampleFile = "library/example.yaml"

// Summary is a line of the list of shipped scenarios.
type Summary struct {
	Name, Title string
	Published   bool // it is held against published values
	Varied      bool // it has several cells
}

// Shipped lists the scenarios that come with the program, by name.
func Shipped() []Summary {
	var list []Summary
	for _, name := range shippedNames() {
		s, err := Open(name)
		if err != nil {
			panic("scenarios: a shipped scenario is damaged: " + err.Error())
		}
		list = append(list, Summary{Name: s.Name, Title: s.Title, Published: len(s.Targets) > 0,
			Varied: len(s.Vary) > 0})
	}
	return list
}

func shippedNames() []string {
	files, err := fs.Glob(library, "library/*.yaml")
	if err != nil {
		panic("scenarios: " + err.Error())
	}
	var names []string
	for _, file := range files {
		if file != exampleFile {
			names = append(names, strings.TrimSuffix(path.Base(file), ".yaml"))
		}
	}
	slices.Sort(names)
	return names
}

// Open returns the shipped scenario of that name, or the scenario in the file of that path.
func Open(nameOrPath string) (*Scenario, error) {
	src, err := library.ReadFile("library/" + nameOrPath + ".yaml")
	if err == nil && "library/"+nameOrPath+".yaml" != exampleFile {
		return Parse("scenario "+nameOrPath, src)
	}
	isPath := strings.ContainsAny(nameOrPath, `./\`)
	if _, err := os.Stat(nameOrPath); err == nil || isPath {
		return Load(nameOrPath)
	}
	for _, c := range Collections() {
		if c.Name == nameOrPath {
			return nil, fmt.Errorf("%s is several scenarios, which swarmlab run takes together; "+
				"name one of them: %s", c.Name, strings.Join(c.Scenarios, ", "))
		}
	}
	names := shippedNames()
	return nil, fmt.Errorf("there is no scenario %s%s (a file is named with its ending, "+
		"as in mine.yaml)", show(nameOrPath), suggest(nameOrPath, names))
}

// Load reads a scenario from a file.
func Load(file string) (*Scenario, error) {
	f, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: there is no such file; "+
			"swarmlab init %s writes one to start from", file, file)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a scenario: %w", err)
	}
	defer f.Close()
	src, err := io.ReadAll(io.LimitReader(f, sourceMax+1))
	if err != nil {
		return nil, fmt.Errorf("reading a scenario: %w", err)
	}
	s, err := Parse(file, src)
	if err != nil {
		return nil, err
	}
	s.origin.dir = filepath.Dir(file)
	return s, nil
}

// Parse reads a scenario and checks it. The name stands for the source in errors. The error, of
// type Problems, tells all that is wrong, with lines and columns.
func Parse(name string, src []byte) (*Scenario, error) {
	s := &Scenario{origin: &origin{name: name, src: string(src), at: map[string]position{}}}
	c := &complaints{origin: s.origin}
	tree := parseTree(c, s.origin.src)
	if tree == nil {
		return nil, c.err()
	}
	f := filler{complaints: c, scenario: s, at: s.origin.at}
	f.fillScenario(tree)
	if err := c.err(); err != nil {
		return nil, err
	}
	s.follow()
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return s, nil
}

// Example is a commented scenario to start from; it is valid as it is.
func Example() []byte {
	src, err := library.ReadFile(exampleFile)
	if err != nil {
		panic("scenarios: " + err.Error())
	}
	return src
}
