package plots

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"swarmlab/plots/page"
)

// coarse is the theme's look with a quarter of the pixels each way, which is most of the cost of a
// figure. All else is as in the theme: places, types and the other files do not depend on it.
func coarse(theme Theme) page.Look {
	l := theme.Look()
	l.DPI /= 4
	return l
}

// drawCoarse is Draw but for the pixels.
func drawCoarse(dir string, theme Theme) ([]string, error) {
	return drawAs(dir, theme, coarse(theme))
}

// drawRun writes the run into a new folder, draws it, and returns the folder and what Draw said.
func drawRun(t *testing.T, s synthetic, theme Theme) (string, []string) {
	dir := t.TempDir()
	s.write(t, dir)
	lines, err := drawCoarse(dir, theme)
	require.NoError(t, err)
	return dir, lines
}

func read(t *testing.T, dir, name string) []byte {
	body, err := os.ReadFile(filepath.Join(dir, "figures", name))
	require.NoError(t, err)
	return body
}

// A source is a folder of which figures are drawn, and where their footer says they come from.
type source struct {
	write   func(t *testing.T, dir string)
	figures []string
	origin  string
}

// sources are folders of which, together, every figure is drawn.
func sources() []source {
	of := func(s synthetic, lookups int) source {
		s.lookups = lookups
		return source{func(t *testing.T, dir string) { s.write(t, dir) }, s.figures,
			"fingerprint 3f2a91c0"}
	}
	crawl := syntheticCrawl{nodes: 400, silent: 100, crowd: 20, sybils: 9}
	health := healthRun()
	swarm := swarmRun()
	swarm.figures = swarmFigures()
	audited, seen, signed := auditRun(), observerRun(), receiptRun()
	audited.figures, seen.figures, signed.figures =
		auditFigures(), []string{"observers"}, []string{"receipts"}
	return []source{of(sweep(), 100), of(clientsRun(), 100), of(studyRun(), 5),
		{func(t *testing.T, dir string) { crawl.write(t, dir) }, crawlDrawings(), "nodes 00112233"},
		{func(t *testing.T, dir string) { writeJoined(t, dir, 9) }, []string{"targets"},
			"fingerprint 3f2a91c0"},
		{func(t *testing.T, dir string) { health.write(t, dir) }, health.figures,
			"fingerprint 3f2a91c0"},
		{func(t *testing.T, dir string) { writeObserved(t, dir) },
			[]string{"crawl", "connectivity"}, "fingerprint 3f2a91c0"},
		{func(t *testing.T, dir string) { swarm.write(t, dir) }, swarm.figures,
			"fingerprint 3f2a91c0"},
		{func(t *testing.T, dir string) { audited.write(t, dir) }, audited.figures,
			"fingerprint 3f2a91c0"},
		{func(t *testing.T, dir string) { seen.write(t, dir) }, seen.figures,
			"fingerprint 3f2a91c0"},
		{func(t *testing.T, dir string) { signed.write(t, dir) }, signed.figures,
			"fingerprint 3f2a91c0"},
		{func(t *testing.T, dir string) { ledgerRun().write(t, dir) }, ledgerFigures(),
			"fingerprint 3f2a91c0"},
		{func(t *testing.T, dir string) { writeTimed(t, dir, timedTargets()) },
			[]string{"latency-targets"}, "fingerprint 3f2a91c0"}}
}

// TestEveryFigureIsMadeInEveryFormatAndTheme: slides are drawn twice, from equal results, and must
// be equal in every byte.
func TestEveryFigureIsMadeInEveryFormatAndTheme(t *testing.T) {
	for _, theme := range []Theme{Slide, Dark, Paper} {
		t.Run(theme.String(), func(t *testing.T) {
			t.Parallel()
			var drawn []string
			for _, s := range sources() {
				dir := s.drawn(t, theme)
				for _, name := range s.figures {
					s.check(t, dir, name, theme)
				}
				if theme == Slide {
					requireEqualFigures(t, dir, s.drawn(t, theme), s.figures)
				}
				drawn = append(drawn, s.figures...)
			}
			require.ElementsMatch(t, Names(), drawn)
		})
	}
}

// drawn writes the source into a new folder, and draws its figures and nothing else.
func (s source) drawn(t *testing.T, theme Theme) (dir string) {
	dir = t.TempDir()
	s.write(t, dir)
	lines, err := drawCoarse(dir, theme)
	require.NoError(t, err)
	require.Len(t, lines, len(s.figures))
	for n, name := range s.figures {
		require.Contains(t, lines[n], name+".{svg,pdf,png,csv,md}")
	}
	entries, err := os.ReadDir(filepath.Join(dir, "figures"))
	require.NoError(t, err)
	require.Len(t, entries, 5*len(s.figures), "no temporary file is left")
	return dir
}

