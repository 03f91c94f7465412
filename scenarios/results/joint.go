package results

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"swarmlab/scenarios/results/manifest"
	"swarmlab/scenarios/results/staging"
	"swarmlab/scenarios/results/targets"
)

// TargetsFile is what a folder of several results folders has: their targets together.
const TargetsFile = "targets.json"

// Joint is the targets of several scenarios that were run together: targets.json. The scenarios'
// own folders lie beside it, by their names.
type Joint struct {
	Scenario    string        `json:"scenario"` // the name of the collection
	Title       string        `json:"title"`
	Version     string        `json:"version"`
	Fingerprint string        `json:"fingerprint"` // SHA-256 of those of the parts, its first half
	Interrupted bool          `json:"interrupted,omitempty"`
	Figures     []string      `json:"figures"`
	Parts       []JointPart   `json:"parts"`
	Targets     []JointTarget `json:"targets"`
}

// JointPart is one of the scenarios.
type JointPart struct {
	Scenario    string `json:"scenario"`
	Title       string `json:"title"`
	Seed        uint64 `json:"seed"`
	Repeat      int    `json:"repeat"`
	Fingerprint string `json:"fingerprint"`
	Interrupted bool   `json:"interrupted,omitempty"`
}

// JointTarget is a target and whose it is.
type JointTarget struct {
	Scenario string `json:"scenario"`
	targets.Target
}

// Join takes the targets of several summaries, in their order.
func Join(name, title string, parts []Summary) *Joint {
	j := &Joint{Scenario: name, Title: title, Version: manifest.Version,
		Figures: []string{"targets"},
		Parts:   []JointPart{}, Targets: []JointTarget{}}
	sum := sha256.New()
	for n := range parts {
		s := &parts[n]
		io.WriteString(sum, s.Scenario+" "+s.Fingerprint+"\n") // does not fail
		j.Parts = append(j.Parts, JointPart{s.Scenario, s.Title, s.Seed, s.Repeat,
			s.Fingerprint, s.Interrupted})
		for _, t := range s.Targets {
			j.Targets = append(j.Targets, JointTarget{s.Scenario, t})
		}
	}
	j.Fingerprint = hex.EncodeToString(sum.Sum(nil)[:sha256.Size/2])
	return j
}

// WriteJoint puts targets.json into a folder. The caller has it for itself, as the stores of its
// parts show.
func WriteJoint(dir string, j *Joint) error {
	if err := staging.RemoveUnfinished(dir); err != nil {
		return err
	}
	return staging.ReplaceJSON(dir, TargetsFile, j)
}

// OpenJoint reads the targets.json of a folder. It returns nil for one that is of one scenario, or
// of none.
func OpenJoint(dir string) (*Joint, error) {
	if _, err := os.Stat(filepath.Join(dir, manifest.File)); err == nil {
		return nil, nil
	}
	path := filepath.Join(dir, TargetsFile)
	body, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	j := &Joint{}
	if err := json.Unmarshal(body, j); err != nil {
		return nil, damaged(path, err)
	}
	for _, part := range j.Parts {
		if !filepath.IsLocal(part.Scenario) || filepath.Base(part.Scenario) != part.Scenario {
			return nil, damaged(path, fmt.Errorf("%q is no name of a scenario", part.Scenario))
		}
	}
	return j, nil
}
