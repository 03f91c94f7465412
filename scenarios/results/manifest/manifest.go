package manifest

import (
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"swarmlab/scenarios/findings"
)

// File is its name.
const File = "manifest.json"

// Manifest is manifest.json: what ran, when and where. It is the only file of the folder that
// differs between two runs of the same scenario, seed and version.
type Manifest struct {
	Program     string             `json:"program"`
	Revision    string             `json:"revision,omitempty"` // of its source
	Go          string             `json:"go"`
	Platform    string             `json:"platform"`
	Host        string             `json:"host"`
	Modules     map[string]string  `json:"modules"` // path to version and checksum
	Started     time.Time          `json:"started"`
	Ended       time.Time          `json:"ended"`
	Interrupted bool               `json:"interrupted"`
	Events      uint64             `json:"events"`
	Runs        []Run              `json:"runs"`
	Failures    []findings.Failure `json:"failures"`
}

// Run is one finished run in the manifest.
type Run struct {
	Cell        int    `json:"cell"`
	Seed        uint64 `json:"seed"`
	Fingerprint string `json:"fingerprint"`
	Events      uint64 `json:"events"`
}

// Version is the program's name and version, as results carry it. What a fingerprint proves holds
// for one version.
const Version = "swarmlab 0.1.0"

// revision returns the source revision that the program was built from, if it is known.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	rev := ""
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			rev = s.Value
		case s.Key == "vcs.modified" && s.Value == "true":
			rev += " with changes"
		}
	}
	return rev
}

// New is of what began at that time and ends now. Without runs it is of a crawl or an audit.
func New(
	started time.Time, interrupted bool, runs []*findings.Run, failures []findings.Failure,
) Manifest {
	host, _ := os.Hostname()
	m := Manifest{
		Program: Version, Revision: revision(), Go: runtime.Version(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH, Host: host, Modules: map[string]string{},
		Started: started.UTC(), Ended: time.Now().UTC(),
		Interrupted: interrupted, Runs: []Run{}, Failures: failures,
	}
	if m.Failures == nil {
		m.Failures = []findings.Failure{}
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			m.Modules[dep.Path] = dep.Version + " " + dep.Sum
		}
	}
	for _, run := range runs {
		m.Events += run.Tally.Events
		m.Runs = append(m.Runs, Run{run.Cell, run.Seed, run.Fingerprint.String(),
			run.Tally.Events})
	}
	return m
}
