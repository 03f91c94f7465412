// Package page has all that figures are made of, and makes files of them.
//
// A figure is made by filling a Figure: the message, the plots with their marks, the legend, the
// data behind every mark, and what the caption tells. The plots come from a Look, which is a Theme
// spelled out: sizes, colours, pens.
//
//	theme, palette    how all figures look, and how the series of one are told apart
//	panel, series     plots of several, what a curve stands for, which cells are shown
//	marks, tiles      what is drawn in a plot. No mark moves the axes
//	ticks, ruler      where values lie along an axis, and which of them have labels
//	table             NAME.csv, tidy: one row an observation
//	caption           NAME.md, with definition, n, seeds, intervals, model, and the provenance
//	page, grid        lay out title, legend, axes and footer, so that none can cover another
//	canvas            the same page as SVG (fonts embedded), PDF and PNG
//
// Render and Caption are called once a figure, when it is complete. Equal figures give equal bytes.
//
// The PDF library keeps its clock and its order of objects in global defaults. They are set once,
// before the first page, and are the only state outside a call.
package page
