package house

import (
	"go/ast"
	"go/token"
	"go/types"
)

const mutable = "package-level state: "

// variables reports package-level variables, but for tables: a table has a value from the start,
// holds no reference through which a copy could change it, and is never written or lent.
func (b *bans) variables(f *ast.File) {
	for _, d := range f.Decls {
		if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.VAR {
			for _, s := range g.Specs {
				b.declared(s.(*ast.ValueSpec))
			}
		}
	}
	ast.Inspect(f, b.uses)
}

func (b *bans) declared(s *ast.ValueSpec) {
	for _, name := range s.Names {
		switch of := b.info.Defs[name]; {
		case name.Name == "_" || of == nil:
		case len(s.Values) == 0:
			b.report(name.Pos(), mutable+name.Name+" has no value of its own")
		case refers(of.Type()):
			b.report(name.Pos(), mutable+name.Name+" holds a reference that can be written through")
		}
	}
}

// uses reports what writes to a package-level variable, or could.
func (b *bans) uses(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.AssignStmt:
		if n.Tok != token.DEFINE {
			b.written("is assigned", n.Lhs...)
		}
	case *ast.IncDecStmt:
		b.written("is assigned", n.X)
	case *ast.RangeStmt:
		if n.Tok == token.ASSIGN {
			b.written("is assigned", n.Key, n.Value)
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			b.written("has its address taken", n.X)
		}
	case *ast.SliceExpr:
		if _, array := b.info.TypeOf(n.X).Underlying().(*types.Array); array {
			b.written("is lent as a slice", n.X)
		}
	case *ast.SelectorExpr:
		if s := b.info.Selections[n]; s != nil && s.Kind() == types.MethodVal && pointed(s) {
			b.written("has a method that can change it", n.X)
		}
	}
	return true
}

// pointed reports whether calling the method takes the address of its receiver.
func pointed(s *types.Selection) bool {
	_, wants := s.Obj().(*types.Func).Signature().Recv().Type().(*types.Pointer)
	_, has := s.Recv().(*types.Pointer)
	return wants && !has
}

func (b *bans) written(how string, targets ...ast.Expr) {
	for _, e := range targets {
		if v, ok := b.root(e).(*types.Var); ok && v.Pkg() != nil &&
			v.Parent() == v.Pkg().Scope() {
			b.report(e.Pos(), mutable+v.Name()+" "+how)
		}
	}
}

// root is the variable that an expression is part of.
func (b *bans) root(e ast.Expr) types.Object {
	for {
		switch x := e.(type) {
		case *ast.Ident:
			return b.info.Uses[x]
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.SelectorExpr:
			if b.info.Selections[x] == nil { // a variable of another package
				return b.info.Uses[x.Sel]
			}
			e = x.X
		default:
			return nil
		}
	}
}

// refers reports whether values of a type share memory with their copies. An error does not: it is
// compared, and not written.
func refers(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	case *types.Array:
		return refers(u.Elem())
	case *types.Struct:
		for n := range u.NumFields() {
			if refers(u.Field(n).Type()) {
				return true
			}
		}
		return false
	}
	return !types.Identical(t, types.Universe.Lookup("error").Type())
}
