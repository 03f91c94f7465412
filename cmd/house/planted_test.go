package house

import (
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// plant makes a tree of one Go file.
func plant(t *testing.T, name, body string) *tree {
	t.Helper()
	tr := &tree{fset: token.NewFileSet()}
	require.NoError(t, tr.add(name, []byte(body)))
	return tr
}

// marked lists the lines of a file that end with a comment "want: TEXT".
func marked(u *unit) (wanted []violation) {
	for _, f := range u.files {
		for n, l := range f.lines {
			if _, what, ok := strings.Cut(l, "// want: "); ok {
				wanted = append(wanted, violation{f.name, n + 1, what})
			}
		}
	}
	return wanted
}

// requireFound demands a violation for each wanted one, in its line and with its words, and no
// other.
func requireFound(t *testing.T, wanted, found []violation) {
	t.Helper()
	require.NotEmpty(t, wanted)
	left := found
	for _, w := range wanted {
		var others []violation
		for _, v := range left {
			if v.file != w.file || v.line != w.line || !strings.Contains(v.what, w.what) {
				others = append(others, v)
			}
		}
		require.Less(t, len(others), len(left), "%s is not among %v", w, found)
		left = others
	}
	require.Empty(t, left)
}

// mistakes are snippets that a deterministic package must not hold, a comment at each mistake, and
// much beside it that is allowed.
var mistakes = map[string]string{
	"clock": `import wall "time"
		const wait = 3 * wall.Second
		func a(d wall.Duration) int64 { return d.Milliseconds() + wait.Nanoseconds() }
		func b() { _ = wall.Now() } // want: time.Now
		func c() { f := wall.Sleep; f(wait) } // want: time.Sleep
		type t struct{ *wall.Timer } // want: time.Timer`,
	"dotted clock": `import . "time"
		const then = 1
		func b() Duration {
			_ = then * Second
			Sleep(1) // want: time.Sleep
			return 0
		}`,
	"map order": `type set map[int]int
		func a[M ~map[int]int](m M, s []int, n set) (sum int) {
			for _, x := range s { sum += x + n[x] }
			for range m { sum++ } // want: ranging over a map
			for k := range n { sum += k } // want: ranging over a map
			return sum
		}`,
	"concurrency": `func a() {
			go a() // want: go statement
			select {} // want: select
		}
		type pipe chan int // want: channel
		func b(p pipe) int {
			p <- 1 // want: channel
			for range p {} // want: channel
			return <-p // want: channel
		}`,
	"floats": `import "math"
		import "strconv"
		const billion = 1e9 // want: float
		const most = math.MaxInt64
		type x float32 // want: float
		var y = struct{ z complex128 }{} // want: float
		func a(s string) bool {
			q, err := strconv.ParseFloat(s, 64) // want: float
			return q > most && err == nil // want: float
		}
		func b(n int) int { return n / 2 }`,
	"state": `import "errors"
		var names = [...]string{"a", "b"}
		var refused = errors.New("refused")
		var _ error = refused
		var kinds = func() (t [4]byte) { t[1] = 2; return t }()
		var counter int // want: counter has no value
		var cache = map[int]int{} // want: cache holds a reference
		var list = []int{1} // want: list holds a reference
		var base = pair{1, 2}
		type pair struct{ a, b int }
		func (p *pair) swap() { p.a, p.b = p.b, p.a }
		func (p pair) sum() int { return p.a + p.b }
		func a(i int) string {
			kinds := kinds
			kinds[0]++
			base.swap() // want: base has a method
			base.a = base.sum() // want: base is assigned
			names[i] = "c" // want: names is assigned
			p := &base // want: base has its address taken
			p.swap()
			return names[i]
		}
		func b() []byte {
			kinds[3]++ // want: kinds is assigned
			return kinds[:] // want: kinds is lent
		}`,
}

func TestPlantedMistakes(t *testing.T) {
	t.Parallel()
	for name, body := range mistakes {
		t.Run(name, func(t *testing.T) {
			tr := plant(t, "sim/planted.go", "package sim\n"+body+"\n")
			u := tr.packages[0]
			types := newChecker(tr).check(u)
			require.Empty(t, types.found)
			requireFound(t, marked(u), checkBans(tr, u, types.info))
		})
	}
}

// A package whose types are not known is reported, and so is a file that some platforms leave out.
func TestPlantedPlatform(t *testing.T) {
	for name, body := range map[string]string{
		"sim/a.go":       "package sim\nvar x = undefined // want: not known\n",
		"sim/a_linux.go": "package sim // want: platforms\n",
		"sim/a_arm64.go": "package sim // want: platforms\n",
		"sim/b.go":       "//go:build !race // want: platforms\n\npackage sim\n",
	} {
		tr := plant(t, name, body)
		requireFound(t, marked(tr.packages[0]), newChecker(tr).check(tr.packages[0]).found)
	}
}

func TestPlantedImports(t *testing.T) {
	const body = `
		import "fmt"
		import "net/netip"
		import "swarmlab/protocol"
		import r "math/rand" // want: math/rand
		import _ "math/rand/v2" // want: math/rand/v2
		import "crypto/rand" // want: crypto/rand
		import "sync" // want: sync
		import "sync/atomic" // want: sync/atomic
		import "unsafe" // want: unsafe
		import "os" // want: os
		import "net" // want: net
		import "C" // want: C
		import "maps" // want: maps
		import "reflect" // want: reflect
		import "github.com/zeebo/bencode" // want: zeebo
		import "swarmlab/sim" // want: swarmlab/sim
	`
	tr := plant(t, "netmodel/planted.go", "package netmodel\n"+body)
	u := tr.packages[0]
	requireFound(t, marked(u), checkImports(tr, u, rowOf(house, u.path)))

	tr = plant(t, "plots/overlay/planted.go", `package overlay
		import "sync"
		import "gonum.org/v1/plot/vg"
		import "gonum.org/v1/plotter" // want: plotter
		import "net/http" // want: net/http
		import "swarmlab/scenarios/results" // want: results
		import "swarmlab/plots/page"
		import "swarmlab/plots/swarms" // want: plots/swarms
		import "swarmlab/plots" // want: swarmlab/plots
	`)
	u = tr.packages[0]
	requireFound(t, marked(u), checkImports(tr, u, rowOf(house, u.path)))
	test := plant(t, "plots/a_test.go", "package plots\nimport \"net/http\"\n")
	require.Empty(t, checkImports(test, test.packages[0], rowOf(house, "plots")))
}

func TestPlantedPackage(t *testing.T) {
	tr := plant(t, "newcomer/a.go", "package newcomer // want: newcomer has no row\n")
	requireFound(t, marked(tr.packages[0]), checkTable(tr, nil))
	tr = plant(t, "cmd/newcomer/a.go", "package main\n")
	requireFound(t, []violation{{"gone", 1, "a package that is gone"}},
		checkTable(tr, []room{{path: "gone"}}))
}

func TestPlantedProgram(t *testing.T) {
	table := []room{{path: "cmd/swarmlab/planted", own: "display"}}
	tr := plant(t, "cmd/swarmlab/planted/a.go", `package planted
		import "net/http"
		import "swarmlab/sim"
		import "swarmlab/cmd/swarmlab/display"
		import "swarmlab/cmd/swarmlab/trial" // want: must not import swarmlab/cmd/swarmlab/trial
	`)
	requireFound(t, marked(tr.packages[0]), checkProgram(tr, table))
	tr = plant(t, "cmd/swarmlab/planted/a_test.go", `package planted
		import "swarmlab/cmd/swarmlab/trial"
	`)
	require.Empty(t, checkProgram(tr, table))
	tr = plant(t, "cmd/swarmlab/newcomer/a.go", "package newcomer // want: newcomer has no row\n")
	requireFound(t, marked(tr.packages[0]), checkProgram(tr, nil))
	requireFound(t, []violation{{"cmd/swarmlab/gone", 1, "a package that is gone"}},
		checkProgram(plant(t, "a/a.go", "package a\n"), []room{{path: "cmd/swarmlab/gone"}}))
}

func TestPlantedSizes(t *testing.T) {
	function := func(lines int) string { return "{" + strings.Repeat("\n", lines-1) + "}\n" }
	comment := func(width int) string { return "//" + strings.Repeat("\u00f6", width-2) + "\n" }
	const head = "package a\n"
	for _, p := range []struct {
		body string
		line int
		what string
	}{
		{comment(lineMax + 1), 2, "line too long: 101, and 100 at most"},
		{"\t" + comment(lineMax-tabWidth+1), 2, "line too long: 101"},
		{"func a() " + function(functionMax+1), 2, "function too long: 71, and 70 at most"},
		{"\nvar a = func() " + function(functionMax+1), 3, "function too long: 71"},
		{strings.Repeat("\n", fileMax), fileMax + 1, "file too long: 501, and 500 at most"},
	} {
		tr := plant(t, "a/a.go", head+p.body)
		var s sizes
		requireFound(t, []violation{{"a/a.go", p.line, p.what}},
			s.check(tr, tr.packages[0].files[0]))
	}
	body := head + comment(lineMax) + "\t" + comment(lineMax-tabWidth) +
		"func a() " + function(functionMax)
	tr := plant(t, "a/a_test.go", body+strings.Repeat("\n", fileMax-strings.Count(body, "\n")))
	var s sizes
	require.Empty(t, s.check(tr, tr.packages[0].files[0]))
	require.Equal(t, []int{fileMax, functionMax, lineMax},
		[]int{s.file.size, s.function.size, s.line.size})
}

func TestPlantedComments(t *testing.T) {
	const body = `package a // want: no comment

		func A() {} // want: A is exported

		type B[T int] struct{} // want: B is exported

		func (b *B[T]) C() {} // want: C is exported

		// Group.
		type (
			D int // want: D is exported
			// E has a comment.
			E int
		)

		var (
			F, g = 1, 2 // at the end of the line will do

			H = 2
		)

		// Both are told.
		const (
			J = 1
			K = 2
		)

		type l struct{}

		func (l l) M() {}
		`
	tr := plant(t, "a/a.go", body)
	u := tr.packages[0]
	wanted := append(marked(u), violation{"a/a.go", 19, "H is exported"})
	requireFound(t, wanted, checkComments(tr, u))
	tr = plant(t, "a/a_test.go", body)
	require.Empty(t, checkComments(tr, tr.packages[0]))
}

func TestPlantedText(t *testing.T) {
	for body, wanted := range map[string]string{
		"see /" + "home/me/x":       "path",
		"\"/" + "work/x\"":          "path",
		"// TO" + "DO: later":       "left-over",
		"fine\n\n# FIX" + "ME this": "left-over",
	} {
		line := strings.Count(body, "\n") + 1
		requireFound(t, []violation{{"a.md", line, wanted}}, checkText(text{"a.md", body}))
	}
	for _, body := range []string{"https://a.b/home/", "../" + "work/", "/workload/x", "mastodo"} {
		require.Empty(t, checkText(text{"a.md", body}))
	}
}