// check looks at the five files of a figure.
func (s source) check(t *testing.T, dir, name string, theme Theme) {
	checkSVG(t, read(t, dir, name+".svg"), s.origin)
	checkPDF(t, read(t, dir, name+".pdf"))
	checkPNG(t, read(t, dir, name+".png"), wide(theme, name))
	require.NotEmpty(t, rowsOf(t, dir, name))
	require.Contains(t, checkCaption(t, dir, name), "--theme "+
		[]string{Slide: "slide", Dark: "dark", Paper: "paper"}[theme])
}

// checkCaption looks for what numbers leave behind in a caption that are none.
func checkCaption(t *testing.T, dir, name string) (caption string) {
	t.Helper()
	caption = string(read(t, dir, name+".md"))
	for _, wrong := range []string{"%!", "NaN", "Inf"} {
		require.NotContains(t, caption, wrong, name)
	}
	return caption
}

func requireEqualFigures(t *testing.T, first, second string, names []string) {
	for _, name := range names {
		for _, ending := range endings() {
			require.Equal(t, read(t, first, name+ending), read(t, second, name+ending),
				name+ending)
		}
	}
}

func checkSVG(t *testing.T, body []byte, text string) {
	require.Contains(t, string(body), "@font-face")
	require.Contains(t, string(body), text)
	d := xml.NewDecoder(bytes.NewReader(body))
	paths := 0
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		if e, ok := token.(xml.StartElement); ok && e.Name.Local == "path" {
			paths++
		}
	}
	require.Greater(t, paths, 20)
}

func checkPDF(t *testing.T, body []byte) {
	require.True(t, bytes.HasPrefix(body, []byte("%PDF-")))
	require.True(t, bytes.HasSuffix(bytes.TrimSpace(body), []byte("%%EOF")))
	require.Contains(t, string(body), "LiberationSans", "the font is named")
	require.Contains(t, string(body), "FontFile2", "and embedded")
	require.Contains(t, string(body), "/CreationDate (D:20000101000000", "no time of day")
	require.Contains(t, string(body), "/ModDate (D:20000101000000", "no time of day")
	require.Greater(t, len(body), 100_000)
}

// checkPNG looks for ink in the page, and for none at its edge: nothing may be clipped there.
func checkPNG(t *testing.T, body []byte, l page.Look) {
	img, err := png.Decode(bytes.NewReader(body))
	require.NoError(t, err)
	size := img.Bounds().Size()
	require.Equal(t, int(l.Width.Points()/72*float64(l.DPI)+0.5), size.X)
	if height := int(l.Height.Points()/72*float64(l.DPI) + 0.5); l.Grows {
		require.GreaterOrEqual(t, size.Y, height)
	} else {
		require.Equal(t, height, size.Y)
	}
	edge := int(l.Margin.Points() / 72 * float64(l.DPI) * 0.4)
	require.Positive(t, edge)
	inner := image.Rect(edge, edge, size.X-edge, size.Y-edge)
	inked, outside, ground := 0, 0, img.At(0, 0)
	for y := range size.Y {
		for x := range size.X {
			switch {
			case img.At(x, y) == ground:
			case image.Pt(x, y).In(inner):
				inked++
			default:
				outside++
			}
		}
	}
	require.Zero(t, outside, "ink at the edge of the page")
	require.Greater(t, inked, size.X*size.Y/100)
}

func TestAnotherThemeLeavesNoTrace(t *testing.T) {
	s := flagship()
	s.lookups, s.figures = 100, []string{"hops"}
	first, _ := drawRun(t, s, Slide)
	second, _ := drawRun(t, s, Slide)
	// Drawing again, over the files of another theme, leaves no trace of that theme.
	_, err := Draw(second, Dark)
	require.NoError(t, err)
	checkPNG(t, read(t, second, "hops.png"), Dark.Look())
	require.NotEqual(t, read(t, first, "hops.svg"), read(t, second, "hops.svg"))
	_, err = drawCoarse(second, Slide)
	require.NoError(t, err)
	require.Equal(t, read(t, first, "hops.svg"), read(t, second, "hops.svg"))
}

// rowsOf parses a figure's CSV into one map a row.
func rowsOf(t *testing.T, dir, name string) []map[string]string {
	records, err := csv.NewReader(bytes.NewReader(read(t, dir, name+".csv"))).ReadAll()
	require.NoError(t, err)
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, column := range records[0] {
			row[column] = record[i]
		}
		rows = append(rows, row)
	}
	require.NotEmpty(t, rows)
	return rows
}

