package command

import (
	"github.com/spf13/cobra"

	"swarmlab/plots"
)

// AddTheme adds --theme, which plots.ThemeByName reads.
func AddTheme(cmd *cobra.Command, theme *string) {
	cmd.Flags().StringVar(theme, "theme", plots.Slide.String(),
		"`look` of the figures: slide, paper or dark")
}
