package page

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"strings"
	"sync"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgpdf"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Render draws the figure's page in all three formats.
func Render(f *Figure, l Look, footer string) ([]File, error) {
	stablePDF()
	if f.Spread {
		const between = 12
		l.Width = 2*l.Width + between
	}
	l.Height = f.height(l)
	svg := vgsvg.NewWith(vgsvg.UseWH(l.Width, l.Height), vgsvg.EmbedFonts(true))
	pdf := vgpdf.New(l.Width, l.Height)
	png := vgimg.NewWith(vgimg.UseWH(l.Width, l.Height), vgimg.UseDPI(l.DPI),
		vgimg.UseBackgroundColor(l.Background))
	var files []File
	for _, out := range []struct {
		ending string
		canvas vg.Canvas
		writer io.WriterTo
	}{
		{".svg", svg, svg},
		{".pdf", pdfCanvas{pdf}, pdf},
		{".png", png, vgimg.PngCanvas{Canvas: png}},
	} {
		f.page(draw.NewCanvas(out.canvas, l.Width, l.Height), l, footer)
		var body bytes.Buffer
		if _, err := out.writer.WriteTo(&body); err != nil {
			return nil, fmt.Errorf("cannot encode %s: %w", out.ending, err)
		}
		files = append(files, File{out.ending, body.Bytes()})
	}
	return files, nil
}

// stablePDF takes the clock and the map order out of PDF files. The library has these settings only
// as its own global defaults.
var stablePDF = sync.OnceFunc(func() {
	epoch := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	fpdf.SetDefaultCreationDate(epoch)
	fpdf.SetDefaultModificationDate(epoch)
	fpdf.SetDefaultCatalogSort(true)
})

// pdfCanvas mends two habits of the PDF back end: it writes premultiplied colours beside their
// opacity, which darkens bands, and it writes UTF-8 where its fonts expect Windows-1252.
type pdfCanvas struct{ *vgpdf.Canvas }

func (c pdfCanvas) SetColor(k color.Color) {
	if k == nil {
		k = color.Black // as every back end reads it
	}
	c.Canvas.SetColor(straight{color.NRGBAModel.Convert(k).(color.NRGBA)})
}

func (c pdfCanvas) FillString(face font.Face, at vg.Point, text string) {
	c.Canvas.FillString(face, at, windows1252(text))
}

// straight is a colour whose RGBA method does not premultiply.
type straight struct{ color.NRGBA }

func (s straight) RGBA() (r, g, b, a uint32) {
	return uint32(s.R) * 0x101, uint32(s.G) * 0x101, uint32(s.B) * 0x101, uint32(s.A) * 0x101
}

// windows1252 encodes text for the PDF fonts. What the code page lacks becomes a question mark.
func windows1252(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r < 0x80, r >= 0xA0 && r <= 0xFF:
			b.WriteByte(byte(r))
		case r == '–':
			b.WriteByte(0x96)
		case r == '—':
			b.WriteByte(0x97)
		case r == '’':
			b.WriteByte(0x92)
		case r == '“':
			b.WriteByte(0x93)
		case r == '”':
			b.WriteByte(0x94)
		case r == '…':
			b.WriteByte(0x85)
		default:
			b.WriteByte('?')
		}
	}
	return b.String()
}

// A File is one output of a figure: the ending of its name, and all its bytes.
type File struct {
	Ending string
	Body   []byte
}
