package house

import (
	"fmt"
	"go/ast"
	"go/token"
	"strings"
	"unicode/utf8"
)

// What a reader can hold in mind. By habit files have 300 lines, and functions 40.
const (
	fileMax     = 500 // lines
	functionMax = 70  // lines, from func to the closing brace
	lineMax     = 100 // columns
	tabWidth    = 4
)

// extent is the size of something, and where it is.
type extent struct {
	size int
	at   violation
}

// sizes are the largest that were found.
type sizes struct{ file, function, line extent }

// note keeps the largest, and reports what is above its limit.
func (e *extent) note(what string, size, limit int, at violation) []violation {
	if size > e.size {
		*e = extent{size, at}
	}
	if size <= limit {
		return nil
	}
	at.what = fmt.Sprintf("%s too long: %d, and %d at most", what, size, limit)
	return []violation{at}
}

// check measures a file.
func (s *sizes) check(t *tree, f *source) (found []violation) {
	for n, l := range f.lines {
		width := utf8.RuneCountInString(l) + (tabWidth-1)*strings.Count(l, "\t")
		at := violation{file: f.name, line: n + 1}
		found = append(found, s.line.note("line", width, lineMax, at)...)
	}
	at := violation{file: f.name, line: len(f.lines)}
	found = append(found, s.file.note("file", len(f.lines), fileMax, at)...)
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncDecl, *ast.FuncLit:
			lines := t.fset.Position(n.End()).Line - t.fset.Position(n.Pos()).Line + 1
			at := t.at(n.Pos(), "")
			found = append(found, s.function.note("function", lines, functionMax, at)...)
		}
		return true
	})
	return found
}

// checkComments reports a package without manual, and exported names without comment.
func checkComments(t *tree, u *unit) (found []violation) {
	manual, code := false, false
	for _, f := range u.files {
		if f.test {
			continue
		}
		code = true
		manual = manual || f.syntax.Doc != nil
		for _, d := range f.syntax.Decls {
			for _, name := range uncommented(d) {
				found = append(found, t.at(name.Pos(), "%s is exported without comment", name.Name))
			}
		}
	}
	if code && !manual {
		found = append(found, violation{u.files[0].name, 1, "the package has no comment"})
	}
	return found
}

// uncommented lists the exported names that a declaration leaves without comment. One comment
// above a group does for the group, except for types.
func uncommented(d ast.Decl) (names []*ast.Ident) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Doc == nil && d.Name.IsExported() && (d.Recv == nil || receiver(d).IsExported()) {
			names = append(names, d.Name)
		}
	case *ast.GenDecl:
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() && s.Doc == nil && (d.Doc == nil || len(d.Specs) > 1) {
					names = append(names, s.Name)
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() && d.Doc == nil && s.Doc == nil && s.Comment == nil {
						names = append(names, n)
					}
				}
			}
		}
	}
	return names
}

// receiver names the type of a method.
func receiver(d *ast.FuncDecl) *ast.Ident {
	e := d.Recv.List[0].Type
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return x
		case *ast.StarExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.IndexListExpr:
			e = x.X
		default:
			return &ast.Ident{NamePos: token.NoPos}
		}
	}
}
