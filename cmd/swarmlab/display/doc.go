// Package display lays out what is shown to people: numbers, texts of strangers, tables, progress
// bars, and pages of a terminal. It decides how things look, and never what is said.
package display
