package house

import (
	"go/ast"
	"go/token"
	"go/types"
)

// checkBans reports what could make a run differ from its repetition: concurrency, clocks, floats
// (an architecture may round them otherwise), the order of a map, and state outside a world.
func checkBans(t *tree, u *unit, info *types.Info) []violation {
	b := &bans{tree: t, info: info}
	for _, f := range u.files {
		if !f.test {
			ast.Inspect(f.syntax, b.inspect)
			b.variables(f.syntax)
		}
	}
	return b.found
}

type bans struct {
	tree  *tree
	info  *types.Info
	found []violation
}

// report adds a violation, once for a line.
func (b *bans) report(pos token.Pos, what string) {
	v := b.tree.at(pos, "%s", what)
	for _, have := range b.found {
		if have == v {
			return
		}
	}
	b.found = append(b.found, v)
}

func (b *bans) inspect(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.GoStmt:
		b.report(n.Pos(), "go statement: goroutines run in any order")
	case *ast.SelectStmt:
		b.report(n.Pos(), "select: it chooses at random")
	case *ast.ChanType, *ast.SendStmt:
		b.report(n.Pos(), "channel: a core never waits")
	case *ast.UnaryExpr:
		if n.Op == token.ARROW {
			b.report(n.Pos(), "channel: a core never waits")
		}
	case *ast.BasicLit:
		if n.Kind == token.FLOAT || n.Kind == token.IMAG {
			b.report(n.Pos(), "float literal: write an integer")
		}
	case *ast.RangeStmt:
		if ranges[*types.Map](b.info.TypeOf(n.X)) {
			b.report(n.Pos(), "ranging over a map: its order is random")
		}
		if ranges[*types.Chan](b.info.TypeOf(n.X)) {
			b.report(n.Pos(), "channel: a core never waits")
		}
	case *ast.Ident:
		if of := b.info.Uses[n]; of != nil && of.Pkg() != nil && !timeless(of) {
			b.report(n.Pos(), "time."+of.Name()+": time is an argument; use durations only")
		}
	}
	if e, ok := n.(ast.Expr); ok && floats(b.info.TypeOf(e)) {
		b.report(n.Pos(), "float: architectures round differently")
	}
	return true
}

// timeless reports whether an object is not of package time, or a duration or a constant of it.
func timeless(of types.Object) bool {
	if _, name := of.(*types.PkgName); name || of.Pkg().Path() != "time" {
		return true
	}
	switch of := of.(type) {
	case *types.Const:
		return true
	case *types.TypeName:
		return of.Name() == "Duration"
	case *types.Func:
		receiver := of.Signature().Recv()
		if receiver == nil {
			return of.Name() == "ParseDuration"
		}
		return timeless(typeName(receiver.Type()))
	}
	return false
}

func typeName(t types.Type) types.Object {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	return t.(*types.Named).Obj()
}

// ranges reports whether a type, or one that a type parameter may stand for, is an M underneath.
func ranges[M types.Type](t types.Type) bool {
	if t == nil {
		return false
	}
	switch u := t.Underlying().(type) {
	case M:
		return true
	case *types.Interface:
		for n := range u.NumEmbeddeds() {
			if ranges[M](u.EmbeddedType(n)) {
				return true
			}
		}
	case *types.Union:
		for n := range u.Len() {
			if ranges[M](u.Term(n).Type()) {
				return true
			}
		}
	}
	return false
}

// floats reports whether a value of the type is a float, or gives one when indexed or followed.
// Fields have declarations of their own.
func floats(t types.Type) bool {
	switch t := t.(type) {
	case *types.Basic:
		return t.Info()&(types.IsFloat|types.IsComplex) != 0
	case *types.Named:
		b, ok := t.Underlying().(*types.Basic)
		return ok && floats(b)
	case *types.Array:
		return floats(t.Elem())
	case *types.Slice:
		return floats(t.Elem())
	case *types.Pointer:
		return floats(t.Elem())
	case *types.Map:
		return floats(t.Key()) || floats(t.Elem())
	case *types.Tuple:
		for n := range t.Len() {
			if floats(t.At(n).Type()) {
				return true
			}
		}
	}
	return false
}
