package page

import (
	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// insets are the room that axes and labels take around a plot's data.
type insets struct{ left, right, top, bottom vg.Length }

func insetsOf(p *plot.Plot, c draw.Canvas) insets {
	d := p.DataCanvas(c)
	return insets{d.Min.X - c.Min.X, c.Max.X - d.Max.X, c.Max.Y - d.Max.Y, d.Min.Y - c.Min.Y}
}

// plots are all plots of the figure, and how many there are in a line.
func (f *Figure) plots() (all []*plot.Plot, columns int) {
	return append([]*plot.Plot{f.Plot}, f.More...), max(f.Columns, 1)
}

// lines is how many lines of plots there are.
func (f *Figure) lines() int {
	all, columns := f.plots()
	return (len(all) + columns - 1) / columns
}

// drawPlots draws the plots in lines. The data areas have one size, so that they line up.
func (f *Figure) drawPlots(area draw.Canvas, l Look) {
	all, columns := f.plots()
	lines := f.lines()
	across, down := make([]insets, columns), make([]insets, lines)
	for n, p := range all {
		in, column, line := insetsOf(p, area), &across[n%columns], &down[n/columns]
		column.left, column.right = max(column.left, in.left), max(column.right, in.right)
		line.top, line.bottom = max(line.top, in.top), max(line.bottom, in.bottom)
	}
	room := vg.Point{
		X: area.Size().X - vg.Length(columns-1)*l.Text,
		Y: area.Size().Y - vg.Length(lines-1)*0.8*l.Text,
	}
	for _, in := range across {
		room.X -= in.left + in.right
	}
	for _, in := range down {
		room.Y -= in.top + in.bottom
	}
	size := vg.Point{X: room.X / vg.Length(columns), Y: room.Y / vg.Length(lines)}
	corner := vg.Point{X: area.Min.X, Y: area.Max.Y} // upper left one of the next plot's room
	for n, p := range all {
		column, line := across[n%columns], down[n/columns]
		in, at := insetsOf(p, area), corner
		at.X += column.left
		at.Y -= line.top + size.Y
		p.Draw(draw.Canvas{Canvas: area.Canvas, Rectangle: vg.Rectangle{
			Min: vg.Point{X: at.X - in.left, Y: at.Y - in.bottom},
			Max: vg.Point{X: at.X + size.X + in.right, Y: at.Y + size.Y + in.top},
		}})
		corner.X = at.X + size.X + column.right + l.Text
		if n%columns == columns-1 {
			corner = vg.Point{X: area.Min.X, Y: at.Y - line.bottom - 0.8*l.Text}
		}
	}
}
