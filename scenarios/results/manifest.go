package results

import (
	"os"
	"runtime"
	"runtime/debug"

	"swarmlab/scenarios/findings"
	"time"
)

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
	Runs        []RunRecord        `json:"runs"`
	Failures    []findings.Failure `json:"failures"`
}

// RunRecord is one finished run in the manifest.
type RunRecord struct {
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

func newManifest(o *Outcome, started time.Time) Manifest {
	host, _ := os.Hostname()
	m := Manifest{
		Program: Version, Revision: revision(), Go: runtime.Version(),
		Platform: runtime.GOOS + "/" + runtime.GOARCH, Host: host, Modules: map[string]string{},
		Started: started.UTC(), Ended: time.Now().UTC(),
		Interrupted: o.Interrupted, Runs: []RunRecord{}, Failures: o.Failures,
	}
	if m.Failures == nil {
		m.Failures = []findings.Failure{}
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			m.Modules[dep.Path] = dep.Version + " " + dep.Sum
		}
	}
	for _, run := range o.Runs {
		m.Events += run.Tally.Events
		m.Runs = append(m.Runs, RunRecord{run.Cell, run.Seed, run.Fingerprint.String(),
			run.Tally.Events})
	}
	return m
}
