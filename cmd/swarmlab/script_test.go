package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the test binary stand for the program in scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"swarmlab": main})
}

// TestScripts runs the program as a user does. Beside the usual commands, scripts have
//
//	exits CODE PROGRAM ARG...   run a program that must end with that exit status
//	holds DIR NAME...           the folder holds exactly these entries, hidden ones included
//	json KEY...                 standard output is one JSON document with these keys
//	halve FILE                  cut the second half of a file off
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "holds": holds, "json": isJSON, "halve": halve,
		},
	})
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARG...")
	}
	code := 0
	var exit *exec.ExitError
	if err := ts.Exec(args[1], args[2:]...); errors.As(err, &exit) {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit status %d", code)
	}
}

func holds(ts *testscript.TestScript, neg bool, args []string) {
	want := map[string]bool{}
	for _, name := range args[1:] {
		want[name] = true
	}
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	for _, e := range entries {
		if !want[e.Name()] {
			ts.Fatalf("%s holds %s", args[0], e.Name())
		}
		delete(want, e.Name())
	}
	if neg || len(want) > 0 {
		ts.Fatalf("%s lacks %v", args[0], want)
	}
}

func isJSON(ts *testscript.TestScript, neg bool, args []string) {
	var doc map[string]json.RawMessage
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &doc))
	for _, key := range args {
		if _, ok := doc[key]; ok == neg {
			ts.Fatalf("key %q: %t", key, ok)
		}
	}
}

func halve(ts *testscript.TestScript, _ bool, args []string) {
	name := ts.MkAbs(args[0])
	info, err := os.Stat(name)
	ts.Check(err)
	ts.Check(os.Truncate(name, info.Size()/2))
}
