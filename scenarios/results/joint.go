package results

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
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
	Seed        uint64 `json:"seed"`
	Repeat      int    `json:"repeat"`
	Fingerprint string `json:"fingerprint"`
	Interrupted bool   `json:"interrupted,omitempty"`
}

// JointTarget is a target and whose it is.
type JointTarget struct {
	Scenario string `json:"scenario"`
	Target
}

// Join takes the targets of several summaries, in their order.
func Join(name, title string, parts []Summary) *Joint {
	j := &Joint{Scenario: name, Title: title, Version: Version, Figures: []string{"targets"},
		Parts: []JointPart{}, Targets: []JointTarget{}}
	sum := sha256.New()
	for n := range parts {
		s := &parts[n]
		io.WriteString(sum, s.Scenario+" "+s.Fingerprint+"\n") // does not fail
		j.Parts = append(j.Parts, JointPart{s.Scenario, s.Seed, s.Repeat, s.Fingerprint,
			s.Interrupted})
		for _, t := range s.Targets {
			j.Targets = append(j.Targets, JointTarget{s.Scenario, t})
		}
	}
	j.Fingerprint = hex.EncodeToString(sum.Sum(nil)[:sha256.Size/2])
	return j
}

// WriteJoint puts targets.json into a folder.
func WriteJoint(dir string, j *Joint) error { return replaceJSON(dir, TargetsFile, j) }
