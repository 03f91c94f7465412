package house

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = "../.."

// fail reports every violation, so that all can be mended at once.
func fail(t *testing.T, found []violation) {
	t.Helper()
	for _, v := range found {
		t.Errorf("%s", v)
	}
}

func TestImports(t *testing.T) {
	tr := loadTree(t, root)
	fail(t, checkTable(tr, house))
	fail(t, checkProgram(tr, program))
	for _, u := range tr.packages {
		if r := rowOf(house, u.path); r != nil {
			fail(t, checkImports(tr, u, r))
		}
	}
}

func TestBans(t *testing.T) {
	t.Parallel()
	tr := loadTree(t, root)
	c := newChecker(tr)
	for _, r := range house {
		if u := tr.unit(r.path); u != nil && r.deterministic {
			types := c.check(u)
			require.NotEmpty(t, types.info.Types)
			fail(t, types.found)
			fail(t, checkBans(tr, u, types.info))
		}
	}
}

func TestSizes(t *testing.T) {
	tr := loadTree(t, root)
	var s sizes
	for _, u := range tr.packages {
		for _, f := range u.files {
			fail(t, s.check(tr, f))
		}
	}
	for _, e := range []extent{s.file, s.function, s.line} {
		require.NotZero(t, e.size)
		t.Logf("the largest: %d: %s:%d", e.size, e.at.file, e.at.line)
	}
}

func TestComments(t *testing.T) {
	tr := loadTree(t, root)
	for _, u := range tr.packages {
		fail(t, checkComments(tr, u))
	}
}

func TestText(t *testing.T) {
	tr := loadTree(t, root)
	for _, f := range tr.texts {
		fail(t, checkText(f))
	}
}

// What is part of a run builds for a browser, too: it has no operating system underneath.
func TestBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("builds packages for another platform")
	}
	t.Parallel()
	args := []string{"build"}
	for _, r := range house {
		if r.deterministic {
			args = append(args, module+"/"+r.path)
		}
	}
	c := exec.Command("go", args...)
	c.Dir = root
	c.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0")
	out, err := c.CombinedOutput()
	require.NoError(t, err, strings.TrimSpace(string(out)))
}