func parsed(t *testing.T, s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	require.NoError(t, err)
	return v
}

func TestCaptionsSayWhatAScepticAsks(t *testing.T) {
	s := sweep()
	s.lookups = 100
	dir, _ := drawRun(t, s, Paper)
	for _, name := range s.figures {
		text := string(read(t, dir, name+".md"))
		for _, part := range []string{
			"- **n:** ", " lookups (1 000 nodes, seeds 1–5)", "- **Seeds:** 1–5",
			"- **Definition:** ",
			"- **Intervals:** ", "- **Scenario:** hops (Hop counts in a Mainline DHT)",
			"- **Version:** swarmlab 0.1.0 (go1.26)",
			"- **Fingerprint:** 3f2a91c0-77d06e15-b8f04aa2",
			"`swarmlab plot DIR --theme paper`", "`" + name + ".csv`",
		} {
			require.Contains(t, text, part, name)
		}
		require.NotContains(t, text, dir)
		require.NotContains(t, text, "\u00A0")
		if strings.HasPrefix(name, "hops") {
			require.Contains(t, text, "arXiv:1307.7000", name)
		}
	}
}

func TestWhatTheResultsCannotSupportIsSkipped(t *testing.T) {
	s := flagship()
	s.lookups = 20
	s.figures = []string{"hops-size"}
	dir, lines := drawRun(t, s, Slide)
	require.Equal(t, []string{"hops-size: skipped: needs at least two cells that differ in their " +
		"number of nodes"}, lines)
	require.NoDirExists(t, filepath.Join(dir, "figures"))
}

func TestOneSeedWithoutModelNeedsNeither(t *testing.T) {
	s := flagship()
	s.seeds, s.lookups, s.models = 1, 30, false
	dir, _ := drawRun(t, s, Slide)
	text := string(read(t, dir, "hops.md"))
	require.Contains(t, text, "none: one seed")
	require.NotContains(t, text, "Model")
	for _, row := range rowsOf(t, dir, "hops") {
		require.Empty(t, row["share_ci95_low"])
		require.Empty(t, row["share_model"])
	}
}

func TestMoreCellsThanLooks(t *testing.T) {
	s := synthetic{seeds: 1, lookups: 20, figures: []string{"hops-cdf", "latency-cdf"}}
	for i := range page.SeriesMax + 1 {
		c := referenceCells()[0]
		c.set = map[string]any{"groups.nodes.dht.alpha": i + 1}
		s.cells = append(s.cells, c)
	}
	dir, _ := drawRun(t, s, Slide)
	for _, name := range s.figures {
		require.Contains(t, string(read(t, dir, name+".md")), "The run has 7 cells")
		for _, row := range rowsOf(t, dir, name) {
			require.Equal(t, "0", row["cell"])
			require.Equal(t, "alpha = 1", row["label"])
		}
	}
}

func TestLongLabelsStayOnThePage(t *testing.T) {
	s := synthetic{seeds: 2, lookups: 20, models: true, figures: []string{"hops-cdf", "hops-size"}}
	for i, c := range append(referenceCells(), referenceCells()[:2]...) {
		c.set = map[string]any{"groups.nodes.size": c.nodes,
			"network.a_setting": strings.Repeat("of a very long name ", 8) + strconv.Itoa(i/4)}
		s.cells = append(s.cells, c)
	}
	for _, theme := range []Theme{Slide, Paper} {
		dir, lines := drawRun(t, s, theme)
		for i, name := range s.figures {
			require.NotContains(t, lines[i], "skipped")
			checkPNG(t, read(t, dir, name+".png"), coarse(theme))
			require.Contains(t, string(read(t, dir, name+".svg")), "…")
		}
	}
}

func TestThemeByName(t *testing.T) {
	for _, theme := range []Theme{Slide, Dark, Paper} {
		found, err := ThemeByName(theme.String())
		require.NoError(t, err)
		require.Equal(t, theme, found)
	}
	_, err := ThemeByName("beige")
	require.EqualError(t, err, `unknown theme "beige"; known themes: slide, dark, paper`)
	require.GreaterOrEqual(t, Slide.Look().Text.Points(), 18.0)
	require.InDelta(t, 16.0/9, float64(Dark.Look().Width/Dark.Look().Height), 1e-9)
	require.InDelta(t, 3.5, Paper.Look().Width.Points()/72, 1e-9)
}
