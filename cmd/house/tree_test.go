package house

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// module is the path of the module, and the prefix of its packages.
const module = "swarmlab"

// tree is what the rules are applied to.
type tree struct {
	fset     *token.FileSet
	packages []*unit // ordered by path
	texts    []text  // all files that are text, Go files included
}

// unit is the Go files of a folder; the tests of another package, package x_test, are among them.
type unit struct {
	path  string // relative to the root, as in protocol/dht
	files []*source
}

type source struct {
	name   string // relative to the root
	test   bool
	lines  []string
	syntax *ast.File
}

type text struct{ name, body string }

// violation is a rule that is broken at a place.
type violation struct {
	file string
	line int
	what string
}

func (v violation) String() string { return fmt.Sprintf("%s:%d: %s", v.file, v.line, v.what) }

// at places a violation at a position of the syntax.
func (t *tree) at(pos token.Pos, format string, args ...any) violation {
	p := t.fset.Position(pos)
	return violation{p.Filename, p.Line, fmt.Sprintf(format, args...)}
}

// add parses a Go file, or takes any other file as a text.
func (t *tree) add(name string, body []byte) error {
	if bytes.IndexByte(body, 0) >= 0 {
		return nil
	}
	t.texts = append(t.texts, text{name, string(body)})
	if path.Ext(name) != ".go" {
		return nil
	}
	syntax, err := parser.ParseFile(t.fset, name, body, parser.ParseComments)
	if err != nil {
		return err
	}
	u := t.unit(path.Dir(name))
	if u == nil {
		u = &unit{path: path.Dir(name)}
		t.packages = append(t.packages, u)
	}
	u.files = append(u.files, &source{
		name: name, test: strings.HasSuffix(name, "_test.go"), syntax: syntax,
		lines: strings.Split(strings.TrimSuffix(string(body), "\n"), "\n"),
	})
	return nil
}

func (t *tree) unit(path string) *unit {
	for _, u := range t.packages {
		if u.path == path {
			return u
		}
	}
	return nil
}

// loadTree reads the repository. What version control ignores is not part of it.
func loadTree(t *testing.T, root string) *tree {
	t.Helper()
	tr := &tree{fset: token.NewFileSet()}
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		switch name = filepath.ToSlash(name); {
		case entry.IsDir() && foreign(name, file):
			return fs.SkipDir
		case !entry.Type().IsRegular() || name == module || name == ".git" ||
			path.Ext(name) == ".test" || path.Ext(name) == ".prof":
			return nil
		}
		body, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return tr.add(name, body)
	})
	require.NoError(t, err)
	slices.SortFunc(tr.packages, func(a, b *unit) int { return cmp.Compare(a.path, b.path) })
	require.NotEmpty(t, tr.packages)
	return tr
}

// foreign reports whether a folder is not ours to judge: another module, results, history.
func foreign(name, dir string) bool {
	if name == "." {
		return false
	}
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil || name == "results" || name == ".git"
}
