package accounts

import (
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/stored"
)

// TestJudgedWell: errors by their logarithm, accusations by F1, and what is unknown is bad.
func TestJudgedWell(t *testing.T) {
	half := 0.5
	for _, c := range []struct {
		j    stored.Judgement
		good float64
		text string
	}{
		{stored.Judgement{Shows: "error", Value: 0.001}, 1, "0.1\u00A0%"},
		{stored.Judgement{Shows: "error", Value: 0.1}, 0.5, "10\u00A0%"},
		{stored.Judgement{Shows: "victims", Value: -0.1}, 0.5, "−10\u00A0%"},
		{stored.Judgement{Shows: "invented", Value: 30}, 0, "×30"},
		{stored.Judgement{Shows: "detection", Value: 0.5, Precision: &half}, 0.5, ".50/.50"},
		{stored.Judgement{Shows: "detection"}, 0, "–/0"},
		{stored.Judgement{Shows: "false", Value: 4}, 1, "4\u00A0‰"},
		{stored.Judgement{Shows: "coverage"}, 0, "blind"},
		{stored.Judgement{Shows: "victims", Value: 0.1}, 0.5, "+10\u00A0%"},
		{stored.Judgement{Shows: "flagged", Value: 0.75}, 0.75, "fl 75\u00A0%"},
	} {
		require.InDelta(t, c.good, goodness(&c.j), 1e-9, c.text)
		require.Equal(t, c.text, judgementText(&c.j))
	}
}
