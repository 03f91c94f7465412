package house

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/build/constraint"
	"go/importer"
	"go/types"
	"io"
	"path"
	"strings"
)

// checker finds the types of packages, each once; those of the standard library from their source.
type checker struct {
	tree  *tree
	std   types.Importer
	units map[string]*checked
}

type checked struct {
	of    *types.Package
	info  *types.Info
	found []violation // what keeps the types from being known
}

func newChecker(t *tree) *checker {
	return &checker{t, importer.ForCompiler(t.fset, "source", nil), make(map[string]*checked)}
}

// Import implements [types.Importer].
func (c *checker) Import(path string) (*types.Package, error) {
	own, ok := strings.CutPrefix(path, module+"/")
	if !ok {
		return c.std.Import(path)
	}
	u := c.tree.unit(own)
	if u == nil {
		return nil, fmt.Errorf("there is no package %s", own)
	}
	return c.check(u).of, nil
}

// check finds the types of a package without its tests.
func (c *checker) check(u *unit) *checked {
	if r := c.units[u.path]; r != nil {
		return r
	}
	r := &checked{info: &types.Info{
		Types: make(map[ast.Expr]types.TypeAndValue), Defs: make(map[*ast.Ident]types.Object),
		Uses:       make(map[*ast.Ident]types.Object),
		Selections: make(map[*ast.SelectorExpr]*types.Selection),
	}}
	c.units[u.path] = r
	var files []*ast.File
	for _, f := range u.files {
		if !f.test {
			files = append(files, f.syntax)
		}
		if !f.test && special(f) {
			r.found = append(r.found, violation{f.name, 1,
				"a file for some platforms only: a run is the same on all"})
		}
	}
	conf := types.Config{Importer: c, Error: func(err error) {
		e := err.(types.Error)
		r.found = append(r.found, c.tree.at(e.Pos, "the types are not known: %s", e.Msg))
	}}
	r.of, _ = conf.Check(module+"/"+u.path, c.tree.fset, files, r.info)
	return r
}

// special reports whether a file is left out on some platform, by its name or by its first lines.
func special(f *source) bool {
	for _, l := range f.lines {
		if constraint.IsGoBuild(l) {
			return true
		}
	}
	nowhere := build.Context{GOOS: "nowhere", GOARCH: "nowhere", Compiler: "gc",
		OpenFile: func(string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("package p\n")), nil
		}}
	everywhere, err := nowhere.MatchFile("", path.Base(f.name))
	return !everywhere || err != nil
}
