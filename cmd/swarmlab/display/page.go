package display

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

// The terminal's other page is used, so that what stood before is there again at the end.
const (
	OpenPage  = "\x1b[?1049h\x1b[?25l"
	ClosePage = "\x1b[?25h\x1b[?1049l"
)

// Paint draws the lines of a frame that fits the window as it is now.
func Paint(file *os.File, frame func(width, height int) []string) {
	width, height, err := term.GetSize(int(file.Fd()))
	if err != nil || width < 1 || height < 1 {
		width, height = 80, 24
	}
	var b strings.Builder
	b.WriteString("\x1b[H")
	for _, line := range frame(width, height-1) {
		b.WriteString(line + "\x1b[K\r\n")
	}
	b.WriteString("\x1b[J")
	fmt.Fprint(file, b.String())
}
