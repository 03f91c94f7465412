package main

import (
	"github.com/spf13/cobra"

	"swarmlab/plots"
)

// addThemeFlag adds --theme, which plots.ThemeByName reads.
func addThemeFlag(cmd *cobra.Command, theme *string) {
	cmd.Flags().StringVar(theme, "theme", plots.Slide.String(),
		"`look` of the figures: slide, paper or dark")
}
